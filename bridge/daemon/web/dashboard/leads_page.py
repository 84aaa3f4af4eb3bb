"""The list of leads: what is asked for, a page of it, and the same as CSV. Computes values; prints nothing."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from bridge.lazy import dataclass
from bridge.ledger import Database
from bridge.ledger.views import leads
from bridge.ledger.views.health import Portion
from bridge.ledger.views.leads import Filter, Listed, Page
from bridge.logs import mask, mask_addresses
from bridge.reports import finding
from bridge.reports.stories import Person
from bridge.reports.text import cell, iso, visible

SIZE = 50
MOST_IN_CSV = 50_000
"""Rows of one CSV: more take longer than a connection lives."""

FIELDS = ("q", "client", "route", "state", "reason", "campaign", "event")
HEADS = (
    *("client", "route", "state", "reason", "source_campaign", "lead_id", "email", "username", "name", "platform"),
    *("sent_at", "event", "event_at"),
)
_LONGEST = 320


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of the search form, as they were sent."""

    q: str = ""
    client: str = ""
    route: str = ""
    state: str = ""
    reason: str = ""
    campaign: str = ""
    event: str = ""
    cursor: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        """From the address of a page."""
        given = {name: visible(query.get(name, "")).strip()[:_LONGEST] for name in (*FIELDS, "cursor")}
        return cls(**given)

    def filter(self, clients: Mapping[str, str]) -> Filter:
        """The filter behind it; `clients` has the client of each route."""
        routes = [name for name, client in clients.items() if self.route in ("", name) and self.client in ("", client)]
        chosen = tuple(routes) if self.route or self.client else None
        return Filter(chosen, self.state, self.reason, self.campaign, self.event)

    @property
    def query(self) -> dict[str, str]:
        """The fields that are set, for a link to the same list."""
        return {name: getattr(self, name) for name in FIELDS if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class LeadsPage:
    """A page of leads. `unrouted` are those that no route has decided about, `person` what is known of an address."""

    asked: Asked
    page: Page
    unrouted: Sequence[int] = ()
    person: Person | None = None


def leads_page(db: Database, asked: Asked, portions: Sequence[Portion], clients: Mapping[str, str]) -> LeadsPage:
    """What is asked for. Raises BridgeError when the database does not answer."""
    wanted = asked.filter(clients)
    if not asked.q:
        return LeadsPage(asked, leads.page(db, wanted, portions, cursor=asked.cursor, size=SIZE))
    exact = [] if asked.cursor else finding.exactly(db, asked.q)
    found, cursor = (exact, "") if exact else leads.named(db, asked.q, cursor=asked.cursor, size=SIZE)
    rows = leads.of_leads(db, found, wanted)
    unrouted = () if wanted != Filter() else tuple(leads.undelivered(db, found))
    person = None if rows or unrouted else finding.about(db, asked.q)
    return LeadsPage(asked, Page(rows, cursor, bool(cursor)), unrouted, person)


def rows_of_csv(
    db: Database, asked: Asked, portions: Sequence[Portion], clients: Mapping[str, str], *, revealed: bool
) -> Iterator[str]:
    """The same list as CSV, from its first page on; addresses are masked unless `revealed`."""
    yield "\ufeff" + _line(HEADS)
    left = MOST_IN_CSV
    if asked.q:
        found = leads_page(db, asked, portions, clients)
        yield from map(_line, (_cells(one, revealed=revealed) for one in found.page.rows))
        return
    cursor = ""
    while left > 0:
        page = leads.page(db, asked.filter(clients), portions, cursor=cursor, size=min(1_000, left))
        yield "".join(_line(_cells(one, revealed=revealed)) for one in page.rows)
        left, cursor = left - len(page.rows), page.cursor
        if not cursor:
            return


def _cells(one: Listed, *, revealed: bool) -> list[str]:
    """By the heads."""
    facts = (one.client, one.route, one.state, one.reason, one.campaign, one.lead_id, one.address, one.username)
    texts = [*facts, one.name, one.platform, iso(one.sent_at) or "", one.event, iso(one.event_at) or ""]
    written = one.address if one.address and "@" not in one.address else None  # scraped without an @ to know it by
    return texts if revealed else [mask(text) if text == written else mask_addresses(text) for text in texts]


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow([cell(text) for text in cells])
    return written.getvalue()
