"""One process at work in the matrix, and what befalls it at its n-th request or commit. Knows no vendor."""

import threading
from contextlib import contextmanager

import httpx
import sqlalchemy as sa

from bridge import ledger

LEASE_MS = 31_000
"""More than a lease lasts. It goes by the database's own clock, which no test moves."""


class KilledError(SystemExit):
    """The process is gone; a thread of its own, as the one that renews the lease, ends without a word."""


class Process(httpx.BaseTransport):
    """The network and the ledger of one process. Calls `strike` once: at the n-th passage of `point`.

    A point is ("request" or "commit", "before" or "after"). A process that was killed reads and writes nothing more,
    not even what `finally` would give back: its lease stays until it runs out.
    """

    def __init__(self, inner, point=None, nth=0, strike=None):
        self._inner, self._point, self._nth, self._strike = inner, point, nth, strike
        self._lock, self._passed = threading.Lock(), 0
        self.struck = self._dead = False

    def handle_request(self, request):
        self._passes("request", "before")
        response = self._inner.handle_request(request)
        self._passes("request", "after")
        return response

    def watch(self, db):
        """Pass the two points of every commit of this ledger too."""
        inner = db.write

        @contextmanager
        def write(**options):
            self._stay_dead()
            with inner(**options) as connection:
                yield connection
                self._passes("commit", "before")
            self._passes("commit", "after")

        db.write = write

    def kill(self):
        """End here."""
        self._dead = True
        raise KilledError

    def _stay_dead(self):
        if self._dead:
            raise KilledError

    def _passes(self, *point):
        self._stay_dead()
        if point != self._point:
            return
        with self._lock:
            self._passed += 1
            hit = self._passed == self._nth
        if hit:
            self.struck = True
            self._strike(self)


def aside(work):
    """Do this as another process would: in a thread without anything of this one's context. Raises what it raised."""
    raised = []

    def run():
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


def end_leases(url):
    """As if so much time had passed in which no holder renewed its lease."""
    db = ledger.Database(url)
    with db.write() as connection:
        connection.execute(sa.text(f"UPDATE route_lease SET expires_at = expires_at - {LEASE_MS}"))
    db.close()
