"""Whether a route has kept its schedule, from its runs alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.daemon.web.health import SLACK, History, due_by, judge, readiness
from bridge.ledger.views.health import Ending
from bridge.ledger.views.standing import CUT_OFF, RUNNING, PastRun
from bridge.model import Schedule
from tests.harness import route as make_route

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
QUARTER = Schedule(every=timedelta(minutes=15))
OFFICE = Schedule(cron="*/15 8-18 * * mon-fri", timezone="Europe/Berlin")
LONG_AGO = NOW - timedelta(days=30)


def scheduled(schedule, name="fitness"):
    return replace(make_route(name), schedule=schedule)


def ran(ago, *, status="ok", took=timedelta(seconds=5), document=None, now=NOW):
    started = now - ago
    ended = None if status in (RUNNING, CUT_OFF) else started + took
    return PastRun(1, "fitness", "default", status, started, ended, document or {})


def history(*runs):
    """What the ledger would say of these runs, each the latest of its route."""
    ended = {run.route: Ending(run.status, run.ended_at, run.document) for run in runs if run and run.ended_at}
    return History({run.route: run for run in runs if run}, ended)


def why(run, *, schedule=QUARTER, since=LONG_AGO, now=NOW):
    return judge(scheduled(schedule), history(run), since, now).why


@pytest.mark.parametrize(("minutes", "late"), [(0, False), (15, False), (30, False), (31.2, True), (600, True)])
def test_a_run_is_late_after_twice_the_interval_and_a_minute(minutes, late):
    """The issue's own figure: twice its interval plus 60 s."""
    assert bool(why(ran(timedelta(minutes=minutes)))) is late


@pytest.mark.parametrize("status", ["ok", "partial", "blocked", "failed", CUT_OFF])
def test_a_run_counts_however_it_ended(status):
    """That it ran is what this page is about; how it ended is reported by alerts and `status`."""
    assert why(ran(timedelta(minutes=20), status=status)) == ""


def test_a_run_under_way_is_in_time_however_long_it_takes():
    """A first backfill may take hours, and its tick is not missed."""
    assert why(ran(timedelta(hours=5), status=RUNNING)) == ""


def test_a_long_run_counts_from_its_end():
    """Ticks that fell while it ran were coalesced, not lost."""
    assert why(ran(timedelta(hours=3), took=timedelta(hours=2, minutes=50))) == ""


def test_a_daemon_that_just_started_has_grace():
    """A ledger that slept for a month is not late in the first minute."""
    assert why(ran(timedelta(days=30)), since=NOW - timedelta(minutes=5)) == ""
    assert why(None, since=NOW - timedelta(minutes=30)) == ""
    assert "not run since this daemon started" in why(None, since=NOW - timedelta(minutes=32))


@pytest.mark.parametrize("vendor", ["scravio", "instantly"])
def test_a_refused_key_is_not_ready_and_says_whose(vendor):
    """A run in time does not help where the vendor takes the key no more."""
    blocked = ran(
        timedelta(0), status="blocked", document={"key_refused": vendor, "error": "The key was refused (401)."}
    )
    found = judge(scheduled(QUARTER), history(blocked), LONG_AGO, NOW)
    assert found.why == f"{vendor.capitalize()} refused the key: The key was refused (401)."
    assert found.hint == "leadbridge check"


def test_a_run_under_way_does_not_make_a_refused_key_good():
    """What the latest finished run found out holds until another one finds out better."""
    under_way = history(ran(timedelta(0), status=RUNNING))
    refused = Ending("blocked", NOW - timedelta(minutes=15), {"key_refused": "instantly", "error": "No."})
    found = judge(scheduled(QUARTER), replace(under_way, ended={"fitness": refused}), LONG_AGO, NOW)
    assert found.why == "Instantly refused the key: No."


@pytest.mark.parametrize(
    ("now", "run", "late"),
    [
        ("2026-11-23 07:00", "2026-11-20 17:45", False),  # 8:00 in Berlin: nothing was due since Friday evening
        ("2026-11-23 07:15", "2026-11-20 17:45", False),  # 8:15: the tick of 8:00 may still be a minute late
        ("2026-11-23 07:16:30", "2026-11-20 17:45", True),  # both 8:00 and 8:15 are over
        ("2026-11-23 07:16:30", "2026-11-23 07:00", False),
        ("2026-11-22 12:00", "2026-11-20 17:45", False),  # a Sunday
        ("2026-11-22 12:00", "2026-11-20 17:00", True),  # on Friday itself it stopped too early
    ],
)
def test_a_cron_route_is_judged_by_its_own_dues(now, run, late):
    """Nights and weekends are one long interval; in office hours the same line is a quarter of an hour."""
    now, run = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, run))
    assert bool(why(ran(now - run, took=timedelta(0), now=now), schedule=OFFICE, now=now)) is late


def test_a_daily_route_is_late_on_the_second_day():
    """With one night missed it is late only once the next is over too."""
    daily = Schedule(cron="0 3 * * *")
    assert due_by(daily, NOW) == datetime(2026, 11, 22, 3, tzinfo=UTC)
    assert due_by(daily, NOW, ticks=1) == datetime(2026, 11, 23, 3, tzinfo=UTC)


def test_a_leap_day_is_found_however_long_ago():
    """A line that fires once in years is judged, not taken for broken."""
    assert due_by(Schedule(cron="0 0 29 feb *"), NOW, ticks=1) == datetime(2024, 2, 29, tzinfo=UTC)


@given(
    st.sampled_from(["* * * * *", "*/7 * * * *", "0 3 * * *", "30 8-18/2 * * mon-fri", "0 0 1 * *"]),
    st.sampled_from(["", "Europe/Berlin", "America/New_York", "Pacific/Apia"]),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(lambda naive: naive.replace(tzinfo=UTC)),  # noqa: DTZ001
)
def test_a_route_that_keeps_its_schedule_is_never_late(cron, zone, now):
    """Whatever the line and the zone: who ran at the latest due but one, with up to a minute's delay, is in time."""
    schedule = Schedule(cron=cron, timezone=zone)
    due = due_by(schedule, now)
    assert due <= now - SLACK
    since = now - timedelta(days=400)
    assert why(ran(now - due, now=now), schedule=schedule, since=since, now=now) == ""
    missed = ran(now - due + timedelta(seconds=1), took=timedelta(0), now=now)
    assert why(missed, schedule=schedule, since=since, now=now) != ""


@given(st.timedeltas(timedelta(seconds=10), timedelta(days=7)), st.timedeltas(timedelta(0), timedelta(days=30)))
def test_an_interval_is_judged_to_the_second(every, ago):
    """Late exactly when it is longer ago than twice the interval and a minute."""
    late = bool(why(ran(ago, took=timedelta(0)), schedule=Schedule(every=every)))
    assert late is (ago > 2 * every + SLACK)


def test_jitter_is_no_lateness():
    """A route that is asked to be up to ten minutes late is."""
    schedule = Schedule(every=timedelta(minutes=15), jitter=timedelta(minutes=10))
    assert why(ran(timedelta(minutes=40), took=timedelta(0)), schedule=schedule) == ""
    assert why(ran(timedelta(minutes=42), took=timedelta(0)), schedule=schedule) != ""


def test_the_page_names_each_route_that_is_late():
    """One late route makes the whole not ready, and the page says which and what to type."""
    routes = [scheduled(QUARTER, "one"), scheduled(QUARTER, "two")]
    runs = history(replace(ran(timedelta(0)), route="one"), replace(ran(timedelta(hours=2)), route="two"))
    found = readiness(routes, runs, {"two": LONG_AGO}, NOW)
    document = found.document()
    assert document["ready"] is False
    assert len(document["why"]) == 1
    assert 'Route "two"' in document["why"][0]
    assert [entry["ready"] for entry in document["routes"]] == [True, False]
    assert document["routes"][1]["next"] == "leadbridge status"
