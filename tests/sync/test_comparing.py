"""The comparison on its own: whatever the order, each person is reported once, and only what differs is reported."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.destinations.base import Present
from bridge.ledger import Entry
from bridge.model import Reason, State
from bridge.operations.compare import Comparison, Kind, notes

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OURS, THEIRS = 1, 2


def entry(number, address, state=State.DELIVERED, *, route=OURS, remote_id=None, reason=Reason.CREATED, **facts):
    known = {"remote_status": "", "gone_at": None, "sent_at": NOW - timedelta(hours=1)} | facts
    return Entry(number, route, address, state, reason, f"r{number}" if remote_id is None else remote_id, **known)


def row(remote_id, address, status="active"):
    return Present(remote_id, address, NOW, status)


def compared(entries, rows, *, gone=None, twice_read=True):
    comparison = Comparison(OURS, NOW)
    comparison.expect(entries)
    for one in rows:
        comparison.see(one)
    if twice_read:
        comparison.expect(entries)
    missing = comparison.missing()
    where = dict.fromkeys([one.id for one in missing], "") if gone is None else gone
    return comparison.differences(where)


def reported(differences):
    return sorted((one.kind, one.address, one.found, one.remote_id) for one in differences)


PEOPLE = ["jane.doe@gmail.com", "janedoe@gmail.com", "ann@example.com", "ann+x@example.com", "joe@example.org"]
ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from(["r0", "r1", "r2", "x1", "x2", "x3"]),
        st.sampled_from([*PEOPLE, ""]),
        st.sampled_from(["active", "bounced", ""]),
    ),
    unique_by=lambda one: one.remote_id,
    max_size=6,
)
LEDGER = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(list(State)), st.sampled_from([OURS, THEIRS])),
    unique_by=lambda one: one[0],
    max_size=4,
).map(lambda reported: [entry(n, address, state, route=route) for n, (address, state, route) in enumerate(reported)])


@settings(deadline=None, max_examples=200)
@given(LEDGER, ROWS, st.booleans())
def test_when_the_ledger_is_read_makes_no_difference(db, rows, first):
    """Entries that come before the rows, after them, or both ways give the same answer."""
    late = Comparison(OURS, NOW)
    for one in rows:
        late.see(one)
    late.expect(db)
    if first:
        late.expect(db)
    gone = dict.fromkeys([one.id for one in late.missing()], "")
    assert reported(late.differences(gone)) == reported(compared(db, rows))


@settings(deadline=None, max_examples=200)
@given(LEDGER, ROWS)
def test_every_row_and_every_delivery_is_reported_at_most_once_in_a_kind(db, rows):
    """No one is both gone and there; a stranger has no delivery that should be there; only our route is reported."""
    differences = compared(db, rows)
    keys = [(one.kind, one.remote_id or one.address) for one in differences]
    assert len(keys) == len(set(keys))
    gone = {one.address for one in differences if one.kind is Kind.GONE}
    assert gone.isdisjoint(one.address for one in rows)
    assert all(one.entry is None or one.entry.route_no == OURS for one in differences)
    strangers = {one.remote_id for one in differences if one.kind is Kind.ONLY_IN_TARGET}
    assert strangers <= {one.remote_id for one in rows}


@settings(deadline=None, max_examples=200)
@given(LEDGER, ROWS)
def test_what_a_repair_notes_leaves_nothing_that_it_could_note(db, rows):
    """With the notes in the ledger a second comparison shows only what no note can fix; no state has moved."""
    by_id = {note.delivery_id: note for note in notes(compared(db, rows), NOW)}
    fixed = [
        Entry(
            one.id, one.route_no, one.address, one.state, one.reason, by_id[one.id].remote_id,
            by_id[one.id].remote_status, by_id[one.id].gone_at, one.sent_at,
        )
        if one.id in by_id
        else one
        for one in db
    ]  # fmt: skip
    left = {one.kind for one in compared(fixed, rows)}
    assert left <= {Kind.ONLY_IN_TARGET, Kind.TWICE, Kind.IN_DOUBT}
    assert all(one.state in (State.DELIVERED, State.DUPLICATE) for one in db if one.id in by_id)


def test_a_target_as_the_ledger_has_it_differs_in_nothing():
    """Delivered ones under their own ids, duplicates that stood there, what another route sent."""
    db = [
        entry(1, "a@example.com"),
        entry(2, "b@example.com", State.DUPLICATE, reason=Reason.IN_TARGET, sent_at=None),
        entry(3, "c@example.com", State.DUPLICATE, reason=Reason.IN_CAMPAIGN, sent_at=None),
        entry(4, "d@example.com", route=THEIRS),
        entry(5, "e@example.com", State.SENDING, remote_id=""),
    ]
    rows = [row("r1", "a@example.com"), row("r2", "b@example.com"), row("r4", "d@example.com")]
    assert compared(db, [*rows, row("x", "e@example.com")]) == []


def test_another_spelling_under_our_id_is_our_lead():
    """A vendor that writes the address otherwise has not lost the lead."""
    assert compared([entry(1, "jane.doe@gmail.com")], [row("r1", "janedoe@gmail.com")]) == []


def test_two_spellings_that_we_sent_ourselves_are_not_twice():
    """A route with `same_person = "exact"` may have both; a third lead of the person is one too many."""
    db = [entry(1, "jane.doe@gmail.com"), entry(2, "janedoe@gmail.com")]
    rows = [row("r1", "jane.doe@gmail.com"), row("r2", "janedoe@gmail.com")]
    assert compared(db, rows) == []
    (one,) = compared(db, [*rows, row("x", "j.anedoe@gmail.com")])
    assert (one.kind, one.remote_id) == (Kind.TWICE, "x")


def test_a_row_that_a_moving_listing_shows_twice_is_one_lead():
    """The same id on two pages is no second lead, ours or not."""
    rows = [row("r1", "a@example.com"), row("x", "b@example.com")]
    assert {one.kind for one in compared([entry(1, "a@example.com")], rows + rows)} == {Kind.ONLY_IN_TARGET}


def test_leads_without_an_address_are_strangers_not_one_person():
    """A list may hold people by name only: each is counted, none is the other's double."""
    differences = compared([], [row("x1", ""), row("x2", "")])
    assert [(one.kind, one.remote_id) for one in differences] == [
        (Kind.ONLY_IN_TARGET, "x1"), (Kind.ONLY_IN_TARGET, "x2"),
    ]  # fmt: skip


def test_who_was_refused_and_is_there_is_reported_with_the_state():
    """Someone else put them there: the ledger does not say that we did."""
    (one,) = compared([entry(1, "a@example.com", State.REFUSED, remote_id="")], [row("x", "a@example.com")])
    assert (one.kind, one.known) == (Kind.ONLY_IN_TARGET, "refused")


def test_what_was_recorded_while_the_target_was_read_is_no_stranger():
    """A delivery claimed after the first look at the ledger is known by the second."""
    comparison = Comparison(OURS, NOW)
    comparison.expect([])
    comparison.see(row("r1", "a@example.com"))
    comparison.expect([entry(1, "a@example.com")])
    assert comparison.missing() == []
    assert comparison.differences({}) == []


def test_a_doubt_that_was_settled_while_the_target_was_read_is_none():
    """The later word of the ledger counts."""
    comparison = Comparison(OURS, NOW)
    comparison.expect([entry(1, "a@example.com", State.IN_DOUBT, remote_id="")])
    comparison.see(row("r1", "a@example.com"))
    comparison.expect([entry(1, "a@example.com")])
    assert comparison.differences({}) == []
