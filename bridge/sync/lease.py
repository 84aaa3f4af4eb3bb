"""Holds a route's lease while a run works on it, and guards every write with it. Knows nothing of leads."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from bridge import api
from bridge.errors import Busy, Unavailable
from bridge.ledger import Database
from bridge.ledger.core import leases
from bridge.ledger.core.holders import myself


@contextmanager
def holding(db: Database, route_no: int) -> Iterator[int]:
    """Take the route's lease, renew it in the background, give it back at the end; yields the epoch.

    While it is held, each write to a vendor first renews it: a write may take 25 s, so it only starts with a whole
    lease before it. A run that holds several is guarded by all of them. Raises Busy where another process holds it.
    """
    outer = api.write_guard.get()
    epoch = leases.acquire(db, route_no, myself())
    over = threading.Event()
    renewer = threading.Thread(target=_keep, args=(db, route_no, epoch, over), name="lease", daemon=True)
    renewer.start()
    token = api.write_guard.set(lambda: _guard(db, route_no, epoch, outer))
    try:
        yield epoch
    finally:
        api.write_guard.reset(token)
        over.set()
        renewer.join()
        # A database that is busy or away: what was done is done, and the lease expires.
        with suppress(Unavailable):
            leases.release(db, route_no, epoch)


def _guard(db: Database, route_no: int, epoch: int, outer: Callable[[], None] | None) -> None:
    if outer is not None:
        outer()
    if not leases.renew(db, route_no, epoch):
        raise Busy("This process lost the route while it was stopped or cut off; it sends and records nothing more.")


def _keep(db: Database, route_no: int, epoch: int, over: threading.Event) -> None:
    while not over.wait(leases.RENEW_SECONDS):
        try:
            if not leases.renew(db, route_no, epoch):
                return
        except Unavailable:
            continue  # the database is busy or away: the guard before the next write has the last word
