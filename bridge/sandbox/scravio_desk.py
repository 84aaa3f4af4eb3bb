"""What Scravio's desk endpoints share in the sandbox: who asks, problems, pages, numbers. Answers no request itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, Protocol

from bridge.sandbox.account import ScravioAccount, SourceCampaign
from bridge.sandbox.wire import Problem, Request, Response, answer, loads


class Complain(Protocol):
    """Makes the problem of a status, a code and a message."""

    def __call__(self, status: int, code: str, message: str, param: str = "", detail: str = "") -> Problem:
        """The problem, to be raised."""


@dataclass(frozen=True, slots=True)
class Counter:
    """What an endpoint works with: the account, its clock, and the API's own way to find and to complain."""

    account: ScravioAccount
    now: Callable[[], datetime]
    find: Callable[[str], SourceCampaign]
    complain: Complain

    def body(self, request: Request) -> Mapping[str, Any]:
        """The JSON object of a request."""
        try:
            told = loads(request.body or b"{}")
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise self.invalid("body", "a JSON object is expected")
        return told

    def invalid(self, param: str, message: str) -> Problem:
        """400 for one parameter."""
        return self.complain(400, "VALIDATION_ERROR", "Validation failed", param, message)

    def limited(self, message: str) -> Problem:
        """429."""
        return self.complain(429, "RATE_LIMITED", message)

    def conflict(self, message: str) -> Problem:
        """409."""
        return self.complain(409, "CONFLICT", message)

    def pay(self, kind: str, amount: float, campaign_id: str | None = None) -> None:
        """Take credits. Raises the problem of an account that has too few."""
        if amount > self.account.credits:
            status = self.account.habits.short_of_credits
            raise self.complain(status, "INSUFFICIENT_CREDITS", "Insufficient credits")
        self.account.book(kind, -amount, self.now(), campaign_id)

    def need_account_key(self) -> None:
        """Raises 403 where the key belongs to one workspace (scravio.md §0)."""
        if not self.account.habits.account_scoped:
            raise self.complain(403, "ACCOUNT_KEY_REQUIRED", "This route needs an account-scoped key")


def enveloped(counter: Counter, data: object, status: int = 200) -> Response:
    """`{success, data, requestId}`."""
    del counter
    return answer({"success": True, "data": data, "requestId": "req_desk"}, status)


def paged(
    rows: Sequence[Any], query: Mapping[str, str], size_name: str = "perPage"
) -> tuple[list[Any], dict[str, int]]:
    """The asked page of the rows, and the totals beside it."""
    page, size = int(query.get("page", "1")), min(int(query.get(size_name, "10")), 100)
    totals = {"totalCount": len(rows), "totalPages": ceil(len(rows) / size), "currentPage": page, "perPage": size}
    return list(rows[(page - 1) * size : page * size]), totals
