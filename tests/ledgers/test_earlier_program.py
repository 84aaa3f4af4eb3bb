"""The earlier program itself beside this one, as two real processes on one ledger."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from bridge.ledger.revision import HEAD
from tests.conftest import LONG
from tests.ledgers.make import PROGRAMS, check_out

pytestmark = pytest.mark.skipif(not LONG, reason="starts an earlier version: make test-long")
PATIENCE = 60


@pytest.fixture
def kind():
    return "sqlite"


@pytest.fixture
def name():
    return "0006"


@pytest.fixture
def earlier(operator, tmp_path):
    """Starts a command of the earlier version in the operator's folder."""
    try:
        program = check_out(PROGRAMS["0006"], tmp_path / "program")
    except subprocess.CalledProcessError:
        pytest.skip("the history of the repository is not here")
    started = []

    def start(*arguments):
        command = [sys.executable, "-P", "-m", "bridge", *arguments]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        started.append(subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(program)}, **pipes))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.communicate()


def until(found):
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end
        time.sleep(0.05)


def schedule(folder, port):
    """Give yoga a schedule, so that a daemon has something to run."""
    text = (folder / "bridge.toml").read_text().replace('name = "yoga"\n', 'name = "yoga"\nevery = "1h"\n')
    (folder / "bridge.toml").write_text(f"{text}\n[http]\nport = {port}\n")


def test_a_daemon_of_the_earlier_version_is_waited_for_and_then_kept_out(operator, earlier, tmp_path):
    """While it runs, this program migrates nothing; afterwards the earlier one refuses to start."""
    (tmp_path / "later").mkdir()
    shutil.copy(tmp_path / "bridge.toml", tmp_path / "later")
    schedule(tmp_path, 28788)
    daemon = earlier("run")
    until(lambda: operator.execute(f"SELECT no FROM host WHERE pid = {daemon.pid}"))
    said = " ".join(operator("sync", "--yes", expected=(1,)).split())
    assert f"process {daemon.pid} on" in said
    schedule(tmp_path / "later", 28789)
    successor = subprocess.Popen(
        [sys.executable, "-m", "bridge", "--config", "later/bridge.toml", "run"], stderr=subprocess.PIPE, text=True
    )
    try:
        until(lambda: "of an earlier version" in successor.stderr.readline())
        daemon.kill()
        daemon.communicate()
        until(lambda: operator.execute("SELECT version_num FROM alembic_version") == [(HEAD,)])
    finally:
        successor.terminate()
        successor.communicate(timeout=PATIENCE)
    late = earlier("sync", "--yes")
    out, _ = late.communicate(timeout=PATIENCE)
    assert late.returncode == 2
    assert "newer version" in " ".join(out.split())


def test_an_earlier_process_that_slept_through_the_migration_records_nothing(operator, earlier):
    """It wakes up after its call, can begin no other run, and the later version finds out what happened."""
    add = {"vendor": "instantly", "method": "POST", "path": "/api/v2/leads/add"}
    held = operator.sandbox.faults.add("delay", times=1, seconds=3, **add)
    process = earlier("sync", "--yes")
    until(lambda: operator.sandbox.faults.fired(held))
    process.send_signal(signal.SIGSTOP)
    operator.execute("UPDATE lease SET expires_at = 1 WHERE expires_at > 1")
    operator("db", "upgrade")
    before = operator.execute("SELECT id, state, reason FROM delivery ORDER BY id")
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=PATIENCE)
    assert operator.execute("SELECT id, state, reason FROM delivery ORDER BY id") == before
    operator.json("sync", "--yes")
    report = operator.sandbox.report()
    assert (report["created_twice_person"], report["reposted"]) == ({}, {})
