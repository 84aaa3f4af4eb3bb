"""Tells whoever listens what came of each request and how long it waited its turn. Changes no request.

For the whole process, as the log is: clients come and go with the configuration, and the daemon's metrics outlive them.
"""

import re
from contextlib import suppress

_WORD = re.compile(r"[a-z][a-z_-]{0,24}")
"""A segment of a path that belongs to the endpoint. Ids hold digits, capitals, or are longer."""


class Observer:
    """Hears of every request; every method does nothing unless overridden. Called from the thread that asked.

    `endpoint` is the method and the path with "{id}" for each id. `outcome` is the HTTP status, or where no answer
    came, how it failed (a word of `verdicts.Came`).
    """

    def requested(self, vendor: str, endpoint: str, outcome: str, seconds: float) -> None:
        """One attempt is over; it took so long from connecting to the last byte."""

    def waited(self, vendor: str, seconds: float) -> None:
        """A request waited so long for its turn at the throttle."""


_observers: list[Observer] = []


def observe(observer: Observer) -> None:
    """From now on `observer` hears of every request of this process."""
    _observers.append(observer)


def ignore(observer: Observer) -> None:
    """From now on it does not."""
    with suppress(ValueError):
        _observers.remove(observer)


def tell_request(vendor: str, method: str, path: str, outcome: str, seconds: float) -> None:
    """An attempt is over."""
    for observer in tuple(_observers):
        observer.requested(vendor, endpoint(method, path), outcome, seconds)


def tell_wait(vendor: str, seconds: float) -> None:
    """A request's turn has come."""
    for observer in tuple(_observers):
        observer.waited(vendor, seconds)


def endpoint(method: str, path: str) -> str:
    """One name for the requests that differ only in whom they ask about: `GET /campaigns/{id}`."""
    segments = [part if not part or _WORD.fullmatch(part) else "{id}" for part in path.partition("?")[0].split("/")]
    return f"{method} {'/'.join(segments)}"
