"""The command as a real process against a sandbox on a port, and a sandbox that shows a test what is asked of it."""

import json
import os
import signal
import subprocess
from contextlib import contextmanager
from threading import Event

import sqlalchemy as sa

from bridge import ledger
from bridge.sandbox import Sandbox
from tests import forked

ROUTE = """
[instantly]
requests_per_second = 100
requests_per_minute = 6000

[[routes]]
name = "fitness"
rules = { per_domain = 0 }
target = { instantly_campaign = "Fitness Q4" }
"""


class Watched(Sandbox):
    """Calls `before` and `after` with each request outside of its lock, so that either may wait or send a signal."""

    def __init__(self, world):
        super().__init__(world)
        self.before = self.after = lambda _request: None

    def exchange(self, request):
        self.before(request)
        exchanged = super().exchange(request)
        self.after(request)
        return exchanged

    def posts(self):
        """How often leads were posted."""
        return self.report()["posts"]


class Command:
    """`leadbridge sync --json` in a folder with a bridge.toml; `prefix` starts it in another way."""

    def __init__(self, folder, database_url, url, config=ROUTE, prefix=()):
        folder.mkdir(exist_ok=True)
        (folder / "bridge.toml").write_text(config)
        self.folder = folder
        self.prefix = prefix
        self.environment = os.environ | {
            "SCRAVIO_API_KEY": "sk_live_sandbox",
            "SCRAVIO_BASE_URL": f"{url}/api",
            "INSTANTLY_API_KEY": "sandbox-key",
            "INSTANTLY_BASE_URL": url,
            "BRIDGE_DATABASE_URL": database_url,
            "BRIDGE_DOUBT_WAIT": "0.2",
            "BRIDGE_LOG_LEVEL": "ERROR",
        }
        self.process = None
        self.stopped = Event()

    def start(self, *routes):
        command = [*self.prefix, *forked.COMMAND, "sync", "--yes", "--json", *routes]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.process = forked.popen(command, cwd=self.folder, env=self.environment, **pipes)
        return self

    def finish(self):
        """Exit code, and the first route of the document."""
        out, err = self.process.communicate(timeout=60)
        assert "Traceback" not in err, err
        return self.process.returncode, json.loads(out)["routes"][0] if out else None

    def run(self, *routes):
        return self.start(*routes).finish()

    def settle(self):
        """Run until no one is ready, sending or in doubt; the last document."""
        for _ in range(8):
            code, route = self.run()
            if code == 0 and not any(route["states"][state] for state in ("ready", "sending", "in_doubt")):
                return route
        raise AssertionError(f"never settled: {route}")

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        """SIGSTOP, and return once the process has stopped."""
        self.signal(signal.SIGSTOP)
        self._wait()
        self.stopped.set()

    def until_stopped(self):
        """Wait until another thread's `stop` has returned; a process that ended instead is shown.

        The process alone is not enough: if this thread wakes it first, the other one waits for its stop for ever.
        """
        self._wait()
        assert self.stopped.wait(60)

    def _wait(self):
        seen = os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        assert seen.si_code == os.CLD_STOPPED, self.process.communicate()

    def end(self):
        """Leave no process behind, whatever the test came to."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


@contextmanager
def ledger_of(url):
    database = ledger.Database(url)
    try:
        yield database
    finally:
        database.close()


def shift_lease(url, seconds):
    """Move the end of the only lease; as if so many seconds had passed in which its holder did not renew it."""
    with ledger_of(url) as db, db.write() as connection:
        connection.execute(sa.text(f"UPDATE route_lease SET expires_at = expires_at - {seconds * 1000}"))


def states_of(url):
    """How many deliveries stand in which state."""
    with ledger_of(url) as db, db.read() as connection:
        return dict(map(tuple, connection.execute(sa.text("SELECT state, count(*) FROM delivery GROUP BY state"))))
