"""How long the ledger is waited for. On PostgreSQL nothing waits without end: the limits are set on each connection."""

import select
import time
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine

BUSY_SECONDS = 20
"""How long a statement waits for another process's write transaction or row lock; shorter than a lease (30 s)."""

FROZEN_SECONDS = 10
"""After so long without a statement PostgreSQL ends a transaction: its process is frozen or cut off.

Far longer than we compute between two statements, and shorter than BUSY_SECONDS: a process that waits for it goes on.
"""

STATEMENT_SECONDS = 300
"""The longest that one statement may take on PostgreSQL; only migrations and copies may take longer."""

TRANSACTION_SECONDS = 300
"""The longest that a whole transaction may take, where PostgreSQL knows a limit (17 and later); not for the same two.

A process that freezes while it sends many rows at once does not count as idle: only this ends its transaction.
"""

_KNOWS_TRANSACTIONS = 170_000
"""The first server version with `transaction_timeout`."""

# A connection that was cut off without a word is given up after half a minute, not after the system's two hours.
_LIBPQ = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

_FRESH_SECONDS = 5
"""A connection that was used so lately is alive unless its socket says otherwise: it is not asked for each use."""

_USED = "bridge_used"

# By SQLSTATE (PostgreSQL, appendix A).
_DEADLOCKS = frozenset({"40P01", "40001"})
_ENDED = {
    "55P03": f"another process held a lock for more than {BUSY_SECONDS} s.",
    "57014": f"a statement took more than {STATEMENT_SECONDS} s and was ended.",
    "25P03": f"this process was suspended inside a transaction for more than {FROZEN_SECONDS} s, which was undone.",
    "25P04": f"a transaction took more than {TRANSACTION_SECONDS} s and was undone.",
    "40P01": "two processes waited for each other, and this one's transaction was undone.",
    "40001": "another process changed what this transaction had read, and it was undone.",
}


def engine(url: "URL") -> "Engine":
    """A pool of connections to PostgreSQL, each with the limits above."""
    import sqlalchemy as sa  # noqa: PLC0415 - `status` on a SQLite file does without

    # The connection used last comes first: its server process has the statements planned.
    made = sa.create_engine(url, pool_use_lifo=True, pool_size=5, connect_args=_LIBPQ)
    sa.event.listen(made, "connect", _set_limits)
    sa.event.listen(made, "checkout", partial(_refuse_dead, made.dialect))
    sa.event.listen(made, "checkin", _note_use)
    sa.event.listen(made, "begin", _begin)
    sa.event.listen(made, "after_cursor_execute", _end_a_pipeline)
    return made


def _refuse_dead(dialect: Any, connection: Any, record: Any, _proxy: object) -> None:
    """Have the pool connect again where the server has ended this connection, and whatever else is as old.

    What a server says last makes the socket readable. Only a cut network is silent: after a while the server is asked.
    """
    used = record.info.get(_USED)
    if used is None or (time.monotonic() - used < _FRESH_SECONDS and not _has_word(connection)):
        return
    from sqlalchemy import exc  # noqa: PLC0415 - see above

    try:
        dialect.do_ping(connection)
    except dialect.dbapi.Error as error:
        if not dialect.is_disconnect(error, connection, None):
            raise
        raise exc.InvalidatePoolError from error


def _has_word(connection: Any) -> bool:
    watched = select.poll()
    watched.register(connection.fileno(), select.POLLIN)
    return bool(watched.poll(0))


def _note_use(_connection: object, record: Any) -> None:
    record.info[_USED] = time.monotonic()


def _begin(connection: "Connection") -> None:
    """Begin a transaction: by one message. The driver's own BEGIN would be one more before each that only reads."""
    words = connection.get_execution_options().get("bridge_begin", "BEGIN")
    if not words:
        return
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(words, prepare=False)
    except driver.Error as error:
        from sqlalchemy import exc  # noqa: PLC0415 - see above

        raise exc.DBAPIError(words, None, error) from error


def _end_a_pipeline(_connection: object, cursor: Any, *event: Any) -> None:
    """Make PostgreSQL watch the transaction again after many rows at once (`event` ends with whether there were).

    The driver sends them as a pipeline, after which the limit for a transaction that stands still does not count
    (measured: findings/psycopg-pipeline-idle-timeout.sh). Any further statement starts it again.
    """
    if event[-1]:
        cursor.connection.execute("SELECT 1")


def _set_limits(connection: Any, _record: object) -> None:
    limits = {
        "lock_timeout": BUSY_SECONDS,
        "statement_timeout": STATEMENT_SECONDS,
        "idle_in_transaction_session_timeout": FROZEN_SECONDS,
        # For a process that freezes while rows are sent to it: the server would wait for it in the middle of a send.
        "tcp_user_timeout": FROZEN_SECONDS,
    }
    if connection.info.server_version >= _KNOWS_TRANSACTIONS:
        limits["transaction_timeout"] = TRANSACTION_SECONDS
    connection.autocommit = True  # `_begin` says when a transaction begins
    each = ", ".join(f"set_config('{name}', '{int(seconds * 1000)}', false)" for name, seconds in limits.items())
    connection.execute(f"SELECT {each}")


def unhurried(connection: "Connection") -> None:
    """Let this transaction take as long as it needs: a migration or a copy of a large ledger."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy import text  # noqa: PLC0415 - see above

        for name in ("statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"):
            known = text("SELECT set_config(name, '0', true) FROM pg_settings WHERE name = :name")
            connection.execute(known, {"name": name})


def ended(error: object, words: str) -> str:
    """Which limit ended a transaction, in a sentence; "" where none did. `words` are the driver's."""
    busy_file = "55P03" if "is locked" in words else ""
    return _ENDED.get(_code_of(error) or busy_file, "")


def is_deadlock(error: object) -> bool:
    """Whether the transaction was undone because of another one: run again, it may succeed."""
    return _code_of(error) in _DEADLOCKS


def _code_of(error: object) -> str:
    return str(getattr(error, "sqlstate", None) or "")
