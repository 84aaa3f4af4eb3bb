"""`leadbridge db`: looks after the ledger's tables. The migrations themselves are `bridge.store.migrate`."""

import typer

from bridge.cli import show
from bridge.cli.session import session_of

db = typer.Typer(no_args_is_help=True, help="The database: `leadbridge db upgrade`.")


@db.callback()
def _root() -> None:
    """Look after the database.

    Example: `leadbridge db upgrade`
    """


@db.command()
def upgrade(context: typer.Context) -> None:
    """Bring the database to this program's version; `sync` does it by itself on SQLite.

    Example: `leadbridge db upgrade`
    """
    from bridge.store import Database, migrate  # noqa: PLC0415 - only when it runs

    database = Database(session_of(context).settings.database_url)
    try:
        with database.read() as connection:
            before = migrate.current(connection)
        migrated = migrate.upgrade(database)
        name = database.name
    finally:
        database.close()
    if migrated:
        show.say(show.out(), f"{name}: from {before or 'empty'} to revision {migrate.HEAD}.")
    else:
        show.say(show.out(), f"{name}: at revision {migrate.HEAD} already; nothing to do.")
