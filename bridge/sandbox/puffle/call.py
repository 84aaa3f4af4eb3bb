"""One request as Puffle's handlers see it, and what they share: finding, reading a body, refusing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from bridge.sandbox.book import Book
from bridge.sandbox.puffle.workspace import Campaign, PuffleWorkspace
from bridge.sandbox.schema import Schema, SchemaError, validate
from bridge.sandbox.wire import Problem, Request, Response, Row, answer, loads

_CODES = {400: "bad_request", 401: "unauthorized", 402: "payment_required", 403: "forbidden", 404: "not_found"}


def problem(workspace: PuffleWorkspace, status: int, message: str) -> Problem:
    """An error in the shape of the workspace's habit: no page shows one whole (puffle.md §1)."""
    code = _CODES.get(status, "error")
    shapes: dict[str, Row] = {
        "error": {"error": message},
        "message": {"message": message, "code": code},
        "nested": {"error": {"code": code, "message": message}},
    }
    wait = workspace.habits.retry_after
    made = answer(shapes[workspace.habits.errors], status)
    headers = (("Retry-After", str(wait)),) if status == HTTPStatus.TOO_MANY_REQUESTS and wait is not None else ()
    return Problem(Response(status, made.body, made.content_type, headers))


@dataclass(frozen=True, slots=True)
class Call:
    """An admitted request, with the workspace, the book and the clock it works on. `params` are those of the path."""

    workspace: PuffleWorkspace
    book: Book
    now: datetime
    request: Request
    params: Mapping[str, str]

    def refuse(self, status: int, message: str) -> Problem:
        """The problem to raise."""
        return problem(self.workspace, status, message)

    def campaign(self) -> Campaign:
        """The campaign that the path names."""
        for one in self.workspace.campaigns:
            if one.id == self.params["id"].lower():
                return one
        raise self.refuse(404, "Campaign not found")

    def draft(self) -> Campaign:
        """The same, where it may still be written to."""
        found = self.campaign()
        if found.status != "draft":
            raise self.refuse(400, f"Campaign is {found.status}; prospects can only be changed while it is a draft")
        return found

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number of at least 1; a larger one than `most` is clamped."""
        text = self.request.query.get(name, str(default))
        if not text.isascii() or not text.isdecimal() or int(text) < 1:
            raise self.refuse(400, f"{name} must be a positive integer")
        return min(int(text), most)

    def body(self, schema: Schema) -> Row:
        """The JSON object of the request, where the schema allows it; unknown keys by habit."""
        try:
            found = loads(self.request.body)
            validate(self._strict(schema), found, "body")
        except SchemaError as error:
            raise self.refuse(400, str(error)) from None
        except ValueError:
            raise self.refuse(400, "Invalid JSON") from None
        return dict(found)

    def _strict(self, schema: Schema) -> Schema:
        closed = {name: self._strict(inner) for name, inner in schema.get("properties", {}).items()}
        made: Row = dict(schema) | ({"properties": closed} if closed else {})
        if "items" in schema:
            made["items"] = self._strict(schema["items"])
        if closed and self.workspace.habits.unknown_keys == "reject":
            made["additionalProperties"] = False
        return made


Table = Mapping[str, Callable[[Call], Any]]
