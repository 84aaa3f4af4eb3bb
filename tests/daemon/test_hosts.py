"""Heartbeats: who is alive, and among how many a key's budget is divided."""

import pytest
import sqlalchemy as sa

from bridge.config.vendor_tables.instantly import InstantlyTable
from bridge.config.vendors import INSTANTLY
from bridge.daemon.event_bus import EventBus
from bridge.daemon.heartbeat import Heartbeat
from bridge.ledger.core.holders import Holder, myself
from bridge.ledger.hosts import heartbeats
from tests.daemon.test_ticks import silence
from tests.harness import route

HERE = Holder("web1.example/b/p", 1, "1")
THERE = Holder("web2.example/b/p", 1, "1")


def test_a_budget_is_shared_by_those_who_live_and_use_its_key(db):
    """Silent hosts and other keys do not count; a host that left is forgotten at once."""
    one = heartbeats.register(db, HERE, ["instantly-a", "scravio-a"])
    two = heartbeats.register(db, THERE, ["instantly-a", "scravio-b"])
    assert heartbeats.beat(db, one) == {"instantly-a": 2, "scravio-a": 1}
    silence(db, two)
    assert heartbeats.beat(db, one) == {"instantly-a": 1, "scravio-a": 1}
    assert heartbeats.beat(db, two) == {"instantly-a": 2, "scravio-b": 1}
    heartbeats.leave(db, two)
    assert heartbeats.beat(db, one) == {"instantly-a": 1, "scravio-a": 1}
    assert [host.no for host in heartbeats.live_hosts(db)] == [one]


def test_a_heartbeat_of_the_future_keeps_no_one_alive(db):
    """The clock was set back since: a host that died would hold its ticks for a year, one that lives beats again."""
    one, two = (heartbeats.register(db, holder, ["key"]) for holder in (HERE, THERE))
    silence(db, two, -86_400)
    assert heartbeats.beat(db, one) == {"key": 1}
    assert heartbeats.beat(db, two) == {"key": 2}


def test_an_unknown_host_is_reported(db):
    """Its row was cleared away while it stood still for a day: it registers again."""
    assert heartbeats.beat(db, 4711) is None


def test_dead_processes_of_this_machine_are_cleared_away_by_the_next_start(db):
    """A crashed daemon leaves a row; anyone who starts here next removes it, and those of long ago."""
    heartbeats.register(db, Holder(myself().host, 2**22 + 1, "1"), ["key"])
    silence(db, heartbeats.register(db, THERE, ["key"]), 100_000)
    mine = heartbeats.register(db, myself(), ["key"])
    with db.read() as connection:
        left = connection.execute(sa.text("SELECT pid, host_no FROM host JOIN budget ON host_no = no")).all()
        budgets = connection.execute(sa.text("SELECT count(*) FROM budget")).scalar_one()
    assert [tuple(row) for row in left] == [(myself().pid, mine)]
    assert budgets == 1


FAST = {"instantly": InstantlyTable(requests_per_second=100, requests_per_minute=6000)}


def throttle_of(app):
    """The one throttle of Instantly's key."""
    return next(throttle for vendor, throttle in app.pool.throttles.values() if vendor is INSTANTLY)


def test_the_apps_pace_is_divided_and_no_key_is_stored(make_operator):
    """With three hosts a third of the requests is this one's; the budget's name is a hash."""
    operator = make_operator(paces=FAST)
    with operator.app(route()) as app:
        app.client(INSTANTLY)
        budgets = app.budgets()
        assert not any("sandbox" in name for name in budgets.values())
        throttle = throttle_of(app)
        app.pool.share({budgets["instantly"]: 3})
        assert (throttle.per_second, throttle.per_minute, throttle.at_once) == (pytest.approx(100 / 3), 2000, 1)
        app.pool.share({})
        assert (throttle.per_second, throttle.per_minute, throttle.at_once) == (100, 6000, 4)


def test_two_daemons_on_one_key_take_half_each_until_one_ends(make_operator):
    """Their heartbeats divide the pace, and a goodbye gives the whole back."""
    operator = make_operator(paces=FAST)
    with operator.app(route()) as one, operator.app(route()) as two:
        pulses = []
        for app in (one, two):
            app.client(INSTANTLY)
            pulses.append(Heartbeat(app, EventBus([])))
            pulses[-1].start()
        pulses[0]._beat()
        assert [throttle_of(app).per_minute for app in (one, two)] == [3000, 3000]
        pulses[1].close()
        pulses[0]._beat()
        assert throttle_of(one).per_minute == 6000
        pulses[0].close()
        assert heartbeats.live_hosts(one.db) == []


def test_a_host_that_was_silent_for_long_looks_at_its_schedules_again(make_operator):
    """Others took it for gone and may have begun the schedules again: it must mean the same ticks as they."""
    returned = []
    with make_operator().app(route()) as app:
        heartbeat = Heartbeat(app, EventBus([]), lambda: returned.append(True))
        heartbeat.start()
        heartbeat._beat()
        assert returned == []
        heartbeat._beat_at -= heartbeats.HOST_SECONDS + 1
        heartbeat._beat()
        heartbeat.close()
    assert returned == [True]
