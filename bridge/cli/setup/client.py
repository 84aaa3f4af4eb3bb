"""`leadbridge client`: lists the clients, and adds one: its keys, its file, its first route. Sends nothing.

Without a terminal everything comes from options and from variables that are already set.
"""

import re
from collections.abc import Iterator
from contextlib import suppress as ignored
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bridge import checkup
from bridge.app import App
from bridge.cli.options import Json, Yes, group
from bridge.cli.session import Session, session_of
from bridge.cli.setup.check import PATIENCE, closing, show_finding, verdict
from bridge.cli.terminal import consent, show
from bridge.cli.terminal.output import Output
from bridge.config import Configuration, writing
from bridge.config.readers import UnfitError, read_client, read_prefix
from bridge.config.settings import Secret, Settings
from bridge.config.vendor import Vendor, target_table
from bridge.config.vendors import VENDORS
from bridge.errors import BridgeError, ConfigProblem
from bridge.model import Client, Source, SourceCampaign
from bridge.reports.text import plain

_MOST_SHOWN = 30

client = group()


@client.callback()
def _root() -> None:
    """Several clients in one installation: list them, add one.

    Example: `leadbridge client add acme`
    """


@client.command(name="list")
def list_(context: typer.Context, *, as_json: Json = False) -> None:
    """Show every client with its routes, and which keys it has. Calls no vendor.

    Example: `leadbridge client list`
    """
    session = session_of(context)
    clients = session.configuration.clients
    keys = {one.name: [vendor.name for vendor in _keyed(session.settings.of_client(one))] for one in clients}
    routes = {one.name: [route.name for route in session.configuration.of(one.name).routes] for one in clients}
    if as_json:
        rows = [
            {"client": one.name, "env": one.env, "keys": keys[one.name], "routes": routes[one.name]} for one in clients
        ]
        show.print_json({"clients": rows})
        return
    heads = [("client", "<"), ("prefix", "<"), ("keys", "<"), ("routes", ">")]
    cells = [
        [one.name, one.env or "none", ", ".join(keys[one.name]) or "none", str(len(routes[one.name]))]
        for one in clients
    ]
    show.table(show.out(), heads, cells)


def _keyed(settings: Settings) -> list[Vendor]:
    """The vendors that the client has a key for."""
    return [vendor for vendor in VENDORS.values() if vendor.variables and settings.key_of(vendor)]


@client.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, - and _.")],
    env: Annotated[str, typer.Option("--env", metavar="PREFIX", help="Default: the name in capitals, and _.")] = "",
    target: Annotated[
        str, typer.Option("--target", metavar="KEY=NAME", help='Such as instantly_campaign="Fitness Q4".')
    ] = "",
    route: Annotated[str, typer.Option("--route", metavar="NAME", help="Name of the first route.")] = "leads",
    campaign: Annotated[
        list[str] | None, typer.Option("--campaign", metavar="ID", help="Only this source campaign; default: all.")
    ] = None,
    *,
    yes: Yes = False,
) -> None:
    """Add a client: ask for its keys, show what they open, choose its campaigns and target, write its file, check it.

    Keys that are set in the environment or in `.env` are not asked for.

    Example: `leadbridge client add acme --target instantly_campaign="Fitness Q4"`
    """
    session = session_of(context)
    adding = _Adding(session, _client(session, name, env), None if yes else consent.terminal())
    keys = adding.keys()
    settings = adding.settings(keys)
    with App(settings, Configuration((), clients=(adding.client,))) as app:
        found = adding.open(app)
        ids = campaign or adding.choose_campaigns(found)
        aim = adding.choose_target(app, target)
    titles = {one.id: one.title for one in found}
    new = writing.NewClient(adding.client, route, aim, {one: titles.get(one, one) for one in ids})
    for line in adding.write(new, keys):
        show.say(show.out(), line)
    raise typer.Exit(_check(session, adding.client))


@dataclass
class _Adding:
    """One execution of `client add`. `console` is where a person can be asked, None where there is none."""

    session: Session
    client: Client
    console: Console | None

    def keys(self) -> dict[str, str]:
        """The keys that were typed, by their variables. Raises ConfigProblem where none is set and none is typed."""
        there = self.session.settings.of_client(self.client)
        typed: dict[str, str] = {}
        for vendor in VENDORS.values():
            if not vendor.variables:
                continue
            variable = f"{self.client.env}{vendor.secrets[0]}"
            if there.key_of(vendor):
                show.say(show.out(), f"{vendor.title}: {variable} is set.")
            elif self.console is not None:
                question = f"{vendor.title}: {variable} (Enter for none; it is not shown) "
                key = self.console.input(question, markup=False, password=True).strip()
                typed |= {variable: key} if key else {}
        if not typed and not _keyed(there):
            names = ", ".join(self.client.env + vendor.secrets[0] for vendor in VENDORS.values() if vendor.secrets)
            raise ConfigProblem(
                f'Client "{self.client.name}" has no key. Nothing was written.',
                hint=f"Set what it has of these, in the environment or in {there.folder / '.env'}: {names}.",
            )
        return typed

    def settings(self, keys: dict[str, str]) -> Settings:
        """The client's settings with what was typed."""
        settings = self.session.settings.of_client(self.client)
        vendors = dict(settings.vendors) | {
            name.removeprefix(self.client.env): Secret(key) for name, key in keys.items()
        }
        return settings.with_vendors(vendors)

    def open(self, app: App) -> list[SourceCampaign]:
        """Show what each key opens; the finished source campaigns."""
        campaigns: list[SourceCampaign] = []
        for vendor in _keyed(app.settings):
            for line in _opens(app, vendor, campaigns):
                show.say(show.out(), line)
        return campaigns

    def choose_campaigns(self, found: list[SourceCampaign]) -> list[str]:
        """The ids that the operator picks; none = all, also later ones."""
        if self.console is None or not found:
            return []
        for number, one in enumerate(found[:_MOST_SHOWN], 1):
            show.say(self.console, f"{number:>3}  {plain(one.title, 60)}")
        while True:
            typed = self.console.input("Which campaigns? Numbers, or Enter for all, also later ones: ", markup=False)
            picked = writing.chosen(typed, min(len(found), _MOST_SHOWN))
            if picked is not None:
                return [found[position].id for position in picked]
            show.say(self.console, "Write numbers of the list, such as 1, 3-5.")

    def choose_target(self, app: App, given: str) -> tuple[str, str]:
        """The key and the name of the target. Raises ConfigProblem where there is none."""
        known = target_table(VENDORS.values()).kinds()
        if given or self.console is None:
            key, equals, name = given.partition("=")
            if key.strip() not in known or not equals or not name.strip():
                raise ConfigProblem(
                    f"--target {given or 'is missing'}: it must be KEY=NAME. Nothing was written.",
                    hint=f"The keys are {', '.join(known)}.",
                )
            return key.strip(), name.strip().strip("\"'")
        listed = list(_targets(app))[:_MOST_SHOWN]
        if not listed:
            raise ConfigProblem("These keys show no target.", hint="Name it: --target instantly_campaign=NAME")
        for number, (key, name) in enumerate(listed, 1):
            show.say(self.console, f"{number:>3}  {key} = {plain(name, 60)}")
        while True:
            typed = self.console.input("Where to? One number: ", markup=False)
            picked = writing.chosen(typed, len(listed))
            if picked and len(picked) == 1:
                return listed[picked[0]]

    def write(self, new: writing.NewClient, keys: dict[str, str]) -> Iterator[str]:
        """Write the client's file, its lines of `.env`, and the include of bridge.toml; what was done."""
        settings = self.session.settings
        config, secrets = settings.config or settings.folder / "bridge.toml", settings.folder / ".env"
        with ignored(ConfigProblem):
            config = settings.config_file()
        file = config.parent / "clients" / f"{new.client.name}.toml"
        if file.exists():
            raise ConfigProblem(f"{file} already exists: nothing was written.", hint="Choose another name.")
        if self.console is not None:
            show.say(self.console, new.file())
            consent.insist(self.console, f"Write this to {file}?", "Nothing was written.")
        file.parent.mkdir(parents=True, exist_ok=True)
        if keys:
            text = secrets.read_text(encoding="utf-8") if secrets.exists() else ""
            Output(secrets, "", force=True).write(writing.appended(text, writing.dotenv(keys)))
            yield f"{secrets}: {len(keys)} keys added."
        Output(file, "").write(new.file())
        yield f"{file} written."
        text = config.read_text(encoding="utf-8") if config.exists() else ""
        if file not in _files(config):
            Output(config, "", force=True).write(writing.appended(text, writing.include()))
            yield f"{config}: [[include]] added."


def _files(config: Path) -> list[Path]:
    from bridge.config.file import files_of  # noqa: PLC0415 - only where a file was written

    return files_of(config)


def _client(session: Session, name: str, env: str) -> Client:
    """The new client. Raises ConfigProblem for a name or a prefix that cannot be."""
    prefix = env or re.sub(r"[^A-Z0-9]+", "_", name.upper()) + "_"
    try:
        new = Client(read_client(name), read_prefix(prefix))
    except UnfitError as error:
        raise ConfigProblem(f"{name}: it {error}.", hint="Nothing was written.") from None
    known: tuple[Client, ...] = ()
    with ignored(ConfigProblem):  # an installation may begin with its first client
        known = session.configuration.clients
    if any(new.name.casefold() == one.name.casefold() for one in known):
        raise ConfigProblem(f'There is a client "{new.name}" already.', hint="leadbridge client list shows them.")
    return new


def _opens(app: App, vendor: Vendor, campaigns: list[SourceCampaign]) -> Iterator[str]:
    """What the key of a vendor opens; `campaigns` gets the source campaigns. Trouble is a line too."""
    try:
        if vendor.sources is not None:
            source = app.looked_at(Source(vendor.name))
            account = source.account()
            campaigns += source.campaigns(Source(vendor.name))
            balance = "" if account.credits is None else f", {account.credits:,.0f} credits"
            yield f"{vendor.title}: {len(campaigns)} finished campaigns{balance}"
        else:
            count = sum(1 for _ in _targets(app, vendor.name))
            yield f"{vendor.title}: {count} targets" if count else f"{vendor.title}: key set"
    except BridgeError as error:
        yield f"{vendor.title}: {error}"


def _targets(app: App, only: str = "") -> Iterator[tuple[str, str]]:
    """The key and the name of every target that the client's keys open, where a vendor lists them."""
    for vendor in VENDORS.values():
        listing = getattr(vendor.code(), "targets", None) if app.settings.key_of(vendor) else None
        if listing is not None and only in {"", vendor.name}:
            yield from listing(app.client(vendor))


def _check(session: Session, new: Client) -> int:
    """Run the checkup of this client alone; its exit code."""
    again = Session(session.config, new.name)
    found: list[checkup.Finding] = []
    with again.app(patience=PATIENCE) as app:
        for finding in checkup.run(app, new.name):
            found.append(finding)
            show_finding(show.out(), finding)
    code = verdict(found)
    if code == 0:
        show.say(show.out(), closing(sum(finding.level == "warn" for finding in found)))
    return code
