"""One request as Scravio's handlers see it, and what they share: finding, reading a query, paging, paying, refusing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from operator import gt, lt
from typing import Any, TypeVar

from bridge.sandbox.limits import Window
from bridge.sandbox.scravio.account import ScravioAccount, SourceCampaign
from bridge.sandbox.wire import Problem, Request, Response, Row, answer, loads, moment

Item = TypeVar("Item")
_REQUEST_ID = "req_sandbox"


def problem(status: int, code: str, message: str, **error: str) -> Problem:
    """Scravio's error body (scravio.md §1); `error` names the parameter that is wrong."""
    errors = {"errors": [error | {"location": "query"}]} if error else {}
    return Problem(answer({"message": message, "code": code, **errors, "requestId": _REQUEST_ID}, status))


def invalid(param: str, message: str) -> Problem:
    """400 for one parameter."""
    return problem(400, "VALIDATION_ERROR", "Validation failed", param=param, msg=message)


def conflict(message: str) -> Problem:
    """409."""
    return problem(409, "CONFLICT", message)


def missing(what: str) -> Problem:
    """404."""
    return problem(404, "NOT_FOUND", what)


def enveloped(data: object, status: int = 200) -> Response:
    """`{success, data, requestId}`."""
    return answer({"success": True, "data": data, "requestId": _REQUEST_ID}, status)


@dataclass(frozen=True, slots=True)
class Call:
    """An admitted request, with the account and the clock it works on. `params` are those of the path, `{…}`."""

    account: ScravioAccount
    window: Window
    now: datetime
    request: Request
    params: Mapping[str, str]

    @property
    def query(self) -> Mapping[str, str]:
        """The request's parameters."""
        return self.request.query

    def campaign(self, ref: object = None) -> SourceCampaign:
        """The campaign with this id, or the one that the path names. Raises the problem of an unknown one."""
        wanted = self.params["id"] if ref is None else ref
        for campaign in self.account.campaigns:
            if campaign.id == wanted and not campaign.deleted:
                return campaign
        raise missing("Campaign not found")

    def body(self) -> Row:
        """The JSON object of the request."""
        try:
            found = loads(self.request.body or b"{}")
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise invalid("body", "a JSON object is expected")
        return found

    def limit(self, most: int, span: timedelta, name: str) -> None:
        """Count the request under `name`; raises the problem of the one too many in `span`."""
        if not self.window.admit(self.now, (most, span), name=name):
            raise problem(429, "RATE_LIMITED", "Too many requests")

    def pay(self, kind: str, amount: float, campaign_id: str | None = None) -> None:
        """Take credits. Raises the problem of an account that has too few."""
        if amount > self.account.credits:
            raise problem(self.account.habits.short_of_credits, "INSUFFICIENT_CREDITS", "Insufficient credits")
        self.account.book(kind, -amount, self.now, campaign_id)

    def need_account_key(self) -> None:
        """Raises 403 where the key belongs to one workspace (scravio.md §0)."""
        if not self.account.habits.account_scoped:
            raise problem(403, "ACCOUNT_KEY_REQUIRED", "This route needs an account-scoped key")

    def number(self, name: str, default: int) -> int:
        """A positive integer."""
        text = self.query.get(name, str(default))
        if not text.isascii() or not text.isdecimal() or int(text) < 1:
            raise invalid(name, f"{name} must be a positive integer")
        return int(text)

    def one_of(self, name: str, allowed: Sequence[str], default: str = "") -> str:
        """One of the allowed words."""
        value = self.query.get(name, default)
        if name in self.query and value not in allowed:
            raise invalid(name, f"{name} must be one of: {', '.join(allowed)}")
        return value

    def in_range(self, at: str) -> bool:
        """Whether a timestamp lies between the parameters `from` and `to`, where they are given."""
        for name, outside in (("from", lt), ("to", gt)):
            try:
                if name in self.query and outside(moment(at), moment(self.query[name])):
                    return False
            except ValueError:
                raise invalid(name, f"{name} must be an ISO 8601 date") from None
        return True

    def page(self, rows: Sequence[Item], *, cap: int = 100, size: str = "perPage") -> tuple[Sequence[Item], Row]:
        """The asked page of the rows, and the totals beside it; `size` is the parameter that holds a page's size."""
        number, length = self.number("page", 1), self.number(size, 10)
        if length > cap and self.account.habits.large_pages == "reject":
            raise invalid(size, f"{size} must be between 1 and {cap}")
        length = min(length, cap)
        totals = {"totalCount": len(rows), "totalPages": ceil(len(rows) / length)}
        return rows[(number - 1) * length : number * length], totals | {"currentPage": number, "perPage": length}


def link(call: Call, name: str) -> str:
    """A pre-signed link to a file of the sandbox, on the host that was asked."""
    host = call.request.headers.get("host", "files.sandbox.example")
    scheme = "http" if host.startswith(("127.0.0.1", "localhost", "[::1]")) else "https"
    return call.account.habits.file_link or f"{scheme}://{host}/files/{name}.csv?signature=made-up"


Table = Mapping[str, Callable[[Call], Any]]
