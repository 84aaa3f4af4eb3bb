"""Reads bridge.toml into the values the rest of the program works with. Reads no environment, sends nothing."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from bridge.config.configuration import Configuration
from bridge.config.outline import digest, included, text_of, with_names
from bridge.config.problems import sentences, twin_clients, twins
from bridge.config.shape import FileTable, IncludeTable, RouteTable, file_table, part_table
from bridge.config.table import Table
from bridge.config.vendor_tables import read_source, read_target
from bridge.config.vendors import VENDORS
from bridge.config.vocabulary import either, nearest
from bridge.errors import ConfigProblem
from bridge.model import Brake, Client, Feedback, Mapped, Pace, Route, Rules, Schedule, Update, ValidationRequest

_HINT = "Fix it, then run `leadbridge check`."
_CURLY = "“”„‟‘’‚‛«»‹›″′"

T = TypeVar("T", bound=Table)


def load(path: Path, text: str | None = None) -> Configuration:
    """Read the file and those that it includes. Raises ConfigProblem for everything that makes one unusable.

    `text` is what the file is going to hold; it is not read then.
    """
    texts = {path: text_of(path) if text is None else text}
    table = _read(file_table(), path, texts[path])
    parts = []
    for file in dict.fromkeys(file for wanted in table.include for file in _included(wanted, path)):
        texts[file] = text_of(file)
        parts.append((str(file), _read(part_table(), file, texts[file])))
    made = _configuration(table, str(path), parts)
    return replace(
        made,
        routes=with_names(made.routes, path, made.overrides),
        files=tuple(texts),
        include=tuple(pattern for wanted in table.include for pattern in wanted.files),
        digest=digest(texts),
    )


def read(raw: Mapping[str, object], source: str) -> Configuration:
    """The configuration from parsed TOML, without included files. Raises ConfigProblem with every error of `source`."""
    return _configuration(_checked(file_table(), raw, source), source, ())


def files_of(path: Path) -> list[Path]:
    """The file, and those that it includes as far as it can be read now."""
    found = [path]
    with suppress(ConfigProblem, ValidationError):
        for wanted in file_table().model_validate(_parsed(path, text_of(path))).include:
            found += _included(wanted, path)
    return list(dict.fromkeys(found))


def _read(kind: type[T], path: Path, text: str) -> T:
    return _checked(kind, _parsed(path, text), str(path), text)


def _parsed(path: Path, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        words = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        hint = _odd_line(text, words) or _HINT
        raise ConfigProblem(f"{path} is not valid TOML: {words}.", hint=hint) from None


def _odd_line(text: str, words: str) -> str:
    """How to fix the line that a TOML error names, where a sign of it was changed or quotes are missing; else ""."""
    found = re.search(r"line (\d+), column (\d+)", words)
    line = text.split("\n")[int(found[1]) - 1] if found else ""
    for sign in line:
        if sign in _CURLY:
            return f'The line has a curly quote ({sign}); write straight ones: ".'
        if sign.isspace() and sign not in " \t\r":
            return f"The line has a special space (U+{ord(sign):04X}); write a plain one."
    bare = re.match(r"[A-Za-z][\w.-]{0,40}", line[int(found[2]) - 1 :]) if found and "Invalid value" in words else None
    if bare:
        lower = bare[0].lower()
        return f"Write {lower}." if lower in ("true", "false") else f'Text needs quotes: "{bare[0]}".'
    return ""


def _included(wanted: IncludeTable, path: Path) -> Iterator[Path]:
    """The files that a table names, in the order of their names. Raises ConfigProblem where there is none."""
    for glob in wanted.files:
        found = included(glob, path)
        if not found:  # a mistyped pattern must not leave a client out in silence
            why = "matches no file" if any(sign in glob for sign in "*?[") else "does not exist"
            raise ConfigProblem(f"{path}: include.files names {glob!r}, which {why}.", hint=_HINT)
        yield from found


def _checked(kind: type[T], raw: Mapping[str, object], source: str, text: str = "") -> T:
    faults = twins(raw)
    try:
        table = kind.model_validate(raw)
    except ValidationError as error:
        raise ConfigProblem(_message(sentences(error, raw, text) + faults, source), hint=_HINT) from None
    if faults:
        raise ConfigProblem(_message(faults, source), hint=_HINT)
    return table


def _configuration(table: FileTable, source: str, parts: Sequence[tuple[str, Any]]) -> Configuration:
    """The content of all files together. Raises ConfigProblem where they contradict themselves or one another."""
    files = [(source, table), *parts]
    clients = tuple(Client(**one.model_dump()) for _, file in files for one in file.clients) or (Client(),)
    faults = [*twin_clients(clients), *_contradictions(table)]
    for name, file in files:
        faults += [f"{'' if name == source else f'{name}: '}{fault}" for fault in _strangers(file.routes, clients)]
    routes = (
        tuple(_route(one, _client(one, clients), clients) for _, file in files for one in file.routes)
        if not faults
        else ()
    )
    if not faults and not routes:
        faults = [
            f"routes is missing; add one below a line [[routes]]{' here or in an included file' if parts else ''}."
        ]
    faults += [f"Two included files have a route {name!r}; rename one." for name in _doubled(routes)]
    if faults:
        raise ConfigProblem(_message(faults, source), hint=_HINT)
    return Configuration(
        routes=routes,
        http=table.http,
        daemon=table.daemon,
        paces={vendor.name: getattr(table, vendor.name) for vendor in VENDORS.values() if vendor.variables},
        privacy=table.privacy,
        overrides=table.names.overrides,
        guard=table.guard,
        clients=clients,
    )


def _strangers(routes: Iterable[RouteTable], clients: Sequence[Client]) -> Iterator[str]:
    """A sentence for each route of which it is not known whose it is."""
    names = [client.name for client in clients]
    for route in routes:
        if route.client is None and len(clients) > 1:
            yield f'route "{route.name}" has no client; add client = "{names[0]}" or another of [[clients]].'
        elif route.client is not None and route.client not in names:
            near = nearest(route.client, names)
            fix = f'did you mean "{near}"?' if near else "add it as [[clients]]."
            yield f'route "{route.name}": client = "{route.client}" is none of {either(names)}; {fix}'
        elif "/" in route.name and clients != (Client(),):
            yield f'route "{route.name}" has a / in its name, which stands between client and route; rename it.'


def _client(route: RouteTable, clients: Sequence[Client]) -> Client:
    return next(client for client in clients if route.client in {None, client.name})


def _doubled(routes: Sequence[Route]) -> list[str]:
    counted = Counter(route.name.casefold() for route in routes)
    return [route.name for route in routes if counted.pop(route.name.casefold(), 1) > 1]


def _contradictions(table: FileTable) -> list[str]:
    """Contradictions between two tables."""
    pushing = [route.name for route in table.routes if read_target(route.target, VENDORS).push_suppressions]
    if table.privacy.suppression_storage == "plain" or not pushing:
        return []
    why = 'push_suppressions needs plain addresses, and [privacy] suppression_storage = "hashed" keeps none'
    return [f'route "{pushing[0]}": {why}; remove one of the two']


def _message(faults: list[str], source: str) -> str:
    if len(faults) == 1:
        return f"{source}: {faults[0]}"
    return "\n  ".join([f"{source} has {len(faults)} errors:", *faults])


def _route(table: RouteTable, client: Client, clients: Sequence[Client]) -> Route:
    return Route(
        name=client.route(table.name),
        client=client.name,
        shared=client.shared,
        apart=frozenset(one.name for one in clients if one != client and not (one.shared and client.shared)),
        target=read_target(table.target, VENDORS),
        source=read_source(table.source, VENDORS),
        rules=Rules(**_values(table.rules, Rules)),
        fields=Mapped(
            core=table.fields.model_dump(exclude={"variables"}, exclude_none=True), variables=table.fields.variables
        ),
        schedule=Schedule(table.every, table.cron or "", table.timezone or "", table.jitter or timedelta()),
        validation=ValidationRequest(table.rules.validation_request, table.rules.max_credits),
        feedback=Feedback(**_values(table.feedback, Feedback)),
        brake=Brake(**_values(table.brake, Brake)),
        pace=Pace(**table.pace.model_dump(), timezone=table.timezone or "UTC"),
        update=Update(**_values(table.update, Update)),
    )


def _values(table: Table, kind: type) -> dict[str, Any]:
    """The values of `table` that the dataclass `kind` has under the same names."""
    return {field.name: getattr(table, field.name) for field in fields(kind)}
