"""One request as Inbox's handlers see it, and what they share: finding, judging a body, pages, refusals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridge.sandbox.book import Book
from bridge.sandbox.inbox.team import Campaign, Team
from bridge.sandbox.schema import Schema, SchemaError, validate
from bridge.sandbox.wire import Problem, Request, Row, answer, loads

_CODES: Mapping[int, tuple[str, str]] = {
    400: ("BAD_REQUEST", "invalidRequest"), 401: ("UNAUTHORIZED", "unauthorized"), 403: ("FORBIDDEN", "forbidden"),
    404: ("NOT_FOUND", "notFound"), 409: ("CONFLICT", "conflict"), 429: ("RATE_LIMITED", "rateLimited"),
}  # fmt: skip
_MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Call:
    """An admitted request, with the team and the clock it works on. `params` are those of the path."""

    team: Team
    book: Book
    now: datetime
    request: Request
    params: Mapping[str, str]

    def refuse(self, status: int, message: str) -> Problem:
        """One of the two error bodies (inbox.md §6)."""
        older, newer = _CODES[status]
        if self.team.habits.flat_errors:
            body: Row = {"code": newer, "message": message, "details": None, "requestId": "req_sandbox"}
        else:
            body = {"error": {"code": older, "message": message, "status": status}}
        return Problem(answer(body, status))

    def campaign(self) -> Campaign:
        """The campaign that the path names. Raises the vendor's 404."""
        found = next((one for one in self.team.campaigns if one.id == self.params["campaign"]), None)
        if found is None:
            raise self.refuse(404, "Campaign not found")
        return found

    def body(self, schema: Schema) -> Row:
        """The JSON body, which the schema allows. Raises the vendor's 400."""
        try:
            read = loads(self.request.body or b"null")
            validate({"type": "object", **schema}, read, "body")
        except SchemaError as error:
            raise self.refuse(400, str(error)) from None
        except ValueError:
            raise self.refuse(400, "Body is not valid JSON") from None
        strange = sorted(read.keys() - schema["properties"].keys())
        if strange and self.team.habits.refuses_unknown_keys:
            raise self.refuse(400, f"Unrecognized key(s) in object: '{strange[0]}'")
        return dict(read)

    def page(self, rows: Sequence[Row]) -> Row:
        """One page, `{data, nextCursor}`."""
        cursor = self.request.query.get("cursor", "")
        start = int(cursor) if cursor.isdigit() else 0
        end = start + min(int(self.request.query.get("limit", 50)), _MOST_ROWS)
        return {"data": rows[start:end], "nextCursor": str(end) if end < len(rows) else None}


Table = Mapping[str, Callable[[Call], Any]]
