"""The content of bridge.toml as frozen values: the model's routes, and the other tables as they are. Reads nothing."""

from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

from bridge.config.outline import Outline
from bridge.config.shape import DaemonTable, GuardTable, HttpTable, PrivacyTable
from bridge.config.vendor_tables import PaceTable
from bridge.config.vendors import VENDORS
from bridge.lazy import dataclass
from bridge.model import Client, Route


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that bridge.toml says, checked; the routes in the order of the file. `overrides` is a path, "" for none.

    `paces` are the vendors' own tables by vendor; `pace` gives the defaults of one that is not there. `files` are all
    that were read, `include` the patterns of the further ones; `digest` is that of their texts.
    """

    routes: tuple[Route, ...]
    http: HttpTable = field(default_factory=HttpTable)
    daemon: DaemonTable = field(default_factory=DaemonTable)
    paces: Mapping[str, PaceTable] = field(
        default_factory=lambda: {one.name: one.pace() for one in VENDORS.values() if one.variables}
    )
    privacy: PrivacyTable = field(default_factory=PrivacyTable)
    overrides: str = ""
    guard: GuardTable = field(default_factory=GuardTable)
    clients: tuple[Client, ...] = (Client(),)
    files: tuple[Path, ...] = field(default=(), compare=False)
    include: tuple[str, ...] = field(default=(), compare=False)
    digest: str = field(default="", compare=False)

    @property
    def outline(self) -> Outline:
        """What verbs that only look need of it."""
        return Outline(self.routes, self.clients, self.digest, self.include, self.overrides)

    def of(self, client: str) -> "Configuration":
        """What concerns one client: its routes alone."""
        clients = tuple(one for one in self.clients if one.name == client)
        return replace(self, clients=clients, routes=tuple(route for route in self.routes if route.client == client))

    def pace(self, vendor: str) -> PaceTable:
        """How fast to ask this vendor."""
        return self.paces.get(vendor) or VENDORS[vendor].pace()
