import pytest


@pytest.fixture
def add(workspace, instantly):
    def post(*emails, to="Fitness Q4"):
        campaign = workspace.campaign(to)
        instantly.post("/leads/add", json={"campaign_id": campaign.id, "leads": [{"email": one} for one in emails]})
        return campaign.id

    return post


def test_a_good_history_leaves_nothing_to_report(sandbox, add):
    """Only breaches are listed, and requests are counted by endpoint."""
    target = add("jane.doe@gmail.com", "john@example.org")
    report = sandbox.report()
    assert report["requests"] == {"instantly POST /api/v2/leads/add": 1}
    assert (report["posts"], report["created"], report["created_by_target"]) == (1, 2, {target: 2})
    assert not any(report[name] for name in report if name.startswith(("created_twice", "reposted")))


def test_asking_again_for_a_created_lead_is_noticed(sandbox, add):
    """Even though Instantly itself would not create it twice."""
    add("jane.doe@gmail.com")
    target = add("Jane.Doe@gmail.com")
    assert sandbox.report()["reposted"] == {f"{target} jane.doe@gmail.com": 1}
    assert sandbox.report()["created_twice"] == {}


def test_another_spelling_of_a_person_is_noticed(sandbox, add):
    """Two leads for Instantly, one mailbox for the person."""
    target = add("jane.doe@gmail.com", "janedoe+x@googlemail.com")
    assert sandbox.report()["created_twice_person"] == {f"{target} janedoe@gmail.com": 2}


def test_the_same_person_in_two_campaigns_is_noticed(sandbox, workspace, clock, add):
    """The default scope of the bridge is the workspace."""
    workspace.add_campaign("Second", 1, clock.now())
    add("jane.doe@example.com")
    add("jane.doe@example.com", to="Second")
    report = sandbox.report()
    assert report["created_twice_in_workspace"] == {"jane.doe@example.com": 2}
    assert report["reposted_person"] == {"jane.doe@example.com": 1}
    assert report["created_twice"] == {}


def test_deleting_in_instantly_does_not_clear_the_evidence(sandbox, workspace, add):
    """What was created, deleted and created again was created twice."""
    target = add("jane.doe@example.com")
    workspace.remove_person(workspace.of_email("jane.doe@example.com")[0])
    add("jane.doe@example.com")
    assert sandbox.report()["created_twice"] == {f"{target} jane.doe@example.com": 2}


def test_a_reset_brings_back_the_world_as_it_was(sandbox, add, scravio):
    """People, faults, counts, and what tests changed in Scravio."""
    add("jane.doe@example.com")
    sandbox.world.scravio.campaign("First").update(status="failed")
    sandbox.faults.add("status")
    sandbox.reset()
    assert sandbox.report()["created"] == 0
    assert {item["status"] for item in scravio.get("/campaigns").json()["items"]} == {"fully_completed"}
