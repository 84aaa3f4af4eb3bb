"""When a route's ticks fall, as pure functions of its schedule: the same on every host. Starts nothing, asks no clock.

An `every` counts from its anchor, an instant that the ledger keeps for all daemons; a `cron` line names the same
instants everywhere. Both are APScheduler's triggers without its own jitter, which every host would draw differently:
ours follows from the tick.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bridge.model import Schedule

_EPOCH = datetime.fromtimestamp(0, UTC)


def is_scheduled(schedule: Schedule) -> bool:
    """Whether the daemon runs a route by itself."""
    return schedule.every is not None or bool(schedule.cron)


def told(schedule: Schedule) -> str:
    """The schedule in words that are the same for the same ticks; "" where there is none."""
    if schedule.every is not None:
        return f"every {schedule.every.total_seconds():g} s"
    return f"cron {schedule.cron} {schedule.timezone or 'UTC'}" if schedule.cron else ""


def trigger(schedule: Schedule, anchor: datetime) -> BaseTrigger:
    """APScheduler's trigger for a schedule; `anchor` is the first tick of an `every`."""
    if schedule.every is not None:
        return IntervalTrigger(seconds=schedule.every.total_seconds(), start_date=anchor, timezone=UTC)
    return CronTrigger.from_crontab(schedule.cron, timezone=ZoneInfo(schedule.timezone or "UTC"))


def next_tick(schedule: Schedule, anchor: datetime, now: datetime) -> datetime | None:
    """The first tick at or after `now`; None where there is none."""
    found = trigger(schedule, anchor).get_next_fire_time(None, now)
    return None if found is None else found.astimezone(UTC)


def missed(schedule: Schedule, anchor: datetime, since: datetime, now: datetime) -> datetime | None:
    """The first tick after `since` that is over at `now`: no daemon was there for it. Else None."""
    found = next_tick(schedule, anchor, since + timedelta(milliseconds=1))
    return found if found is not None and found <= now else None


def stored(moment: datetime) -> int:
    """The instant as the ledger's ticks name it, to the very millisecond: on every host the same number."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def delay(route: str, due: datetime, jitter: timedelta) -> timedelta:
    """How long after `due` the route runs: under `jitter`, another for each route and tick, the same on all hosts."""
    digest = hashlib.sha256(f"{route}\0{due.timestamp():.3f}".encode()).digest()
    return jitter * (int.from_bytes(digest[:4]) / 2**32)
