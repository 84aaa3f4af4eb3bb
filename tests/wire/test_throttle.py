"""Requests are spaced, capped by the minute, limited at once, and slowed by 429."""

import contextlib
import threading
from datetime import UTC, datetime
from time import sleep as pause

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.api import Throttle
from bridge.api.throttle import ShutError
from bridge.api.times import used_up
from bridge.config.vendor_tables.scravio import ScravioTable
from bridge.errors import StopRequested, Unavailable
from tests.wire.conftest import Wire


class Time:
    """A clock that only moves when someone sleeps."""

    def __init__(self):
        self.now = 1000.0
        self.lock = threading.Lock()

    def clock(self):
        return self.now

    def sleep(self, seconds):
        with self.lock:
            self.now += seconds


@pytest.fixture
def time():
    return Time()


def turns(throttle, time, count):
    taken = []
    for _ in range(count):
        with throttle.slot():
            taken.append(time.now)
    return taken


def test_turns_are_evenly_spaced(time):
    """Ten a second means a tenth of a second between two, and the first at once."""
    throttle = Throttle(10, clock=time.clock, sleep=time.sleep)
    assert turns(throttle, time, 4) == pytest.approx([1000.0, 1000.1, 1000.2, 1000.3])


def test_a_vendor_without_a_limit_is_spaced_only_after_a_429(time):
    """A thousand a second are not spaced: no request sleeps in its place on the wire. Fewer are, after a 429."""
    throttle = Throttle(ScravioTable().limits()[0], clock=time.clock, sleep=time.sleep)
    assert turns(throttle, time, 3) == [1000.0] * 3
    throttle.push_back()
    assert turns(throttle, time, 3) == pytest.approx([1000.002, 1000.004, 1000.006])
    for _ in range(8):
        throttle.speed_up()
    assert len(set(turns(throttle, time, 3)[1:])) == 1


def test_no_minute_holds_more_than_its_cap(time):
    """In any sixty seconds at most `per_minute` turns are given."""
    throttle = Throttle(100, 30, clock=time.clock, sleep=time.sleep)
    taken = turns(throttle, time, 100)
    assert all(later - earlier >= 60 - 1e-6 for earlier, later in zip(taken, taken[30:], strict=False))


@pytest.mark.parametrize("limits", [(10, 7, 1, None), (10, 100, 1, 30), (5, None, 2, None), (10, 2, 1, 30)])
def test_a_read_and_its_write_follow_each_other_at_once(time, limits):
    """Whatever is waited for comes before the read: the write follows by the space between two requests, no more."""
    throttle = Throttle(*limits, clock=time.clock, sleep=time.sleep)
    for _ in range(25):
        throttle.await_pair()
        with throttle.slot():
            read = time.now
        with throttle.slot(writing=True):
            assert time.now - read <= 1 / limits[0] + 1e-6


def test_a_429_slows_down_and_success_recovers(time):
    """Each 429 halves the pace down to a floor; answers win it back little by little, never beyond the full pace."""
    throttle = Throttle(10, clock=time.clock, sleep=time.sleep)
    for _ in range(20):
        throttle.push_back()
    assert throttle.pace == 1 / 32
    throttle.speed_up()
    assert 1 / 32 < throttle.pace < 1 / 16
    for _ in range(100):
        throttle.speed_up()
    assert throttle.pace == 1


def test_a_429_holds_every_thread_for_the_named_time(time):
    """After Retry-After: 30 nothing is sent with this key for 30 seconds."""
    throttle = Throttle(10, clock=time.clock, sleep=time.sleep)
    throttle.push_back(30)
    assert turns(throttle, time, 1) == pytest.approx([1030.0])


def test_at_most_so_many_at_once():
    """A fifth thread waits until one of four has ended."""
    throttle = Throttle(100_000, at_once=4)
    inside, most, lock = [], [], threading.Lock()
    gate = threading.Event()

    def work():
        with throttle.slot():
            with lock:
                inside.append(1)
                most.append(len(inside))
                if len(inside) == 4:
                    gate.set()
            gate.wait(5)
            with lock:
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 4


def test_places_are_given_in_the_order_of_asking():
    """Anyone who has just ended does not overtake one that waits: the page that a run needs next would come last."""
    throttle = Throttle(100_000, at_once=1)
    taken = []

    def work(name):
        with throttle.slot():
            taken.append(name)

    def again():
        for _ in range(3):
            work("again")

    with throttle.slot():
        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for place, thread in enumerate(threads):
            thread.start()
            waiting_for(lambda place=place: len(throttle._line) == place + 1)
        threads.append(threading.Thread(target=again))
        threads[-1].start()
        waiting_for(lambda: len(throttle._line) == 5)
    for thread in threads:
        thread.join()
    assert taken == [0, 1, 2, 3, "again", "again", "again"]


def test_new_places_let_those_in_who_wait():
    """A reloaded configuration, or a host that went, frees places at once: no request must end first."""
    throttle = Throttle(100_000, at_once=1)
    gate, inside = threading.Event(), []

    def work():
        with throttle.slot():
            inside.append(1)
            gate.wait(5)

    with throttle.slot():
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        waiting_for(lambda: len(throttle._line) == 3)
        throttle.limit(100_000, None, 6)
        waiting_for(lambda: len(inside) == 3)
        gate.set()
    for thread in threads:
        thread.join()
    assert (throttle._inside, len(throttle._line)) == (0, 0)


def waiting_for(held):
    """Until it holds: an event of another thread, not a time."""
    for _ in range(10_000):
        if held():
            return
        pause(0.001)
    raise AssertionError("nobody came")


def test_one_who_is_asked_to_stop_leaves_the_line_to_the_others():
    """Setting `stop` ends anyone who waits for a place, and anyone who comes later still finds the place free."""
    stop = threading.Event()
    throttle = Throttle(100_000, at_once=1, stop=stop)
    ended = []

    def work():
        with contextlib.suppress(StopRequested), throttle.slot():
            ended.append("in")
        ended.append("out")

    with throttle.slot():
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        waiting_for(lambda: len(throttle._line) == 3)
        stop.set()
        for thread in threads:
            thread.join()
    assert ended == ["out"] * 3
    with throttle.slot():
        ended.append("free")
    assert ended[-1] == "free"


def test_the_client_informs_the_throttle_of_a_429(client_of):
    """A 429 slows the key's throttle, and an answer speeds it up again."""
    throttle = Throttle(100_000)
    wire = Wire(httpx.Response(429), httpx.Response(429), httpx.Response(200, json={}))
    client_of(wire, throttle=throttle).get("/leads")
    assert throttle.pace == pytest.approx(0.25 * 1.1)


def test_a_shared_budget_is_divided(time):
    """Among three processes each takes a third of the pace and of the minute, and at least one request at once."""
    throttle = Throttle(30, 60, 2, clock=time.clock, sleep=time.sleep)
    throttle.share(3)
    taken = turns(throttle, time, 25)
    assert taken[1] - taken[0] == pytest.approx(0.1)
    assert all(later - earlier >= 60 - 1e-6 for earlier, later in zip(taken, taken[20:], strict=False))
    assert throttle.at_once == 1
    throttle.share(1)
    assert (throttle.per_second, throttle.per_minute, throttle.at_once) == (30, 60, 2)


@given(
    shares=st.lists(st.tuples(st.integers(1, 8), st.integers(1, 12)), min_size=1, max_size=6),
    per_minute=st.integers(1, 40),
)
def test_however_it_is_divided_no_minute_holds_more_than_the_whole(shares, per_minute):
    """The part changes with every host that comes or goes; the cap of the whole holds in any sixty seconds."""
    time = Time()
    throttle = Throttle(1000, per_minute, clock=time.clock, sleep=time.sleep)
    taken = []
    for among, count in shares:
        throttle.share(among)
        taken += turns(throttle, time, count)
    assert all(later - earlier >= 60 - 1e-6 for earlier, later in zip(taken, taken[per_minute:], strict=False))


def test_other_limits_hold_from_the_next_turn(time):
    """A reloaded configuration slows down or speeds up what is under way."""
    throttle = Throttle(10, clock=time.clock, sleep=time.sleep)
    turns(throttle, time, 2)
    throttle.limit(2, None, 4)
    taken = turns(throttle, time, 3)
    assert taken[2] - taken[1] == pytest.approx(0.5)


def test_no_one_who_waits_sleeps_through_a_wait_that_is_named_meanwhile(time):
    """Booked before, and not sent after: neither by who waits for a turn nor by who waits for a place."""
    throttle = Throttle(
        1, at_once=1, clock=time.clock, sleep=lambda seconds: throttle.shut(3600) or time.sleep(seconds)
    )
    with throttle.slot(60):
        pass
    with pytest.raises(ShutError), throttle.slot(60):
        raise AssertionError("its turn came")
    began = time.now
    with pytest.raises(ShutError, match="3599"), throttle.slot(60):
        raise AssertionError("its turn came")
    assert time.now == began


def test_an_endpoint_with_a_limit_of_its_own_shuts_itself_alone(client_of):
    """A 429 that names an hour, to a call that is tried once: the next such call is not sent, everything else is."""
    wire = Wire(httpx.Response(429, json={}, headers={"Retry-After": "3600"}), httpx.Response(200, json={}))
    client = client_of(wire, vendor="scravio")
    for number in range(2):
        with pytest.raises(Unavailable) as raised:
            client.write("POST", f"/campaigns/{number:024}/validate", patient=False)
        assert raised.value.retry_after == pytest.approx(3600, abs=5)
    assert len(wire.requests) == 1
    assert client.write("POST", "/list-exports", {}, patient=False).status == 200


def test_writes_are_spaced_and_a_restart_exceeds_no_minute(time):
    """Thirty writes a minute stay thirty though each has a process of its own; reads do not wait for them."""
    taken = []
    for restart in range(70):
        if restart % 7 == 0:
            throttle = Throttle(1000, 100, 4, 30, clock=time.clock, sleep=time.sleep)
        with throttle.slot(writing=True):
            taken.append(time.now)
    assert all(later - earlier >= 60 - 1e-6 for earlier, later in zip(taken, taken[30:], strict=False))
    read = turns(throttle, time, 3)
    assert read[-1] - taken[-1] < 0.1
    throttle.share(3)
    for _ in range(2):
        with throttle.slot(writing=True):
            pass
    assert time.now - read[-1] >= 60 * 3 / 30


@pytest.mark.parametrize(
    ("left", "reset", "now", "waits"),
    [
        ("0", "1000060", 1_000_000, 60),
        ("0", "30", 1_000_000, 30),
        ("1", "1000060", 1_000_000, None),
        ("0", "soon", 0, None),
    ],
)
def test_a_limit_that_is_used_up_says_when_it_is_reset(left, reset, now, waits):
    """In Unix seconds or from now; nothing is reported while something is left, or by a word."""
    headers = {"X-RateLimit-Remaining": left, "X-RateLimit-Reset": reset}
    assert used_up(headers, datetime.fromtimestamp(now, UTC)) == waits
    assert used_up({}, datetime.fromtimestamp(now, UTC)) is None
