"""What a cron line means: the instants at which it falls, from the line and the clock alone. Starts nothing.

The meaning is that of crontab(5) in Debian's cron. cronsim does the calendar, on wall time without a zone. Here the
hours that a change of clocks skips or repeats become instants. docs/configuration.md says the rules.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_SECOND, _MINUTE, _DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


def next_due(line: str, zone: ZoneInfo, since: datetime) -> datetime | None:
    """The first instant at or after `since`, in UTC; None where none comes in fifty years."""
    since = since.astimezone(UTC)
    # A wall time before every one that may fall at or after `since`, also where the clocks change around it.
    offsets = ((at.astimezone(zone).utcoffset() or timedelta()) for at in (since - _SECOND, since, since + _DAY))
    try:
        walls = CronSim(line, (since + min(offsets)).replace(tzinfo=None) - _SECOND)
    except CronSimError:  # the line was read before: what cronsim still refuses is a date that no month has
        return None
    fixed, found = has_fixed_time(line), None
    for wall in walls:
        first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if found is not None and min(first, second) > found:
            break
        for instant in _instants(wall, zone, first, second, fixed=fixed):
            if instant >= since and (found is None or instant < found):
                found = instant
    return found


def has_fixed_time(line: str) -> bool:
    """Whether neither minute nor hour begins with `*`: such a line runs once, also over a change of clocks."""
    minute, hour, *_ = line.split()
    return not minute.startswith("*") and not hour.startswith("*")


def _instants(wall: datetime, zone: ZoneInfo, first: datetime, second: datetime, *, fixed: bool) -> list[datetime]:
    """When a wall time comes: once, twice (the clocks are set back), or never (they are set forward over it).

    `first` and `second` are its readings before and after a change. A fixed time that never comes is made up for as
    soon as the clocks were set; of one that comes twice the first counts.
    """
    if first == second:
        return [first]
    if first < second:
        return [first] if fixed else [first, second]
    if not fixed:
        return []
    while (late := wall.replace(tzinfo=zone).astimezone(UTC)).astimezone(zone).replace(tzinfo=None) != wall:
        wall += _MINUTE
    return [late]
