"""`leadbridge run` as a real process: its pages, its ping, its log."""

import signal
import socket
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from bridge.sandbox import Sandbox, demo_world
from bridge.sandbox.server import start
from tests.daemon.test_process import PATIENCE, DaemonProcess
from tests.wire.test_logs import everyone

TOKEN = "token-of-the-switch"


class Switch(BaseHTTPRequestHandler):
    """A dead man's switch."""

    def do_GET(self):
        self.server.pinged.set()
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        """Say nothing."""


@pytest.fixture
def switch():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Switch)
    server.pinged = threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def daemon(tmp_path, switch):
    """On a lively world, saying all it can say."""
    sandbox = Sandbox(demo_world(datetime.now(UTC)))
    with start(sandbox) as running:
        process = DaemonProcess(tmp_path / "host", f"sqlite:///{tmp_path}/bridge.db", running.url)
        process.sandbox = sandbox
        process.environment |= {
            "BRIDGE_LOG_LEVEL": "DEBUG",
            "BRIDGE_PING_URL": f"http://127.0.0.1:{switch.server_port}/{TOKEN}",
        }
        process.configure(("fitness", 'every = "1h"'))
        yield process
        process.end()


def test_a_running_daemon_answers_pings_and_keeps_secrets(daemon, switch):
    """Pages over HTTP while it runs, a call of the switch after the good run, and no key or person in any line."""
    daemon.start().reported("run")
    assert switch.pinged.wait(PATIENCE)
    pages = {
        path: httpx.get(f"http://127.0.0.1:{daemon.port}/{path}")
        for path in ("healthz", "readyz", "metrics", "status.json")
    }
    assert {page.status_code for page in pages.values()} == {200}
    assert pages["readyz"].json()["routes"][0]["status"] == "ok"
    assert 'leadbridge_runs_total{result="ok",route="fitness"} 1.0' in pages["metrics"].text
    assert pages["status.json"].json()["routes"][0]["states"]["delivered"] > 0
    daemon.signal(signal.SIGTERM)
    assert daemon.ended() == 0
    shown = "".join([*daemon.lines, *(page.text for page in pages.values())]).lower()
    secrets = ("sk_live_sandbox", "sandbox-key", TOKEN)
    assert [secret for secret in secrets if secret in shown] == []
    assert [address for address in everyone(daemon.sandbox) if address in shown] == []


def test_a_port_in_use_keeps_it_from_starting(daemon):
    """One sentence and exit code 2, before anything is run."""
    with socket.create_server(("127.0.0.1", daemon.port)):
        daemon.start()
        assert daemon.ended() == 2
    reported = " ".join("".join(daemon.lines).split())
    assert f"cannot listen on 127.0.0.1:{daemon.port}: address already in use" in reported
    assert daemon.sandbox.report()["requests"] == {}
