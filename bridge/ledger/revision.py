"""The revision of the ledger's tables: this program's, and the database's. Migrates nothing."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.errors import ConfigProblem

HEAD = "0018"
"""The revision this program works with. A test holds it equal to the newest migration."""


_STAMP = sa.text("SELECT version_num FROM alembic_version")


def current(connection: Connection) -> str:
    """The revision the database stands at; "" when it has no tables of ours."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(_STAMP).scalar() or ""


def refuse_changed(connection: Connection) -> None:
    """Raises ConfigProblem where another version has migrated the ledger since this process opened it."""
    standing = connection.execute(_STAMP).scalar()
    if standing != HEAD:
        raise ConfigProblem(
            f"Another version of leadbridge has moved the database to revision {standing} while this process was "
            f"running; this version needs {HEAD}. Nothing more is sent or recorded.",
            hint="Install the same version here, then start it again.",
        )
