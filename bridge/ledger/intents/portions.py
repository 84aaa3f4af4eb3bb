"""Statements about files of addresses that are validated on their own, portion by portion. Calls no vendor.

Which addresses a portion holds stands in `checked` from before its call: what a lost answer, a crash or a new start of
the command left behind is known, and nothing is paid for twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.core.facts import storable
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.intents.checks import ASKED, UNKNOWN, plain
from bridge.ledger.statements import chunks, insert_or_ignore, tables

_portion, _checked = tables("portion", "checked")

ASKING, RUNNING, COMPLETED, FAILED, DROPPED, UNCLEAR = "asking", "running", "completed", "failed", "dropped", "unclear"
_OPEN = (ASKING, RUNNING)


@dataclass(frozen=True, slots=True)
class Portion:
    """One portion; `reserved` in thousandths of a credit, `asked_at` by the vendor's clock."""

    id: int
    file: str
    name: str
    number: int
    emails: int
    state: str
    job_id: str
    reserved: int
    asked_at: datetime | None
    absent_at: datetime | None
    detail: str


@transaction()
def begin_portion(connection: Connection, file: str, name: str, addresses: Sequence[str], asked_at: datetime) -> int:
    """A portion is about to be submitted: its number here. What an earlier portion left unanswered goes over to it."""
    last = connection.execute(sa.select(sa.func.max(_portion.c.number)).where(_portion.c.file == file)).scalar()
    values = {
        "file": file,
        "name": storable(name)[:200],
        "number": (last or 0) + 1,
        "emails": len(addresses),
        "state": ASKING,
        "asked_at": milliseconds(asked_at),
    }
    added = connection.execute(sa.insert(_portion).values(values).returning(_portion.c.id))
    number = int(added.scalar_one())
    for some in chunks(sorted({plain(address) for address in addresses}), 500):
        rows = [{"address": address, "status": ASKED, "portion_id": number} for address in some]
        connection.execute(insert_or_ignore(connection, _checked), rows)
        mine = sa.update(_checked).where(_checked.c.address.in_(some), _checked.c.checked_at == 0)
        connection.execute(mine.values(status=ASKED, portion_id=number))
    return number


@transaction()
def note_submitted(connection: Connection, number: int, job_id: str, reserved: int | None) -> None:
    """Scravio has taken it."""
    _move(connection, number, (ASKING,), state=RUNNING, job_id=job_id, reserved=reserved or 0)


@transaction()
def drop_portion(connection: Connection, number: int, state: str, why: str, not_before: datetime | None = None) -> None:
    """It was not taken, or it failed: its addresses are free for another portion. UNCLEAR: they are not."""
    _move(connection, number, _OPEN, state=state, detail=storable(why)[:300], not_before=milliseconds(not_before))
    if state != UNCLEAR:
        connection.execute(sa.delete(_checked).where(*_unanswered(number)))


@transaction()
def note_portion_missed(connection: Connection, number: int, now: datetime) -> None:
    """A first look did not find its job."""
    _move(connection, number, (ASKING,), absent_at=milliseconds(now))


@transaction()
def end_portion(connection: Connection, number: int, now: datetime) -> None:
    """Its findings are stored: whatever it had no word on is unknown, and not asked for again by itself."""
    _move(connection, number, _OPEN, state=COMPLETED, ended_at=milliseconds(now))
    left = sa.update(_checked).where(*_unanswered(number))
    connection.execute(left.values(status=UNKNOWN, checked_at=milliseconds(now)))


def _move(connection: Connection, number: int, states: Sequence[str], **values: Any) -> None:
    where = (_portion.c.id == number, _portion.c.state.in_(states))
    connection.execute(sa.update(_portion).where(*where).values(**values))


def _unanswered(number: int) -> tuple[sa.ColumnElement[bool], ...]:
    return _checked.c.portion_id == number, _checked.c.status == ASKED


def open_portion(database: Database) -> Portion | None:
    """The portion that is under way, of whichever file: Scravio runs one job at a time for an account."""
    return _one(database, sa.select(_portion).where(_portion.c.state.in_(_OPEN)).order_by(_portion.c.id).limit(1))


def latest_portion(database: Database, file: str) -> Portion | None:
    """The file's portion that was submitted last."""
    return _one(database, sa.select(_portion).where(_portion.c.file == file).order_by(_portion.c.id.desc()).limit(1))


def _one(database: Database, query: sa.Select[Any]) -> Portion | None:
    with database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    times = moment(row.asked_at), moment(row.absent_at)
    return Portion(
        row.id, row.file, row.name, row.number, row.emails, row.state, row.job_id, row.reserved, *times, row.detail
    )


def portion_addresses(database: Database, number: int) -> set[str]:
    """The addresses that the portion is still waited for, in their plain form."""
    query = sa.select(_checked.c.address).where(_checked.c.portion_id == number, _checked.c.status == ASKED)
    with database.read() as connection:
        return set(connection.execute(query).scalars())


def submitted_since(database: Database, now: datetime, span: timedelta) -> list[datetime]:
    """When portions were submitted within the span before now, oldest first."""
    query = (
        sa.select(_portion.c.asked_at)
        .where(_portion.c.asked_at > milliseconds(now - span), _portion.c.state != DROPPED)
        .order_by(_portion.c.asked_at)
    )
    with database.read() as connection:
        return [at for stored in connection.execute(query).scalars() if (at := moment(stored)) is not None]


def known_jobs(database: Database) -> set[str]:
    """The jobs that belong to portions of ours."""
    with database.read() as connection:
        return set(connection.execute(sa.select(_portion.c.job_id).where(_portion.c.job_id != "")).scalars())


def price_seen(database: Database) -> tuple[int, int] | None:
    """What the latest portion cost, in thousandths, and for how many addresses; None where none is known."""
    query = sa.select(_portion.c.reserved, _portion.c.emails).where(_portion.c.reserved > 0, _portion.c.emails > 0)
    with database.read() as connection:
        row = connection.execute(query.order_by(_portion.c.id.desc()).limit(1)).first()
    return None if row is None else (int(row.reserved), int(row.emails))
