"""What became of every delivered lead, and which source campaign found it first. Writes nothing.

A person found by several campaigns of the client's routes counts for the first of them: by the campaign's
`created_at`, then the lead's `scraped_at`, then its id.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridge.lazy import dataclass
from bridge.ledger.database import Database, milliseconds, moment
from bridge.ledger.facts import named_facts
from bridge.ledger.sql import among, rows
from bridge.model import SENDER_SIDE

if TYPE_CHECKING:
    from sqlalchemy import RowMapping
    from sqlalchemy.engine import Connection

_PAGE = 1_000
_NEVER = 2**62  # behind every known time

_DELIVERED = """
    SELECT d.id, d.sent_at, r.name AS route, r.client, l.person, l.profile, l.facts, c.id AS campaign, c.title
    FROM delivery d JOIN route r ON r.no = d.route_no JOIN lead l ON l.id = d.lead_id
    JOIN campaign c ON c.no = l.campaign_no
    WHERE d.state = 'delivered' AND d.id > :after AND d.sent_at >= :since AND (:every = 1 OR r.name IN :routes)
    ORDER BY d.id LIMIT :size
"""
_FOUND = """
    SELECT DISTINCT l.id, l.{key} AS key, l.source_id, l.facts, c.id AS campaign, c.title, c.created_at, r.client
    FROM lead l JOIN campaign c ON c.no = l.campaign_no JOIN delivery d ON d.lead_id = l.id
    JOIN route r ON r.no = d.route_no WHERE l.{key} IN :some AND l.{key} <> ''
"""
_EVENTS = "SELECT delivery_id, kind, detail FROM vendor_event WHERE delivery_id IN :some"


@dataclass(frozen=True, slots=True)
class Became:
    """One delivered lead. `campaign` and `title` are those of the campaign that found the person first.

    `found` are the facts of the lead there, `facts` those that were delivered ({} where they were pruned). `kinds` are
    its events, without bounces that the vendor puts down to the sender. `shared`: other campaigns found the person too.
    """

    route: str
    client: str
    campaign: str
    title: str
    found: Mapping[str, Any]
    facts: Mapping[str, Any]
    sent_at: datetime | None
    kinds: frozenset[str]
    shared: bool


def became(database: Database, routes: Sequence[str], since: datetime | None) -> Iterator[Became]:
    """Every delivered lead of these routes (of all, where none is named), sent at `since` or later."""
    after, given = 0, {"routes": list(routes), "every": int(not routes), "since": milliseconds(since), "size": _PAGE}
    while True:
        with database.read() as connection:
            page = rows(connection, _DELIVERED, after=after, **given)
            first, events = _first(connection, page), _events(connection, page)
        if not page:
            return
        after = page[-1]["id"]
        for row in page:
            candidates = first.get((row["client"], row["person"] or row["profile"]), [])
            # Nearly always one campaign found the person: there its facts are read once, and no order is needed.
            source = min(candidates, key=_order) if len(candidates) > 1 else next(iter(candidates), row)
            facts = _facts(row)
            found = facts if source["facts"] == row["facts"] else _facts(source)
            yield Became(
                row["route"], row["client"], source["campaign"], source["title"], found, facts,
                moment(row["sent_at"]), frozenset(events.get(row["id"], ())),
                len({one["campaign"] for one in candidates}) > 1,
            )  # fmt: skip


def _first(connection: "Connection", page: "Sequence[RowMapping]") -> "dict[tuple[str, str], list[RowMapping]]":
    found: dict[tuple[str, str], list[RowMapping]] = {}
    for name in ("person", "profile"):
        keys = {row[name] for row in page if row[name] and (name == "person" or not row["person"])}
        for row in among(connection, _FOUND.format(key=name), sorted(keys)):
            found.setdefault((row["client"], row["key"]), []).append(row)
    return found


def _order(row: "RowMapping") -> tuple[int, int, str]:
    return row["created_at"] or _NEVER, _facts(row).get("scraped_at") or _NEVER, row["source_id"]


def _events(connection: "Connection", page: "Sequence[RowMapping]") -> dict[int, set[str]]:
    events: dict[int, set[str]] = {}
    for row in among(connection, _EVENTS, [row["id"] for row in page]):
        if not (row["kind"] == "bounced" and row["detail"].startswith(SENDER_SIDE)):
            events.setdefault(row["delivery_id"], set()).add(row["kind"])
    return events


def _facts(row: "RowMapping") -> Mapping[str, Any]:
    return named_facts(row["facts"]) if row["facts"] else {}
