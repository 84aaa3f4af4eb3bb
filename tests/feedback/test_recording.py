"""An event is stored once however often, wherever and in whatever order it is reported."""

from datetime import timedelta
from itertools import chain, permutations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.ledger.events import reading, recording
from bridge.model import EventKind, Place, ReportedEvent, Witness
from tests.ledger.conftest import NOW, PLACE

HOUR = timedelta(hours=1)
OTHER = Place("instantly", "ws", "campaign", "c2")


def reported(one, kind=EventKind.REPLIED, witness=Witness.LEADS, **facts):
    return ReportedEvent(kind, **{"place": PLACE, "address": one.address, "witness": witness, "at": NOW + HOUR} | facts)


def events(db, *deliveries):
    with db.read() as connection:
        found = reading.of_deliveries(connection, [one.id for one in deliveries])
    return [event for one in deliveries for event in found.get(one.id, [])]


def test_an_event_that_every_place_shows_is_one_event(db, delivered):
    """By poll, inbox and webhook, again and again: one row, the first and latest time, how it was learnt first."""
    (one, *_) = delivered(1)
    for witness, hours in ((Witness.WEBHOOK, 2), (Witness.LEADS, 1), (Witness.INBOX, 5), (Witness.LEADS, 3)):
        recording.record(db, [reported(one, witness=witness, at=NOW + hours * HOUR)], NOW)
    (event,) = events(db, one)
    assert (event.first_at, event.latest_at) == (NOW + HOUR, NOW + 5 * HOUR)
    assert (event.learnt, event.witnesses, event.sightings) == ("webhook", 7, 1)
    assert event.certain
    assert reading.counted(db, 1) == {EventKind.REPLIED: 1}


def test_two_rounds_make_a_status_certain_and_one_round_does_not(db, delivered):
    """However often one round reads it: only a later one counts as seen twice."""
    (one, *_) = delivered(1)
    for _ in range(3):
        recording.record(db, [reported(one), reported(one)], NOW)
    assert [event.certain for event in events(db, one)] == [False]
    recording.record(db, [reported(one)], NOW + HOUR)
    assert [event.certain for event in events(db, one)] == [True]


def counted_apart(db):
    """How many leads of other senders have an event of each kind."""
    with db.read() as connection:
        query = "SELECT kind, count(*) FROM vendor_event WHERE delivery_id = 0 GROUP BY kind"
        return {EventKind(kind): leads for kind, leads in connection.exec_driver_sql(query)}


def test_someone_elses_lead_is_counted_apart_and_not_by_name(db, delivered):
    """The same address in a campaign that is not ours is no event of our delivery; its address is not stored."""
    (one, *_) = delivered(1)
    strange = [reported(one, place=OTHER), reported(one, address="stranger@example.com")]
    done = recording.record(db, strange, NOW)
    assert (done.apart, sum(done.new.values())) == (2, 0)
    assert events(db, one) == []
    assert counted_apart(db) == {EventKind.REPLIED: 2}
    with db.read() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM vendor_event").all())
    assert "@" not in kept


def test_a_lead_that_was_moved_by_hand_keeps_its_events(bench, db, delivered):
    """The vendor's id says whose it is, wherever it stands now."""
    (one, *_) = delivered(1)
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET remote_id = 'lead-1'")
    recording.record(
        db, [reported(one, place=OTHER, remote_id="lead-1"), reported(one, EventKind.WON, remote_id="x")], NOW
    )
    assert {event.kind for event in events(db, one)} == {EventKind.REPLIED, EventKind.WON}


def test_an_event_that_came_before_its_delivery_was_known_is_attached_later(bench, db):
    """A lead in doubt replies; once it is settled the event belongs to it and to no one else."""
    bench.record([bench.lead(1)])
    batch = bench.claim()
    (one,) = batch.deliveries
    recording.record(db, [reported(one)], NOW)
    assert sum(counted_apart(db).values()) == 1
    bench.settle(batch, "delivered")
    recording.record(db, [reported(one)], NOW)
    assert (len(events(db, one)), counted_apart(db)) == (1, {})


def test_a_time_that_cannot_be_is_not_recorded(db, delivered):
    """1970 and the future: the event is kept without a time, and counted."""
    (one, two, three) = delivered(3)
    wild = [
        reported(one, at=NOW - timedelta(days=20_000)),
        reported(two, at=NOW + timedelta(days=400)),
        reported(three),
    ]
    assert recording.record(db, wild, NOW).incredible == 2
    assert [event.first_at for event in events(db, one, two, three)] == [None, None, NOW + HOUR]


def test_a_bounce_keeps_the_first_time_that_was_reported(db, delivered):
    """A listing of leads shows only when the lead last changed: that must not move the bounce."""
    (one, *_) = delivered(1)
    for hours in (3, 2, 9):
        recording.record(db, [reported(one, EventKind.BOUNCED, at=NOW + hours * HOUR)], NOW)
    (event,) = events(db, one)
    assert event.first_at == event.latest_at == NOW + 2 * HOUR


TELLINGS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from([EventKind.REPLIED, EventKind.BOUNCED]),
        st.sampled_from(list(Witness)),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TELLINGS)
def test_the_order_in_which_events_are_reported_makes_no_difference(db, delivered, tellings):
    """Every order, in one page or in many, leaves the same rows: a retold page changes nothing."""
    with db.write() as connection:
        for name in ("vendor_event", "claim", "delivery", "lead"):
            connection.exec_driver_sql(f"DELETE FROM {name}")
    deliveries = delivered(2)
    left = set()
    for order in permutations(tellings):
        pages = [[reported(deliveries[who], kind, w, at=NOW + h * HOUR)] for who, kind, w, h in order]
        for page in [*pages, list(chain.from_iterable(pages))]:
            recording.record(db, page, NOW)
        rows = [(e.kind, e.first_at, e.latest_at, e.witnesses, e.sightings) for e in events(db, *deliveries)]
        left.add(str(rows))
        with db.write() as connection:
            connection.exec_driver_sql("DELETE FROM vendor_event")
    assert len(left) == 1
