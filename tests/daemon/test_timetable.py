"""When ticks fall: the same on every host, whatever it has seen before."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.daemon import timetable
from bridge.model import Schedule

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
intervals = st.integers(1, 100_000).map(lambda seconds: timedelta(seconds=seconds))


@given(anchor=instants, every=intervals, now=instants, steps=st.integers(1, 20))
def test_every_host_finds_the_same_instants(anchor, every, now, steps):
    """One that has counted along since the start and one that begins now name the same ticks, to the millisecond."""
    trigger = timetable.Trigger(Schedule(every=every), anchor)
    begun = timetable.next_tick(Schedule(every=every), anchor, now)
    along = begun
    for _ in range(steps):
        along = trigger.get_next_fire_time(along, along)
    late = timetable.next_tick(Schedule(every=every), anchor, along - timedelta(milliseconds=1))
    assert timetable.stored(along) == timetable.stored(late)
    assert now <= begun < now + every
    assert (timetable.stored(begun) - timetable.stored(anchor)) % (every // timedelta(milliseconds=1)) == 0


@given(route=st.text(min_size=1), due=instants, seconds=st.integers(0, 3600))
def test_jitter_is_under_its_limit_and_the_same_everywhere(route, due, seconds):
    """It follows from the route and the instant, so that hosts mean the same tick; without jitter it is nothing."""
    jitter = timedelta(seconds=seconds)
    found = timetable.delay(route, due, jitter)
    assert timedelta() <= found <= jitter
    assert found == timetable.delay(route, due, jitter)
    assert seconds or found == timedelta()


def test_jitter_spreads_routes_that_share_a_schedule():
    """Fifty routes at noon do not all begin in one second."""
    delays = {timetable.delay(f"route {number}", NOON, timedelta(minutes=1)).seconds for number in range(50)}
    assert len(delays) > 20


def test_cron_keeps_to_its_time_zone_over_the_change_of_clocks():
    """Eight o'clock in Berlin is seven in UTC in winter and six in summer."""
    eight = Schedule(cron="0 8 * * *", timezone="Europe/Berlin")
    assert timetable.next_tick(eight, NOON, datetime(2027, 3, 27, tzinfo=UTC)).hour == 7
    assert timetable.next_tick(eight, NOON, datetime(2027, 3, 28, tzinfo=UTC)).hour == 6


def test_a_tick_that_fell_while_no_daemon_was_there_is_found_once():
    """A daily run at three that a deployment fell upon is made up for; one that was there is not."""
    daily = Schedule(cron="0 3 * * *")
    three = datetime(2026, 11, 21, 3, tzinfo=UTC)
    assert timetable.missed(daily, NOON, NOON, three - timedelta(seconds=1)) is None
    assert timetable.missed(daily, NOON, NOON, three + timedelta(seconds=20)) == three
    assert timetable.missed(daily, NOON, three, three + timedelta(seconds=20)) is None
    often = Schedule(every=timedelta(minutes=1))
    assert timetable.missed(often, NOON, NOON, NOON + timedelta(seconds=59)) is None
    assert timetable.missed(often, NOON, NOON, NOON + timedelta(minutes=3)) == NOON + timedelta(minutes=1)


def test_a_schedules_words_differ_whenever_its_ticks_do():
    """They decide whether a changed file begins the route again."""
    schedules = [
        Schedule(),
        Schedule(every=timedelta(minutes=1)),
        Schedule(every=timedelta(minutes=2)),
        Schedule(cron="0 3 * * *"),
        Schedule(cron="0 3 * * *", timezone="Europe/Berlin"),
    ]
    assert len({timetable.described(schedule) for schedule in schedules}) == len(schedules)
    assert not timetable.is_scheduled(schedules[0])
    assert all(timetable.is_scheduled(schedule) for schedule in schedules[1:])
    assert timetable.described(Schedule(cron="0 3 * * *")) == timetable.described(
        Schedule(cron="0 3 * * *", timezone="UTC")
    )


@pytest.mark.parametrize("schedule", [Schedule(every=timedelta(minutes=7)), Schedule(cron="*/7 * * * *")])
def test_the_next_tick_does_not_depend_on_the_one_before(schedule):
    """A daemon that stood still shows the same ticks as one that begins now, also behind its anchor."""
    trigger = timetable.Trigger(schedule, NOON)
    for now in (NOON - timedelta(days=400), NOON, NOON + timedelta(days=400)):
        began = trigger.get_next_fire_time(None, now)
        assert trigger.get_next_fire_time(began - timedelta(milliseconds=1), now) == began
        assert now <= began <= now + timedelta(minutes=7)
