"""Reads a ledger by the driver alone: what spares `leadbridge status` SQLAlchemy on a SQLite file. Writes nothing.

The statements of the views are text (`sql`). Where another statement is read in the same transaction, SQLAlchemy goes
on with this connection. On PostgreSQL the connection is one of SQLAlchemy's pool.
"""

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from bridge.ledger import limits

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

    from bridge.ledger.database import Database

READER_CACHE = 2_048
"""Kilobytes of pages that a connection to SQLite keeps in memory."""

SETTINGS = ("wal_autocheckpoint=4000", f"cache_size=-{READER_CACHE}", "temp_store=MEMORY", "secure_delete=ON")
"""For every connection. A larger log and cache spare some 5 % of the CPU of a lead (docs/performance.md).

Some builds leave what was deleted in the file's free space; facts that were pruned or erased must not stay there.
"""


class _Held(sqlite3.Connection):
    """A connection whose transaction ends with `Glance.end` alone: SQLAlchemy's first look would roll it back."""

    def rollback(self) -> None:
        """Nothing."""


class Glance:
    """One transaction that reads. It stands for SQLAlchemy's Connection, which it becomes for whatever is not text."""

    dialect: Any = SimpleNamespace(name="sqlite")

    def __init__(self, raw: sqlite3.Connection, database: "Database") -> None:
        self._raw = raw
        self._database = database
        raw.execute("BEGIN")

    def rows(self, sql: str, given: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """The rows of a SELECT; a given list stands for the values of an IN."""
        cursor = self._raw.execute(*spelled(sql, given))
        heads = [column[0] for column in cursor.description or ()]
        return [dict(zip(heads, row, strict=True)) for row in cursor.fetchall()]

    def end(self) -> None:
        """End the transaction."""
        if "_whole" in vars(self):
            self._whole.close()
        if self._raw.in_transaction:
            self._raw.execute("ROLLBACK")

    @property
    def engine(self) -> "Engine":
        """The database's, by which a ledger is known (`people.secrecy`)."""
        return self._database.engine

    @cached_property
    def _whole(self) -> "Connection":
        from sqlalchemy import create_engine  # noqa: PLC0415 - what this class is there to spare
        from sqlalchemy.pool import StaticPool  # noqa: PLC0415 - see above

        return create_engine("sqlite://", creator=lambda: self._raw, poolclass=StaticPool).connect()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


class ServerGlance(Glance):
    """Single statements on PostgreSQL. Each sees what is committed when it begins: no transaction is begun."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self.dialect = database.engine.dialect
        with self._as_sqlalchemy(""):
            self._taken = database.engine.raw_connection()

    def rows(self, sql: str, given: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """The rows of a SELECT. Raises what SQLAlchemy would raise."""
        driver: Any = self._taken.driver_connection
        with self._as_sqlalchemy(sql):
            cursor = driver.execute(*spelled(in_psycopgs_words(sql), given, "%({})s"))
            heads = [column.name for column in cursor.description]
            return [dict(zip(heads, row, strict=True)) for row in cursor.fetchall()]

    @contextmanager
    def _as_sqlalchemy(self, sql: str) -> Iterator[None]:
        """The driver's errors as SQLAlchemy raises them: also where no connection can be made."""
        known = self.dialect.loaded_dbapi.Error
        try:
            yield
        except known as error:
            from sqlalchemy import exc  # noqa: PLC0415 - `status` on a SQLite file does without

            raise exc.DBAPIError.instance(sql, None, error, known, dialect=self.dialect) from error

    def end(self) -> None:
        """Give the connection back."""
        if "_whole" in vars(self):
            self._whole.close()
        self._taken.close()

    def drop(self) -> None:
        """Close it: whether it still answers is not known."""
        self._taken.invalidate()

    @cached_property
    def _whole(self) -> "Connection":
        from sqlalchemy.engine import Connection  # noqa: PLC0415 - a look at a SQLite file does without

        return Connection(self.engine, self._taken).execution_options(bridge_begin="")


@cache
def in_psycopgs_words(sql: str) -> str:
    """The same text with the names as PostgreSQL's driver writes them."""
    return re.sub(r"(?<![:\w]):(\w+)", r"%(\1)s", sql.replace("%", "%%"))


def spelled(sql: str, given: Mapping[str, Any], mark: str = ":{}") -> tuple[str, dict[str, Any]]:
    """A statement with a name for each value of a list, and all values by name. `mark` is how it names them.

    An empty list is one NULL, which equals nothing.
    """
    values = {name: one for name, one in given.items() if not isinstance(one, list)}
    for name, one in given.items():
        if isinstance(one, list):
            each = {f"{name}_{number}": item for number, item in enumerate(one or [None])}
            sql = re.sub(re.escape(mark.format(name)) + r"\b", f"({', '.join(map(mark.format, each))})", sql)
            values |= each
    return sql, values


def writable(path: Path) -> bool:
    """Whether this process may write the file, and a log beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def connected(path: Path) -> sqlite3.Connection:
    """A connection that only reads. Where the file cannot be written, it leaves no log of this user's beside it."""
    if writable(path):
        connection: sqlite3.Connection = sqlite3.connect(
            path, timeout=limits.BUSY_SECONDS, check_same_thread=False, factory=_Held
        )
    else:
        connection = open_to_read(path)
    connection.isolation_level = None
    for setting in SETTINGS:
        connection.execute(f"PRAGMA {setting}")
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """A file that cannot be written: beside its writer where there is a log, else as one that is never written.

    Without a log SQLite would leave one here that belongs to this user, and lock the real writer out.
    """
    if path.with_name(f"{path.name}-wal").exists():
        connection = _connected(path, "mode=ro")
        try:
            connection.execute("PRAGMA schema_version").fetchone()
        except sqlite3.OperationalError:  # the log cannot be read: what was written before it can
            connection.close()
        else:
            return connection
    return _connected(path, "immutable=1")


def _connected(path: Path, how: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?{how}"
    return sqlite3.connect(address, uri=True, timeout=limits.BUSY_SECONDS, check_same_thread=False, factory=_Held)
