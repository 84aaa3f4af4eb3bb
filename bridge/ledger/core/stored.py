"""Reads stored leads again, in pieces, for a new decision. Writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bridge.ledger import hot
from bridge.ledger.core.campaigns import KnownCampaign
from bridge.ledger.core.decisions import Deciding, StoredLead
from bridge.ledger.database import Database
from bridge.ledger.facts import load_lead
from bridge.ledger.hot import Row
from bridge.ledger.statements import chunks, tables
from bridge.model import State

_campaign, _lead, _delivery = tables("campaign", "lead", "delivery")

PIECE = 1_000
"""Stored leads that are read, decided and recorded at once."""


_LEADS = "lead l JOIN campaign c ON c.no = l.campaign_no"


def _question(rest: str, place: str, tables: str = _LEADS) -> hot.Question[Row]:
    """Leads with their `place`; an index in its order serves `rest`, so that no piece sorts what is behind it."""
    return hot.Question(
        tuple,
        f"""
        SELECT l.id, l.revision, l.campaign_no, c.created_at, l.source_id, c.id, l.facts, {place}
        FROM {tables} {rest}
        """,  # noqa: S608 - put together from constants
    )


_undecided = _question(
    """
    LEFT JOIN delivery d ON d.lead_id = l.id AND d.route_no = [?]
    WHERE l.campaign_no = [?]
        AND (d.id IS NULL OR d.decided_by <> [?] OR d.lead_revision <> l.revision OR d.stale = 1)
        AND l.source_id > [?] ORDER BY l.source_id LIMIT [?]
    """,
    "l.source_id",
)
_stale = _question(
    """
    JOIN delivery d ON d.lead_id = l.id WHERE d.stale = 1 AND d.route_no = [?] AND d.id > [?] ORDER BY d.id LIMIT [?]
    """,
    "d.id",
)
_of_campaign = _question(
    "WHERE l.campaign_no = [?] AND l.source_id > [?] ORDER BY l.source_id LIMIT [?]",
    "l.source_id",
)
_of_deliveries = _question("JOIN delivery d ON d.lead_id = l.id WHERE d.id IN [numbers]", "d.id")
# By the keys under which a delivery was claimed: the lead that went may show another address by now. The order is fixed
# for SQLite, which would read every lead of the route's campaigns first.
_twins = [
    _question(
        f"""
        WHERE k.delivery_id IN [numbers] AND l.{column} <> '' AND l.{column} = k.person AND c.no = l.campaign_no
            AND r.campaign_no = l.campaign_no AND r.route_no = [?]
        """,
        "k.delivery_id",
        "claim k CROSS JOIN lead l CROSS JOIN campaign c CROSS JOIN route_campaign r",
    )
    for column in ("person", "profile")
]


def undecided_leads(
    database: Database, deciding: Deciding, campaign: KnownCampaign, *, size: int = PIECE
) -> Iterator[list[StoredLead]]:
    """Leads of the campaign whose delivery on this route is missing, stale, or decided by other rules or facts."""
    yield from _pieces(database, _undecided, "", size, deciding.route_no, campaign.no, deciding.decided_by)


def stale_leads(database: Database, route_no: int, *, size: int = PIECE) -> Iterator[list[StoredLead]]:
    """Leads of the route that are to be decided again, because what they waited for has changed."""
    yield from _pieces(database, _stale, 0, size, route_no)


def leads_of(database: Database, delivery_ids: Sequence[int]) -> Mapping[int, StoredLead]:
    """The stored lead behind each delivery."""
    with database.read() as connection:
        return {row[-1]: _loaded(*row) for row in _of_deliveries.ask(connection, list(delivery_ids))}


def twins_of(database: Database, route_no: int, delivery_ids: Sequence[int]) -> Mapping[int, Sequence[StoredLead]]:
    """By delivery the leads that the route has met of the person under whose key it was claimed."""
    found: dict[int, list[StoredLead]] = {}
    with database.read() as connection:
        for asked in _twins:
            for row in asked.ask(connection, list(delivery_ids), route_no):
                found.setdefault(row[-1], []).append(_loaded(*row))
    return found


def stored_leads(database: Database, campaign: KnownCampaign) -> Iterator[list[StoredLead]]:
    """Every lead of the campaign that the ledger holds, in pieces."""
    yield from _pieces(database, _of_campaign, "", PIECE, campaign.no)


def _pieces(
    database: Database, asked: hot.Question[Row], after: str | int, size: int, *given: Any
) -> Iterator[list[StoredLead]]:
    while True:
        with database.read() as connection:
            rows = asked.ask(connection, *given, after, size)
        if not rows:
            return
        after = rows[-1][-1]
        yield [_loaded(*row) for row in rows]


def _loaded(
    number: int, revision: int, campaign_no: int, created_at: int, source_id: str, campaign_id: str, facts: str, _: Any
) -> StoredLead:
    return StoredLead(number, revision, campaign_no, created_at, load_lead(source_id, campaign_id, facts))


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
