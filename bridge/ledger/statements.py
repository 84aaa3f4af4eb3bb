"""The few forms of statement that every part of the ledger uses. Names no table."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection

from bridge.ledger import sql
from bridge.ledger.tables import metadata

among, chunks = sql.among, sql.chunks


def table(name: str) -> sa.Table:
    """The Core table of this name: statements over many rows go without ORM objects."""
    return metadata.tables[name]


def tables(*names: str) -> list[sa.Table]:
    """Several of them."""
    return [table(name) for name in names]


def insert_or_ignore(connection: Connection, into: sa.Table) -> Any:
    """An INSERT that leaves an existing row alone, in the dialect of the connection."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(into).on_conflict_do_nothing()
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - costs every start on SQLite 30 ms

    return postgresql.insert(into).on_conflict_do_nothing()


def number_of(connection: Connection, of: sa.Table, /, **name: str) -> int:
    """The number of a name in one of the small naming tables, given to it on first sight."""
    where = [of.c[column] == value for column, value in name.items()]
    query = sa.select(of.c.no).where(*where)
    found = connection.execute(query).scalar()
    if found is None:
        connection.execute(insert_or_ignore(connection, of), name)
        found = connection.execute(query).scalar_one()
    return int(found)


def numbers_of(connection: Connection, of: sa.Table, names: Sequence[str]) -> dict[str, int]:
    """The numbers of several names, in one statement where all of them have been seen before."""
    found = connection.execute(sa.select(of.c.name, of.c.no).where(of.c.name.in_(names)))
    numbers = {row.name: int(row.no) for row in found}
    return {name: numbers.get(name) or number_of(connection, of, name=name) for name in names}


def lock(connection: Connection, of: sa.Table, numbers: Iterable[int], *, waiting: bool = True) -> list[int]:
    """Lock rows by number, lowest first, as every statement does; those that are locked.

    Without `waiting`, rows that another transaction works on are left out. SQLite has one writer: all are there.
    """
    wanted = sorted(set(numbers))
    if connection.dialect.name != "postgresql":
        return wanted
    key = next(iter(of.primary_key.columns))
    query = sa.select(key).order_by(key).with_for_update(skip_locked=not waiting)
    return [found for some in chunks(wanted) for found in connection.execute(query.where(key.in_(some))).scalars()]
