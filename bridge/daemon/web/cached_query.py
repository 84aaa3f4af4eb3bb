"""A slow query (of the ledger) for a page, with a limit on the waiting. It never runs twice at the same time.

A database that hangs must not hang the page that reports it. A page that is asked every second must not keep the
database busy. So an answer is kept for a while, and longer the longer the query took.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from bridge.daemon.events import Daemon
from bridge.errors import Unavailable
from bridge.ledger import Database

PATIENCE_SECONDS = 5.0
"""How long a page waits for the ledger."""

FRESH_SECONDS = 1.0
_SHARE = 20  # the answer of a query that took a second is kept for twenty: queries take at most a twentieth of the time

T = TypeVar("T")


class CachedQuery(Generic[T]):
    """`get()` returns what `query` returned not long ago; safe to share between threads."""

    def __init__(
        self,
        query: Callable[[], T],
        *,
        patience: float = PATIENCE_SECONDS,
        fresh: float = FRESH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.query = query
        self._patience = patience
        self._fresh = fresh
        self._clock = clock
        self._lock = threading.Lock()
        self._answer: Future[T] | None = None
        self._stale_at = 0.0

    def get(self) -> T:
        """The answer. Raises what the query raised, and Unavailable when there is no answer in time."""
        with self._lock:
            if self._answer is None or (self._answer.done() and self._stale_at <= self._clock()):
                self._answer = Future()
                threading.Thread(target=self._run, args=(self._answer,), name="query", daemon=True).start()
            answer = self._answer
        try:
            return answer.result(self._patience)
        except TimeoutError:
            if answer.done():
                raise
            why = f"The ledger has not answered for {self._patience:.0f} seconds."
            raise Unavailable(why, vendor="ledger") from None

    def _run(self, answer: Future[T]) -> None:
        begun = self._clock()
        try:
            found: T | Exception = self.query()
        except Exception as error:  # noqa: BLE001 - raised again in every `get`
            found = error
        ended = self._clock()
        self._stale_at = ended + max(self._fresh, _SHARE * (ended - begun))
        if isinstance(found, Exception):
            answer.set_exception(found)
        else:
            answer.set_result(found)


def ledger_of(daemon: Daemon | None) -> Database:
    """The daemon's database. Raises Unavailable while the daemon waits for it."""
    db = None if daemon is None else daemon.db
    if db is None:
        raise Unavailable("The daemon is still waiting for its database.", vendor="ledger")
    return db
