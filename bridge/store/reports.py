"""Statements that only read: where every route stands, and who did not go. Decides nothing, writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.model import State
from bridge.store.database import Database, moment, now_ms
from bridge.store.facts import load_lead, storable
from bridge.store.runs import PastRun, Tally, past_runs, route_names, tally
from bridge.store.statements import table
from bridge.store.tables import (
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

_batch = table(BatchRow)
_binding = table(BindingRow)
_campaign = table(CampaignRow)
_delivery = table(DeliveryRow)
_event = table(EventRow)
_lead = table(LeadRow)
_lease = table(LeaseRow)
_place = table(PlaceRow)
_route = table(RouteRow)

REJECTED = (State.HELD, State.DUPLICATE, State.REFUSED, State.IN_DOUBT, State.FAILED)
"""States of leads that did not go, or are not known to have gone."""

_TROUBLED = (State.IN_DOUBT, State.FAILED)


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A target by the ids its vendor gave it; `title` is "" where it was never resolved by name."""

    vendor: str
    kind: str
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """So many deliveries are in this state for this reason; the oldest since then."""

    state: str
    reason: str
    leads: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class RouteRecord:
    """What the ledger knows of a route.

    `place` is where it delivered last (None = nowhere yet). `holder` names the process that works on it right now, ""
    where none does.
    """

    name: str
    tally: Tally
    place: KnownPlace | None
    last_run: PastRun | None
    troubles: tuple[Trouble, ...]
    holder: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A delivery that did not go. `email` is the address as sent, else as scraped; `campaign` a title."""

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


def route_records(database: Database) -> list[RouteRecord]:
    """Every route that has ever run, by name."""
    return [_record(database, name, route_no) for name, route_no in route_names(database).items()]


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


# ------------------------------------------------------------------------------------------------------ one route


def _record(database: Database, name: str, route_no: int) -> RouteRecord:
    counted = tally(database, route_no)
    runs = past_runs(database, routes=[name], limit=1)
    with database.read() as connection:
        troubles = _troubles(connection, route_no) if any(counted.states[state] for state in _TROUBLED) else ()
        place, holder = _latest_place(connection, route_no), _holder(connection, route_no)
    return RouteRecord(name, counted, place, runs[0] if runs else None, troubles, holder)


def _latest_place(connection: Connection, route_no: int) -> KnownPlace | None:
    """Where the latest batch went; before any, what the target's name was resolved to."""
    used = sa.select(_place).join(_batch, _batch.c.place_no == _place.c.no).where(_batch.c.route_no == route_no)
    row = connection.execute(used.order_by(_batch.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        bound = sa.select(_place).join(_binding, _binding.c.place_no == _place.c.no)
        newest = bound.where(_binding.c.route_no == route_no).order_by(_place.c.no.desc()).limit(1)
        row = connection.execute(newest).one_or_none()
    return None if row is None else KnownPlace(row.vendor, row.kind, row.id, row.title)


def _holder(connection: Connection, route_no: int) -> str:
    query = sa.select(_lease).where(_lease.c.route_no == route_no, _lease.c.expires_at > now_ms(connection))
    row = connection.execute(query).one_or_none()
    return "" if row is None else f"process {row.pid} on {row.host.split('/')[0]}"


def _troubles(connection: Connection, route_no: int) -> tuple[Trouble, ...]:
    """What is in doubt or failed; its latest event is the one that put it there."""
    d = _delivery.c
    latest = (
        sa.select(_event.c.delivery_id, sa.func.max(_event.c.at).label("at"))
        .join(_delivery, d.id == _event.c.delivery_id)
        .where(d.route_no == route_no, d.state.in_(_TROUBLED))
        .group_by(_event.c.delivery_id)
        .subquery()
    )
    query = (
        sa.select(d.state, d.reason, sa.func.count().label("leads"), sa.func.min(latest.c.at).label("since"))
        .outerjoin(latest, latest.c.delivery_id == d.id)
        .where(d.route_no == route_no, d.state.in_(_TROUBLED))
        .group_by(d.state, d.reason)
        .order_by(d.state, d.reason)
    )
    rows = connection.execute(query)
    return tuple(Trouble(row.state, row.reason, int(row.leads), moment(row.since or 0)) for row in rows)


# --------------------------------------------------------------------------------------------------------- rejects


def _rejects(route_nos: Sequence[int]) -> sa.Select[Any]:
    d = _delivery.c
    query = (
        sa.select(d.id, d.state, d.reason, d.origin, d.detail, d.address, _lead.c.source_id, _lead.c.facts)
        .add_columns(_route.c.name.label("route"), _campaign.c.id.label("campaign_id"), _campaign.c.title)
        .join(_lead, _lead.c.id == d.lead_id)
        .join(_campaign, _campaign.c.no == _lead.c.campaign_no)
        .join(_route, _route.c.no == d.route_no)
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
        email=row.address or storable(lead.email),
        username=storable(lead.username),
        platform=storable(lead.platform),
        campaign=row.title or row.campaign_id,
        state=row.state,
        reason=row.reason,
        origin=row.origin,
        detail=row.detail,
    )
