"""The frozen values that bridge.toml stands for, beside the model's routes. Reads nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bridge.model import Route


@dataclass(frozen=True, slots=True)
class Http:
    """Where the daemon answers for its health, and under which names beside localhost and its addresses."""

    host: str = "127.0.0.1"
    port: int = 8787
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Daemon:
    """How the daemon ends."""

    stop_within: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class InstantlyPace:
    """How fast to ask Instantly, and how long one request that only reads may take."""

    requests_per_second: int = 20
    requests_per_minute: int = 600
    at_once: int = 4
    read_timeout: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class ScravioPace:
    """How many pages to read from Scravio at the same time, and whether by pages or by its exports."""

    at_once: int = 4
    extract: Literal["pages", "export", "auto"] = "pages"
    read_timeout: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Privacy:
    """How long facts are kept, in days, and whether suppressed addresses stand beside their hashes."""

    keep_facts_days: int = 90
    suppression_storage: Literal["plain", "hashed"] = "plain"


@dataclass(frozen=True, slots=True)
class Guard:
    """When to stop because the world looks absurd."""

    allow_empty_sweep: bool = False


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that bridge.toml says, checked; the routes in the order of the file. `overrides` is a path, "" for none."""

    routes: tuple[Route, ...]
    http: Http = Http()
    daemon: Daemon = Daemon()
    instantly: InstantlyPace = InstantlyPace()
    scravio: ScravioPace = ScravioPace()
    privacy: Privacy = Privacy()
    overrides: str = ""
    guard: Guard = Guard()
