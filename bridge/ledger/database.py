"""Opens the ledger and hands out its transactions. Holds no statement about leads.

SQLite in WAL mode or PostgreSQL, by URL. Every SQLite write transaction begins IMMEDIATE and a process has one writer
at a time; a `durable` one waits until the bytes are on the disk (synchronous=FULL), as the claim before a call and
the outcome after it must be. No transaction may stay open during a network call.

On PostgreSQL no process waits for another without end: every wait has a limit, set when a connection is made.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from bridge.errors import BridgeError, ConfigProblem, Unavailable
from bridge.ledger import limits
from bridge.ledger.limits import BUSY_SECONDS

LEDGER = "ledger"
"""The `vendor` of an Unavailable that the database raises."""

_WRITER_CACHE = 8_192
_READER_CACHE = 2_048
"""Kilobytes of pages that a connection to SQLite keeps in memory."""


P = ParamSpec("P")
T = TypeVar("T")
_Step = Callable[Concatenate[Connection, P], T]
_Whole = Callable[Concatenate["Database", P], T]


class RolledBack(Unavailable):
    """PostgreSQL undid this transaction because two waited for each other (a deadlock). Nothing of it was kept."""


def transaction(*, durable: bool = True) -> Callable[[_Step[P, T]], _Whole[P, T]]:
    """Makes a function that takes a Connection one write transaction; its callers hand it the Database.

    After a deadlock it runs once more, so it must change nothing but the ledger. A second deadlock is raised.
    """

    def marked(step: _Step[P, T]) -> _Whole[P, T]:
        def once(database: Database, /, *args: P.args, **options: P.kwargs) -> T:
            with database.write(durable=durable) as connection:
                return step(connection, *args, **options)

        @wraps(step)
        def repeated(database: Database, /, *args: P.args, **options: P.kwargs) -> T:
            try:
                return once(database, *args, **options)
            except RolledBack:
                return once(database, *args, **options)

        return repeated

    return marked


class Database:
    """The ledger's database. Thread-safe; `close()` it at the end.

    With `to_read` it makes and changes nothing, not even a foreign file's journal, and a SQLite file that this process
    may not write is read all the same. `clock` stands in for the ledger's own clock (tests).
    """

    def __init__(self, url: str, *, to_read: bool = False) -> None:
        self.url = _read_url(url)
        self.dialect = self.url.get_backend_name()
        self.clock: Callable[[], datetime] | None = None
        self._writer = threading.RLock()
        self._writing: Connection | None = None
        if self.dialect == "sqlite" and not to_read:
            _prepare_file(self.url)
        self.engine = _engine(self.url, to_read=to_read)

    def __repr__(self) -> str:
        return f"Database({self.name})"

    @property
    def name(self) -> str:
        """The database for messages, without its password."""
        return shown(self.url)

    def now(self) -> datetime:
        """The ledger's clock: PostgreSQL's own, and for a SQLite file that of its machine.

        Whatever one process writes down and another compares is stamped, and compared, by this clock alone.
        """
        if self.clock is not None:
            return self.clock()
        if self.dialect == "sqlite":
            return _host_clock()
        with self.read() as connection:
            return datetime.fromtimestamp(now_ms(connection) / 1000, UTC)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads. Raises Unavailable when the database does not answer."""
        with _spoken(self), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """A write transaction, committed on leaving and rolled back on any exception.

        Write with `@transaction` instead, which repeats it after a deadlock; only a copy or a migration cannot be.
        """
        if self.dialect != "sqlite":
            with _spoken(self), self.engine.connect() as connection, connection.begin():
                yield connection
            return
        options = {"bridge_begin": "IMMEDIATE", "bridge_synchronous": "FULL" if durable else "NORMAL"}
        with _spoken(self), self._writer, self._writer_connection() as connection:
            connection.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def _writer_connection(self) -> Iterator[Connection]:
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
        self.engine.dispose()


def exists(url: str) -> bool:
    """Whether there is something to open: a SQLite file; a PostgreSQL is always taken to be there.

    Raises ConfigProblem where a folder stands in the file's place.
    """
    path = _file(_read_url(url))
    if path is not None and path.is_dir():
        raise ConfigProblem(f"The database {path} is a folder.", hint="Name a file in BRIDGE_DATABASE_URL.")
    return path is None or path.is_file()


def refuse_unwritable(url: str) -> None:
    """Raises ConfigProblem where the SQLite file could not be written, or made, by this process. Makes nothing."""
    path = _file(_read_url(url))
    if path is None:
        return
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if path.exists() and not os.access(path, os.W_OK):
        raise _unwritable(path, f"{path} does not let this user write")
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise _unwritable(path, f"{folder} does not let this user write")


def milliseconds(moment: datetime | None) -> int:
    """The ledger's form of an instant; 0 for None."""
    return 0 if moment is None else int(moment.timestamp() * 1000)


def moment(stored: int) -> datetime | None:
    """The instant behind the ledger's form; None for 0."""
    return datetime.fromtimestamp(stored / 1000, UTC) if stored else None


def _host_clock() -> datetime:
    return datetime.now(UTC)


def now_ms(connection: Connection) -> int:
    """The database's own clock in milliseconds: the one clock that every holder of a lease shares."""
    if connection.dialect.name == "sqlite":
        clock = "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
    else:
        clock = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
    return int(connection.exec_driver_sql(clock).scalar_one())


def shown(url: str | URL) -> str:
    """A database's address as its own tools read it, for messages: no driver, the password hidden."""
    found = make_url(url)
    plain = found.set(drivername=found.get_backend_name()).difference_update_query(["password", "sslpassword"])
    return plain.render_as_string(hide_password=True)


def _read_url(text: str) -> URL:
    hint = "Set BRIDGE_DATABASE_URL to sqlite:///data/bridge.db or postgresql://user@host/name."
    try:
        url = make_url(text)
    except ArgumentError:
        raise ConfigProblem("BRIDGE_DATABASE_URL is not a database address.", hint=hint) from None
    backend = url.get_backend_name()
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ConfigProblem(f'BRIDGE_DATABASE_URL names the database "{backend}", which is not supported.', hint=hint)
    return url


def _file(url: URL) -> Path | None:
    """The SQLite file; None for a database without one."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def _prepare_file(url: URL) -> None:
    """Make the folder and an empty file that only its owner can read: it holds people's addresses."""
    path = _file(url)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
        with path.open("ab"):
            pass
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from None


def _unwritable(path: Path, why: str) -> ConfigProblem:
    return ConfigProblem(
        f"The database {path} cannot be written: {why}.",
        hint="Make the file and its folder writable, or set BRIDGE_DATABASE_URL to another place.",
    )


def _engine(url: URL, *, to_read: bool) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, to_read=to_read)
    try:
        return limits.engine(url)
    except (NoSuchModuleError, ModuleNotFoundError):
        raise ConfigProblem(
            "PostgreSQL needs its driver, which is not installed.",
            hint="In the folder of leadbridge's source: make install, or uv tool install --force '.[postgres]'",
        ) from None


def _sqlite_engine(url: URL, *, to_read: bool) -> sa.Engine:
    path = _file(url)
    if to_read and path is not None and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        engine = sa.create_engine(url, creator=lambda: _open_to_read(path))
    else:
        engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    if not to_read:
        sa.event.listen(engine, "connect", _on_first_connect)
    sa.event.listen(engine, "connect", _on_sqlite_connect)
    sa.event.listen(engine, "begin", _on_sqlite_begin)
    return engine


def _open_to_read(path: Path) -> sqlite3.Connection:
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
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)


def _on_first_connect(connection: Any, _record: object) -> None:
    # The file remembers it. Where two first starts switch at once, SQLite fails one of them without waiting.
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    # Python's own transaction handling is switched off: we say BEGIN ourselves, in _on_sqlite_begin.
    connection.isolation_level = None
    cursor = connection.cursor()
    # A larger log and cache spare some 5 % of the CPU of a lead (measured; docs/performance.md).
    for setting in ("wal_autocheckpoint=4000", f"cache_size=-{_READER_CACHE}", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {setting}")
    # Some builds leave what was deleted in the file's free space; facts that were pruned or erased must not stay there.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    # `synchronous` can only be set between transactions, and belongs to the connection: say it every time.
    connection.exec_driver_sql(f"PRAGMA synchronous={options.get('bridge_synchronous', 'NORMAL')}")
    connection.exec_driver_sql(f"BEGIN {options.get('bridge_begin', 'DEFERRED')}")


@contextmanager
def _spoken(database: Database) -> Iterator[None]:
    """Turn the driver's errors into ours; their text may hold parameters, so only the driver's own words are kept."""
    try:
        yield
    except DBAPIError as error:
        words = str(error.orig).strip().splitlines()[0] if error.orig and str(error.orig) else type(error).__name__
        raise _translate(database, words, error) from None
    except sa.exc.TimeoutError:
        raise Unavailable(
            f"The database {database.name} has no free connection left for this process.", hint=_AGAIN, vendor=LEDGER
        ) from None


_AGAIN = "Nothing is lost; run the same command again."
# What the driver's words mean, and what to do; the first that fits.
_MEANT: tuple[tuple[tuple[str, ...], type[BridgeError], str, str], ...] = (
    (
        ("disk is full", "no space left on device", "disk quota exceeded"),
        Unavailable,
        "The disk of the database {name} is full: {words}.",
        "Nothing is lost. Free space on it (`leadbridge db prune` frees some), then run the same command again.",
    ),
    (
        ("disk i/o error",),
        Unavailable,
        "The disk of the database {name} cannot be read or written: {words}.",
        "Nothing is lost. Check the disk, then run the same command again.",
    ),
    (
        ("not a database", "malformed"),
        ConfigProblem,
        "The database {name} is damaged: {words}.",
        "Move it away and restore your last backup; `leadbridge db upgrade` checks it.",
    ),
    (
        ("readonly", "unable to open"),
        ConfigProblem,
        "The database {name} cannot be opened or written: {words}.",
        "Make the file and its folder writable, or set BRIDGE_DATABASE_URL to another place.",
    ),
)


def _translate(database: Database, words: str, error: DBAPIError) -> Exception:
    if isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError | sa.exc.DataError):
        return error
    why = limits.ended(error.orig, words)
    if why:
        kind = RolledBack if limits.is_deadlock(error.orig) else Unavailable
        return kind(f"The database {database.name}: {why}", hint=_AGAIN, vendor=LEDGER)
    for needles, meaning, sentence, hint in _MEANT:
        if any(needle in words.casefold() for needle in needles):
            meant = meaning(sentence.format(name=database.name, words=words), hint=hint)
            if isinstance(meant, Unavailable):
                meant.vendor = LEDGER
            return meant
    return Unavailable(f"The database {database.name} does not answer: {words}.", hint=_AGAIN, vendor=LEDGER)
