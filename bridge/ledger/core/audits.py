"""Statements behind an audit: where a route delivered, what the ledger says of a target, and what was found there.

Notes what an audit saw on deliveries that are settled; makes nothing ready and moves no state.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger.core.outcomes import Recording, check_epoch
from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.sql import pages, rows, value
from bridge.ledger.statements import among, lock, tables
from bridge.ledger.texts import storable
from bridge.model import CLAIMING, Origin, Place, State

_delivery, _event = tables("delivery", "event")

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

    `news` says in plain words what is new about it, for its history.
    """

    delivery_id: int
    remote_id: str
    remote_status: str
    gone_at: datetime | None
    news: str


def used_places(database: Database, route_no: int) -> list[UsedPlace]:
    """Every target that may hold a lead of the route, whatever the configuration says now."""
    used = "SELECT place_no FROM delivery WHERE route_no = :route AND state IN :claiming AND place_no <> 0"
    query = f"SELECT * FROM place WHERE no IN ({used}) ORDER BY no"  # noqa: S608 - put together from constants
    with database.read() as connection:
        found = rows(connection, query, route=route_no, claiming=sorted(CLAIMING))
        return [value(UsedPlace, row, place=value(Place, row)) for row in found]


def entries_of_place(database: Database, place_no: int, *, size: int = 5_000) -> Iterator[list[Entry]]:
    """Every delivery that was ever claimed for the target, of whatever route, a piece at a time.

    Those without an address (erased people, held ones that were decided again) are not in the target. Of those that are
    being moved it is not known yet where they are.
    """
    query = """
        SELECT id, route_no, address, state, reason, remote_id, remote_status, gone_from_target AS gone_at, sent_at
        FROM delivery WHERE place_no = :place AND address <> '' AND id > :after AND NOT EXISTS (
            SELECT 1 FROM pending_change p WHERE p.delivery_id = delivery.id AND p.kind = 'move'
        ) ORDER BY id LIMIT :size
    """
    for found in pages(database, query, size=size, place=place_no):
        yield [value(Entry, row, address=row["address"].lower()) for row in found]


def source_ids(database: Database, delivery_ids: Sequence[int]) -> Mapping[int, str]:
    """The source's id of the lead behind each delivery."""
    query = "SELECT d.id, l.source_id FROM delivery d JOIN lead l ON l.id = d.lead_id WHERE d.id IN :some"
    with database.read() as connection:
        return {row["id"]: row["source_id"] for row in among(connection, query, delivery_ids)}


@transaction()
def note_audit(connection: Connection, recording: Recording, notes: Sequence[Note]) -> int:
    """Write down what is really there, and in each history that it was seen; how many. States stay as they are.

    Raises Busy when the route belongs to a later epoch: then nothing is written.
    """
    by_id = {note.delivery_id: note for note in notes}
    check_epoch(connection, recording)
    lock(connection, _delivery, by_id)
    query = "SELECT id, state, reason FROM delivery WHERE route_no = :route AND state IN :settled AND id IN :some"
    found = list(among(connection, query, by_id, route=recording.route_no, settled=list(_SETTLED)))
    seen = {"at": milliseconds(recording.now), "origin": Origin.LOOKUP}
    values, events = [], []
    for row in found:
        note = by_id[row["id"]]
        noted = {"remote_id": storable(note.remote_id), "remote_status": storable(note.remote_status)}
        values.append({"b_id": row["id"], **noted, "gone_from_target": milliseconds(note.gone_at)})
        moved = {"state": row["state"], "reason": row["reason"], "detail": storable(note.news)}
        events.append({**seen, **moved, "delivery_id": row["id"]})
    if found:
        connection.execute(sa.update(_delivery).where(_delivery.c.id == sa.bindparam("b_id")), values)
        connection.execute(sa.insert(_event), events)
    return len(found)
