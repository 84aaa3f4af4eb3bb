"""What `init` and `client add` ask: keys, source campaigns, a target, rules. Calls the vendors, writes nothing."""

import re
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from rich.console import Console

from bridge import api as wire
from bridge import logs
from bridge.app import App, Wiring
from bridge.cli.setup import questions
from bridge.cli.setup.check import PATIENCE
from bridge.cli.setup.keys import keyed
from bridge.cli.terminal import consent, show
from bridge.config import Configuration, Settings
from bridge.config.readers import UnfitError, read_countries, read_globs, read_platforms, read_text
from bridge.config.settings import Secret, sendable
from bridge.config.vendor import Vendor
from bridge.config.vendor_tables import target_table
from bridge.config.vendors import VENDORS
from bridge.config.vocabulary import PLATFORMS
from bridge.config.writing import NewRoute
from bridge.destinations.base import Choice
from bridge.errors import BridgeError, ConfigProblem, Denied, Unavailable
from bridge.model import DEFAULT_CLIENT, Client, Source, SourceCampaign
from bridge.reports.text import count, plain
from bridge.rules import misses

Answers = dict[str, object]


@dataclass
class Interview:
    """The answers of one person about one client. `console` is where to ask, None without a terminal.

    `settings` are the client's, with every key that was typed; `typed` has these by their variables.
    """

    client: Client
    settings: Settings
    console: Console | None
    typed: dict[str, str] = field(default_factory=dict)
    campaigns: list[SourceCampaign] = field(default_factory=list)
    targets: list[Choice] = field(default_factory=list)

    def keys(self) -> None:
        """Every vendor's key: set already, or typed and checked. Shows what each opens; asks a wrong one again."""
        logs.configure(level="ERROR", secrets=self.settings.secrets)
        for vendor in VENDORS.values():
            variable = f"{self.client.env}{vendor.secrets[0]}" if vendor.secrets else ""
            if not variable or variable in self.typed:
                continue
            if self.settings.key_of(vendor):
                self._look(vendor, f" ({variable} is set)")
            elif self.console is not None:
                while not self._is_settled(self.console, vendor, variable):
                    pass

    def _is_settled(self, console: Console, vendor: Vendor, variable: str) -> bool:
        """Ask once for a key; whether it is kept, or none was typed."""
        show.say(console, f"\n{vendor.title}: you find the key in {vendor.key_at}.")
        key = questions.secret(console, f"{variable} (not shown; Enter for none):")
        before = self.settings
        if not key:
            return True
        try:
            self.settings = before.with_vendors(
                dict(before.vendors) | {vendor.secrets[0]: Secret(sendable(variable, key))}
            )
            self.settings.need(vendor)
            for name, other in self.typed.items():
                if other == key:
                    raise ConfigProblem(f"This is the key that you typed for {name}.")
        except ConfigProblem as error:
            self._say(f"✗ {error}", style="red")
            kept = False
        else:
            trouble = self._look(vendor)
            unsure = isinstance(trouble, Unavailable) or getattr(trouble, "status", 0) == HTTPStatus.FORBIDDEN
            kept = trouble is None or (unsure and consent.ask(console, "Keep this key unchecked?"))
        self.settings = self.settings if kept else before
        self.typed |= {variable: key} if kept else {}
        return kept

    def _look(self, vendor: Vendor, more: str = "") -> BridgeError | None:
        """Show what the key opens, or why it opens nothing."""
        waiting = self.console.status(f"Checking the key of {vendor.title} …") if self.console else nullcontext()
        try:
            with waiting:
                said = self._open(vendor)
        except BridgeError as error:
            self._say(f"✗ {vendor.title}: {error.message}", style="red")
            begins = next((one.begins for one in vendor.variables if one.begins), "")
            if isinstance(error, Denied) and begins and not self.settings.key_of(vendor).startswith(begins):
                self._say(f"Keys of {vendor.title} begin with {begins}: is this one of another vendor?", style="yellow")
            return error
        self._say(f"✓ {vendor.title}: {said}{more}", style="green")
        return None

    def _open(self, vendor: Vendor) -> str:
        """What the key opens, in words; its campaigns or targets are kept."""
        wiring = Wiring(patience=PATIENCE)
        with App(self.settings, Configuration((), clients=(self.client,)), wiring) as app:
            if vendor.sources is not None:
                source = app.looked_at(Source(vendor.name))
                account = source.account()
                self.campaigns = list(source.campaigns(Source(vendor.name)))
                balance = "" if account.credits is None else f", {account.credits:,.0f} credits"
                return f"{count(len(self.campaigns), 'finished campaign')}{balance}"
            api, code = app.client(vendor), vendor.code()
            found = list(code.targets(api)) if hasattr(code, "targets") else []
            self.targets += found
            named = f'workspace "{plain(code.workspace(api))}"' if hasattr(code, "workspace") else ""
            listed = count(len(found), "target") if found else "the key is set, and shows no target"
            return ", ".join(filter(None, (named, listed, _room(code, api))))

    def source(self) -> NewRoute:
        """Which source campaigns, picked from the real list, or CSV files; nothing = all, also later ones."""
        if self.console is None or not (self.campaigns or not self._has_source()):
            return NewRoute({})
        if not self._has_source():
            files = questions.text(self.console, 'Which CSV files have the leads? Such as "leads/*.csv":', _globs)
            return NewRoute({"source.csv": list(files)})
        newest = sorted(self.campaigns, key=lambda one: (one.created_at is not None, one.created_at), reverse=True)
        labels = [_campaign(one) for one in newest]
        ask = "Which campaigns? Numbers, a title with *, or Enter for all, also later ones:"
        picked = questions.pick(self.console, labels, ask, free="*")
        while isinstance(picked, str) and (missed := list(misses(Source(title=(picked,)), newest))):
            show.say(self.console, " ".join(missed), style="yellow")
            picked = questions.pick(self.console, labels, ask, free="*")
        if isinstance(picked, str):
            return NewRoute({"source.title": [picked]})
        some = [newest[position] for position in picked]
        ids, titles = [one.id for one in some], [one.title or one.id for one in some]
        return NewRoute({"source.id": ids} if ids else {}, {"source.id": titles})

    def _has_source(self) -> bool:
        return any(vendor.sources is not None for vendor in keyed(self.settings))

    def target(self) -> Answers:
        """The one target, picked from what the keys open; named by hand where they show none."""
        if self.console is None:
            raise ConfigProblem("There is no target.", hint="Name it: --target instantly_campaign=NAME")
        known = [*target_table(VENDORS.values()).kinds()]
        if not self.targets:
            show.say(self.console, f"These keys show no target. Name one: {', '.join(f'{key}=NAME' for key in known)}")
            return questions.text(self.console, "Where to?", lambda typed: read_target(typed, known))
        found = sorted(self.targets, key=lambda one: known.index(one.key))
        labels = [f"{_kind(one.key)}: {one.name}{f' ({one.note})' if one.note else ''}" for one in found]
        picked = questions.pick(self.console, labels, "Where to? One number, or KEY=NAME:", one=True, free="=")
        while isinstance(picked, str):
            try:
                return read_target(picked, known)
            except UnfitError as error:
                show.say(self.console, f"It {error}.", style="yellow")
                picked = questions.pick(self.console, labels, "Where to?", one=True, free="=")
        one = found[picked[0]]
        names = [other.name.casefold() for other in found if other.key == one.key]
        options: Answers = {f"target.{name}": value for name, value in one.options.items()}
        return {f"target.{one.key}": one.id if names.count(one.name.casefold()) > 1 else one.name} | options

    def rules(self, target: Answers) -> Answers:
        """Who may be sent, in plain questions; Enter keeps the default."""
        if self.console is None:
            return {}
        asked: list[tuple[str, str, Callable[[str], object]]] = [
            ("rules.min_followers", "Only people with at least how many followers? (Enter for any)", _number),
            ("rules.platforms", f"Only from which platforms: {', '.join(PLATFORMS)}? (Enter for all)", _platforms),
            ("rules.countries", "Only from which countries, such as DE, US? (Enter for all)", _countries),
            ("pace.per_day", "At most how many leads a day? (Enter for no limit)", _number),
        ]
        answers = {path: questions.text(self.console, question, read) for path, question, read in asked}
        answers = {path: answer for path, answer in answers.items() if answer not in (None, [])}
        by_mail = "target.inbox_campaign" not in target and target.get("target.channel") != "linkedin"
        if by_mail and consent.ask(self.console, "Send to role addresses such as info@ and sales@ too?"):
            answers["rules.role_addresses"] = "allow"
        return answers

    def name(self, target: Answers, taken: Iterable[str]) -> str:
        """The route's name: by default after its target."""
        names = {one.casefold() for one in taken}
        called = str(next(iter(target.values())))
        base = re.sub(r"[^a-z0-9]+", "-", called.casefold()).strip("-")[:40] or "leads"
        default = next(one for one in (base, *(f"{base}-{number}" for number in range(2, 99))) if one not in names)

        def read(typed: str) -> str:
            name = read_text(typed or default, 64)
            if name.casefold() in names:
                raise UnfitError("is already the name of a route; choose another")
            if "/" in name and self.client.name != DEFAULT_CLIENT:
                raise UnfitError("has a / in it; choose another")
            return name

        return default if self.console is None else questions.text(self.console, f"The route's name? [{default}]", read)

    def _say(self, line: str, style: str = "") -> None:
        show.say(self.console or show.out(), line, style=style)


def merged(name: str, client: str, source: NewRoute, *more: Answers) -> NewRoute:
    """The whole route, in the order of the file. `client` is "" where there is only one."""
    values: Answers = {"name": name} | ({"client": client} if client else {}) | dict(source.values)
    for one in more:
        values |= one
    order = ["name", "client", "source", "rules", "target", "pace"]
    by_table = sorted(values.items(), key=lambda item: order.index(item[0].partition(".")[0]))
    return replace(source, values=dict(by_table))


def read_target(typed: str, known: list[str]) -> Answers:
    """`KEY=NAME` as a route's target. Raises UnfitError."""
    key, equals, name = typed.partition("=")
    if key.strip() not in known or not equals or not name.strip().strip("\"'"):
        raise UnfitError(f"must be KEY=NAME; the keys are {', '.join(known)}")
    return {f"target.{key.strip()}": read_text(name.strip().strip("\"'"))}


def _room(code: Any, api: wire.Client) -> str:
    """What the plan still holds, where the vendor says it."""
    if not hasattr(code, "plan_room"):
        return ""
    try:
        room = code.plan_room(api)
    except BridgeError as error:
        return f"the plan cannot be read ({error.message.removesuffix('.')})"
    return "the plan names no limit" if room is None else f"the plan has room for {count(room, 'more contact')}"


def _campaign(one: SourceCampaign) -> str:
    facts = [f"{one.created_at:%Y-%m-%d}"] if one.created_at else []
    facts += [count(one.emails, "e-mail address", "e-mail addresses")] if one.emails is not None else []
    return f"{one.title or one.id} ({', '.join(facts)})" if facts else one.title or one.id


def _kind(key: str) -> str:
    vendor, _, kind = key.partition("_")
    return f"{VENDORS[vendor].title} {kind}"


def _number(typed: str) -> int | None:
    plain = re.sub(r"[ ,._']", "", typed)
    if plain and not (plain.isascii() and plain.isdecimal()):
        raise UnfitError("is not a whole number")
    return int(plain[:15]) if plain and int(plain[:15]) else None


def _words(typed: str) -> list[str]:
    return typed.replace(",", " ").split()


def _platforms(typed: str) -> list[str]:
    return list(read_platforms(_words(typed)))


def _countries(typed: str) -> list[str]:
    return list(read_countries(_words(typed)))


def _globs(typed: str) -> list[str]:
    return list(read_globs(typed.strip("\"'").split(",")))
