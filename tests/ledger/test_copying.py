"""A ledger carried to the other kind of database, or into a file, is the same to the last row."""

import sqlite3
import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.errors import ConfigProblem
from bridge.ledger import Database
from bridge.ledger.address import shown
from bridge.ledger.core import holders, leases
from bridge.ledger.people import suppressions
from bridge.ledger.upkeep import copying
from bridge.ledger.upkeep.migrate import upgrade
from bridge.model import Reason, State
from tests.databases import emptied
from tests.ledger.conftest import NOW, Bench


@pytest.fixture
def full(bench):
    """Leads in several states, claims, events, a batch, suppressions."""
    bench.record([bench.lead(number) for number in range(30)])
    batch = bench.claim(limit=20)
    bench.settle(batch, State.DELIVERED)
    bench.record([bench.lead(number, email="x@y.example") for number in range(30, 33)])
    suppressions.add(bench.db, [suppressions.Suppression("", "z.example")], now=NOW)
    for number, epoch in bench.routes.values():
        leases.release(bench.db, number, epoch)
    return bench


@pytest.fixture
def other(full, request, tmp_path):
    """An empty database of the other kind."""
    if full.db.dialect == "sqlite":
        url = emptied(request.getfixturevalue("postgres_url"))
    else:
        url = f"sqlite:///{tmp_path}/other.db"
    database = Database(url)
    yield database
    database.close()


def test_a_copy_is_the_same_and_goes_on(full, other):
    """Every row is there; the copy's own numbers come after, and the promises hold on."""
    copied = copying.copy(full.db, other)
    assert (copied["lead"], copied["delivery"], copied["suppression"]) == (33, 33, 1)
    assert copied["claim"] == 20
    assert ledger.suppressed(other, ["a@z.example"], "default") == {"a@z.example"}
    bench = Bench(other)
    assert bench.states() == {"delivered": 20, "ready": 13}
    bench.record([bench.lead(40), bench.lead(41, email="p3@site3.example")])
    batch = bench.claim()
    assert len(batch.deliveries) == 12  # ten, the new one, and one of three of the same person
    assert bench.reasons()["duplicate_of"] == 3
    bench.settle(batch, State.DELIVERED, Reason.CREATED)


def test_a_target_that_holds_anything_is_refused(full, other):
    """Two ledgers are never mixed; the one that was there stays as it is."""
    copying.copy(full.db, other)
    with pytest.raises(ConfigProblem, match="holds a ledger already"):
        copying.copy(full.db, other)
    assert Bench(other).states() == {"delivered": 20, "ready": 13}


def test_a_run_at_work_is_refused(full, other):
    """What another process records while it is copied would be lost."""
    number, _ = full.routes["fitness"]
    leases.acquire(full.db, number, replace(holders.myself(), host="elsewhere", pid=7))
    with pytest.raises(ConfigProblem, match="process 7 on elsewhere"):
        copying.copy(full.db, other)
    with other.read() as connection:
        assert connection.execute(sa.text("SELECT COUNT(*) FROM lead")).scalar() == 0


def test_a_copy_that_reads_otherwise_is_not_kept(full, other, monkeypatch):
    """Whatever goes wrong on the way is noticed, and the target is as empty as before."""
    carry = copying._carry

    def spoiled(reading, writing, of, reported):
        count = carry(reading, writing, of, reported)
        if of.name == "lead":
            writing.execute(sa.text("UPDATE lead SET username = 'x' WHERE id = 5"))
        return count

    monkeypatch.setattr(copying, "_carry", spoiled)
    with pytest.raises(ConfigProblem, match="Table lead does not read the same"):
        copying.copy(full.db, other)
    with other.read() as connection:
        assert connection.execute(sa.text("SELECT COUNT(*) FROM lead")).scalar() == 0


# ----------------------------------------------------------------------------------------------------------- backup


@pytest.fixture
def sqlite_bench(sqlite_template, tmp_path):
    path = tmp_path / "bridge.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    yield Bench(database)
    database.close()


def test_a_backup_while_others_write_is_whole(sqlite_bench, tmp_path):
    """Pages go on being stored; the backup is one moment of them, sound, alone in its file."""
    over = threading.Event()

    def write():
        number = 0
        while not over.is_set():
            number += 10
            sqlite_bench.record([sqlite_bench.lead(number + step) for step in range(10)])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            path = tmp_path / f"backup{number}.db"
            assert copying.back_up(sqlite_bench.db, path, path) == path.stat().st_size
            with sqlite3.connect(path) as connection:
                leads = connection.execute("SELECT COUNT(*) FROM lead").fetchone()[0]
                assert connection.execute("SELECT COUNT(*) FROM delivery").fetchone()[0] == leads
                assert leads % 10 == 0
            connection.close()
    finally:
        over.set()
        writer.join()
    assert not list(tmp_path.glob("*.part")) + list(tmp_path.glob("backup*-wal"))


def test_a_restored_backup_is_a_ledger(sqlite_bench, tmp_path):
    """It opens as it is, and goes on."""
    sqlite_bench.record([sqlite_bench.lead(1)])
    copying.back_up(sqlite_bench.db, tmp_path / "back.db", tmp_path / "back.db")
    restored = Database(f"sqlite:///{tmp_path}/back.db")
    upgrade(restored)
    number = ledger.route_names(restored)["fitness"]
    assert ledger.tally(restored, number).states["ready"] == 1
    restored.close()


def test_a_backup_names_the_side_that_failed(sqlite_bench, tmp_path):
    """A damaged ledger is the ledger's; a full disk is the backup's, and making room is what helps."""
    sqlite_bench.record([sqlite_bench.lead(number) for number in range(200)])
    db = sqlite_bench.db
    with db.read() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    path = tmp_path / "bridge.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:20_000] + b"\xff" * 20_000 + whole[40_000:])
    damaged = Database(f"sqlite:///{path}", to_read=True)
    with pytest.raises(ConfigProblem, match=r"The ledger .*bridge\.db is damaged"):
        copying.back_up(damaged, tmp_path / "back.db", tmp_path / "back.db")
    damaged.close()
    path.write_bytes(whole)
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    assert [copying._is_of_source(error) for error in (full, locked)] == [False, True]
    assert list(tmp_path.glob("*.part")) == []


def test_postgres_has_tools_of_its_own(bench, tmp_path):
    """There the operator gets the pg_dump command with the address that pg_dump reads; nothing is written."""
    if bench.db.dialect == "sqlite":
        assert copying.back_up(bench.db, tmp_path / "x.db", tmp_path / "x.db") > 0
    else:
        with pytest.raises(ConfigProblem, match=r"^postgresql://.* is a PostgreSQL database") as raised:
            copying.back_up(bench.db, tmp_path / "x.db", tmp_path / "x.db")
        assert raised.value.hint.startswith("pg_dump --format=custom --file=ledger.dump")
        assert "postgresql://" in raised.value.hint


@pytest.mark.parametrize(
    ("url", "reported"),
    [
        ("postgresql+psycopg://jo:secret@db.example:5433/ledger", "postgresql://jo:***@db.example:5433/ledger"),
        ("postgresql://jo@db.example/ledger?password=secret", "postgresql://jo@db.example/ledger"),
        ("sqlite+pysqlite:///data/bridge.db", "sqlite:///data/bridge.db"),
    ],
)
def test_an_address_is_reported_as_the_databases_own_tools_read_it(url, reported):
    """Without the driver, which pg_dump and psql refuse, and without the password."""
    assert shown(url) == reported
