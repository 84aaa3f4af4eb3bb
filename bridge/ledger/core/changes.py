"""Statements about delivered leads that are to be changed in their target: who waits, and how each ended.

A lead waits in `pending_change` from the decision that gave it other fields. Its write is an intent, with the lead's
delivery as its subject. Calls no vendor.
"""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger import hot
from bridge.ledger import intent as intents
from bridge.ledger.core.claims import place_number
from bridge.ledger.core.outcomes import Recording, check_epoch
from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.fields import dump_fields, load_fields
from bridge.ledger.intent import Answer, Intent, Kind, Planned
from bridge.ledger.sql import execute, rows, value
from bridge.ledger.statements import among
from bridge.ledger.texts import storable
from bridge.model import Fields, Origin, Place, Reason, State


@dataclass(frozen=True, slots=True)
class Changed:
    """A delivered lead whose fields are decided otherwise by now. `sent` are those that went last, `stored` their text.

    `carried` are those of the write under way. `untouched`: nothing is known to have happened to it since.
    """

    id: int
    lead_id: int
    address: str
    remote_id: str
    place: Place
    stored: str
    carried: str = ""
    untouched: bool = True

    @property
    def sent(self) -> Fields:
        """What its target got from us last."""
        return load_fields(self.stored)

    @property
    def under_way(self) -> Fields:
        """What the write under way carries."""
        return load_fields(self.carried)


_HELD: sa.ColumnElement[bool] = sa.literal_column("intent.held = 1", sa.Boolean)
"""A literal, so that both databases use its partial index."""

_CHANGED = """
    SELECT d.id, d.lead_id, d.address, d.remote_id, d.fields AS stored, p.fields AS carried, p.intent_id,
        place.vendor, place.workspace, place.kind, place.id AS place_id, d.gone_from_target AS gone,
        CASE WHEN EXISTS (SELECT 1 FROM vendor_event e WHERE e.delivery_id = d.id) THEN 1 ELSE 0 END AS touched
    FROM pending_change p JOIN delivery d ON d.id = p.delivery_id JOIN place ON place.no = d.place_no
    WHERE p.kind = 'update' AND d.state = 'delivered'
"""
_FREE = """
    NOT EXISTS (SELECT 1 FROM intent i WHERE i.id = p.intent_id AND i.held = 1)
    AND NOT EXISTS (SELECT 1 FROM pending_change m WHERE m.delivery_id = p.delivery_id AND m.kind = 'move')
"""


def waiting_changes(database: Database, route_no: int, *, size: int = 500) -> Iterator[list[Changed]]:
    """The route's leads that wait to be changed and of which no write is under way, in pieces by number."""
    query = f"""
        {_CHANGED} AND p.route_no = :route AND p.delivery_id > :after AND {_FREE} ORDER BY p.delivery_id LIMIT :size
    """
    after = 0
    while True:
        with database.read() as connection:
            found = [_changed(row) for row in rows(connection, query, route=route_no, after=after, size=size)]
        if not found:
            return
        after = found[-1].id
        yield found


def open_updates(database: Database, route_no: int) -> list[tuple[Intent, Changed | None]]:
    """The route's writes that have not ended, each with its lead; None where that was erased or pruned."""
    pending = intents.intents(database, Kind.UPDATE, _HELD, intents.columns.route_no == route_no)
    if not pending:
        return []
    query = f"{_CHANGED} AND p.intent_id IN :some"
    with database.read() as connection:
        found = {row["intent_id"]: _changed(row) for row in among(connection, query, [one.id for one in pending])}
    return [(one, found.get(one.id)) for one in pending]


def _changed(row: RowMapping) -> Changed:
    place = Place(row["vendor"], row["workspace"], row["kind"], row["place_id"])
    untouched = not (row["touched"] or row["gone"])
    return value(Changed, row, place=place, untouched=untouched)


@transaction()
def begin_update(
    connection: Connection, recording: Recording, changed: Changed, fields: Fields, asked_at: datetime
) -> int:
    """Write down that these fields are about to be written; 0 where another write is, or the lead is not as it was.

    Raises Busy if the lease is lost.
    """
    check_epoch(connection, recording)
    still = "SELECT id FROM delivery WHERE id = :id AND state = 'delivered' AND fields = :stored"
    if not rows(connection, still, id=changed.id, stored=changed.stored):
        return 0
    place_no = place_number(connection, changed.place)
    planned = Planned(Kind.UPDATE, recording.now, asked_at, str(changed.id), recording.route_no, place_no, emails=1)
    number = intents.begin(connection, planned)
    carry = """
        UPDATE pending_change SET intent_id = :number, fields = :fields WHERE delivery_id = :id AND kind = 'update'
    """
    if number:
        execute(connection, carry, number=number, fields=dump_fields(fields), id=changed.id)
    return number


@transaction()
def end_update(
    connection: Connection,
    recording: Recording,
    changed: Changed,
    *,
    fields: Fields | None = None,
    reason: Reason | None = None,
    detail: str = "",
    number: int = 0,
    waits: bool = False,
) -> None:
    """The lead waits no more, unless it still `waits`: for a look at what is decided of it by now.

    `fields` are what its target holds of ours now (None: as before). `reason` goes into its history, None leaves none;
    `number` is the write that ended by it. Raises Busy if the lease is lost: then nothing is recorded, and the later
    holder reads the target.
    """
    check_epoch(connection, recording)
    if number:
        intents.record(connection, number, Answer(result=str(reason or ""), detail=detail), recording.now)
    if fields is not None:
        kept = "UPDATE delivery SET fields = :fields WHERE id = :id AND fields = :stored AND state = 'delivered'"
        execute(connection, kept, fields=dump_fields(fields), id=changed.id, stored=changed.stored)
    if reason is not None:
        noted = f"{detail} (update {number})" if number else detail
        origin = Origin.API if number else Origin.LOOKUP
        row = (changed.id, milliseconds(recording.now), State.DELIVERED.value, reason.value, origin.value)
        hot.insert_events.run(connection, [(*row, storable(noted)[:500], 0)])
    if not waits:
        execute(connection, "DELETE FROM pending_change WHERE delivery_id = :id AND kind = 'update'", id=changed.id)
