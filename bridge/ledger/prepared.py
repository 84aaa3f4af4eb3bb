"""Statements over many rows, compiled once and handed to the driver as tuples. Knows no table by name.

SQLAlchemy's own way costs several microseconds a row for dicts and their processing (measured; docs/performance.md);
on the road of every lead that is more than the database takes.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Row = tuple[Any, ...]
"""Plain values only: the drivers take longer over a StrEnum than over its `value`."""

_POSITIONAL = {"sqlite": "qmark", "postgresql": "format"}


class Prepared:
    """One statement for many rows; each row is a tuple in the order of `names`.

    `make` builds the Core statement for a connection's dialect. A name is a column of an INSERT, or a bindparam.
    """

    def __init__(self, make: Callable[[Connection], Any], *names: str) -> None:
        self._make = make
        self._names = names
        self._compiled: dict[str, tuple[str, Callable[[Row], Row] | None]] = {}

    def run(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Execute it for every row; how many rows it touched, where the driver tells."""
        if not rows:
            return 0
        name = connection.dialect.name
        if name not in self._compiled:
            self._compiled[name] = self._compile(connection)
        text, ordered = self._compiled[name]
        given = list(rows) if ordered is None else list(map(ordered, rows))
        return connection.exec_driver_sql(text, given).rowcount

    def _compile(self, connection: Connection) -> tuple[str, Callable[[Row], Row] | None]:
        kind: Any = type(connection.dialect)
        dialect = kind(paramstyle=_POSITIONAL[connection.dialect.name])
        statement: sa.ClauseElement = self._make(connection)
        inserted = list(self._names) if isinstance(statement, sa.Insert) else None
        compiled: Any = statement.compile(dialect=dialect, column_keys=inserted)
        places = [self._names.index(name) for name in compiled.positiontup]
        in_order = places == list(range(len(self._names)))
        return str(compiled), None if in_order else itemgetter(*places)
