"""What is believed of an answer to `leads/add`: fixed answers, some of them lies."""

from datetime import timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.destinations.instantly.upload import COUNTERS, read_upload
from bridge.errors import AnswerLost
from bridge.model import Origin, Reason, State
from tests.destinations.conftest import JANE, JOE, NOW, answer, batch, lead, script

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


def test_created_but_no_one_knows_who_is_doubt(scripted):
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
    """instantly.md pitfall 10: an error inside a 200 does not say that nothing happened."""
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
def test_numbers_that_do_not_add_up_are_reported(scripted, counters, said):
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


def test_a_write_is_not_repeated_on_a_5xx(scripted):
    """instantly.md pitfall 7: a push that met a 502 is in doubt after one request."""
    wire = script(httpx.Response(502))
    with pytest.raises(AnswerLost):
        scripted(wire).push(batch(JANE))
    assert wire.requests == ["leads_add"]
