"""Tells every listener what happens in the daemon, and lets none of them stop it. Decides nothing."""

from collections.abc import Callable, Sequence
from threading import Lock

import structlog

from bridge.daemon.events import Daemon, LedgerAway, Listener
from bridge.errors import BridgeError

log = structlog.get_logger(__name__)


class EventBus:
    """The daemon's listeners. Whatever one of them raises is logged; only `open` lets it through."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = listeners
        self._opened: list[Listener] = []
        self._lock = Lock()
        self._ledger_away = False

    def open(self, daemon: Daemon) -> None:
        """Open every listener in order. Raises the ConfigProblem of the first that cannot be."""
        for listener in self._listeners:
            listener.open(daemon)
            self._opened.append(listener)

    def tell(self, say: Callable[[Listener], None]) -> None:
        """Tell every open listener."""
        for listener in self._opened:
            try:
                say(listener)
            except Exception:  # a part that fails must never stop a route
                log.exception("a component of the daemon failed", part=type(listener).__name__)

    def ledger_away(self, error: BridgeError) -> None:
        """The database does not answer: said once, until it is back."""
        with self._lock:
            if self._ledger_away:
                return
            self._ledger_away = True
        hint = "The daemon waits for it and continues; nothing is lost."
        log.warning("the database is unreachable", error=error.message, hint=hint)
        self.tell(lambda listener: listener.ledger_away(LedgerAway(error.message, hint)))

    def ledger_back(self) -> None:
        """The database answers."""
        with self._lock:
            if not self._ledger_away:
                return
            self._ledger_away = False
        log.info("the database is reachable again")
        self.tell(lambda listener: listener.ledger_back())

    def close(self) -> None:
        """Close what was opened, the latest first."""
        while self._opened:
            listener = self._opened.pop()
            try:
                listener.close()
            except Exception:  # the others want to be closed too
                log.exception("a component of the daemon failed", part=type(listener).__name__)
