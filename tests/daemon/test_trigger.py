"""`leadbridge trigger` as the person who types it sees it; the daemon is a row in the ledger."""

import json

import pytest
from typer.testing import CliRunner

from bridge import ledger
from bridge.cli import app
from bridge.cli.running import trigger
from bridge.ledger import Database
from bridge.ledger.core.holders import Holder
from bridge.ledger.hosts import heartbeats, ticks
from bridge.ledger.hosts.ticks import Due
from tests.daemon.test_process import HOURLY, configuration

DAEMON = Holder("db2.example/b/p", 4711, "1")


@pytest.fixture
def typed(tmp_path, monkeypatch, database_url):
    (tmp_path / "bridge.toml").write_text(configuration(HOURLY, port=8787))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIDGE_DATABASE_URL", database_url)
    monkeypatch.setattr(trigger, "WAIT_SECONDS", 0.3)
    return lambda *words: CliRunner().invoke(app, ["trigger", *words])


def test_it_says_when_no_one_listens(typed, db):
    """No daemon: exit 1 and how to start one, and nothing is left behind that would run later; 2 for a wrong name."""
    heartbeats.leave(db, heartbeats.register(db, DAEMON, []))
    result = typed("fitness")
    assert result.exit_code == 1
    assert "leadbridge run" in " ".join(result.stderr.split())
    assert ticks.of_route(db, ledger.route_number(db, "fitness")) == []
    assert typed("fitnes").exit_code == 2


def test_a_wish_that_no_daemon_takes_is_taken_back(typed, db):
    """The daemons lack the route: exit 1, how to run it here, and nothing runs later by surprise."""
    heartbeats.register(db, DAEMON, [])
    result = typed("fitness")
    assert result.exit_code == 1
    assert "leadbridge sync fitness" in " ".join(result.stderr.split())
    assert ticks.of_route(db, ledger.route_number(db, "fitness")) == []


def test_a_route_under_way_is_wished_for_and_runs_again(typed, db):
    """The wish stays, and anyone who runs the route now is named."""
    host = heartbeats.register(db, DAEMON, [])
    route = ledger.route_number(db, "fitness")
    ticks.announce(db, [Due(route, 1000, 1000)])
    ticks.take(db, route, host)
    result = typed("fitness", "--json")
    reported = json.loads(result.stdout)
    assert (result.exit_code, reported["status"], reported["host"]) == (0, "waiting", "process 4711 on db2.example")
    assert len(ticks.of_route(db, route)) == 2


def test_a_daemon_that_begins_is_named(typed, db, monkeypatch, database_url):
    """It has taken the wish before the second look."""
    host = heartbeats.register(db, DAEMON, [])
    route = ledger.route_number(db, "fitness")

    def sleep(_seconds):
        other = Database(database_url)
        ticks.take(other, route, host)
        other.close()

    monkeypatch.setattr(trigger.time, "sleep", sleep)
    result = typed("fitness")
    assert result.exit_code == 0
    assert "started by process 4711 on db2.example" in " ".join(result.stdout.split())
