"""Which bridge.toml is used, and the folder that its `.env`, its relative paths and its ledger belong to.

That folder never depends on where the command was started: one bridge.toml has one set of keys and one ledger.
"""

import re
from collections.abc import Mapping
from os.path import abspath
from pathlib import Path

from bridge.config.environment import open_environment
from bridge.errors import ConfigProblem
from bridge.lazy import dataclass

CONFIG_PLACES = (Path("config/bridge.toml"), Path("bridge.toml"))
_RELATIVE_SQLITE = re.compile(r"(?P<scheme>sqlite(?:\+\w+)?):///(?P<path>(?!/|:memory:|file:)[^?]+)(?P<query>\?.*)?")


def lexical(path: Path) -> Path:
    """Absolute, without `..`; a link stays a link: a linked bridge.toml belongs to the folder it was named in."""
    return Path(abspath(path))  # noqa: PTH100 - resolve() would follow the link


@dataclass(frozen=True, slots=True)
class Home:
    """Absolute paths. `config` is None where no bridge.toml is named and none is found."""

    folder: Path
    config: Path | None = None


def find_home(process: Mapping[str, str], here: Path, named: Path | None) -> Home:
    """The home of the bridge.toml that `named` (--config), BRIDGE_CONFIG or a default place gives.

    These are relative to `here`, the current folder. Raises ConfigProblem where the `.env` of `here` names a
    bridge.toml of another folder, whose keys stand in another `.env`.
    """
    variable = Path(process.get("BRIDGE_CONFIG", "").strip().strip("\"'"))
    config = named or (variable if variable != Path() else None)
    if config is not None:
        return _home_of(here / config)
    home = Home(lexical(here))
    written = open_environment({}, home.folder).text("BRIDGE_CONFIG")
    if written:
        found = _home_of(here / written)
        if found.folder != home.folder:
            raise ConfigProblem(
                f"{home.folder / '.env'} sets BRIDGE_CONFIG to {found.config}, which uses the keys of "
                f"{found.folder / '.env'}.",
                hint="Remove that line, and name the file with --config or with BRIDGE_CONFIG in the environment.",
            )
        return found
    existing = next((here / place for place in CONFIG_PLACES if (here / place).exists()), None)
    return home if existing is None else _home_of(existing)


def _home_of(config: Path) -> Home:
    """The file's own folder; for `config/bridge.toml` the folder around it, unless `config` has `.env` or `data`."""
    path = lexical(config)
    folder = path.parent
    if folder.name == "config" and not any((folder / name).exists() for name in (".env", "data")):
        folder = folder.parent
    return Home(folder, path)


def relative_ledger(url: str) -> str:
    """The path of a SQLite file that the address gives relative to the home; "" for every other address."""
    match = _RELATIVE_SQLITE.fullmatch(url)
    return match["path"] if match else ""


def absolute_ledger(url: str, folder: Path) -> str:
    """The same address with its relative path put into `folder`. Raises ConfigProblem where it cannot be written so."""
    match = _RELATIVE_SQLITE.fullmatch(url)
    if match is None:
        return url
    path = str(lexical(folder / match["path"]))
    if "?" in path:
        raise ConfigProblem(
            f"The ledger {path} cannot be opened: a database address cannot hold a question mark.",
            hint="Rename the folder, or set BRIDGE_DATABASE_URL to another place.",
        )
    return f"{match['scheme']}:///{path}{match['query'] or ''}"
