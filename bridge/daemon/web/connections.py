"""Bounds the connections to the daemon's pages, so that an idle one cannot keep others from an answer.

uvicorn has a time limit between two requests of a connection, but none before the first. It answers 503 to all clients
once too many are open.
"""

import asyncio
import itertools

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_OPEN = 64
"""Of more connections the oldest is closed: an answer takes milliseconds, so what is old is idle or hangs."""

LIFE_SECONDS = 20.0
"""How long a connection may take for its one request and answer; a page waits at most 5 seconds for the ledger."""

_opened = itertools.count()


class BriefConnection(H11Protocol):
    """A connection that ends in time, and is closed when too many are open."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Close the oldest where this one is too many."""
        super().connection_made(transport)
        self.number = next(_opened)
        self._end = self.loop.call_later(LIFE_SECONDS, transport.abort)
        known = sorted(one.number for one in self.connections if isinstance(one, BriefConnection))
        for one in list(self.connections):
            if isinstance(one, BriefConnection) and one.number < known[-MOST_OPEN:][0]:
                one.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time limit."""
        self._end.cancel()
        super().connection_lost(exc)
