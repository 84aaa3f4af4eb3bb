"""A person is found and deleted in a whole workspace, and no one else ever is."""

import json

import httpx
import pytest
import respx

from bridge.api import Client, Throttle
from bridge.destinations.base import Remembered
from bridge.destinations.instantly.blocklist import MOST_VALUES, InstantlyWorkspace
from bridge.errors import Denied, Unavailable
from bridge.model import Place

URL = "https://api.instantly.example/api/v2"
LEAD = "019ffad2-53a1-7acf-9ae0-404312bcab56"
JANE = Remembered(LEAD, "jane@example.com", Place("instantly", "ws", "campaign", "c1"), "campaign c1")


@pytest.fixture
def workspace(quick_retries):
    client = Client("instantly", URL, {"Authorization": "Bearer key"}, throttle=Throttle(per_second=1000, at_once=4))
    yield InstantlyWorkspace(client)
    client.close()
    del quick_retries


@pytest.fixture
def vendor():
    with respx.mock(base_url=URL, assert_all_called=False) as mock:
        yield mock


def row(email, lead=LEAD, **more):
    return {"id": lead, "email": email, "campaign": "c1", **more}


def test_the_address_is_compared_before_anything_is_deleted(workspace, vendor):
    """Under that id stands someone else by now: nothing is deleted."""
    vendor.get(f"/leads/{LEAD}").respond(json=row("other@example.com"))
    deletion = vendor.delete(f"/leads/{LEAD}").respond(json={})
    assert workspace.erase(JANE) is False
    assert not deletion.called


def test_a_deletion_has_no_body_and_no_content_type(workspace, vendor):
    """Instantly answers 400 to a DELETE with either (pitfall 9)."""
    vendor.get(f"/leads/{LEAD}").respond(json=row("Jane@Example.com"))
    deletion = vendor.delete(f"/leads/{LEAD}").respond(json=row("jane@example.com"))
    assert workspace.erase(JANE) is True
    request = deletion.calls.last.request
    assert (request.content, request.headers.get("content-type")) == (b"", None)


@pytest.mark.parametrize("at", ["get", "delete"])
def test_someone_who_is_gone_is_gone(workspace, vendor, at):
    """404 before or at the deletion is no trouble."""
    vendor.get(f"/leads/{LEAD}").respond(**({"status_code": 404} if at == "get" else {"json": row("jane@example.com")}))
    vendor.delete(f"/leads/{LEAD}").respond(404, json={"message": "Lead not found"})
    assert workspace.erase(JANE) is False


def test_answers_that_are_lost_again_and_again_end(workspace, vendor):
    """Looked at each time; after a few rounds it is said that they are still there."""
    looked = vendor.get(f"/leads/{LEAD}").respond(json=row("jane@example.com"))
    deletion = vendor.delete(f"/leads/{LEAD}").mock(side_effect=httpx.ReadTimeout("lost"))
    with pytest.raises(Unavailable, match="still there"):
        workspace.erase(JANE)
    assert (deletion.call_count, looked.call_count) == (3, 4)


def test_a_lead_of_another_id_is_no_answer(workspace, vendor):
    """A 200 about someone else is nonsense, and nothing is deleted for it."""
    vendor.get(f"/leads/{LEAD}").respond(json=row("jane@example.com", lead="x"))
    deletion = vendor.delete(f"/leads/{LEAD}").respond(json={})
    with pytest.raises(Unavailable):
        workspace.erase(JANE)
    assert not deletion.called


def test_a_missing_scope_is_denied(workspace, vendor):
    """The operator has to give the key the scope."""
    vendor.get(f"/leads/{LEAD}").respond(json=row("jane@example.com"))
    vendor.delete(f"/leads/{LEAD}").respond(403, json={"message": "API key does not have the scope leads:delete"})
    with pytest.raises(Denied, match="leads:delete"):
        workspace.erase(JANE)


def test_a_lookup_believes_only_the_addresses_it_asked_for(workspace, vendor):
    """A vendor that ignores the filter shows the whole workspace: strangers are left out (pitfall 5).

    A row that does not say whose it is may be theirs: what was found is reported, and then that it may not be all.
    """
    vendor.get("/workspaces/current").respond(json={"id": "ws"})
    rows = [row("JANE@example.com"), row("stranger@example.com", lead="2"), row("", lead="3")]
    vendor.post("/leads/list").respond(json={"items": [*rows, {**row("jane@example.com", lead="4"), "campaign": None}]})
    reported = workspace.remembered(["Jane@example.com"])
    found = [next(reported), next(reported)]
    with pytest.raises(Unavailable, match="which person it is"):
        next(reported)
    assert [(one.remote_id, one.address, one.where) for one in found] == [
        (LEAD, "jane@example.com", "campaign c1"),
        ("4", "jane@example.com", ""),
    ]


def test_a_list_that_a_search_over_all_does_not_show_is_asked_itself(workspace, vendor):
    """Either answer to what is not documented is safe; a target that is gone holds no one."""
    vendor.get("/workspaces/current").respond(json={"id": "ws"})

    def answer(request):
        body = json.loads(request.content)
        if body.get("campaign") == "gone":
            return httpx.Response(404, json={"message": "Campaign not found"})
        there = [{"id": LEAD, "email": "jane@example.com", "list_id": "l1"}] if body.get("list_id") == "l1" else []
        return httpx.Response(200, json={"items": there})

    vendor.post("/leads/list").mock(side_effect=answer)
    places = [Place("instantly", "ws", "list", "l1"), Place("instantly", "ws", "campaign", "gone")]
    assert list(workspace.remembered(["jane@example.com"])) == []
    (one,) = workspace.remembered(["jane@example.com"], [*places, Place("instantly", "other", "list", "l1")])
    assert (one.remote_id, one.place) == (LEAD, places[0])


def test_a_long_list_goes_a_thousand_at_a_time(workspace, vendor):
    """One call for each thousand; what the vendor made is counted."""
    made = vendor.post("/block-lists-entries/bulk-create").respond(json={"items": [{}, {}], "valid_count": 2})
    assert workspace.block([f"p{n}@x.example" for n in range(MOST_VALUES + 1)]) == 4
    assert made.call_count == 2
