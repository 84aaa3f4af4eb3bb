"""Statements behind an audit: where a route delivered, what the ledger says of a target, and what was found there.

Notes what an audit saw on deliveries that are settled; makes nothing ready and moves no state.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.core.facts import storable
from bridge.ledger.core.outcomes import Recording, check_epoch
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.statements import chunks, lock, tables
from bridge.model import CLAIMING, Origin, Place, State

_delivery, _event, _lead, _place = tables("delivery", "event", "lead", "place")

_SETTLED = (State.DELIVERED, State.DUPLICATE)


@dataclass(frozen=True, slots=True)
class UsedPlace:
    """A target that deliveries of a route went to; `title` is "" where it was never resolved by name."""

    no: int
    place: Place
    title: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery that was claimed for a target, as the ledger has it. `address` is the one that was sent.

    `sent_at` is None unless we created the lead; `remote_status` and `gone_at` are what earlier audits noted.
    """

    id: int
    route_no: int
    address: str
    state: State
    reason: str
    remote_id: str
    remote_status: str
    gone_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Note:
    """What is really there of a delivered lead or a duplicate; `gone_at` is None for one that is there.

    `told` says in plain words what is new about it, for its history.
    """

    delivery_id: int
    remote_id: str
    remote_status: str
    gone_at: datetime | None
    told: str


def used_places(database: Database, route_no: int) -> list[UsedPlace]:
    """Every target that may hold a lead of the route, whatever the configuration says now."""
    used = sa.select(_delivery.c.place_no).where(
        _delivery.c.route_no == route_no, _delivery.c.state.in_(CLAIMING), _delivery.c.place_no != 0
    )
    query = sa.select(_place).where(_place.c.no.in_(used)).order_by(_place.c.no)
    with database.read() as connection:
        return [
            UsedPlace(row.no, Place(row.vendor, row.workspace, row.kind, row.id), row.title)
            for row in connection.execute(query)
        ]


def entries_of_place(database: Database, place_no: int, *, size: int = 5_000) -> Iterator[list[Entry]]:
    """Every delivery that was ever claimed for the target, of whatever route, a piece at a time.

    Those without an address (erased people, held ones that were decided anew) are nobody that could stand there.
    """
    d = _delivery.c
    columns = (d.id, d.route_no, d.address, d.state, d.reason, d.remote_id, d.remote_status)
    query = sa.select(*columns, d.gone_from_target, d.sent_at).where(d.place_no == place_no, d.address != "")
    query = query.order_by(d.id).limit(size)
    after = 0
    while True:
        with database.read() as connection:
            rows = connection.execute(query.where(d.id > after)).all()
        if not rows:
            return
        after = rows[-1].id
        yield [_entry(row) for row in rows]


def source_ids(database: Database, delivery_ids: Sequence[int]) -> Mapping[int, str]:
    """The source's id of the lead behind each delivery."""
    query = sa.select(_delivery.c.id, _lead.c.source_id).join(_lead, _lead.c.id == _delivery.c.lead_id)
    with database.read() as connection:
        return {
            row.id: row.source_id
            for some in chunks(delivery_ids)
            for row in connection.execute(query.where(_delivery.c.id.in_(some)))
        }


@transaction()
def note_audit(connection: Connection, recording: Recording, notes: Sequence[Note]) -> int:
    """Write down what is really there, and in each history that it was seen; how many. States stay as they are.

    Raises Busy when the route belongs to a later epoch: then nothing is written.
    """
    by_id = {note.delivery_id: note for note in notes}
    noted = 0
    check_epoch(connection, recording)
    lock(connection, _delivery, by_id)
    query = sa.select(_delivery.c.id, _delivery.c.state, _delivery.c.reason)
    query = query.where(_delivery.c.route_no == recording.route_no, _delivery.c.state.in_(_SETTLED))
    for some in chunks(list(by_id)):
        rows = connection.execute(query.where(_delivery.c.id.in_(some))).all()
        if rows:
            values = [_values(by_id[row.id]) for row in rows]
            connection.execute(sa.update(_delivery).where(_delivery.c.id == sa.bindparam("b_id")), values)
            connection.execute(sa.insert(_event), [_seen(by_id[row.id], row, recording) for row in rows])
        noted += len(rows)
    return noted


def _entry(row: Any) -> Entry:
    return Entry(
        id=row.id,
        route_no=row.route_no,
        address=row.address.lower(),
        state=State(row.state),
        reason=row.reason,
        remote_id=row.remote_id,
        remote_status=row.remote_status,
        gone_at=moment(row.gone_from_target),
        sent_at=moment(row.sent_at),
    )


def _values(note: Note) -> dict[str, Any]:
    return {
        "b_id": note.delivery_id,
        "remote_id": storable(note.remote_id),
        "remote_status": storable(note.remote_status),
        "gone_from_target": milliseconds(note.gone_at),
    }


def _seen(note: Note, row: Any, recording: Recording) -> dict[str, Any]:
    return {
        "delivery_id": row.id,
        "at": milliseconds(recording.now),
        "state": row.state,
        "reason": row.reason,
        "origin": Origin.LOOKUP,
        "detail": storable(note.told),
    }
