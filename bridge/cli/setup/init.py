"""`leadbridge init`: asks what the first route needs, shows its preview, and writes the files. Never overwrites one.

Without a terminal, or with `--plain`, it writes the commented examples as they are.
"""

import shlex
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bridge import preview as play
from bridge.app import App
from bridge.cli import failures
from bridge.cli.running import preview
from bridge.cli.session import Session, session_of
from bridge.cli.setup import questions
from bridge.cli.setup.interview import Interview, merged
from bridge.cli.setup.keys import keyed
from bridge.cli.setup.typed import command
from bridge.cli.terminal import consent, show
from bridge.cli.terminal.output import Output
from bridge.config import Configuration, Settings, load, schema
from bridge.config.vendor_tables import target_table
from bridge.config.vendors import VENDORS
from bridge.config.writing import appended, with_keys
from bridge.errors import BridgeError, ConfigProblem
from bridge.lazy import dataclass
from bridge.model import Client

_PACKAGED = Path(__file__).parent / "starter"
_SOURCE_TREE = Path(__file__).parents[3] / "config"

NEXT = (
    "1. Put your API keys into {secrets}: Scravio's, and that of each vendor you send to. Let no other user read it.",
    "2. Name your target in {config}, under [[routes]] … target: {targets}.",
    "3. {command} check    are the keys, the target and the plan OK?",
    "4. {command} preview  what would be sent? Nothing is sent yet.",
    "5. {command} sync     send.",
)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the files go. `command` is how leadbridge is called with them."""

    config: Path
    secrets: Path
    command: str


def init(
    context: typer.Context,
    *,
    route: Annotated[bool, typer.Option("--route", help="Add a route to the bridge.toml that is there.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Ask nothing: write the commented examples.")] = False,
) -> None:
    """Set up this folder: ask for keys, campaigns, target and rules, show a preview, write bridge.toml and .env.

    Existing files are never overwritten: `--route` adds a route to bridge.toml. Without a terminal, or with `--plain`,
    nothing is asked, and both files are written with comments, to be filled in. A path that --config or BRIDGE_CONFIG
    names is where bridge.toml goes, with .env in the same folder.

    Example: `leadbridge init`
    """
    session = session_of(context)
    settings = session.settings
    config = settings.config or settings.folder / "bridge.toml"
    typed = command() + (f" --config {shlex.quote(str(session.config.resolve()))}" if session.config else "")
    places = _Places(config, settings.folder / ".env", typed)
    console = None if plain else consent.terminal()
    if route:
        if console is None:
            raise ConfigProblem(
                "`init --route` asks questions, so it needs a terminal.", hint=f"Add a [[routes]] to {config}."
            )
        with questions.stoppable(console):
            _add_route(console, session, places)
    elif console is None or config.exists():
        _write_examples(places)
        if console is not None:
            show.say(console, f"To add a route: {typed} init --route")
    else:
        with questions.stoppable(console):
            _interview(console, settings, places)


def _interview(console: Console, settings: Settings, places: _Places) -> None:
    """The first route and both files."""
    show.say(console, f"This sets up leadbridge in {settings.folder}. Ctrl-C stops it at any question.")
    show.say(console, "It sends nothing, and nothing is written before the last question.")
    talk = Interview(Client(), settings, console)
    _ask_keys(console, talk)
    source, target = talk.source(), talk.target()
    new = merged(talk.name(target, ()), "", source, target, talk.rules(target))
    text = new.filled(_starter("bridge.toml", "bridge.example.toml"))
    _foresee(console, talk, load(places.config, text), str(new.values["name"]))
    consent.insist(console, f"Write {places.config} and {places.secrets}?", "Nothing was written.")
    existing = (
        places.secrets.read_text(encoding="utf-8") if places.secrets.exists() else _starter(".env", ".env.example")
    )
    _replace(places.secrets, with_keys(existing, talk.typed))
    show.say(console, f"{places.secrets} written; other users may not read it.")
    show.say(console, _put(places.config, text))
    show.say(console, _put(places.config.parent / schema.NAME, schema.text()))
    _close(console, places, str(new.values["name"]))


def _add_route(console: Console, session: Session, places: _Places) -> None:
    """One more route at the end of bridge.toml; everything else in it stays as it is."""
    configuration = session.configuration
    config = session.settings.config_file()
    client = _client(console, session, configuration)
    talk = Interview(client, session.settings.of_client(client), console)
    _ask_keys(console, talk)
    source, target = talk.source(), talk.target()
    several = configuration.clients != (Client(),)
    taken = [one.name.removeprefix(f"{client.name}/") for one in configuration.routes if one.client == client.name]
    name = talk.name(target, taken)
    new = merged(name, client.name if several else "", source, target, talk.rules(target))
    text = appended(config.read_text(encoding="utf-8"), new.text())
    try:
        after = load(config, text)
    except ConfigProblem as error:
        show.say(console, new.text())
        raise ConfigProblem(f"This route cannot stand at the end of {config}.", hint=str(error)) from None
    _foresee(console, talk, after, client.route(name))
    show.say(console, new.text(), style="bold")
    consent.insist(console, f"Add this to {config}?", "Nothing was written.")
    if talk.typed:
        written = places.secrets.read_text(encoding="utf-8") if places.secrets.exists() else ""
        _replace(places.secrets, with_keys(written, talk.typed))
    _replace(config, text)
    show.say(console, f"{config}: route {name} added.")
    _close(console, places, client.route(name))


def _client(console: Console, session: Session, configuration: Configuration) -> Client:
    """Whose route it is: named by --client, the only one, or asked for."""
    clients = configuration.clients
    names = [one.name for one in clients]
    if session.client or len(names) == 1:
        return clients[names.index(session.client or names[0])]
    picked = questions.pick(console, names, "For which client? One number:", one=True)
    return clients[int(picked[0])]


def _ask_keys(console: Console, talk: Interview) -> None:
    """The keys, until there is one of a vendor to send to."""
    talk.keys()
    while not any(vendor.targets is not None for vendor in keyed(talk.settings)):
        titles = [vendor.title for vendor in VENDORS.values() if vendor.targets is not None]
        show.say(console, f"One key of {', '.join(titles[:-1])} or {titles[-1]} is needed.", style="yellow")
        talk.keys()


def _foresee(console: Console, talk: Interview, configuration: Configuration, name: str) -> None:
    """The preview of the new route; trouble in it is shown, and Ctrl-C skips it."""
    routes = [route for route in configuration.routes if route.name == name]
    try:
        waiting = console.status("Reading the leads for a preview; Ctrl-C skips it …")
        with waiting, App(talk.settings, configuration) as app:
            found = play.run(app, routes, 1)
    except KeyboardInterrupt as stopped:
        if isinstance(stopped, failures.Stopped):
            raise
        show.say(console, "The preview was skipped.")
        return
    except BridgeError as error:
        show.say(console, f"No preview: {error}", style="yellow")
        return
    for one in found:
        preview.show_route(console, one, request=False)


def _close(console: Console, places: _Places, name: str) -> None:
    show.say(console, "Next:", style="bold")
    show.paste(console, f"{places.command} sync {shlex.quote(name)} --limit 50")
    show.say(console, "It shows how many leads it would send, and asks before it sends the first ones.")


def _write_examples(places: _Places) -> None:
    console = show.out()
    show.say(console, _put(places.config, _starter("bridge.toml", "bridge.example.toml")))
    show.say(console, _put(places.config.parent / schema.NAME, schema.text()))
    show.say(console, _put(places.secrets, _starter(".env", ".env.example")))
    show.say(console, "")
    show.say(console, "Next:", style="bold")
    targets = " or ".join(target_table(VENDORS.values()).kinds())
    for step in NEXT:
        said = step.format(config=places.config, secrets=places.secrets, targets=targets, command=places.command)
        show.say(console, said, indent=2)


def _starter(packaged: str, in_tree: str) -> str:
    """The example's text: the wheel carries it beside this module, the source tree in `config/`."""
    inside = _PACKAGED / packaged
    return (inside if inside.exists() else _SOURCE_TREE / in_tree).read_text(encoding="utf-8")


def _put(path: Path, text: str) -> str:
    """Write the file unless there is one; what was done."""
    if path.exists() or path.is_symlink():
        return f"{path} already exists: not changed."
    _replace(path, text)
    return f"{path} written."


def _replace(path: Path, text: str) -> None:
    with suppress(OSError):  # what prevents the folder prevents the file too, which says so
        path.parent.mkdir(parents=True, exist_ok=True)
    Output(path, "", force=True, like=path).write(text)
