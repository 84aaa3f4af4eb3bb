"""A daemon as its parts see it, without scheduler or signals, on a real ledger."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from bridge.config import Configuration, Settings
from bridge.daemon.events import RouteRan
from bridge.ledger import Database
from bridge.model import Schedule
from tests.harness import START, route

QUARTER = Schedule(every=timedelta(minutes=15))


def scheduled(name="fitness", schedule=QUARTER, **options):
    return replace(route(name, **options), schedule=schedule)


@dataclass
class StandIn:
    """What `events.Daemon` promises, as plain values."""

    db: Database | None
    routes: tuple = (scheduled(),)
    settings: Settings = field(default_factory=Settings)

    @property
    def configuration(self):
        return Configuration(routes=self.routes)

    @property
    def scheduled(self):
        return [one for one in self.routes if one.schedule.every or one.schedule.cron]

    def next_ticks(self):
        return {}

    def running(self):
        return {}


def ended(daemon_route, report, *, at=START, lag=0.5, seconds=2.0, crashed=""):
    """The event of a run that was due at `at`."""
    started = at + timedelta(seconds=lag)
    return RouteRan(
        daemon_route, at, started, started + timedelta(seconds=seconds), report, crashed, "leadbridge check"
    )
