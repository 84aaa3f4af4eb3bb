"""Brings the ledger's tables to this program's version, under a lock. Changes no lead.

Two first starts at once are normal (a daemon and a one-shot command, two hosts on one PostgreSQL), so the look and the
migration happen in one exclusively locked transaction.
"""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.errors import ConfigProblem
from bridge.ledger.database import Database, exists
from bridge.ledger.limits import unhurried
from bridge.ledger.tables import metadata

HEAD = "0007"
"""The revision this program works with. A test holds it equal to the newest migration."""

_SCRIPTS = Path(__file__).parent.parent / "migrations"
_LOCK = 0x6C656164  # any number of our own: PostgreSQL's advisory locks are numbered ("lead")


def current(connection: Connection) -> str:
    """The revision the database stands at; "" when it has no tables of ours."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or ""


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
        _refuse_if_newer(database, standing)
        raise ConfigProblem(
            f"The database {database.name} is at revision {standing}, this program needs {HEAD}.",
            hint="Run: leadbridge db upgrade",
        )
    return upgrade(database)


def upgrade(database: Database) -> bool:
    """Run every missing migration; True when there was one. Raises ConfigProblem when the database is newer."""
    with database.write() as connection:
        unhurried(connection)
        if database.dialect == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        standing = current(connection)
        if standing == HEAD:
            return False
        _refuse_if_newer(database, standing)
        if not standing:
            _refuse_foreign(database, connection)
        if not standing and database.dialect == "sqlite":
            _make(connection)
        else:
            _run(connection)
    return True


def _make(connection: Connection) -> None:
    """A new SQLite ledger in one go: the migrations make the very same tables (tests), a tenth of a second later."""
    metadata.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version "
        "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.execute(sa.text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def refuse_foreign(url: str) -> None:
    """Raises ConfigProblem where the database belongs to another program already. Changes nothing."""
    database = Database(url, to_read=True)
    try:
        with database.read() as connection:
            if not current(connection):
                _refuse_foreign(database, connection)
    finally:
        database.close()


def _refuse_foreign(database: Database, connection: Connection) -> None:
    if sa.inspect(connection).get_table_names():
        raise ConfigProblem(
            f"The database {database.name} holds other tables.",
            hint="Give leadbridge a database of its own: set BRIDGE_DATABASE_URL. Nothing was changed.",
        )


def _run(connection: Connection) -> None:
    # Imported here: Alembic costs a third of a second, and almost no start needs it.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refuse_if_newer(database: Database, standing: str) -> None:
    known = {path.name.split("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*.py")}
    if standing and standing not in known:
        raise ConfigProblem(
            f"The database {database.name} is at revision {standing}, which this program does not know: it was "
            "written by a newer version.",
            hint="Upgrade leadbridge, or point BRIDGE_DATABASE_URL at another database. Nothing was changed.",
        )


def open_existing(url: str) -> Database | None:
    """The ledger if there is one already, to read from; None where nothing was ever stored. Creates nothing.

    Raises ConfigProblem when it stands at another revision than this program's.
    """
    if not exists(url):
        return None
    database = Database(url, to_read=True)
    with database.read() as connection:
        standing = current(connection)
    if not standing:
        database.close()
        return None
    _refuse_if_newer(database, standing)
    if standing != HEAD:
        raise ConfigProblem(
            f"The database {database.name} is at revision {standing}, this program needs {HEAD}.",
            hint="Run: leadbridge db upgrade",
        )
    return database
