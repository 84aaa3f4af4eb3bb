"""Takes the consequences of events: each once, in the transaction that marks it. Asks no vendor.

A bounce and an opt-out are believed at once. Anything else has to be seen by two rounds or in two places, since reads
contradict each other for a while; a reply only once the inbox has shown that a person wrote it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import RowMapping
from sqlalchemy.engine import Connection

from bridge.hygiene import email
from bridge.lazy import dataclass
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.events.reading import LATEST
from bridge.ledger.people import suppressions
from bridge.ledger.people.entries import Suppression
from bridge.ledger.people.suppressions import Storage
from bridge.ledger.sql import execute, rows
from bridge.model import DEFAULT_CLIENT, SENDER_SIDE, EventKind, Witness

SUPPRESSED, SENDERS_FAULT = "suppressed", "sender_side"
"""What became of an event."""

_AT_ONCE = 500
_CERTAIN = {
    EventKind.BOUNCED: "1 = 1",
    EventKind.UNSUBSCRIBED: "1 = 1",
    EventKind.NOT_INTERESTED: "(e.sightings > 1 OR e.witnesses NOT IN (1, 2, 4, 8))",
    EventKind.REPLIED: f"(e.witnesses & {int(Witness.INBOX | Witness.ROSTER)}) <> 0",
}
_WORDS = {
    EventKind.BOUNCED: "bounced",
    EventKind.UNSUBSCRIBED: "opted out",
    EventKind.NOT_INTERESTED: "not interested",
    EventKind.REPLIED: "replied",
}


@dataclass(frozen=True, slots=True)
class Due:
    """An event whose consequence is due, with the keys of its person."""

    delivery_id: int
    kind: EventKind
    at: datetime | None
    learnt: str
    detail: str
    route: str
    client: str
    person: str
    profile: str
    vendor: str

    def entries(self) -> list[Suppression]:
        """Which keys must not be contacted any more: a bounce concerns the address alone, all else the person."""
        keys = [self.person] if self.kind is EventKind.BOUNCED and self.person else [self.person, self.profile]
        day = f" on {self.at:%Y-%m-%d}" if self.at else ""
        code = f" ({self.detail})" if self.detail else ""
        reason = f"{_WORDS[self.kind]}{day}{code}, route {self.route}, learnt by {self.learnt}"
        # An address that bounces is dead for everyone; all else was said to this client.
        client = "" if self.kind is EventKind.BOUNCED or self.client == DEFAULT_CLIENT else self.client
        return [Suppression("", key, reason, origin(self.vendor, self.kind), client=client) for key in keys if key]


def origin(vendor: str, kind: EventKind) -> str:
    """The origin of an entry that follows from an event."""
    return f"{vendor}:{kind}"


def act(database: Database, route_no: int, kinds: Collection[EventKind], *, now: datetime, storage: Storage) -> int:
    """Suppress the people that the events of these kinds concern; how many entries were not on the list."""
    count = 0
    for kind in sorted(kinds):
        while (done := _act_on_some(database, route_no, kind, now, storage)) is not None:
            count += done
    return count


@transaction()
def _act_on_some(connection: Connection, route_no: int, kind: EventKind, now: datetime, storage: Storage) -> int | None:
    """The next few; None where nothing is due."""
    due = _due(connection, route_no, kind)
    if not due:
        return None
    to_suppress = [one for one in due if not one.detail.startswith(SENDER_SIDE)]
    count = suppressions.add_to(
        connection, [entry for one in to_suppress for entry in one.entries()], now=now, storage=storage
    )
    _mark(connection, kind, [one.delivery_id for one in to_suppress], SUPPRESSED, now)
    others = {one.delivery_id for one in due} - {one.delivery_id for one in to_suppress}
    _mark(connection, kind, sorted(others), SENDERS_FAULT, now)
    return count


def _due(connection: Connection, route_no: int, kind: EventKind) -> Sequence[Due]:
    # The names of the kinds let both databases use the partial index.
    query = f"""
        SELECT e.delivery_id, {LATEST} AS at, e.learnt, e.detail, route.name AS route, route.client, p.vendor,
            d.address, lead.person, lead.profile
        FROM vendor_event e JOIN delivery d ON d.id = e.delivery_id JOIN lead ON lead.id = d.lead_id
        JOIN route ON route.no = e.route_no JOIN place p ON p.no = d.place_no
        WHERE e.route_no = :route AND e.kind = :kind AND e.acted_at = 0 AND e.delivery_id > 0
        AND e.kind IN ('bounced', 'unsubscribed', 'not_interested', 'replied') AND {_CERTAIN[kind]}
        ORDER BY e.delivery_id LIMIT {_AT_ONCE}
    """  # noqa: S608 - put together from constants
    return [_read(row, kind) for row in rows(connection, query, route=route_no, kind=kind.value)]


def _read(row: RowMapping, kind: EventKind) -> Due:
    read = email.read(row["address"]) if "@" in row["address"] else None
    # The address that was written to, also where the lead has another one by now.
    person = read.person if isinstance(read, email.Address) else row["person"]
    names = ("delivery_id", "learnt", "detail", "route", "client", "profile", "vendor")
    return Due(kind=kind, at=moment(row["at"]), person=person, **{name: row[name] for name in names})


def _mark(connection: Connection, kind: EventKind, ids: Sequence[int], what: str, now: datetime) -> None:
    acted = """
        UPDATE vendor_event SET acted_at = :now, consequence = :what
        WHERE kind = :kind AND subject = '' AND delivery_id IN :ids
    """
    execute(connection, acted, now=milliseconds(now), what=what, kind=kind.value, ids=list(ids))
