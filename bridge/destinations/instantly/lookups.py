"""What Instantly is asked without changing anything: workspace, leads by address, block list, plan. Decides nothing.

Instantly ignores unknown filters without an error (instantly.md pitfall 5). So each row that comes back is compared
with what was asked before it is believed. Absence is believed only from a listing that was read to its end
and whose rows all say whose they are: everything else is unknown.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from itertools import chain
from typing import Any
from weakref import WeakKeyDictionary

from bridge.api import Client
from bridge.api.scalars import mapping, moment, text
from bridge.destinations.wording import Wording
from bridge.errors import Refused, Unavailable
from bridge.lazy import dataclass
from bridge.model import Place

INSTANTLY = Wording("instantly", "Instantly", "in this workspace", {"list": "lead list"})

PAGE = 100
"""The largest page. The default is ten, and more than a hundred comes back empty (instantly.md pitfall 6)."""

MOST_PAGES = 50
"""For a hundred addresses: one that stands in more than fifty campaigns is not ordinary."""

MOST_BLOCK_SEARCHES = 200
"""For one batch; where more would be needed the block list itself is read, at most MOST_PAGES of it."""

_VERIFYING = (11, 12)  # instantly.md §1.3

BLOCK_LIST = "/block-lists-entries"

_workspaces: WeakKeyDictionary[Client, str] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Sighting:
    """A lead as it was seen in Instantly. `created` is None where it cannot be read; `verifying`: its check goes on."""

    id: str
    email: str
    campaign: str
    list_id: str
    created: datetime | None
    verifying: bool = False

    def is_in(self, place: Place) -> bool:
        """Whether it stands in this very target."""
        return (self.campaign if place.kind == "campaign" else self.list_id).lower() == place.id.lower()

    @property
    def is_nowhere(self) -> bool:
        """Whether the row names neither a campaign nor a list."""
        return not self.campaign and not self.list_id


class UncertainError(Unavailable):
    """A listing that may hold more than it showed: what it showed is there, what it did not show is unknown."""


@dataclass(frozen=True, slots=True)
class Found:
    """The leads that were found, by address in lower case, and the addresses whose absence proves nothing, with why."""

    leads: Mapping[str, Sequence[Sighting]]
    unknown: Mapping[str, str]

    def of(self, address: str) -> Sequence[Sighting]:
        """The leads with this address, in whatever case it is written."""
        return self.leads.get(address.lower(), ())

    def doubt(self, address: str) -> str:
        """Why the address may stand there although it was not found; "" where its absence is certain."""
        return self.unknown.get(address.lower(), "")


def workspace_id(client: Client) -> str:
    """The id of the key's workspace; asked once for each client. Raises Unavailable where the answer has none."""
    if client not in _workspaces:
        found = text(mapping(client.get("/workspaces/current").data).get("id"))
        if not found:
            raise INSTANTLY.unreadable("GET /workspaces/current")
        _workspaces[client] = found
    return _workspaces[client]


def plan_room(client: Client) -> int | None:
    """How many more leads campaigns can hold; None where the plan gives no limit. Lists do not count (pitfall 13).

    A workspace may have a plan of its own and one in a bundle, and no document says which of them counts: the larger
    room is given, since too little would stop a route for nothing, and too much is found out by the push.
    """
    plans = mapping(mapping(client.get("/workspace-billing/plan-details").data).get("subscriptions"))
    rooms = [
        int(plan["total_lead_limit"]) - int(plan["current_lead_count"])
        for plan in (mapping(plans.get("outreach")), mapping(plans.get("bundle")))
        if _is_number(plan.get("total_lead_limit")) and _is_number(plan.get("current_lead_count"))
    ]
    return max(rooms, default=None)


# ------------------------------------------------------------------------------------------------- leads by address


def find_leads(client: Client, addresses: Collection[str], place: Place | None) -> Found:
    """The leads with these addresses in `place`, or anywhere in the workspace.

    Raises VendorError where nothing was learnt; where only some of it is unsure, the answer names those leads.
    """
    found: dict[str, list[Sighting]] = {}
    unknown: dict[str, str] = {}
    asked = sorted({address.lower() for address in addresses})
    for start in range(0, len(asked), PAGE):
        contacts = asked[start : start + PAGE]
        wanted = frozenset(contacts)
        try:
            for row in chain.from_iterable(leads_in(client, {"contacts": contacts, **within(place)})):
                lead = sighting(row)
                if not lead.email:
                    unknown.update(dict.fromkeys(contacts, f"a lead without a readable address was found: {lead.id}"))
                elif lead.email in wanted and (place is None or lead.is_in(place)):
                    found.setdefault(lead.email, []).append(lead)
                elif lead.email in wanted and lead.is_nowhere:
                    unknown[lead.email] = f"a lead of this address does not say where it stands: {lead.id}"
        except UncertainError as error:
            unknown.update(dict.fromkeys(contacts, error.message))
    return Found(found, unknown)


def sighting(row: Mapping[str, Any]) -> Sighting:
    """A row of `leads/list`; what it does not give, or gives in another shape, is "" or None."""
    return Sighting(
        id=text(row.get("id")),
        email=text(row.get("email")).strip().lower(),
        campaign=text(row.get("campaign")),
        list_id=text(row.get("list_id")),
        created=moment(row.get("timestamp_created")),
        verifying=row.get("verification_status") in _VERIFYING,
    )


# ------------------------------------------------------------------------------------------------------- block list


def find_blocked(client: Client, addresses: Sequence[str], most: int) -> set[str]:
    """Those of the addresses that the block list names, themselves or by their domain; stops at `most` found.

    Raises VendorError, also where the list was not shown to its end.
    """
    domains = {address.rpartition("@")[2] for address in addresses}
    if len(addresses) + len(domains) > MOST_BLOCK_SEARCHES:
        return _blocked_by(_values(client), addresses, most)
    by_domain = _blocked_by(_searched(client, domains, domains_only=True), addresses, most)
    left = [address for address in addresses if address not in by_domain]
    return by_domain | _blocked_by(_searched(client, left), left, most - len(by_domain))


def _searched(client: Client, words: Collection[str], *, domains_only: bool | None = None) -> Iterator[str]:
    for word in sorted(words):
        yield from _values(client, search=word, domains_only=domains_only)


def _values(client: Client, *, search: str | None = None, domains_only: bool | None = None) -> Iterator[str]:
    asked = {"search": search, "domains_only": domains_only}
    for row in chain.from_iterable(listing(client, BLOCK_LIST, asked)):
        yield blocked_value(row)


def blocked_value(row: Mapping[str, Any]) -> str:
    """The address or domain of an entry of the block list, "" where it has none."""
    return text(row.get("bl_value")).strip().lower()


def _blocked_by(values: Iterator[str], addresses: Collection[str], most: int) -> set[str]:
    """An entry speaks of an address or of exactly its domain; whether of subdomains too is not documented."""
    by_key: dict[str, set[str]] = {}
    for address in addresses:
        by_key.setdefault(address, set()).add(address)
        by_key.setdefault(address.rpartition("@")[2], set()).add(address)
    blocked: set[str] = set()
    while len(blocked) < most and (value := next(values, None)) is not None:
        blocked |= by_key.get(value, set())
    return blocked


# --------------------------------------------------------------------------------------------------------- listings


def pages(ask: Callable[[str], Any], request: str, most: int = MOST_PAGES) -> Iterator[list[dict[str, Any]]]:
    """The pages of a listing, by its cursor, as long as a new one comes.

    Raises Unavailable for an unknown shape, and UncertainError at the end of a listing that may hold more than it
    showed (instantly.md pitfall 6). Its cursor came twice or cannot be read, a page was empty although more followed,
    a row was no object, or it has no end.
    """
    cursor, seen, gap = "", set[str](), ""
    for _ in range(most):
        body = mapping(ask(cursor))
        rows = body.get("items")
        if not isinstance(rows, list):
            raise INSTANTLY.unreadable(request)
        readable = [row for row in rows if isinstance(row, dict)]
        yield readable
        following = body.get("next_starting_after")
        if len(readable) < len(rows):
            gap = "a row of it cannot be read"
        if not following:
            if gap:
                raise uncertain(request, gap)
            return
        if not rows:
            gap = "a page was empty although more followed"
        if not isinstance(following, str) or following in seen:
            raise uncertain(request, "its cursor came twice" if isinstance(following, str) else "its cursor is no text")
        seen.add(following)
        cursor = following
    raise uncertain(request, f"it never ends: {most} pages and still more")


def listing(
    client: Client, path: str, asked: Mapping[str, Any], most: int = MOST_PAGES
) -> Iterator[list[dict[str, Any]]]:
    """The pages of a listing that is asked for with GET, as `pages` gives them."""

    def ask(cursor: str) -> Any:
        return client.get(path, {"limit": PAGE, **asked, "starting_after": cursor or None}).data

    return pages(ask, f"GET {path}", most)


def leads_in(client: Client, asked: Mapping[str, Any], most: int = MOST_PAGES) -> Iterator[list[dict[str, Any]]]:
    """The pages of leads, which are asked for with POST.

    Only `contacts`, `campaign` and `list_id` are filters; `email` or `campaign_id` would be ignored (pitfall 5).
    """

    def ask(cursor: str) -> Any:
        whole = {"limit": PAGE, **asked}
        return client.ask("/leads/list", {**whole, "starting_after": cursor} if cursor else whole).data

    return pages(ask, "POST /leads/list", most)


def got(client: Client, path: str) -> dict[str, Any] | None:
    """The object at a path; None where there is none."""
    try:
        return mapping(client.get(path).data)
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None


def within(place: Place | None) -> dict[str, str]:
    """The filter that keeps a listing of leads to one target."""
    return {} if place is None else {"campaign" if place.kind == "campaign" else "list_id": place.id}


def uncertain(request: str, why: str) -> UncertainError:
    """The error for an answer that proves no lead's absence."""
    return UncertainError(
        f"Instantly's answer to {request} may be incomplete: {why}.",
        hint="Run the same command again later; nothing that was not shown counts as absent.",
        vendor="instantly",
    )


def _is_number(value: Any) -> bool:
    # The bound keeps out what int() cannot take: infinity and NaN.
    return isinstance(value, int | float) and abs(value) < 2**53
