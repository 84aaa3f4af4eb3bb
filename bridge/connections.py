"""The vendors as one process speaks to them: a client and a throttle for each key, opened when first asked for.

All of it is made from the registry (`bridge.config.vendors`). Knows no ledger. `Wiring` holds what tests and the demo
replace: transports instead of sockets, another clock, another sleep.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime

import httpx

from bridge.api import Client, Throttle
from bridge.api.client import PATIENCE_SECONDS
from bridge.config import Configuration, Settings
from bridge.config.vendor import Vendor
from bridge.config.vendors import VENDORS
from bridge.destinations.base import Destination
from bridge.errors import ConfigProblem
from bridge.lazy import dataclass
from bridge.model import Route, Source, Target
from bridge.sources import base
from bridge.sources.access import Access
from bridge.sources.validating import Validating


def utc_now() -> datetime:
    """This host's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Wiring:
    """What connects the program to everything outside; the defaults are the real ones. `patience` is in seconds.

    `transports` replace the network by vendor, `network` for every other. `clock` is this host's, `ledger_clock` stands
    in for the ledger's own. `largest_batch` makes batches so small that a few leads fill several.
    """

    network: httpx.BaseTransport | None = None
    transports: Mapping[str, httpx.BaseTransport] = field(default_factory=dict)
    clock: Callable[[], datetime] = utc_now
    ledger_clock: Callable[[], datetime] | None = None
    pause: Callable[[float], None] = time.sleep
    patience: float = PATIENCE_SECONDS
    largest_batch: int | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """What all clients of a process share: an API client for each client and its variables, a throttle for each key.

    So two clients with one key spend from one budget of requests, and different keys never meet.
    """

    clients: dict[str, tuple[Vendor, Client]] = field(default_factory=dict)
    throttles: dict[str, tuple[Vendor, Throttle]] = field(default_factory=dict)

    def share(self, among: Mapping[str, int]) -> None:
        """Divide the requests of each budget among so many processes."""
        for budget, (_, throttle) in self.throttles.items():
            throttle.share(among.get(budget, 1))

    def follow(self, configuration: Configuration) -> None:
        """Work at another configuration's pace from now on."""
        for vendor, throttle in self.throttles.values():
            throttle.limit(*configuration.pace(vendor.name).limits())
        for vendor, client in self.clients.values():
            client.read_deadline = configuration.pace(vendor.name).read_timeout.total_seconds()

    def close(self) -> None:
        """Close what was opened."""
        for _, client in self.clients.values():
            client.close()
        self.clients.clear()


def _short_hash(vendor: str, *values: str) -> str:
    return hashlib.sha256("\0".join(("leadbridge budget", vendor, *values)).encode()).hexdigest()[:16]


@dataclass(slots=True)
class Connections:
    """Every vendor under the keys of `settings`, at the pace of `configuration`. After `stop` no write begins."""

    settings: Settings
    configuration: Configuration
    wiring: Wiring = field(default_factory=Wiring)
    stop: threading.Event = field(default_factory=threading.Event, kw_only=True)
    pool: Pool = field(default_factory=Pool, kw_only=True)

    def access(self, name: str) -> Access:
        """What a vendor's sources are opened with. Without a memory nothing is asked that it would have to make."""
        vendor = VENDORS[name]
        base_url = self.settings.of(vendor)[vendor.base_url] if vendor.variables else ""
        return Access(
            self.settings.folder,
            lambda: self.client(vendor),
            self.configuration.pace(name),
            base_url,
            self._transport(vendor),
        )

    def looked_at(self, wanted: Source) -> base.Source:
        """Where the campaigns of a selection are looked at. Needs no ledger. Raises ConfigProblem without a key."""
        opened: base.Source = VENDORS[wanted.vendor].code().source(self.access(wanted.vendor), wanted)
        return opened

    def validating(self, name: str) -> Validating | None:
        """What may be asked to validate the leads of a vendor's campaigns; None where nothing may."""
        vendor = VENDORS[name]
        if vendor.sources is None or not vendor.sources.VALIDATES:
            return None
        opened: Validating = vendor.code().validating(self.access(name))
        return opened

    def destination(self, route: Route) -> Destination:
        """The target of a route. Raises ConfigProblem where there is no key."""
        return self.target(route.target)

    def target(self, target: Target) -> Destination:
        """Any target of a vendor, whether a route names it or not. Raises ConfigProblem where there is no key."""
        vendor = VENDORS.get(target.vendor)
        if vendor is None or vendor.targets is None:
            raise ConfigProblem(
                f'This version of leadbridge delivers to no vendor "{target.vendor}", where leads were sent.',
                hint="Use the version that sent them.",
            )
        opened: Destination = vendor.code().destination(self.client(vendor), target)
        return opened

    def client(self, vendor: Vendor) -> Client:
        """A vendor's API, one client and one throttle for the key. Raises ConfigProblem where there is no key."""
        self.settings.need(vendor)
        values = self.settings.of(vendor)
        known = _short_hash(vendor.name, self.client_name, *values.values())
        if known not in self.pool.clients:
            self.pool.clients[known] = vendor, self._opened(vendor, values)
        return self.pool.clients[known][1]

    @property
    def client_name(self) -> str:
        """The client whose keys these are, the first one where they are of all."""
        return self.configuration.clients[0].name

    @property
    def account(self) -> str:
        """The keys that its sources are read with, as a hash that reveals nothing of them."""
        vendors = (VENDORS[name] for name in self.sources)
        return _short_hash("sources", *(value for one in vendors for value in self.settings.of(one).values()))

    @property
    def sources(self) -> Sequence[str]:
        """The vendors that the routes read; where there is no route yet, the one it would read."""
        read = {route.source.vendor for route in self.configuration.routes} or {Source().vendor}
        return [name for name in VENDORS if name in read]

    def need_vendors(self) -> Sequence[Vendor]:
        """The vendors whose API the configured routes need. Raises ConfigProblem where one of them has no key."""
        spoken_to = {*self.sources, *(route.target.vendor for route in self.configuration.routes)}
        needed = [vendor for vendor in VENDORS.values() if vendor.name in spoken_to and vendor.variables]
        for vendor in needed:
            self.settings.need(vendor)
        return needed

    def budgets(self) -> dict[str, str]:
        """The request budget that each vendor's key spends from, by a hash that reveals nothing of the key."""
        keys = {name: self.settings.key_of(vendor) for name, vendor in VENDORS.items()}
        return {vendor: _short_hash(vendor, key) for vendor, key in keys.items() if key}

    def _opened(self, vendor: Vendor, values: Mapping[str, str]) -> Client:
        pace = self.configuration.pace(vendor.name)
        budget = _short_hash(vendor.name, self.settings.key_of(vendor))
        if budget not in self.pool.throttles:
            self.pool.throttles[budget] = vendor, Throttle(*pace.limits(), stop=self.stop)
        _, throttle = self.pool.throttles[budget]
        return Client(
            vendor.name,
            values[vendor.base_url] + vendor.path,
            vendor.code().headers(values),
            throttle=throttle,
            transport=self._transport(vendor),
            read_deadline=pace.read_timeout.total_seconds(),
            patience=self.wiring.patience,
            stop=self.stop,
            title=vendor.title,
            keys=vendor.keys,
            owner=self.client_name,
        )

    def _transport(self, vendor: Vendor) -> httpx.BaseTransport | None:
        return self.wiring.transports.get(vendor.name, self.wiring.network)
