"""A sandbox that is watched gets new people."""

from datetime import timedelta
from random import Random
from threading import Event

import pytest

from bridge.sandbox import demo_world
from bridge.sandbox.growing import add_person, grow
from tests.harness import START, Operator, route


@pytest.fixture
def operator(tmp_path):
    return Operator(f"sqlite:///{tmp_path}/bridge.db", demo_world(START))


def test_anyone_who_is_added_is_read_and_delivered(operator):
    """Each next run finds exactly them, whichever campaign they were put into."""
    dice = Random(4)
    everyone = route()
    before = operator.sync_one(everyone)
    for _ in range(3):
        operator.clock.forward(minutes=1)
        added = {add_person(operator.sandbox, dice) for _ in range(2)}
        after = operator.sync_one(everyone)
        assert added
        assert after.tally.known > before.tally.known
        assert after.sent == after.tally.known - before.tally.known
        before = after
    operator.assert_promises()


def test_growing_ends_on_request(operator):
    """A person every so often, none afterwards."""
    over = Event()
    size = sum(one.crowd.size for one in operator.sandbox.world.scravio.campaigns)
    thread = grow(operator.sandbox, timedelta(milliseconds=1).total_seconds(), over)
    over.wait(0.1)
    over.set()
    thread.join(5)
    assert not thread.is_alive()
    assert sum(one.crowd.size for one in operator.sandbox.world.scravio.campaigns) > size
