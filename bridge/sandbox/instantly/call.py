"""One judged request as the handlers see it, and what they all share: finding, filtering, pages, refusals."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bridge.sandbox.book import Book
from bridge.sandbox.faults import BEFORE_ALL
from bridge.sandbox.instantly.records import Campaign, LeadList, Mailbox, Person, Try
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.schema import SchemaError
from bridge.sandbox.wire import Problem, Row, answer, moment

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


Thing = TypeVar("Thing")
Found = TypeVar("Found", bound=HasId)


def find(things: Iterable[Found], ref: object, what: str) -> Found:
    """The thing with this id; raises the vendor's 404."""
    for one in things:
        if one.id == str(ref).lower():
            return one
    raise problem(404, f"{what} not found")


def keep(
    things: Iterable[Thing], asked: Mapping[str, Any], tests: Mapping[str, Callable[[Any, Thing], bool]]
) -> Iterator[Thing]:
    """Those that pass the test of everything that is asked for; a test takes the wanted value and a thing."""
    wanted = [(test, asked[name]) for name, test in tests.items() if name in asked]
    return (one for one in things if all(test(value, one) for test, value in wanted))


def _own(one: Any, name: str) -> Any:
    return one[name] if isinstance(one, dict) else getattr(one, name)


def among(listed: str, *values: str | None) -> bool:
    """Whether one of the values is named in a list separated by commas; an empty list names all."""
    names = {part.strip() for part in listed.split(",")} - {""}
    return not names or not names.isdisjoint(values)


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has passed the contract. `query` holds typed values, `body` a JSON object or None."""

    workspace: Workspace
    book: Book
    now: datetime
    query: Row = field(default_factory=dict)
    body: Any = None
    params: Mapping[str, str] = field(default_factory=dict)
    post: Callable[[Try], int] = lambda _try: 0  # the receiver's status, 0 without an answer

    def one(self, things: Iterable[Found], what: str) -> Found:
        """The thing that the path names."""
        return find(things, self.params["id"], what)

    def removed(self, things: list[Found], what: str) -> Found:
        """The thing that the path names; it is deleted."""
        gone = self.one(things, what)
        things.remove(gone)
        return gone

    def campaign(self, ref: object = None) -> Campaign:
        """The campaign with this id, or the one that the path names."""
        return find(self.workspace.campaigns, ref or self.params["id"], "Campaign")

    def lead_list(self, ref: object = None) -> LeadList:
        """The list with this id, or the one that the path names."""
        return find(self.workspace.lists, ref or self.params["id"], "Lead list")

    def place(self, campaign: object, list_id: object) -> Campaign | LeadList | None:
        """The campaign or the list that a body names; None where it names neither."""
        return self.campaign(campaign) if campaign else self.lead_list(list_id) if list_id else None

    def person(self, ref: object = None) -> Person:
        """The lead with this id, or the one that the path names."""
        found = self.workspace.person(str(ref or self.params["id"]).lower())
        if found is None:
            raise problem(404, "Lead not found")
        return found

    def mailbox(self) -> Mailbox:
        """The sending account that the path names."""
        for one in self.workspace.mailboxes:
            if one.email == self.params["email"].lower():
                return one
        raise problem(404, "Account not found")

    def kept(self, things: Iterable[Thing], *equal: str, **tests: Callable[[Any, Thing], bool]) -> list[Thing]:
        """Those that pass the tests of the query's parameters; `equal` are parameters that a thing has by that name."""
        same = {name: lambda wanted, one, name=name: _own(one, name) == wanted for name in equal}
        return list(keep(things, self.query, {**same, **tests}))

    def time(self, name: str) -> datetime | None:
        """A query parameter as a time: a date is its midnight in UTC. Raises SchemaError."""
        text = self.query.get(name)
        if text is None:
            return None
        try:
            return moment(text)
        except ValueError:
            raise SchemaError('must match format "date-time"', f"querystring/{name}") from None

    def page(self, rows: Iterable[Row], cursor: str = "id", *, descending: bool = False) -> Row:
        """One page of the rows, sorted by the field `cursor`, which `starting_after` speaks of."""
        after, limit = self.query.get("starting_after"), max(1, int(self.query.get("limit", 10)))
        shown = sorted(rows, key=lambda row: str(row[cursor]), reverse=descending)
        if after not in {None, BEFORE_ALL}:
            shown = [row for row in shown if (row[cursor] < after if descending else row[cursor] > after)]
        return cut(shown, limit, cursor)


def cut(rows: Sequence[Row], limit: int, cursor: str) -> Row:
    """The first `limit` rows, and the cursor where there are more."""
    result: Row = {"items": rows[:limit]}
    return result | ({"next_starting_after": rows[limit - 1][cursor]} if len(rows) > limit else {})


__all__ = ["Call", "SchemaError", "Table", "among", "cut", "find", "keep", "problem"]

Table = Mapping[str, Callable[[Call], Any]]
