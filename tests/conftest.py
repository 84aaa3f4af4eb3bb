"""Databases for every test: a fresh SQLite file, and a real PostgreSQL emptied before each test."""

import gc
import logging
import os
import shutil
from functools import cache, wraps

import httpx
import psycopg
import pytest
import sqlalchemy as sa
import structlog
import typer.testing
from hypothesis import settings
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from bridge.ledger import Database
from bridge.ledger.core import counting
from tests.databases import EMPTY, GIVEN, MEMORY, postgres_server, prepared

if MEMORY:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)  # pytest reads this

LONG = "BRIDGE_TEST_LONG" in os.environ
"""`make test-long` and `make chaos`: the twins, fifty kills, the long histories, tests that really wait."""

# No test fails by the clock: a busy machine is not a fault.
settings.register_profile("unhurried", deadline=None, max_examples=100 if LONG else 50)
settings.load_profile("unhurried")


def _compile_each_statement_once():
    """Let all databases of one kind share SQLAlchemy's compiled statements.

    SQLAlchemy keeps them for each engine, and every test opens several: half of the CPU of `make test` went into
    compiling the same statements again. Dialects of one class are equal here, since all speak to the same server.
    """
    compiled = {}
    made = sa.Engine.__init__

    @wraps(made)
    def make(engine, pool, dialect, *arguments, **options):
        made(engine, pool, dialect, *arguments, **options)
        engine.update_execution_options(compiled_cache=compiled)

    sa.Engine.__init__ = make
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        kind.__eq__ = lambda one, other: type(one) is type(other)
        kind.__hash__ = lambda one: hash(type(one))


def _build_once():
    """Let every command of a test share its parser, and every client the certificates, as one process would."""
    typer.testing._get_command = cache(typer.testing._get_command)  # 50 ms for each command otherwise
    wires = httpx._transports.default  # 20 ms for each client otherwise
    wires.create_ssl_context = cache(wires.create_ssl_context)


_compile_each_statement_once()
_build_once()
# A line of each request, in colour, is a twentieth of a run; one of each batch stays.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))

STEP = counting.STEP

FORMER = "ledgers/test_former_ledgers.py::test_every_former_ledger_opens_and_keeps_its_promises"
TWINS_LATER = (
    *("daemon/test_alerts_sent", "daemon/test_dispatcher", "daemon/test_start"),
    *("feedback/test_bad_answers", "feedback/test_polling", "ledgers/test_former_ledgers"),
    *("preview/", "reliability/", "sync/", "sync/test_first_sync.py::test_pending_leads"),
)
"""Whose PostgreSQL twins `make test` leaves to `make test-long`: their point is no SQL of ours."""

TWINS_NOW = (
    *("preview/test_untouched", "reliability/test_histories", "reliability/test_kills", "reliability/test_overlap"),
    *("reliability/test_late_holder", "reliability/test_scopes", "reliability/test_uniqueness"),
    *("sync/test_first_sync", "sync/test_people_histories", "sync/test_retired_routes"),
    *("sync/test_pace.py::test_two_claims", "sync/test_pace.py::test_the_best", "sync/test_pace.py::test_leads_whose"),
    *("sync/test_validating_histories", "sync/test_leases", "reliability/test_intents"),
    *("feedback/test_polling.py::test_what_changed", f"{FORMER}[0001-", f"{FORMER}[0007-"),
)
"""Among these the ones that keep theirs: what PostgreSQL could do differently, and the promises."""


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What is collected stays: looking through it for garbage took a third of the collection's time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_runtest_setup(item):
    """Histories and the tests of the ledger keep numbers as a large ledger does; in all tests it would take seconds."""
    kept = any(word in item.nodeid for word in ("histories", "reliability", "tests/ledger"))
    counting.STEP = 2 if kept else STEP


def pytest_collection_modifyitems(config, items):
    """Leave the twins of `TWINS_LATER` out, where the same test runs on SQLite."""
    if LONG:
        return
    names = {item.nodeid for item in items}
    late = [item for item in items if _twin(item) in names]
    if late:
        config.hook.pytest_deselected(items=late)
        left_out = set(late)
        items[:] = [item for item in items if item not in left_out]


def _twin(item):
    """The test that holds the same today, where this one is left to `make test-long`; "" where it is not."""
    if not hasattr(item, "callspec"):
        return ""
    place, words = item.nodeid.removeprefix("tests/"), item.callspec.id.split("-")
    # The longest beginning of its name that is listed decides.
    if "postgres" in words and _listed(place, TWINS_LATER) > _listed(place, TWINS_NOW):
        return item.nodeid.replace("postgres", "sqlite")
    # Whatever a whole run does with the vendor that answers in the worst way, it does with the kind one.
    if "kind" in words and place.startswith(("sync/test_inbox", "sync/test_puffle")):
        return item.nodeid.replace(item.callspec.id, "-".join(["unkind" if one == "kind" else one for one in words]))
    return ""


def _listed(place, beginnings):
    return max((len(one) for one in beginnings if place.startswith(one)), default=0)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    """No test sees the developer's keys, database or configuration."""
    for name in list(os.environ):
        if name.startswith(("SCRAVIO_", "INSTANTLY_", "INBOX_", "PUFFLE_", "BRIDGE_")) and not name.startswith(
            "BRIDGE_TEST_"
        ):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "empty.db"
    prepared(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_url():
    """BRIDGE_TEST_POSTGRES_URL, else a server of our own from the binaries in the development dependencies."""
    with postgres_server(GIVEN and _own_database(GIVEN)) as url:
        yield url


def _own_database(url):
    """Each worker of a parallel run empties tables: it gets a database of its own on the given server."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        return url
    own = sa.make_url(url).set(database=f"{sa.make_url(url).database}_{worker}")
    engine = sa.create_engine(Database(url).url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{own.database}"'))
        connection.execute(sa.text(f'CREATE DATABASE "{own.database}"'))
    engine.dispose()
    return own.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_cleaner(postgres_url):
    """A connection that is kept: a new one for each test cost three times what it does."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request, tmp_path):
    """A database of each kind with empty tables."""
    if request.param == "sqlite":
        path = tmp_path / "bridge.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    url = request.getfixturevalue("postgres_url")
    request.getfixturevalue("postgres_cleaner").execute(EMPTY)
    return url


@pytest.fixture
def db(database_url):
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def quick_retries():
    """Retries of requests do not wait."""
    from tests.harness import quick_pauses  # noqa: PLC0415 - only these tests need it

    with quick_pauses(attempts=3):
        yield
