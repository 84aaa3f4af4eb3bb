"""`leadbridge db`: looks after the ledger: migrations, backups, copies, pruning. Decides nothing about leads.

The work is done by `bridge.ledger.upkeep.migrate`, `bridge.ledger.upkeep.copying` and `bridge.operations.prune`.
"""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.options import group
from bridge.cli.session import session_of
from bridge.cli.terminal import show
from bridge.config.home import absolute_ledger
from bridge.errors import Busy, ConfigProblem
from bridge.ledger import Database, revision, route_names
from bridge.ledger.upkeep import copying, migrate
from bridge.reports import words
from bridge.reports.text import count
from bridge.sync.lease import holding

db = group()


@db.callback()
def _root() -> None:
    """Look after the database: upgrade, back up, copy, prune.

    Example: `leadbridge db upgrade`
    """


@db.command()
def upgrade(context: typer.Context) -> None:
    """Migrate the database to this program's version; `sync` does it automatically on SQLite.

    Example: `leadbridge db upgrade`
    """
    database = Database(session_of(context).settings.database_url)
    try:
        with database.read() as connection:
            before = revision.current(connection)
        migrated = migrate.upgrade(database)
        name = database.name
    finally:
        database.close()
    if migrated:
        show.say(show.out(), f"{name}: from {before or 'empty'} to revision {revision.HEAD}.")
    else:
        show.say(show.out(), f"{name}: at revision {revision.HEAD} already; nothing to do.")


@db.command()
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an existing FILE; without it, FILE must not exist.")
    ] = False,
) -> None:
    """Write a checked copy of a SQLite ledger to a file; safe while everything runs.

    Example: `leadbridge db backup backup-2026-11-20.db`
    """
    session = session_of(context)
    output = session.output(file, "", force=force, database=True)
    with session.db() as db:
        if db is None:
            raise ConfigProblem(f"There is nothing to back up: {session.emptiness}.")
        with output.whole() as unfinished:
            size = copying.back_up(db, unfinished, file)
    show.say(show.out(), f"{file}: {size / 1e6:,.1f} MB, checked. It holds people's addresses: keep it safe.")
    if session.settings.hash_key:
        show.say(
            show.out(),
            "BRIDGE_HASH_KEY is not in it: keep the key with the backup. Without it, hashed people are not recognised.",
        )


@db.command()
def copy(
    context: typer.Context,
    to: Annotated[str, typer.Option(metavar="URL", help="The empty database to copy into.")],
) -> None:
    """Copy the ledger into another database, SQLite or PostgreSQL, and compare every row.

    Example: `leadbridge db copy --to postgresql://bridge@localhost/bridge`
    """
    session = session_of(context)
    source, target = session.settings.database_url, _target(to)
    with ExitStack() as stack:
        stack.callback(target.close)
        db = stack.enter_context(session.db())
        if db is None:
            raise ConfigProblem(f"There is nothing to copy: {session.emptiness}.")
        if db.url.set(password=None) == target.url.set(password=None):
            raise ConfigProblem(f"{target.name} is the ledger itself.", hint="Give another database after --to.")
        _hold_routes(stack, source)
        rows = copying.copy(db, target, _show_table)
    show.say(show.out(), f"{sum(rows.values()):,} rows copied to {target.name} and compared; all are the same.")
    show.say(show.out(), "Now set BRIDGE_DATABASE_URL to it, and stop using the old database:")
    show.say(show.out(), "two ledgers do not know each other's deliveries.", indent=2)


@db.command()
def prune(
    context: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    vacuum: Annotated[bool, typer.Option("--vacuum", help="Shrink a SQLite file by its free space.")] = False,
) -> None:
    """Delete facts after their retention time ([privacy] keep_facts_days); `run` does it daily.

    Keys, states, reasons and times are kept, so that no person is sent twice.

    Example: `leadbridge db prune --dry-run`
    """
    with session_of(context).app() as app:
        days = app.configuration.privacy.keep_facts_days
        kept = app.keep_house(look_only=dry_run)
        sizes = copying.vacuum(app.db) if vacuum and not dry_run else (0, 0)
    would = "would be pruned" if dry_run else "pruned"
    age = f"settled or held more than {count(days, 'day')} ago"
    show.say(show.out(), f"facts of {words.leads(kept.facts)} {would}: {age}")
    show.say(show.out(), f"{kept.runs:,} runs that sent nothing {would}")
    if sizes[0]:
        show.say(show.out(), f"file: from {sizes[0] / 1e6:,.1f} MB to {sizes[1] / 1e6:,.1f} MB")


def _target(url: str) -> Database:
    """The database behind --to, a path as the shell means it. Raises ConfigProblem that names no other setting."""
    try:
        return Database(absolute_ledger(url, Path.cwd()))
    except ConfigProblem as error:
        message, hint = (text.replace("BRIDGE_DATABASE_URL", "--to") for text in (error.message, error.hint))
        raise ConfigProblem(message, hint=hint) from None


def _hold_routes(stack: ExitStack, url: str) -> None:
    """Take every route's lease, so that no run begins in between. Raises ConfigProblem where one is at work."""
    own = Database(url)
    stack.callback(own.close)
    for name, number in route_names(own).items():
        try:
            stack.enter_context(holding(own, number))
        except Busy as error:
            raise ConfigProblem(
                f"Route {name} is running: {error.message} What it records would be lost.",
                hint="Stop `leadbridge run` and every sync, then run the same command again.",
            ) from None


def _show_table(name: str, rows: int) -> None:
    if rows and sys.stderr.isatty():
        show.say(show.err(), f"{name}: {rows:,} rows")
