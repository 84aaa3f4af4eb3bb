"""Makes the engines that the ledger works through: SQLite in WAL mode, or PostgreSQL. Knows no table."""

import sqlite3
import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import NoSuchModuleError

from bridge.errors import ConfigProblem
from bridge.ledger import limits
from bridge.ledger.address import file_of
from bridge.ledger.glance import SETTINGS, open_to_read, writable


def engine(url: URL, *, to_read: bool) -> sa.Engine:
    """The engine of this database. Raises ConfigProblem where its driver is missing."""
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
    path = file_of(url.render_as_string())
    if to_read and path is not None and not writable(path):
        made = sa.create_engine(url, creator=lambda: open_to_read(path))
    else:
        made = sa.create_engine(url, connect_args={"timeout": limits.BUSY_SECONDS})
    if not to_read:
        sa.event.listen(made, "connect", _on_first_connect)
    sa.event.listen(made, "connect", _on_sqlite_connect)
    sa.event.listen(made, "begin", _on_sqlite_begin)
    return made


def _on_first_connect(connection: Any, _record: object) -> None:
    # The file remembers it. Where two first starts switch at once, SQLite fails one of them without waiting.
    end = time.monotonic() + limits.BUSY_SECONDS
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
    for setting in SETTINGS:
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    # `synchronous` can only be set between transactions, and belongs to the connection: say it every time.
    connection.exec_driver_sql(f"PRAGMA synchronous={options.get('bridge_synchronous', 'NORMAL')}")
    connection.exec_driver_sql(f"BEGIN {options.get('bridge_begin', 'DEFERRED')}")
