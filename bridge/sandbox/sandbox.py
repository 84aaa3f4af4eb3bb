"""The sandbox as a whole: all vendors behind one door, with one clock, one set of faults, one book. Opens no socket.

Everything that changes does so under one lock. Waiting and breaking are left to the carrier (`transport`, `server`).
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import RLock
from time import sleep as really_sleep
from types import SimpleNamespace
from typing import Any

import httpx

from bridge.sandbox.book import Book
from bridge.sandbox.faults import Exchange, Faults, spoiled
from bridge.sandbox.routes import Routes
from bridge.sandbox.transport import mock_transport
from bridge.sandbox.vendor import App, Outgoing, Shared, Vendor
from bridge.sandbox.vendors import VENDORS
from bridge.sandbox.wire import Request, Response, Row, http_date
from bridge.sandbox.worlds import World


class Keys(SimpleNamespace):
    """What ready-made worlds accept: a key for each vendor by its name, and Scravio's other two words."""

    inbox: str
    scravio: str
    instantly: str
    puffle: str
    access_token: str
    workspace: str


class Sandbox:
    """Every vendor below its own path, whatever the host. `clock` gives aware datetimes, `sleep` seconds.

    `post` carries the payloads of webhooks; without it the sandbox supposes that each was taken.
    """

    keys = Keys(
        **{vendor.name: vendor.key for vendor in VENDORS},
        access_token="sandbox-token",  # noqa: S106 - opens nothing but the sandbox
        workspace="ws_sandbox",
    )

    def __init__(
        self, world: World, clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = really_sleep, vendors: Sequence[Vendor] = VENDORS,
    ) -> None:  # fmt: skip
        self.sleep = sleep
        self.skew = timedelta(0)
        self.post: Callable[[Outgoing], int] = lambda _outgoing: 200
        self.lock = RLock()
        self._vendors = sorted(vendors, key=lambda vendor: len(vendor.base), reverse=True)
        self._clock = clock
        self._pristine = deepcopy(world)
        self._begin(world)

    def _begin(self, world: World) -> None:
        self.world = world
        self.faults = Faults()
        self.book = Book()
        shared = Shared(self.now, self.book, self._post)
        self.apps: dict[str, App] = {}
        for vendor in self._vendors:
            state = vars(world).setdefault(vendor.name, vendor.fresh(self.now()))
            self.apps[vendor.name] = vendor.open(state, shared)
        self._routes: dict[str, Routes] = {name: app.routes for name, app in self.apps.items()}

    def _post(self, outgoing: Outgoing) -> int:
        return self.post(outgoing)  # as it is by then: a server puts its own in place

    def now(self) -> datetime:
        """The vendors' clock: `clock` moved by `skew`."""
        return self._clock() + self.skew

    def exchange(self, request: Request) -> Exchange:
        """Answer one request, faults included; never waits."""
        with self.lock:
            vendor = next(one for one in self._vendors if request.path.startswith(one.base))
            app = self.apps[vendor.name]
            found = app.routes.find(request.method, request.path)
            self.book.asked(vendor.name, f"{request.method} {found[0].template if found else request.path}")
            rule = self.faults.choose(vendor.name, request)
            response = app.handle(request) if rule is None or rule.committed else Response(200)
            if rule is not None:
                response = spoiled(rule, response, self.now(), vendor)
            dated = replace(response, headers=(*response.headers, ("Date", http_date(self.now()))))
            return Exchange(dated, rule)

    def deliver_due(self) -> None:
        """Make the tries of webhooks that are due; without the lock, since a receiver may ask back.

        In process this happens after every request; a server does it on its own.
        """
        with self.lock:
            tries = [(app, one) for app in self.apps.values() for one in app.due()]
        for app, one in tries:
            code = self.post(one)
            with self.lock:
                app.delivered(one, code)

    def transport(self) -> httpx.MockTransport:
        """A transport for httpx clients of any vendor, in process."""
        return mock_transport(self._exchange_and_deliver, self.sleep)

    def _exchange_and_deliver(self, request: Request) -> Exchange:
        exchange = self.exchange(request)
        self.deliver_due()
        return exchange

    def report(self) -> Row:
        """What the vendors counted so far (`book.Book.report`), and what they hold."""
        with self.lock:
            held = {name: app.held() for name, app in self.apps.items()}
            return self.book.report(*held) | {name: result for name, result in held.items() if result}

    def mutate(self, name: str, terms: Any) -> None:
        """Change the world in one of the ways that a vendor offers, or the clock by `skew` seconds. Raises KeyError."""
        if name == "skew":
            self.skew = timedelta(seconds=float(terms))
            return
        ways = {name: way for app in self.apps.values() for name, way in app.mutations.items()}
        ways[name](terms)

    def reset(self) -> None:
        """Everything as it was when the sandbox was made. References into the old world stop being served."""
        with self.lock:
            self.skew = timedelta(0)
            self._begin(deepcopy(self._pristine))
