"""APScheduler behind its door: ticks come with the instant they were due, late ones too, and several as one."""

from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue

import pytest

from bridge.daemon.scheduler import Scheduler
from bridge.model import Schedule
from tests.harness import route as make_route


@pytest.fixture
def reported():
    return SimpleQueue()


@pytest.fixture
def scheduler(reported):
    made = Scheduler(lambda name, due: reported.put((name, due)))
    yield made
    made.close()


def route(name="fitness", **schedule):
    found = make_route(name)
    return type(found)(found.name, found.target, schedule=Schedule(**schedule))


def test_a_tick_shows_its_route_and_its_instant(scheduler, reported):
    """Not the moment at which the thread woke up: every host must mean the same."""
    anchor = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    scheduler.follow(route(every=timedelta(hours=1)), anchor)
    assert scheduler.next_ticks() == {"fitness": anchor}
    assert reported.get(timeout=5) == ("fitness", anchor)
    assert scheduler.next_ticks() == {"fitness": anchor + timedelta(hours=1)}


def test_a_route_that_is_forgotten_ticks_no_more(scheduler, reported):
    """Also one that never was there can be forgotten."""
    scheduler.follow(route(every=timedelta(seconds=1)), datetime.now(UTC) + timedelta(seconds=0.2))
    scheduler.forget("fitness")
    scheduler.forget("another")
    assert scheduler.next_ticks() == {}
    with pytest.raises(Empty):
        reported.get(timeout=0.5)


def test_the_same_schedule_again_changes_nothing_and_another_takes_its_place(scheduler):
    """A reloaded configuration names every route again; only those that changed are scheduled again."""
    anchor = datetime.now(UTC) + timedelta(hours=1)
    scheduler.follow(route(every=timedelta(hours=1)), anchor)
    scheduler.follow(route(every=timedelta(hours=1)), anchor)
    assert scheduler.next_ticks() == {"fitness": anchor}
    scheduler.follow(route(cron="0 3 * * *"), anchor)
    assert scheduler.next_ticks()["fitness"].hour == 3


def test_several_missed_instants_are_reported_as_one_however_late(scheduler, reported):
    """A host that stood still for an hour runs the route once, for the latest instant."""
    scheduler._jobs.pause()
    begun = datetime.now(UTC)
    scheduler.follow(route(every=timedelta(seconds=1)), begun)
    job = scheduler._jobs.get_job("fitness")
    first = begun - timedelta(hours=1)
    job.modify(next_run_time=first)
    scheduler._jobs.resume()
    name, due = reported.get(timeout=5)
    assert name == "fitness"
    assert timedelta() <= datetime.now(UTC) - due < timedelta(seconds=3)


@pytest.mark.parametrize("schedule", [{"every": timedelta(minutes=15)}, {"cron": "*/15 * * * *"}])
def test_a_clock_that_was_set_back_stops_no_route(reported, schedule):
    """A tick that was set by a clock a year ahead is set again by the clock of now, and comes within its quarter."""
    now = datetime.now(UTC)
    ahead = now + timedelta(days=365)
    shown = iter([ahead, now, now + timedelta(seconds=2)])
    scheduler = Scheduler(lambda name, due: reported.put((name, due)), lambda: next(shown))
    scheduler.follow(route(**schedule), ahead)
    scheduler._jobs.get_job("fitness").modify(next_run_time=ahead)
    assert not scheduler.look()
    assert scheduler.next_ticks() == {"fitness": ahead}
    assert scheduler.look()
    assert now <= scheduler.next_ticks()["fitness"] <= now + timedelta(minutes=15)
    assert not scheduler.look()
    scheduler.close()


def test_a_clock_that_was_set_forward_shows_what_is_late_at_once(scheduler, reported):
    """APScheduler sleeps by a clock that stands still while a machine sleeps: a look wakes it."""
    scheduler.follow(route(every=timedelta(hours=1)), datetime.now(UTC) + timedelta(minutes=30))
    job = scheduler._jobs.get_job("fitness")
    late = datetime.now(UTC) - timedelta(seconds=1)
    # Straight into the store, which wakes no one: as if the clock had moved under it.
    job._modify(next_run_time=late)
    scheduler._jobs._lookup_jobstore("default").update_job(job)
    scheduler.look()
    assert reported.get(timeout=5) == ("fitness", late)
