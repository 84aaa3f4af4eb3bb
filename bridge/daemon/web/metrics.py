"""Counts what happens, for /metrics. Keeps its own registry, and no address, key or id ever becomes a label.

What this process did is counted as it happens; what the ledger knows (leads, doubt, last successes) is read when the
page is asked for, and is the same on every host. Every set of labels is bounded: routes, reasons and states are the
program's or the configuration's words, and endpoints are templates, at most `MOST_ENDPOINTS` of them.
"""

import threading
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bridge import __version__
from bridge.api import Observer, ignore, observe
from bridge.daemon.events import Daemon, Listener, Reloaded, ReloadRefused, RouteRan
from bridge.daemon.web.cached_query import CachedQuery, ledger_of
from bridge.errors import BridgeError
from bridge.ledger import Database
from bridge.ledger.core.braking import stopped
from bridge.ledger.events import posts
from bridge.ledger.events.rounds import latest
from bridge.ledger.views.health import doubtful, portions, successes
from bridge.reports.feedback import standing

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_ENDPOINTS = 64
"""More kinds of request than this are counted together as "other"."""

RESULTS = ("ok", "partial", "blocked", "failed")
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25)
_RUN_SECONDS = (0.5, 1, 5, 15, 60, 300, 900, 3600, 14400)
_UP = "leadbridge_ledger_up", "1 while the database answers, 0 while it does not."


class Metrics(Listener, Observer):
    """What /metrics shows. One for each process; `page()` may be called from any thread."""

    def __init__(self) -> None:
        self.registry = here = CollectorRegistry()
        self._endpoints: set[str] = set()
        self._lock = threading.Lock()
        self._daemon: Daemon | None = None
        self._runs = Counter("leadbridge_runs", "Runs of routes on this host.", ["route", "result"], registry=here)
        self._run_seconds = Histogram(
            "leadbridge_run_seconds", "How long runs took.", ["route"], registry=here, buckets=_RUN_SECONDS
        )
        lag = "leadbridge_scheduler_lag_seconds", "Delay from due time to start of a route's latest run."
        self._lag = Gauge(*lag, ["route"], registry=here)
        requests = "leadbridge_requests", "Requests sent to vendors; status is HTTP's, or how the request failed."
        self._requests = Counter(*requests, ["client", "vendor", "endpoint", "status"], registry=here)
        took = "leadbridge_request_seconds", "How long requests took."
        self._request_seconds = Histogram(*took, ["vendor", "endpoint"], registry=here, buckets=_SECONDS)
        waits = "leadbridge_throttle_wait_seconds", "How long requests waited for their turn."
        self._waits = Histogram(*waits, ["vendor"], registry=here, buckets=_SECONDS)
        self._reloads = Counter("leadbridge_reloads", "Changed configurations, by result.", ["result"], registry=here)
        posted = (
            "leadbridge_webhook_posts",
            "Posts at the door for webhooks on this host, by the answer; full: not kept.",
        )
        self._posted = Counter(*posted, ["answer"], registry=here)
        build = Gauge("leadbridge_build_info", "The program that runs.", ["version"], registry=here)
        build.labels(__version__).set(1)
        here.register(_Ledger(CachedQuery(self._read_ledger)))

    # ------------------------------------------------------------------------------------------ events of the daemon

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
        """A changed file was refused."""
        del event
        self._reloads.labels("refused").inc()

    def _expect(self, route: str) -> None:
        """A series that starts at zero: without it the first failure would be no increase."""
        for result in RESULTS:
            self._runs.labels(route, result)

    # ------------------------------------------------------------------------------------------ events of the clients

    def requested(self, client: str, vendor: str, endpoint: str, outcome: str, seconds: float) -> None:
        """An attempt of a request is over."""
        with self._lock:
            if endpoint not in self._endpoints and len(self._endpoints) >= MOST_ENDPOINTS:
                endpoint = "other"
            else:
                self._endpoints.add(endpoint)
        self._requests.labels(client, vendor, endpoint, outcome).inc()
        self._request_seconds.labels(vendor, endpoint).observe(seconds)

    def waited(self, vendor: str, seconds: float) -> None:
        """A request's turn has come."""
        self._waits.labels(vendor).observe(seconds)

    def count_posts(self, answer: str, posted: int) -> None:
        """So many posts to the webhooks were answered like this."""
        self._posted.labels(answer).inc(posted)

    # ------------------------------------------------------------------------------------------------- what is shown

    def page(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)

    def _read_ledger(self) -> list[Metric]:
        """The ledger's series. Raises BridgeError when the database does not answer.

        A scheduled route that never succeeded has the time 0. A retired route is left out: it needs no alarm.
        """
        db, daemon = ledger_of(self._daemon), self._daemon
        assert daemon is not None  # noqa: S101 - `ledger_of` has looked
        leads = _gauge("leadbridge_leads", "Leads a route knows, by state and reason.", "route", "state", "reason")
        for portion in portions(db):
            leads.add_metric([portion.route, portion.state, portion.reason], portion.leads)
        in_doubt = _gauge("leadbridge_in_doubt_leads", "Leads whose delivery is unknown.", "route")
        age = _gauge("leadbridge_in_doubt_oldest_seconds", "Age of the oldest lead in doubt.", "route")
        now = db.now()
        for doubt in doubtful(db):
            in_doubt.add_metric([doubt.route], doubt.leads)
            age.add_metric([doubt.route], max(0.0, (now - doubt.since).total_seconds()) if doubt.since else 0.0)
        braked = _gauge("leadbridge_braked_campaigns", "Source campaigns stopped for bounces.", "route")
        routes = [one.route for one in stopped(db, [])]
        for name in dict.fromkeys(routes):
            braked.add_metric([name], routes.count(name))
        succeeded = "Time of the route's last run without an error; 0 for never."
        last = _gauge("leadbridge_last_success_timestamp_seconds", succeeded, "route")
        found = successes(db)
        whose = _gauge("leadbridge_route_info", "The client of each route; always 1.", "route", "client")
        for route in daemon.configuration.routes:
            whose.add_metric([route.name, route.client], 1)
            if route.name in found or route in daemon.scheduled:
                last.add_metric([route.name], found[route.name].ended_at.timestamp() if route.name in found else 0.0)
        return [leads, in_doubt, age, braked, last, whose, *_feedback(db, daemon)]


def _feedback(db: Database, daemon: Daemon) -> list[Metric]:
    """How feedback of the configured routes stands, and what webhooks have posted that waits."""
    read = "Time of the latest round of feedback without an error; 0 for never."
    last = _gauge("leadbridge_feedback_last_success_timestamp_seconds", read, "route")
    late = _gauge("leadbridge_feedback_late_seconds", "How much later than due the next round of feedback is.", "route")
    failing = _gauge(
        "leadbridge_feedback_failing", "1 while the latest round of feedback ended with an error.", "route"
    )
    ends, now = latest(db), db.now()
    for route in (one for one in daemon.configuration.routes if one.name in ends):
        found = standing(ends[route.name], route, now)
        last.add_metric([route.name], found.end.good_at.timestamp() if found.end.good_at else 0.0)
        late.add_metric([route.name], found.late.total_seconds())
        failing.add_metric([route.name], float(bool(found.end.error)))
    waiting = _gauge(
        "leadbridge_webhook_posts_waiting", "Posts of webhooks that are to be worked off.", "client", "vendor"
    )
    for (client, vendor), (count, _) in posts.waiting(db).items():
        waiting.add_metric([client, vendor], count)
    return [last, late, failing, waiting]


class _Ledger(Collector):
    """What the ledger knows, read when the page is made; a database that is away leaves only `leadbridge_ledger_up`."""

    def __init__(self, query: CachedQuery[list[Metric]]) -> None:
        self._query = query

    def describe(self) -> Iterator[Metric]:
        """Nothing: otherwise the registry would ask the database when it is set up."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The ledger's series."""
        try:
            series = self._query.get()
        except BridgeError:
            series = []
        yield GaugeMetricFamily(*_UP, value=1 if series else 0)
        yield from series


def _gauge(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, labels=labels)
