"""Heartbeats: who is alive, and among how many a key's budget is divided."""

import pytest
import sqlalchemy as sa

from bridge.daemon.ears import Ears
from bridge.daemon.pulse import Pulse
from bridge.store import hosts
from bridge.store.holders import Holder, myself
from tests.daemon.test_ticks import silence
from tests.harness import route

HERE = Holder("web1.example/b/p", 1, "1")
THERE = Holder("web2.example/b/p", 1, "1")


def test_a_budget_is_shared_by_those_who_live_and_use_its_key(ledger):
    """Silent hosts and other keys do not count; a host that left is forgotten at once."""
    one = hosts.register(ledger, HERE, ["instantly-a", "scravio-a"])
    two = hosts.register(ledger, THERE, ["instantly-a", "scravio-b"])
    assert hosts.beat(ledger, one) == {"instantly-a": 2, "scravio-a": 1}
    silence(ledger, two)
    assert hosts.beat(ledger, one) == {"instantly-a": 1, "scravio-a": 1}
    assert hosts.beat(ledger, two) == {"instantly-a": 2, "scravio-b": 1}
    hosts.leave(ledger, two)
    assert hosts.beat(ledger, one) == {"instantly-a": 1, "scravio-a": 1}
    assert [host.no for host in hosts.live_hosts(ledger)] == [one]


def test_a_heartbeat_of_the_future_keeps_nobody_alive(ledger):
    """The clock was set back since: a host that died would hold its ticks for a year, one that lives beats again."""
    one, two = (hosts.register(ledger, holder, ["key"]) for holder in (HERE, THERE))
    silence(ledger, two, -86_400)
    assert hosts.beat(ledger, one) == {"key": 1}
    assert hosts.beat(ledger, two) == {"key": 2}


def test_a_host_nobody_knows_is_told_so(ledger):
    """Its row was cleared away while it stood still for a day: it registers anew."""
    assert hosts.beat(ledger, 4711) is None


def test_dead_processes_of_this_machine_are_cleared_away_by_the_next_start(ledger):
    """A crashed daemon leaves a row; whoever starts here next removes it, and those of long ago."""
    hosts.register(ledger, Holder(myself().host, 2**22 + 1, "1"), ["key"])
    silence(ledger, hosts.register(ledger, THERE, ["key"]), 100_000)
    mine = hosts.register(ledger, myself(), ["key"])
    with ledger.read() as connection:
        left = connection.execute(sa.text("SELECT pid, host_no FROM host JOIN budget ON host_no = no")).all()
        budgets = connection.execute(sa.text("SELECT count(*) FROM budget")).scalar_one()
    assert [tuple(row) for row in left] == [(myself().pid, mine)]
    assert budgets == 1


def test_the_apps_pace_is_divided_and_no_key_is_stored(make_operator):
    """With three hosts a third of the requests is this one's; the budget's name is a hash."""
    operator = make_operator()
    with operator.app(route()) as app:
        app.instantly()
        budgets = app.budgets()
        assert not any("sandbox" in name for name in budgets.values())
        throttle = app._throttles["instantly"]
        app.share({"instantly": 3})
        assert (throttle.per_second, throttle.per_minute, throttle.at_once) == (pytest.approx(100 / 3), 2000, 1)
        app.share({})
        assert (throttle.per_second, throttle.per_minute, throttle.at_once) == (100, 6000, 4)


def test_two_daemons_on_one_key_take_half_each_until_one_ends(make_operator):
    """Their heartbeats divide the pace, and a goodbye gives the whole back."""
    operator = make_operator()
    with operator.app(route()) as one, operator.app(route()) as two:
        pulses = []
        for app in (one, two):
            app.instantly()
            pulses.append(Pulse(app, Ears([])))
            pulses[-1].start()
        pulses[0]._beat()
        assert [app._throttles["instantly"].per_minute for app in (one, two)] == [3000, 3000]
        pulses[1].close()
        pulses[0]._beat()
        assert one._throttles["instantly"].per_minute == 6000
        pulses[0].close()
        assert hosts.live_hosts(one.ledger) == []


def test_a_host_that_was_silent_for_long_looks_at_its_schedules_again(make_operator):
    """Others took it for gone and may have begun the schedules anew: it must mean the same ticks as they."""
    returned = []
    with make_operator().app(route()) as app:
        pulse = Pulse(app, Ears([]), lambda: returned.append(True))
        pulse.start()
        pulse._beat()
        assert returned == []
        pulse._heard_at -= hosts.HOST_SECONDS + 1
        pulse._beat()
        pulse.close()
    assert returned == [True]
