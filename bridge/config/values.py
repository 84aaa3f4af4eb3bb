"""The model's routes and clients as JSON, and back to the very same values: `{kind: [parts]}`. Judges nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bridge.model import routes


def as_json(value: Any) -> Any:
    """The value, or `{kind: [parts]}`. Of a dataclass the parts are the fields that are not the default, by name."""
    if value is None or isinstance(value, str | int | float):
        return value
    kind = type(value).__name__
    parts = _PARTS[kind](value) if kind in _PARTS else _named(value)
    return {kind: [as_json(part) for part in parts]}


def from_json(written: Any) -> Any:
    """The value that `as_json` wrote. Raises LookupError, TypeError or ValueError for anything else."""
    if not isinstance(written, dict):
        return written
    ((kind, parts),) = written.items()
    return _MAKERS[kind]([from_json(part) for part in parts])


def _named(value: Any) -> Iterable[tuple[str, Any]]:
    found = [(one, getattr(value, one.name)) for one in fields(value)]
    return [(one.name, said) for one, said in found if said != one.default]


def _value(kind: type, named: Iterable[tuple[str, Any]]) -> Any:
    return kind(**dict(named))


_PARTS: Mapping[str, Callable[[Any], Iterable[Any]]] = {
    "tuple": tuple,
    "frozenset": sorted,
    "dict": dict.items,
    "timedelta": lambda span: (span.days, span.seconds, span.microseconds),
    "datetime": lambda at: (at.isoformat(),),
}
_MAKERS: Mapping[str, Callable[[Any], Any]] = {
    "tuple": tuple,
    "frozenset": frozenset,
    "dict": dict,
    "timedelta": lambda parts: timedelta(*parts),
    "datetime": lambda parts: datetime.fromisoformat(*parts),
    # A class of `bridge.model.routes` that is new is among them.
    **{
        name: partial(_value, kind)
        for name, kind in vars(routes).items()
        if isinstance(kind, type) and is_dataclass(kind)
    },
}
