"""Which requests Instantly takes, by the extract of its document in `contract.json` (tests/contract/make_slim.py)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bridge.sandbox.schema import Misfit, Schema, judge
from bridge.sandbox.wire import Row

__all__ = ["Misfit", "Operation", "elsewhere", "operations"]


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

    def judge_path(self, holes: Mapping[str, str]) -> None:
        """Raises Misfit for an id of the wrong form."""
        for name in holes.keys() & self.path.keys():
            judge(self.path[name], holes[name], f"params/{name}")

    def read_query(self, pairs: Sequence[tuple[str, str]]) -> Row:
        """The documented parameters as values of their types; all others are dropped, as the vendor does."""
        told: Row = {}
        for name, schema in self.query.items():
            texts = [text for given, text in pairs if given == name]
            if texts:
                told[name] = _typed(texts, schema)
                judge(schema, told[name], f"querystring/{name}")
        return told

    def read_body(self, body: Any, raw: bytes) -> Any:
        """The body, where the operation has one."""
        if self.body is None:
            return body
        if self.body["type"] == "null":
            if raw:
                raise Misfit("must be null", "body")  # even an empty object
            return None
        body = {} if body is None and not self.required else body
        judge(self.body, body, "body")
        return body


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
    return {_name(name): _operation(told) for name, told in _document()["operations"].items()}


def _operation(told: Schema) -> Operation:
    body = {"type": "object"} | told["body"] if "body" in told else None
    return Operation(told["scope"], told.get("query", {}), told.get("path", {}), body, told.get("required", False))


@cache
def elsewhere() -> tuple[str, ...]:
    """The names of what the document has and the sandbox does not."""
    return tuple(map(_name, _document()["elsewhere"]))


def _name(full: str) -> str:
    return full.replace("/api/v2/", "", 1)


@cache
def _document() -> Mapping[str, Any]:
    return dict(json.loads(Path(__file__).with_name("contract.json").read_text()))
