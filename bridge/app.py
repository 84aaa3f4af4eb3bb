"""The composition root: builds the ledger and, with `Connections`, the vendors once, and closes them. Decides nothing.

The doors (command line, daemon) open an `App`, call it and close it.
"""

import ctypes
import gc
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import field, replace
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from bridge import logs
from bridge.config import Configuration, Settings
from bridge.config.outline import KEPT
from bridge.config.vendors import VENDORS
from bridge.connections import Connections, Wiring, utc_now
from bridge.destinations.base import Destination
from bridge.errors import ConfigProblem, raise_if_all
from bridge.feedback.polling import Asking, Heard, poll
from bridge.lazy import dataclass
from bridge.ledger import Database
from bridge.ledger.marks import Memory
from bridge.ledger.people import erased, secrecy, suppressions
from bridge.ledger.people.entries import Suppression
from bridge.ledger.upkeep import erasing
from bridge.ledger.upkeep.migrate import prepare
from bridge.ledger.views.standing import route_clients
from bridge.model import Feedback, Place, Route, Source, retired_route
from bridge.operations.forget import Eraser, aims_of
from bridge.operations.prune import Kept, keep_house
from bridge.operations.retry import Retried, Wanted
from bridge.operations.steps import (
    Reconciled,
    Step,
    blocked_step,
    give_up_route,
    reconcile_route,
    retry_route,
    settle_route,
)
from bridge.operations.test_lead import Attempt, Tried, try_route
from bridge.sources import base
from bridge.sources.base import EMAIL, Wants
from bridge.sync import Catalogue, Report, Resources, Settled, Watch, run_route
from bridge.sync.route import blocked_run

__all__ = ["App", "Wiring", "open_ledger", "utc_now"]

T = TypeVar("T")

_OBJECTS_BETWEEN_LOOKS = 50_000
_M_ARENA_MAX = -8  # glibc's malloc.h


def _use_memory_sparingly() -> None:
    """Look for cyclic garbage seldom, and never again at what the program was made of at its start.

    With Python's own threshold a seventh of the CPU of a lead goes into looking (measured: docs/performance.md). glibc
    gives threads heaps of their own, and no thread uses what another has freed: 8 MB of a sync. One heap costs no CPU.
    """
    with suppress(AttributeError, OSError, TypeError):  # another C library has no such setting
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
    if gc.get_threshold()[0] != _OBJECTS_BETWEEN_LOOKS:  # to count what is frozen takes 12 ms
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
class App(Connections):
    """Everything a command needs, built when first asked for and closed together. Setting `stop` ends its runs soon."""

    watch: Watch = field(default_factory=Watch)
    whole: "App | None" = field(default=None, kw_only=True)
    _ledger: Database | None = field(default=None, init=False)
    _parts: dict[str, "App"] = field(default_factory=dict, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def of(self, client: str) -> "App":
        """The part of one client, with its keys and its routes; the ledger is that of all."""
        if self.whole is not None:
            return self.whole.of(client)
        if client not in self._parts:
            keys = next((one for one in self.configuration.clients if one.name == client), None)
            removed = replace(self.settings, vendors={}, removed=client)
            self._parts[client] = App(
                removed if keys is None else self.settings.of_client(keys),
                self.configuration.of(client),
                self.wiring,
                self.watch,
                stop=self.stop,
                pool=self.pool,
                whole=self,
            )
        return self._parts[client]

    @property
    def parts(self) -> "list[App]":
        """The part of every client whose keys can be read."""
        found: list[App] = []
        for client in self.configuration.clients:
            with suppress(ConfigProblem):  # the file of a key is not there: what needs the key says so
                found.append(self.of(client.name))
        return found

    def blocked_clients(self) -> dict[str, ConfigProblem]:
        """The clients that lack a key for their routes, and why. Raises ConfigProblem where that leaves no client."""
        found: dict[str, ConfigProblem | None] = {}
        for client in self.configuration.clients:
            try:
                self.of(client.name).need_vendors()
            except ConfigProblem as problem:
                found[client.name] = problem
            else:
                found[client.name] = None
        raise_if_all(list(found.values()))
        return {name: problem for name, problem in found.items() if problem is not None}

    @property
    def db(self) -> Database:
        """The database, migrated."""
        if self.whole is not None:
            return self.whole.db
        if self._ledger is None:
            self._ledger = open_ledger(self.settings)
            self._ledger.clock = self.wiring.ledger_clock
            self._keep_outline(self._ledger)
        return self._ledger

    def _keep_outline(self, ledger: Database) -> None:
        """Let commands that only look read there what bridge.toml says, while it stays as it is (`config.outline`)."""
        owner, name = KEPT
        memory, outline = Memory(ledger, owner), self.configuration.outline
        if outline.digest and memory.recall(name) != outline.kept():
            memory.keep(name, outline.kept())

    def now(self) -> datetime:
        """The time by the ledger's clock, which every process shares."""
        return self.db.now()

    def source(self, wanted: Source) -> base.Source:
        """Where the campaigns of a selection are read. Raises ConfigProblem where there is no key."""
        account = f" {self.account}" if self.settings.prefix else ""  # what an account may do is counted for it alone
        access = replace(self.access(wanted.vendor), memory=lambda owner: Memory(self.db, f"{owner}{account}"))
        opened: base.Source = VENDORS[wanted.vendor].code().source(access, wanted)
        return opened

    def destination(self, route: Route) -> Destination:
        """The target of a route, by the keys of its client. Raises ConfigProblem where there is no key."""
        return self.of(route.client).target(route.target)

    def follow(self, configuration: Configuration) -> None:
        """Work by another configuration from the next run on, and at its pace from now on."""
        self.configuration = configuration
        self._parts.clear()
        self.pool.follow(configuration)
        if self._ledger is not None:
            self._keep_outline(self._ledger)

    @property
    def wants(self) -> Wants:
        """What any route could use of a lead; clients with one account at their source read it for each other."""
        parts = [self] if self.whole is None else [part for part in self.whole.parts if part.account == self.account]
        routes = [route for part in parts for route in part.configuration.routes]
        return Wants(frozenset(route.target.identity for route in routes) or EMAIL.identities)

    def sync(self, routes: Sequence[Route], *, limit: int | None = None) -> list[Report]:
        """One run of each route, one after the other; one route's trouble never stops another."""
        return self.each(
            routes,
            lambda shared, route: run_route(shared, route, self.destination(route), limit=limit),
            lambda route, problem: blocked_run(self.db, route, problem),
            needs=self.destination,  # of all of them before the first run
        )

    def run(self, route: Route, catalogue: Catalogue) -> Report:
        """One run of one route beside others, in a thread of its own."""
        return run_route(self.of(route.client).resources(catalogue), route, self.destination(route))

    def settle(self, routes: Sequence[Route]) -> list[Step[Settled]]:
        """Only the settling of each route's doubts."""
        return self.each(routes, settle_route, blocked_step)

    def give_up(self, routes: Sequence[Route], place: Place, *, force: bool = False) -> list[Step[Settled]]:
        """End each route's doubts in a target that cannot be asked any more."""
        return self.each(routes, partial(give_up_route, place=place, force=force), blocked_step)

    def retry(self, routes: Sequence[Route], wanted: Wanted) -> list[Step[Retried]]:
        """Put what each route has given up back in line."""
        return self.each(routes, partial(retry_route, wanted=wanted), blocked_step)

    def reconcile(self, routes: Sequence[Route], *, repair: bool = False) -> list[Step[Reconciled]]:
        """Compare what each route delivered with what its targets hold."""
        return self.each(
            routes,
            lambda shared, route: reconcile_route(shared, route, self.destination(route), repair=repair),
            blocked_step,
            needs=self.destination,
        )

    def feedback(self, routes: Sequence[Route], *, posts_only: bool = False) -> list[Heard]:
        """One round of feedback for these routes, or only of what webhooks posted."""
        storage = self.configuration.privacy.suppression_storage
        secrets = self.webhook_secrets
        return poll(Asking(self.db, self.destination, self.stop.is_set, storage, secrets, posts_only), routes)

    def webhook_secrets(self, client: str) -> Sequence[str]:
        """What the webhooks of a client may show, the one to register first; hidden in logs from now on."""
        found = self.settings.webhook_secrets_of(client)
        logs.register(found)
        return found

    def retired(self) -> list[Route]:
        """The routes that bridge.toml no longer has, of clients that it has: their leads may still react.

        They are asked about as if nothing was set, and by the daemon unless every route of the client forbids it.
        """
        configured = self.configuration.routes
        found = dict(route_clients(self.db))
        for route in configured:
            found.pop(route.name, None)
        wanted = []
        for client in self.configuration.clients:
            every = [route.feedback.every for route in configured if route.client == client.name]
            asked = Feedback() if not every or any(every) else Feedback(every=None)
            mine = [name for name, owner in found.items() if owner == client.name]
            wanted += [replace(retired_route(name, client.name), feedback=asked) for name in mine]
        return wanted

    def suppress(self, new: Sequence[Suppression]) -> int:
        """Put people and domains on the do-not-contact list; how many were not there."""
        storage = self.configuration.privacy.suppression_storage
        if storage == "hashed":
            suppressions.hide_values(self.db)
        return suppressions.add(self.db, new, now=self.now(), storage=storage)

    def ask_again(self) -> int:
        """Have the leads that the list concerns now, or no longer, decided again by the next sync; how many."""
        return suppressions.ask_again(self.db)

    def eraser(self, *, asked_by: str, everywhere: bool = False, ledger_only: bool = False, client: str = "") -> Eraser:
        """Who erases a person, with every configured target looked up; with `client` what is that client's alone.

        Where one client has no key, its targets are left. Raises ConfigProblem where no client has one.
        """
        client = client if len(self.configuration.clients) > 1 else ""
        targets: list[tuple[Route, Destination | ConfigProblem]] = []
        for route in () if ledger_only else self.configuration.routes:
            if client not in {"", route.client}:
                continue
            try:
                targets.append((route, self.destination(route)))
            except ConfigProblem as problem:
                if client or len(self.configuration.clients) == 1:
                    raise
                targets.append((route, problem))
        raise_if_all([target for _, target in targets])
        return Eraser(
            db=self.db,
            now=self.now,
            pause=self.wiring.pause,
            doubt_wait=self.settings.doubt_wait,
            aims=aims_of(self.db, targets),
            asked_by=asked_by,
            everywhere=everywhere,
            ledger_only=ledger_only,
            client=client,
        )

    def keep_house(self, *, look_only: bool = False) -> Kept:
        """Prune what has been kept long enough, on any host and as often as one likes."""
        privacy = self.configuration.privacy
        if privacy.suppression_storage == "hashed" and not look_only:
            suppressions.hide_values(self.db)
        keep = timedelta(days=privacy.keep_facts_days)
        return keep_house(self.db, now=self.now(), keep=keep, look_only=look_only)

    def try_lead(self, route: Route, attempt: Attempt) -> Step[Tried]:
        """Post a test lead to the route's target, whatever lead has that address elsewhere."""
        alone = replace(route, target=replace(route.target, dedupe="target", verify_on_import=False))
        return try_route(self.of(route.client).resources(), route, self.destination(alone), attempt)

    def each(
        self,
        routes: Sequence[Route],
        step: Callable[[Resources, Route], T],
        blocked: Callable[[Route, ConfigProblem], T],
        needs: Callable[[Route], object] = lambda route: route,
        opened: "Callable[[App, Catalogue], Resources]" = lambda part, catalogue: part.resources(catalogue),
    ) -> list[T]:
        """A step on each route, one after the other, with what the routes of its client share in one command.

        Clients with one account at their source share what is read of it. A client whose keys are missing is blocked
        alone. Raises ConfigProblem where that leaves no client.
        """
        shared: dict[str, Resources | ConfigProblem] = {}
        catalogues: dict[str, Catalogue] = {}
        for client in dict.fromkeys(route.client for route in routes):
            try:
                part = self.of(client)
                catalogue = catalogues.setdefault(part.account, Catalogue(part.source))
                resources = opened(part, catalogue)  # the source's key first: it is the first in the .env too
                for route in (one for one in routes if one.client == client):
                    needs(route)
                shared[client] = resources
            except ConfigProblem as problem:
                shared[client] = problem
        raise_if_all(list(shared.values()))
        return [
            blocked(route, found) if isinstance(found := shared[route.client], ConfigProblem) else step(found, route)
            for route in routes
        ]

    def resources(self, catalogue: Catalogue | None = None, db: Database | None = None) -> Resources:
        """What the runs of one command share: the account and the campaign lists are read once for all of them.

        `db` stands in for the ledger.
        """
        _use_memory_sparingly()
        db = db or self.db
        return Resources(
            db=db,
            catalogue=catalogue or Catalogue(self.source),
            clock=db.now,
            pause=self.wiring.pause,
            doubt_wait=self.settings.doubt_wait,
            routes={route.name: route for route in (self.whole or self).configuration.routes},
            destination=self.target,
            vendors=tuple(name for name, vendor in VENDORS.items() if vendor.variables),
            watch=self.watch,
            allow_empty_sweep=self.configuration.guard.allow_empty_sweep,
            suppression_storage=self.configuration.privacy.suppression_storage,
            stop=self.stop,
            validating=None if self.settings.removed else next(filter(None, map(self.validating, self.sources)), None),
            wants=self.wants,
            largest_batch=self.wiring.largest_batch,
        )

    def close(self) -> None:
        """Close what was opened."""
        self.pool.close()
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None
