"""Turns what the shape objects to into sentences for the operator: key path, value and fix. Reads no file.

A sentence is one line, shows nothing that could be a secret, and completes "config/bridge.toml: ...".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bridge.config.lines import line_of, lines
from bridge.config.reference import Place, accepts, choices, field_at, fields_of, schema_keys, table_of
from bridge.config.shape import RouteTable, file_table
from bridge.config.vendor_tables import target_table
from bridge.config.vendors import VENDORS
from bridge.config.vocabulary import nearest
from bridge.model import Client

_LONGEST_VALUE = 60
_HUGE = 10**18
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")
# The shape of the vendors' keys, and any unbroken run that is longer than an id.
_SECRET = re.compile(r"(sk_)[A-Za-z0-9_]{6,}|([A-Za-z0-9_+/=-]{3})[A-Za-z0-9_+/=-]{37,}")
_SECRET_KEY = re.compile(r"api_?key|token|secret|passw", re.IGNORECASE)
_LISTS = {"routes": "route", "clients": "client", "include": "table of files"}
_MISSING = {
    "routes": "is missing; add one below a line [[routes]]",
    "name": 'is missing; add name = "…"',
    "env": 'is missing; add env = "…_", what the names of its variables begin with',
    "files": 'names no file; add files = "clients/*.toml"',
    "target": 'is missing; add target = {{ {kind} = "…" }}',
}


def sentences(error: ValidationError, raw: Mapping[str, object], text: str = "") -> list[str]:
    """One sentence for each objection, in the order of the file's shape, with its line in the text of the file."""
    details, known = error.errors(include_url=False), lines(text)
    found = [_safe(f"{_where(detail['loc'], raw)}{_what(detail)}.") for detail in details]
    at = [line_of(detail["loc"], known) for detail in details]
    return [f"line {line}: {said}" if line else said for line, said in zip(at, found, strict=True)]


def twin_clients(clients: Sequence[Client]) -> Iterator[str]:
    """One sentence for each client that has an earlier one's name or prefix; case does not count."""
    for position, client in enumerate(clients):
        for earlier in clients[:position]:
            if earlier.name.casefold() == client.name.casefold():
                yield f'clients: "{client.name}" is there twice; rename one.'
            elif earlier.env == client.env:
                yield f'clients: "{client.name}" and "{earlier.name}" both have env = "{client.env}"; change one.'


def twins(raw: Mapping[str, object]) -> list[str]:
    """One sentence for each route that has the name of an earlier one of its client; case does not count."""
    routes = raw.get("routes")
    first: dict[tuple[str, str], int] = {}
    found = []
    for position, route in enumerate(routes if isinstance(routes, list) else []):
        name = route.get("name") if isinstance(route, dict) else None
        if not isinstance(name, str) or not name.strip():
            continue
        earlier = first.setdefault((str(route.get("client", "")).casefold(), name.strip().casefold()), position)
        if earlier != position:
            where = _where(("routes", position, "name"), raw)
            found.append(_safe(f"{where} = {shown(name)} is already the name of routes[{earlier + 1}]; rename one."))
    return found


def shown(value: object) -> str:
    """A value as it would stand in the file: one line, cut short, nothing invisible in it."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{_visible(value)}"'
        case list():
            items = ", ".join("…" if isinstance(item, list | dict) else shown(item) for item in value[:3])
            return f"[{items}, …]" if len(value) > len(value[:3]) else f"[{items}]"
        case date() | time():
            return value.isoformat()
    # An integer may have more digits than Python cares to print.
    return "a huge number" if isinstance(value, int) and abs(value) > _HUGE else _visible(str(value))


def _visible(text: str) -> str:
    cut = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in cut)


def _safe(sentence: str) -> str:
    return _SECRET.sub(lambda found: f"{found[1] or found[2]}…", sentence).replace("?.", "?")


def _where(place: Place, raw: Mapping[str, object]) -> str:
    """The key path: `routes[2] "fitness" rules.min_followers`, counting from one."""
    keys = [_key(step) for step in place if isinstance(step, str)]
    if len(place) < 2 or not isinstance(place[1], int):  # noqa: PLR2004 - ("routes", position, ...)
        return ".".join(keys)
    table = str(place[0])
    tables = raw.get(table)
    route = tables[place[1]] if isinstance(tables, list) else None
    name = route.get("name") if isinstance(route, dict) else None
    said = shown(name) if isinstance(name, str) else ""
    return " ".join(part for part in (f"{table}[{place[1] + 1}]", said, ".".join(keys[1:])) if part)


def _key(step: str) -> str:
    return step if _BARE_KEY.fullmatch(step) else shown(step)


def _what(detail: ErrorDetails) -> str:
    place, value = detail["loc"], detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            return f" {_fix_key(place)}"
        case "missing" | "too_short":
            return f" {_MISSING[str(place[-1])].format(kind=target_table(VENDORS.values()).kinds()[0])}"
        case "model_type" | "list_type":
            return f" {_fix_brackets(place)}"
    # A table's own objection needs no value: the file shows it better.
    subject = "" if isinstance(value, dict) else f" = {shown(value)}"
    return f"{subject} {_fix_value(detail)}"


def _fix_value(detail: ErrorDetails) -> str:
    field, value = field_at(detail["loc"]), detail["input"]
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    if field is None:
        return "cannot be read; compare it with the example file"
    near = nearest(value, choices(field)) if isinstance(value, str) else ""
    return f'must be {accepts(field)}; did you mean "{near}"?' if near else f"must be {accepts(field)}"


def _fix_brackets(place: Place) -> str:
    key = _key(str(place[-1])) if isinstance(place[-1], str) else ""
    if place in {(name,) for name in _LISTS}:
        return f"is not a list of {_LISTS[key]}s; write [[{key}]], in double brackets, above each"
    if not key:
        return f"is not a {_LISTS[str(place[0])]}; write [[{place[0]}]] above its keys"
    head = f"[routes.{key}]" if place[0] == "routes" else f"[{key}]"
    return f"must be a table; write {key} = {{ … }}, or its keys below {head}"


def _fix_key(place: Place) -> str:
    key, field = str(place[-1]), field_at(place[:-1])
    table = (table_of(field) if field is not None else None) or file_table()
    known, unknown = fields_of(table), "is not a known key"
    if len(place) == 1 and key in known:  # the objection of an included file, whose shape is a part of this one
        head = f"[[{key}]]" if key in _LISTS else f"[{key}]"
        return f"cannot be in an included file; move {head} to bridge.toml"
    homes = _homes(key)
    if homes and key.casefold() not in map(str.casefold, known):
        return f"{unknown} here; it belongs in {' or '.join(homes)}"
    if _SECRET_KEY.search(key):
        return f"{unknown}; secrets belong in .env, never here"
    near = nearest(key, known)
    return f'{unknown}; did you mean "{near}"?' if near else f"{unknown}; the keys here are {', '.join(known)}"


def _homes(key: str) -> list[str]:
    """The tables that know the key, as the file writes them; a route's own tables are keys of a route."""
    tables: Iterable[str] = dict.fromkeys(known.table for known in schema_keys() if known.name == key)
    inner = table_of(fields_of(RouteTable)[key]) if key in fields_of(RouteTable) else None
    return (
        [f"a route; write [routes.{key}] below its [[routes]]"] if inner else [_as_written(table) for table in tables]
    )


def _as_written(table: str) -> str:
    route, _, inner = table.partition(".")
    if route != "routes":
        return f"[{table}]"
    return f"the route's {inner}" if inner else "a route, below [[routes]]"
