"""Opens the ledger and hands out its transactions. Holds no statement about leads.

SQLite in WAL mode or PostgreSQL, by URL. Every SQLite write transaction begins IMMEDIATE and a process has one writer
at a time; a `durable` one waits until the bytes are on the disk (synchronous=FULL), as the claim before a call and
the outcome after it must be. No transaction may stay open during a network call.

On PostgreSQL every commit waits for the disk, but for those of an `again` transaction: a later commit that waits has
them written first. No process waits for another without end: every wait has a limit, set when a connection is made.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

from bridge.ledger.address import file_of, is_sqlite, read_url, shown, unwritable
from bridge.ledger.glance import Glance, ServerGlance, connected
from bridge.ledger.sql import rows
from bridge.ledger.troubles import RolledBack, spoken

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy.engine import URL, Connection, Engine

_BEHIND_THE_OTHER = 0.1
"""Seconds for which a transaction that met a deadlock lets the other go first: at once it could take its row again."""

_WRITER_CACHE = 4_096
"""Kilobytes of pages that the connection that writes to SQLite keeps in memory."""


P = ParamSpec("P")
T = TypeVar("T")
_Step = Callable[Concatenate["Connection", P], T]
_Whole = Callable[Concatenate["Database", P], T]


def transaction(*, durable: bool = True, again: bool = False) -> Callable[[_Step[P, T]], _Whole[P, T]]:
    """Makes a function that takes a Connection one write transaction; its callers hand it the Database.

    With `again`, what it stores would be stored again by the next run.
    After a deadlock it runs once more, so it must change nothing but the ledger. A second deadlock is raised.
    """

    def marked(step: _Step[P, T]) -> _Whole[P, T]:
        def once(database: Database, /, *args: P.args, **options: P.kwargs) -> T:
            with database.write(durable=durable, again=again) as connection:
                return step(connection, *args, **options)

        @wraps(step)
        def repeated(database: Database, /, *args: P.args, **options: P.kwargs) -> T:
            try:
                return once(database, *args, **options)
            except RolledBack:
                time.sleep(_BEHIND_THE_OTHER)
                return once(database, *args, **options)

        return repeated

    return marked


class Database:
    """The ledger's database. Thread-safe; `close()` it at the end.

    With `to_read` it makes and changes nothing, not even a foreign file's journal. A SQLite file that this process
    may not write is read all the same. `clock` stands in for the ledger's own clock (tests).
    """

    def __init__(self, url: str, *, to_read: bool = False) -> None:
        self._text = url
        self._to_read = to_read
        self._idle: list[sqlite3.Connection] = []
        self.dialect = "sqlite" if is_sqlite(url) else read_url(url).get_backend_name()
        self.clock: Callable[[], datetime] | None = None
        self._writer = threading.RLock()
        self._writing: Connection | None = None
        self._file = file_of(url)
        if self._file is not None and not to_read:
            _prepare_file(self._file)

    @cached_property
    def url(self) -> "URL":
        """The whole address."""
        return read_url(self._text)

    @cached_property
    def engine(self) -> "Engine":
        """What statements run through; `read` of a file does without as long as they are text."""
        from bridge.ledger.engines import engine  # noqa: PLC0415 - its import takes longer than a whole `status`

        return engine(self.url, to_read=self._to_read)

    def __repr__(self) -> str:
        return f"Database({self.name})"

    @property
    def name(self) -> str:
        """The database for messages, without its password."""
        return shown(self._text)

    def now(self) -> datetime:
        """The ledger's clock: PostgreSQL's own, and for a SQLite file that of its machine.

        Whatever one process writes down and another compares is stamped, and compared, by this clock alone.
        """
        if self.clock is not None:
            return self.clock()
        if self.dialect == "sqlite":
            return _host_clock()
        with self.look() as connection:
            return datetime.fromtimestamp(now_ms(connection) / 1000, UTC)

    @contextmanager
    def read(self) -> "Iterator[Connection]":
        """A transaction that only reads. Raises Unavailable when the database does not answer."""
        if self._to_read and self._file is not None:
            with self.look() as glance:
                yield glance
            return
        with self._spoken(), self.engine.connect() as connection:
            if self.dialect != "sqlite":  # each statement sees what is committed by then, in a transaction or not
                connection.execution_options(bridge_begin="")
            with connection.begin():
                yield connection

    @contextmanager
    def look(self) -> "Iterator[Connection]":
        """The same for statements that are text: read without SQLAlchemy, in a tenth of the time or a third.

        On PostgreSQL each of them sees what is committed by then, as in `read`.
        """
        if self._file is None and self.dialect == "sqlite":  # in memory, for one connection
            with self.read() as connection:
                yield connection
            return
        with self._spoken(), self._server_glance() if self._file is None else self._glance(self._file) as glance:
            yield cast("Connection", glance)

    @contextmanager
    def _server_glance(self) -> Iterator[Glance]:
        glance = ServerGlance(self)
        try:
            yield glance
        except BaseException:
            glance.drop()
            raise
        glance.end()

    @contextmanager
    def _glance(self, file: Path) -> Iterator[Glance]:
        try:
            raw = self._idle.pop()
        except IndexError:
            raw = connected(file)
        glance = Glance(raw, self)
        try:
            yield glance
        except BaseException:
            raw.close()
            raise
        glance.end()
        self._idle.append(raw)

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            meant = spoken(self.name, error)
            if meant is None:
                raise
            raise meant from None

    @contextmanager
    def write(self, *, durable: bool = True, again: bool = False) -> "Iterator[Connection]":
        """A write transaction, committed on leaving and rolled back on any exception.

        Write with `@transaction` instead, which repeats it after a deadlock; only a copy or a migration cannot be.
        """
        if self.dialect != "sqlite":
            with self._spoken(), self.engine.connect() as connection:
                if again:  # the next commit that waits for the disk has this one written first
                    connection.execution_options(bridge_begin="BEGIN; SET LOCAL synchronous_commit TO off")
                with connection.begin():
                    yield connection
            return
        options = {"bridge_begin": "IMMEDIATE", "bridge_synchronous": "FULL" if durable else "NORMAL"}
        with self._spoken(), self._writer, self._writer_connection() as connection:
            connection.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def _writer_connection(self) -> "Iterator[Connection]":
        """The one connection that writes to SQLite; the caller holds the lock.

        Another connection's write empties a connection's cache: threads that each wrote through their own would read
        the same pages again for every transaction.
        """
        connection, self._writing = self._writing, None
        if connection is None:
            connection = self.engine.connect()
            connection.exec_driver_sql(f"PRAGMA cache_size=-{_WRITER_CACHE}")
            connection.rollback()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._writing = connection

    def close(self) -> None:
        """Give every connection back."""
        with self._writer:
            if self._writing is not None:
                self._writing.close()
                self._writing = None
        while self._idle:
            self._idle.pop().close()
        if "engine" in vars(self):
            self.engine.dispose()


def milliseconds(moment: datetime | None) -> int:
    """The ledger's form of an instant; 0 for None."""
    return 0 if moment is None else int(moment.timestamp() * 1000)


def moment(stored: int) -> datetime | None:
    """The instant behind the ledger's form; None for 0."""
    return datetime.fromtimestamp(stored / 1000, UTC) if stored else None


def _host_clock() -> datetime:
    return datetime.now(UTC)


def now_ms(connection: "Connection") -> int:
    """The database's own clock in milliseconds: the one clock that every holder of a lease shares."""
    if connection.dialect.name == "sqlite":
        clock = "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
    else:
        clock = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
    return int(rows(connection, f"{clock} AS now")[0]["now"])


def _prepare_file(path: Path) -> None:
    """Make the folder and an empty file that only its owner can read: it holds people's addresses."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
        with path.open("ab"):
            pass
    except OSError as error:
        raise unwritable(path, error.strerror or str(error)) from None
