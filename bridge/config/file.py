"""Reads bridge.toml into the values the rest of the program works with. Reads no environment and calls nobody."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bridge.config.configuration import Configuration, Guard, Http, InstantlyPace, Privacy, ScravioPace
from bridge.config.problems import sentences, twins
from bridge.config.shape import FieldsTable, FileTable, RouteTable, Table, TargetTable
from bridge.errors import ConfigProblem
from bridge.model import Mapped, Route, Rules, Schedule, Source, Target

_HINT = "Mend it, then run `leadbridge check`."


def load(path: Path) -> Configuration:
    """Read the file. Raises ConfigProblem for whatever keeps it from being used."""
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigProblem(
            f"{path} does not exist.", hint="Run `leadbridge init` to write one, or set BRIDGE_CONFIG to its path."
        ) from None
    except OSError as error:
        raise ConfigProblem(
            f"{path} cannot be read: {error.strerror or error}.", hint="Mend the path or the file's permissions."
        ) from None
    except UnicodeDecodeError:
        raise ConfigProblem(f"{path} is not UTF-8 text.", hint="Save it as UTF-8 in your editor.") from None
    except (ValueError, RecursionError) as error:
        words = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise ConfigProblem(f"{path} is not valid TOML: {words}.", hint=_HINT) from None
    return read(raw, str(path))


def read(raw: Mapping[str, object], source: str) -> Configuration:
    """The configuration that parsed TOML stands for. Raises ConfigProblem with every error, naming `source`."""
    table = _checked(raw, source)
    return Configuration(
        routes=tuple(map(_route, table.routes)),
        http=Http(**_values(table.http, Http)),
        instantly=InstantlyPace(**_values(table.instantly, InstantlyPace)),
        scravio=ScravioPace(**_values(table.scravio, ScravioPace)),
        privacy=Privacy(**_values(table.privacy, Privacy)),
        guard=Guard(**_values(table.guard, Guard)),
    )


def _checked(raw: Mapping[str, object], source: str) -> FileTable:
    faults = twins(raw)
    try:
        table = FileTable.model_validate(raw)
    except ValidationError as error:
        raise ConfigProblem(_message(sentences(error, raw) + faults, source), hint=_HINT) from None
    if faults:
        raise ConfigProblem(_message(faults, source), hint=_HINT)
    return table


def _message(faults: list[str], source: str) -> str:
    if len(faults) == 1:
        return f"{source}: {faults[0]}"
    return "\n  ".join([f"{source} has {len(faults)} errors:", *faults])


def _route(table: RouteTable) -> Route:
    return Route(
        name=table.name,
        target=_target(table.target),
        source=Source(**_values(table.source, Source)),
        rules=Rules(**_values(table.rules, Rules)),
        fields=_mapped(table.fields),
        schedule=Schedule(every=table.every, cron=table.cron or "", timezone=table.timezone or ""),
    )


def _target(table: TargetTable) -> Target:
    return Target(
        vendor="instantly",
        kind="list" if table.instantly_campaign is None else "campaign",
        ref=table.instantly_campaign or table.instantly_list or "",
        dedupe=table.dedupe,
        create=table.create,
        verify_on_import=table.verify_on_import,
        when_not_active=table.when_not_active,
    )


def _mapped(table: FieldsTable) -> Mapped:
    core = table.model_dump(exclude={"variables"}, exclude_none=True)
    return Mapped(core=core, variables=table.variables)


def _values(table: Table, kind: type) -> dict[str, Any]:
    """The values of `table` that the dataclass `kind` has under the same names."""
    return {field.name: getattr(table, field.name) for field in fields(kind)}
