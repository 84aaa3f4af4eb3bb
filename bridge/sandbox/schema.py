"""Judges JSON values by a vendor's schema: the part of JSON Schema that the vendors' documents use. Knows no vendor.

Complains as Ajv does, such as `body/leads must NOT have more than 1000 items`, by raising `SchemaError`.
"""

import re
from collections.abc import Callable, Mapping, Set
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from bridge.sandbox.wire import moment

Schema = Mapping[str, Any]


class SchemaError(ValueError):
    """The value does not fit; the text is the complaint, `place` in front of it where it is known."""

    def __init__(self, complaint: str, place: str = "") -> None:
        super().__init__(f"{place} {complaint}".lstrip())


def validate(schema: Schema, value: Any, place: str) -> None:
    """Raises SchemaError unless the schema allows the value; `place` says where it is, such as `body/leads`."""
    kind = type(value)
    for keyword in schema:
        if keyword in _RULES:
            kinds, fits, complaint = _RULES[keyword]
            if kind in kinds and not fits(value, schema[keyword]):
                raise SchemaError(complaint(schema[keyword], value), place)
    if kind is dict:
        _validate_fields(schema, value, place)
    elif kind is list and "items" in schema:
        for index, item in enumerate(value):
            validate(schema["items"], item, f"{place}/{index}")
    if "anyOf" in schema or "oneOf" in schema:
        _validate_choices(schema.get("anyOf", schema.get("oneOf", ())), value, place)


def _validate_fields(schema: Schema, value: Mapping[str, Any], place: str) -> None:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name, inner in value.items():
        if name in known:
            validate(known[name], inner, f"{place}/{name}")
        elif others is False:
            raise SchemaError(f"must NOT have additional properties ({name})", place)
        elif others is not True:
            validate(others, inner, f"{place}/{name}")


def _validate_choices(choices: list[Schema], value: Any, place: str) -> None:
    errors = []
    for choice in choices:
        try:
            validate(choice, value, place)
        except SchemaError as error:
            errors.append(error)
    if len(errors) == len(choices):
        raise errors[0]


# What JSON decodes to has exactly these types; 10.0 is an integer too.
_NAMES: Mapping[type, frozenset[str]] = {
    str: frozenset({"string"}), bool: frozenset({"boolean"}), int: frozenset({"integer", "number"}),
    float: frozenset({"number"}), dict: frozenset({"object"}), list: frozenset({"array"}),
    type(None): frozenset({"null"}),
}  # fmt: skip
_ANY, _TEXT, _NUMBER, _LIST, _OBJECT = frozenset(_NAMES), {str}, {int, float}, {list}, {dict}


def _has_type(value: Any, expected: str | list[str]) -> bool:
    names = _NAMES[int if type(value) is float and value.is_integer() else type(value)]
    return expected in names if isinstance(expected, str) else not names.isdisjoint(expected)


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


_FORMATS: Mapping[str, Callable[[str], bool]] = {
    "uuid": lambda text: _reads(UUID, text) and str(UUID(text)) == text.lower(),
    "email": lambda text: bool(re.fullmatch(r"[^\s@]+@[^\s@]+", text)),
    "date": lambda text: bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII)) and _reads(date.fromisoformat, text),
    "date-time": lambda text: "T" in text.upper() and _reads(moment, text),
    "uri": lambda text: _reads(urlsplit, text) and bool(urlsplit(text).scheme and urlsplit(text).netloc),
}

# Keyword -> the types it speaks of, whether a value fits, and the complaint about one that does not.
_Rule = tuple[Set[type], Callable[[Any, Any], bool], Callable[[Any, Any], str]]
_RULES: Mapping[str, _Rule] = {
    "type": (
        _ANY, _has_type, lambda names, _value: f"must be {names if isinstance(names, str) else ','.join(names)}",
    ),
    "required": (
        _OBJECT, lambda value, names: value.keys() >= set(names),
        lambda names, value: f"must have required property '{next(name for name in names if name not in value)}'",
    ),
    "minProperties": (
        _OBJECT, lambda value, least: len(value) >= least, lambda n, _: f"must NOT have fewer than {n} properties",
    ),
    "minItems": (_LIST, lambda value, least: len(value) >= least, lambda n, _: f"must NOT have fewer than {n} items"),
    "maxItems": (_LIST, lambda value, most: len(value) <= most, lambda n, _: f"must NOT have more than {n} items"),
    "minLength": (
        _TEXT, lambda value, least: len(value) >= least, lambda n, _: f"must NOT have fewer than {n} characters",
    ),
    "pattern": (
        _TEXT, lambda value, pattern: bool(re.search(pattern, value)),
        lambda pattern, _: f'must match pattern "{pattern}"',
    ),
    "format": (_TEXT, lambda value, name: _FORMATS[name](value), lambda name, _: f'must match format "{name}"'),
    # An enum of a nullable field may leave the null out, which the document surely does not mean.
    "enum": (
        _ANY, lambda value, allowed: value in allowed or value is None,
        lambda _allowed, _value: "must be equal to one of the allowed values",
    ),
    "minimum": (_NUMBER, lambda value, least: value >= least, lambda n, _: f"must be >= {n}"),
    "maximum": (_NUMBER, lambda value, most: value <= most, lambda n, _: f"must be <= {n}"),
}  # fmt: skip
