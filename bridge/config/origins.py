"""What is in force, and where each value comes from: a default, a line of a file, a variable. Never shows a secret."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, get_origin

from bridge.config.configuration import Configuration
from bridge.config.lines import line_of, lines
from bridge.config.reference import Key, Place, fields_of, schema_keys
from bridge.config.settings import FROM_FILES, VARIABLES, Settings
from bridge.config.shape import file_table
from bridge.config.vendors import VENDORS
from bridge.lazy import dataclass
from bridge.model import Client, Route

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Value:
    """One key or variable. `value` is as TOML gives it, None where nothing is set; of a secret it is "set" or None."""

    key: str
    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Section:
    """The values of one table. `kind` is its name in the file; `name` is that of a route or a client, else ""."""

    kind: str
    name: str
    values: tuple[Value, ...]


def variables(settings: Settings, clients: tuple[Client, ...]) -> Iterator[Value]:
    """Every variable, with the vendors' of each client under its own names."""
    of_vendors = {variable.name: variable for vendor in VENDORS.values() for variable in vendor.variables}
    for name in VARIABLES:
        if name in of_vendors:
            for client in clients:
                # Where a vendor answers holds for every client that has no address of its own.
                both = (client.env + name, name) if of_vendors[name].kind == "url" else (client.env + name,)
                yield _variable(settings, both)
        elif name != "BRIDGE_CONFIG":
            yield _variable(settings, (name,))


def _variable(settings: Settings, names: tuple[str, ...]) -> Value:
    environment = settings.environment
    found = {} if environment is None else {name: environment.origin(name) for name in names}
    for name, origin in found.items():
        if environment is not None and origin:
            return Value(names[0], "set" if names[-1].endswith(FROM_FILES) else environment.text(name), origin)
    default = VARIABLES.get(names[-1], ("", ""))[0]
    return Value(names[0], default or None, DEFAULT)


def sections(settings: Settings, configuration: Configuration) -> Iterator[Section]:
    """Every table of bridge.toml and of what it includes, in the order of the reference; the routes as they run."""
    routes = iter(configuration.routes)
    for position, path in enumerate(configuration.files):
        text = path.read_text(encoding="utf-8-sig")
        raw, known = tomllib.loads(text), lines(text)
        file = str(path.relative_to(settings.folder) if path.is_relative_to(settings.folder) else path)
        for kind, field in fields_of(file_table()).items():
            several = get_origin(field.annotation) is list
            for at, table in enumerate(raw.get(kind, [])) if several else ():
                route = next(routes) if kind == "routes" else None
                values = tuple(_values(kind, table, (kind, at), known, file, route))
                yield Section(kind, route.name if route else str(table.get("name", "")), values)
            if position == 0 and not several:
                yield Section(kind, "", tuple(_values(kind, raw.get(kind, {}), (kind,), known, file)))


def _values(
    kind: str, table: Mapping[str, Any], place: Place, known: Mapping[Place, int], file: str, route: Route | None = None
) -> Iterator[Value]:
    for key in schema_keys():
        first, *names = key.path.split(".")
        if first != kind:
            continue
        value: Any = table
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None:
            yield Value(".".join(names), value, f"{file}:{line_of((*place, *names), known)}")
        elif route is None or _concerns(key, route):
            yield Value(".".join(names), tomllib.loads(f"x = {key.default}")["x"] if key.default else None, DEFAULT)


def _concerns(key: Key, route: Route) -> bool:
    """Whether the route's own source and target have the key."""
    for inner, own in (
        ("source", VENDORS[route.source.vendor].sources),
        ("target", VENDORS[route.target.vendor].targets),
    ):
        if key.table == f"routes.{inner}" and own is not None:
            return key.name in fields_of(own)
    return True
