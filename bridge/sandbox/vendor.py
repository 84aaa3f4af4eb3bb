"""The seam between the sandbox and the vendors it plays: what a vendor's folder gives, and what it is given.

A vendor is a folder beside this module whose `VENDOR` is in the list of `vendors`; nothing else names it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bridge.sandbox.book import Book
from bridge.sandbox.routes import Routes
from bridge.sandbox.wire import Request, Response, Row


class Outgoing(Protocol):
    """A webhook's payload on its way to the receiver."""

    payload: Row

    @property
    def url(self) -> str:
        """The receiver's address."""

    @property
    def headers(self) -> Mapping[str, str]:
        """What was registered to be sent along."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What all vendors share: the clock, the book, and the way out for webhooks (the receiver's status, 0 for none)."""

    now: Callable[[], datetime]
    book: Book
    post: Callable[[Any], int]


@dataclass(frozen=True, slots=True)
class App:
    """A vendor at work on one state. `handle` answers any request and never raises; the rest is optional.

    `held` goes into the sandbox's report, `mutations` are changes for `control.py` by name. `due` gives out the
    webhook payloads whose time has come, `delivered` takes the receiver's status for one of them.
    """

    routes: Routes
    handle: Callable[[Request], Response]
    held: Callable[[], Row] = dict
    mutations: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    due: Callable[[], Sequence[Any]] = tuple
    delivered: Callable[[Any, int], None] = lambda _outgoing, _status: None


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor. It answers the paths that begin with `base`, the longest base first; `key` opens a ready-made world.

    `fresh` makes the state for a world that says nothing of this vendor. For the faults of listings, `cursor` names the
    field of a page that leads to the next one, `rows` those that hold its rows.
    """

    name: str
    base: str
    key: str
    fresh: Callable[[datetime], Any]
    open: Callable[[Any, Shared], App]
    cursor: str = ""
    rows: tuple[str, ...] = ("items",)
