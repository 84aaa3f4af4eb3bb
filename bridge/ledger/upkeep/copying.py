"""Carries a whole ledger into another database, or into a file beside it, and proves that it is the same. Changes none.

`copy` streams table by table in one transaction of the target: it is whole or empty. `back_up` takes a consistent copy
of a SQLite ledger while it is written to.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from shlex import quote
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.errors import ConfigProblem
from bridge.ledger.address import shown
from bridge.ledger.core.holders import Holder, is_gone, myself
from bridge.ledger.database import Database, now_ms
from bridge.ledger.limits import unhurried
from bridge.ledger.sql import execute, rows, value
from bridge.ledger.tables import metadata
from bridge.ledger.upkeep import migrate

_AT_ONCE = 2_000
_NOT_CARRIED = frozenset({"route_lease", "host", "budget", "lead_count"})
"""Tables about processes at work, whose word ends with the copy, and counts that the copy makes for itself."""

_OF_SOURCE = frozenset(
    getattr(sqlite3, f"SQLITE_{name}")
    for name in ("CANTOPEN", "PERM", "READONLY", "BUSY", "LOCKED", "PROTOCOL", "CORRUPT", "NOTADB")
)
"""What failed is the reading: a new file of our own is neither damaged nor locked nor forbidden."""

Progress = Callable[[str, int], None]


def copy(source: Database, target: Database, done: Progress = lambda _table, _rows: None) -> Mapping[str, int]:
    """Copy every table into an empty target of this program's revision; how many rows each holds then.

    Each is compared with the source; `done` hears of each table that was carried. Raises ConfigProblem where the
    target holds anything, or where a run is at work on the source.
    """
    migrate.upgrade(target)
    with _snapshot(source) as reading:
        _refuse_busy(reading)
        with target.write() as writing:
            unhurried(writing)
            _refuse_full(target, writing)
            carried = {of.name: _carry(reading, writing, of, done) for of in _tables()}
            _verify(reading, writing, carried)
    return carried


def scratch(source: Database | None, target: Database) -> None:
    """Fill an empty SQLite file with the ledger as of one moment, without its leases; with empty tables for None.

    A file that is thrown away again is compared with nothing. Raises OSError where it cannot be written.
    """
    if source is not None and source.dialect == "sqlite":
        with source.read() as reading, target.engine.connect() as writing:
            raw: Any = reading.connection.driver_connection
            try:
                raw.backup(writing.connection.driver_connection, pages=-1)
            except sqlite3.Error as error:
                raise OSError(0, str(error)) from None
    else:
        migrate.upgrade(target)
    with target.write(durable=False) as writing:
        if source is not None and source.dialect != "sqlite":
            with _snapshot(source) as reading:
                for of in _tables():
                    _carry(reading, writing, of, lambda _table, _rows: None)
        execute(writing, "DELETE FROM route_lease")


def _tables() -> list[sa.Table]:
    return [of for name, of in sorted(metadata.tables.items()) if name not in _NOT_CARRIED]


@contextmanager
def _snapshot(source: Database) -> Iterator[Connection]:
    """One view of the source for every table: SQLite's WAL gives it, PostgreSQL when it is asked for."""
    if source.dialect == "sqlite":
        with source.read() as connection:
            yield connection
        return
    with source.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
        unhurried(connection)
        yield connection


def _refuse_busy(connection: Connection) -> None:
    """Raises ConfigProblem while a living process works on a route: what it records would not be carried."""
    query = """
        SELECT route.name, host, pid, process FROM route_lease lease JOIN route ON route.no = lease.route_no
        WHERE expires_at > :now
    """
    for row in rows(connection, query, now=now_ms(connection)):
        holder = value(Holder, row)
        if holder != myself() and not is_gone(holder, myself()):
            raise ConfigProblem(
                f'Route "{row["name"]}" is running ({holder.label}): what it records would be lost.',
                hint="Stop `leadbridge run` and every sync, then run the same command again.",
            )


def _refuse_full(target: Database, connection: Connection) -> None:
    """Raises ConfigProblem where the target holds anything; what a mere `check` left there is removed."""
    execute(connection, "DELETE FROM mark")
    for of in metadata.tables.values():
        if connection.execute(sa.select(sa.literal(1)).select_from(of).limit(1)).first() is not None:
            raise ConfigProblem(
                f"The database {target.name} holds a ledger already (table {of.name}). Nothing was copied.",
                hint="Give an empty database after --to.",
            )


def _carry(reading: Connection, writing: Connection, of: sa.Table, done: Progress) -> int:
    streamed = reading.execution_options(yield_per=_AT_ONCE).execute(sa.select(of))
    count = 0
    for some in streamed.mappings().partitions(_AT_ONCE):
        writing.execute(sa.insert(of), [dict(row) for row in some])
        count += len(some)
    _count_on(writing, of)
    done(of.name, count)
    return count


def _count_on(connection: Connection, of: sa.Table) -> None:
    """Rows came with their numbers: the next one of PostgreSQL's own must be beyond them. SQLite sees to that."""
    counted = of.autoincrement_column
    if connection.dialect.name != "postgresql" or counted is None:
        return
    named = {"table": of.name, "column": counted.name}
    sequence = execute(connection, "SELECT pg_get_serial_sequence(:table, :column)", **named).scalar()
    if sequence:
        highest = connection.execute(sa.select(sa.func.max(counted))).scalar() or 0
        reset = "SELECT setval(CAST(:sequence AS regclass), :number, :used)"
        execute(connection, reset, sequence=sequence, number=max(1, highest), used=highest > 0)


# ------------------------------------------------------------------------------------------------------------- proof


def _verify(reading: Connection, writing: Connection, carried: Mapping[str, int]) -> None:
    """Every table has the same rows. Raises ConfigProblem; the target stays empty."""
    for of in _tables():
        if _fingerprint(reading, of) != _fingerprint(writing, of):
            raise ConfigProblem(
                f"Table {of.name} does not read the same in the copy ({carried[of.name]:,} rows). Nothing was kept of "
                "it.",
                hint="Run the same command again; the ledger itself is untouched.",
            )


def _fingerprint(connection: Connection, of: sa.Table) -> tuple[int, int]:
    """How many rows, and the sum of their hashes: the same whatever the order."""
    streamed = connection.execution_options(yield_per=_AT_ONCE).execute(sa.select(of))
    count = total = 0
    for some in streamed.partitions(_AT_ONCE):
        count += len(some)
        for row in some:
            said = repr(tuple(row)).encode("utf-8", "surrogatepass")
            total += int.from_bytes(blake2b(said, digest_size=8).digest(), "big")
    return count, total % 2**64


# ------------------------------------------------------------------------------------------------------------ backup


def back_up(source: Database, unfinished: Path, named: Path) -> int:
    """Copy a SQLite ledger into an empty file, whole as of one moment, while others write; its size in bytes.

    It is checked. Raises ConfigProblem where it cannot be made, and for a ledger in PostgreSQL; `named` is what the
    file is called in its words.
    """
    if source.dialect != "sqlite":
        address = shown(source.url.set(password=None).render_as_string())
        raise ConfigProblem(
            f"{source.name} is a PostgreSQL database, which has tools of its own.",
            hint=f"pg_dump --format=custom --file=ledger.dump {quote(address)}",
        )
    try:
        _take(source, unfinished)
    except sqlite3.Error as error:
        if _is_of_source(error):
            raise ConfigProblem(
                f"The ledger {source.name} cannot be read: {error}. No backup was made.",
                hint="Run it as a user who may read the ledger and its -wal file; if the file is damaged, restore a "
                "backup.",
            ) from None
        raise _unwritten(named, str(error)) from None
    except OSError as error:
        raise _unwritten(named, error.strerror or str(error)) from None
    return unfinished.stat().st_size


def _take(source: Database, unfinished: Path) -> None:
    """Copy and check. The source is read as the Database reads it, also where this user may not write beside it."""
    file = Path(str(source.url.database))
    before = _still(file)
    writing = sqlite3.connect(unfinished)
    try:
        with source.read() as connection:
            reading: Any = connection.connection.driver_connection
            # In one go: a writer in between would make SQLite begin again, and a busy ledger would never end.
            reading.backup(writing, pages=-1)
        writing.execute("PRAGMA journal_mode=DELETE").close()  # one file, with no log beside it
        (verdict,) = writing.execute("PRAGMA integrity_check(1)").fetchone()
    finally:
        writing.close()
    if before and _still(file) != before:
        raise ConfigProblem(
            f"The ledger {file} was written to while it was copied, and this user cannot see how far.",
            hint="Nothing was kept. Run the same command again.",
        )
    if verdict != "ok":
        raise ConfigProblem(
            f"The ledger {file} is damaged: {verdict}. The backup was deleted.",
            hint="Restore your last good backup, then run `leadbridge reconcile`.",
        )


def _still(file: Path) -> tuple[int, int] | None:
    """What shows that a file was written to, where it is read as one that is never written; None where it is not."""
    beside = (file.with_name(f"{file.name}-{kind}") for kind in ("wal", "shm"))
    if (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)) or all(os.access(one, os.R_OK) for one in beside):
        return None
    written = file.stat()
    return written.st_mtime_ns, _size(file)


def _is_of_source(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode & 0xFF in _OF_SOURCE


def _unwritten(path: Path, why: str) -> ConfigProblem:
    return ConfigProblem(f"The backup {path} cannot be written: {why}.", hint="Free disk space, or name another file.")


def vacuum(database: Database) -> tuple[int, int]:
    """Give a SQLite file's free pages back; its size before and after, in bytes. PostgreSQL does that on its own."""
    if database.dialect != "sqlite":
        return 0, 0
    path = Path(str(database.url.database))
    before = _size(path)
    with database.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return before, _size(path)


def _size(path: Path) -> int:
    return sum(part.stat().st_size for part in (path, path.with_name(f"{path.name}-wal")) if part.exists())
