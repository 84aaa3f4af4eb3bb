"""What reads a ledger by the driver alone reads the same as SQLAlchemy does."""

import sqlite3

import pytest
import sqlalchemy as sa

from bridge.errors import ConfigProblem, Unavailable
from bridge.ledger.database import Database
from bridge.ledger.sql import first, rows

QUERIES = [
    ("SELECT name, version_num AS v FROM sqlite_master, alembic_version WHERE name = :name", {"name": "lead"}),
    ("SELECT name FROM sqlite_master WHERE name IN :some ORDER BY name", {"some": ["lead", "delivery", "nothing"]}),
    ("SELECT name FROM sqlite_master WHERE name IN :some", {"some": []}),
    ("SELECT :a AS a, :ab AS ab, NULL AS n, 1.5 AS x, count(*) AS c FROM lead", {"a": 1, "ab": "it's :a?"}),
]


@pytest.fixture
def glancing(bench):
    """The bench's ledger, opened to be read."""
    database = Database(bench.db.url.render_as_string(), to_read=True)
    yield database
    database.close()


@pytest.fixture
def bench(bench):
    """A ledger in a file."""
    if bench.db.dialect != "sqlite":
        pytest.skip("SQLite only")
    return bench


@pytest.mark.parametrize(("sql", "given"), QUERIES)
def test_a_glance_reads_what_sqlalchemy_reads(bench, glancing, sql, given):
    """Names, lists, empty lists, NULLs and numbers are read alike."""
    with bench.db.read() as whole, glancing.read() as glance:
        assert [dict(row) for row in rows(glance, sql, **given)] == [dict(row) for row in rows(whole, sql, **given)]


def test_one_transaction_sees_one_moment_by_both_roads(bench, glancing):
    """A statement of SQLAlchemy's goes on in the transaction that a text began."""
    count = sa.text("SELECT count(*) FROM route")
    with glancing.read() as glance:
        before = rows(glance, "SELECT count(*) AS n FROM route")[0]["n"]
        with bench.db.write() as writing:
            writing.execute(sa.text("INSERT INTO route (name) VALUES ('later')"))
        assert glance.execute(count).scalar_one() == before
    with glancing.read() as glance:
        assert glance.execute(count).scalar_one() == before + 1


def test_an_error_is_said_in_our_words(tmp_path):
    """A damaged file is one sentence with its fix, as by SQLAlchemy."""
    path = tmp_path / "bridge.db"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(ConfigProblem, match="damaged"), Database(f"sqlite:///{path}", to_read=True).read() as glance:
        rows(glance, "SELECT 1 AS one")


def test_a_locked_file_is_unavailable(bench, glancing, monkeypatch):
    """Another program that keeps the file to itself is named."""
    monkeypatch.setattr("bridge.ledger.limits.BUSY_SECONDS", 0.05)
    bench.db.close()
    other = sqlite3.connect(bench.db.url.database, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE kept (n INTEGER)")
    try:
        with pytest.raises(Unavailable):
            first(glancing, "SELECT count(*) AS n FROM lead")
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.fixture
def server(db):
    """A ledger on PostgreSQL."""
    if db.dialect == "sqlite":
        pytest.skip("PostgreSQL only")
    return db


SERVER_QUERIES = [
    ("SELECT no AS n, name FROM route WHERE name IN :some ORDER BY name", {"some": ["one", "two"]}),
    ("SELECT no FROM route WHERE name IN :some", {"some": []}),
    (
        "SELECT CAST(:a AS bigint) AS a, 'it''s 5 % :a' LIKE '%5 \\%%' AS b, NULL AS c, count(*) AS d FROM route",
        {"a": 1},
    ),
]


@pytest.mark.parametrize(("sql", "given"), SERVER_QUERIES)
def test_a_look_at_a_server_reads_what_sqlalchemy_reads(server, sql, given):
    """Names, lists, empty lists, NULLs and numbers are read alike on PostgreSQL."""
    with server.write() as writing:
        writing.execute(sa.text("INSERT INTO route (name) VALUES ('one'), ('two')"))
    with server.read() as whole, server.look() as glance:
        assert rows(glance, sql, **given) == [dict(row) for row in rows(whole, sql, **given)]


def test_a_look_at_a_server_goes_on_in_sqlalchemy(server):
    """Each statement sees what was committed before it, and the connection goes back to the pool."""
    count = sa.text("SELECT count(*) FROM route")
    with server.look() as glance:
        before = rows(glance, "SELECT count(*) AS n FROM route")[0]["n"]
        with server.write() as writing:
            writing.execute(sa.text("INSERT INTO route (name) VALUES ('later')"))
        assert glance.execute(count).scalar_one() == before + 1
        assert rows(glance, "SELECT count(*) AS n FROM route")[0]["n"] == before + 1
    assert server.engine.pool.checkedout() == 0


def test_a_look_that_the_server_ends_is_unavailable(server):
    """A connection that was ended is named, dropped, and another is made for the next look."""
    with pytest.raises(Unavailable, match="does not answer"), server.look() as glance:
        rows(glance, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert server.engine.pool.checkedout() == 0
    assert first(server, "SELECT count(*) AS n FROM route") == 0
    with pytest.raises(sa.exc.ProgrammingError), server.look() as glance:
        rows(glance, "SELECT nothing FROM route")


def test_a_server_that_is_away_is_unavailable():
    """A look, the ledger's clock and a transaction say the same where nothing listens."""
    away = Database("postgresql://operator:secret@127.0.0.1:1/none")
    said = []
    for ask in (away.now, lambda: first(away, "SELECT 1 AS a"), away.read().__enter__):
        with pytest.raises(Unavailable, match="does not answer") as caught:
            ask()
        said.append(caught.value.vendor)
    assert said == ["ledger"] * 3
    away.close()
