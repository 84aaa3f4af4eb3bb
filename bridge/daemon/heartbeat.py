"""The daemon's heartbeat: shows the other hosts that this one lives, and divides the request budgets. Runs no route."""

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
"""How long signing off may take."""

log = structlog.get_logger(__name__)


class Heartbeat:
    """Beats every few seconds in its own thread until it is closed.

    `on_return` is called when this host was silent for so long that other hosts may have taken over its work;
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
        self._bus = bus
        self._on_return = on_return
        self._on_newer = on_newer
        self._beat_at = time.time()
        self._budgets = {budget for part in app.parts for budget in part.budgets().values()}
        self._over = Event()
        self._thread = Thread(target=self._keep_beating, name="heartbeat", daemon=True)
        self.host_no = 0

    def start(self) -> None:
        """Register this daemon, and begin. Raises Unavailable when the database does not answer."""
        self._register()
        self._beat_at = time.time()
        self._beat()
        self._thread.start()

    def close(self) -> None:
        """End it; the other hosts know at once that this one is gone."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)
        if self.host_no:
            # In a thread: a database that hangs must not keep the process from ending.
            leaving = Thread(target=self._leave, name="leave", daemon=True)
            leaving.start()
            leaving.join(timeout=LEAVE_SECONDS)

    def _leave(self) -> None:
        with suppress(BridgeError):  # without it, the other hosts notice the silence
            heartbeats.leave(self._app.db, self.host_no)

    def _register(self) -> None:
        self.host_no = heartbeats.register(self._app.db, myself(), sorted(self._budgets))

    def _keep_beating(self) -> None:
        while not self._over.wait(heartbeats.BEAT_SECONDS):
            try:
                self._beat()
            except ConfigProblem as problem:
                self._on_newer(problem)
                return
            except BridgeError as error:
                self._bus.ledger_away(error)
            except Exception:  # without a heartbeat the other hosts would take over everything
                log.exception("the heartbeat failed")
            else:
                self._bus.ledger_back()

    def _beat(self) -> None:
        among = heartbeats.beat(self._app.db, self.host_no)
        silent, self._beat_at = time.time() - self._beat_at, time.time()
        if silent > heartbeats.HOST_SECONDS:
            hint = "Other hosts may have continued without it."
            log.warning("this host sent no heartbeat", seconds=round(silent), hint=hint)
            self._on_return()
        if among is None:
            self._register()
            return
        self._app.pool.share(among)
