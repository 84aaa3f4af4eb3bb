"""Statements that store what was read and what was decided of it: one transaction a page. Sends nothing.

`record_page` stores a page of a sweep; `record_decisions` what the rules say now of leads stored before. A delivery
that has left `held` and `ready` is frozen: of a new decision only a changed address is noted on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.errors import Busy
from bridge.hygiene import email
from bridge.model import Decision, Deliver, Lead, Origin, Reason, State
from bridge.store import leases
from bridge.store.campaigns import KnownCampaign, bump_revision
from bridge.store.database import Database, milliseconds
from bridge.store.facts import digest, dump_fields, dump_lead, load_lead, storable
from bridge.store.freeing import alone, free_claims
from bridge.store.statements import chunks, insert_or_ignore, table
from bridge.store.tables import CampaignRow, DeliveryRow, EventRow, LeadRow, RouteCampaignRow

_campaign = table(CampaignRow)
_lead = table(LeadRow)
_delivery = table(DeliveryRow)
_event = table(EventRow)
_met = table(RouteCampaignRow)


@dataclass(frozen=True, slots=True)
class StoredLead:
    """A lead of the ledger with what a decision about it needs to be recorded."""

    id: int
    revision: int
    campaign_no: int
    rank: str
    lead: Lead


@dataclass(frozen=True, slots=True)
class Deciding:
    """Under which route and which rules decisions are made, and when. `decided_by` is the key of rules and mapping.

    `epoch` is that of the route's lease; only its holder records. 0 says that no other process can be about.
    """

    route_no: int
    decided_by: str
    now: datetime
    epoch: int = 0


def person_of(lead: Lead) -> str:
    """The canonical key of the lead's address; "" where it has none that can be read."""
    found = email.read(lead.email) if lead.email and not lead.email_masked else None
    return found.person if isinstance(found, email.Address) else ""


def record_page(
    database: Database, deciding: Deciding, campaign: KnownCampaign, decided: Sequence[tuple[Lead, Decision]]
) -> int:
    """Store a page of leads and what the rules say of each, in one transaction; how many were new or had changed."""
    latest = {lead.id: (lead, decision) for lead, decision in decided}
    with database.write(durable=False) as connection:
        _check_epoch(connection, deciding)
        places, changed = _store_leads(connection, campaign, [lead for lead, _ in latest.values()], deciding.now)
        created = campaign.campaign.created_at
        stored = [
            (StoredLead(*places[key], campaign.no, rank(milliseconds(created), lead), lead), decision)
            for key, (lead, decision) in latest.items()
        ]
        _record(connection, deciding, stored)
        # From its first page on, the campaign is one the route must ask again when its source changes.
        met = {"route_no": deciding.route_no, "campaign_no": campaign.no}
        connection.execute(insert_or_ignore(connection, _met), met)
    return changed


def record_decisions(database: Database, deciding: Deciding, decided: Sequence[tuple[StoredLead, Decision]]) -> None:
    """Store what the rules say now of leads that are in the ledger already, in one transaction."""
    with database.write(durable=False) as connection:
        _check_epoch(connection, deciding)
        _record(connection, deciding, decided)


def _check_epoch(connection: Connection, deciding: Deciding) -> None:
    if deciding.epoch and not leases.held(connection, deciding.route_no, deciding.epoch):
        raise Busy("Another process has taken this route over; what was read is read again by it.")


def undecided_leads(
    database: Database, deciding: Deciding, campaign: KnownCampaign, *, size: int = 500
) -> Iterator[list[StoredLead]]:
    """Leads of the campaign whose delivery on this route is missing, stale, or decided by other rules or facts."""
    where = sa.and_(
        _lead.c.campaign_no == campaign.no,
        sa.or_(
            _delivery.c.id.is_(None),
            _delivery.c.decided_by != deciding.decided_by,
            _delivery.c.lead_revision != _lead.c.revision,
            _delivery.c.stale == 1,
        ),
    )
    yield from _paged(database, deciding.route_no, where, _lead.c.source_id, size)


def stale_leads(database: Database, route_no: int, *, size: int = 500) -> Iterator[list[StoredLead]]:
    """Leads of the route that are to be decided again, because what they waited for has changed."""
    where = sa.and_(_delivery.c.stale == 1, _delivery.c.route_no == route_no)
    yield from _paged(database, route_no, where, _delivery.c.id, size)


def leads_of(database: Database, delivery_ids: Sequence[int]) -> Mapping[int, StoredLead]:
    """The stored lead behind each delivery."""
    query = (
        _select().join(_delivery, _delivery.c.lead_id == _lead.c.id).add_columns(_delivery.c.id.label("delivery_id"))
    )
    found: dict[int, StoredLead] = {}
    with database.read() as connection:
        for some in chunks(delivery_ids):
            for row in connection.execute(query.where(_delivery.c.id.in_(some))):
                found[row.delivery_id] = _loaded(row)
    return found


def stored_leads(database: Database, route_no: int, campaign: KnownCampaign) -> Iterator[list[StoredLead]]:
    """Every lead of the campaign that the ledger holds, in pieces."""
    yield from _paged(database, route_no, _lead.c.campaign_no == campaign.no, _lead.c.source_id, 500)


def states_of(database: Database, route_no: int, campaign_id: str, source_ids: Sequence[str]) -> dict[str, State]:
    """Where leads of a campaign stand on the route, by their source id; those it does not know are left out."""
    query = (
        sa.select(_lead.c.source_id, _delivery.c.state)
        .join(_campaign, _campaign.c.no == _lead.c.campaign_no)
        .join(_delivery, sa.and_(_delivery.c.lead_id == _lead.c.id, _delivery.c.route_no == route_no))
        .where(_campaign.c.id == campaign_id)
    )
    with database.read() as connection:
        return {
            row.source_id: State(row.state)
            for some in chunks(source_ids)
            for row in connection.execute(query.where(_lead.c.source_id.in_(some)))
        }


# ------------------------------------------------------------------------------------------------------------ leads


def _store_leads(
    connection: Connection, campaign: KnownCampaign, leads: Sequence[Lead], now: datetime
) -> tuple[Mapping[str, tuple[int, int]], int]:
    """By source id the lead's id and revision, and how many of the leads are new or changed."""
    # Two routes may sweep one campaign at once: the second waits here until the first has stored its page.
    connection.execute(sa.select(_campaign.c.no).where(_campaign.c.no == campaign.no).with_for_update())
    known = _known_leads(connection, campaign.no, [lead.id for lead in leads])
    rows = {lead.id: _columns(lead) for lead in leads}
    changed = {key for key, row in rows.items() if key not in known or known[key].digest != row["digest"]}
    places = {key: (int(found.id), int(found.revision)) for key, found in known.items()}
    if changed:
        revision = bump_revision(connection, campaign.no)
        updated = [{**rows[key], "revision": revision, "b_id": known[key].id} for key in changed if key in known]
        if updated:
            connection.execute(sa.update(_lead).where(_lead.c.id == sa.bindparam("b_id")), updated)
        new = {"campaign_no": campaign.no, "revision": revision, "first_seen_at": milliseconds(now)}
        inserted = [{**row, **new, "source_id": key} for key, row in rows.items() if key not in known]
        if inserted:
            connection.execute(sa.insert(_lead), inserted)
        ids = _known_leads(connection, campaign.no, list(changed))
        places.update((key, (int(found.id), revision)) for key, found in ids.items())
    return places, len(changed)


def _known_leads(connection: Connection, campaign_no: int, source_ids: Sequence[str]) -> dict[str, Any]:
    query = sa.select(_lead.c.id, _lead.c.source_id, _lead.c.digest, _lead.c.revision)
    query = query.where(_lead.c.campaign_no == campaign_no)
    return {
        row.source_id: row
        for some in chunks(source_ids)
        for row in connection.execute(query.where(_lead.c.source_id.in_(some)))
    }


def _columns(lead: Lead) -> dict[str, Any]:
    facts = dump_lead(lead)
    return {
        "person": person_of(lead),
        "username": storable(lead.username[:100]),
        "validation": "masked" if lead.email_masked else storable(lead.validation[:40]),
        "digest": digest(facts),
        "facts": facts,
    }


def rank(campaign_created: int, lead: Lead) -> str:
    """What orders leads that are ready together: campaign's createdAt, then scrapedAt, then _id; unknown ones last."""
    created = campaign_created or 10**13 - 1
    scraped = milliseconds(lead.scraped_at) or 10**13 - 1
    return f"{created:013d}{scraped:013d}{storable(lead.id)}"


def _select() -> sa.Select[Any]:
    return sa.select(
        _lead.c.id,
        _lead.c.campaign_no,
        _lead.c.source_id,
        _lead.c.revision,
        _lead.c.facts,
        _campaign.c.id.label("campaign_id"),
        _campaign.c.created_at,
    ).join(_campaign, _campaign.c.no == _lead.c.campaign_no)


def _paged(
    database: Database, route_no: int, where: sa.ColumnElement[bool], by: sa.Column[Any], size: int
) -> Iterator[list[StoredLead]]:
    """Leads of the route in pieces, by a column whose index serves `where`, so that no piece sorts the rest."""
    joined = sa.and_(_delivery.c.lead_id == _lead.c.id, _delivery.c.route_no == route_no)
    query = _select().outerjoin(_delivery, joined).add_columns(by.label("place")).where(where).order_by(by).limit(size)
    after = None
    while True:
        with database.read() as connection:
            rows = connection.execute(query if after is None else query.where(by > after)).all()
        if not rows:
            return
        after = rows[-1].place
        yield [_loaded(row) for row in rows]


def _loaded(row: Any) -> StoredLead:
    lead = load_lead(row.source_id, row.campaign_id, row.facts)
    return StoredLead(row.id, row.revision, row.campaign_no, rank(row.created_at, lead), lead)


# ------------------------------------------------------------------------------------------------------- deliveries


def _record(connection: Connection, deciding: Deciding, decided: Sequence[tuple[StoredLead, Decision]]) -> None:
    ids = [stored.id for stored, _ in decided]
    names = "id lead_id state reason origin detail address decided_by decided_at lead_revision stale"
    columns = names.split()
    query = sa.select(*(_delivery.c[name] for name in columns)).where(_delivery.c.route_no == deciding.route_no)
    known = {
        row.lead_id: row
        for some in chunks(ids)
        for row in connection.execute(query.where(_delivery.c.lead_id.in_(some)))
    }
    writing = _Writing(deciding)
    for stored, decision in decided:
        writing.take(known.get(stored.id), stored, decision)
    writing.flush(connection)


class _Writing:
    """Collects the rows that a page of decisions writes, so that each kind is one statement."""

    def __init__(self, deciding: Deciding) -> None:
        self.deciding = deciding
        self.inserted: list[dict[str, Any]] = []
        self.updated: list[dict[str, Any]] = []
        self.noted: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.freed: list[int] = []

    def take(self, row: Any, stored: StoredLead, decision: Decision) -> None:
        if row is None:
            values = self._values(stored, decision)
            self.inserted.append({**values, "route_no": self.deciding.route_no, "lead_id": stored.id})
            return
        if not row.stale and row.decided_by == self.deciding.decided_by and row.lead_revision == stored.revision:
            return
        if row.state not in (State.HELD, State.READY):
            self._note(row, stored)
            return
        values = self._values(stored, decision)
        self.updated.append({**values, "b_id": row.id})
        if (row.state, row.reason) != (values["state"], values["reason"]):
            # What is overwritten goes into the history too: the first decision stands nowhere else.
            for told in (row._mapping, values):  # noqa: SLF001 - sqlalchemy.Row names its public mapping so
                moved = {name: told[name] for name in ("state", "reason", "origin", "detail")}
                self.events.append({**moved, "delivery_id": row.id, "at": told["decided_at"]})
        if row.state == State.READY and (values["state"] == State.HELD or values["address"] != row.address):
            self.freed.append(row.id)

    def flush(self, connection: Connection) -> None:
        by_id = _delivery.c.id == sa.bindparam("b_id")
        if self.freed:
            alone(connection)
        if self.inserted:
            connection.execute(sa.insert(_delivery), self.inserted)
        if self.updated:
            # Only from held and ready: the state machine's word, whatever was read a moment ago.
            movable = sa.or_(_delivery.c.state == State.HELD, _delivery.c.state == State.READY)
            connection.execute(sa.update(_delivery).where(by_id, movable), self.updated)
        if self.noted:
            connection.execute(sa.update(_delivery).where(by_id), self.noted)
        if self.events:
            connection.execute(sa.insert(_event), self.events)
        free_claims(connection, self.freed)

    def _note(self, row: Any, stored: StoredLead) -> None:
        found = email.read(stored.lead.email) if stored.lead.email and not stored.lead.email_masked else None
        now_at = found.value if isinstance(found, email.Address) else ""
        changed = now_at if now_at and row.address and now_at != row.address else ""
        values = {"decided_by": self.deciding.decided_by, "lead_revision": stored.revision, "stale": 0}
        self.noted.append({**values, "address_changed": changed, "b_id": row.id})

    def _values(self, stored: StoredLead, decision: Decision) -> dict[str, Any]:
        common = {
            "decided_by": self.deciding.decided_by,
            "decided_at": milliseconds(self.deciding.now),
            "lead_revision": stored.revision,
            "origin": Origin.LOCAL,
            "stale": 0,
            "waits_for": 0,
            "rank": stored.rank,
        }
        if isinstance(decision, Deliver):
            return common | {
                "state": State.READY,
                "reason": Reason.OK,
                "detail": "",
                "address": storable(decision.address),
                "fields": dump_fields(decision.fields),
                "domain": decision.domain,
                "expires_at": milliseconds(decision.expires_at),
            }
        return common | {
            "state": State.HELD,
            "reason": decision.reason,
            "detail": storable(decision.detail),
            "address": "",
            "fields": "",
            "domain": "",
            "expires_at": 0,
        }
