"""Lists of source campaigns for routes that run together: read once for all, and never kept for long.

Fifty routes that start in the same second would ask for the same list fifty times; a list kept for a day would hide
every new campaign. So runs that start within some seconds share a catalogue. Threads that ask while one is reading wait
for its answer, good or bad.
"""

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar, cast

from bridge.model import Source
from bridge.sources import base
from bridge.sync import Catalogue

FRESH_SECONDS = 2.0
"""For how long after it was made a catalogue is handed out."""

T = TypeVar("T")


class SharedCatalogue(Catalogue):
    """A catalogue that several threads may ask at once: each thing is read by one of them."""

    def __init__(self, opened: Callable[[Source], base.Source]) -> None:
        super().__init__(opened)
        self._asking = Lock()
        self._asked: dict[Hashable, Future[Any]] = {}

    def _once(self, key: Hashable, read: Callable[[], T]) -> T:
        with self._asking:
            there = self._asked.get(key)
            future: Future[Any] = there or Future()
            self._asked[key] = future
        if there is not None:
            return cast("T", there.result())
        try:
            future.set_result(read())
        except BaseException as error:
            # Threads that waited get the same error; later ones ask again.
            with self._asking:
                del self._asked[key]
            future.set_exception(error)
            raise
        return cast("T", future.result())


class CatalogueCache:
    """Hands out one catalogue for some seconds, then a fresh one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._made_at = -FRESH_SECONDS
        self._latest: SharedCatalogue | None = None

    def take(self, opened: Callable[[Source], base.Source]) -> Catalogue:
        """The catalogue for a run that starts now; `opened` opens the source of a fresh one."""
        with self._lock:
            if self._latest is None or self._clock() - self._made_at >= FRESH_SECONDS:
                self._latest, self._made_at = SharedCatalogue(opened), self._clock()
            return self._latest
