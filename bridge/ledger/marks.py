"""Statements about the marks of the ledger: a number, or an instant, under a name. Knows no mark by name."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.statements import insert_or_ignore, table
from bridge.ledger.tables import MarkRow

_mark = table(MarkRow)


def number(connection: Connection, name: str) -> int:
    """The number under this name; 0 where there is none."""
    return int(connection.execute(sa.select(_mark.c.number).where(_mark.c.name == name)).scalar() or 0)


def bump(connection: Connection, name: str) -> None:
    """Count it up by one."""
    connection.execute(insert_or_ignore(connection, _mark), {"name": name})
    connection.execute(sa.update(_mark).where(_mark.c.name == name).values(number=_mark.c.number + 1))


def marked(database: Database, name: str) -> datetime | None:
    """The instant under this name; None where there is none."""
    with database.read() as connection:
        return moment(number(connection, name))


@transaction(durable=False)
def mark(connection: Connection, name: str, at: datetime | None) -> None:
    """Keep an instant under this name."""
    connection.execute(insert_or_ignore(connection, _mark), {"name": name})
    connection.execute(sa.update(_mark).where(_mark.c.name == name).values(number=milliseconds(at)))
