"""Publishes the outcome of each request, and how long it waited for its turn, to observers. Changes no request.

One list for the whole process: clients come and go with the configuration, and the daemon's metrics outlive them.
"""

import re
from contextlib import suppress
from functools import lru_cache

_WORD = re.compile(r"[a-z][a-z_-]{0,24}")
"""A segment of a path that belongs to the endpoint. Ids hold digits, capitals, or are longer."""


class Observer:
    """Called for every request, in its thread; every method does nothing unless it is overridden.

    `client` is whose key it was, `endpoint` the method and the path with "{id}" for each id. `outcome` is the HTTP
    status, or where no answer came, how it failed (a word of `verdicts.Came`).
    """

    def requested(self, client: str, vendor: str, endpoint: str, outcome: str, seconds: float) -> None:
        """One attempt is over; it took so long from connecting to the last byte."""

    def waited(self, vendor: str, seconds: float) -> None:
        """A request waited so long for its turn at the throttle."""


_observers: list[Observer] = []


def observe(observer: Observer) -> None:
    """From now on `observer` is called for every request of this process."""
    _observers.append(observer)


def ignore(observer: Observer) -> None:
    """From now on it is not."""
    with suppress(ValueError):
        _observers.remove(observer)


def publish_request(client: str, vendor: str, endpoint: str, outcome: str, seconds: float) -> None:
    """An attempt is over."""
    for observer in tuple(_observers):
        observer.requested(client, vendor, endpoint, outcome, seconds)


def publish_wait(vendor: str, seconds: float) -> None:
    """A request's turn has come."""
    for observer in tuple(_observers):
        observer.waited(vendor, seconds)


@lru_cache(256)
def endpoint(method: str, path: str) -> str:
    """One name for the requests that differ only in ids: `GET /campaigns/{id}`."""
    segments = [part if not part or _WORD.fullmatch(part) else "{id}" for part in path.partition("?")[0].split("/")]
    return f"{method} {'/'.join(segments)}"
