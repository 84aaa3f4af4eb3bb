"""The frozen values that bridge.toml stands for, beside the model's routes. Reads nothing."""

from dataclasses import dataclass

from bridge.model import Route


@dataclass(frozen=True, slots=True)
class Http:
    """Where the daemon answers for its health."""

    host: str = "127.0.0.1"
    port: int = 8787


@dataclass(frozen=True, slots=True)
class InstantlyPace:
    """How fast to ask Instantly."""

    requests_per_second: int = 20
    requests_per_minute: int = 600
    at_once: int = 4


@dataclass(frozen=True, slots=True)
class ScravioPace:
    """How many pages to read from Scravio at the same time."""

    at_once: int = 4


@dataclass(frozen=True, slots=True)
class Privacy:
    """How long facts are kept, in days."""

    keep_facts_days: int = 90


@dataclass(frozen=True, slots=True)
class Guard:
    """When to stop because the world looks absurd."""

    allow_empty_sweep: bool = False


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that bridge.toml says, checked; the routes in the order of the file."""

    routes: tuple[Route, ...]
    http: Http = Http()
    instantly: InstantlyPace = InstantlyPace()
    scravio: ScravioPace = ScravioPace()
    privacy: Privacy = Privacy()
    guard: Guard = Guard()
