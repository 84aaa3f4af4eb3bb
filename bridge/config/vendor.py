"""The description of a vendor: its names, variables, kinds of target, and where the rest of it is. Opens nothing.

`bridge.config.vendors` lists them. Settings, bridge.toml, clients, budgets and messages are made from an entry there.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from bridge.lazy import dataclass
from bridge.model import Kind

if TYPE_CHECKING:
    from bridge.config.vendor_tables import PaceTable, SourceTable, TargetTable


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the environment. A "secret" may be given as NAME_FILE too; a "url" must keep a key safe.

    `begins` is what the vendor documents that each of its keys begins with.
    """

    name: str
    meaning: str
    default: str = ""
    kind: Literal["secret", "text", "url"] = "text"
    begins: str = ""


@dataclass(frozen=True, slots=True)
class TargetKind:
    """One kind of target: the key that names one in bridge.toml, and its word in the ledger.

    `identity` is how people are reached there, `demands_validation` whether only a valid one may go. The identity of
    the kind `along` is sent beside it, where it is known. `usernames`: whether a lead's user name is enough for one.
    `creates`: whether a sync may create targets, whatever the key `create` says.
    """

    key: str
    kind: str
    identity: Kind = "email"
    demands_validation: bool = True
    along: Kind | None = None
    usernames: bool = True
    creates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """One entry of the registry.

    `variables` begin with the key; `key_at` says where an operator finds it. One without an API has none.
    `untested` is what a check cannot find out of the key, since only a write would show it. `path` follows the base
    URL. `tables` opens what bridge.toml may say of it, and `code` the folder of the vendor. Neither is loaded before:
    `leadbridge status` needs no pydantic and no HTTP.
    """

    name: str
    title: str
    tables: Callable[[], Any]
    code: Callable[[], Any]
    variables: tuple[Variable, ...] = ()
    key_at: str = ""
    untested: str = ""
    path: str = ""

    @property
    def pace(self) -> "type[PaceTable]":
        """How fast to ask it."""
        found: type[PaceTable] = self.tables().PACE
        return found

    @property
    def sources(self) -> "type[SourceTable] | None":
        """What a route may name as its source; None where it has none."""
        return getattr(self.tables(), "SOURCES", None)

    @property
    def targets(self) -> "type[TargetTable] | None":
        """What a route may name as its target; None where it has none."""
        return getattr(self.tables(), "TARGETS", None)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The variables that hold a key; one of them is enough."""
        return tuple(variable.name for variable in self.variables if variable.kind == "secret")

    @property
    def keys(self) -> str:
        """The same for a message: `SCRAVIO_API_KEY (or SCRAVIO_ACCESS_TOKEN)`."""
        first, *others = self.secrets
        return f"{first} (or {', '.join(others)})" if others else first

    @property
    def base_url(self) -> str:
        """The variable that says where it answers."""
        return next(variable.name for variable in self.variables if variable.kind == "url")


def folder(module: str) -> Callable[[], Any]:
    """Opens a module of the vendor when it is asked for."""
    return lambda: import_module(module)
