"""A real process that moves or changes delivered leads, killed with SIGKILL at many requests: none lost, none twice."""

import os
import random
import signal
import subprocess
import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.sandbox import Sandbox, small_world
from bridge.sandbox.server import start
from tests import forked

KILLS = 12
CONFIG = """
[instantly]
requests_per_second = 100
requests_per_minute = 6000

[[routes]]
name = "inbox"
rules = { per_domain = 0 }
target = { instantly_list = "Scravio inbox" }
update = { fields = "until_contacted" }
fields = { job_title = "TITLE" }
"""
PROMOTE = ("promote", "Scravio inbox", "--to", "Fitness Q4", "--yes")


class Stage:
    """The command in a folder, against a sandbox on a port."""

    def __init__(self, folder, sandbox, url):
        self.folder, self.sandbox, self.dice, self.process = folder, sandbox, random.Random(5), None
        self.environment = os.environ | {
            "SCRAVIO_API_KEY": "sk_live_sandbox", "SCRAVIO_BASE_URL": f"{url}/api", "INSTANTLY_API_KEY": "sandbox-key",
            "INSTANTLY_BASE_URL": url, "BRIDGE_DOUBT_WAIT": "0.2", "BRIDGE_LOG_LEVEL": "ERROR",
        }  # fmt: skip
        self.title("Creator")

    def title(self, title):
        (self.folder / "bridge.toml").write_text(CONFIG.replace("TITLE", title))

    def run(self, *words):
        self.process = forked.popen(
            (*forked.COMMAND, *words), cwd=self.folder, env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        _, err = self.process.communicate(timeout=120)
        assert "Traceback" not in err, err
        return self.process.returncode

    def killed_run(self, *words, path):
        """Killed at one of the first requests of that path: before it is processed, or after."""
        after, nth, seen = self.dice.random() < 0.5, self.dice.randint(1, 3), iter(range(1, 10_000))
        kill = lambda: self.process.send_signal(signal.SIGKILL)  # noqa: E731 - the process is not there yet
        timer = threading.Timer(0.05, kill)

        def strike(request):
            if path not in request.path or next(seen) != nth:
                return False
            timer.start() if after else kill()
            return after

        fault = self.sandbox.faults.add("delay", seconds=0.15, when=strike)
        self.run(*words)
        timer.cancel()
        self.sandbox.faults.remove(fault)

    def people(self, name):
        world = self.sandbox.world.instantly
        return list(world.people((world.campaign(name) or world.lead_list(name)).id))

    def pending(self):
        db = ledger.Database(f"sqlite:///{self.folder}/data/bridge.db")
        try:
            with db.read() as connection:
                return connection.execute(sa.text("SELECT count(*) FROM pending_change")).scalar()
        finally:
            db.close()


@pytest.fixture
def stage(tmp_path):
    sandbox = Sandbox(small_world(datetime.now(UTC), "Fitness creators", leads=30))
    sandbox.world.instantly.habits.job_seconds = 0.2
    with start(sandbox) as running:
        yield Stage(tmp_path, sandbox, running.url)


@pytest.mark.skipif("BRIDGE_TEST_LONG" not in os.environ, reason="two minutes of processes: BRIDGE_TEST_LONG=1")
def test_moves_and_changes_survive_sigkill(stage):
    """Every lead has the last title, but for the one that a person edited; each is in the campaign once."""
    stage.run("sync", "--yes")
    count = len(stage.people("Scravio inbox"))
    assert count > 5
    for turn in range(KILLS):
        stage.title(f"Maker {turn}")
        stage.killed_run("sync", path="/leads/")
    for _ in range(4):
        stage.run("sync")
    assert {one.posted["job_title"] for one in stage.people("Scravio inbox")} == {f"Maker {KILLS - 1}"}
    for _ in range(KILLS):
        stage.killed_run(
            *PROMOTE, "--limit", "3", path=stage.dice.choice(["/leads/", "background-jobs", "/leads/move"])
        )
    for _ in range(12):
        if stage.run(*PROMOTE) == 1:
            break
    moved = [one.email for one in stage.people("Fitness Q4")]
    assert (len(moved), len(set(moved)), stage.people("Scravio inbox")) == (count, count, [])
    assert stage.pending() == 0
    assert stage.sandbox.report()["created_twice"] == {}
