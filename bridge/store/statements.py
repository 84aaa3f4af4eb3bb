"""The few forms of statement that every part of the ledger uses. Knows no table by name."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

IN_LIMIT = 1000
"""How many values one IN (...) may hold: far below SQLite's limit of parameters."""

T = TypeVar("T")


def table(row: type[SQLModel]) -> sa.Table:
    """The Core table behind a sqlmodel class: statements over many rows go without ORM objects."""
    found = row.__dict__["__table__"]
    assert isinstance(found, sa.Table)  # noqa: S101 - tells mypy what sqlmodel's own types leave out
    return found


def insert_or_ignore(connection: Connection, into: sa.Table) -> Any:
    """An INSERT that leaves an existing row alone, in the dialect of the connection."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(into).on_conflict_do_nothing()
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - costs every start on SQLite 30 ms

    return postgresql.insert(into).on_conflict_do_nothing()


def number_of(connection: Connection, of: sa.Table, **name: str) -> int:
    """The number of a name in one of the small naming tables, given to it on first sight."""
    where = [of.c[column] == value for column, value in name.items()]
    query = sa.select(of.c.no).where(*where)
    found = connection.execute(query).scalar()
    if found is None:
        connection.execute(insert_or_ignore(connection, of), name)
        found = connection.execute(query).scalar_one()
    return int(found)


def chunks(values: Sequence[T], size: int = IN_LIMIT) -> Iterator[Sequence[T]]:
    """The values in pieces that fit one statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
