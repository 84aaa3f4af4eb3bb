"""Ticks become runs: side by side, each accounted for, none lost with the host that had it."""

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.daemon.dispatcher import Dispatcher
from bridge.daemon.event_bus import EventBus
from bridge.daemon.events import Listener
from bridge.daemon.heartbeat import Heartbeat
from bridge.errors import Unavailable
from bridge.ledger.core.holders import Holder
from bridge.ledger.core.leases import acquire
from bridge.ledger.hosts import ticks
from bridge.ledger.hosts.ticks import Due
from bridge.ledger.troubles import LEDGER
from bridge.sync import Report
from tests.harness import route

PATIENCE = 20


class Diary(Listener):
    """Remembers what it hears, and lets a test wait for it."""

    def __init__(self):
        self.ran = []
        self.heard = threading.Condition()
        self.db = []

    def route_ran(self, event):
        with self.heard:
            self.ran.append(event)
            self.heard.notify_all()

    def ledger_away(self, event):
        self.db.append("away")

    def ledger_back(self):
        self.db.append("back")

    def wait(self, count):
        with self.heard:
            assert self.heard.wait_for(lambda: len(self.ran) >= count, PATIENCE), self.ran
            return self.ran


class Broken(Listener):
    """Fails at every word."""

    def route_ran(self, event):
        raise RuntimeError("broken part")


class Bench:
    """A desk of one app, with what it needs; `numbers` are the routes' in the ledger."""

    def __init__(self, app, diary):
        self.app = app
        self.bus = EventBus([Broken(), diary])
        self.bus.open(None)
        self.heartbeat = Heartbeat(app, self.bus)
        self.dispatcher = Dispatcher(app, self.bus, lambda: self.heartbeat.host_no)
        self.numbers = {}

    def start(self):
        self.app.db  # noqa: B018 - opened before the threads ask for it
        for part in self.app.parts:
            for vendor in part.need_vendors():
                part.client(vendor)
        self.heartbeat.start()
        routes = self.app.configuration.routes
        self.numbers = {one.name: ledger.route_number(self.app.db, one.name) for one in routes}
        self.dispatcher.follow({self.numbers[one.name]: one for one in routes})
        self.dispatcher.start()

    def put(self, *names, due=1000):
        for name in names:
            self.dispatcher.put(Due(self.numbers[name], due, due))

    def close(self, seconds=PATIENCE):
        self.app.stop.set()
        left = self.dispatcher.close(time.monotonic() + seconds)
        self.heartbeat.close()
        return left


@pytest.fixture
def diary():
    return Diary()


@contextmanager
def bench(operator, diary, *routes):
    with operator.app(*routes) as app:
        made = Bench(app, diary)
        made.start()
        try:
            yield made
        finally:
            assert made.close() == []


def statuses(operator):
    db = ledger.Database(operator.database_url)
    with db.read() as connection:
        found = [tuple(row) for row in connection.execute(sa.text("SELECT status, tries FROM tick ORDER BY due_at"))]
    db.close()
    return found


def test_a_tick_becomes_one_run_and_is_reported(make_operator, diary):
    """The run's report comes with the instant it was due; a listener that fails keeps no one from hearing."""
    operator = make_operator()
    with bench(operator, diary, route()) as at:
        at.put("fitness")
        (event,) = diary.wait(1)
    assert (event.route.name, event.status, event.report.tally.states["delivered"]) == ("fitness", "ok", 10)
    assert event.due_at.timestamp() == 1
    assert statuses(operator) == [("ok", 1)]
    operator.assert_promises()


def test_one_routes_trouble_stops_no_other(make_operator, diary, monkeypatch):
    """A bug in one run is reported with its kind, without its words; its tick is ended; the other route delivers."""
    operator = make_operator()
    with bench(operator, diary, route("bad"), route("good")) as at:
        run = at.app.run
        broken = ValueError("somebody@example.com")

        def run_or_fail(self, one, catalogue):
            if one.name == "bad":
                raise broken
            return run(one, catalogue)

        monkeypatch.setattr(type(at.app), "run", run_or_fail)
        at.put("bad", "good")
        reported = {event.route.name: event for event in diary.wait(2)}
    assert (reported["bad"].status, reported["good"].status) == ("failed", "ok")
    assert "ValueError" in reported["bad"].crashed
    assert "somebody" not in reported["bad"].crashed
    assert sorted(statuses(operator)) == [("failed", 1), ("ok", 1)]


def test_a_system_without_a_thread_to_spare_puts_a_run_off(make_operator, diary, monkeypatch):
    """The tick is handed back and taken again; the route is not at work for ever, and the desk can be closed."""
    operator = make_operator()
    start, refused = threading.Thread.start, []

    def start_or_fail(self):
        if self.name.startswith("route ") and not refused:
            refused.append(self.name)
            raise RuntimeError("can't start new thread")
        start(self)

    monkeypatch.setattr("bridge.daemon.dispatcher.AGAIN_SECONDS", 0.1)
    monkeypatch.setattr(threading.Thread, "start", start_or_fail)
    with bench(operator, diary, route()) as at:
        at.put("fitness")
        (event,) = diary.wait(1)
    assert (refused, event.status) == (["route fitness"], "ok")
    assert statuses(operator) == [("ok", 2)]


def test_a_client_with_endless_runs_takes_no_other_clients_places(make_operator, diary, monkeypatch):
    """Six runs without an end fill the four places; two of another client begin beside them, and do not queue."""
    monkeypatch.setattr("bridge.daemon.dispatcher.SIDE_BY_SIDE", 4)
    endless = [replace(route(f"acme/{number}"), client="acme") for number in range(6)]
    others = [replace(route(f"beta/{number}"), client="beta") for number in range(2)]
    operator, over, together = make_operator(), threading.Event(), threading.Barrier(2)
    filled = threading.Semaphore(0)

    def run(_self, one, _catalogue):
        if one.client == "beta":
            together.wait(PATIENCE)  # both at once: each has a place of its own
        else:
            filled.release()
            over.wait(PATIENCE)
        return Report(one.name, 1, "ok")

    with bench(operator, diary, *endless, *others) as at:
        monkeypatch.setattr(type(at.app), "run", run)
        at.put(*(one.name for one in endless))
        for _ in range(4):
            assert filled.acquire(timeout=PATIENCE)
        at.put(*(one.name for one in others), due=2000)
        assert {event.route.client for event in diary.wait(2)} == {"beta"}
        assert len(at.dispatcher.running()) == 4
        over.set()
        diary.wait(8)


def test_routes_run_side_by_side(make_operator, diary, monkeypatch):
    """Five routes wait for one another and all get through: each has a thread of its own."""
    operator = make_operator()
    names = [f"r{number}" for number in range(5)]
    together = threading.Barrier(len(names))
    with bench(operator, diary, *(route(name) for name in names)) as at:
        run = at.app.run

        def run_together(self, one, catalogue):
            together.wait(PATIENCE)
            return run(one, catalogue)

        monkeypatch.setattr(type(at.app), "run", run_together)
        at.put(*names)
        assert {event.status for event in diary.wait(5)} == {"ok"}
    operator.assert_promises()


def test_a_route_that_another_process_holds_is_waited_for(make_operator, diary, monkeypatch):
    """A one-shot `sync` works on it: the tick stays open, no one hears of a run, and it is run afterwards."""
    monkeypatch.setattr("bridge.daemon.dispatcher.BUSY_SECONDS", 0.1)
    operator = make_operator()
    with bench(operator, diary, route()) as at:
        number = at.numbers["fitness"]
        epoch = acquire(at.app.db, number, Holder("db2.example/b/p", 4711, "1"))
        at.put("fitness")
        end = time.monotonic() + PATIENCE
        while not (ticks.of_route(at.app.db, number) and ticks.of_route(at.app.db, number)[0].tries):
            assert time.monotonic() < end
            time.sleep(0.02)
        assert diary.ran == []
        ledger.core.leases.release(at.app.db, number, epoch)
        (event,) = diary.wait(1)
    assert event.status == "ok"
    assert [status for status, _ in statuses(operator)] == ["ok"]


def test_a_run_that_the_hosts_end_cut_short_is_run_by_the_next(make_operator, diary):
    """Asked to stop in the middle, the host hands the tick back, and anyone who comes next reads the rest."""
    operator = make_operator("First", "Second", leads=250)
    with bench(operator, diary, route()) as at:
        read = threading.Event()
        at.app.watch.read = lambda leads: (read.set(), at.app.stop.set())
        at.put("fitness")
        assert read.wait(PATIENCE)
    assert statuses(operator) == [("", 1)]
    with bench(operator, diary, route()):
        (_, event) = diary.wait(2)
    assert event.report.tally.states["delivered"] == 500
    assert statuses(operator) == [("ok", 2)]
    operator.assert_promises()


def test_a_tick_that_falls_due_while_another_is_written_down_is_kept(make_operator, diary, monkeypatch):
    """The later one has come in between: it is written down in the next round, not thrown away with the first."""
    operator = make_operator()
    announce, came = ticks.announce, []
    with bench(operator, diary, route()) as at:

        def announce_slowly(database, due):
            announce(database, due)
            if due and not came:
                came.append(True)
                at.put("fitness", due=2000)

        monkeypatch.setattr(ticks, "announce", announce_slowly)
        at.put("fitness", due=1000)
        diary.wait(2)
    assert statuses(operator) == [("ok", 1), ("ok", 1)]


def test_a_look_begins_in_time_however_long_the_last_one_took(make_operator, diary, monkeypatch):
    """From begin to begin there are `LOOK_SECONDS`: a tick waits for one look at most, and a slow one is not added."""
    now, pauses, lasting = [0.0], [], iter((0.2, 0.7, 2.0))
    announce = ticks.announce

    class Wake(threading.Event):
        def wait(self, timeout=None):
            pauses.append(round(timeout, 3))
            now[0] += timeout
            return super().wait(0.001)

    def slowly(database, due):
        now[0] += next(lasting, 0.0)
        announce(database, due)

    monkeypatch.setattr(ticks, "announce", slowly)
    monkeypatch.setattr("bridge.daemon.dispatcher.time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr("bridge.daemon.dispatcher.Event", Wake)
    with bench(make_operator(), diary, route()):
        end = time.monotonic() + PATIENCE
        while len(pauses) < 4:
            assert time.monotonic() < end
            time.sleep(0.001)
    assert pauses[:4] == [0.55, 0.05, 0.05, 0.75]


def test_a_database_that_goes_away_loses_no_tick(make_operator, diary, monkeypatch):
    """What falls due meanwhile is written down when it is back, what ran is run again; said once each way."""
    monkeypatch.setattr("bridge.daemon.dispatcher.AWAY_SECONDS", 0.05)
    operator = make_operator()
    away = threading.Event()
    with bench(operator, diary, route()) as at:
        write = type(at.app.db).write

        def write_or_fail(self, **options):
            if away.is_set():
                raise Unavailable("The database does not answer.", vendor=LEDGER)
            return write(self, **options)

        monkeypatch.setattr(type(at.app.db), "write", write_or_fail)
        away.set()
        at.put("fitness", due=1000)
        at.put("fitness", due=2000)
        end = time.monotonic() + PATIENCE
        while diary.db != ["away"]:
            assert time.monotonic() < end
            time.sleep(0.01)
        time.sleep(0.3)
        away.clear()
        (event,) = diary.wait(1)
    assert event.status == "ok"
    assert diary.db == ["away", "back"]
    assert statuses(operator) == [("ok", 1)]


@pytest.mark.parametrize("raised", [True, False])
def test_a_run_that_the_database_broke_off_is_run_again(make_operator, diary, monkeypatch, raised):
    """Whether it said so in its report or could not even report: the same tick runs again after a while."""
    monkeypatch.setattr("bridge.daemon.dispatcher.AGAIN_SECONDS", 0.0)
    operator = make_operator()
    with bench(operator, diary, route()) as at:
        run, calls = at.app.run, []

        def run_after_all(self, one, catalogue):
            calls.append(one)
            if len(calls) > 1:
                return run(one, catalogue)
            if raised:
                raise Unavailable("The database does not answer.", vendor=LEDGER)
            return Report(one.name, "failed", ledger.tally(self.db, at.numbers[one.name]), ledger_away=True)

        monkeypatch.setattr(type(at.app), "run", run_after_all)
        at.put("fitness")
        assert diary.wait(1 if raised else 2)[-1].status == "ok"
    assert statuses(operator) == [("ok", 2)]


def test_a_removed_route_is_not_begun(make_operator, diary):
    """Its open tick is no one's; the routes that are left go on."""
    operator = make_operator()
    with bench(operator, diary, route("old"), route("new")) as at:
        at.dispatcher.follow({at.numbers["new"]: at.app.configuration.routes[1]})
        at.put("old", "new")
        (event,) = diary.wait(1)
        assert event.route.name == "new"
        assert [tick.tries for tick in ticks.of_route(at.app.db, at.numbers["old"])] == [0]
