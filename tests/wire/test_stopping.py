"""A process that is asked to stop: waits end, no write begins, and what a write just made is still looked up."""

import threading
import time

import httpx
import pytest

from bridge.api import Throttle
from bridge.errors import StopRequested, Unavailable
from tests.wire.conftest import Wire

FAST = 100_000


@pytest.fixture
def stop():
    return threading.Event()


def soon(stop, seconds=0.05):
    timer = threading.Timer(seconds, stop.set)
    timer.start()
    return timer


def test_nothing_is_sent_any_more(client_of, stop):
    """Neither a read nor a write begins; both say that nothing happened."""
    wire = Wire(httpx.Response(200, json={}))
    client = client_of(wire, stop=stop)
    stop.set()
    with pytest.raises(StopRequested):
        client.get("/leads")
    with pytest.raises(Unavailable, match="was not sent"):
        client.write("POST", "/leads", {})
    assert wire.requests == []


def test_what_a_write_left_open_is_still_asked(client_of, stop):
    """The batch in flight is accounted for: its answer, and the lookups that follow it."""
    wire = Wire(httpx.Response(200, json={}), httpx.Response(200, json={"items": []}))
    client = client_of(wire, stop=stop)
    client.write("POST", "/leads/add", {})
    stop.set()
    client.ask("/leads/list", {})
    with pytest.raises(StopRequested):
        client.write("POST", "/leads/add", {})
    assert len(wire.requests) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_the_pause_between_two_attempts_ends(client_of, stop, status, no_waiting):
    """A vendor that asked for half a minute is not waited for, and not asked again."""
    wire = Wire(httpx.Response(status, headers={"Retry-After": "30"}))
    client = client_of(wire, stop=stop, throttle=Throttle(FAST, stop=stop))
    timer, begun = soon(stop), time.monotonic()
    no_waiting.undo()
    with pytest.raises(StopRequested):
        client.get("/leads")
    timer.join()
    assert time.monotonic() - begun < 5
    assert len(wire.requests) == 1


def test_the_wait_for_a_turn_ends(stop):
    """A minute's budget that is spent does not keep the process for a minute."""
    throttle = Throttle(FAST, per_minute=1, stop=stop)
    with throttle.slot():
        pass
    timer, begun = soon(stop), time.monotonic()
    with pytest.raises(StopRequested), throttle.slot():
        raise AssertionError("nobody's turn")
    timer.join()
    assert time.monotonic() - begun < 5
    assert throttle._inside == 0


def test_a_near_turn_is_still_waited_for(stop):
    """What is under way keeps its pace to the end."""
    throttle = Throttle(20, stop=stop)
    stop.set()
    begun = time.monotonic()
    for _ in range(3):
        with throttle.slot():
            pass
    assert time.monotonic() - begun >= 0.09


def test_the_wait_for_a_place_ends(stop):
    """Where others hold every place, a thread does not wait for theirs."""
    throttle = Throttle(FAST, at_once=1, stop=stop)
    with throttle.slot():
        timer = soon(stop)
        with pytest.raises(StopRequested), throttle.slot():
            raise AssertionError("nobody's place")
        timer.join()
