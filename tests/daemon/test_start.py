"""What keeps the daemon from starting, and what it takes up when it does."""

import threading
import time
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bridge import ledger
from bridge.config import Settings
from bridge.daemon import service
from bridge.daemon.event_bus import EventBus
from bridge.daemon.events import Listener
from bridge.daemon.service import Service, serve
from bridge.daemon.signals import LOAD, STOP
from bridge.errors import ConfigProblem, Unavailable
from bridge.ledger.core.holders import Holder
from bridge.ledger.hosts import heartbeats, ticks
from bridge.ledger.revision import HEAD
from tests.daemon.test_process import HOURLY, configuration, tick_rows
from tests.harness import KEYS
from tests.reliability.processes import ledger_of

PATIENCE = 20


def settings(folder, database_url, *routes, port=8787):
    (folder / "bridge.toml").write_text(configuration(*routes, port=port))
    return Settings(
        vendors=KEYS,
        database_url=database_url,
        folder=folder,
    )


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("", "no route has a schedule"),
        ('cron = "0 0 30 2 *"', "never fires"),
        ('cron = "0 3 * * *"\ntimezone = "Europe/Berln"', 'did you mean "Europe/Berlin"'),
        ('every = "1m"\njitter = "2m"', "is longer than every"),
        ('jitter = "2m"', "is set without every or cron"),
    ],
)
def test_a_file_it_could_do_nothing_with_is_refused(tmp_path, schedule, said):
    """One clear sentence, before anything is begun or made."""
    url = f"sqlite:///{tmp_path}/bridge.db"
    with pytest.raises(ConfigProblem, match=said):
        serve(settings(tmp_path, url, ("fitness", schedule)), listeners=[])
    assert not (tmp_path / "bridge.db").exists()


def test_a_missing_key_is_reported_before_anything_is_begun(tmp_path):
    """Not by the first run, an hour later."""
    settings(tmp_path, "", HOURLY)
    with pytest.raises(ConfigProblem, match="SCRAVIO_API_KEY"):
        serve(Settings(folder=tmp_path, database_url=f"sqlite:///{tmp_path}/bridge.db"), listeners=[])


def test_a_part_that_cannot_be_opened_ends_the_start(tmp_path):
    """A port in use, for one: nothing has run, and what was opened before is closed again."""
    closed = []

    class Fine(Listener):
        def close(self):
            closed.append(self)

    class Taken(Listener):
        def open(self, daemon):
            raise ConfigProblem("The port is in use.")

    url = f"sqlite:///{tmp_path}/bridge.db"
    with pytest.raises(ConfigProblem, match="in use"):
        serve(settings(tmp_path, url, HOURLY), listeners=[Fine(), Taken(), Fine()])
    assert len(closed) == 1
    assert not (tmp_path / "bridge.db").exists()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_database_that_is_behind_is_refused_with_the_command(tmp_path, database_url):
    """On PostgreSQL the operator decides when to migrate."""
    with ledger_of(database_url) as db:
        with db.write() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
        try:
            with pytest.raises(ConfigProblem) as refused:
                serve(settings(tmp_path, database_url, HOURLY), listeners=[])
        finally:
            with db.write() as connection:
                connection.execute(
                    sa.text("UPDATE alembic_version SET version_num = :v"), {"v": ledger.upkeep.migrate.HEAD}
                )
    assert "leadbridge db upgrade" in refused.value.hint


def test_a_volume_that_cannot_be_written_is_refused(tmp_path):
    """A folder in the file's place is as good as a read-only volume: one sentence."""
    (tmp_path / "ledger.db").mkdir()
    with pytest.raises(ConfigProblem, match="cannot be"):
        serve(settings(tmp_path, f"sqlite:///{tmp_path}/ledger.db", HOURLY), listeners=[])


class Reported(Listener):
    """Lets a test wait for the daemon's words."""

    def __init__(self):
        self.ran, self.reloads, self.refused = SimpleQueue(), SimpleQueue(), SimpleQueue()

    def route_ran(self, event):
        self.ran.put(event)

    def reloaded(self, event):
        self.reloads.put(event.configuration)

    def reload_refused(self, event):
        self.refused.put(event.message)


class Life:
    """A daemon in a thread of this process; `inbox` stands for the signals."""

    def __init__(self, operator, folder, *routes):
        self.operator, self.folder = operator, folder
        self.inbox, self.reported = SimpleQueue(), Reported()
        self.code = None
        self.configure(*routes)
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()
        assert self._begun.wait(PATIENCE)

    def configure(self, *routes):
        self.settings = settings(self.folder, self.operator.database_url, *routes)

    def _live(self):
        with self.operator.app(settings=self.settings) as app:
            app.configuration = service.read(self.settings)
            self.service = Service(app, self.inbox, EventBus([self.reported]), lambda: self.settings)
            self._begun.set()
            try:
                self.code = self.service.run()
            except ConfigProblem as problem:
                self.code = problem

    def end(self):
        self.inbox.put(STOP)
        self._thread.join(PATIENCE)
        assert self.code == 0


@pytest.fixture
def live(make_operator, tmp_path):
    lives = []

    def begin(*routes, operator=None):
        lives.append(Life(operator or make_operator(), tmp_path, *routes))
        return lives[-1]

    yield begin
    for one in lives:
        if one.code is None:
            one.end()


def test_a_daemon_that_stops_at_once_waits_for_its_look_at_the_targets(live, make_operator):
    """The look uses clients that are closed next: it has ended by then, and says nothing of a daemon that is over."""
    operator, looking, go = make_operator(), threading.Event(), threading.Event()

    def held_up(_request):
        if threading.current_thread().name == "targets":
            looking.set()
            go.wait(PATIENCE)
        return False

    operator.sandbox.faults.add("status", when=held_up)
    with capture_logs() as logs:
        life = live(("fitness", 'cron = "0 3 1 1 *"'), operator=operator)
        assert looking.wait(PATIENCE)
        threading.Timer(0.3, go.set).start()
        life.end()
    assert "targets" not in [thread.name for thread in threading.enumerate()]
    assert [one["event"] for one in logs if one["log_level"] in ("warning", "error")] == []


def dues(life):
    return [row.due_at for row in tick_rows(life.operator.database_url)]


def test_every_start_begins_again_where_no_daemon_is(live):
    """`every` runs at start; the next start, with no one else there, runs at once again."""
    first = live(HOURLY)
    assert first.reported.ran.get(timeout=PATIENCE).status == "ok"
    first.end()
    second = live(HOURLY, operator=first.operator)
    assert second.reported.ran.get(timeout=PATIENCE).status == "ok"
    (one, two) = dues(second)
    (coming,) = second.service.next_ticks().values()
    assert abs(coming.timestamp() * 1000 - two - 3_600_000) < 1
    assert two > one


def test_beside_another_daemon_its_schedule_is_joined(live, make_operator):
    """No extra tick at start: the other host has run it, and both name the same next one."""
    operator = make_operator()
    first = live(HOURLY, operator=operator)
    first.reported.ran.get(timeout=PATIENCE)
    (anchor,) = dues(first)
    with ledger_of(operator.database_url) as db:
        with db.write() as connection:
            connection.execute(sa.text("DELETE FROM host"))
        heartbeats.register(db, Holder("db2.example/b/p", 4711, "1"), [])
        second = live(HOURLY, operator=operator)
        end = time.monotonic() + PATIENCE
        while not (coming := second.service.next_ticks()):
            assert time.monotonic() < end
            time.sleep(0.02)
        assert dues(second) == [anchor]
        assert coming == first.service.next_ticks()
        # Without this the first would take itself for unknown, and register again, which is fine too.
        heartbeats.leave(db, 1)


def test_a_cron_tick_that_fell_while_no_daemon_was_there_is_made_up_for(live):
    """A deployment at three o'clock must not cost the day's run; made up for once."""
    first = live(("night", 'cron = "0 3 * * *"'))
    end = time.monotonic() + PATIENCE
    while not first.service.next_ticks():
        assert time.monotonic() < end
        time.sleep(0.02)
    first.end()
    assert dues(first) == []
    with ledger_of(first.operator.database_url) as db, db.write() as connection:
        connection.execute(sa.text("UPDATE timetable SET anchor_at = anchor_at - 86400000"))
    second = live(("night", 'cron = "0 3 * * *"'), operator=first.operator)
    assert second.reported.ran.get(timeout=PATIENCE).due_at.hour == 3
    second.end()
    third = live(("night", 'cron = "0 3 * * *"'), operator=first.operator)
    while not third.service.next_ticks():
        time.sleep(0.02)
    third.end()
    assert len(dues(third)) == 1


def test_a_clock_set_back_stops_no_route(live, monkeypatch):
    """The next tick is an hour away at most, and what ran by the later clock may run again."""
    monkeypatch.setattr("bridge.daemon.service.LOOK_SECONDS", 0.05)
    life = live(HOURLY)
    life.reported.ran.get(timeout=PATIENCE)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with ledger_of(life.operator.database_url) as db:
        number = ledger.route_number(db, "fitness")
        ahead = int(tomorrow.timestamp() * 1000)
        ticks.announce(db, [ticks.Due(number, ahead, ahead)])
        with db.write() as connection:
            connection.execute(sa.text("UPDATE tick SET ended_at = :at WHERE due_at = :at"), {"at": ahead})
        # As a daemon whose host showed tomorrow until now.
        life.service._scheduler._jobs.modify_job("fitness", next_run_time=tomorrow)
        life.service._scheduler._latest = tomorrow
        end = time.monotonic() + PATIENCE
        while ahead in dues(life) or life.service._set_back:
            assert time.monotonic() < end
            time.sleep(0.02)
    (coming,) = life.service.next_ticks().values()
    assert datetime.now(UTC) <= coming <= datetime.now(UTC) + timedelta(hours=1)


def test_a_key_of_another_workspace_is_reported_at_the_start(live):
    """Not by the first run, which may be a night away; nothing is sent by then."""
    night = ("night", 'cron = "0 3 1 1 *"')
    first = live(night)
    first.end()
    first.operator.sync(first.service.configuration.routes[0])
    first.operator.sandbox.world.instantly.id = "0190aaaa-0000-7000-8000-00000000beef"
    first.operator.forget_calls()
    with capture_logs() as lines:
        second, end = live(night, operator=first.operator), time.monotonic() + PATIENCE
        while not any(line["event"] == "target" for line in lines):
            assert time.monotonic() < end
            time.sleep(0.02)
        second.end()
    (reported,) = [line for line in lines if line["event"] == "target"]
    assert (reported["route"], reported["log_level"]) == ("night", "error")
    assert "another workspace" in reported["error"]
    assert first.operator.calls("POST", "leads/add") == 0


def test_a_reload_swaps_routes_and_a_bad_file_keeps_the_old_ones(live):
    """A new route runs at once, a removed one no more, an unchanged one keeps its time."""
    life = live(HOURLY, ("old", 'every = "2h"'))
    for _ in range(2):
        life.reported.ran.get(timeout=PATIENCE)
    before = life.service.next_ticks()
    life.configure(("fitness", 'every = "soon"'))
    life.inbox.put(LOAD)
    assert "is not a duration" in life.reported.refused.get(timeout=PATIENCE)
    assert life.service.next_ticks() == before
    life.configure(HOURLY, ("new", 'every = "3h"'))
    life.inbox.put(LOAD)
    assert [route.name for route in life.reported.reloads.get(timeout=PATIENCE).routes] == ["fitness", "new"]
    assert life.reported.ran.get(timeout=PATIENCE).route.name == "new"
    after = life.service.next_ticks()
    assert set(after) == {"fitness", "new"}
    assert after["fitness"] == before["fitness"]


def test_a_route_taken_out_while_the_database_is_away_runs_no_more(live, monkeypatch):
    """The new file is in force at once, not only when every route could be looked up again."""
    life = live(HOURLY, ("old", 'every = "2h"'))
    for _ in range(2):
        life.reported.ran.get(timeout=PATIENCE)

    number_of = ledger.route_number

    def away(*given):
        if threading.current_thread() is life._thread:
            raise Unavailable("The database does not answer.", vendor="ledger")
        return number_of(*given)

    monkeypatch.setattr(service.ledger, "route_number", away)
    life.configure(HOURLY)
    life.inbox.put(LOAD)
    life.reported.reloads.get(timeout=PATIENCE)
    with ledger_of(life.operator.database_url) as db:
        for name in ("old", "fitness"):
            ticks.wish(db, ledger.route_names(db)[name])
    assert life.reported.ran.get(timeout=PATIENCE).route.name == "fitness"
    with pytest.raises(Empty):
        life.reported.ran.get(timeout=1.5)


def test_a_daemon_ends_where_a_later_version_has_migrated_the_ledger(live, monkeypatch):
    """It must not take ticks from the later one: it stops on its own, and says why (exit code 2)."""
    monkeypatch.setattr(heartbeats, "BEAT_SECONDS", 0.05)
    life = live(HOURLY)
    life.reported.ran.get(timeout=PATIENCE)
    with ledger_of(life.operator.database_url) as database:
        for revision in ("9999", HEAD):
            with database.write() as connection:
                connection.execute(sa.text("UPDATE alembic_version SET version_num = :v"), {"v": revision})
            if revision == "9999":
                life._thread.join(PATIENCE)
    assert isinstance(life.code, ConfigProblem)
    assert "revision 9999" in life.code.message
