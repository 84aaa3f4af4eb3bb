"""The daemon's heartbeat: tells the other hosts that this one lives, and divides the request budgets. Runs no route."""

import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

import structlog

from bridge.app import App
from bridge.daemon.event_bus import EventBus
from bridge.errors import BridgeError, ConfigProblem
from bridge.ledger.core.holders import myself
from bridge.ledger.hosts import heartbeats

LEAVE_SECONDS = 2.0
"""How long a goodbye to the other hosts may take."""

log = structlog.get_logger(__name__)


class Heartbeat:
    """Beats every few seconds from a thread of its own, until it is closed.

    `on_return` is called when this host was silent for so long that the others may have gone on without it;
    `on_newer` when another version has migrated the ledger meanwhile. Then it beats no more.
    """

    def __init__(
        self,
        app: App,
        bus: EventBus,
        on_return: Callable[[], object] = lambda: None,
        on_newer: Callable[[ConfigProblem], object] = lambda _: None,
    ) -> None:
        self._app = app
        self._ears = bus
        self._on_return = on_return
        self._on_newer = on_newer
        self._heard_at = time.time()
        self._budgets = app.budgets()
        self._over = Event()
        self._thread = Thread(target=self._keep_beating, name="pulse", daemon=True)
        self.host_no = 0

    def start(self) -> None:
        """Make this daemon known, and begin. Raises Unavailable when the database does not answer."""
        self._register()
        self._heard_at = time.time()
        self._beat()
        self._thread.start()

    def close(self) -> None:
        """End it; the other hosts know at once that this one is gone."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)
        if self.host_no:
            # In a thread, since a database that hangs must not keep the process from its end.
            leaving = Thread(target=self._leave, name="leave", daemon=True)
            leaving.start()
            leaving.join(timeout=LEAVE_SECONDS)

    def _leave(self) -> None:
        # Only a courtesy: where it fails, silence tells the other hosts the same.
        with suppress(BridgeError):
            heartbeats.leave(self._app.db, self.host_no)

    def _register(self) -> None:
        self.host_no = heartbeats.register(self._app.db, myself(), list(self._budgets.values()))

    def _keep_beating(self) -> None:
        while not self._over.wait(heartbeats.BEAT_SECONDS):
            try:
                self._beat()
            except ConfigProblem as problem:
                self._on_newer(problem)
                return
            except BridgeError as error:
                self._ears.ledger_away(error)
            except Exception:  # without a heartbeat the other hosts would take everything over
                log.exception("the heartbeat failed")
            else:
                self._ears.ledger_back()

    def _beat(self) -> None:
        among = heartbeats.beat(self._app.db, self.host_no)
        silent, self._heard_at = time.time() - self._heard_at, time.time()
        if silent > heartbeats.HOST_SECONDS:
            log.warning(
                "this host sent no heartbeat", seconds=round(silent), hint="Other hosts may have continued without it."
            )
            self._on_return()
        if among is None:
            self._register()
            return
        self._app.share({vendor: among.get(key, 1) for vendor, key in self._budgets.items()})
