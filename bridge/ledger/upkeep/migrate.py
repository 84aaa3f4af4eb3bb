"""Brings the ledger's tables to this program's version, under a lock. Changes no lead.

Two first starts at once are normal (a daemon and a one-shot command, two hosts on one PostgreSQL). So the look and the
migration happen in one exclusively locked transaction. No migration begins while another process works with the ledger,
and whatever an interrupted one still does afterwards is void.
"""

from collections.abc import Iterator

from sqlalchemy.engine import Connection

from bridge.errors import ConfigProblem, Unavailable
from bridge.ledger.core.counting import count_older
from bridge.ledger.core.holders import Holder, is_gone, myself
from bridge.ledger.database import Database, now_ms
from bridge.ledger.limits import unhurried
from bridge.ledger.revision import HEAD, current, tables
from bridge.ledger.sql import execute, rows, value
from bridge.ledger.troubles import LEDGER
from bridge.ledger.upkeep.opening import SCRIPTS, refuse_newer, refuse_other

_ALIVE_MS = 30_000
"""For how long a holder of a lease and a daemon count as alive after their last sign, in every version so far."""

_LOCK = 0x6C656164  # any number of our own: PostgreSQL's advisory locks are numbered ("lead")


def prepare(database: Database) -> bool:
    """Make sure the tables are those of this program; True when something was migrated.

    Raises ConfigProblem when the database is newer than the program, or when a PostgreSQL is behind it: there, the
    operator decides when (`leadbridge db upgrade`).
    """
    with database.read() as connection:
        standing = current(connection)
    if standing == HEAD:
        return False
    if standing and database.dialect != "sqlite":
        refuse_other(database, standing)
    return upgrade(database)


def upgrade(database: Database) -> bool:
    """Run every missing migration; True when there was one.

    Raises ConfigProblem when the database is newer, Unavailable while a process of another version works with it.
    """
    with database.write() as connection:
        unhurried(connection)
        if database.dialect == "postgresql":
            execute(connection, "SELECT pg_advisory_xact_lock(:lock)", lock=_LOCK)
        standing = _really(connection, current(connection))
        if standing == HEAD:
            return False
        refuse_newer(database, standing)
        if standing:
            _take_over(database, connection, standing)
        elif tables(connection):
            raise _foreign(database)
        if not standing and database.dialect == "sqlite":
            _make(connection)
        else:
            _run(connection)
    count_older(database)
    return True


def _really(connection: Connection, standing: str) -> str:
    """The revision whose tables are there.

    The first programs that stamped 0006 had no content in 0003 to 0006 yet: theirs are the tables of 0002, also where a
    later program has moved the stamp on to 0007.
    """
    if standing not in {"0006", "0007"} or "host" in tables(connection):
        return standing
    execute(connection, "DROP TABLE IF EXISTS returned")
    execute(connection, "UPDATE alembic_version SET version_num = '0002'")
    return "0002"


def _take_over(database: Database, connection: Connection, standing: str) -> None:
    """Refuse while another process works with the ledger; void what a frozen one still holds.

    A run looks at the epoch of its lease before each write. Versions before 0008 look at the revision only when they
    start: what keeps them from another run is that their table of leases is gone.
    """
    leases = "lease" if standing < "0008" else "route_lease"
    if database.dialect == "postgresql":
        execute(connection, f"LOCK TABLE {leases} IN ACCESS EXCLUSIVE MODE")  # no run begins meanwhile
    for holder, seconds in _at_work(connection, leases):
        raise Unavailable(
            f"The database {database.name} is at revision {standing}, this program needs {HEAD}; but "
            f"{holder.label}, of an earlier version, is working with it.",
            hint=f"Stop it. If it has ended already, wait {seconds} s. Then run the same command again.",
            vendor=LEDGER,
            retry_after=seconds,
        )
    execute(connection, f"UPDATE {leases} SET epoch = epoch + 1, expires_at = 0")  # noqa: S608 - a name of ours


def _at_work(connection: Connection, leases: str) -> Iterator[tuple[Holder, int]]:
    """The processes that hold a lease or whose heart beats, and for how many seconds they count as alive.

    A time further ahead is from before the clock was set back: a living process has given a sign since.
    """
    now, me = now_ms(connection), myself()
    for name, until in ((leases, "expires_at"), ("host", f"seen_at + {_ALIVE_MS}")):
        if name in tables(connection):
            query = f"SELECT host, pid, process, {until} - :now AS remaining FROM {name} WHERE {until} > :now"  # noqa: S608 - ours
            for row in rows(connection, query, now=now):
                holder = value(Holder, row)
                if row["remaining"] <= _ALIVE_MS and not is_gone(holder, me):
                    yield holder, -(-row["remaining"] // 1000)


def _make(connection: Connection) -> None:
    """A new SQLite ledger in one go: the migrations make the very same tables (tests), a tenth of a second later."""
    from bridge.ledger.tables import metadata  # noqa: PLC0415 - half of the time of a `status`, which makes no ledger

    metadata.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version "
        "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    execute(connection, "INSERT INTO alembic_version VALUES (:head)", head=HEAD)


def refuse_foreign(url: str) -> None:
    """Raises ConfigProblem where the database belongs to another program already. Changes nothing."""
    database = Database(url, to_read=True)
    try:
        with database.read() as connection:
            if not current(connection) and tables(connection):
                raise _foreign(database)
    finally:
        database.close()


def _foreign(database: Database) -> ConfigProblem:
    return ConfigProblem(
        f"The database {database.name} holds other tables.",
        hint="Give leadbridge a database of its own: set BRIDGE_DATABASE_URL. Nothing was changed.",
    )


def _run(connection: Connection) -> None:
    # Imported here: Alembic costs a third of a second, and almost no start needs it.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
