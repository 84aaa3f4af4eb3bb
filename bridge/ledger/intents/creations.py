"""Statements about source campaigns that were created from here. Calls no vendor.

The row is written before the call. At most one is open under a title: the partial index is the promise that a lost
answer never makes a second campaign.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.core.facts import storable
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.statements import table
from bridge.ledger.tables import CreationRow

_creation = table(CreationRow)

ASKING, CREATED, DROPPED = "asking", "created", "dropped"


@dataclass(frozen=True, slots=True)
class Creation:
    """One campaign that was to be created; `asked_at` is the vendor's clock."""

    id: int
    title: str
    type: str
    state: str
    asked_at: datetime | None
    absent_at: datetime | None
    campaign_id: str


def open_creation(database: Database, title: str) -> Creation | None:
    """What was asked for or created under this title."""
    query = sa.select(_creation).where(_creation.c.title == storable(title), _creation.c.state.in_((ASKING, CREATED)))
    with database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    times = moment(row.asked_at), moment(row.absent_at)
    return Creation(row.id, row.title, row.type, row.state, *times, row.campaign_id)


@transaction()
def begin_creation(connection: Connection, title: str, kind: str, route: str, reserved: int, asked_at: datetime) -> int:
    """A campaign is about to be created; its number here."""
    values = {
        "title": storable(title),
        "type": kind,
        "route": route,
        "state": ASKING,
        "reserved": reserved,
        "asked_at": milliseconds(asked_at),
    }
    return int(connection.execute(sa.insert(_creation).values(values).returning(_creation.c.id)).scalar_one())


def note_created(database: Database, number: int, campaign_id: str) -> None:
    """Scravio has created it."""
    _set(database, number, state=CREATED, campaign_id=campaign_id)


def drop_creation(database: Database, number: int) -> None:
    """It was not created, and may be asked for again."""
    _set(database, number, state=DROPPED)


def note_creation_missed(database: Database, number: int, now: datetime) -> None:
    """A first look did not find it."""
    _set(database, number, absent_at=milliseconds(now))


@transaction()
def _set(connection: Connection, /, number: int, **values: str | int) -> None:
    where = (_creation.c.id == number, _creation.c.state == ASKING)
    connection.execute(sa.update(_creation).where(*where).values(**values))
