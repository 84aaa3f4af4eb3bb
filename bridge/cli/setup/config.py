"""`leadbridge config`: what is in force and where it comes from, and the schema of bridge.toml. Calls no vendor."""

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from bridge.cli.options import Json, Routes, group
from bridge.cli.session import Session, session_of
from bridge.cli.terminal import show
from bridge.config import schema as editors
from bridge.config.origins import DEFAULT, Section, Value, sections, variables
from bridge.config.writing import toml

_LEDGER = "BRIDGE_DATABASE_URL"
_HEADS = (("key", "<"), ("value", "<"), ("from", "<"))

config = group()


@config.callback()
def _root() -> None:
    """Show what is in force and where each value comes from; print the JSON schema of bridge.toml.

    Example: `leadbridge config show --changed`
    """


@config.command()
def schema() -> None:
    """Print the JSON schema of bridge.toml, which editors and taplo read.

    `leadbridge init` writes it beside bridge.toml; after an update of leadbridge, write it again.

    Example: `leadbridge config schema > bridge.schema.json`
    """
    sys.stdout.write(editors.text())


@config.command(name="show")
def show_(
    context: typer.Context,
    routes: Routes = None,
    *,
    changed: Annotated[bool, typer.Option("--changed", help="Leave out the defaults.")] = False,
    as_json: Json = False,
) -> None:
    """Show every value that is in force, and where it comes from: default, file and line, variable, `.env`.

    Keys and other secrets are shown as set or not set only. With ROUTE, only these routes.

    Example: `leadbridge config show fitness --changed`
    """
    session = session_of(context)
    chosen = [route.name for route in session.routes(routes)]
    found = [
        one
        for one in sections(session.settings, session.configuration)
        if (one.name in chosen if one.kind == "routes" else not routes)
    ]
    clients = tuple(one for one in session.configuration.clients if session.client in {"", one.name})
    some = [] if routes else [_ledger(session, one) for one in variables(session.settings, clients)]
    if as_json:
        show.print_json(_document(session, some, found))
        return
    for file in session.configuration.files:
        show.say(show.out(), f"Configuration: {file}")
    show.say(show.out(), f"Variables: the environment, then {session.settings.folder / '.env'}")
    _table("Variables", some, changed=changed)
    for section in found:
        _table(_title(section), section.values, changed=changed)


def _ledger(session: Session, value: Value) -> Value:
    """The address of the ledger without its password; every other secret stays as it is."""
    return Value(value.key, session.database, value.origin) if value.key == _LEDGER else value


def _title(section: Section) -> str:
    words = {"routes": "[[routes]]", "clients": "[[clients]]", "include": "[[include]]"}
    return f"{words.get(section.kind, f'[{section.kind}]')} {section.name}".rstrip()


def _table(title: str, values: Sequence[Value], *, changed: bool) -> None:
    rows = [
        [one.key, "not set" if one.value is None else one.value if one.value == "set" else toml(one.value), one.origin]
        for one in values
        if not (changed and one.origin == DEFAULT)
    ]
    if rows:
        show.say(show.out(), f"\n{title}", style="bold")
        show.table(show.out(), _HEADS, rows)


def _document(session: Session, some: Sequence[Value], found: Sequence[Section]) -> dict[str, Any]:
    def listed(values: Sequence[Value]) -> list[dict[str, Any]]:
        return [{"key": one.key, "value": one.value, "from": one.origin} for one in values]

    return {
        "files": [str(file) for file in session.configuration.files],
        "env_file": str(session.settings.folder / ".env"),
        "variables": listed(some),
        "tables": [{"table": one.kind, "name": one.name, "values": listed(one.values)} for one in found],
    }
