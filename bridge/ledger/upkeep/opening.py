"""Opens a ledger that exists, to read from it. Creates and migrates nothing.

Apart from `migrate`, so that `leadbridge status` answers without SQLAlchemy.
"""

from pathlib import Path
from typing import NoReturn

from bridge.errors import ConfigProblem
from bridge.ledger.address import exists
from bridge.ledger.database import Database
from bridge.ledger.revision import HEAD, current

SCRIPTS = Path(__file__).parent.parent / "migrations"
"""The folder of the migrations."""


def refuse_newer(database: Database, standing: str) -> None:
    """Raises ConfigProblem where a newer program has written the ledger."""
    known = {path.name.split("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*.py")}
    if standing and standing not in known:
        raise ConfigProblem(
            f"The database {database.name} is at revision {standing}, which this program does not know: it was "
            "written by a newer version.",
            hint="Upgrade leadbridge, or point BRIDGE_DATABASE_URL at another database. Nothing was changed.",
        )


def refuse_other(database: Database, standing: str) -> NoReturn:
    """Raise ConfigProblem: the ledger is at another revision than this program's."""
    refuse_newer(database, standing)
    raise ConfigProblem(
        f"The database {database.name} is at revision {standing}, this program needs {HEAD}.",
        hint="Run: leadbridge db upgrade",
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
    if standing != HEAD:
        refuse_other(database, standing)
    return database
