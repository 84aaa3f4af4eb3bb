"""What `leadbridge client add` does: keys, targets and campaigns of a new client, its file, its lines elsewhere."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress as ignored
from pathlib import Path

import typer

from bridge.cli.session import Session
from bridge.cli.setup import questions
from bridge.cli.setup.check import checked
from bridge.cli.setup.interview import Answers, Interview, merged, read_target
from bridge.cli.setup.keys import keyed
from bridge.cli.terminal import consent, show
from bridge.cli.terminal.output import Output
from bridge.config import schema, writing
from bridge.config.readers import UnfitError, read_client, read_prefix
from bridge.config.vendor_tables import target_table
from bridge.config.vendors import VENDORS
from bridge.config.writing import NewRoute
from bridge.errors import ConfigProblem
from bridge.model import Client


def add(
    session: Session, name: str, env: str, target: str, route: str, campaign: Sequence[str] | None, *, yes: bool
) -> None:
    """Ask, write and check. Raises ConfigProblem, and Exit with what the check says."""
    new = _client(session, name, env)
    console = None if yes else consent.terminal()
    talk = Interview(new, session.settings.of_client(new), console)
    with questions.stoppable(console or show.err()):
        talk.keys()
        _need_key(talk)
        known = target_table(VENDORS.values()).kinds()
        titles = {one.id: one.title for one in talk.campaigns}
        named = [titles.get(one, one) for one in campaign or ()]
        source = NewRoute({"source.id": campaign}, {"source.id": named}) if campaign else talk.source()
        aim = _target(target, list(known)) if target or console is None else talk.target()
        for line in _write(session, talk, merged(route, new.name, source, aim)):
            show.say(show.out(), line)
    raise typer.Exit(checked(Session(session.config, new.name))[0])


def _need_key(talk: Interview) -> None:
    """Raise ConfigProblem where no key is set and none was typed."""
    if not keyed(talk.settings):
        names = ", ".join(talk.client.env + vendor.secrets[0] for vendor in VENDORS.values() if vendor.secrets)
        raise ConfigProblem(
            f'Client "{talk.client.name}" has no key. Nothing was written.',
            hint=f"Set what it has of these, in the environment or in {talk.settings.folder / '.env'}: {names}.",
        )


def _target(given: str, known: list[str]) -> Answers:
    """What --target says. Raises ConfigProblem."""
    try:
        return read_target(given, known)
    except UnfitError:
        raise ConfigProblem(
            f"--target {given or 'is missing'}: it must be KEY=NAME. Nothing was written.",
            hint=f"The keys are {', '.join(known)}.",
        ) from None


def _write(session: Session, talk: Interview, new: NewRoute) -> Iterator[str]:
    """Write the client's file, its lines of `.env`, and the include of bridge.toml; what was done."""
    settings = session.settings
    config, secrets = settings.config or settings.folder / "bridge.toml", settings.folder / ".env"
    with ignored(ConfigProblem):
        config = settings.config_file()
    file = config.parent / "clients" / f"{talk.client.name}.toml"
    if file.exists():
        raise ConfigProblem(f"{file} already exists: nothing was written.", hint="Choose another name.")
    whole = f"#:schema ../{schema.NAME}\n{writing.client_table(talk.client)}\n{new.text()}"
    if talk.console is not None:
        show.say(talk.console, whole)
        consent.insist(talk.console, f"Write this to {file}?", "Nothing was written.")
    file.parent.mkdir(parents=True, exist_ok=True)
    if talk.typed:
        text = secrets.read_text(encoding="utf-8") if secrets.exists() else ""
        Output(secrets, "", force=True, like=secrets).write(writing.with_keys(text, talk.typed))
        yield f"{secrets}: {len(talk.typed)} keys added."
    Output(file, "", like=config).write(whole)
    yield f"{file} written."
    text = config.read_text(encoding="utf-8") if config.exists() else ""
    if file not in _files(config):
        Output(config, "", force=True, like=config).write(writing.appended(text, writing.include()))
        yield f"{config}: [[include]] added."
    if talk.typed:
        yield "A daemon that is running reads the new keys once it is started again."
    beside = config.parent / schema.NAME
    if not beside.exists():
        Output(beside, "").write(schema.text())
        yield f"{beside} written."


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
