"""Statements that only read: who did not go, and why. Decides nothing, writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bridge.ledger.core.facts import load_lead, storable
from bridge.ledger.database import Database
from bridge.ledger.statements import table
from bridge.ledger.tables import (
    BatchRow,
    BindingRow,
    CampaignRow,
    DeliveryRow,
    EventRow,
    LeadRow,
    LeaseRow,
    PlaceRow,
    RouteRow,
)
from bridge.ledger.views.standing import route_names
from bridge.model import State

_batch = table(BatchRow)
_binding = table(BindingRow)
_campaign = table(CampaignRow)
_delivery = table(DeliveryRow)
_event = table(EventRow)
_lead = table(LeadRow)
_lease = table(LeaseRow)
_place = table(PlaceRow)
_route = table(RouteRow)
_other, _other_lead, _other_route = _delivery.alias(), _lead.alias(), _route.alias()

REJECTED = (State.HELD, State.DUPLICATE, State.REFUSED, State.IN_DOUBT, State.FAILED)
"""States of leads that did not go, or are not known to have gone."""

_TROUBLED = (State.IN_DOUBT, State.FAILED)


@dataclass(frozen=True, slots=True)
class Spread:
    """So many leads of a route in this state for this reason; `sent` says that a batch since then carried them."""

    state: str
    reason: str
    sent: bool
    leads: int


@dataclass(frozen=True, slots=True)
class Reject:
    """A delivery that did not go. `email` is the address as sent, else as scraped, else (facts pruned) canonical.

    `campaign` is a title. `detail` names the other lead where the same person goes by another delivery.
    """

    route: str
    lead_id: str
    email: str
    username: str
    platform: str
    campaign: str
    state: str
    reason: str
    origin: str
    detail: str


def rejects(database: Database, routes: Sequence[str] = (), *, size: int = 1000) -> Iterator[list[Reject]]:
    """Every delivery that did not go, of these routes or of all, a piece at a time: memory stays flat."""
    names = route_names(database)
    query = _rejects([names[name] for name in routes]).limit(size)
    after = 0
    while True:
        with database.read() as connection:
            rows = connection.execute(query.where(_delivery.c.id > after)).all()
        if not rows:
            return
        after = rows[-1].id
        yield [_reject(row) for row in rows]


def reject_counts(database: Database, routes: Sequence[str] = ()) -> Mapping[tuple[str, str], int]:
    """How many did not go, by state and reason, most first."""
    query = (
        sa.select(_delivery.c.state, _delivery.c.reason, sa.func.count().label("leads"))
        .join(_route, _route.c.no == _delivery.c.route_no)
        .where(_delivery.c.state.in_(REJECTED))
        .group_by(_delivery.c.state, _delivery.c.reason)
        .order_by(sa.desc("leads"), _delivery.c.state, _delivery.c.reason)
    )
    if routes:
        query = query.where(_route.c.name.in_(routes))
    with database.read() as connection:
        return {(row.state, row.reason): int(row.leads) for row in connection.execute(query)}


def last_batch(database: Database) -> int:
    """The number of the latest batch of any route, 0 before the first."""
    with database.read() as connection:
        return int(connection.execute(sa.select(sa.func.max(_batch.c.id))).scalar() or 0)


def spread_since(database: Database, route_no: int, batch_id: int) -> list[Spread]:
    """Where the route's leads stand; apart, those that a later batch than this one carried to an end."""
    d = _delivery.c
    back = d.state.in_((State.HELD, State.READY))
    sent = sa.case((sa.and_(d.batch_id > batch_id, sa.not_(back)), 1), else_=0).label("sent")
    query = sa.select(d.state, d.reason, sent, sa.func.count().label("leads")).where(d.route_no == route_no)
    with database.read() as connection:
        rows = connection.execute(query.group_by(d.state, d.reason, sent))
        return [Spread(row.state, row.reason, bool(row.sent), int(row.leads)) for row in rows]


def _rejects(route_nos: Sequence[int]) -> sa.Select[Any]:
    d = _delivery.c
    query = (
        sa.select(d.id, d.state, d.reason, d.origin, d.detail, d.address, _lead.c.source_id, _lead.c.facts)
        .add_columns(
            _lead.c.person, _route.c.name.label("route"), _campaign.c.id.label("campaign_id"), _campaign.c.title
        )
        .add_columns(_other_lead.c.source_id.label("other_lead"), _other_route.c.name.label("other_route"))
        .join(_lead, _lead.c.id == d.lead_id)
        .join(_campaign, _campaign.c.no == _lead.c.campaign_no)
        .join(_route, _route.c.no == d.route_no)
        .outerjoin(_other, sa.and_(_other.c.id == d.waits_for, d.waits_for != 0))
        .outerjoin(_other_lead, _other_lead.c.id == _other.c.lead_id)
        .outerjoin(_other_route, _other_route.c.no == _other.c.route_no)
        .where(d.state.in_(REJECTED))
        .order_by(d.id)
    )
    # The sum keeps SQLite from the index over routes, which would sort the whole route anew for every page.
    return query.where((d.route_no + 0).in_(route_nos)) if route_nos else query


def _reject(row: Any) -> Reject:
    lead = load_lead(row.source_id, row.campaign_id, row.facts)
    return Reject(
        route=row.route,
        lead_id=row.source_id,
        email=row.address or storable(lead.email) or row.person,
        username=storable(lead.username),
        platform=storable(lead.platform),
        campaign=row.title or row.campaign_id,
        state=row.state,
        reason=row.reason,
        origin=row.origin,
        detail=row.detail or _rival(row),
    )


def _rival(row: Any) -> str:
    """Whose delivery stands in the way of a duplicate, as `explain` can be asked for it."""
    return f"lead {row.other_lead} on route {row.other_route}" if row.other_lead else ""
