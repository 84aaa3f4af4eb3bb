"""Keeps a second ledger from being made unnoticed, where an earlier version kept this bridge.toml's in another folder.

Earlier versions took the ledger's relative path from the current folder, wherever bridge.toml was. Changes nothing.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bridge import ledger
from bridge.cli.terminal import show
from bridge.config.home import lexical
from bridge.config.settings import Settings, read_settings
from bridge.errors import BridgeError, ConfigProblem

if TYPE_CHECKING:
    from bridge.config import Configuration


def note(settings: Settings) -> None:
    """Say on stderr which ledger is used, where the current folder holds another one."""
    for other, _ in _others(settings):
        show.say(show.err(), f"The ledger is {_own(settings)}. {other} belongs to another bridge.toml and is not used.")


def refuse_second(settings: Settings, configuration: "Configuration") -> None:
    """Raises ConfigProblem where a new ledger would be made although an older one knows these routes.

    A ledger that the bridge.toml beside it explains is that file's: then a new one is right.
    """
    own = _own(settings)
    if own.exists():
        return
    names = {route.name for route in configuration.routes}
    for other, known in _others(settings):
        beside = _configured(other, settings)
        if beside is None or (names & known) - beside:
            raise ConfigProblem(
                f"The ledger of {settings.config_file()} is {own}, which does not exist; {other} does, and earlier "
                "versions of leadbridge used it from this folder. A new ledger would not know who was sent.",
                hint=f"If it belongs to this bridge.toml, stop every run and move it: mkdir -p {own.parent} && "
                f"mv {other}* {own.parent}/. "
                f"If not, create a new one: leadbridge --config {settings.config_file()} db upgrade",
            )


def _own(settings: Settings) -> Path:
    return settings.folder / settings.ledger_file


def _others(settings: Settings) -> Iterator[tuple[Path, frozenset[str]]]:
    """Each other ledger that was, or would be, found by the same relative path, and the routes it knows."""
    if not settings.ledger_file or Path(settings.ledger_file).is_absolute():
        return
    folders = [Path.cwd(), settings.folder / "config"]
    folders += [settings.folder.parent] if settings.folder.name == "config" else []
    for path in dict.fromkeys(lexical(folder / settings.ledger_file) for folder in folders):
        routes = _routes(path)
        if path != _own(settings) and routes is not None:
            yield path, routes


def _routes(path: Path) -> frozenset[str] | None:
    """The routes that a ledger knows; None where the file is no ledger, or cannot be read."""
    if not path.is_file():
        return None
    db = ledger.Database(f"sqlite:///{path}", to_read=True)
    try:
        return frozenset(ledger.route_names(db))
    except BridgeError:
        return None
    finally:
        db.close()


def _configured(db: Path, settings: Settings) -> frozenset[str] | None:
    """The routes of the other bridge.toml that this ledger belongs to; None where there is none that can be read."""
    from bridge.config import load  # noqa: PLC0415 - pydantic, 80 ms, for the few folders with two ledgers

    folder = Path(str(db).removesuffix(settings.ledger_file))
    try:
        other = read_settings({}, folder)
        if other.config == settings.config:
            return None
        return frozenset(route.name for route in load(other.config_file()).routes)
    except ConfigProblem:
        return None
