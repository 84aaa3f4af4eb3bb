"""A process stopped in the middle of a batch, and woken after another has taken over, neither posts nor records.

Instead of waiting for thirty seconds, most tests move the lease's end back by as much. That is the same to everyone
who looks: a lease is judged by nothing but this column and the database's clock, a stopped process cannot renew it,
and neither process keeps a copy. `BRIDGE_TEST_LONG=1` (make chaos) really waits too, past the request's deadline.
"""

import os
import signal
import time
from datetime import UTC, datetime

import pytest

from bridge.sandbox.server import start
from tests.harness import DELIVERABLE, small_world
from tests.reliability.processes import Command, Watched, shift_lease, states_of

LEASE = 31
LEADS = 10
# The lease's statements are the same on both databases: each sees half of the cases.
ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ONLY_POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture
def sandbox():
    return Watched(small_world(datetime.now(UTC), "First", leads=LEADS, style=DELIVERABLE))


@pytest.fixture
def stage(sandbox, database_url, tmp_path):
    """Two commands over one ledger: the one that will be late, and the one that takes over."""
    with start(sandbox) as running:
        late, other = (Command(tmp_path / name, database_url, running.url) for name in ("late", "other"))
        yield late, other
        late.end()
        other.end()


def stop_at(sandbox, late, path, *, when="after"):
    """Stop the process once, while its request to `path` is under way."""

    def strike(request):
        if request.path.endswith(path):
            setattr(sandbox, when, lambda _request: None)
            late.stop()

    setattr(sandbox, when, strike)


def until_stopped(late):
    late.start().until_stopped()


def wake(late):
    late.signal(signal.SIGCONT)
    return late.finish()


def assert_busy(outcome):
    """It ended well, did nothing, and says why."""
    code, route = outcome
    assert (code, route["status"], route["delivered_now"]) == (0, "busy", 0)
    assert "taken this route over" in route["error"] or "lost the route" in route["error"]


def assert_all_once(sandbox, database_url):
    report = sandbox.report()
    assert (report["created"], report["created_twice"], report["reposted"]) == (LEADS, {}, {})
    assert states_of(database_url) == {"delivered": LEADS}


@ONLY_SQLITE
def test_stopped_before_its_claim_it_claims_no_one(stage, sandbox, database_url):
    """The other claims and sends them all; the late one finds a later epoch when it wants to claim."""
    late, other = stage
    stop_at(sandbox, late, "/plan-details")
    until_stopped(late)
    assert other.run()[1]["status"] == "busy"
    shift_lease(database_url, LEASE)
    assert other.run()[1]["states"]["delivered"] == LEADS
    assert_busy(wake(late))
    assert sandbox.posts() == 1
    assert_all_once(sandbox, database_url)


@ONLY_POSTGRES
def test_stopped_after_its_post_it_records_nothing(stage, sandbox, database_url):
    """Woken to a good answer, it may not write it down: the other holds the doubt, and settles it by looking."""
    late, other = stage
    sandbox.world.instantly.habits.lookup_lag = 600.0
    stop_at(sandbox, late, "/leads/add")
    until_stopped(late)
    assert states_of(database_url) == {"sending": LEADS}
    shift_lease(database_url, LEASE)
    other.environment["BRIDGE_DOUBT_WAIT"] = "600"
    assert other.run()[1]["states"]["in_doubt"] == LEADS
    assert_busy(wake(late))
    assert states_of(database_url) == {"in_doubt": LEADS}
    sandbox.world.instantly.habits.lookup_lag = 0.0
    assert other.settle()["states"]["delivered"] == LEADS
    assert sandbox.posts() == 1
    assert_all_once(sandbox, database_url)


@ONLY_POSTGRES
def test_stopped_within_a_divided_batch_it_posts_no_further_part(stage, sandbox, database_url):
    """The first post is refused as a whole while the process stands still; woken, it does not send the halves."""
    late, other = stage
    sandbox.faults.add("status", path="*/leads/add", nth=1, code=400)
    stop_at(sandbox, late, "/leads/add")
    until_stopped(late)
    shift_lease(database_url, LEASE)
    assert other.settle()["states"]["delivered"] == LEADS
    assert_busy(wake(late))
    assert sandbox.posts() == 1  # the refused one was never processed
    assert_all_once(sandbox, database_url)


@ONLY_SQLITE
def test_with_an_expired_lease_it_posts_nothing_even_if_no_one_took_over(stage, sandbox, database_url):
    """The look at the lease right before the write is enough: the halves stay `sending` for the next run."""
    late, other = stage
    sandbox.faults.add("status", path="*/leads/add", nth=1, code=400)
    stop_at(sandbox, late, "/leads/add")
    until_stopped(late)
    shift_lease(database_url, LEASE)
    assert_busy(wake(late))
    assert sandbox.posts() == 0
    assert states_of(database_url) == {"sending": LEADS}
    assert other.settle()["states"]["delivered"] == LEADS
    assert sandbox.posts() == 1
    assert_all_once(sandbox, database_url)


@pytest.mark.skipif("BRIDGE_TEST_LONG" not in os.environ, reason="waits 35 s for a lease to run out: make chaos")
def test_after_really_waiting_it_does_neither(stage, sandbox, database_url):
    """Nothing is moved: the lease runs out on its own, and the late one wakes past its request's deadline."""
    late, other = stage
    stop_at(sandbox, late, "/leads/add")
    until_stopped(late)
    begun = time.monotonic()
    while other.run()[1]["status"] == "busy":
        time.sleep(1)
    assert time.monotonic() - begun > LEASE - 7  # it was last renewed up to five seconds before
    assert other.settle()["states"]["delivered"] == LEADS
    assert_busy(wake(late))
    assert sandbox.posts() == 1
    assert_all_once(sandbox, database_url)
