"""What is believed of a lookup, and whose a lead is that stands in the target: fixed answers, some of them lies."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from json import loads

import pytest

from bridge.errors import Unavailable
from bridge.model import Reason, State
from tests.destinations.conftest import (
    JANE,
    JOE,
    LIST,
    NOW,
    PLACE,
    WORKSPACE,
    Script,
    answer,
    batch,
    lead,
    script,
)

TARGET = f"campaigns_{PLACE.id}".replace("-", "_")


@pytest.mark.parametrize(
    "row",
    [
        lead("somebody@example.net"),
        lead(JANE, campaign="22222222-2222-2222-2222-222222222222"),
        lead(JANE, campaign=None, list_id=PLACE.id),
    ],
)
def test_rows_that_were_not_asked_for_are_not_believed(scripted, row):
    """instantly.md pitfall 5: ignored filters bring unrelated leads, so address and target are compared."""
    wire = script(answer(), row, **{TARGET: {"id": PLACE.id}})
    (outcome,) = scripted(wire, dedupe="target").recheck(batch(JANE))
    assert (outcome.state, outcome.reason) == (State.IN_DOUBT, Reason.ABSENT)


def test_lookups_use_the_filters_that_exist_and_the_largest_page(scripted):
    """instantly.md pitfalls 5 and 6: `contacts`, `campaign` or `list_id`, and a limit of a hundred."""
    bodies = []

    def listed(request):
        bodies.append(loads(request.content))
        return {"items": [lead(JANE)]}

    scripted(Script(leads_list=listed, workspaces_current=WORKSPACE)).recheck(batch(JANE))
    there = replace(PLACE, kind="list")
    wire = Script(
        leads_list=lambda request: bodies.append(loads(request.content)) or {"items": [lead(JANE, list_id=PLACE.id)]},
        workspaces_current=WORKSPACE,
    )
    scripted(wire, LIST).recheck(batch(JANE, place=there))
    assert bodies == [
        {"contacts": [JANE], "limit": 100, "campaign": PLACE.id},
        {"contacts": [JANE], "limit": 100, "list_id": PLACE.id},
    ]


@pytest.mark.parametrize("row", [{"email": JANE}, lead(JANE, campaign=None), lead(None), {"id": 7, "email": []}, None])
def test_a_row_that_does_not_say_whose_it_is_or_where_is_no_absence(scripted, row):
    """The vendor's schema lets address, campaign and list be null or missing: then no one is known to be absent."""
    wire = script(answer(), row, **{TARGET: {"id": PLACE.id}})
    (outcome,) = scripted(wire, dedupe="target").recheck(batch(JANE))
    assert (outcome.state, outcome.reason) == (State.IN_DOUBT, Reason.LOOKUP_FAILED)


def test_the_cursor_is_followed_to_the_end(scripted):
    """A lead on the second page is found; a missing cursor ends the listing, and so does an empty page without one."""
    pages = [
        {"items": [lead(JOE)], "next_starting_after": "c1"},
        {"items": [lead(JANE)], "next_starting_after": "c2"},
        {"items": []},
    ]
    cursors = []

    def listed(request):
        cursors.append(loads(request.content).get("starting_after"))
        return pages.pop(0)

    outcomes = scripted(Script(leads_list=listed, workspaces_current=WORKSPACE)).recheck(batch(JANE, JOE))
    assert {one.state for one in outcomes} == {State.DELIVERED}
    assert cursors == [None, "c1", "c2"]


@pytest.mark.parametrize(
    ("pages", "asked"),
    [
        ([{"items": [lead(JOE)], "next_starting_after": "c1"}] * 2, 2),
        ([{"items": [], "next_starting_after": "c1"}, {"items": [lead(JOE)]}], 2),
        ([{"items": [lead(JOE)], "next_starting_after": "c1"}, {"items": [], "next_starting_after": "c1"}], 2),
        ([{"items": [lead(JOE)], "next_starting_after": f"c{number}"} for number in range(60)], 50),
        ([{"items": [lead(JOE)], "next_starting_after": {"after": 1}}], 1),
    ],
    ids=["a cursor twice", "a hollow page", "a hollow page at the end", "no end", "no text"],
)
def test_a_listing_that_may_hold_more_is_no_absence(scripted, pages, asked):
    """instantly.md pitfall 6: who was shown is there, who was not shown is unknown, and the asking ends."""
    left = list(pages)
    wire = Script(leads_list=lambda _: left.pop(0), workspaces_current=WORKSPACE, **{TARGET: {"id": PLACE.id}})
    here, unseen = scripted(wire).recheck(batch(JOE, JANE))
    assert here.state is State.DELIVERED
    assert (unseen.state, unseen.reason) == (State.IN_DOUBT, Reason.LOOKUP_FAILED)
    assert wire.requests.count("leads_list") == asked


@pytest.mark.parametrize("body", [{"error": "no"}, {"items": None}, "x"])
def test_a_lookup_of_unknown_shape_is_no_absence(scripted, body):
    """instantly.md pitfall 10: an error inside a 200 is not an empty listing."""
    with pytest.raises(Unavailable):
        scripted(Script(leads_list=body, workspaces_current=WORKSPACE)).recheck(batch(JANE))


@pytest.mark.parametrize(
    ("created", "state"),
    [
        (NOW, State.DELIVERED),
        (NOW - timedelta(seconds=59), State.DELIVERED),
        (NOW - timedelta(seconds=61), State.DUPLICATE),
        (NOW.astimezone(), State.DELIVERED),
        (None, State.DUPLICATE),
        (datetime(1, 1, 1, tzinfo=UTC), State.DUPLICATE),
    ],
)
def test_presence_is_ours_only_since_the_call(scripted, created, state):
    """Created not earlier than the call, with a minute's tolerance: delivered; older or undated: a duplicate."""
    (outcome,) = scripted(script(answer(), lead(JANE, created=created))).recheck(batch(JANE))
    assert outcome.state is state


def test_rows_in_several_places_keep_their_order(scripted):
    """Deliveries of two targets are looked up in their own one each, and answered in the order given."""
    other = replace(PLACE, id="22222222-2222-2222-2222-222222222222")

    def listed(request):
        place = loads(request.content)["campaign"]
        return {"items": [lead(JANE if place == PLACE.id else JOE, campaign=place, key=place)]}

    deliveries = [*batch(JANE), replace(batch(JOE, place=other)[0], id=2), replace(batch(JANE)[0], id=3)]
    outcomes = scripted(Script(leads_list=listed, workspaces_current=WORKSPACE)).recheck(deliveries)
    assert [(one.delivery_id, one.remote_id) for one in outcomes] == [(1, PLACE.id), (2, other.id), (3, PLACE.id)]
