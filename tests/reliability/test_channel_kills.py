"""A real process that delivers to Inbox or Puffle, killed with SIGKILL at many requests: none missing, none twice."""

import json
import os
import random
import signal
import subprocess
import threading
from datetime import UTC, datetime

import pytest

from bridge.sandbox import Sandbox, small_world
from bridge.sandbox.server import start
from tests import forked

KILLS = 12 if "BRIDGE_TEST_LONG" in os.environ else 2
LEADS = 240 if "BRIDGE_TEST_LONG" in os.environ else 100
COMMAND = (*forked.COMMAND, "sync", "--yes", "--json", "--limit", "40")
INBOX = """
[inbox]
writes_per_minute = 300
reads_per_minute = 300

[[routes]]
name = "messages"
source = { csv = "leads.csv" }
target = { inbox_campaign = "Storm" }
"""
PUFFLE = """
[[routes]]
name = "mails"
rules = { per_domain = 0 }
target = { puffle_campaign = "Storm" }
"""


class Storm:
    """The command in a folder, against a sandbox on a port, killed at a request of chance."""

    def __init__(self, folder, config, sandbox, url):
        (folder / "bridge.toml").write_text(config)
        rows = "".join(f"{number},x,Person{number:05},,\n" for number in range(LEADS))
        (folder / "leads.csv").write_text(f"_id,platform,username,email,fullName\n{rows}")
        self.folder, self.sandbox, self.dice, self.process = folder, sandbox, random.Random(3), None
        keys = {"SCRAVIO": "/api", "INBOX": "", "PUFFLE": "/puffle"}
        self.environment = os.environ | {"BRIDGE_DOUBT_WAIT": "0.3", "BRIDGE_LOG_LEVEL": "ERROR"}
        for vendor, path in keys.items():
            self.environment |= {f"{vendor}_API_KEY": getattr(sandbox.keys, vendor.lower())}
            self.environment |= {f"{vendor}_BASE_URL": f"{url}{path}"}

    def run(self):
        """One run; its exit code and the document of its route."""
        self.process = forked.popen(
            COMMAND, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        out, err = self.process.communicate(timeout=120)
        assert "Traceback" not in err, err
        return self.process.returncode, json.loads(out)["routes"][0] if out else None

    def killed_run(self):
        """Whether the run was killed: at its nth request, before that one was processed or after."""
        after, nth, seen = self.dice.random() < 0.5, self.dice.randint(1, 9), iter(range(1, 10_000))
        kill = lambda: self.process.send_signal(signal.SIGKILL)  # noqa: E731 - the process is not there yet
        timer = threading.Timer(self.dice.uniform(0, 0.3), kill)

        def strike(_request):
            if next(seen) != nth:
                return False
            timer.start() if after else kill()
            return after

        fault = self.sandbox.faults.add("delay", seconds=0.15, when=strike)
        code, _ = self.run()
        timer.cancel()
        self.sandbox.faults.remove(fault)
        return code == -signal.SIGKILL


@pytest.mark.parametrize("vendor", ["inbox", "puffle"])
def test_kills_lose_and_double_no_one(tmp_path, vendor):
    """After kills at any request the runs that follow end with every lead in the campaign once, and say so."""
    sandbox = Sandbox(small_world(datetime.now(UTC), "First", "Second", leads=LEADS // 2))
    campaign = getattr(sandbox.world, vendor).add_campaign("Storm", datetime.now(UTC))
    with start(sandbox) as running:
        storm = Storm(tmp_path, {"inbox": INBOX, "puffle": PUFFLE}[vendor], sandbox, running.url)
        kills = 0
        while kills < KILLS:
            kills += storm.killed_run()
        for _ in range(30):
            code, route = storm.run()
            if code == 0 and not any(route["states"][state] for state in ("ready", "sending", "in_doubt")):
                break
    report, states = sandbox.report(), route["states"]
    assert (report["created_twice"], report["created_twice_person"], report["reposted"]) == ({}, {}, {})
    assert states["delivered"] == len(campaign.leads if vendor == "inbox" else campaign.rows) > 0
    assert sum(states.values()) == states["delivered"] + states["held"] == route["leads_known"]
