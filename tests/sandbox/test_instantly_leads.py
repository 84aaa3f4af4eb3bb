"""Which leads are found by which filter, and what changes, moves and deletes them."""

from datetime import timedelta

import pytest

from bridge.sandbox.instantly.happening import happen
from tests.sandbox.conftest import NOW, instantly_of


@pytest.fixture
def campaign(workspace):
    return workspace.campaigns[0]


@pytest.fixture
def inbox(workspace):
    return workspace.lists[0]


@pytest.fixture
def crowd(workspace, campaign):
    """Leads by what happened to each of them."""
    reported = {
        "idle": (),
        "written": ("email_sent",),
        "opened": ("email_sent", "email_opened", "email_opened"),
        "replied": ("email_sent", "email_opened", "reply_received"),
        "clicked": ("email_sent", "email_link_clicked"),
        "bounced": ("email_sent", "email_bounced"),
        "gone": ("email_sent", "lead_unsubscribed"),
        "keen": ("email_sent", "reply_received", "lead_interested"),
    }
    for number, (name, kinds) in enumerate(reported.items()):
        person = workspace.add_person(campaign, f"{name}@example.com", NOW - timedelta(days=9, minutes=-number))
        for kind in kinds:
            person = happen(workspace, person, kind, NOW - timedelta(days=3 if name == "written" else 1))
    done = workspace.add_person(campaign, "done@example.com", NOW - timedelta(days=8), verification=1)
    workspace.change_person(done, status=3)
    return campaign


def names(instantly, **body):
    items = instantly.post("/leads/list", json={"limit": 100, **body}).json()["items"]
    return [item["email"].partition("@")[0] for item in items]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("FILTER_VAL_CONTACTED", ["written", "opened", "replied", "clicked", "bounced", "gone", "keen"]),
        ("FILTER_VAL_NOT_CONTACTED", ["idle", "done"]),
        ("FILTER_VAL_COMPLETED", ["done"]),
        ("FILTER_VAL_COMPLETED_NO_REPLY", ["done"]),
        ("FILTER_VAL_UNSUBSCRIBED", ["gone"]),
        ("FILTER_VAL_BOUNCED", ["bounced"]),
        ("FILTER_VAL_ACTIVE", ["idle", "written", "opened", "replied", "clicked", "keen"]),
        ("FILTER_VAL_REPLIED", ["replied", "keen"]),
        ("FILTER_VAL_OPENED_NO_REPLY", ["opened"]),
        ("FILTER_VAL_LINK_CLICKED", ["clicked"]),
        ("FILTER_LEAD_INTERESTED", ["keen"]),
        ("FILTER_VAL_VALID", ["done"]),
        ("FILTER_VAL_SKIPPED", []),
        ("FILTER_VAL_IN_SUBSEQUENCE", []),
    ],
)
def test_filters_select_by_what_happened(instantly, crowd, name, found):
    """Each documented name of `filter`."""
    assert names(instantly, filter=name) == found


def test_every_documented_filter_is_played(instantly, sandbox):
    """None is refused, none raises."""
    from bridge.sandbox.instantly.contract import _document  # noqa: PLC0415 - the names stand in the extract

    body = _document()["operations"]["POST /api/v2/leads/list"]["body"]
    for name in body["properties"]["filter"]["enum"]:
        assert instantly.post("/leads/list", json={"filter": name}).status_code == 200


@pytest.mark.parametrize(
    ("action", "values", "found"),
    [
        ("reply", {}, ["replied", "keen"]),
        ("email-open", {"occurrence-count": {"condition": "more", "count": 1}}, ["opened"]),
        ("email-open", {"occurrence-count": {"condition": "equal", "count": 1}}, ["replied"]),
        ("last-contacted", {"occurrence-days": 2}, ["opened", "replied", "clicked", "bounced", "gone", "keen"]),
        ("link-click", {"occurrence-days": 0.5}, []),
        ("lead-status", {"lead-status": {"status": -1, "condition": "is"}}, ["bounced"]),
        ("lead-status-change", {"occurrence-days": 2}, ["bounced", "gone", "keen"]),
    ],
)
def test_queries_select_by_counts_and_days(instantly, crowd, action, values, found):
    """The actions of a smart view."""
    assert names(instantly, queries=[{"actionType": action, "values": values}]) == found


def test_distinct_contacts_come_once_and_by_address(instantly, workspace, campaign, inbox):
    """The cursor is then an address."""
    for email in ("b@example.com", "a@example.com", "c@example.com"):
        for place in (campaign, inbox):
            workspace.add_person(place, email, NOW - timedelta(hours=1))
    first = instantly.post("/leads/list", json={"distinct_contacts": True, "limit": 2}).json()
    assert [item["email"] for item in first["items"]] == ["a@example.com", "b@example.com"]
    assert first["next_starting_after"] == "b@example.com"
    assert names(instantly, distinct_contacts=True, starting_after="b@example.com") == ["c"]


def test_a_lead_is_created_once_and_then_left_alone(instantly, campaign):
    """The second answer is the first lead, unchanged; the block list and the skip flags refuse."""
    body = {"campaign": campaign.id, "email": "jane@example.com", "first_name": "Jane"}
    made = instantly.post("/leads", json=body).json()
    again = instantly.post("/leads", json=body | {"first_name": "Other"}).json()
    assert (again["id"], again["first_name"]) == (made["id"], "Jane")
    assert instantly.post("/leads", json=body | {"skip_if_in_workspace": True}).status_code == 200
    instantly.post("/block-lists-entries", json={"bl_value": "blocked.example"})
    refused = instantly.post("/leads", json=body | {"email": "a@blocked.example"})
    assert (refused.status_code, refused.json()["message"]) == (400, "Lead is in the block list")


def test_a_lead_may_stand_nowhere(instantly, workspace):
    """Without a campaign and a list; it counts for nothing."""
    made = instantly.post("/leads", json={"email": "jane@example.com"}).json()
    assert (made["campaign"], made["list_id"], workspace.lead_count()) == (None, None, 0)


def test_a_change_adds_variables_and_keeps_the_rest(instantly, workspace, campaign):
    """The campaign learns the new name (pitfall 24)."""
    lead = {"email": "jane@example.com", "first_name": "Jane", "custom_variables": {"a": 1}}
    made = instantly.post("/leads", json={"campaign": campaign.id, **lead}).json()
    reported = instantly.patch(f"/leads/{made['id']}", json={"phone": "+1", "custom_variables": {"b": 2}}).json()
    assert reported["payload"] == {"firstName": "Jane", "phone": "+1", "a": 1, "b": 2}
    assert {"a", "b"} <= campaign.variables.keys()
    changed = instantly.patch(f"/leads/{made['id']}", json={"lt_interest_status": 1}).json()
    assert (changed["lt_interest_status"], changed["phone"]) == (1, "+1")


def test_a_lead_is_not_merged_into_itself(instantly, workspace, crowd):
    """Which would delete it; into another it brings what that one lacks."""
    one, other = (workspace.of_email(f"{name}@example.com")[0] for name in ("idle", "keen"))
    body = {"lead_id": one.id, "destination_lead_id": one.id}
    assert instantly.post("/leads/merge", json=body).status_code == 400
    instantly.patch(f"/leads/{one.id}", json={"phone": "+15550100"})
    merged = instantly.post("/leads/merge", json=body | {"destination_lead_id": other.id}).json()
    assert (merged["phone"], workspace.of_email("idle@example.com")) == ("+15550100", [])


def test_many_are_deleted_by_status_and_number(instantly, workspace, crowd):
    """Only in the place that is named."""
    reported = {"campaign_id": crowd.id, "status": 1, "limit": 4}
    assert instantly.request("DELETE", "/leads", json=reported).json() == {"count": 4}
    assert sum(1 for _ in workspace.people(crowd.id)) == 5


# -------------------------------------------------------------------------------------------------------------- moving


@pytest.fixture
def staged(workspace, inbox):
    """Three in the list, one of them still being verified."""
    for name, state in (("a", None), ("b", 1), ("pending", 11)):
        workspace.add_person(inbox, f"{name}@example.com", NOW - timedelta(hours=1), verification=state)
    return inbox


def moved(instantly, clock, source, target, **options):
    body = {"list_id": source.id, "to_campaign_id": target.id, **options}
    job = instantly.post("/leads/move", json=body).json()
    assert (job["status"], job["type"], job["entity_id"]) == ("pending", "move-leads", source.id)
    clock.sleep(0.6)
    assert instantly.get(f"/background-jobs/{job['id']}").json()["status"] == "in-progress"
    clock.sleep(0.6)
    return instantly.get(f"/background-jobs/{job['id']}").json()


def test_a_move_takes_the_leads_when_its_time_has_come(instantly, clock, workspace, campaign, staged):
    """The job shows who moved; ids stay, the list is empty, and no one was created twice."""
    before = {one.id for one in workspace.people(staged.id)}
    job = moved(instantly, clock, staged, campaign)
    assert (job["status"], job["progress"], job["data"]["moved_leads"]) == ("success", 100, 3)
    assert {one.id for one in workspace.people(campaign.id)} == before
    assert not list(workspace.people(staged.id))
    assert not instantly.get(f"/background-jobs/{job['id']}?data_fields=moved_leads").json()["data"].keys() - {
        "moved_leads"
    }


@pytest.mark.parametrize(
    ("options", "emails"),
    [
        ({"skip_leads_in_verification": True}, ["a", "b"]),
        ({"limit": 1}, ["a"]),
        ({"contacts": ["b@example.com"]}, ["b"]),
        ({"check_duplicates": True}, ["b", "pending"]),
        ({"check_duplicates_in_campaigns": True}, ["pending"]),
    ],
)
def test_a_move_leaves_behind_who_does_not_fit(instantly, clock, workspace, campaign, staged, options, emails):
    """Those in verification, those beyond the limit, duplicates here or in any campaign."""
    other = workspace.add_campaign("Other", 1, NOW)
    workspace.add_person(campaign, "a@example.com", NOW)
    workspace.add_person(other, "b@example.com", NOW)
    reported = moved(instantly, clock, staged, campaign, **options)["data"]["moved_lead_emails"]
    assert reported == [f"{name}@example.com" for name in emails]


def test_a_copy_stays_where_it_was_and_is_in_the_book(instantly, clock, workspace, campaign, staged, sandbox):
    """The same person then stands in two places, which the witness counts."""
    moved(instantly, clock, staged, campaign, copy_leads=True)
    moved(instantly, clock, staged, workspace.add_campaign("Other", 1, NOW), copy_leads=True)
    assert (workspace.size(staged.id), workspace.size(campaign.id)) == (3, 3)
    assert len(sandbox.report()["created_twice_in_workspace"]) == 3


def test_a_move_ends_where_the_plan_does(instantly, clock, workspace, campaign, staged):
    """Lists do not count, campaigns do (pitfall 13)."""
    workspace.lead_limit = 2
    data = moved(instantly, clock, staged, campaign)["data"]
    assert (data["moved_leads"], data["failed_count"], workspace.size(staged.id)) == (2, 1, 1)


@pytest.mark.parametrize(
    ("fails", "words", "state"), [(False, "conventions", "completed"), (True, "openapi", "failed")]
)
def test_jobs_end_in_either_vocabulary(sandbox, clock, workspace, campaign, staged, fails, words, state):
    """`success` of the document, `completed` of the conventions; a failed job has moved no one."""
    workspace.habits.job_fails, workspace.habits.job_words = fails, words
    with instantly_of(sandbox, judged=False) as client:
        assert moved(client, clock, staged, campaign)["status"] == state
    assert workspace.size(campaign.id) == (0 if fails else 3)
