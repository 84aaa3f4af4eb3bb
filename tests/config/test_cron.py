"""A cron line means what crontab(5) says, in every zone: held to an oracle that walks minute by minute."""

import os
import subprocess
import sys
import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import tzdata
from hypothesis import given
from hypothesis import strategies as st

from bridge.config.cron import read_cron
from bridge.config.readers import UnfitError
from bridge.daemon import timetable
from bridge.model import Schedule
from bridge.model.cron import next_due

MINUTE = timedelta(minutes=1)
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMES = dict(zip(WEEKDAYS + MONTHS, [*range(7), *range(1, 13)], strict=True))
LOW = (0, 0, 1, 1, 0)
HIGH = (59, 23, 31, 12, 7)

# Changes at 2 and at 3 o'clock, at midnight in either direction, of half an hour and of two, and where none is.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Beirut",
    "America/Havana",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "UTC",
)


# ------------------------------------------------------------------------------------------------------- the oracle


def numbers(item, low, high):
    """What one item of a field stands for, as crontab(5) says it."""
    span, _, step = item.partition("/")
    first, _, last = span.partition("-")
    if first == "*":
        first, last = low, high
    first, last = (NAMES[end] if str(end) in NAMES else int(end) for end in (first, last or first))
    return set(range(first, last + 1, int(step or 1)))


@cache
def parsed(line):
    return [
        set().union(*(numbers(item, low, high) for item in field.split(",")))
        for field, low, high in zip(line.lower().split(), LOW, HIGH, strict=True)
    ]


def matches(line, wall):
    minutes, hours, days, months, weekdays = parsed(line)
    if wall.minute not in minutes or wall.hour not in hours or wall.month not in months:
        return False
    by_month, by_week = wall.day in days, bool({wall.isoweekday() % 7, wall.isoweekday()} & weekdays)
    _, _, day, _, weekday = line.split()
    return (by_month and by_week) if day.startswith("*") or weekday.startswith("*") else (by_month or by_week)


def oracle(line, zone, start, end):
    """Every instant from `start` to `end` at which cron would run the line: it looks at the clock once a minute."""
    minute, hour, *_ = line.split()
    fixed = not minute.startswith("*") and not hour.startswith("*")
    found, now = [], start
    seen = (start - timedelta(days=2)).astimezone(zone).replace(tzinfo=None)  # the latest wall time that was served
    for back in range(2 * 24 * 60, 0, -1):
        seen = max(seen, (start - back * MINUTE).astimezone(zone).replace(tzinfo=None))
    while now <= end:
        wall = now.astimezone(zone).replace(tzinfo=None)
        if fixed:
            # What the clock jumped over is made up for; what it shows again was served.
            skipped = []
            while seen < wall:
                seen += MINUTE
                skipped.append(seen)
            due = any(matches(line, one) for one in skipped)
        else:
            due = matches(line, wall)
        if due:
            found.append(now)
        now += MINUTE
    return found


def changes(zone):
    """The hours in which the clocks change, in years that no later rule changes."""
    at = datetime(2024, 1, 1, tzinfo=UTC)
    found = [at]
    while at < datetime(2025, 12, 30, tzinfo=UTC):
        later = at + timedelta(hours=1)
        if later.astimezone(zone).utcoffset() != at.astimezone(zone).utcoffset():
            found.append(at)
        at = later
    return found


CHANGES = {name: changes(ZoneInfo(name)) for name in ZONES}

minute_fields = st.sampled_from(("*", "*/15", "*/7", "0", "30", "0,30", "5-50/20", "59", "0-59"))
hour_fields = st.sampled_from(("*", "*/2", "0", "1", "2", "3", "23", "0-3", "1,2", "22-23,0-1", "8-18/3"))
day_fields = st.sampled_from(("*", "*/2", "1", "1,15", "28-31", "5-25/5"))
month_fields = st.sampled_from(("*", "*/3", "mar,oct", "9-11", "apr-may"))
weekday_fields = st.sampled_from(("*", "*/3", "0", "7", "sun", "6-7", "mon-fri", "Sat,Sun", "sun-tue", "5"))
lines = st.tuples(minute_fields, hour_fields, day_fields, month_fields, weekday_fields).map(" ".join)
any_day = st.tuples(minute_fields, hour_fields).map(" ".join).map("{} * * *".format)


def dues(line, zone, start, end):
    found = []
    due = next_due(line, zone, start)
    while due is not None and due <= end:
        found.append(due)
        due = next_due(line, zone, due + timedelta(milliseconds=1))
    return found


# ------------------------------------------------------------------------------------------------------- the claims


@given(st.data(), st.sampled_from(ZONES), st.one_of(any_day, lines))
def test_a_line_falls_when_cron_would_run_it_also_around_a_change_of_clocks(data, name, line):
    """Two days around a change in every zone: no instant is lost, none is new, none comes twice."""
    zone = ZoneInfo(name)
    change = data.draw(st.sampled_from(CHANGES[name]))
    start = change - timedelta(hours=data.draw(st.integers(0, 30)), minutes=data.draw(st.integers(0, 59)))
    end = start + timedelta(hours=36)
    right = oracle(line, zone, start, end)
    assert dues(line, zone, start, end) == right
    # The next run follows from the clock alone: at whatever second a daemon begins, it finds the very same one.
    now = start + data.draw(st.timedeltas(timedelta(0), end - start))
    later = [due for due in right if due >= now]
    found = next_due(line, zone, now)
    assert found == later[0] if later else found is None or found > end


@pytest.mark.parametrize("name", ZONES)
def test_no_month_is_lost_to_a_change_of_clocks(name):
    """Midnight of every first day of three years, where there is a midnight; and every Monday."""
    zone = ZoneInfo(name)
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
    firsts = [due.astimezone(zone) for due in dues("0 0 1 * *", zone, start, end)]
    assert len({(at.year, at.month) for at in firsts}) >= 35
    assert {at.day for at in firsts} == {1}
    mondays = [due.astimezone(zone).date() for due in dues("0 0 * * mon", zone, start, end)]
    assert {later - earlier for earlier, later in pairwise(mondays)} == {timedelta(days=7)}


@pytest.mark.parametrize(
    ("line", "zone", "start", "right"),
    [
        ("0 0 1 * *", "Europe/Berlin", "2027-03-01T12", ["2027-04-01T00:00+02:00"]),
        ("0 0 * * mon", "Europe/Berlin", "2027-03-23T12", ["2027-03-29T00:00+02:00"]),
        # an hour that does not exist: a fixed time comes as soon as the clocks were set, a repeating one does not
        ("30 2 * * *", "Europe/Berlin", "2025-03-30T00", ["2025-03-30T03:00+02:00", "2025-03-31T02:30+02:00"]),
        ("*/30 2 * * *", "Europe/Berlin", "2025-03-30T00", ["2025-03-31T02:00+02:00"]),
        ("0 0 * * *", "America/Santiago", "2025-09-06T12", ["2025-09-07T01:00-03:00", "2025-09-08T00:00-03:00"]),
        ("0 0 * * *", "Africa/Cairo", "2025-04-24T12", ["2025-04-25T01:00+03:00", "2025-04-26T00:00+03:00"]),
        ("0 0 * * *", "Asia/Beirut", "2025-03-29T12", ["2025-03-30T01:00+03:00", "2025-03-31T00:00+03:00"]),
        ("0 0 * * *", "America/Havana", "2025-03-08T12", ["2025-03-09T01:00-04:00", "2025-03-10T00:00-04:00"]),
        # an hour that comes twice: a fixed time comes at the first, a repeating one at both
        ("30 2 * * *", "Europe/Berlin", "2025-10-25T23", ["2025-10-26T02:30+02:00", "2025-10-27T02:30+01:00"]),
        ("30 */2 * * *", "Europe/Berlin", "2025-10-26T00:10", ["2025-10-26T02:30+02:00", "2025-10-26T02:30+01:00"]),
        ("30 0 * * *", "America/Havana", "2025-11-02T04", ["2025-11-02T00:30-04:00", "2025-11-03T00:30-05:00"]),
        ("30 23 * * *", "America/Santiago", "2025-04-05T20", ["2025-04-05T23:30-03:00", "2025-04-06T23:30-04:00"]),
        # Sunday is 0 and 7; two day fields mean either of them, unless one of them begins with *
        ("0 9 * * 0", "UTC", "2027-01-01T00", ["2027-01-03T09:00+00:00"]),
        ("0 9 * * 7", "UTC", "2027-01-01T00", ["2027-01-03T09:00+00:00"]),
        ("0 9 13 * fri", "UTC", "2027-01-02T00", ["2027-01-08T09:00+00:00", "2027-01-13T09:00+00:00"]),
        ("0 9 */2 * mon", "UTC", "2027-01-01T00", ["2027-01-11T09:00+00:00", "2027-01-25T09:00+00:00"]),
        # a step counts from the start of its range, and begins again in the next hour
        ("5-59/20 * * * *", "UTC", "2027-01-01T00:30", ["2027-01-01T00:45+00:00", "2027-01-01T01:05+00:00"]),
        ("*/45 * * * *", "UTC", "2027-01-01T00:30", ["2027-01-01T00:45+00:00", "2027-01-01T01:00+00:00"]),
    ],
)
def test_a_line_means_what_cron_means(line, zone, start, right):
    """One example of each rule of docs/configuration.md, as APScheduler or another reader would have it otherwise."""
    assert read_cron(line) == line
    begun = datetime.fromisoformat(start).replace(tzinfo=UTC)
    found = dues(line, ZoneInfo(zone), begun, begun + timedelta(days=45))[: len(right)]
    assert found == [datetime.fromisoformat(at) for at in right]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("5/15 * * * *", 'crons read in different ways; write "5-59/15"'),
        ("* * * * mon/2", 'write "mon-7/2"'),
        ("*/90 * * * *", "a step of 90 for the minute"),
        ("*/0 * * * *", "a step of 0"),
        ("0 22-2 * * *", 'has "22-2" for the hour, which ends before it begins'),
        ("0 0 * * sat-sun", "which ends before it begins"),
        ("0 0 last * *", "not cron's"),
        ("0 0 L * *", "not cron's"),
        ("0 0 * * mon#1", "not cron's"),
        ("0 0 ? * mon", "not cron's"),
        ("0 0 15w * *", "not cron's"),
        ("0~30 0 * * *", "not cron's"),
        ("*-5 0 * * *", "not cron's"),
        ("0,,5 0 * * *", "not cron's"),
        ("0 24 * * *", "the hour, which is 0 to 23"),
        ("60 0 * * *", "the minute, which is 0 to 59"),
        ("0 0 0 * *", "the day of the month, which is 1 to 31"),
        ("0 0 * 13 *", "the month, which is 1 to 12 or jan to dec"),
        ("0 0 * * 8", "the day of the week, which is 0 to 7 or sun to sat"),
        ("0 0 * * monday", "not cron's"),
        ("mon 0 * * *", "the minute, which is 0 to 59"),
        ("٣ 0 * * *", "not cron's"),
        ("@daily", "has 1 fields"),
        ("0 0 * * * *", "has 6 fields"),
        ("0 0 31 4,6 *", "never fires"),
    ],
)
def test_what_cron_does_not_know_or_crons_read_differently_is_refused(line, said):
    """With the field, the value and what to write."""
    with pytest.raises(UnfitError) as refused:
        read_cron(line)
    assert said in str(refused.value)


@given(lines)
def test_every_line_of_cron_is_read(line):
    """Whatever the oracle understands is taken, or falls on no day at all."""
    try:
        assert read_cron(line) == line
    except UnfitError as refused:
        assert "never fires" in str(refused)  # noqa: PT017 - the only reason that fits


def test_catching_up_and_health_follow_the_same_line():
    """The month that a change of clocks cost: it is missed when no daemon was there, and its due when health looks."""
    monthly = Schedule(cron="0 0 1 * *", timezone="Europe/Berlin")
    march, april = datetime(2027, 2, 28, 23, tzinfo=UTC), datetime(2027, 3, 31, 22, tzinfo=UTC)
    assert timetable.missed(monthly, march, march, april + timedelta(hours=1)) == april
    assert timetable.due_before(monthly, april + timedelta(hours=1), 1) == april
    assert timetable.due_before(monthly, april + timedelta(hours=1), 2) == march
    assert timetable.Trigger(monthly, march).get_next_fire_time(march, march) == april


# ---------------------------------------------------------------------------------------------------- the time zones


def test_time_zones_come_from_the_locked_package_and_not_from_the_system(tmp_path):
    """A system whose Berlin is another place changes nothing: hosts with older databases mean the same hours."""
    assert zoneinfo.TZPATH == ()
    folder = tmp_path / "Europe"
    folder.mkdir()
    (folder / "Berlin").write_bytes((Path(tzdata.__file__).parent / "zoneinfo" / "UTC").read_bytes())
    code = (
        "from datetime import UTC, datetime; from zoneinfo import ZoneInfo; {}"
        "print(datetime(2027, 1, 1, tzinfo=UTC).astimezone(ZoneInfo('Europe/Berlin')).hour)"
    )
    hours = [
        subprocess.run(
            [sys.executable, "-c", code.format(first)],
            env={**os.environ, "PYTHONTZPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for first in ("", "import bridge; ")
    ]
    assert hours == ["0", "1"]


@pytest.mark.parametrize("name", [*ZONES, "America/Vancouver", "America/Edmonton", "Europe/Chisinau"])
def test_every_zone_has_the_hours_of_the_locked_package(name):
    """Also those whose rules changed lately, which an older copy of the system's has an hour off."""
    with (Path(tzdata.__file__).parent / "zoneinfo" / name).open("rb") as file:
        locked = ZoneInfo.from_file(file)
    hours = [datetime(2026, 9, 1, tzinfo=UTC) + timedelta(hours=number) for number in range(370 * 24)]
    assert [at.astimezone(ZoneInfo(name)).utcoffset() for at in hours] == [
        at.astimezone(locked).utcoffset() for at in hours
    ]
    for month in range(1, 13):
        due = next_due("0 8 * * *", ZoneInfo(name), datetime(2027, month, 15, 12, tzinfo=UTC))
        assert due.astimezone(locked).hour == 8
