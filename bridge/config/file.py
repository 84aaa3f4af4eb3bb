"""Reads bridge.toml into the values the rest of the program works with. Reads no environment, sends nothing."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bridge.config.configuration import Configuration
from bridge.config.environment import read_text_file
from bridge.config.overrides import read_overrides
from bridge.config.problems import sentences, twins
from bridge.config.shape import FileTable, RouteTable, file_table
from bridge.config.table import Table
from bridge.config.vendor import read_source, read_target
from bridge.config.vendors import VENDORS
from bridge.errors import ConfigProblem
from bridge.model import Feedback, Mapped, Route, Rules, Schedule, ValidationRequest

_HINT = "Fix it, then run `leadbridge check`."


def load(path: Path) -> Configuration:
    """Read the file. Raises ConfigProblem for everything that makes it unusable."""
    hint = "Run `leadbridge init` to write one, or set BRIDGE_CONFIG to its path."
    missing = ConfigProblem(f"{path} does not exist.", hint=hint)
    text = read_text_file(path, missing=missing, how_to_save="Save it as UTF-8 in your editor.")
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        words = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise ConfigProblem(f"{path} is not valid TOML: {words}.", hint=_HINT) from None
    configuration = read(raw, str(path))
    if not configuration.overrides:
        return configuration
    names = read_overrides(path.parent / configuration.overrides)
    return replace(configuration, routes=tuple(replace(route, overrides=names) for route in configuration.routes))


def read(raw: Mapping[str, object], source: str) -> Configuration:
    """The configuration from parsed TOML. Raises ConfigProblem with every error, naming `source`."""
    table = _checked(raw, source)
    return Configuration(
        routes=tuple(map(_route, table.routes)),
        http=table.http,
        daemon=table.daemon,
        paces={vendor.name: getattr(table, vendor.name) for vendor in VENDORS.values() if vendor.variables},
        privacy=table.privacy,
        overrides=table.names.overrides,
        guard=table.guard,
    )


def _checked(raw: Mapping[str, object], source: str) -> FileTable:
    faults = twins(raw)
    try:
        table = file_table().model_validate(raw)
    except ValidationError as error:
        raise ConfigProblem(_message(sentences(error, raw) + faults, source), hint=_HINT) from None
    faults += _contradictions(table)
    if faults:
        raise ConfigProblem(_message(faults, source), hint=_HINT)
    return table


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


def _route(table: RouteTable) -> Route:
    return Route(
        name=table.name,
        target=read_target(table.target, VENDORS),
        source=read_source(table.source, VENDORS),
        rules=Rules(**_values(table.rules, Rules)),
        fields=Mapped(
            core=table.fields.model_dump(exclude={"variables"}, exclude_none=True), variables=table.fields.variables
        ),
        schedule=Schedule(table.every, table.cron or "", table.timezone or "", table.jitter or timedelta()),
        validation=ValidationRequest(table.rules.validation_request, table.rules.max_credits),
        feedback=Feedback(**_values(table.feedback, Feedback)),
    )


def _values(table: Table, kind: type) -> dict[str, Any]:
    """The values of `table` that the dataclass `kind` has under the same names."""
    return {field.name: getattr(table, field.name) for field in fields(kind)}
