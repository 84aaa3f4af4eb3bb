"""Judges the daemon's health: is the ledger there, did every enabled route run in time, are the keys valid. Pure.

A route may have run on any host: the judgement is made from the ledger's runs, not from this process's memory.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from bridge.daemon import timetable
from bridge.lazy import dataclass
from bridge.ledger.views.health import Ending
from bridge.ledger.views.standing import RUNNING, PastRun
from bridge.model import Route, Schedule

SLACK = timedelta(seconds=60)
"""How much later than due everything may be."""


@dataclass(frozen=True, slots=True)
class RouteHealth:
    """One enabled route: `why` says what is wrong with it and `hint` the next command, both "" while nothing is."""

    route: str
    client: str
    last_run: datetime | None
    status: str
    why: str = ""
    hint: str = ""

    def document(self) -> dict[str, Any]:
        """The route's part of /readyz."""
        return {
            "route": self.route,
            "client": self.client,
            "ready": not self.why,
            "last_run": self.last_run.isoformat() if self.last_run else None,
            "status": self.status,
            "why": self.why or None,
            "next": self.hint or None,
        }


@dataclass(frozen=True, slots=True)
class Readiness:
    """The answer of /readyz; `why` is about the whole daemon, each route has its own."""

    routes: tuple[RouteHealth, ...] = ()
    why: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.why and not any(route.why for route in self.routes)

    def document(self) -> dict[str, Any]:
        """What /readyz shows; `why` names every reason once."""
        reasons = [*self.why, *(f'Route "{route.route}": {route.why}' for route in self.routes if route.why)]
        return {"ready": self.ready, "why": reasons, "routes": [route.document() for route in self.routes]}


@dataclass(frozen=True, slots=True)
class History:
    """What the ledger knows of the routes, by their names: the latest run, the latest that has ended, who is paused."""

    latest: Mapping[str, PastRun]
    ended: Mapping[str, Ending]
    paused: Collection[str] = ()


def readiness(routes: Sequence[Route], history: History, since: Mapping[str, datetime], now: datetime) -> Readiness:
    """The judgement on the enabled routes; `since` is when this daemon began to follow each one."""
    return Readiness(tuple(judge(route, history, since.get(route.name, now), now) for route in routes))


def judge(route: Route, history: History, since: datetime, now: datetime) -> RouteHealth:
    """One route. A run in progress is in time however long it takes; a daemon that just started has grace."""
    run, ended = history.latest.get(route.name), history.ended.get(route.name)
    status = "never run" if run is None else run.status
    last = None if run is None else run.ended_at or run.started_at
    if route.name in history.paused:
        return RouteHealth(route.name, route.client, last, "paused")
    # By the latest run that ended: a run in progress, or one that was cut off, has no verdict on the key.
    refused = str(ended.document.get("key_refused") or "") if ended else ""
    if ended and refused:
        why = f"{refused.capitalize()} refused the key: {ended.document.get('error')}"
        return RouteHealth(route.name, route.client, last, status, why, "leadbridge check")
    oldest = due_by(route.schedule, now)
    if status != RUNNING and max(last or since, since) < oldest:
        when = (
            f"it last ran at {_minute(last)}" if last else f"it has not run since this daemon started, {_minute(since)}"
        )
        return RouteHealth(
            route.name, route.client, last, status, f"{when}, and was due twice since.", "leadbridge status"
        )
    return RouteHealth(route.name, route.client, last, status)


def due_by(schedule: Schedule, now: datetime, ticks: int = 2) -> datetime:
    """The instant since which a route that keeps its schedule has run: `ticks` dues before now, and some slack.

    For an interval that is `now` - `ticks` intervals - 60 s - the jitter. For cron the dues are real ones, so that
    a night or a weekend counts as one long interval. Without a schedule: the beginning of time.
    """
    latest = now - SLACK - schedule.jitter
    if schedule.every is not None:
        return latest - ticks * schedule.every
    if not schedule.cron:
        return datetime.min.replace(tzinfo=UTC)
    # To the minute, as cron is: routes that share a schedule, and a page asked every second, share the answer.
    return _due_before(schedule, latest.replace(second=0, microsecond=0), ticks)


@lru_cache(maxsize=256)
def _due_before(schedule: Schedule, latest: datetime, ticks: int) -> datetime:
    return timetable.due_before(schedule, latest, ticks) or datetime.min.replace(tzinfo=UTC)


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "no time"
