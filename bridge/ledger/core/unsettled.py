"""Statements about deliveries of which nobody knows whether they arrived. Asks no vendor.

Such a delivery is `sending` and abandoned, or `in_doubt`. On a route that bridge.toml no longer names it may also be
`ready` after an earlier call: no sync offers it again, and its claim would stay for ever.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.core.asking import ask_first
from bridge.ledger.core.candidates import OTHER, USED
from bridge.ledger.core.facts import load_fields
from bridge.ledger.core.outcomes import Recording, check_epoch, current, move
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.statements import chunks, tables
from bridge.model import Delivery, Origin, Outcome, Place, Reason, State

_batch, _delivery, _lead, _place, _route, _intent = tables("batch", "delivery", "lead", "place", "route", "intent")

# Literals, so that both databases use their partial indices.
_OPEN = sa.text("delivery.state IN ('sending', 'in_doubt')")
_ASKED = sa.text("delivery.state = 'ready' AND delivery.asked_at <> 0")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A delivery in doubt. `ended_at` is when its call ended at the latest, `absent_at` when it was first missed."""

    delivery: Delivery
    ended_at: datetime | None
    absent_at: datetime | None


@dataclass(frozen=True, slots=True)
class DoubtfulPlace:
    """A target of which it is unknown what it took, with the number of such leads by route. `title` may be ""."""

    place: Place
    title: str
    leads: dict[str, int]


def unsettled_routes(database: Database, configured: Collection[str]) -> dict[str, int]:
    """Name and number of every route with unsettled deliveries; `configured` are the names in bridge.toml."""
    of_route = _delivery.c.route_no == _route.c.no
    opened = sa.select(_delivery.c.id).where(of_route, _OPEN).exists()
    asked = sa.select(_delivery.c.id).where(of_route, _ASKED).exists()
    test_lead = (_intent.c.kind == "test_lead", _intent.c.route_no == _route.c.no)
    tried = sa.select(_intent.c.id).where(*test_lead, _intent.c.state.in_(("open", "doubt"))).exists()
    unsettled = sa.or_(opened, sa.and_(_route.c.name.not_in(configured), sa.or_(asked, tried)))
    query = sa.select(_route.c.name, _route.c.no).where(unsettled).order_by(_route.c.no)
    with database.read() as connection:
        return {row.name: int(row.no) for row in connection.execute(query)}


def doubtful_places(database: Database, configured: Collection[str]) -> list[DoubtfulPlace]:
    """Every target with unsettled deliveries."""
    unsettled = sa.or_(_OPEN, sa.and_(_route.c.name.not_in(configured), _ASKED))
    query = (
        sa.select(_place, _route.c.name, sa.func.count().label("leads"))
        .join(_delivery, _delivery.c.place_no == _place.c.no)
        .join(_route, _route.c.no == _delivery.c.route_no)
        .where(unsettled)
        .group_by(*_place.columns, _route.c.name)
        .order_by(_place.c.no, _route.c.name)
    )
    found: dict[int, DoubtfulPlace] = {}
    with database.read() as connection:
        for row in connection.execute(query):
            place = Place(row.vendor, row.workspace, row.kind, row.id)
            found.setdefault(row.no, DoubtfulPlace(place, row.title, {})).leads[row.name] = int(row.leads)
    return list(found.values())


def waiting_for_doubts(database: Database, route_no: int) -> int:
    """How many leads of the route are held for a person who is in doubt on another route."""
    other = _delivery.alias()
    query = (
        sa.select(sa.func.count())
        .select_from(_delivery)
        .join(other, other.c.id == _delivery.c.waits_for)
        .where(_delivery.c.route_no == route_no, _delivery.c.state == State.HELD, sa.text("delivery.waits_for <> 0"))
        .where(other.c.route_no != route_no, other.c.state.in_((State.SENDING, State.IN_DOUBT)))
    )
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())


@transaction()
def abandoned_to_doubt(connection: Connection, recording: Recording, *, retired: bool = False) -> int:
    """Put what an earlier holder left `sending` in doubt; how many. `retired` adds what is ready after a call.

    The caller holds the lease, so every call of an earlier one has ended: now at the latest.
    """
    query = sa.select(_delivery.c.id).where(_delivery.c.route_no == recording.route_no)
    check_epoch(connection, recording)
    left = list(connection.execute(query.where(_delivery.c.state == State.SENDING)).scalars())
    asked = list(connection.execute(query.where(_ASKED)).scalars()) if retired else []
    rows = current(connection, [*left, *asked])
    move(connection, recording, rows, [_abandoned(one) for one in left], 0)
    ask_first(connection, asked, recording.now, Reason.ROUTE_RETIRED)
    open_batches = (_batch.c.route_no == recording.route_no, _batch.c.result == "open")
    connection.execute(sa.update(_batch).where(*open_batches).values(result="abandoned"))
    return len(rows)


def _abandoned(delivery_id: int) -> Outcome:
    return Outcome(delivery_id, State.IN_DOUBT, Reason.ABANDONED, Origin.LOCAL)


def doubts(database: Database, route_no: int) -> list[Doubt]:
    """Every delivery of the route that is in doubt, oldest first."""
    d, p = _delivery.c, _place.c
    query = (
        sa.select(d.id, d.address, d.fields, d.attempts, d.asked_at, d.ended_at, d.absent_at, USED, OTHER)
        .add_columns(p.vendor, p.workspace, p.kind, p.id.label("place_id"))
        .join(_lead, _lead.c.id == d.lead_id)
        .join(_place, p.no == d.place_no)
        .where(d.route_no == route_no, d.state == State.IN_DOUBT)
        .order_by(d.id)
    )
    with database.read() as connection:
        return [_doubt(row) for row in connection.execute(query)]


@transaction()
def note_absent(connection: Connection, recording: Recording, delivery_ids: Sequence[int]) -> None:
    """Remember that a lookup did not find these; a second one that agrees will settle it."""
    check_epoch(connection, recording)
    for some in chunks(delivery_ids):
        missing = (_delivery.c.id.in_(some), _delivery.c.state == State.IN_DOUBT)
        values = {"absent_at": milliseconds(recording.now)}
        connection.execute(sa.update(_delivery).where(*missing).values(values))


def _doubt(row: Any) -> Doubt:
    delivery = Delivery(
        id=row.id,
        person=row.person,
        address=row.address,
        fields=load_fields(row.fields),
        place=Place(row.vendor, row.workspace, row.kind, row.place_id),
        state=State.IN_DOUBT,
        attempts=row.attempts,
        asked_at=moment(row.asked_at),
        other=row.other,
    )
    return Doubt(delivery, moment(row.ended_at), moment(row.absent_at))
