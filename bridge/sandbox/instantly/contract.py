"""Which requests Instantly takes, by the extract of its document in `contract.json` (tests/contract/make_slim.py)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bridge.sandbox.schema import Schema, SchemaError, validate
from bridge.sandbox.wire import Row


@dataclass(frozen=True, slots=True)
class Operation:
    """What one operation takes. `body` is None where the document says nothing of one; `scope` is what a key needs.

    A body that is not `required` may be left out, and then counts as an empty object.
    """

    scope: str
    query: Mapping[str, Schema]
    path: Mapping[str, Schema]
    body: Schema | None
    required: bool

    def read(
        self, params: Mapping[str, str], pairs: Sequence[tuple[str, str]], body: Any, *, has_body: bool
    ) -> tuple[Row, Any]:
        """The documented parameters as values of their types, and the body; raises SchemaError.

        Parameters that the document does not have are dropped, as the vendor does.
        """
        query: Row = {}
        for name in params.keys() & self.path.keys():
            validate(self.path[name], params[name], f"params/{name}")
        for name, schema in self.query.items():
            if texts := [text for given, text in pairs if given == name]:
                query[name] = _typed(texts, schema)
                validate(schema, query[name], f"querystring/{name}")
        if self.body == {"type": "null"}:
            if has_body:
                raise SchemaError("must be null", "body")  # even an empty object
        elif self.body is not None:
            body = {} if body is None and not self.required else body
            validate(self.body, body, "body")
        return query, body


def _typed(texts: Sequence[str], schema: Schema) -> Any:
    # A query carries text. What is no value of the wanted type stays text, and fails its check.
    kind, text = schema.get("type"), texts[0]
    if kind == "array":
        return [_typed([one], schema["items"]) for one in texts]
    if len(texts) > 1:
        return texts  # several where one belongs: the check says so
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind in {"integer", "number"} and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text, re.ASCII):
        return int(float(text)) if float(text).is_integer() else float(text)
    return text


@cache
def operations() -> Mapping[str, Operation]:
    """What the sandbox offers, by names such as `POST leads/add`."""
    found = {}
    for name, spec in _document()["operations"].items():
        body = {"type": "object"} | spec["body"] if "body" in spec else None
        inputs = spec.get("query", {}), spec.get("path", {}), body, spec.get("required", False)
        found[_name(name)] = Operation(spec["scope"], *inputs)
    return found


@cache
def elsewhere() -> tuple[str, ...]:
    """The names of what the document has and the sandbox does not."""
    return tuple(map(_name, _document()["elsewhere"]))


def _name(full: str) -> str:
    return full.replace("/api/v2/", "", 1)


@cache
def _document() -> Mapping[str, Any]:
    text = Path(__file__).with_name("contract.json").read_text()
    # The type of a value is judged first, as the vendor does.
    return dict(json.loads(text, object_hook=lambda spec: {"type": spec["type"], **spec} if "type" in spec else spec))
