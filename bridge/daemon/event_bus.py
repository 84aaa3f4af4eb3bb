"""Publishes what happens in the daemon to every listener. A listener that fails stops nothing. Decides nothing."""

from collections.abc import Callable, Sequence
from threading import Lock

import structlog

from bridge.daemon.events import Daemon, LedgerAway, Listener
from bridge.errors import BridgeError

log = structlog.get_logger(__name__)


class EventBus:
    """The daemon's listeners. What one of them raises is logged; only `open` raises it."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = listeners
        self._opened: list[Listener] = []
        self._lock = Lock()
        self._ledger_away = False

    def open(self, daemon: Daemon) -> None:
        """Open every listener in order. Raises the first ConfigProblem of one that cannot be opened."""
        for listener in self._listeners:
            listener.open(daemon)
            self._opened.append(listener)

    def publish(self, call: Callable[[Listener], None]) -> None:
        """Call every open listener."""
        for listener in self._opened:
            _call_safely(listener, call)

    def ledger_away(self, error: BridgeError) -> None:
        """The database does not answer: published once, until it is back."""
        if self._is_news(away=True):
            event = LedgerAway(error.message, "The daemon waits for it and continues; nothing is lost.")
            log.warning("the database is unreachable", error=event.message, hint=event.hint)
            self.publish(lambda listener: listener.ledger_away(event))

    def ledger_back(self) -> None:
        """The database answers."""
        if self._is_news(away=False):
            log.info("the database is reachable again")
            self.publish(lambda listener: listener.ledger_back())

    def _is_news(self, *, away: bool) -> bool:
        with self._lock:
            changed, self._ledger_away = away != self._ledger_away, away
        return changed

    def close(self) -> None:
        """Close what was opened, the latest first."""
        while self._opened:
            _call_safely(self._opened.pop(), lambda listener: listener.close())


def _call_safely(listener: Listener, call: Callable[[Listener], None]) -> None:
    try:
        call(listener)
    except Exception:  # a listener that fails must stop neither a route nor the other listeners
        log.exception("a component of the daemon failed", part=type(listener).__name__)
