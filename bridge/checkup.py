"""Looks at everything a sync needs, one finding at a time, and says how to fix it. Sends nothing.

It notes in the ledger which workspace each client's key opens, and makes the ledger for it. Checked are configuration,
database, keys and their scopes, the masked account, each route's source and target, and the plan room. So are the
variables that the target's texts use but the route does not fill.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import field
from typing import Literal

from bridge import ledger
from bridge.api import Client
from bridge.app import App
from bridge.config.vendor import Vendor
from bridge.config.vendors import VENDORS
from bridge.destinations.base import Destination, HasCapacity, Standing, workspace_of
from bridge.errors import BridgeError, ConfigProblem, Denied
from bridge.lazy import dataclass
from bridge.ledger.address import exists, refuse_unwritable
from bridge.ledger.database import Database
from bridge.ledger.upkeep.migrate import refuse_foreign
from bridge.ledger.upkeep.opening import open_existing
from bridge.model import Place, Route, Source
from bridge.model.credits import THOUSAND, as_credits
from bridge.rules import decider, misses, selects
from bridge.sources.base import Inspects
from bridge.sync import Catalogue, binding


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check. `config` says that the operator's own files are at fault."""

    name: str
    level: Literal["ok", "warn", "bad"]
    message: str
    hint: str = ""
    config: bool = False


def run(app: App, client: str = "") -> Iterator[Finding]:
    """Every finding, as soon as it is known; of one client, where it is named."""
    names = [one.name for one in app.configuration.clients if client in {"", one.name}]
    count = sum(len(app.configuration.of(name).routes) for name in names)
    if count:
        yield Finding("configuration", "ok", f"{count} route{'s' if count != 1 else ''}")
    else:
        yield Finding("configuration", "bad", "There is no route.", "Add a [[routes]] to bridge.toml.", config=True)
    yield from _open_keys(app)
    seen = _Seen(app)
    try:
        seen.db, message = _open(app)
        yield Finding("database", "ok", message)
    except BridgeError as error:
        seen.trouble = error.message
        yield _bad("database", error)
    try:
        for name in names:
            yield from _guarded(f'client "{name}"', _part(app, name, seen))
    finally:
        if seen.db is not None:
            seen.db.close()


@dataclass(slots=True)
class _Seen:
    """Which client each workspace is of, and the ledger that notes it: None until the first of them is known.

    `trouble` is why nothing can be noted there.
    """

    app: App
    db: Database | None = None
    trouble: str = ""
    owners: dict[tuple[str, str], str] = field(default_factory=dict)

    def note(self, name: str, route: Route, place: Place) -> Iterator[Finding]:
        """Note the workspace behind the client's key. Raises Denied where it is that of another client."""
        key = (place.vendor, place.workspace)
        is_new = key not in self.owners
        owner = self.owners.setdefault(key, route.client)
        if route.kept_out_by([owner]):
            raise binding.not_shared(route, owner, place)
        try:
            said = "" if self.trouble else self._note(route, place)
            yield from (Finding(name, "warn", one) for one in (said,) if one)
        except Denied:
            raise
        except BridgeError as error:
            self.trouble = error.message
        if self.trouble and is_new:
            message = f"Its workspace {place.workspace} could not be recorded: {self.trouble}"
            yield Finding(name, "warn", message, "Until it is, no later check compares this key with it.")

    def _note(self, route: Route, place: Place) -> str:
        if self.db is None:
            self.app.db.close()  # makes the tables
            self.db = open_existing(self.app.settings.database_url)
        if self.db is None or binding.is_bound(self.db, route, place):
            return ""
        return binding.note(self.db, route, place, [one.name for one in self.app.configuration.clients])


def _part(whole: App, client: str, seen: _Seen) -> Iterator[Finding]:
    """One client's keys, routes and plans. Raises ConfigProblem where a key of it cannot be read."""
    app = whole.of(client)
    routes = list(app.configuration.routes)
    for vendor in (VENDORS[name] for name in app.sources if VENDORS[name].variables):
        found = list(_guarded(_named(app, vendor), _account(app, vendor)))
        yield from found
        if found[0].level == "bad":
            routes = [route for route in routes if route.source.vendor != vendor.name]
    catalogue = Catalogue(app.looked_at)
    for route in routes:
        name = f"{route.name}: source"
        yield from _guarded(name, _source(name, catalogue, route))
    for route in app.configuration.routes:
        name = f"{route.name}: target"
        yield from _guarded(name, _target(name, app, route, seen))
        if route.validation.when != "never" and not route.validation.budget.allows_anything:
            yield Finding(
                f"{route.name}: validation",
                "warn",
                'validation_request = "when_missing" requests nothing: max_credits allows no credit.',
                "Allow some in bridge.toml: max_credits = { campaign = 500, route = 2000, day = 1000 }",
            )
    for vendor in VENDORS.values():
        plan_room = getattr(vendor.code(), "plan_room", None) if app.settings.key_of(vendor) else None
        if plan_room is not None:
            yield _plan(app, vendor, plan_room)


def _named(app: App, vendor: Vendor) -> str:
    """The vendor, with the client whose key it is where there are several."""
    (client,) = app.configuration.clients
    return client.route(vendor.name)


def _guarded(name: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings, up to the first error: that is a finding too."""
    try:
        yield from findings
    except BridgeError as error:
        yield _bad(name, error)


def _bad(name: str, error: BridgeError) -> Finding:
    return Finding(name, "bad", error.message, error.hint, config=isinstance(error, ConfigProblem))


def _open_keys(app: App) -> Iterator[Finding]:
    """Names in `.env` without effect, and keys that every user of this host can read."""
    for said in app.settings.misspelled:
        yield Finding(".env", "warn", said)
    path = app.settings.folder / ".env"
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if os.name == "posix" and mode & stat.S_IRWXO:
        message = f"{path} can be read or changed by other users of this host."
        yield Finding(".env", "warn", message, f"chmod 600 {path}")


def _open(app: App) -> tuple[Database | None, str]:
    url = app.settings.database_url
    refuse_unwritable(url)
    db = open_existing(url)
    if db is not None:
        return db, db.name
    if not exists(url):
        return None, "nothing stored yet; made once a key's workspace is known"
    refuse_foreign(url)
    return None, "no leadbridge tables yet; made once a key's workspace is known"


def _account(app: App, vendor: Vendor) -> Iterator[Finding]:
    account = app.looked_at(Source(vendor.name)).account()
    balance = "" if account.credits is None else f", {as_credits(round(account.credits * THOUSAND))} credits"
    yield Finding(_named(app, vendor), "ok", f"the key works{balance}")
    by_mail = [route for route in app.configuration.routes if route.target.identity == "email"]
    if account.email_masked and by_mail:
        yield Finding(
            f"{_named(app, vendor)} account",
            "warn",
            "This account sees e-mail addresses masked: routes by e-mail hold its leads, and none would be sent.",
            f"Confirm a purchase in {vendor.title}'s dashboard to unlock the account.",
        )


def _source(name: str, catalogue: Catalogue, route: Route) -> Iterator[Finding]:
    source = catalogue.source(route.source)
    if isinstance(source, Inspects):
        for level, message, hint in source.inspect(route.source):
            yield Finding(name, level, message, hint)
        return
    listed = catalogue.campaigns(route.source)
    matching = [campaign for campaign in listed if selects(route.source, campaign)]
    validating = sum(campaign.validating for campaign in matching)
    message = f"{len(matching)} of {len(listed)} campaigns"
    if validating:
        message += f", {validating} still being validated"
    missed = list(misses(route.source, listed))
    if not matching:
        hint = " ".join(missed) or "Look at `source` in bridge.toml: status, type and title must all fit."
        yield Finding(name, "warn", message, hint)
        return
    yield Finding(name, "ok", message)
    yield from (Finding(name, "warn", one) for one in missed)


def _target(name: str, app: App, route: Route, seen: _Seen) -> Iterator[Finding]:
    destination = app.destination(route)
    try:
        standing = destination.check()
    except Denied:  # the key may be good, and only its target not
        workspace = ""
        with suppress(BridgeError):
            workspace = found.id() if (found := workspace_of(destination)) else ""
        if workspace:
            yield from seen.note(name, route, Place(route.target.vendor, workspace, route.target.kind, ""))
        raise
    yield from seen.note(name, route, standing.place)
    if seen.db is not None:
        route_no = ledger.route_names(seen.db).get(route.name, 0)
        binding.refuse_other(seen.db, route_no, route, standing)
        for news in binding.news(seen.db, route_no, route, standing):
            yield Finding(name, "warn", news)
    yield Finding(name, "ok", f"{destination.name}, {standing.status}")
    if standing.sets_off:
        yield Finding(name, "ok", standing.sets_off)
    for warning in standing.warnings:
        yield Finding(name, "warn", warning)
    yield from _variables(route, destination, standing)
    if route.pace.ahead is not None and standing.place.id:
        yield _ahead(f"{route.name}: pace", route.pace.ahead, destination, standing)


def _ahead(name: str, days: int, destination: Destination, standing: Standing) -> Finding:
    """Whether what `pace.ahead` needs to know can be read: without it the route sends nothing."""
    if not isinstance(destination, HasCapacity):
        return Finding(name, "bad", f"{destination.name}: its senders' limits are not known.", "Remove pace.ahead.")
    found = destination.capacity(standing.place)
    message = f"its senders can start {found.within(days):,} people within pace.ahead, and {found.waiting:,} wait there"
    return Finding(name, "ok", message)


def other_targets(app: App, routes: Iterable[Route]) -> Iterator[tuple[Route, BridgeError]]:
    """The routes whose target cannot be used, or is not the one that the ledger binds them to, and why."""
    numbers = ledger.route_names(app.db)
    for route in routes:
        try:
            standing = app.destination(route).check()
            binding.refuse_other(app.db, numbers.get(route.name, 0), route, standing)
        except BridgeError as error:
            yield route, error


def _variables(route: Route, destination: Destination, standing: Standing) -> Iterator[Finding]:
    """What the target's texts use and the route never fills: those places stay empty in the mail."""
    mapped = decider(route)
    filled = {standing.names.get(name, name) for name in ("email", *mapped.core)} | set(mapped.variables)
    missing = sorted(standing.variables - filled)
    if missing:
        names = ", ".join("{{" + name + "}}" for name in missing)
        yield Finding(
            f"{route.name}: variables",
            "warn",
            f"{destination.name} uses {names}, which this route never fills.",
            f"Add them to `fields.variables` of the route (now: {', '.join(sorted(mapped.variables))}), "
            "or give them a fallback in the campaign: {{name|fallback}}.",
        )


def _plan(app: App, vendor: Vendor, plan_room: Callable[[Client], int | None]) -> Finding:
    name = f"{_named(app, vendor)} plan"
    try:
        room = plan_room(app.client(vendor))
    except BridgeError as error:
        return Finding(name, "warn", f"Plan room cannot be read: {error.message}", error.hint)
    if room is None:
        return Finding(name, "ok", "no limit is reported")
    if room <= 0:
        return Finding(name, "bad", "The plan has no room for more contacts.", "Free contacts or upgrade the plan.")
    return Finding(name, "ok", f"room for {room:,} more contacts in campaigns")
