"""The dead man's switch: when it is called, and when it is left to fall silent."""

import shutil
import threading
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from bridge.config.settings import Secret
from bridge.daemon.ping import Ping, all_well
from bridge.daemon.webhooks import Webhook
from bridge.model import Schedule
from bridge.sandbox.faults import Rule
from tests.daemon.parts import StandIn, ended, scheduled
from tests.harness import START, Operator, good_world, route


@pytest.fixture
def database_url(sqlite_template, tmp_path):
    """SQLite only: what these pages ask of either database is held in tests/ledger/test_heartbeats.py."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'bridge.db')}"


@pytest.fixture
def operator(database_url):
    return Operator(database_url, good_world("Fitness creators"))


@pytest.fixture
def make_ping(db, operator):
    """Whether a look of a ping calls, and its calls; by the ledger's clock, since this host's is far off."""
    db.clock = operator.clock.now

    def make(*routes, status=200):
        calls = []

        def answer(request):
            calls.append(str(request.url))
            return httpx.Response(status)

        webhook = Webhook("ping", Secret("https://ping.example/uuid"), httpx.MockTransport(answer))
        ping = Ping(webhook, pause=0)
        ping._daemon = StandIn(db, routes)

        def called():
            before = len(calls)
            ping.look()
            return len(calls) > before

        return called, calls

    return make


def test_it_is_called_while_every_route_succeeds(make_ping, operator):
    """Not before each has run once, and not when one of them is overdue."""
    one, two = scheduled("one"), scheduled("two", Schedule(every=timedelta(hours=1)))
    called, calls = make_ping(one, two)
    operator.sync(one)
    assert not called()
    operator.sync(two)
    assert called()
    assert calls == ["https://ping.example/uuid"]
    operator.clock.forward(minutes=17)
    assert not called()
    operator.sync(one)
    assert called()


@pytest.mark.parametrize(
    "fault",
    [Rule("status", "instantly", code=401), Rule("connect", "scravio"), Rule("cut", "instantly", path="*/leads/add")],
)
@pytest.mark.usefixtures("quick_retries")
def test_a_route_in_trouble_silences_it(make_ping, operator, fault):
    """Blocked, failed, or an answer lost: no call until a run meets no error again. Silence is the message."""
    one = scheduled("one")
    called, calls = make_ping(one)
    operator.sandbox.faults.put(fault)
    operator.sync(one)
    operator.clock.forward(minutes=5)
    assert not called()
    operator.sandbox.faults.clear()
    operator.sync(one)
    assert called()
    assert len(calls) == 1


def test_a_route_without_a_schedule_is_not_waited_for(make_ping, operator):
    """No one promised when it would run; and without any scheduled route there is nothing to vouch for."""
    one = scheduled("one")
    called, calls = make_ping(one, route("by hand"))
    operator.sync(one)
    assert called()
    assert not all_well([], {}, START)
    assert len(calls) == 1


def test_it_goes_out_in_a_thread_of_its_own(db, operator):
    """A switch that hangs holds up no route; many runs at once make one call."""
    called, release = threading.Event(), threading.Event()
    calls = []

    def hang(request):
        calls.append(request)
        called.set()
        release.wait(5)
        return httpx.Response(200)

    one = scheduled("one")
    operator.sync(one)
    db.clock = operator.clock.now
    ping = Ping(Webhook("ping", Secret("https://ping.example/x"), httpx.MockTransport(hang)))
    ping.open(StandIn(db, (one,)))
    ping.route_ran(ended(one, None))
    assert called.wait(5)
    for _ in range(50):
        ping.route_ran(ended(one, None))
    ping.close()
    release.set()
    assert len(calls) == 1


def test_the_switch_that_answers_badly_is_only_logged(make_ping, operator):
    """Its trouble is no trouble of a route."""
    one = scheduled("one")
    called, calls = make_ping(one, status=500)
    operator.sync(one)
    assert called()
    assert len(calls) == 1


def test_leads_that_failed_before_do_not_silence_it_for_ever(make_ping, operator, db):
    """A run that met no error succeeded, though it is partial as long as old leads wait for the operator."""
    one = scheduled("one")
    called, _ = make_ping(one)
    report = operator.sync_one(one)
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE run SET status = 'partial'")
    assert replace(report, status="partial").document()["error"] is None
    assert called()
