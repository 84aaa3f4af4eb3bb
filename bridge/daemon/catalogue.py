"""Scravio's lists for routes that tick together: read once for all of them, and never kept for long. Decides nothing.

Fifty routes that begin in the same second would ask for the same list fifty times; a list kept for a day would hide
every new campaign. So a catalogue is handed to whoever starts within some seconds, and threads that ask while one is
reading wait for its answer, good or bad.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar, cast

from bridge.model import Source, SourceCampaign
from bridge.sources.scravio import Account
from bridge.sync import Catalogue
from bridge.sync.run import LeadSource

FRESH_SECONDS = 2.0
"""For how long after it was made a catalogue is handed out."""

T = TypeVar("T")


class SharedCatalogue(Catalogue):
    """A catalogue that several threads may ask at once: each thing is read by one of them."""

    def __init__(self, source: LeadSource) -> None:
        super().__init__(source)
        self._asking = Lock()
        self._asked: dict[tuple[Any, ...], Future[Any]] = {}

    def account(self) -> Account:
        """Who the key belongs to, and whether its leads come masked."""
        return self._once(("account",), super().account)

    def campaigns(self, wanted: Source) -> list[SourceCampaign]:
        """The campaigns Scravio lists for this source, oldest first; a list that is the asker's own."""
        status = wanted.status[0] if len(wanted.status) == 1 else None
        key = ("campaigns", status, wanted.q, wanted.created_from, wanted.created_to)
        return list(self._once(key, lambda: Catalogue.campaigns(self, wanted)))

    def _once(self, key: tuple[Any, ...], read: Callable[[], T]) -> T:
        with self._asking:
            there = self._asked.get(key)
            future: Future[Any] = there or Future()
            self._asked[key] = future
        if there is not None:
            return cast("T", there.result())
        try:
            future.set_result(read())
        except BaseException as error:
            # Whoever waited hears the same; whoever comes later asks again.
            with self._asking:
                del self._asked[key]
            future.set_exception(error)
            raise
        return cast("T", future.result())


class CatalogueCache:
    """Hands out one catalogue for some seconds, then a fresh one."""

    def __init__(self, source: Callable[[], LeadSource], clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._lock = Lock()
        self._made_at = -FRESH_SECONDS
        self._latest: SharedCatalogue | None = None

    def take(self) -> Catalogue:
        """The catalogue for a run that starts now."""
        with self._lock:
            if self._latest is None or self._clock() - self._made_at >= FRESH_SECONDS:
                self._latest, self._made_at = SharedCatalogue(self._source()), self._clock()
            return self._latest
