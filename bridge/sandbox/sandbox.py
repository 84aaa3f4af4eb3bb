"""The sandbox as a whole: both vendors behind one door, with a clock, faults and a book. Opens no socket.

Everything that changes does so under one lock. Waiting and breaking are left to the carrier (`transport`, `server`).
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import RLock
from time import sleep as really_sleep
from typing import Any

import httpx

from bridge.sandbox.book import Book
from bridge.sandbox.faults import Faults, Rule, spoiled
from bridge.sandbox.instantly import InstantlyApi, webhooks
from bridge.sandbox.instantly.records import Delivery
from bridge.sandbox.routes import Routes
from bridge.sandbox.scravio import ScravioApi
from bridge.sandbox.transport import mock_transport
from bridge.sandbox.wire import Request, Response, http_date
from bridge.sandbox.worlds import World


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys that a sandbox's ready-made worlds accept."""

    scravio: str = "sk_live_sandbox"
    instantly: str = "sandbox-key"
    access_token: str = "sandbox-token"  # noqa: S105 - opens nothing but the sandbox
    workspace: str = "ws_sandbox"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of one request: the answer, and the rule that spoiled it (None = it is sound)."""

    response: Response
    fault: Rule | None = None


def _system_clock() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """Scravio at `/api`, Instantly at `/api/v2`, whatever the host. `clock` gives aware datetimes, `sleep` seconds.

    `post` carries the payloads of Instantly's webhooks; by itself the sandbox supposes that each was taken.
    """

    keys = Keys()

    def __init__(
        self, world: World, clock: Callable[[], datetime] = _system_clock, sleep: Callable[[float], None] = really_sleep
    ) -> None:
        self.sleep = sleep
        self.skew = timedelta(0)
        self.post: Callable[[Delivery], int] = webhooks.taken
        self.lock = RLock()
        self._clock = clock
        self._pristine = deepcopy(world)
        self._begin(world)

    def now(self) -> datetime:
        """The vendors' clock: `clock` moved by `skew`."""
        return self._clock() + self.skew

    def exchange(self, request: Request) -> Exchange:
        """Answer one request, faults included; never waits."""
        with self.lock:
            vendor = "instantly" if request.path.startswith("/api/v2/") else "scravio"
            found = self._routes[vendor].find(request.method, request.path)
            self.book.asked(vendor, f"{request.method} {found[0].template if found else request.path}")
            rule = self.faults.choose(vendor, request)
            response = Response(200)
            if rule is None or rule.committed:
                response = self._handlers[vendor](request)
            if rule is not None:
                response = spoiled(rule, response, self.now())
            dated = replace(response, headers=(*response.headers, ("Date", http_date(self.now()))))
            return Exchange(dated, rule)

    def deliver_due(self) -> None:
        """Make the tries of Instantly's webhooks that are due; without the lock, since a receiver may ask back.

        In process this happens after every request; a server does it by itself.
        """
        with self.lock:
            workspace, tries = self.world.instantly, webhooks.due(self.world.instantly, self.now())
        for one in tries:
            code = self.post(one)
            with self.lock:
                webhooks.delivered(workspace, one, code, self.now())

    def transport(self) -> httpx.MockTransport:
        """A transport for httpx clients of either vendor, in process."""
        return mock_transport(self._exchange_and_deliver, self.sleep)

    def _exchange_and_deliver(self, request: Request) -> Exchange:
        exchange = self.exchange(request)
        self.deliver_due()
        return exchange

    def report(self) -> dict[str, Any]:
        """What the vendors counted so far (`book.Book.report`), and what Instantly holds."""
        with self.lock:
            held = {"lead_count": self.world.instantly.lead_count(), "room": self.world.instantly.room()}
            return self.book.report() | {"instantly": held}

    def reset(self) -> None:
        """Everything as it was when the sandbox was made. References into the old world stop being served."""
        with self.lock:
            self.skew = timedelta(0)
            self._begin(deepcopy(self._pristine))

    def _post(self, delivery: Delivery) -> int:
        return self.post(delivery)  # as it is by then: a server puts its own in place

    def _begin(self, world: World) -> None:
        self.world = world
        self.faults = Faults()
        self.book = Book()
        scravio, instantly = (
            ScravioApi(world.scravio, self.now),
            InstantlyApi(world.instantly, self.book, self.now, self._post),
        )
        self._routes: dict[str, Routes] = {"scravio": scravio.routes, "instantly": instantly.routes}
        self._handlers: dict[str, Callable[[Request], Response]] = {
            "scravio": scravio.handle,
            "instantly": instantly.handle,
        }
