"""Everyone in a campaign or list: what is asked, what is believed, and when the reading is not whole."""

from dataclasses import replace
from datetime import timedelta
from json import loads

import httpx
import pytest

from bridge.destinations.base import Present
from bridge.errors import Denied, Unavailable
from tests.destinations.conftest import CAMPAIGN, JANE, JOE, LIST, NOW, PLACE, WORKSPACE, Script, lead

TARGET = f"campaigns_{PLACE.id}".replace("-", "_")


def wire(listed, **more):
    return Script(**({TARGET: {"id": PLACE.id}, "leads_list": listed, "workspaces_current": WORKSPACE} | more))


def read(destination, place=PLACE):
    return list(destination.inventory(place))


def test_the_filter_the_page_and_the_cursor_are_the_documented_ones(scripted):
    """instantly.md pitfalls 5 and 6: `campaign` or `list_id`, a hundred a page, the cursor until it ends."""
    pages = [
        {"items": [lead(JANE, key="1")], "next_starting_after": "1"},
        {"items": [lead(JOE, key="2")]},
    ]
    bodies = []

    def listed(request):
        bodies.append(loads(request.content))
        return pages.pop(0)

    assert [one.address for one in read(scripted(wire(listed)))] == [JANE, JOE]
    assert bodies == [
        {"limit": 100, "campaign": PLACE.id},
        {"limit": 100, "campaign": PLACE.id, "starting_after": "1"},
    ]


def test_lists_are_asked_by_their_own_filter(scripted):
    """A list is `list_id`, and its rows are those that stand in it."""
    bodies = []
    rows = [lead(JANE, campaign=None, list_id=PLACE.id), lead(JOE, campaign=PLACE.id)]
    script = Script(
        leads_list=lambda request: bodies.append(loads(request.content)) or {"items": rows},
        workspaces_current=WORKSPACE,
        **{f"lead_lists_{PLACE.id}".replace("-", "_"): {"id": PLACE.id}},
    )
    assert [one.address for one in read(scripted(script, LIST), replace(PLACE, kind="list"))] == [JANE]
    assert bodies == [{"limit": 100, "list_id": PLACE.id}]


def test_rows_of_other_targets_are_left_out_and_those_of_none_are_vague(scripted):
    """instantly.md pitfall 5: an ignored filter brings everyone. A row that names no place proves nothing."""
    rows = [
        lead(JANE, key="1"),
        lead(JOE, campaign="22222222-2222-2222-2222-222222222222"),
        lead(JOE, campaign=None, key="3"),
        {"id": "4", "email": JOE},
        {"email": JOE, "campaign": PLACE.id},
    ]
    read_ = read(scripted(wire({"items": rows})))
    assert [(one.remote_id, one.vague) for one in read_] == [("1", False), ("3", True), ("4", True), ("", True)]


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (1, "active"), (2, "paused"), (3, "completed"), (-1, "bounced"), (-2, "unsubscribed"), (-3, "skipped"),
        (1.0, "active"), (17, "unknown (17)"), (10**400, "unknown (10000000)"), (True, ""), ("1", ""), (None, ""),
    ],
)  # fmt: skip
def test_a_status_is_reported_in_words(scripted, status, word):
    """OpenAPI: Lead.status; a number that no document names is shown, what is no number says nothing."""
    (present,) = read(scripted(wire({"items": [lead(JANE) | {"status": status}]})))
    assert present.status == word


def test_a_row_is_reported_whole(scripted):
    """Address in lower case, creation time, verification in words; a lead of a name alone has no address."""
    rows = [lead(JANE.upper(), key="1") | {"status": 1, "verification_status": -3}, lead(None, key="2", created=None)]
    assert read(scripted(wire({"items": rows}))) == [
        Present("1", JANE, NOW, "active", "catch-all"),
        Present("2", "", None, "", ""),
    ]


@pytest.mark.parametrize(
    ("ending", "trouble"),
    [
        ({"items": [], "next_starting_after": "c1"}, "cursor came twice"),
        ({"items": [lead(JOE)], "next_starting_after": "c1"}, "cursor came twice"),
        ({"items": [lead(JOE)], "next_starting_after": 7}, "no text"),
        ({"items": [None]}, "cannot be read"),
    ],
)
def test_a_listing_that_may_hold_more_breaks_the_reading_off(scripted, ending, trouble):
    """instantly.md pitfall 6: a repeated cursor, one that cannot be read, a row that is none: no one is missing."""
    pages = [{"items": [lead(JANE)], "next_starting_after": "c1"}, ending]
    inventory = scripted(wire(lambda _: pages.pop(0))).inventory(PLACE)
    assert next(inventory).address == JANE
    with pytest.raises(Unavailable, match=trouble):
        list(inventory)


def test_an_empty_page_with_a_new_cursor_is_read_past(scripted):
    """Who stands behind it is reported, and then that someone may be missing; an empty page without one is the end."""
    pages = [
        {"items": [], "next_starting_after": "c1"},
        {"items": [lead(JANE)], "next_starting_after": "c2"},
        {"items": []},
    ]
    inventory = scripted(wire(lambda _: pages.pop(0))).inventory(PLACE)
    assert next(inventory).address == JANE
    with pytest.raises(Unavailable, match="empty although more followed"):
        next(inventory)
    pages = [{"items": [lead(JANE)], "next_starting_after": "c1"}, {"items": []}]
    assert len(read(scripted(wire(lambda _: pages.pop(0))))) == 1


def test_a_listing_without_end_is_no_inventory(scripted, monkeypatch):
    """The number of pages is bounded, and reaching the bound is an error, not an end."""
    monkeypatch.setattr("bridge.destinations.instantly.inventory.MOST_PAGES", 30)
    numbers = iter(range(10**6))
    script = wire(lambda _: {"items": [lead(JANE)], "next_starting_after": f"c{next(numbers)}"})
    with pytest.raises(Unavailable, match="never ends"):
        read(scripted(script))
    assert script.requests.count("leads_list") == 30


@pytest.mark.parametrize("body", [{"error": "no"}, {"items": None}, "x", httpx.Response(500)])
def test_a_page_that_cannot_be_read_breaks_the_reading_off(scripted, body):
    """instantly.md pitfall 10: what came before it is not the whole, and the caller gets to know."""
    pages = [{"items": [lead(JANE)], "next_starting_after": "c1"}, body]
    inventory = scripted(wire(lambda _: pages.pop(0))).inventory(PLACE)
    assert next(inventory).address == JANE
    with pytest.raises(Unavailable):
        list(inventory)


def test_a_deleted_target_and_another_workspace_are_denied_before_anything_is_listed(scripted):
    """Both would look like an empty target."""
    script = wire({"items": []}, **{TARGET: httpx.Response(404, json={"message": "Campaign not found"})})
    with pytest.raises(Denied, match="is gone"):
        read(scripted(script))
    other = wire({"items": []}, workspaces_current={"id": "another", "name": "W"})
    with pytest.raises(Denied, match="workspace another"):
        read(scripted(other))
    assert "leads_list" not in script.requests + other.requests


def test_the_sandbox_pages_by_the_vendors_document(aimed):
    """230 people in three pages, statuses as time has made them, every request and answer as documented."""
    stage = aimed(CAMPAIGN)
    for number in range(230):
        stage.put(f"person{number:03}@example.com", ago=timedelta(days=1, seconds=number))
    person = next(stage.workspace.people(stage.spot().id))
    stage.workspace.change_person(person, status=-2, verification=1)
    present = list(stage.destination.inventory(stage.place()))
    assert sorted(one.address for one in present) == stage.held()
    assert stage.requests()["POST /api/v2/leads/list"] == 3
    (reported,) = [one for one in present if one.status != "active"]
    assert (reported.remote_id, reported.status, reported.verification) == (person.id, "unsubscribed", "verified")
