"""The frozen values that bridge.toml stands for, beside the model's routes. Reads nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, TypeVar

from bridge.config.vendor import PaceTable
from bridge.config.vendors import VENDORS
from bridge.model import Route

P = TypeVar("P", bound=PaceTable)


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
class Privacy:
    """How long facts are kept, in days, and whether suppressed addresses stand beside their hashes."""

    keep_facts_days: int = 90
    suppression_storage: Literal["plain", "hashed"] = "plain"


@dataclass(frozen=True, slots=True)
class Guard:
    """When to stop because the source shows implausible data."""

    allow_empty_sweep: bool = False


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that bridge.toml says, checked; the routes in the order of the file. `overrides` is a path, "" for none.

    `paces` are the vendors' own tables by vendor; `pace` gives the defaults of one that is not there.
    """

    routes: tuple[Route, ...]
    http: Http = Http()
    daemon: Daemon = Daemon()
    paces: Mapping[str, PaceTable] = field(default_factory=lambda: {one.name: one.pace() for one in VENDORS.values()})
    privacy: Privacy = Privacy()
    overrides: str = ""
    guard: Guard = Guard()

    def pace(self, vendor: str) -> PaceTable:
        """How fast to ask this vendor."""
        return self.paces.get(vendor) or VENDORS[vendor].pace()

    def table(self, kind: type[P]) -> P:
        """A vendor's own table by its type, for what only that vendor is asked."""
        return next((pace for pace in self.paces.values() if isinstance(pace, kind)), kind())
