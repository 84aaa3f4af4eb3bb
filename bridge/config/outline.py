"""The routes and clients of an unchanged bridge.toml without judging it again: as it was accepted last.

To judge the file takes pydantic and 80 ms, more than all else of a `leadbridge status`. What writes the ledger has
judged it, and keeps there what it says, with a digest of the texts (`kept`). Verbs that only look take it from there
while the digest is right (`recalled`). In every other case the file is read whole, which alone says what is wrong.

No name of the file of overrides is kept, and no secret: bridge.toml holds none.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bridge import __version__
from bridge.config.environment import read_text_file
from bridge.config.values import as_json, from_json
from bridge.errors import ConfigProblem
from bridge.lazy import dataclass
from bridge.model import Client, Route

KEPT = ("bridge.toml", "outline")
"""Under whose name, and which, the ledger keeps it."""

_HOME = Path(__file__).parents[1]
_ROOMS = ("config", "config/vendor_tables", "model")


@dataclass(frozen=True, slots=True)
class Outline:
    """The routes in the order of the file, and the clients. `digest` is that of the texts they were read from.

    `include` are the patterns of further files; `overrides` is the path of the names of profiles, "" for none.
    """

    routes: tuple[Route, ...]
    clients: tuple[Client, ...]
    digest: str = ""
    include: tuple[str, ...] = ()
    overrides: str = ""

    def kept(self) -> Mapping[str, Any]:
        """The same as JSON, without the names of profiles."""
        routes = tuple(replace(one, overrides={}) for one in self.routes)
        return {
            "routes": as_json(routes),
            "clients": as_json(self.clients),
            "digest": self.digest,
            "include": list(self.include),
            "overrides": self.overrides,
        }


def recalled(kept: Mapping[str, Any], path: Path) -> Outline | None:
    """What was kept of this bridge.toml; None unless the file and all that it includes are as they were then."""
    try:
        files = [path, *(file for pattern in kept["include"] for file in included(pattern, path))]
        if digest({file: text_of(file) for file in files}) != kept["digest"]:
            return None
        routes = with_names(from_json(kept["routes"]), path, kept["overrides"])
        for zone in {zone for route in routes for zone in _zones(route)}:
            ZoneInfo(zone)  # the time zones are files of the system, which may have gone
        return Outline(routes, from_json(kept["clients"]))
    except (ConfigProblem, OSError, LookupError, TypeError, ValueError):
        return None


def digest(texts: Mapping[Path, str]) -> str:
    """That of the files with their texts, and of this very program: another one may read them in another way."""
    made = blake2b(__version__.encode(), digest_size=16)
    for room in _ROOMS:
        for module in sorted(os.scandir(_HOME / room), key=lambda one: one.name):
            if module.name.endswith(".py"):
                made.update(f"{module.name} {module.stat().st_mtime_ns}\n".encode())
    for file, text in texts.items():
        made.update(f"{file}\n{len(text)}\n{text}".encode(errors="surrogateescape"))
    return made.hexdigest()


def text_of(path: Path) -> str:
    """The text of bridge.toml or of a file that it includes. Raises ConfigProblem."""
    hint = "Run `leadbridge init` to write one, or set BRIDGE_CONFIG to its path."
    missing = ConfigProblem(f"{path} does not exist.", hint=hint)
    return read_text_file(path, missing=missing, how_to_save="Save it as UTF-8 in your editor.")


def included(pattern: str, path: Path) -> list[Path]:
    """The files that a pattern of `[[include]]` names, in the order of their names."""
    from glob import iglob  # noqa: PLC0415 - a `status` without [[include]] is not to load it

    # Path.glob takes no absolute pattern.
    return [path.parent / name for name in sorted(iglob(pattern, root_dir=path.parent, recursive=True))]  # noqa: PTH207


def with_names(routes: Iterable[Route], path: Path, overrides: str) -> tuple[Route, ...]:
    """The routes with the names of the file of overrides, if there is one. Raises ConfigProblem."""
    if not overrides:
        return tuple(routes)
    from bridge.config.overrides import read_overrides  # noqa: PLC0415 - see above

    names = read_overrides(path.parent / overrides)
    return tuple(replace(route, overrides=names) for route in routes)


def _zones(route: Route) -> set[Any]:
    return {route.schedule.timezone, dict(route.target.options).get("timezone")} - {"", None}
