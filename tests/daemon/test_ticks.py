"""Ticks in the ledger: announced by every host, taken by one, taken over when that one is gone."""

import random
import threading

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bridge import ledger
from bridge.ledger import Database
from bridge.ledger.core.holders import Holder
from bridge.ledger.hosts import heartbeats, ticks
from bridge.ledger.hosts.ticks import Due, OpenTick, takeable

ELSEWHERE = Holder("db2.example/boot/pid:[1]", 4711, "1")


@pytest.fixture
def route(db):
    return ledger.route_number(db, "fitness")


@pytest.fixture
def host(db):
    """Register a daemon on a machine of its own."""
    numbers = iter(range(1, 100))
    return lambda *keys: heartbeats.register(db, Holder(f"host{next(numbers)}.example/b/p", 1, "1"), keys)


def execute(db, text, **values):
    with db.write() as connection:
        return connection.execute(sa.text(text), values)


def silence(db, host_no, seconds=heartbeats.HOST_SECONDS + 1):
    """As if the host had not been heard of for so long."""
    execute(db, "UPDATE host SET seen_at = seen_at - :ms WHERE no = :no", ms=seconds * 1000, no=host_no)


def announce(db, route, *dues):
    ticks.announce(db, [Due(route, due, due) for due in dues])


def rows(db):
    with db.read() as connection:
        return connection.execute(sa.text("SELECT * FROM tick ORDER BY route_no, due_at")).all()


def test_an_instant_is_one_tick_however_often_it_is_announced(db, route, host):
    """Every host announces it; the second and the hundredth change nothing, also after it has ended."""
    one = host()
    announce(db, route, 1000)
    taken = ticks.take(db, route, one)
    announce(db, route, 1000)
    assert ticks.finish(db, taken, "ok")
    announce(db, route, 1000)
    (row,) = rows(db)
    assert (row.due_at, row.host_no, row.tries, row.status, row.ended_at > 0) == (1000, one, 1, "ok", True)


def test_a_run_that_was_given_up_cannot_end_the_next_one_of_the_same_host(db, route, host):
    """One taking is distinguished from another by its number: the host's own is not enough."""
    one = host()
    announce(db, route, 1000)
    first = ticks.take(db, route, one)
    assert ticks.hand_back(db, first)
    again = ticks.take(db, route, one)
    assert not ticks.finish(db, first, "failed")
    assert ticks.finish(db, again, "ok")
    assert [row.status for row in rows(db)] == ["ok"]


def test_many_hosts_at_once_and_one_takes_it(database_url, db, route, host):
    """Six hosts reach for each of six ticks in the same moment: each is taken exactly once."""
    numbers = [host() for _ in range(6)]
    doors = [Database(database_url) for _ in numbers]
    barrier = threading.Barrier(len(numbers))
    won = []

    def reach(door, number):
        for due in range(6):
            barrier.wait()
            announce(door, route, 1000 + due)
            taken = ticks.take(door, route, number)
            if taken is not None:
                won.append((due, number))
            barrier.wait()
            if taken is not None:
                ticks.finish(door, taken, "ok")

    threads = [threading.Thread(target=reach, args=pair) for pair in zip(doors, numbers, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for door in doors:
        door.close()
    assert sorted(due for due, _ in won) == list(range(6))
    assert [(row.tries, row.status) for row in rows(db)] == [(1, "ok")] * 6


def test_what_falls_due_while_the_route_runs_waits_and_one_run_serves_it_all(db, route, host):
    """No second host starts beside the first; afterwards one taking holds all that came meanwhile."""
    one, two = host(), host()
    announce(db, route, 1000)
    first = ticks.take(db, route, one)
    announce(db, route, 2000)
    announce(db, route, 3000)
    assert ticks.take(db, route, two) is None
    assert ticks.routes_due(db, two, set()) == []
    ticks.finish(db, first, "ok")
    assert ticks.routes_due(db, two, set()) == [route]
    second = ticks.take(db, route, two)
    assert (second.first_due, second.due_at) == (2000, 3000)
    assert ticks.finish(db, second, "ok")
    assert ticks.of_route(db, route) == []


def test_a_silent_hosts_tick_is_taken_over_and_the_silent_host_ends_nothing(db, route, host):
    """Its heartbeats are missing for longer than a lease: another runs the tick, and its own late word is void."""
    one, two = host(), host()
    announce(db, route, 1000)
    lost = ticks.take(db, route, one)
    silence(db, one, heartbeats.HOST_SECONDS - 2)
    assert ticks.take(db, route, two) is None
    silence(db, one, 3)
    taken = ticks.take(db, route, two)
    assert taken.due_at == 1000
    assert not ticks.finish(db, lost, "ok")
    assert not ticks.hand_back(db, lost)
    assert ticks.finish(db, taken, "ok")


def test_a_host_that_speaks_again_does_not_take_twice(db, route, host):
    """Heard again after a long silence it takes up its own tick only while no one else has it."""
    one, two = host(), host()
    announce(db, route, 1000)
    ticks.take(db, route, one)
    silence(db, one)
    ticks.take(db, route, two)
    assert heartbeats.beat(db, one) is not None
    assert ticks.take(db, route, one) is None


def test_a_dead_process_of_this_machine_is_not_waited_for(db, route, host):
    """Its number is known to be gone, so its tick is free although its heart beat a second ago."""
    me = ledger.core.holders.myself()
    dead = heartbeats.register(db, Holder(me.host, 2**22 + 1, "1"), [])
    announce(db, route, 1000)
    assert ticks.take(db, route, dead) is not None
    assert ticks.take(db, route, host()) is not None


def test_a_tick_waits_for_its_time(db, route, host):
    """Jitter: before `not_before` no one takes it, and no one is asked to."""
    one = host()
    ticks.announce(db, [Due(route, 1000, 10**15)])
    assert ticks.routes_due(db, one, set()) == []
    assert ticks.take(db, route, one) is None


def test_a_tick_handed_back_is_anybodys_after_its_wait(db, route, host):
    """At once where the host is ending, later where another process works on the route."""
    one, two = host(), host()
    announce(db, route, 1000)
    ticks.hand_back(db, ticks.take(db, route, one), wait=60)
    assert ticks.take(db, route, two) is None
    execute(db, "UPDATE tick SET not_before = 0")
    ticks.hand_back(db, ticks.take(db, route, one))
    assert ticks.take(db, route, two) is not None


def test_a_wish_is_a_tick_of_now_that_can_be_taken_back_until_someone_has_it(db, route, host):
    """`leadbridge trigger` asks for a run, and takes the wish back where no daemon has the route."""
    one = host()
    no_one = ticks.wish(db, route)
    assert ticks.withdraw(db, route, no_one)
    assert ticks.take(db, route, one) is None
    wished = ticks.wish(db, route)
    assert ticks.take(db, route, one).due_at == wished
    assert not ticks.withdraw(db, route, wished)


def test_a_schedule_begins_once_and_later_hosts_join_it(db, route):
    """The first host sets the anchor; the second gets the same; another schedule or a restart begins again."""
    first = ticks.take_up(db, route, "every 60 s", restart=True)
    joined = ticks.take_up(db, route, "every 60 s", restart=False)
    assert first.fresh
    assert (joined.anchor_at, joined.fresh) == (first.anchor_at, False)
    announce(db, route, first.anchor_at)
    assert ticks.take_up(db, route, "every 60 s", restart=False).latest_due == first.anchor_at
    execute(db, "UPDATE timetable SET anchor_at = 1")
    assert ticks.take_up(db, route, "every 30 s", restart=False).anchor_at > 1
    assert ticks.take_up(db, route, "every 30 s", restart=True).fresh


def test_old_ticks_are_pruned_and_the_latest_kept(db, route, host):
    """Two days after they ended, but the latest of a schedule stays: else a monthly tick would be taken for missed."""
    one, other = host(), ledger.route_number(db, "other")
    for due in (1000, 1500):
        announce(db, route, due)
        ticks.finish(db, ticks.take(db, route, one), "ok")
    execute(db, "UPDATE tick SET ended_at = 5000")
    young = ticks.wish(db, other)
    ticks.finish(db, ticks.take(db, other, one), "ok")
    assert ticks.prune(db) == 1
    assert [row.due_at for row in rows(db)] == [1500, young]
    execute(db, "UPDATE tick SET ended_at = 5000")
    assert ticks.prune(db) == 1
    assert [row.due_at for row in rows(db)] == [1500]


def test_an_old_open_tick_is_pruned_only_where_no_one_runs_it(db, route, host):
    """Its route is in no configuration any more; what is being run stays, however long that takes."""
    other = ledger.route_number(db, "other")
    announce(db, route, 1000)
    announce(db, other, 1000)
    ticks.take(db, other, host())
    assert ticks.prune(db) == 1
    assert [row.route_no for row in rows(db)] == [other]


@pytest.mark.parametrize("seed", range(6))
def test_any_history_of_hosts_runs_every_tick_once(db, route, host, seed):
    """Hosts announce, take, finish, fall silent and return in any order: never two living holders, nothing lost."""
    dice = random.Random(seed)
    numbers = [host() for _ in range(3)]
    silent, holding, ended = set(), {}, []
    for due in range(1000, 1040):
        number = dice.choice(numbers)
        match dice.choice(["announce", "take", "take", "finish", "silence", "return"]):
            case "announce":
                announce(db, route, due)
            case "take" if number not in silent and number not in holding:
                taken = ticks.take(db, route, number)
                if taken is not None:
                    assert not [other for other in holding if other not in silent]
                    holding[number] = taken
            case "finish" if number in holding:
                taken = holding.pop(number)
                ended += [taken.due_at] if ticks.finish(db, taken, "ok") else []
            case "silence":
                silence(db, number)
                silent.add(number)
            case "return":
                heartbeats.beat(db, number)
                silent.discard(number)
    for number in numbers:
        silence(db, number)
    last = host()
    taken = ticks.take(db, route, last)
    if taken is not None:
        ticks.finish(db, taken, "ok")
        ended.append(taken.due_at)
    assert ticks.of_route(db, route) == []
    assert len(ended) == len(set(ended))


open_ticks = st.lists(
    st.builds(
        OpenTick,
        route_no=st.just(1),
        due_at=st.integers(0, 50),
        not_before=st.integers(0, 50),
        host_no=st.integers(0, 3),
        tries=st.integers(0, 3),
    ),
    max_size=6,
)


@given(open_ticks, st.integers(0, 50), st.sets(st.integers(1, 3)))
def test_two_hosts_may_never_take_while_one_of_them_holds(found, now, living):
    """Anyone who may take holds everything that a living host holds; and only what is due is taken."""
    for me in (1, 2, 3):
        mine = takeable(found, now, living, me)
        assert all(tick.not_before <= now for tick in mine)
        if mine:
            assert {tick.host_no for tick in found} & living <= {me}
            assert mine == [tick for tick in found if tick.not_before <= now]


def test_after_a_clock_was_set_back_ticks_come_again(db, route, host):
    """What ended in hours that are to come again is forgotten, what waited for them is due, what is past stays."""
    here, now = host(), 10**12
    future = 10**14
    for due in (now, future, future + 1):
        ticks.announce(db, [Due(route, due, due)])
    execute(db, "UPDATE tick SET ended_at = due_at, status = 'ok' WHERE due_at IN (:a, :b)", a=now, b=future)
    assert ticks.take(db, route, here) is None
    ticks.set_back(db)
    ticks.announce(db, [Due(route, future, future)])
    assert [tick.due_at for tick in ticks.of_route(db, route)] == [future, future + 1]
    taken = ticks.take(db, route, here)
    assert (taken.first_due, taken.due_at) == (future + 1, future + 1)
    with db.read() as connection:
        assert connection.execute(sa.text("SELECT status FROM tick WHERE due_at = :due"), {"due": now}).scalar() == "ok"
