"""Asks something slow (the ledger) for a page, with a limit on the waiting. Never asks twice at the same time.

A database that hangs must not hang the page that is to say so, and a page that is asked every second must not keep the
database busy: an answer is kept for a while, and longer the longer it took.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from bridge.errors import Unavailable

PATIENCE_SECONDS = 5.0
"""How long a page waits for the ledger."""

FRESH_SECONDS = 1.0
_SHARE = 20  # an answer that took a second is kept for twenty: at most a twentieth of the time goes into asking

T = TypeVar("T")


class CachedQuery(Generic[T]):
    """`get()` gives what `ask` returned not long ago; safe to share between threads."""

    def __init__(
        self,
        ask: Callable[[], T],
        *,
        patience: float = PATIENCE_SECONDS,
        fresh: float = FRESH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._patience = patience
        self._fresh = fresh
        self._clock = clock
        self._lock = threading.Lock()
        self._current: _Question[T] | None = None

    def get(self) -> T:
        """The answer. Raises what asking raised, and Unavailable when none comes in time."""
        with self._lock:
            question = self._current
            if question is None or question.stale_at <= self._clock():
                question = self._current = _Question(self._ask, self._fresh, self._clock)
        return question.answer(self._patience)


class _Question(Generic[T]):
    """One asking, in a thread of its own that nobody need wait for."""

    def __init__(self, ask: Callable[[], T], fresh: float, clock: Callable[[], float]) -> None:
        self._ask = ask
        self._fresh = fresh
        self._clock = clock
        self._done = threading.Event()
        self._found: list[T] = []
        self._error: Exception | None = None
        self.stale_at = float("inf")
        threading.Thread(target=self._run, name="inquiry", daemon=True).start()

    def _run(self) -> None:
        begun = self._clock()
        try:
            self._found.append(self._ask())
        except Exception as error:  # noqa: BLE001 - handed on to whoever asked
            self._error = error
        ended = self._clock()
        self.stale_at = ended + max(self._fresh, _SHARE * (ended - begun))
        self._done.set()

    def answer(self, patience: float) -> T:
        if not self._done.wait(patience):
            raise Unavailable(f"The ledger has not answered for {patience:.0f} seconds.", vendor="ledger")
        if self._error is not None:
            raise self._error
        return self._found[0]
