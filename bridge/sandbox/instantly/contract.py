"""Judges requests by what the vendor's document allows (`contract.json`, made by tests/contract/make_slim.py).

Understands the part of JSON Schema that the document uses, and complains in the vendor's manner, such as
`body/leads must NOT have more than 1000 items`. Raises `Misfit`; answers nothing itself.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from bridge.sandbox.wire import moment

Check = Callable[[Any], None]
Schema = Mapping[str, Any]


class Misfit(ValueError):
    """The request does not fit the document; the text is the vendor's message. `place` grows on the way out."""

    def __init__(self, complaint: str, place: str = "") -> None:
        super().__init__(complaint)
        self.place = place

    def __str__(self) -> str:
        return f"{self.place} {self.args[0]}" if self.place else str(self.args[0])


def judge(check: Check, value: Any, where: str) -> None:
    """Apply a check to what stands at `where`; raises Misfit, which names the place."""
    try:
        check(value)
    except Misfit as misfit:
        misfit.place = f"{where}/{misfit.place}" if misfit.place else where
        raise


@dataclass(frozen=True, slots=True)
class Operation:
    """What one operation takes. `body` is None where it takes none; `no_body` where even an empty object is refused.

    A body that is not `required` may be left out, and then counts as an empty object.
    """

    scope: str
    query: Mapping[str, tuple[Schema, Check]]
    path: Mapping[str, Check]
    body: Check | None
    no_body: bool
    required: bool
    names: frozenset[str]  # the documented top-level fields of the body

    def read_query(self, pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """The documented parameters as values of their types; all others are dropped, as the vendor does."""
        told: dict[str, Any] = {}
        for name, (schema, check) in self.query.items():
            texts = [text for given, text in pairs if given == name]
            if texts:
                told[name] = _typed(texts, schema)
                judge(check, told[name], f"querystring/{name}")
        return told


@cache
def operations() -> Mapping[str, Operation]:
    """What the sandbox offers, by method and path."""
    return {name: _operation(told) for name, told in _document()["operations"].items()}


@cache
def elsewhere() -> tuple[tuple[str, str], ...]:
    """Method and path of what the document has and the sandbox does not."""
    return tuple((method, path) for method, path in (name.split(" ") for name in _document()["elsewhere"]))


@cache
def _document() -> Mapping[str, Any]:
    return dict(json.loads(Path(__file__).with_name("contract.json").read_text()))


def _operation(told: Schema) -> Operation:
    body = told.get("body")
    no_body = body == {"type": "null"}
    return Operation(
        scope=told["scope"],
        query={name: (schema, compiled(schema)) for name, schema in told.get("query", {}).items()},
        path={name: compiled(schema) for name, schema in told.get("path", {}).items()},
        body=None if body is None or no_body else compiled({"type": "object"} | body),
        no_body=no_body,
        required=told.get("required", False),
        names=frozenset((body or {}).get("properties", ())),
    )


def _typed(texts: Sequence[str], schema: Schema) -> Any:
    # A query carries text. What is no value of the wanted type stays text, and fails its check.
    if schema.get("type") == "array":
        return [_typed([text], schema["items"]) for text in texts]
    if len(texts) > 1:
        return texts  # several where one belongs: the check says so
    text = texts[0]
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if schema.get("type") in {"integer", "number"} and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text, re.ASCII):
        number = float(text)
        return int(number) if number.is_integer() else number
    return text


# ------------------------------------------------------------------------------------------------------- JSON Schema


def compiled(schema: Schema) -> Check:
    """A function that raises Misfit unless the schema allows the value."""
    checks = [make(schema) for keyword, make in _KEYWORDS.items() if keyword in schema]
    if len(checks) == 1:
        return checks[0]

    def check(value: Any) -> None:
        for one in checks:
            one(value)

    return check


_TYPES: Mapping[str, frozenset[type]] = {
    "string": frozenset({str}),
    "boolean": frozenset({bool}),
    "number": frozenset({int, float}),
    "integer": frozenset({int}),
    "object": frozenset({dict}),
    "array": frozenset({list}),
    "null": frozenset({type(None)}),
}


def _type(schema: Schema) -> Check:
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    allowed = frozenset().union(*(_TYPES[name] for name in names))

    def check(value: Any) -> None:
        # What JSON decodes to has exactly these types; 10.0 is an integer too.
        if type(value) not in allowed and not ("integer" in names and type(value) is float and value.is_integer()):
            raise Misfit(f"must be {','.join(names)}")

    return check


def _number(value: Any) -> bool:
    return type(value) in _TYPES["number"]


def _enum(schema: Schema) -> Check:
    allowed = schema["enum"]

    def check(value: Any) -> None:
        # An enum of a nullable field may leave the null out, which the document surely does not mean.
        if value not in allowed and value is not None:
            raise Misfit("must be equal to one of the allowed values")

    return check


def _required(schema: Schema) -> Check:
    def check(value: Any) -> None:
        for name in schema["required"] if isinstance(value, dict) else ():
            if name not in value:
                raise Misfit(f"must have required property '{name}'")

    return check


def _properties(schema: Schema) -> Check:
    checks = {name: compiled(inner) for name, inner in schema["properties"].items()}

    def check(value: Any) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in checks:
                    judge(checks[name], inner, name)

    return check


def _additional(schema: Schema) -> Check:
    known, rule = schema.get("properties", {}), schema["additionalProperties"]
    inner = compiled(rule) if isinstance(rule, dict) else None

    def check(value: Any) -> None:
        for name in value if isinstance(value, dict) and rule is not True else ():
            if name in known:
                continue
            if inner is None:
                raise Misfit(f"must NOT have additional properties ({name})")
            judge(inner, value[name], name)

    return check


def _items(schema: Schema) -> Check:
    inner = compiled(schema["items"])

    def check(value: Any) -> None:
        for index, item in enumerate(value if isinstance(value, list) else ()):
            judge(inner, item, str(index))

    return check


def _sized(keyword: str, kind: type[Sized], what: str) -> Callable[[Schema], Check]:
    most = keyword.startswith("max")

    def make(schema: Schema) -> Check:
        limit = schema[keyword]

        def check(value: Any) -> None:
            if isinstance(value, kind) and (len(value) > limit if most else len(value) < limit):
                raise Misfit(f"must NOT have {'more' if most else 'fewer'} than {limit} {what}")

        return check

    return make


def _bound(keyword: str) -> Callable[[Schema], Check]:
    most = keyword == "maximum"

    def make(schema: Schema) -> Check:
        limit = schema[keyword]

        def check(value: Any) -> None:
            if _number(value) and (value > limit if most else value < limit):
                raise Misfit(f"must be {'<=' if most else '>='} {limit}")

        return check

    return make


def _pattern(schema: Schema) -> Check:
    pattern = re.compile(schema["pattern"])

    def check(value: Any) -> None:
        if isinstance(value, str) and not pattern.search(value):
            raise Misfit(f'must match pattern "{schema["pattern"]}"')

    return check


def _format(schema: Schema) -> Check:
    fits = _FORMATS[schema["format"]]

    def check(value: Any) -> None:
        if isinstance(value, str) and not fits(value):
            raise Misfit(f'must match format "{schema["format"]}"')

    return check


def _any_of(schema: Schema) -> Check:
    choices = [compiled(inner) for inner in schema.get("anyOf", schema.get("oneOf", ()))]

    def check(value: Any) -> None:
        first: Misfit | None = None
        for choice in choices:
            try:
                choice(value)
            except Misfit as misfit:
                first = first or misfit
            else:
                return
        if first is not None:
            raise first

    return check


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return fits


def is_uuid(text: str) -> bool:
    """Whether the text is an id of the vendor's form."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_uri(text: str) -> bool:
    try:
        return bool(urlsplit(text).scheme and urlsplit(text).netloc)
    except ValueError:
        return False


_FORMATS: Mapping[str, Callable[[str], bool]] = {
    "uuid": is_uuid,
    "email": lambda text: bool(re.fullmatch(r"[^\s@]+@[^\s@]+", text)),
    "date": lambda text: bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII)) and _reads(date.fromisoformat)(text),
    "date-time": lambda text: "T" in text.upper() and _reads(moment)(text),
    "uri": _is_uri,
}

_KEYWORDS: Mapping[str, Callable[[Schema], Check]] = {
    "type": _type,
    "required": _required,
    "minProperties": _sized("minProperties", dict, "properties"),
    "additionalProperties": _additional,
    "properties": _properties,
    "anyOf": _any_of,
    "oneOf": _any_of,
    "minItems": _sized("minItems", list, "items"),
    "maxItems": _sized("maxItems", list, "items"),
    "items": _items,
    "minLength": _sized("minLength", str, "characters"),
    "pattern": _pattern,
    "format": _format,
    "enum": _enum,
    "minimum": _bound("minimum"),
    "maximum": _bound("maximum"),
}
