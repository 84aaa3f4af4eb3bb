"""Gives claims up and hands them on, and wakes whoever waited for one. Claims nothing itself, calls no vendor."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.model import CLAIMING, Place, Reason, State
from bridge.store.statements import chunks, insert_or_ignore, number_of, table
from bridge.store.tables import ClaimRow, DeliveryRow, LeadRow, PlaceRow, ScopeRow

_claim = table(ClaimRow)
_delivery = table(DeliveryRow)
_lead = table(LeadRow)
_place = table(PlaceRow)
_scope = table(ScopeRow)

_CLAIMING = 0x636C61696D
"""The number of our lock on PostgreSQL ("claim")."""


def alone(connection: Connection) -> None:
    """Let no other process claim or free until this transaction ends.

    Under READ COMMITTED one would not see whom the other holds, wakes or passes a claim on to. SQLite has one writer.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CLAIMING})


def free_claims(connection: Connection, delivery_ids: Sequence[int]) -> None:
    """Give up the claims of deliveries that became held or refused, and wake whoever waited for them.

    A claim passes to another delivery that went to the same person inside the scope: two routes that each look only
    at their own target may both have delivered, and the wider scope must go on knowing it.
    """
    for some in chunks(delivery_ids):
        freed = connection.execute(
            sa.delete(_claim).where(_claim.c.delivery_id.in_(some)).returning(_claim.c.scope_no, _claim.c.person)
        ).all()
        if freed:
            _pass_on(connection, {row.person for row in freed})
        wake = sa.and_(_delivery.c.waits_for.in_(some), sa.text("waits_for <> 0"), _delivery.c.state == State.HELD)
        connection.execute(sa.update(_delivery).where(wake).values(stale=1))


def wake_capped(connection: Connection, delivery_ids: Sequence[int]) -> None:
    """Ask those again who waited for a place under a domain's cap that one of these deliveries has just left."""
    d = _delivery.c
    query = sa.select(d.route_no, d.domain).distinct().where(d.domain != "")
    places = [row for some in chunks(delivery_ids) for row in connection.execute(query.where(d.id.in_(some)))]
    for route_no in {row.route_no for row in places}:
        for some in chunks([row.domain for row in places if row.route_no == route_no]):
            waiting = (d.route_no == route_no, d.domain.in_(some), d.reason == Reason.DOMAIN_CAP)
            connection.execute(sa.update(_delivery).where(*waiting, d.state == State.HELD).values(stale=1))


def _pass_on(connection: Connection, keys: Iterable[str]) -> None:
    """Give freed keys to whoever else went to the same person.

    They hold the key of their own target where that is another one; where it was the same target (two spellings on a
    route with `same_person = "exact"`) they never got it, and are found by their lead.
    """
    scopes = list(connection.execute(sa.select(_scope.c.no)).scalars())
    d, p = _delivery.c, _place.c
    place = (d.id, p.vendor, p.workspace, p.kind, p.id.label("place_id"))
    holders = sa.select(_claim.c.person, *place).join(_delivery, d.id == _claim.c.delivery_id)
    spellings = sa.select(_lead.c.person, *place).join(_delivery, d.lead_id == _lead.c.id)
    for some in chunks(sorted(keys)):
        held = holders.where(_claim.c.scope_no.in_(scopes), _claim.c.person.in_(some))
        same = spellings.where(_lead.c.person.in_(some), sa.text("lead.person <> ''"))
        for query in (held, same):
            heirs = query.join(_place, p.no == d.place_no).where(d.state.in_(CLAIMING)).order_by(d.id)
            for row in connection.execute(heirs).all():
                _inherit(connection, row)


def _inherit(connection: Connection, row: Any) -> None:
    place = Place(row.vendor, row.workspace, row.kind, row.place_id)
    rows = [
        {"scope_no": number_of(connection, _scope, name=scope), "person": row.person, "delivery_id": row.id}
        for scope in place.scopes
    ]
    connection.execute(insert_or_ignore(connection, _claim), rows)
