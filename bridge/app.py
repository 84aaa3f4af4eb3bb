"""The composition root: builds the clients, the ledger and the destinations once, and closes them. Decides nothing.

The doors (command line, daemon) open an `App`, call it and close it. `Wiring` holds what tests and the demo replace:
transports instead of sockets, another clock, another sleep.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import httpx

from bridge.api import Client, Throttle
from bridge.api.client import PATIENCE_SECONDS
from bridge.config import Configuration, Settings
from bridge.destinations.base import Destination
from bridge.destinations.instantly import InstantlyDestination
from bridge.model import Route
from bridge.scravio import Scravio, headers
from bridge.store import Database
from bridge.store.migrate import prepare
from bridge.sync import (
    Catalogue,
    Reconciled,
    Report,
    Retried,
    Settled,
    Step,
    Wanted,
    Watch,
    Workshop,
    reconcile_route,
    retry_route,
    run_route,
    settle_route,
)

_UNHURRIED = 1_000
"""Requests a second where only the number at once is to limit them."""


def utc_now() -> datetime:
    """This host's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Wiring:
    """What stands between the program and the world; the defaults are the real thing. `patience` is in seconds."""

    scravio: httpx.BaseTransport | None = None
    instantly: httpx.BaseTransport | None = None
    clock: Callable[[], datetime] = utc_now
    pause: Callable[[float], None] = time.sleep
    patience: float = PATIENCE_SECONDS


def open_ledger(settings: Settings) -> Database:
    """The ledger, with its tables in this program's version. Raises ConfigProblem where that cannot be."""
    ledger = Database(settings.database_url)
    prepare(ledger)
    return ledger


@dataclass(slots=True)
class App:
    """Everything a command needs, built when first asked for and closed together. Setting `stop` ends its runs soon."""

    settings: Settings
    configuration: Configuration
    wiring: Wiring = field(default_factory=Wiring)
    watch: Watch = field(default_factory=Watch)
    stop: threading.Event = field(default_factory=threading.Event)
    _ledger: Database | None = None
    _clients: dict[str, Client] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def ledger(self) -> Database:
        """The database, migrated."""
        if self._ledger is None:
            self._ledger = open_ledger(self.settings)
        return self._ledger

    def scravio(self) -> Scravio:
        """Scravio's API. Raises ConfigProblem where there is no key."""
        return Scravio(self._client("scravio", self._scravio_client))

    def destination(self, route: Route) -> Destination:
        """The target of a route. Raises ConfigProblem where there is no key."""
        return InstantlyDestination(self.instantly(), route.target)

    def instantly(self) -> Client:
        """Instantly's API, one client and one throttle for the key. Raises ConfigProblem where there is no key."""
        return self._client("instantly", self._instantly_client)

    def sync(self, routes: Sequence[Route], *, limit: int | None = None) -> list[Report]:
        """One run of each route, one after the other; one route's trouble never stops another."""
        workshop = self.workshop()
        destinations = [self.destination(route) for route in routes]
        return [
            run_route(workshop, route, destination, limit=limit)
            for route, destination in zip(routes, destinations, strict=True)
        ]

    def settle(self, routes: Sequence[Route]) -> list[Step[Settled]]:
        """Only the settling of each route's doubts."""
        workshop = self.workshop()
        return [settle_route(workshop, route, self.destination(route)) for route in routes]

    def retry(self, routes: Sequence[Route], wanted: Wanted) -> list[Step[Retried]]:
        """Put what each route has given up back in line."""
        workshop = self.workshop()
        return [retry_route(workshop, route, self.destination(route), wanted) for route in routes]

    def reconcile(self, routes: Sequence[Route], *, repair: bool = False) -> list[Step[Reconciled]]:
        """Compare what each route delivered with what its targets hold."""
        workshop = self.workshop()
        return [reconcile_route(workshop, route, self.destination(route), repair=repair) for route in routes]

    def workshop(self) -> Workshop:
        """What the runs of one command share: the account and the campaign lists are read once for all of them."""
        return Workshop(
            ledger=self.ledger,
            catalogue=Catalogue(self.scravio()),
            clock=self.wiring.clock,
            pause=self.wiring.pause,
            doubt_wait=self.settings.doubt_wait,
            watch=self.watch,
            allow_empty_sweep=self.configuration.guard.allow_empty_sweep,
            stop=self.stop,
        )

    def close(self) -> None:
        """Close what was opened."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def _client(self, vendor: str, build: Callable[[], Client]) -> Client:
        if vendor not in self._clients:
            self._clients[vendor] = build()
        return self._clients[vendor]

    def _scravio_client(self) -> Client:
        settings = self.settings
        settings.need_scravio()
        said = headers(
            settings.scravio_api_key.reveal(), settings.scravio_access_token.reveal(), settings.scravio_workspace_id
        )
        # Scravio publishes no limit for reading (scravio.md §1): as many at once as configured, slowed by each 429.
        throttle = Throttle(per_second=_UNHURRIED, at_once=self.configuration.scravio.at_once)
        return self._opened("scravio", settings.scravio_base_url, said, throttle, self.wiring.scravio)

    def _instantly_client(self) -> Client:
        settings, limits = self.settings, self.configuration.instantly
        settings.need_instantly()
        throttle = Throttle(
            per_second=limits.requests_per_second, per_minute=limits.requests_per_minute, at_once=limits.at_once
        )
        said = {"Authorization": f"Bearer {settings.instantly_api_key.reveal()}"}
        base_url = f"{settings.instantly_base_url}/api/v2"
        return self._opened("instantly", base_url, said, throttle, self.wiring.instantly)

    def _opened(
        self,
        vendor: str,
        base_url: str,
        said: Mapping[str, str],
        throttle: Throttle,
        transport: httpx.BaseTransport | None,
    ) -> Client:
        return Client(vendor, base_url, said, throttle=throttle, transport=transport, patience=self.wiring.patience)
