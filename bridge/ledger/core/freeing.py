"""Gives claims up and hands them on, and wakes deliveries that waited for one. Claims nothing, calls no vendor."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.hygiene import identities
from bridge.ledger import hot
from bridge.ledger.scopes import IMPLIED
from bridge.ledger.statements import chunks, insert_or_ignore, lock, number_of, tables
from bridge.model import CLAIMING, Identity, Place, Reason, State

_claim, _delivery, _lead, _place, _scope = tables("claim", "delivery", "lead", "place", "scope")

_EVERYWHERE = 0x65766572
"""The number of the lock that all claims share, but for one that looks at all of them."""


def hold_workspaces(connection: Connection, workspaces: Iterable[str], *, everywhere: bool = False) -> None:
    """Let no other process claim or free in these workspaces (`Place.scopes[-1]`) until this transaction ends.

    Under READ COMMITTED one would not see which claims the other takes, frees or passes on. All claims of a person
    that can meet fall in one workspace, so its scope's row is the lock. A route that looks `everywhere` meets all of
    them: it alone holds a lock that all others share, before any workspace. SQLite has one writer.
    """
    if connection.dialect.name != "postgresql":
        return
    shared = "" if everywhere else "_shared"
    connection.execute(sa.text(f"SELECT pg_advisory_xact_lock{shared}({_EVERYWHERE})"))
    for name in sorted(set(workspaces)):
        if not hot.lock_scope.ask(connection, name):
            lock(connection, _scope, [number_of(connection, _scope, name=name)])


def hold(connection: Connection, delivery_ids: Iterable[int], *, leaving: Iterable[int] | None = None) -> None:
    """Lock what a transaction that moves these deliveries touches; ask before reading what it acts upon.

    `leaving` are those that may give up a claim or a place under a domain's cap (None: all of them). Every transaction
    locks in one order, so that no two wait for each other: the lease, campaigns, leads, workspaces, then deliveries by
    number (docs/architecture.md).
    """
    if connection.dialect.name != "postgresql":
        return
    moved = set(delivery_ids)
    left = sorted(moved if leaving is None else set(leaving))
    if left:
        hold_workspaces(connection, _workspaces_of(connection, left))
        moved.update(_waiting_for(connection, left))
    lock(connection, _delivery, moved)


def _workspaces_of(connection: Connection, delivery_ids: Sequence[int]) -> set[str]:
    p = _place.c
    query = sa.select(p.vendor, p.workspace).distinct().join(_delivery, _delivery.c.place_no == p.no)
    return {
        Place(row.vendor, row.workspace, "", "").scopes[-1]
        for some in chunks(delivery_ids)
        for row in connection.execute(query.where(_delivery.c.id.in_(some)))
    }


def _waiting_for(connection: Connection, delivery_ids: Sequence[int]) -> set[int]:
    """The deliveries that `free_claims` and `wake_capped` may wake. The locks held keep others from joining."""
    queries = [_waiting(some) for some in chunks(delivery_ids)]
    queries += [sa.and_(*where) for where in _capped(connection, delivery_ids)]
    ids = sa.select(_delivery.c.id)
    return {number for where in queries for number in connection.execute(ids.where(where)).scalars()}


def _waiting(owners: Sequence[int]) -> sa.ColumnElement[bool]:
    return sa.and_(_delivery.c.waits_for.in_(owners), sa.text("waits_for <> 0"), _delivery.c.state == State.HELD)


# What claims of a workspace stand for gets rows: by the workspace and its people, or by the delivery.
_SPREAD = f"INSERT INTO claim (person, scope_no, delivery_id) SELECT c.person, n.no, c.delivery_id {IMPLIED}"
spread_claims = hot.Step(f"{_SPREAD} AND w.name = [?] AND c.person IN [texts] ON CONFLICT DO NOTHING")
_spread_claims_of = hot.Step(f"{_SPREAD} AND c.delivery_id IN [numbers] ON CONFLICT DO NOTHING")


def free_claims(connection: Connection, delivery_ids: Sequence[int], scopes: Sequence[int] | None = None) -> None:
    """Give up the claims of deliveries that became held or refused, and wake those that waited for them.

    With `scopes`, only those in the scopes of these numbers: the delivery keeps the others.

    A claim passes to another delivery that went, or may have gone, to the same person inside the scope: two routes
    that each look only at their own target may both have delivered, and the wider scope must go on knowing it.
    """
    for some in chunks(delivery_ids):
        _spread_claims_of.take(connection, list(some))
        meant = [_claim.c.delivery_id.in_(some), *([] if scopes is None else [_claim.c.scope_no.in_(scopes)])]
        freed = connection.execute(sa.delete(_claim).where(*meant).returning(_claim.c.scope_no, _claim.c.person)).all()
        if freed:
            leaving = set(delivery_ids)
            _pass_on(connection, {row.person for row in freed}, {row.scope_no for row in freed}, leaving)
        _wake(connection, _waiting(some))


def release(connection: Connection, delivery_ids: Sequence[int]) -> None:
    """Free the claims of deliveries of which it is certain that no call created them: none is remembered any more."""
    free_claims(connection, delivery_ids)
    d = _delivery.c
    for some in chunks(sorted(delivery_ids)):
        connection.execute(sa.update(_delivery).where(d.id.in_(some), d.asked_at != 0).values(asked_at=0))


def wake_capped(connection: Connection, delivery_ids: Sequence[int]) -> None:
    """Ask those again who waited for a place under a domain's cap that one of these deliveries has just left."""
    for where in _capped(connection, delivery_ids):
        _wake(connection, sa.and_(*where))


def _wake(connection: Connection, where: sa.ColumnElement[bool]) -> None:
    if connection.dialect.name == "postgresql":  # by number: an UPDATE would lock them as it comes across them
        lock(connection, _delivery, connection.execute(sa.select(_delivery.c.id).where(where)).scalars())
    connection.execute(sa.update(_delivery).where(where).values(stale=1))


def _capped(connection: Connection, delivery_ids: Sequence[int]) -> Iterator[tuple[sa.ColumnElement[bool], ...]]:
    d = _delivery.c
    query = sa.select(d.route_no, d.domain).distinct().where(d.domain != "")
    places = [row for some in chunks(delivery_ids) for row in connection.execute(query.where(d.id.in_(some)))]
    for route_no in {row.route_no for row in places}:
        for some in chunks([row.domain for row in places if row.route_no == route_no]):
            yield d.route_no == route_no, d.domain.in_(some), d.reason == Reason.DOMAIN_CAP, d.state == State.HELD


def _pass_on(connection: Connection, keys: Iterable[str], freed: Collection[int], leaving: Collection[int]) -> None:
    """Give freed keys, in the scopes they were freed in, to another delivery that may have gone to the same person.

    They hold the key of their own target where that is another one; where it was the same target (two spellings on a
    route with `same_person = "exact"`) they never got it, and are found by their lead. Its address may have
    changed since: only what went to this person counts.
    """
    scopes = {int(row.no): row.name for row in connection.execute(sa.select(_scope))}
    open_scopes = {name: number for number, name in scopes.items() if number in freed}
    d, p = _delivery.c, _place.c
    # What is ready or refused after a call that did not explain it may have been created (`asking.asked_before`).
    unexplained = (d.state.in_((State.READY, State.REFUSED)), d.asked_at != 0, d.absent_at == 0)
    went = sa.or_(d.state.in_(CLAIMING), sa.and_(*unexplained))
    place = (d.id, d.address, p.vendor, p.workspace, p.kind, p.id.label("place_id"))
    holders = sa.select(_claim.c.person, *place).join(_delivery, d.id == _claim.c.delivery_id)
    spellings = sa.select(_lead.c.person, *place).join(_delivery, d.lead_id == _lead.c.id)
    for some in chunks(sorted(keys)):
        held = holders.where(_claim.c.scope_no.in_(list(scopes)), _claim.c.person.in_(some))
        same = spellings.where(_lead.c.person.in_(some), sa.text("lead.person <> ''"))
        for query in (held, same):
            heirs = query.join(_place, p.no == d.place_no).where(went).order_by(d.id)
            for row in connection.execute(heirs).all():
                if row.id not in leaving and (
                    query is held or identities.read("email", row.address) == Identity("email", row.person)
                ):
                    _inherit(connection, row, open_scopes)


def _inherit(connection: Connection, row: Any, scopes: Mapping[str, int]) -> None:
    place = Place(row.vendor, row.workspace, row.kind, row.place_id)
    rows = [
        {"scope_no": scopes[name], "person": row.person, "delivery_id": row.id}
        for name in place.scopes
        if name in scopes
    ]
    if rows:
        connection.execute(insert_or_ignore(connection, _claim), rows)
