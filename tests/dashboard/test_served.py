"""Where the dashboard is served: beside the daemon's own pages, and by a verb of its own."""

import os
import re
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from bridge.cli.setup import demo
from bridge.daemon.web.dashboard.application import application as alone
from bridge.daemon.web.dashboard.frame import Dashboard
from bridge.daemon.web.hooks import Hooks
from bridge.daemon.web.metrics import Metrics
from bridge.daemon.web.server import Pages, application
from tests.daemon.parts import StandIn, scheduled
from tests.dashboard.conftest import Browser

TOML = """
[[routes]]
name = "fitness"
target = { instantly_campaign = "Fitness Q4" }
"""


def test_the_daemons_own_pages_stay_open_and_as_they_were(site):
    """With a password set, health, metrics and status need no login, and a webhook needs its secret only."""
    here = site()
    daemon = StandIn(here.around.db, routes=(scheduled(),), settings=here.around.settings)
    pages, metrics = Pages(), Metrics()
    metrics._daemon = daemon
    pages.open(daemon)
    hooks = Hooks(lambda: here.around.db, lambda: [("instantly", "default")], lambda _client: ["s" * 43])
    browser = Browser(application(pages, metrics, (), hooks, Dashboard(daemon)), "http://127.0.0.1:8787", ("::1", 1))
    for path in ("/healthz", "/metrics", "/status.json"):
        assert browser.get(path).status_code == 200
    assert browser.get("/readyz").headers["content-type"] == "application/json"
    assert browser.get("/", follow_redirects=False).headers["location"] == "/login"
    assert browser.post("/hooks/instantly/default", content=b"{}").status_code == 401
    kept = {"X-Leadbridge-Secret": "s" * 43, "Content-Type": "application/json"}
    assert browser.post("/hooks/instantly/default", content=b"{}", headers=kept).status_code == 202


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "bridge.toml").write_text(TOML)
    return tmp_path


def started(folder, *more):
    return subprocess.Popen(
        [sys.executable, "-m", "bridge", "dashboard", *more],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


LONG = "BRIDGE_TEST_LONG" in os.environ


@pytest.mark.parametrize("end", [signal.SIGINT, *([signal.SIGTERM] if LONG else [])])
def test_the_verb_prints_its_address_and_ends_well(folder, end):
    """It serves until it is stopped, and says what is missing for actions."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = started(folder, "--port", str(port))
    line = running.stdout.readline()
    base = re.search(r"http://[\d.]+:\d+/", line)[0]
    assert "only shows" in running.stdout.readline()
    assert httpx.get(base, headers={"Host": "127.0.0.1"}).status_code == 200
    running.send_signal(end)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, "Traceback" in err) == (0, False), (out, err)


def test_a_made_up_ledger_can_be_looked_at_without_keys_and_files():
    """`--demo`: with routes, leads, replies and reasons, and gone afterwards."""
    with demo.lived() as app:
        browser = Browser(alone(Dashboard(app)), "http://127.0.0.1:8788", ("127.0.0.1", 1))
        overview = browser.get("/").text
        assert re.findall(r'<a href="/route\?name=(\w+)">', overview)[-3:] == ["fitness", "founders", "messages"]
        assert "replied" in overview
        assert "role_address" in browser.get("/route?name=fitness").text
        folder = app.settings.folder
    assert not folder.exists()


def test_the_made_up_ledger_takes_actions_with_a_password_and_asks_no_real_vendor(monkeypatch):
    """`--demo` with BRIDGE_DASHBOARD_PASSWORD: an action is offered, and the costs come from the simulated Scravio."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a request left this process"))
    with demo.lived("a long password") as app:
        browser = Browser(alone(Dashboard(app)), "http://127.0.0.1:8788", ("127.0.0.1", 1))
        browser.post("/login", data={"password": "a long password", "name": "Ada"})
        assert "Pause" in browser.get("/route?name=fitness").text
        sources = browser.get("/sources?costs=1").text
        assert re.search(r"Fitness creators</th>.*?>120\.0<.*?>20\.0<", sources)
        assert "Scravio shows no transaction" not in sources


def test_the_verb_refuses_to_show_people_to_the_network_without_a_password(folder):
    """One sentence and the variable to set; nothing is listened on."""
    running = started(folder, "--host", "0.0.0.0")
    _, err = running.communicate(timeout=20)
    assert (running.returncode, "BRIDGE_DASHBOARD_PASSWORD" in err) == (2, True)
