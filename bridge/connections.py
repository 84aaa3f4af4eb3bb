"""The vendors as one process speaks to them: a client and a throttle for each key, opened when first asked for.

All of it is made from the registry (`bridge.config.vendors`). Knows no ledger. `Wiring` holds what tests and the demo
replace: transports instead of sockets, another clock, another sleep.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from bridge.api import Client, Throttle
from bridge.api.client import PATIENCE_SECONDS
from bridge.config import Configuration, Settings
from bridge.config.vendor import Vendor
from bridge.config.vendors import SCRAVIO, VENDORS, ScravioTable
from bridge.destinations.base import Destination
from bridge.errors import ConfigProblem
from bridge.model import Route, Source, Target
from bridge.sources import base
from bridge.sources.csv_files import CsvSource
from bridge.sources.scravio.client import Scravio
from bridge.sources.scravio.ordering import Ordering, open_ordering
from bridge.sources.scravio.source import ScravioSource


def utc_now() -> datetime:
    """This host's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Wiring:
    """What stands between the program and the world; the defaults are the real thing. `patience` is in seconds.

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


def _budget(vendor: str, key: str) -> str:
    return hashlib.sha256(f"leadbridge budget\0{vendor}\0{key}".encode()).hexdigest()[:16]


@dataclass(slots=True)
class Connections:
    """Every vendor under the keys of `settings`, at the pace of `configuration`. After `stop` no write begins."""

    settings: Settings
    configuration: Configuration
    wiring: Wiring = field(default_factory=Wiring)
    stop: threading.Event = field(default_factory=threading.Event, kw_only=True)
    _clients: dict[str, Client] = field(default_factory=dict, init=False)
    _throttles: dict[str, Throttle] = field(default_factory=dict, init=False)

    def scravio(self) -> Scravio:
        """Scravio's API. Raises ConfigProblem where there is no key."""
        return Scravio(self.client(SCRAVIO))

    def looked_at(self, wanted: Source) -> base.Source:
        """The same source, of which nothing is asked that it would have to make. Needs no ledger."""
        if wanted.csv:
            return CsvSource(self.settings.folder)
        return ScravioSource(self.scravio(), self.configuration.table(ScravioTable).at_once)

    def ordering(self) -> Ordering:
        """What may be asked of Scravio beyond reading. Raises ConfigProblem where there is no key."""
        base_url = self.settings.of(SCRAVIO)[SCRAVIO.base_url]
        return open_ordering(self.client(SCRAVIO), base_url, self._transport(SCRAVIO))

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
        if vendor.name not in self._clients:
            self._clients[vendor.name] = self._opened(vendor)
        return self._clients[vendor.name]

    @property
    def reads_scravio(self) -> bool:
        """Whether any route does; where there is none yet, it is to be expected."""
        routes = self.configuration.routes
        return not routes or any(not route.source.csv for route in routes)

    def need_vendors(self) -> Sequence[Vendor]:
        """The vendors that the configured routes speak to. Raises ConfigProblem where one of them has no key."""
        spoken_to = {
            *([SCRAVIO.name] if self.reads_scravio else ()),
            *(route.target.vendor for route in self.configuration.routes),
        }
        needed = [vendor for vendor in VENDORS.values() if vendor.name in spoken_to]
        for vendor in needed:
            self.settings.need(vendor)
        return needed

    def budgets(self) -> dict[str, str]:
        """The request budget that each vendor's key spends from, by a hash that tells nothing of the key."""
        keys = {name: self.settings.key_of(vendor) for name, vendor in VENDORS.items()}
        return {vendor: _budget(vendor, key) for vendor, key in keys.items() if key}

    def share(self, among: Mapping[str, int]) -> None:
        """Divide each vendor's requests among so many processes."""
        for vendor, throttle in self._throttles.items():
            throttle.share(among.get(vendor, 1))

    def follow(self, configuration: Configuration) -> None:
        """Work by another configuration from the next run on, and at its pace from now on."""
        self.configuration = configuration
        for vendor, throttle in self._throttles.items():
            throttle.limit(*configuration.pace(vendor).limits())
        for vendor, client in self._clients.items():
            client.read_deadline = configuration.pace(vendor).read_timeout.total_seconds()

    def close(self) -> None:
        """Close what was opened."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _opened(self, vendor: Vendor) -> Client:
        settings, pace = self.settings, self.configuration.pace(vendor.name)
        settings.need(vendor)
        values = settings.of(vendor)
        throttle = self._throttles[vendor.name] = Throttle(*pace.limits(), stop=self.stop)
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
        )

    def _transport(self, vendor: Vendor) -> httpx.BaseTransport | None:
        return self.wiring.transports.get(vendor.name, self.wiring.network)
