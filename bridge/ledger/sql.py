"""SQL text in, frozen values out: how whatever only reads speaks to the database. Knows no table by name.

Text spares `leadbridge status` the tables, sqlmodel and SQLAlchemy, which take more time than all else of it. Both
databases read the same text.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from bridge.ledger.glance import Glance, in_psycopgs_words, spelled

if TYPE_CHECKING:
    from sqlalchemy import CursorResult, RowMapping
    from sqlalchemy.engine import Connection

    from bridge.ledger.database import Database

IN_LIMIT = 1000
"""How many values one IN (...) may hold: far below SQLite's limit of parameters."""

T = TypeVar("T")

# How a column is read into a field of this type; any other field takes the column as it is.
_READERS: Mapping[Any, Callable[[Any], Any]] = {
    int: int,  # a SUM is a Decimal on PostgreSQL
    bool: bool,
    datetime: lambda stored: datetime.fromtimestamp(stored / 1000, UTC),
    datetime | None: lambda stored: datetime.fromtimestamp(stored / 1000, UTC) if stored else None,
    Mapping[str, Any]: lambda stored: json.loads(stored or "{}"),
}


def execute(connection: "Connection", sql: str, **given: Any) -> "CursorResult[Any]":
    """Run one statement; a given list stands for the values of an IN.

    It goes to the driver as it is: SQLAlchemy's `text` takes three times as long.
    """
    if connection.dialect.name == "sqlite":
        return connection.exec_driver_sql(*spelled(sql, given))
    return connection.exec_driver_sql(*spelled(in_psycopgs_words(sql), given, "%({})s"))


def rows(connection: "Connection", sql: str, **given: Any) -> "Sequence[RowMapping]":
    """The rows of a SELECT."""
    speaking: object = connection  # a Glance stands in for a Connection
    if isinstance(speaking, Glance):
        return cast("Sequence[RowMapping]", speaking.rows(sql, given))
    return execute(connection, sql, **given).mappings().all()


def value(kind: Callable[..., T], row: Mapping[Any, Any], **given: Any) -> T:
    """A frozen value from the columns named as its fields, and from what is given beside them."""
    found = {name: reader(row[name]) for name, reader in _readers(kind) if name in row and name not in given}
    return kind(**found, **given)


def values(connection: "Connection", kind: Callable[..., T], sql: str, **given: Any) -> list[T]:
    """Every row of a SELECT as a value."""
    return [value(kind, row) for row in rows(connection, sql, **given)]


def read(database: "Database", kind: Callable[..., T], sql: str, **given: Any) -> list[T]:
    """The same, in a transaction of its own."""
    with database.read() as connection:
        return values(connection, kind, sql, **given)


def rows_of(database: "Database", sql: str, **given: Any) -> "Sequence[RowMapping]":
    """The rows of a SELECT, in a transaction of its own."""
    with database.read() as connection:
        return rows(connection, sql, **given)


def any_case(database: "Database", column: str) -> str:
    """The column, for a LIKE that takes ASCII letters in any case: SQLite's does without more, in half the time."""
    return column if database.dialect == "sqlite" else f"lower({column})"


def first(database: "Database", sql: str, **given: Any) -> Any:
    """The first column of the first row, in a transaction of its own; None where there is no row."""
    with database.look() as connection:
        found = rows(connection, sql, **given)
    return next(iter(found[0].values())) if found else None


def pages(database: "Database", sql: str, *, size: int, **given: Any) -> "Iterator[Sequence[RowMapping]]":
    """The rows of a SELECT up from `:after`, by `id`, in pieces of `:size`: memory stays flat."""
    after = 0
    while True:
        found = rows_of(database, sql, after=after, size=size, **given)
        if not found:
            return
        after = found[-1]["id"]
        yield found


def among(connection: "Connection", sql: str, values: Collection[Any], **given: Any) -> "Iterator[RowMapping]":
    """The rows of a SELECT whose `IN :some` stands for these values, in pieces that fit one statement."""
    for some in chunks(list(values)):
        yield from rows(connection, sql, some=some, **given)


def chunks(values: Sequence[T], size: int = IN_LIMIT) -> Iterator[Sequence[T]]:
    """The values in pieces that fit one statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


@cache
def _readers(kind: Any) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    return tuple((field.name, _reader(field.type)) for field in fields(kind))


def _reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    return _READERS.get(kind, lambda stored: stored)
