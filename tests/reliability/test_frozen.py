"""PostgreSQL: a real process that is stopped inside its claim holds others up no longer than the database allows."""

import time
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bridge.ledger import limits
from bridge.sandbox.server import start
from tests.harness import DELIVERABLE, small_world
from tests.reliability.processes import Command, Watched, ledger_of, shift_lease, states_of
from tests.reliability.test_late_holder import LEADS, LEASE, ONLY_POSTGRES, assert_all_once, wake


@pytest.fixture
def sandbox():
    return Watched(small_world(datetime.now(UTC), "First", leads=LEADS, style=DELIVERABLE))


@pytest.fixture
def gate(database_url):
    """Every claim stands still inside its transaction until this is called: it needs a row of a locked table."""
    with ledger_of(database_url) as db, db.engine.connect() as holder:
        holder.execute(sa.text("SET idle_in_transaction_session_timeout = 0"))
        holder.execute(sa.text("LOCK TABLE scope IN EXCLUSIVE MODE"))
        yield holder.rollback
        holder.invalidate()


@pytest.fixture
def pair(sandbox, database_url, tmp_path):
    """The process that will freeze, and the one that takes over."""
    with start(sandbox) as running:
        both = [Command(tmp_path / name, database_url, running.url) for name in ("frozen", "other")]
        yield both
        for one in both:
            one.end()


def _backends(url, where):
    query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {where}"
    with ledger_of(url) as db, db.read() as connection:
        return connection.execute(sa.text(query)).scalar_one()


def _until(true, what):
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@ONLY_POSTGRES
def test_a_process_frozen_inside_its_claim_is_undone_and_does_nothing_twice(gate, pair, sandbox, database_url):
    """The database ends its transaction, the other process sends everyone; woken, it records and posts nothing."""
    frozen, other = pair
    frozen.start()
    _until(lambda: _backends(database_url, "wait_event_type = 'Lock'"), "it never came to its claim")
    frozen.stop()
    gate()
    _until(lambda: _backends(database_url, "state = 'idle in transaction'"), "its claim is not open")
    assert states_of(database_url) == {"ready": LEADS}
    shift_lease(database_url, LEASE)
    begun = time.monotonic()
    route = other.settle()
    assert time.monotonic() - begun < limits.FROZEN_SECONDS + limits.BUSY_SECONDS + 30
    assert route["states"]["delivered"] == LEADS
    code, route = wake(frozen)
    assert (code, route["delivered_now"]) == (1, 0)
    assert sandbox.posts() == 1
    assert_all_once(sandbox, database_url)
