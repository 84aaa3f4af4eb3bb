"""Calls the operator's dead man's switch while every enabled route does well. Silence is the message.

The call goes out after a run, when each enabled route has succeeded within its interval, whichever host ran it. It is
made in a thread of its own: a route never waits for it.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from bridge.daemon.events import Daemon, Listener, RouteRan
from bridge.daemon.web.health import due_by
from bridge.daemon.webhooks import Webhook
from bridge.errors import BridgeError
from bridge.ledger.views.health import Ending, successes
from bridge.model import Route

BETWEEN_SECONDS = 30.0
"""Fifty routes that end together make one call."""

log = structlog.get_logger(__name__)


def all_well(routes: Sequence[Route], succeeded: Mapping[str, Ending], now: datetime) -> bool:
    """Whether every enabled route has succeeded since its last due, with a minute's slack; False for no route at all.

    A run succeeds when it meets no error; leads that failed or stay in doubt are told by alerts and `status`.
    """
    return bool(routes) and all(
        route.name in succeeded and succeeded[route.name].ended_at >= due_by(route.schedule, now, ticks=1)
        for route in routes
    )


class Ping(Listener):
    """Listens for runs and calls the webhook."""

    def __init__(self, webhook: Webhook, *, between: float = BETWEEN_SECONDS) -> None:
        self._webhook = webhook
        self._between = between
        self._daemon: Daemon | None = None
        self._wanted = threading.Event()
        self._closed = threading.Event()

    def open(self, daemon: Daemon) -> None:
        """Start the thread that calls."""
        self._daemon = daemon
        threading.Thread(target=self._work, name="ping", daemon=True).start()

    def route_ran(self, event: RouteRan) -> None:
        """Look whether all is well, soon."""
        del event
        self._wanted.set()

    def close(self) -> None:
        """Call no more."""
        self._closed.set()
        self._wanted.set()

    def _work(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._closed.is_set():
                return
            begun = time.monotonic()
            if self.look():
                self._closed.wait(max(0.0, self._between - (time.monotonic() - begun)))

    def look(self) -> bool:
        """Call if every route is well; whether it was called."""
        daemon = self._daemon
        if daemon is None or daemon.db is None:
            return False
        try:
            well = all_well(daemon.scheduled, successes(daemon.db), daemon.db.now())
        except BridgeError as error:
            log.debug("ping not sent", why=error.message)
            return False
        except Exception:  # the thread must live on, or the switch stays silent when all is well again
            log.exception("ping not sent")
            return False
        if well:
            self._webhook.get()
        return well
