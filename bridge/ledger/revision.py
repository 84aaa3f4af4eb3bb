"""The revision of the ledger's tables: this program's, and the database's. Migrates nothing."""

from typing import TYPE_CHECKING

from bridge.errors import ConfigProblem
from bridge.ledger.sql import rows

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

HEAD = "0026"
"""The revision this program works with. A test holds it equal to the newest migration."""


_STAMP = "SELECT version_num FROM alembic_version"


def tables(connection: "Connection") -> list[str]:
    """The names of the tables that the database holds."""
    if connection.dialect.name == "sqlite":
        found = rows(connection, "SELECT name FROM sqlite_master WHERE type = 'table'")
        return [row["name"] for row in found if not row["name"].startswith("sqlite_")]
    from sqlalchemy import inspect  # noqa: PLC0415 - loaded already, where the ledger is a PostgreSQL

    return inspect(connection).get_table_names()


def current(connection: "Connection") -> str:
    """The revision the database stands at; "" when it has no tables of ours."""
    return _stamp(connection) if "alembic_version" in tables(connection) else ""


def _stamp(connection: "Connection") -> str:
    found = rows(connection, _STAMP)
    return str(found[0]["version_num"]) if found else ""


def refuse_changed(connection: "Connection") -> None:
    """Raises ConfigProblem where another version has migrated the ledger since this process opened it."""
    standing = _stamp(connection)
    if standing != HEAD:
        raise ConfigProblem(
            f"Another version of leadbridge has moved the database to revision {standing} while this process was "
            f"running; this version needs {HEAD}. Nothing more is sent or recorded.",
            hint="Install the same version here, then start it again.",
        )
