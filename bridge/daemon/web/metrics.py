"""Counts what happens, for /metrics. Keeps a registry of its own, and no address, key or id ever becomes a label.

What this process did is counted as it happens; what the ledger knows (leads, doubt, last successes) is read when the
page is asked for, and is the same on every host. Every set of labels is bounded: routes, reasons and states are the
program's or the configuration's words, and endpoints are templates, at most `MOST_ENDPOINTS` of them.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bridge import __version__
from bridge.api import Observer, ignore, observe
from bridge.daemon.events import Daemon, Listener, Reloaded, ReloadRefused, RouteRan
from bridge.daemon.web.cached_query import CachedQuery
from bridge.errors import BridgeError, Unavailable
from bridge.ledger import Database
from bridge.ledger.views.health import Doubtful, Portion, doubtful, portions, successes

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_ENDPOINTS = 64
"""More kinds of request than this are counted together as "other"."""

RESULTS = ("ok", "partial", "blocked", "failed")
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25)
_RUN_SECONDS = (0.5, 1, 5, 15, 60, 300, 900, 3600, 14400)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the ledger says of every route, at `now` by its clock.

    `successes` holds seconds since 1970, 0 for a route that never had one.
    """

    portions: list[Portion]
    doubtful: list[Doubtful]
    successes: dict[str, float]
    now: datetime


def read_numbers(db: Database, daemon: Daemon) -> Numbers:
    """Raises Unavailable when the database does not answer.

    A scheduled route that never succeeded is stale, not absent, and a retired one is no matter of an alarm.
    """
    last = successes(db)
    known = [route.name for route in daemon.configuration.routes if route.name in last or route in daemon.scheduled]
    ended = {name: last[name].ended_at.timestamp() if name in last else 0.0 for name in known}
    return Numbers(portions(db), doubtful(db), ended, db.now())


class Metrics(Listener, Observer):
    """What /metrics shows. One for each process; `page()` may be called from any thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._endpoints: set[str] = set()
        self._lock = threading.Lock()
        self._daemon: Daemon | None = None
        self._make_own()
        self.registry.register(_Ledger(CachedQuery(self._ask)))

    def _make_own(self) -> None:
        """The series that this process counts itself."""
        here = self.registry
        self._runs = Counter("leadbridge_runs", "Runs of routes on this host.", ["route", "result"], registry=here)
        self._run_seconds = Histogram(
            "leadbridge_run_seconds", "How long runs took.", ["route"], registry=here, buckets=_RUN_SECONDS
        )
        self._lag = Gauge(
            "leadbridge_scheduler_lag_seconds",
            "Delay from due time to start of a route's latest run.",
            ["route"],
            registry=here,
        )
        self._requests = Counter(
            "leadbridge_requests",
            "Requests sent to vendors; status is HTTP's, or how the request failed.",
            ["vendor", "endpoint", "status"],
            registry=here,
        )
        self._request_seconds = Histogram(
            "leadbridge_request_seconds",
            "How long requests took.",
            ["vendor", "endpoint"],
            registry=here,
            buckets=_SECONDS,
        )
        self._waits = Histogram(
            "leadbridge_throttle_wait_seconds",
            "How long requests waited for their turn.",
            ["vendor"],
            registry=here,
            buckets=_SECONDS,
        )
        self._reloads = Counter("leadbridge_reloads", "Changed configurations, by result.", ["result"], registry=here)
        build = Gauge("leadbridge_build_info", "The program that runs.", ["version"], registry=here)
        build.labels(__version__).set(1)

    # ------------------------------------------------------------------------------------------ what the daemon tells

    def open(self, daemon: Daemon) -> None:
        """From now on every request of the process is counted."""
        self._daemon = daemon
        for route in daemon.scheduled:
            self._expect(route.name)
        observe(self)

    def close(self) -> None:
        """Count no more."""
        ignore(self)

    def route_ran(self, event: RouteRan) -> None:
        """A run has ended."""
        name = event.route.name
        self._runs.labels(name, event.status).inc()
        self._run_seconds.labels(name).observe(max(0.0, (event.ended_at - event.started_at).total_seconds()))
        self._lag.labels(name).set(max(0.0, (event.started_at - event.due_at).total_seconds()))

    def reloaded(self, event: Reloaded) -> None:
        """Another configuration is in force."""
        self._reloads.labels("taken").inc()
        for route in event.configuration.routes:
            self._expect(route.name)

    def reload_refused(self, event: ReloadRefused) -> None:
        """A changed file was not taken."""
        del event
        self._reloads.labels("refused").inc()

    def _expect(self, route: str) -> None:
        """A series that starts at zero: without it the first failure would be no increase."""
        for result in RESULTS:
            self._runs.labels(route, result)

    # ---------------------------------------------------------------------------------------- what the clients tell

    def requested(self, vendor: str, endpoint: str, outcome: str, seconds: float) -> None:
        """An attempt of a request is over."""
        known = self._known(endpoint)
        self._requests.labels(vendor, known, outcome).inc()
        self._request_seconds.labels(vendor, known).observe(seconds)

    def waited(self, vendor: str, seconds: float) -> None:
        """A request's turn has come."""
        self._waits.labels(vendor).observe(seconds)

    def _known(self, endpoint: str) -> str:
        with self._lock:
            if endpoint not in self._endpoints and len(self._endpoints) >= MOST_ENDPOINTS:
                return "other"
            self._endpoints.add(endpoint)
            return endpoint

    # ------------------------------------------------------------------------------------------------- what is shown

    def page(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)

    def _ask(self) -> Numbers:
        if self._daemon is None or self._daemon.db is None:
            raise Unavailable("The ledger does not exist yet.", vendor="ledger")
        return read_numbers(self._daemon.db, self._daemon)


class _Ledger(Collector):
    """What the ledger knows, read when the page is made; a database that is away leaves only `leadbridge_ledger_up`."""

    def __init__(self, query: CachedQuery[Numbers]) -> None:
        self._inquiry = query

    def describe(self) -> Iterator[Metric]:
        """Nothing: else the registry would ask the database when it is set up."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The ledger's series."""
        up = GaugeMetricFamily("leadbridge_ledger_up", "1 while the database answers, 0 while it does not.")
        try:
            numbers = self._inquiry.get()
        except BridgeError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield _leads(numbers.portions)
        yield from _doubts(numbers.doubtful, numbers.now)
        yield _last_successes(numbers.successes)


def _leads(found: list[Portion]) -> Metric:
    leads = GaugeMetricFamily(
        "leadbridge_leads", "Leads a route knows, by state and reason.", labels=["route", "state", "reason"]
    )
    for portion in found:
        leads.add_metric([portion.route, portion.state, portion.reason], portion.leads)
    return leads


def _doubts(found: list[Doubtful], now: datetime) -> Iterator[Metric]:
    rows = GaugeMetricFamily("leadbridge_in_doubt_leads", "Leads whose delivery is unknown.", labels=["route"])
    age = GaugeMetricFamily("leadbridge_in_doubt_oldest_seconds", "Age of the oldest lead in doubt.", labels=["route"])
    for doubt in found:
        rows.add_metric([doubt.route], doubt.leads)
        age.add_metric([doubt.route], max(0.0, (now - doubt.since).total_seconds()) if doubt.since else 0.0)
    yield rows
    yield age


def _last_successes(found: dict[str, float]) -> Metric:
    last = GaugeMetricFamily(
        "leadbridge_last_success_timestamp_seconds",
        "Time of the route's last run without an error; 0 for never.",
        labels=["route"],
    )
    for route, seconds in found.items():
        last.add_metric([route], seconds)
    return last
