"""A real process, killed with SIGKILL at many points, ends where an undisturbed one ends."""

import json
import os
import random
import signal
import subprocess
import threading
from datetime import UTC, datetime

import pytest

from bridge.ledger import Database
from bridge.sandbox import Sandbox, small_world
from bridge.sandbox.server import start
from tests import forked
from tests.ledger.counted import assert_counted

KILLS = {"sqlite": 50, "postgresql": 10} if "BRIDGE_TEST_LONG" in os.environ else {"sqlite": 6, "postgresql": 3}
"""On each database; all of them under `make test-long` and `make chaos`."""

TITLES = ("First", "Second", "Third")
LEADS = 130
CONFIG = """
[instantly]
requests_per_second = 100
requests_per_minute = 6000

[[routes]]
name = "fitness"
rules = { per_domain = 0 }
target = { instantly_campaign = "Fitness Q4" }
"""


class Bridge:
    """The command as a process, against a sandbox on a port."""

    def __init__(self, folder, database_url, url):
        folder.mkdir(exist_ok=True)
        (folder / "bridge.toml").write_text(CONFIG)
        self.folder = folder
        self.environment = os.environ | {
            "SCRAVIO_API_KEY": "sk_live_sandbox",
            "SCRAVIO_BASE_URL": f"{url}/api",
            "INSTANTLY_API_KEY": "sandbox-key",
            "INSTANTLY_BASE_URL": url,
            "BRIDGE_DATABASE_URL": database_url,
            "BRIDGE_DOUBT_WAIT": "0.3",
            "BRIDGE_LOG_LEVEL": "ERROR",
        }
        self.process = None

    def start(self):
        command = [*forked.COMMAND, "sync", "--yes", "--json", "--limit", "100"]
        self.process = forked.popen(
            command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def finish(self):
        out, err = self.process.communicate(timeout=60)
        assert "Traceback" not in err, err
        return self.process.returncode, json.loads(out) if out else None

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)


def world():
    built = small_world(datetime.now(UTC), *TITLES, leads=LEADS)
    for number in range(20):  # the same people once more, otherwise spelt
        person = built.scravio.campaign("First").lead(number).row
        built.scravio.campaign("Third").lead(number).update(email=f" {person['email'].upper()} ")
    blocked = built.scravio.campaign("Second").lead(5).row["email"]
    built.instantly.block(blocked, datetime.now(UTC))
    return built


def run_to_the_end(bridge):
    for _ in range(12):
        bridge.start()
        code, document = bridge.finish()
        route = document["routes"][0]
        settled = not any(route["states"][state] for state in ("ready", "sending", "in_doubt"))
        if code == 0 and settled:
            return route
    raise AssertionError(f"never settled: {route}")


def people_of(sandbox):
    instantly = sandbox.world.instantly
    return sorted(person.email for person in instantly.people(instantly.campaign("Fitness Q4").id))


class Reaper:
    """Kills the process at the chosen request: before it is processed, or after, before it is answered."""

    def __init__(self, sandbox, bridge, dice):
        self.sandbox, self.bridge, self.dice = sandbox, bridge, dice
        self.kills = 0

    def run(self):
        after, nth = self.dice.random() < 0.5, self.dice.randint(1, 9)
        seen = iter(range(1, 10_000))
        timer = threading.Timer(self.dice.uniform(0, 0.3), self.bridge.kill)

        def strike(request):
            if not request.path.startswith("/api") or next(seen) != nth:
                return False
            timer.start() if after else self.bridge.kill()
            return after

        fault = self.sandbox.faults.add("delay", seconds=0.15, when=strike)
        self.bridge.start()
        self.bridge.process.communicate(timeout=60)
        timer.cancel()
        self.kills += self.bridge.process.returncode == -signal.SIGKILL
        self.sandbox.faults.remove(fault)


@pytest.mark.parametrize("seed", [1])
def test_kills_change_nothing(database_url, tmp_path, seed):
    """No one is missing, no one is there twice, and each has the state and reason of an undisturbed run."""
    undisturbed = Sandbox(world())
    with start(undisturbed) as running:
        expected = run_to_the_end(Bridge(tmp_path / "calm", f"sqlite:///{tmp_path}/calm.db", running.url))
    sandbox, dice, db = Sandbox(world()), random.Random(seed), Database(database_url)
    wanted = KILLS[database_url.partition(":")[0]]
    with start(sandbox) as running:
        bridge = Bridge(tmp_path / "storm", database_url, running.url)
        reaper = Reaper(sandbox, bridge, dice)
        while reaper.kills < wanted:
            reaper.run()
            assert_counted(db)
            sandbox.world.scravio.campaign("Second").touch(datetime.now(UTC))
        actual = run_to_the_end(bridge)
    report = sandbox.report()
    assert reaper.kills >= wanted
    assert (assert_counted(db) > 0) == (db.dialect == "sqlite")
    db.close()
    assert (report["created_twice"], report["created_twice_person"]) == ({}, {})
    assert people_of(sandbox) == people_of(undisturbed)
    assert actual["states"] == expected["states"]
    assert actual["reasons"] == expected["reasons"]
