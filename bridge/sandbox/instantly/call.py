"""One judged request as the handlers see it, and what they all share: looking things up, pages, refusals."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bridge.sandbox.book import Book
from bridge.sandbox.faults import BEFORE_ALL
from bridge.sandbox.instantly.contract import Misfit
from bridge.sandbox.instantly.records import Campaign, Delivery, LeadList, Mailbox, Person
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.wire import Problem, answer, moment

_ERRORS = {
    400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
    429: "Too Many Requests",
}  # fmt: skip


def problem(status: int, message: str) -> Problem:
    """The vendor's error body (instantly.md §1.1)."""
    return Problem(answer({"statusCode": status, "error": _ERRORS[status], "message": message}, status))


class HasId(Protocol):
    """Anything that is found by its id."""

    @property
    def id(self) -> str:
        """The vendor's id, a UUID."""


Found = TypeVar("Found", bound=HasId)


def find(things: Iterable[Found], ref: object, what: str) -> Found:
    """The thing with this id; raises the vendor's 404."""
    for one in things:
        if one.id == str(ref).lower():
            return one
    raise problem(404, f"{what} not found")


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has passed the contract. `query` holds typed values, `body` a JSON object or None."""

    workspace: Workspace
    book: Book
    now: datetime
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    holes: Mapping[str, str] = field(default_factory=dict)
    post: Callable[[Delivery], int] = lambda _delivery: 0  # the receiver's status, 0 where nobody answers

    def campaign(self, ref: object = None) -> Campaign:
        """The campaign with this id, or the one that the path names."""
        return find(self.workspace.campaigns, ref or self.holes["id"], "Campaign")

    def lead_list(self, ref: object = None) -> LeadList:
        """The list with this id, or the one that the path names."""
        return find(self.workspace.lists, ref or self.holes["id"], "Lead list")

    def place(self, campaign: object, list_id: object) -> Campaign | LeadList | None:
        """The campaign or the list that a body names; None where it names neither."""
        return self.campaign(campaign) if campaign else self.lead_list(list_id) if list_id else None

    def person(self, ref: object = None) -> Person:
        """The lead with this id, or the one that the path names."""
        found = self.workspace.person(str(ref or self.holes["id"]).lower())
        if found is None:
            raise problem(404, "Lead not found")
        return found

    def mailbox(self, email: str = "") -> Mailbox:
        """The sending account with this address, or the one that the path names."""
        wanted = (email or self.holes["email"]).lower()
        for one in self.workspace.mailboxes:
            if one.email == wanted:
                return one
        raise problem(404, "Account not found")

    def several(self, name: str) -> set[str]:
        """The parts of a query parameter that holds a list separated by commas."""
        return {part.strip() for part in str(self.query.get(name, "")).split(",") if part.strip()}

    def time(self, name: str) -> datetime | None:
        """A query parameter as a time: a date is its midnight in UTC. Raises Misfit."""
        text = self.query.get(name)
        if text is None:
            return None
        try:
            return moment(text)
        except ValueError:
            raise Misfit(f'querystring/{name} must match format "date-time"') from None

    def page(self, rows: Sequence[dict[str, Any]], cursor: str = "id", *, descending: bool = False) -> dict[str, Any]:
        """One page of rows that are sorted by the field `cursor`, which `starting_after` speaks of."""
        after, limit = self.query.get("starting_after"), max(1, int(self.query.get("limit", 10)))
        if after not in {None, BEFORE_ALL}:
            rows = [row for row in rows if (row[cursor] < after if descending else row[cursor] > after)]
        return cut(rows, limit, cursor)


def cut(rows: Sequence[dict[str, Any]], limit: int, cursor: str) -> dict[str, Any]:
    """The first `limit` rows, and the cursor where there are more."""
    told: dict[str, Any] = {"items": rows[:limit]}
    return told | ({"next_starting_after": rows[limit - 1][cursor]} if len(rows) > limit else {})


Handler = Callable[[Call], Any]
Table = Mapping[str, Handler]
