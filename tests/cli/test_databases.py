"""Databases that are not what they should be: a folder, an empty file, someone else's, one that cannot be written."""

import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from bridge import ledger
from bridge.ledger.upkeep.opening import open_existing
from tests import forked
from tests.cli.conftest import unwrapped
from tests.cli.test_process import environment
from tests.ledger.conftest import NOW

needs_locking_out = pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root may write everything"
)


def ordinary(*arguments):
    """The command as a user that permissions bind, even where the tests are root's."""
    rights = forked.CONFINED if os.geteuid() == 0 else ()
    return forked.run([*rights, *forked.COMMAND, *arguments], env=environment(COLUMNS="100"))


def foreign(folder):
    """Another program's database."""
    connection = sqlite3.connect(folder / "other.db")
    connection.execute("CREATE TABLE customer (name TEXT)")
    connection.commit()
    connection.close()
    return "sqlite:///other.db"


def test_an_empty_and_a_foreign_file_hold_no_ledger(leadbridge, configure, folder, monkeypatch):
    """`status` never says that a file does not exist which does, and changes no byte of it."""
    configure()
    (folder / "empty.db").touch()
    foreign(folder)
    before = (folder / "other.db").read_bytes()
    for name in ("empty.db", "other.db"):
        monkeypatch.setenv("BRIDGE_DATABASE_URL", f"sqlite:///{name}")
        result = leadbridge("status")
        assert result.exit_code == 0
        assert f"{name} has no leadbridge tables yet" in unwrapped(result.stdout)
    assert (folder / "other.db").read_bytes() == before


def test_a_folder_is_no_database(leadbridge, configure, folder, monkeypatch):
    """A folder in the file's place is the operator's to fix."""
    configure()
    monkeypatch.setenv("BRIDGE_DATABASE_URL", f"sqlite:///{folder}")
    for verb in ("status", "runs"):
        result = leadbridge(verb)
        assert result.exit_code == 2
        assert "is a folder" in unwrapped(result.stderr)


def test_another_programs_database_is_refused(leadbridge, configure, vendors, folder, monkeypatch):
    """Neither a sync nor an upgrade puts tables beside strangers'; `check` says so before."""
    configure()
    monkeypatch.setenv("BRIDGE_DATABASE_URL", foreign(folder))
    for arguments in (["sync"], ["db", "upgrade"]):
        result = leadbridge(*arguments)
        assert result.exit_code == 2
        assert "holds other tables" in unwrapped(result.stderr)
    result = leadbridge("check")
    assert result.exit_code == 2
    assert "a database of its own" in unwrapped(result.stdout)


@needs_locking_out
def test_check_sees_that_the_database_cannot_be_made(configure, vendors, folder, monkeypatch):
    """Where the folder, or the nearest that exists, takes no file, check is not content, and makes nothing."""
    configure()
    (folder / "locked").mkdir(mode=0o555)
    monkeypatch.setenv("BRIDGE_DATABASE_URL", f"sqlite:///{folder}/locked/deep/bridge.db")
    done = ordinary("check")
    assert done.returncode == 2
    said = unwrapped(done.stdout)
    assert "cannot be written" in said
    assert said.count("could not be recorded: The database ") == 1
    assert not list((folder / "locked").iterdir())


@needs_locking_out
@pytest.mark.parametrize(
    ("file", "parent", "verbs"),
    [
        (0o444, 0o755, [["status"]]),
        (0o444, 0o555, [["status"], ["runs"], ["rejects"], ["explain", "@jo"]]),
        (0o644, 0o555, [["status"]]),
    ],
)
def test_a_read_only_ledger_is_read(configure, bench, folder, file, parent, verbs):
    """A user who may only read the file can look at everything, and leaves nothing beside it."""
    configure()
    bench.record([bench.lead(1, username="jo")])
    bench.db.close()
    data = folder / "data"
    (data / "bridge.db").chmod(file)
    data.chmod(parent)
    try:
        for arguments in verbs:
            done = ordinary(*arguments)
            assert (done.returncode, done.stderr) == (0, ""), arguments
        assert [path.name for path in data.iterdir()] == ["bridge.db"]
    finally:
        data.chmod(0o755)


@needs_locking_out
def test_a_reader_sees_what_the_writer_has_only_logged(configure, bench, folder):
    """Beside a writer that is at work, a read-only user sees the latest rows."""
    configure()
    number, _ = bench.route()
    ledger.start_run(bench.db, number, NOW)  # the bench keeps the file open: the row stands in the log
    for path in (folder / "data").iterdir():
        path.chmod(0o444)
    done = ordinary("runs", "--json")
    assert done.returncode == 0
    assert '"running"' in done.stdout


@needs_locking_out
@pytest.mark.parametrize(("file", "parent"), [(0o444, 0o755), (0o444, 0o555), (0o644, 0o555)])
def test_a_read_only_ledger_is_backed_up(configure, bench, folder, file, parent):
    """A backup under an account of its own, that may only read, works while the daemon is stopped."""
    configure()
    bench.record([bench.lead(1, username="jo")])
    bench.db.close()
    data = folder / "data"
    (data / "bridge.db").chmod(file)
    data.chmod(parent)
    try:
        done = ordinary("db", "backup", "back.db")
        assert (done.returncode, done.stderr) == (0, "")
        assert [path.name for path in data.iterdir()] == ["bridge.db"]
    finally:
        data.chmod(0o755)
    with closing(sqlite3.connect(folder / "back.db")) as connection:
        assert connection.execute("SELECT count(*) FROM lead").fetchone() == (1,)


@needs_locking_out
def test_a_reader_backs_up_beside_the_writer(configure, bench, folder):
    """While the daemon is at work, what stands only in its log is in the backup too."""
    configure()
    number, _ = bench.route()
    ledger.start_run(bench.db, number, NOW)
    for path in (folder / "data").iterdir():
        path.chmod(0o444)
    assert ordinary("db", "backup", "back.db").returncode == 0
    with closing(sqlite3.connect(folder / "back.db")) as connection:
        assert connection.execute("SELECT count(*) FROM run").fetchone() == (1,)


@needs_locking_out
def test_a_backup_says_on_which_side_it_failed(configure, bench, folder):
    """A ledger that may not be read is no full disk, and a folder that takes no file is no fault of the ledger."""
    configure()
    bench.db.close()
    db = folder / "data" / "bridge.db"
    (folder / "locked").mkdir(mode=0o555)
    done = ordinary("db", "backup", "locked/back.db")
    assert (done.returncode, "cannot be written: Permission denied" in unwrapped(done.stderr)) == (2, True)
    db.chmod(0o000)
    try:
        done = ordinary("db", "backup", "back.db")
    finally:
        db.chmod(0o600)
    assert done.returncode == 2
    assert "bridge.db cannot be" in unwrapped(done.stderr)
    assert "back.db" not in done.stderr
    assert not list(folder.glob("*back.db*"))


def test_an_empty_database_is_opened_by_no_one(folder):
    """Without tables of ours there is nothing to read, and no file is made."""
    assert open_existing(f"sqlite:///{folder}/none.db") is None
    assert not (folder / "none.db").exists()
