"""A process that is killed while it reads feedback: the next one goes on, and every event is there once."""

import os
import signal
import subprocess
import time
from datetime import UTC, datetime

from typer.testing import CliRunner

from bridge.cli import app
from bridge.sandbox import Sandbox, small_world
from bridge.sandbox.instantly.happening import happen
from bridge.sandbox.server import start
from tests import forked
from tests.harness import DELIVERABLE

ROUTE = '[[routes]]\nname = "fitness"\ntarget = { instantly_campaign = "Fitness Q4" }\n'


def test_a_killed_round_loses_and_doubles_nothing(tmp_path, monkeypatch):
    """SIGKILL after the first, second, third and fourth request of a round; then one round to the end."""
    sandbox = Sandbox(small_world(datetime.now(UTC), "Fitness creators", leads=10, style=DELIVERABLE))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bridge.toml").write_text(ROUTE)
    with start(sandbox) as running:
        more = {
            "SCRAVIO_BASE_URL": f"{running.url}/api",
            "SCRAVIO_API_KEY": sandbox.keys.scravio,
            "INSTANTLY_BASE_URL": running.url,
            "INSTANTLY_API_KEY": sandbox.keys.instantly,
        }
        for name, value in more.items():
            monkeypatch.setenv(name, value)
        runner = CliRunner()
        assert runner.invoke(app, ["sync", "--yes"]).exit_code == 0
        instantly = sandbox.world.instantly
        people = list(instantly.people(instantly.campaign("Fitness Q4").id))
        for person in people:
            happen(instantly, person, "email_sent", datetime.now(UTC))
        for person, kind in zip(people, ("email_bounced", "lead_unsubscribed", "reply_received"), strict=False):
            happen(instantly, instantly.person(person.id), kind, datetime.now(UTC))
        for requests in (1, 2, 3, 4):
            _kill_after(sandbox, requests)
        reported = runner.invoke(app, ["feedback", "--json"])
        assert reported.exit_code == 0, reported.output
        counted = runner.invoke(app, ["delivered", "--json"]).stdout
        assert [counted.count(f'"{kind}"') for kind in ("bounced", "unsubscribed", "replied")] == [1, 1, 1]
        listed = runner.invoke(app, ["suppress", "list", "--json"]).stdout
        assert (listed.count("instantly:bounced"), listed.count("instantly:unsubscribed")) == (2, 2)


def _kill_after(sandbox, requests):
    """Start a round, and kill it once Instantly has had so many of its requests; it may end sooner."""
    before = sum(sandbox.report()["requests"].values())
    command = [*forked.COMMAND, "feedback"]
    process = forked.popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ.copy())
    while process.poll() is None and sum(sandbox.report()["requests"].values()) - before < requests:
        time.sleep(0.002)
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()
