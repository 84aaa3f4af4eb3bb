"""When a route's ticks fall, as pure functions of its schedule: the same on every host. Starts nothing, reads no clock.

An `every` counts from its anchor, an instant that the ledger keeps for all daemons; a `cron` line names the same
instants everywhere. The next tick follows from the schedule and the instant alone, never from the tick before: a daemon
that has run for a year and one that starts now compute the same. Jitter follows from the tick, too, so that every host
has the same.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger

from bridge.model import Schedule
from bridge.model.cron import next_due

_EPOCH = datetime.fromtimestamp(0, UTC)
_STEP = timedelta(milliseconds=1)
"""The resolution of the ledger's times."""

_FIRST_LOOK = timedelta(minutes=2)
_LONGEST_LOOK = timedelta(days=366 * 30)  # 29 February on a Monday comes once in 28 years


def is_scheduled(schedule: Schedule) -> bool:
    """Whether the daemon runs a route on a schedule."""
    return schedule.every is not None or bool(schedule.cron)


def described(schedule: Schedule) -> str:
    """The schedule as a text that is the same for the same ticks; "" where there is none."""
    if schedule.every is not None:
        return f"every {schedule.every.total_seconds():g} s"
    return f"cron {schedule.cron} {schedule.timezone or 'UTC'}" if schedule.cron else ""


class Trigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """A schedule as APScheduler asks for it; `anchor` is the first tick of an `every`."""

    __slots__ = ("_anchor", "_schedule")

    def __init__(self, schedule: Schedule, anchor: datetime) -> None:
        self._schedule = schedule
        self._anchor = anchor

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """The first tick after `previous`, however long ago; without one, the first at or after `now`."""
        return next_tick(self._schedule, self._anchor, now if previous is None else previous + _STEP)


def next_tick(schedule: Schedule, anchor: datetime, now: datetime) -> datetime | None:
    """The first tick at or after `now`, in UTC; None where there is none.

    An `every` has ticks before its anchor too: where a clock was set back behind it, the route goes on.
    """
    if schedule.every is not None:
        return anchor - (anchor - now) // schedule.every * schedule.every
    return next_due(schedule.cron, ZoneInfo(schedule.timezone or "UTC"), now)


def due_before(schedule: Schedule, latest: datetime, ticks: int) -> datetime | None:
    """The instant at which a `cron` was due the `ticks`-last time up to `latest`; None where it was not so often.

    A cron line gives only what comes next: look ahead from further and further back, until there are enough dues.
    """
    back = _FIRST_LOOK
    while back < _LONGEST_LOOK:
        start = latest - back
        dues: list[datetime] = []
        due = next_tick(schedule, start, start)
        while due is not None and due <= latest:
            dues.append(due)
            due = next_tick(schedule, start, due + _STEP)
        if len(dues) >= ticks:
            return dues[-ticks]
        back *= 4
    return None


def missed(schedule: Schedule, anchor: datetime, since: datetime, now: datetime) -> datetime | None:
    """The first tick after `since` that is over at `now`: no daemon was there for it. Else None."""
    found = next_tick(schedule, anchor, since + _STEP)
    return found if found is not None and found <= now else None


def stored(moment: datetime) -> int:
    """The instant as the ledger's ticks name it, in milliseconds: the same number on every host."""
    return (moment - _EPOCH) // _STEP


def instant(stored: int) -> datetime:
    """The instant of a number that `stored` made."""
    return _EPOCH + stored * _STEP


def delay(route: str, due: datetime, jitter: timedelta) -> timedelta:
    """How long after `due` the route runs: under `jitter`, another for each route and tick, the same on all hosts."""
    digest = hashlib.sha256(f"{route}\0{due.timestamp():.3f}".encode()).digest()
    return jitter * (int.from_bytes(digest[:4]) / 2**32)
