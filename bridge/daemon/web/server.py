"""Serves the daemon's pages over HTTP: `/healthz`, `/readyz`, `/metrics`, `/status.json`, webhooks, the dashboard.

No page but the dashboard's holds an address or a lead, and none a key. It listens on 127.0.0.1 unless bridge.toml says
otherwise.
"""

import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bridge import __version__, logs
from bridge.config.shape import HttpTable
from bridge.daemon.events import Daemon, LedgerAway, Listener, Reloaded
from bridge.daemon.timetable import is_scheduled
from bridge.daemon.web.cached_query import CachedQuery, ledger_of
from bridge.daemon.web.health import History, Readiness, readiness
from bridge.daemon.web.hooks import Hooks
from bridge.daemon.web.host_check import HostCheck
from bridge.daemon.web.metrics import CONTENT_TYPE, Metrics
from bridge.errors import BridgeError, ConfigProblem
from bridge.ledger.views.health import endings
from bridge.ledger.views.standing import latest_runs, pauses
from bridge.reports import status

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette

    from bridge.daemon.web.dashboard.frame import Dashboard

READY, NOT_READY = 200, 503
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_CLOSING_SECONDS = 1.5
MOST_AT_WORK = 1000
"""More requests at the same time are answered 503; open connections alone never are so many."""

log = structlog.get_logger(__name__)


class Pages(Listener):
    """The content of each page; safe to ask from any thread once it was opened."""

    _daemon: Daemon

    def __init__(self, *, uptime: Callable[[], float] = time.monotonic) -> None:
        self._uptime = uptime
        self._began = uptime()
        self._since: dict[str, float] = {}
        self._history = CachedQuery(self._read_history)
        self._status = CachedQuery(self._make_status)
        self._away = ""
        self._stopping = False

    def open(self, daemon: Daemon) -> None:
        """Every route of the start has its grace from now on."""
        self._daemon = daemon
        self._since = {route.name: self._began for route in daemon.scheduled}

    def health(self) -> Mapping[str, Any]:
        """The process answers: that is all."""
        return {"ok": True, "version": __version__, "uptime_seconds": round(self._uptime() - self._began, 1)}

    def ready(self) -> Readiness:
        """Whether the daemon does its work, and if not, why."""
        if self._stopping:
            return Readiness(why=("The daemon is stopping.",))
        try:
            history, now = self._history.get()
        except BridgeError as error:
            return Readiness(why=(self._away or str(error),))
        # The grace is measured by a monotonic clock: this host's clock and the ledger's may be changed.
        up = self._uptime()
        since = {name: now - timedelta(seconds=up - followed) for name, followed in self._since.items()}
        return readiness(self._daemon.scheduled, history, since, now)

    def _read_history(self) -> tuple[History, datetime]:
        """What the ledger knows, and the time by its clock, as the runs in it have."""
        db = ledger_of(self._daemon)
        return History(latest_runs(db), endings(db), pauses(db)), db.now()

    def status(self) -> Mapping[str, Any]:
        """The document of `leadbridge status --json`. Raises BridgeError when the database does not answer."""
        return self._status.get()

    def _make_status(self) -> Mapping[str, Any]:
        db = ledger_of(self._daemon)
        return status.document(db.name, status.statuses(db, self._daemon.configuration.routes))

    def reloaded(self, event: Reloaded) -> None:
        """A route that is new has its grace from now on."""
        known, now = self._since, self._uptime()
        enabled = [route.name for route in event.configuration.routes if is_scheduled(route.schedule)]
        self._since = {name: known.get(name, now) for name in enabled}

    def ledger_away(self, event: LedgerAway) -> None:
        """The database is away."""
        self._away = f"{event.message} {event.hint}".strip()

    def ledger_back(self) -> None:
        """The database answers again."""
        self._away = ""

    def stopping(self) -> None:
        """From now on the daemon is not ready."""
        self._stopping = True


def application(
    pages: Pages,
    metrics: Metrics,
    names: Sequence[str] = (),
    hooks: Hooks | None = None,
    dashboard: "Dashboard | None" = None,
) -> "Starlette":
    """The four pages, the door for webhooks and the dashboard: an ASGI application that answers under these names."""
    from starlette.applications import Starlette  # noqa: PLC0415 - half a second that only the daemon spends
    from starlette.middleware import Middleware  # noqa: PLC0415 - see above
    from starlette.requests import Request  # noqa: PLC0415 - see above
    from starlette.responses import JSONResponse, Response  # noqa: PLC0415 - see above
    from starlette.routing import BaseRoute, Route  # noqa: PLC0415 - see above

    def answer(document: Mapping[str, Any], status: int = READY) -> Response:
        return JSONResponse(logs.clean(document), status, _HEADERS)

    async def healthz(_: Request) -> Response:
        return answer(pages.health())

    # Plain functions: Starlette runs them in threads, so a database that hangs delays only its own request.
    def readyz(_: Request) -> Response:
        found = pages.ready()
        return answer(found.document(), READY if found.ready else NOT_READY)

    def metrics_page(_: Request) -> Response:
        return Response(metrics.page(), headers={**_HEADERS, "Content-Type": CONTENT_TYPE})

    def status_json(_: Request) -> Response:
        try:
            return answer(pages.status())
        except BridgeError as error:
            return answer({"error": error.message, "next": error.hint or None}, NOT_READY)

    made = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics_page, "/status.json": status_json}
    routes: list[BaseRoute] = [Route(path, page, methods=["GET"]) for path, page in made.items()]
    if dashboard is not None:
        from bridge.daemon.web.dashboard import application as pages_of  # noqa: PLC0415 - it loads Jinja2

        routes += pages_of.routes(dashboard)
    if hooks is not None:

        async def take(request: Request) -> Response:
            return Response(status_code=await hooks.take(request), headers=_HEADERS)

        routes.append(Route("/hooks/{vendor}/{client}", take, methods=["POST"]))
    return Starlette(routes=routes, middleware=[Middleware(HostCheck, names=names)])


def listen(http: HttpTable, verb: str = "run") -> socket.socket:
    """The socket that the pages are served on. Raises ConfigProblem where there can be none."""
    try:
        family = socket.getaddrinfo(http.host, http.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((http.host, http.port), family=family, backlog=64)
    except OSError as error:
        why = (error.strerror or str(error)).rstrip(".").lower()
        raise ConfigProblem(
            f"`leadbridge {verb}` cannot listen on {http.host}:{http.port}: {why}.",
            hint="If another leadbridge runs here, that one is enough; else set another `port` or `host` under [http] "
            "in bridge.toml."
            if verb == "run"
            else "Name another port with --port.",
        ) from None


def server(app: "Starlette") -> "uvicorn.Server":
    """What serves an application of ours, on a socket that `listen` made."""
    import uvicorn  # noqa: PLC0415 - half a second that only the daemon spends

    from bridge.daemon.web.connections import BriefConnection  # noqa: PLC0415 - it loads uvicorn

    config = uvicorn.Config(
        app,
        http=BriefConnection,
        headers=[("Connection", "close")],
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,
        limit_concurrency=MOST_AT_WORK,
    )
    return uvicorn.Server(config)


def _places(daemon: Daemon) -> set[tuple[str, str]]:
    """The vendors and clients that may post."""
    return {(route.target.vendor, route.client) for route in daemon.configuration.routes}


class Web(Listener):
    """Serves the pages in its own thread, from before the schedule starts until after the last run."""

    def __init__(self, http: HttpTable, pages: Pages, metrics: Metrics) -> None:
        self._http = http
        self._pages = pages
        self._metrics = metrics
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def open(self, daemon: Daemon) -> None:
        """Take the port and serve. Raises ConfigProblem where the port cannot be had."""
        from bridge.daemon.web.dashboard.frame import Dashboard  # noqa: PLC0415 - it loads starlette and Jinja2

        taken = listen(self._http)
        secrets, count = daemon.settings.webhook_secrets_of, self._metrics.count_posts
        hooks = Hooks(lambda: ledger_of(daemon), lambda: _places(daemon), secrets, count)
        dashboard = Dashboard(daemon, host=self._http.host)
        names = (self._http.host, *self._http.names)
        # Outside of the main thread uvicorn installs no signal handlers: the daemon has its own.
        self._server = server(application(self._pages, self._metrics, names, hooks, dashboard))
        self._thread = threading.Thread(target=self._server.run, args=([taken],), name="web", daemon=True)
        self._thread.start()
        log.info(
            "health server started",
            pages="/ /healthz /readyz /metrics /status.json",
            host=self._http.host,
            port=taken.getsockname()[1],
        )

    def close(self) -> None:
        """Serve no more."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(_CLOSING_SECONDS)
