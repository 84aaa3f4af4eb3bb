"""`leadbridge run` as a real process: how it starts, hears signals and files, and ends."""

import json
import os
import signal
import socket
import subprocess
import threading
import time

import pytest
import sqlalchemy as sa

from bridge.sandbox.server import start
from tests import forked
from tests.harness import good_world
from tests.reliability.processes import Watched, ledger_of, states_of

LEADS = 10
PATIENCE = 30
ROUTE = """
[[routes]]
name = "{name}"
{schedule}
rules = {{ per_domain = 0 }}
target = {{ instantly_campaign = "Fitness Q4" }}
"""


def configuration(*routes, port):
    head = f"[http]\nport = {port}\n[instantly]\nrequests_per_second = 100\nrequests_per_minute = 6000\n"
    return head + "".join(ROUTE.format(name=name, schedule=schedule) for name, schedule in routes)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class DaemonProcess:
    """`leadbridge run` in a folder, and the lines of its log as they come."""

    def __init__(self, folder, database_url, url):
        self.folder, self.port = folder, free_port()
        folder.mkdir(exist_ok=True)
        self.environment = os.environ | {
            "SCRAVIO_API_KEY": "sk_live_sandbox",
            "SCRAVIO_BASE_URL": f"{url}/api",
            "INSTANTLY_API_KEY": "sandbox-key",
            "INSTANTLY_BASE_URL": url,
            "BRIDGE_DATABASE_URL": database_url,
            "BRIDGE_DOUBT_WAIT": "0.2",
            "BRIDGE_LOG_LEVEL": "INFO",
        }
        self.lines, self.process = [], None
        self._grown = threading.Condition()

    def configure(self, *routes):
        (self.folder / "bridge.toml").write_text(configuration(*routes, port=self.port))
        return self

    def start(self):
        command = [*forked.COMMAND, "run"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        self.process = forked.popen(command, cwd=self.folder, env=self.environment, **pipes)
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def _listen(self):
        for line in self.process.stdout:
            with self._grown:
                self.lines.append(line)
                self._grown.notify_all()

    def reported(self, event, count=1, **terms):
        """Wait for the log's line of this event."""

        def found():
            events = [json.loads(line) for line in self.lines if line.startswith("{")]
            return [one for one in events if one["event"] == event and all(one.get(k) == v for k, v in terms.items())]

        with self._grown:
            assert self._grown.wait_for(lambda: len(found()) >= count, PATIENCE), "".join(self.lines)
            return found()[count - 1]

    def type(self, *words):
        return forked.run([*forked.COMMAND, *words], cwd=self.folder, env=self.environment)

    def signal(self, number):
        self.process.send_signal(number)

    def ended(self):
        """The exit code."""
        return self.process.wait(timeout=PATIENCE)

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
        if self.process is not None:
            self.process.wait()
            self.process.stdout.close()


@pytest.fixture
def sandbox():
    return Watched(good_world("First", leads=LEADS))


@pytest.fixture
def served(sandbox):
    with start(sandbox) as running:
        yield running.url


@pytest.fixture
def daemon(served, database_url, tmp_path):
    """Make a daemon in a folder of its own; whatever still runs at the end is killed."""
    made = []

    def make(name="host", *, url=database_url):
        made.append(DaemonProcess(tmp_path / name, url, served))
        return made[-1]

    yield make
    for one in made:
        one.end()


ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ONLY_POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
HOURLY = ("fitness", 'every = "1h"')


class Pause:
    """Holds the requests to one path until it is released."""

    def __init__(self, sandbox, path):
        self.reached, self.released = threading.Event(), threading.Event()
        self._path = path
        sandbox.before = self._hold

    def _hold(self, request):
        if request.path.endswith(self._path):
            self.reached.set()
            self.released.wait(PATIENCE)


def tick_rows(url):
    with ledger_of(url) as db, db.read() as connection:
        return connection.execute(sa.text("SELECT * FROM tick ORDER BY due_at")).all()


@ONLY_SQLITE
def test_it_runs_at_start_is_triggered_reloads_and_ends_well(daemon, sandbox, database_url):
    """One life: the first tick at start, a wish, a bad file, a good one, SIGTERM; exit 0 and everyone delivered."""
    one = daemon().configure(HOURLY, ("byhand", "")).start()
    started = one.reported("started")
    assert list(started["next_ticks"]) == ["fitness"]
    assert one.reported("routes without a schedule")["routes"] == ["byhand"]
    assert one.reported("run", route="fitness")["delivered"] == LEADS
    result = one.type("trigger", "byhand", "--json")
    assert (result.returncode, json.loads(result.stdout)["status"]) == (0, "started")
    assert one.reported("run", route="byhand")["status"] == "ok"
    one.configure(("fitness", 'every = "soon"'))
    one.signal(signal.SIGHUP)
    assert "is not a duration" in one.reported("configuration refused")["error"]
    one.configure(HOURLY, ("night", 'cron = "0 3 * * *"'))
    reloaded = one.reported("reloaded")
    assert (reloaded["added"], reloaded["removed"]) == (["night"], ["byhand"])
    assert set(reloaded["next_ticks"]) == {"fitness", "night"}
    one.signal(signal.SIGTERM)
    assert one.ended() == 0
    one.reported("stopped")
    assert states_of(database_url)["delivered"] == LEADS
    assert [row.status for row in tick_rows(database_url)] == ["ok", "ok"]
    with ledger_of(database_url) as db, db.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM host")).scalar_one() == 0


@ONLY_SQLITE
def test_sigterm_lets_the_batch_in_flight_be_recorded(daemon, sandbox, database_url):
    """Asked to stop while the vendor has the batch: its answer is awaited and written down, then it ends with 0."""
    one = daemon().configure(HOURLY)
    pause = Pause(sandbox, "/leads/add")
    one.start()
    assert pause.reached.wait(PATIENCE)
    one.signal(signal.SIGTERM)
    assert one.reported("stopping")["running"] == ["fitness"]
    pause.released.set()
    assert one.ended() == 0
    assert states_of(database_url) == {"delivered": LEADS}
    assert sandbox.posts() == 1


@ONLY_SQLITE
def test_the_second_signal_ends_at_once_and_the_next_start_settles(daemon, sandbox, database_url):
    """Nothing is lost or doubled: the batch that was under way is looked up, and its tick is run again."""
    one = daemon().configure(HOURLY)
    pause = Pause(sandbox, "/leads/add")
    one.start()
    assert pause.reached.wait(PATIENCE)
    one.signal(signal.SIGTERM)
    one.reported("stopping")
    time.sleep(0.3)  # two signals within a blink count as one
    one.signal(signal.SIGTERM)
    assert one.ended() == 128 + signal.SIGTERM
    pause.released.set()
    assert [row.ended_at for row in tick_rows(database_url)] == [0]
    two = daemon("next").configure(HOURLY).start()
    assert two.reported("run")["status"] == "ok"
    two.signal(signal.SIGINT)
    assert two.ended() == 0
    report = sandbox.report()
    assert (report["created"], report["created_twice"], report["reposted"]) == (LEADS, {}, {})
    assert states_of(database_url) == {"delivered": LEADS}
    assert all(row.status == "ok" for row in tick_rows(database_url))


@ONLY_SQLITE
def test_a_batch_that_is_never_answered_keeps_no_one_from_ending(daemon, sandbox, database_url):
    """The end is bounded: after `stop_within` it exits with 0 all the same, and the next start settles the batch."""
    one = daemon().configure(HOURLY)
    text = (one.folder / "bridge.toml").read_text()
    (one.folder / "bridge.toml").write_text(f'[daemon]\nstop_within = "1s"\n{text}')
    pause = Pause(sandbox, "/leads/add")
    one.start()
    assert pause.reached.wait(PATIENCE)
    one.signal(signal.SIGTERM)
    assert one.ended() == 0
    assert one.reported("stopped")["still_running"] == ["fitness"]
    assert states_of(database_url) == {"sending": LEADS}
    pause.released.set()


@ONLY_POSTGRES
def test_two_daemons_share_every_tick_and_one_takes_over_from_the_other(daemon, sandbox, database_url):
    """The second joins the first one's schedule; killed in the middle of a run, the first one's tick is run by it."""
    one, two = daemon("one").configure(HOURLY), daemon("two").configure(HOURLY)
    pause = Pause(sandbox, "/plan-details")
    one.start()
    assert pause.reached.wait(PATIENCE)
    two.start()
    due_first, due_second = one.reported("started")["next_ticks"], two.reported("started")["next_ticks"]
    assert due_first == due_second
    one.signal(signal.SIGKILL)
    one.ended()
    pause.released.set()
    assert two.reported("run")["delivered"] == LEADS
    two.signal(signal.SIGTERM)
    assert two.ended() == 0
    (row,) = tick_rows(database_url)
    assert (row.status, row.tries) == ("ok", 2)


@ONLY_POSTGRES
def test_a_database_that_is_away_is_waited_for(daemon, database_url):
    """It says so once and waits; asked to stop meanwhile it ends with 0."""
    closed = free_port()
    one = daemon(url=f"postgresql://nobody@127.0.0.1:{closed}/none").configure(HOURLY).start()
    one.reported("the database is unreachable")
    one.signal(signal.SIGTERM)
    assert one.ended() == 0
    assert sum("the database is unreachable" in line for line in one.lines) == 1
