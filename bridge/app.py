"""The composition root: builds the clients, the ledger and the destinations once, and closes them. Decides nothing.

The doors (command line, daemon) open an `App`, call it and close it. `Wiring` holds what tests and the demo replace:
transports instead of sockets, another clock, another sleep.
"""

import gc
import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import httpx

from bridge.api import Client, Throttle
from bridge.api.client import PATIENCE_SECONDS
from bridge.config import Configuration, Settings
from bridge.config.vendor import Vendor
from bridge.config.vendors import SCRAVIO, VENDORS, ScravioTable
from bridge.destinations.base import Destination
from bridge.errors import ConfigProblem
from bridge.ledger import Database
from bridge.ledger.intents import exports
from bridge.ledger.people import erased, erasing, secrecy, suppressions
from bridge.ledger.people.suppressions import Suppression
from bridge.ledger.upkeep.migrate import prepare
from bridge.model import Place, Route, Source, Target
from bridge.operations.forget import Eraser, aims_of
from bridge.operations.prune import Kept, keep_house
from bridge.operations.retry import Retried, Wanted
from bridge.operations.steps import Reconciled, Step, give_up_route, reconcile_route, retry_route, settle_route
from bridge.operations.test_lead import Attempt, Tried, try_route
from bridge.sources import base
from bridge.sources.base import EMAIL, Wants
from bridge.sources.csv_files import CsvSource
from bridge.sources.scravio import Scravio, ScravioSource
from bridge.sources.scravio.exporting import Exporting
from bridge.sources.scravio.ordering import Ordering, open_ordering
from bridge.sync import Catalogue, Report, Resources, Settled, Watch, run_route

_OBJECTS_BETWEEN_LOOKS = 50_000


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


def _collect_seldom() -> None:
    """Look for cyclic garbage less often: a run makes many small objects and hardly a cycle.

    With Python's own threshold a seventh of the CPU of a lead goes into looking (measured: docs/performance.md). What
    the program was made of at its start is not looked at again.
    """
    if gc.get_threshold()[0] < _OBJECTS_BETWEEN_LOOKS:
        gc.freeze()
        gc.set_threshold(_OBJECTS_BETWEEN_LOOKS, 20, 20)


def open_ledger(settings: Settings) -> Database:
    """The ledger, with its tables in this program's version. Raises ConfigProblem where that cannot be."""
    db = Database(settings.database_url)
    try:
        prepare(db)
        secrecy.use_key(db, settings.hash_key.reveal())
        if erased.hide_earlier_ids(db):
            erasing.empty_log(db)
    except BaseException:
        db.close()
        raise
    return db


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
    _throttles: dict[str, Throttle] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def db(self) -> Database:
        """The database, migrated."""
        if self._ledger is None:
            self._ledger = open_ledger(self.settings)
            self._ledger.clock = self.wiring.ledger_clock
        return self._ledger

    def now(self) -> datetime:
        """The time by the ledger's clock, which every process shares."""
        return self.db.now()

    def scravio(self) -> Scravio:
        """Scravio's API. Raises ConfigProblem where there is no key."""
        return Scravio(self.client(SCRAVIO))

    def source(self, wanted: Source) -> base.Source:
        """Where the campaigns of a selection are read. Raises ConfigProblem where there is no key."""
        source, extract = self.looked_at(wanted), self.configuration.table(ScravioTable).extract
        if extract == "pages" or not isinstance(source, ScravioSource):
            return source
        ordering = self.ordering()
        exporting = Exporting(ordering.exports, ordering.downloads, exports.Exports(self.db), extract)
        return replace(source, exporting=exporting)

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

    @property
    def wants(self) -> Wants:
        """What any route could use of a lead."""
        return Wants(frozenset(route.target.identity for route in self.configuration.routes) or EMAIL.identities)

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

    def sync(self, routes: Sequence[Route], *, limit: int | None = None) -> list[Report]:
        """One run of each route, one after the other; one route's trouble never stops another."""
        resources = self.resources()
        destinations = [self.destination(route) for route in routes]
        return [
            run_route(resources, route, destination, limit=limit)
            for route, destination in zip(routes, destinations, strict=True)
        ]

    def run(self, route: Route, catalogue: Catalogue) -> Report:
        """One run of one route beside others, in a thread of its own."""
        return run_route(self.resources(catalogue), route, self.destination(route))

    def settle(self, routes: Sequence[Route]) -> list[Step[Settled]]:
        """Only the settling of each route's doubts."""
        resources = self.resources()
        return [settle_route(resources, route) for route in routes]

    def give_up(self, routes: Sequence[Route], place: Place, *, force: bool = False) -> list[Step[Settled]]:
        """End each route's doubts in a target that cannot be asked any more."""
        resources = self.resources()
        return [give_up_route(resources, route, place, force=force) for route in routes]

    def retry(self, routes: Sequence[Route], wanted: Wanted) -> list[Step[Retried]]:
        """Put what each route has given up back in line."""
        resources = self.resources()
        return [retry_route(resources, route, wanted) for route in routes]

    def reconcile(self, routes: Sequence[Route], *, repair: bool = False) -> list[Step[Reconciled]]:
        """Compare what each route delivered with what its targets hold."""
        resources = self.resources()
        return [reconcile_route(resources, route, self.destination(route), repair=repair) for route in routes]

    def suppress(self, new: Sequence[Suppression]) -> int:
        """Put people and domains on the do-not-contact list; how many were not there."""
        storage = self.configuration.privacy.suppression_storage
        if storage == "hashed":
            suppressions.hide_values(self.db)
        return suppressions.add(self.db, new, now=self.now(), storage=storage)

    def ask_again(self) -> int:
        """Have whoever the list concerns now, or no longer, decided anew by the next sync; how many leads."""
        return suppressions.ask_again(self.db)

    def eraser(self, *, asked_by: str, everywhere: bool = False, ledger_only: bool = False) -> Eraser:
        """Who erases a person, with every configured target looked up. Raises ConfigProblem where there is no key."""
        routes = () if ledger_only else self.configuration.routes
        return Eraser(
            db=self.db,
            now=self.now,
            pause=self.wiring.pause,
            doubt_wait=self.settings.doubt_wait,
            aims=aims_of(self.db, [(route, self.destination(route)) for route in routes]),
            asked_by=asked_by,
            everywhere=everywhere,
            ledger_only=ledger_only,
        )

    def keep_house(self, *, look_only: bool = False) -> Kept:
        """Prune what has been kept long enough, on any host and as often as one likes."""
        privacy = self.configuration.privacy
        if privacy.suppression_storage == "hashed" and not look_only:
            suppressions.hide_values(self.db)
        keep = timedelta(days=privacy.keep_facts_days)
        return keep_house(self.db, now=self.now(), keep=keep, look_only=look_only)

    def try_lead(self, route: Route, attempt: Attempt) -> Step[Tried]:
        """Post a test lead to the route's target, whoever stands elsewhere under that address."""
        alone = replace(route, target=replace(route.target, dedupe="target", verify_on_import=False))
        return try_route(self.resources(), route, self.destination(alone), attempt)

    def resources(self, catalogue: Catalogue | None = None, db: Database | None = None) -> Resources:
        """What the runs of one command share: the account and the campaign lists are read once for all of them.

        `db` stands in for the ledger.
        """
        _collect_seldom()
        db = db or self.db
        return Resources(
            db=db,
            catalogue=catalogue or Catalogue(self.source),
            clock=db.now,
            pause=self.wiring.pause,
            doubt_wait=self.settings.doubt_wait,
            routes={route.name: route for route in self.configuration.routes},
            destination=self.target,
            vendors=tuple(VENDORS),
            watch=self.watch,
            allow_empty_sweep=self.configuration.guard.allow_empty_sweep,
            suppression_storage=self.configuration.privacy.suppression_storage,
            stop=self.stop,
            validating=self.ordering().validations if self.reads_scravio else None,
            wants=self.wants,
            largest_batch=self.wiring.largest_batch,
        )

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
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

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
