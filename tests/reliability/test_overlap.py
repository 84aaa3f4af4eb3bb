"""Two at once: one works, the other says who does; two routes at once never meet in one person."""

import signal
import socket
import subprocess
import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bridge.ledger.core import leases
from bridge.ledger.core.holders import Holder
from bridge.sandbox.server import start
from tests.harness import DELIVERABLE, Operator, good_world, small_world
from tests.reliability.processes import Command, Watched, ledger_of, shift_lease, states_of

LEADS = 40
CROWD = 200  # so many take long enough to claim that two who begin together do meet
TWO_ROUTES = """
[instantly]
requests_per_second = 100
requests_per_minute = 6000

[[routes]]
name = "one"
rules = { per_domain = 0 }
target = { instantly_campaign = "Fitness Q4" }

[[routes]]
name = "two"
rules = { per_domain = 0 }
target = { instantly_campaign = "Other" }
"""
# The lease's statements are the same on both databases: cases of one process after another are shared out.
ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ONLY_POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture
def sandbox():
    world = small_world(datetime.now(UTC), "First", leads=LEADS, style=DELIVERABLE)
    world.instantly.add_campaign("Other", 1, datetime.now(UTC))
    return Watched(world)


@pytest.fixture
def served(sandbox):
    with start(sandbox) as running:
        yield running.url


@pytest.fixture
def command(served, database_url, tmp_path):
    """Make a command in a folder of its own; whatever still runs at the end is killed."""
    made = []

    def make(name, **options):
        made.append(Command(tmp_path / name, database_url, served, **options))
        return made[-1]

    yield make
    for one in made:
        one.end()


class Pause:
    """Holds the requests to one path until it is released."""

    def __init__(self, sandbox, path):
        self.reached, self.released = threading.Event(), threading.Event()
        self._path = path
        sandbox.before = self._hold

    def _hold(self, request):
        if request.path.endswith(self._path):
            self.reached.set()
            self.released.wait(30)


def epoch_of(url):
    with ledger_of(url) as db, db.read() as connection:
        return connection.execute(sa.text("SELECT epoch FROM route_lease")).scalar_one()


@ONLY_SQLITE
def test_the_second_says_who_works_and_since_when(command, sandbox, database_url):
    """Another process holds the route: exit 0, nothing sent, and the process, its host and the time are named."""
    first, second = command("first"), command("second")
    pause = Pause(sandbox, "/plan-details")
    before = datetime.now(UTC).replace(microsecond=0)
    first.start()
    assert pause.reached.wait(30)
    code, route = second.run()
    assert (code, route["status"], route["leads_known"]) == (0, "busy", LEADS)
    assert f"Process {first.process.pid} on {socket.gethostname()}" in route["error"]
    since = datetime.strptime(route["error"].partition("since ")[2], "%Y-%m-%d %H:%M:%S UTC.").replace(tzinfo=UTC)
    assert before <= since <= datetime.now(UTC)
    pause.released.set()
    code, route = first.finish()
    assert (code, route["states"]["delivered"]) == (0, LEADS)
    assert sandbox.posts() == 1


@ONLY_POSTGRES
def test_a_dead_holder_of_this_host_is_replaced_at_once(command, sandbox, database_url):
    """Its process is gone, so its lease is not waited for, though it has most of its time before it."""
    first, second = command("first"), command("second")
    pause = Pause(sandbox, "/plan-details")
    first.start()
    assert pause.reached.wait(30)
    first.signal(signal.SIGKILL)
    first.process.communicate()
    pause.released.set()
    epoch = epoch_of(database_url)
    code, route = second.run()
    assert (code, route["states"]["delivered"]) == (0, LEADS)
    assert epoch_of(database_url) == epoch + 1


def test_a_holder_elsewhere_is_waited_for(database_url):
    """No one here can see whether a process of another host still lives: only the end of its lease counts."""
    operator = Operator(database_url, good_world("First", leads=3))
    with ledger_of(database_url) as db:
        elsewhere = Holder("db2.example/boot/pid:[1]", 4711, "1")
        with db.write() as connection:
            connection.execute(sa.text("INSERT INTO route (name) VALUES ('fitness')"))
        leases.acquire(db, 1, elsewhere)
    report = operator.sync_one()
    assert (report.status, operator.calls("")) == ("busy", 0)
    assert "Process 4711 on db2.example has been working on this route since" in report.error
    shift_lease(database_url, leases.LEASE_SECONDS + 1)
    assert operator.sync_one().tally.states["delivered"] == 3


def _machines_can_be_made():
    probe = ["unshare", "--pid", "--fork", "--mount-proc", "true"]
    try:
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@ONLY_POSTGRES
@pytest.mark.skipif(not _machines_can_be_made(), reason="needs the right to make a process namespace")
def test_two_machines_on_one_postgres(command, sandbox, database_url):
    """Two process namespaces cannot see each other's numbers: a dead holder is believed until its time is up."""
    one, two = command("one", prefix=("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")), command("two")
    pause = Pause(sandbox, "/plan-details")
    one.start()
    assert pause.reached.wait(30)
    one.signal(signal.SIGKILL)
    one.process.communicate()
    pause.released.set()
    assert two.run()[1]["status"] == "busy"
    shift_lease(database_url, leases.LEASE_SECONDS + 1)
    assert two.run()[1]["states"]["delivered"] == LEADS
    assert sandbox.posts() == 1


def test_two_routes_pushed_at_once_never_meet_in_a_person(command, sandbox, database_url):
    """Both read the same people and claim at the same moment: each person goes to one target, and none is left out."""
    # The first claims of a ledger take turns over the names of its scopes: let that be behind them.
    command("before", config=TWO_ROUTES).run()
    add_crowd(sandbox)
    together = threading.Barrier(2)

    def wait_for_each_other(request):
        if request.path.endswith("/plan-details"):
            together.wait(30)

    sandbox.before = wait_for_each_other
    both = [command(name, config=TWO_ROUTES).start(name) for name in ("one", "two")]
    routes = [one.finish()[1] for one in both]
    everyone = LEADS + CROWD
    report = sandbox.report()
    assert report["created_twice_in_workspace"] == {}
    assert report["created"] == everyone
    assert sum(route["states"]["delivered"] for route in routes) == everyone
    assert states_of(database_url) == {"delivered": everyone, "held": everyone}
    assert {reason for route in routes for reason in route["reasons"]} == {"created", "duplicate_of"}


def add_crowd(sandbox):
    campaign = sandbox.world.scravio.campaign("First")
    for number in range(CROWD):
        campaign.add_lead(email=f"person{number}@site{number}.example")
    campaign.touch(datetime.now(UTC))
