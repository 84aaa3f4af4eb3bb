"""Inbox in memory: as its documents say, and in both temperaments where they say nothing."""

import httpx
import pytest

from bridge.sandbox.inbox import UNKIND

CAMPAIGN = {"name": "New", "accountLinkIds": []}


@pytest.fixture
def team(sandbox):
    return sandbox.world.inbox


@pytest.fixture
def inbox(sandbox):
    headers = {"Authorization": f"Bearer {sandbox.keys.inbox}"}
    with httpx.Client(transport=sandbox.transport(), base_url="https://i.example/api/v1", headers=headers) as client:
        yield client


def add(inbox, team, *handles, **data):
    rows = [{"username": one, "platform": "twitter", **({"data": data} if data else {})} for one in handles]
    return inbox.post(f"/campaigns/v2/{team.campaigns[0].id}/leads", json={"platform": "twitter", "leads": rows})


def test_an_answer_counts_and_names_no_lead(sandbox, inbox, team):
    """New, present and unresolvable leads are three numbers; sending again changes nothing."""
    team.unresolvable.add("ghost")
    assert add(inbox, team, "ann", "ghost", "@Bob", "no such handle").json() == {"added": 2, "skipped": 0, "failed": 2}
    assert add(inbox, team, "ann", "ghost", "eve").json() == {"added": 1, "skipped": 1, "failed": 1}
    assert team.handles("Q1 messages") == ["ann", "bob", "eve"]
    assert sandbox.report()["inbox"] == {"Q1 messages": 3}
    assert sandbox.report()["created_twice"] == {}


def test_values_are_kept_in_the_columns_that_there_are(inbox, team):
    """A value of an unknown column is dropped, or refuses the call for an unkind team; cancelling keeps the lead."""
    column = next(iter(team.campaigns[0].columns))
    assert add(inbox, team, "ann", **{column: "Ann", "custom_none": "x"}).json()["added"] == 1
    assert team.campaigns[0].leads["ann"].data == {column: "Ann"}
    path = f"/campaigns/v2/{team.campaigns[0].id}/leads/ann"
    assert inbox.patch(path, json={"by": "username", "data": {column: "Anna"}}).json()["prospect"]["username"] == "ann"
    assert inbox.post(f"{path}/cancel", json={"by": "username"}).json() == {"success": True}
    assert inbox.get(f"/campaigns/v2/{team.campaigns[0].id}").json()["targetsCount"] == 0
    assert inbox.post(f"{path}/cancel", json={}).status_code == 404
    team.habits = UNKIND
    refused = add(inbox, team, "bob", custom_none="x")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalidRequest")
    assert "custom_none" in refused.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"usernames": []},
        {"usernames": ["a"] * 2001},
        {"usernames": ["a"], "platformIds": ["1"]},
        {"leads": [{"username": "a", "platformId": "1"}]},
        {"usernames": ["a"], "platform": "linkedin"},
    ],
)
def test_a_body_outside_of_the_document_is_refused(inbox, team, body):
    """One identifier array, one to two thousand of it, one identifier for each lead, one platform."""
    refused = inbox.post(f"/campaigns/v2/{team.campaigns[0].id}/leads", json=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "BAD_REQUEST")


def test_a_campaign_is_created_listed_and_switched(inbox, team):
    """It begins as a draft; two may have one name; it cannot be enabled without a lead and a sequence."""
    sender = team.senders[0].id
    terms = {"name": "New", "accountLinkIds": [sender], "scheduleTimezone": "Europe/Berlin"}
    first, second = (inbox.post("/campaigns/v2", json=terms).json() for _ in range(2))
    assert (first["status"], first["enabled"], first["scheduleTimezone"]) == ("draft", False, "Europe/Berlin")
    page = inbox.get("/campaigns/v2", params={"limit": 2}).json()
    assert [one["id"] for one in page["data"]] == [second["id"], first["id"]]
    assert len(inbox.get("/campaigns/v2", params={"cursor": page["nextCursor"]}).json()["data"]) == 1
    enable = f"/campaigns/v2/{first['id']}/enable"
    assert inbox.post(enable, json={}).status_code == 400
    step = {"type": "message", "data": {"segments": [{"type": "static", "text": "Hi"}]}}
    assert inbox.put(f"/campaigns/v2/{first['id']}/sequence", json={"steps": [step]}).json()["version"] == 2
    inbox.post(f"/campaigns/v2/{first['id']}/leads", json={"usernames": ["ann"]})
    assert inbox.post(enable, json={}).json()["status"] == "active"
    assert inbox.post(f"/campaigns/v2/{first['id']}/disable", json={}).json()["status"] == "paused"
    assert inbox.patch(f"/campaigns/v2/{first['id']}/rules", json={"excludeContacted": True}).json()["success"]
    assert inbox.get(f"/campaigns/{first['id']}").json()["rules"]["excludeContacted"] is True
    for wrong in ({"name": ""}, {"name": "x" * 256}, {"accountLinkIds": []}, {"accountLinkIds": ["none"]}):
        assert inbox.post("/campaigns/v2", json=terms | wrong).status_code == 400
    assert inbox.get("/campaigns/v2/none").status_code == 404


def test_an_unkind_team_lists_nothing_and_knows_keys_by_other_names(inbox, team):
    """No list of campaigns or columns, the campaign only at its older address, a body key renamed."""
    team.habits = UNKIND
    key = team.campaigns[0].id
    for path in ("/campaigns/v2", f"/campaigns/v2/{key}", f"/campaigns/v2/{key}/columns"):
        assert inbox.get(path).status_code == 404
    assert inbox.get(f"/campaigns/{key}").json()["name"] == "Q1 messages"
    terms = {"name": "New", "accountLinkIds": [team.senders[0].id], "scheduleTimezone": "UTC"}
    assert "scheduleTimezone" in inbox.post("/campaigns/v2", json=terms).json()["message"]
    terms["timezone"] = terms.pop("scheduleTimezone")
    assert inbox.post("/campaigns/v2", json=terms).status_code == 200
    team.campaigns[0].status = "completed"
    assert add(inbox, team, "ann").status_code == 409


def test_thirty_writes_and_a_hundred_reads_a_minute(sandbox, inbox, team, clock):
    """One more is a 429 that says when to come back; reads and writes have a limit each. A wrong key is a 401."""
    assert [add(inbox, team, f"a{n}").status_code for n in range(31)] == [200] * 30 + [429]
    limited = add(inbox, team, "b")
    assert (limited.headers["Retry-After"], limited.headers["X-RateLimit-Remaining"]) == ("61", "0")
    assert int(limited.headers["X-RateLimit-Reset"]) == int(clock.now().timestamp()) + 61
    assert [inbox.get("/team").status_code for _ in range(101)] == [200] * 100 + [429]
    clock.sleep(60)
    assert add(inbox, team, "b").headers["X-RateLimit-Remaining"] == "29"
    assert inbox.get("/account-links").json()[0]["platform"] == "twitter"
    assert inbox.get("/team", headers={"Authorization": "Bearer other"}).status_code == 401


def test_a_test_changes_a_campaign_from_outside(sandbox, inbox, team):
    """The controls set what a campaign is doing."""
    sandbox.mutate("inbox", {"campaign": "Q1 messages", "status": "active", "syncing": True})
    assert inbox.get(f"/campaigns/{team.campaigns[0].id}").json()["isSyncing"] is True
    with pytest.raises(LookupError):
        sandbox.mutate("inbox", {"campaign": "none"})
