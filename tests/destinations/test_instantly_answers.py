"""What is believed of an answer to `leads/add`, and what of a lookup: fixed answers, some of them lies."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from json import loads

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.destinations.instantly.upload import COUNTERS, read_upload
from bridge.errors import AnswerLost, Unavailable
from bridge.model import Delivery, Fields, Origin, Place, Reason, State
from tests.destinations.conftest import LIST, NOW, Script

WORKSPACE = {"id": "ws", "name": "W"}
PLACE = Place("instantly", "ws", "campaign", "11111111-1111-1111-1111-111111111111")
EMPTY = {"items": []}


def batch(*addresses, place=PLACE):
    return [
        Delivery(number, one, one, Fields(), place, attempts=1, asked_at=NOW)
        for number, one in enumerate(addresses, start=1)
    ]


JANE, JOE = "jane@example.com", "joe@example.org"


def answer(*created, **counters):
    """An answer whose counters add up unless told otherwise; `created` are pairs of index and address."""
    rows = [{"index": index, "id": f"id-{index}", "email": email} for index, email in created]
    told = dict.fromkeys(COUNTERS, 0) | {"leads_uploaded": len(rows), "remaining_in_plan": 50} | counters
    total = len(rows) + sum(told[name] or 0 for name in COUNTERS)
    return {"status": "success", "total_sent": total, "created_leads": rows, "blocklist_used": None} | told


def lead(email, *, campaign=PLACE.id, list_id=None, created=NOW, key="x"):
    return {
        "id": key,
        "email": email,
        "campaign": campaign,
        "list_id": list_id,
        "timestamp_created": created.isoformat() if created else None,
    }


def script(add, *leads, **more):
    return Script(
        leads_add=add,
        leads_list={"items": list(leads)},
        block_lists_entries=EMPTY,
        workspaces_current=WORKSPACE,
        **more,
    )


# ---------------------------------------------------------------------------------------------------- created leads


def test_created_leads_are_matched_by_index_and_address(scripted):
    """instantly.md pitfall 43: only a listed id at the position of its address is a success; case does not matter."""
    wire = script(answer((1, "JOE@example.org"), (0, JANE)))
    outcomes = scripted(wire).push(batch(JANE, JOE))
    assert [one.remote_id for one in outcomes] == ["id-0", "id-1"]
    assert {(one.state, one.origin) for one in outcomes} == {(State.DELIVERED, Origin.API)}
    assert wire.requests == ["leads_add"]


@pytest.mark.parametrize(
    "row",
    [
        {"index": 0, "id": "id-0", "email": "somebody@example.net"},
        {"index": 7, "id": "id-0", "email": JANE},
        {"index": -1, "id": "id-0", "email": JANE},
        {"index": True, "id": "id-0", "email": JANE},
        {"index": "0", "id": "id-0", "email": JANE},
        {"index": 0, "id": "", "email": JANE},
        {"index": 0, "email": JANE},
        "id-0",
        None,
    ],
)
def test_a_created_lead_that_fits_no_row_is_looked_up(scripted, row):
    """A row of the answer that does not fit is a mismatch, and what the target holds decides."""
    wire = script(answer() | {"created_leads": [row], "leads_uploaded": 1}, lead(JANE, key="found"))
    result = scripted(wire).push(batch(JANE))
    assert (result[0].state, result[0].origin, result[0].remote_id) == (State.DELIVERED, Origin.LOOKUP, "found")
    assert "fit no row" in result.mismatch


def test_created_but_nobody_knows_who_is_doubt(scripted):
    """Created by the counter, listed nowhere and not to be found yet: looked for again, never sent again."""
    wire = script(answer(leads_uploaded=1))
    result = scripted(wire).push(batch(JANE))
    assert (result[0].state, result[0].reason) == (State.IN_DOUBT, Reason.LOOKUP_FAILED)
    assert "1 created and listed 0" in result.mismatch


def test_a_created_lead_may_come_without_its_address(scripted):
    """The address is not required in the answer: an index alone is believed."""
    wire = script(answer((0, None)))
    assert scripted(wire).push(batch(JANE))[0].state is State.DELIVERED


@pytest.mark.parametrize(
    "body",
    [
        {"status": "error", "message": "no"},
        {"created_leads": None},
        {"created_leads": {"0": "id"}},
        ["x"],
        "fine",
    ],
)
def test_a_200_without_created_leads_is_a_lost_answer(scripted, body):
    """instantly.md pitfall 10: an error inside a 200 does not tell that nothing happened."""
    with pytest.raises(AnswerLost):
        scripted(script(body)).push(batch(JANE))


def test_missing_counters_are_none(scripted):
    """Only the list of created leads is needed."""
    result = scripted(script({"created_leads": [{"index": 0, "id": "a", "email": JANE}]})).push(batch(JANE))
    assert (result[0].state, result.mismatch, result.room) == (State.DELIVERED, "", None)


@settings(deadline=None, max_examples=150)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "created_leads": st.lists(
                st.none()
                | st.fixed_dictionaries(
                    {},
                    optional={
                        "index": st.integers(-2, 4) | st.none() | st.text(max_size=2),
                        "id": st.sampled_from(["", "a", "b"]) | st.integers(),
                        "email": st.sampled_from([JANE, JOE, "", "other@example.net"]) | st.none() | st.integers(),
                    },
                ),
                max_size=5,
            ),
            **{name: st.integers(-5, 5) | st.none() | st.text(max_size=3) | st.floats() for name in COUNTERS},
            "total_sent": st.integers() | st.none(),
            "leads_uploaded": st.integers(-3, 9) | st.none(),
            "remaining_in_plan": st.integers(-3, 9) | st.none() | st.text(max_size=2),
        },
    )
)
def test_any_answer_is_read(body):
    """Whatever the answer holds, a position is created at most once, and no number is negative."""
    upload = read_upload(body, [JANE, JOE])
    if upload is None:
        assert not isinstance(body.get("created_leads"), list)
        return
    assert set(upload.created) <= {0, 1}
    assert len(upload.created) + upload.strays == len(body["created_leads"])
    assert all(number >= 0 for number in upload.counted().values())
    assert isinstance(upload.mismatch(2), str)


# -------------------------------------------------------------------------------------------------------- mismatches


@pytest.mark.parametrize(
    ("counters", "said"),
    [
        ({"total_sent": 3}, "3 sent"),
        ({"leads_uploaded": 2}, "2 created and listed 1"),
        ({"skipped_count": 5}, "counters explain 6"),
    ],
)
def test_numbers_that_do_not_add_up_are_told(scripted, counters, said):
    """The identity of the counters is asserted, not trusted: a batch whose numbers contradict each other says so."""
    result = scripted(script(answer((0, JANE), **counters))).push(batch(JANE))
    assert result[0].state is State.DELIVERED
    assert said in result.mismatch
    assert "Of 1 leads sent" in result.mismatch


# --------------------------------------------------------------------------------------------------------- inference

REST = [
    ({"invalid_email_count": 2}, State.REFUSED, Reason.INVALID_EMAIL),
    ({"incomplete_count": 2}, State.REFUSED, Reason.INCOMPLETE),
    ({"invalid_email_count": 1, "incomplete_count": 1}, State.REFUSED, Reason.REJECTED),
    ({"in_blocklist": 2}, State.REFUSED, Reason.BLOCKLIST),
    ({"duplicated_leads": 2}, State.DUPLICATE, Reason.IN_TARGET),
    ({"skipped_count": 2}, State.DUPLICATE, Reason.IN_WORKSPACE),
    ({"skipped_count": 1, "duplicated_leads": 1}, State.DUPLICATE, Reason.IN_WORKSPACE),
    ({"invalid_email_count": 1, "in_blocklist": 1}, State.READY, Reason.UNEXPLAINED),
    ({"invalid_email_count": 1, "skipped_count": 1}, State.READY, Reason.UNEXPLAINED),
    ({"invalid_email_count": 1}, State.READY, Reason.UNEXPLAINED),
    ({"skipped_count": 3}, State.READY, Reason.UNEXPLAINED),
    ({}, State.READY, Reason.UNEXPLAINED),
    ({"remaining_in_plan": 0}, State.READY, Reason.DENIED),
    ({"remaining_in_plan": -4}, State.READY, Reason.DENIED),
    ({"remaining_in_plan": 0, "invalid_email_count": 2}, State.REFUSED, Reason.INVALID_EMAIL),
]


@pytest.mark.parametrize(("counters", "state", "reason"), REST, ids=[str(row[0]) for row in REST])
def test_what_no_lookup_finds_is_inferred_only_without_another_reading(scripted, counters, state, reason):
    """instantly.md pitfall 1: two leads not created and not found are what the counters leave no doubt about."""
    result = scripted(script(answer(**counters))).push(batch(JANE, JOE))
    assert {(one.state, one.reason, one.origin) for one in result} == {(state, reason, Origin.INFERRED)}


def test_what_lookups_explain_is_taken_off_the_counters(scripted):
    """One duplicate found explains the duplicate counter; the invalid one is then the only one left."""
    wire = script(answer(duplicated_leads=1, invalid_email_count=1), lead(JANE, created=NOW - timedelta(days=9)))
    outcomes = scripted(wire).push(batch(JANE, JOE))
    assert [(one.state, one.reason) for one in outcomes] == [
        (State.DUPLICATE, Reason.IN_TARGET),
        (State.REFUSED, Reason.INVALID_EMAIL),
    ]


def test_a_lead_found_for_another_delivery_is_not_ours_twice(scripted):
    """The same address twice in a batch: one is created, the other is a duplicate of it and not a second success."""
    wire = script(answer((0, JANE), duplicate_email_count=1), lead(JANE, key="id-0"))
    outcomes = scripted(wire).push(batch(JANE, JANE))
    assert [(one.state, one.reason) for one in outcomes] == [
        (State.DELIVERED, Reason.CREATED),
        (State.DUPLICATE, Reason.IN_TARGET),
    ]


# ----------------------------------------------------------------------------------------------------------- lookups


@pytest.mark.parametrize(
    "row",
    [
        lead("somebody@example.net"),
        lead(JANE, campaign="22222222-2222-2222-2222-222222222222"),
        lead(JANE, campaign=None, list_id=PLACE.id),
        {"email": JANE},
        {"id": 7, "email": None, "campaign": []},
        None,
    ],
)
def test_rows_that_were_not_asked_for_are_not_believed(scripted, row):
    """instantly.md pitfall 5: ignored filters bring unrelated leads, so address and target are compared."""
    wire = script(answer(), row, **{f"campaigns_{PLACE.id}".replace("-", "_"): {"id": PLACE.id}})
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


def test_the_cursor_is_followed_to_the_end(scripted):
    """A lead on the second page is found; an empty page, a missing cursor and a repeated one end the listing."""
    pages = [
        {"items": [lead(JOE)], "next_starting_after": "c1"},
        {"items": [lead(JANE)], "next_starting_after": "c2"},
        {"items": [], "next_starting_after": "c3"},
    ]
    cursors = []

    def listed(request):
        cursors.append(loads(request.content).get("starting_after"))
        return pages.pop(0)

    outcomes = scripted(Script(leads_list=listed, workspaces_current=WORKSPACE)).recheck(batch(JANE, JOE))
    assert {one.state for one in outcomes} == {State.DELIVERED}
    assert cursors == [None, "c1", "c2"]


def test_a_listing_without_end_is_no_absence(scripted):
    """A server that gives new cursors for ever cannot prove that somebody is not there."""
    numbers = iter(range(1000))
    wire = Script(
        leads_list=lambda _: {"items": [lead("other@example.net")], "next_starting_after": f"c{next(numbers)}"},
        workspaces_current=WORKSPACE,
    )
    with pytest.raises(Unavailable, match="never ends"):
        scripted(wire).recheck(batch(JANE))
    assert wire.requests.count("leads_list") == 50


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


def test_a_write_is_not_repeated_on_a_5xx(scripted):
    """instantly.md pitfall 7: a push that met a 502 is in doubt after one request."""
    wire = script(httpx.Response(502))
    with pytest.raises(AnswerLost):
        scripted(wire).push(batch(JANE))
    assert wire.requests == ["leads_add"]
