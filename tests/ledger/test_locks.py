"""PostgreSQL: no one waits for another without end, and no two wait for each other. Waits are short here by wiring."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.errors import Busy, Unavailable
from bridge.ledger import database, limits
from bridge.ledger.core import leases
from bridge.ledger.core.freeing import hold_workspaces
from bridge.ledger.core.holders import Holder
from bridge.ledger.database import transaction
from bridge.ledger.hosts import alerts
from bridge.ledger.hosts.alerts import WELL, AlertState
from bridge.ledger.people import suppressions
from bridge.ledger.people.suppressions import Suppression
from bridge.ledger.statements import lock, tables
from bridge.ledger.troubles import RolledBack
from bridge.model import Place, Reason, State
from bridge.sync.lease import holding
from tests.ledger.conftest import NOW, PLACE, Bench

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)

ELSEWHERE = Place("instantly", "other workspace", "campaign", "c9")
_route, _alert = tables("route", "alert")


@pytest.fixture
def opened(database_url):
    """Opens further processes' ways to the ledger."""
    databases = []

    def another():
        databases.append(ledger.Database(database_url))
        return databases[-1]

    yield another
    for one in databases:
        one.close()


@pytest.fixture
def frozen(opened):
    """Another process stands still in the middle of a claim of route "one"."""
    bench = Bench(opened())
    bench.record([bench.lead(1), bench.lead(2)], route="one")
    number, epoch = bench.route("one")
    connection = bench.db.engine.connect()
    connection.begin()
    leases.held(connection, number, epoch)
    hold_workspaces(connection, PLACE.scopes[-1:])
    yield connection
    connection.invalidate()
    connection.close()


def hurry(connection):
    """The database waits for this process a fifth of a second, in place of ten."""
    connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 200"))


def test_every_wait_has_a_limit(db):
    """Each connection says how long it waits for a lock and a statement, and how long it may stand still."""
    with db.read() as connection:
        names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        waits = [connection.execute(sa.text(f"SHOW {name}")).scalar() for name in names]
    assert waits == ["20s", "5min", "10s"]


def test_a_process_frozen_in_a_transaction_blocks_no_one_for_good(db, frozen):
    """A claim in the same workspace and a takeover of the same route both go on once the database has ended it."""
    bench = Bench(db)
    bench.record([bench.lead(3)], route="two")
    hurry(frozen)
    assert len(bench.claim(route="two").deliveries) == 1
    number = ledger.route_number(db, "one")
    leases.release(db, number, 1)
    assert leases.acquire(db, number, Holder("elsewhere", 1, "1")) == 2
    with pytest.raises(sa.exc.DBAPIError):
        frozen.execute(sa.text("SELECT 1"))


def test_another_workspace_does_not_even_wait(db, frozen, monkeypatch):
    """The lock of the claims is that of one workspace: elsewhere a claim goes at once."""
    monkeypatch.setattr(limits, "BUSY_SECONDS", 0.1)
    bench = Bench(db)
    bench.record([bench.lead(3)], route="two")
    assert len(bench.claim(route="two", place=ELSEWHERE).deliveries) == 1
    frozen.execute(sa.text("SELECT 1"))


def test_a_claim_that_looks_everywhere_waits_for_every_other(db, frozen, monkeypatch):
    """What a route may not see while another workspace claims, it waits for."""
    monkeypatch.setattr(limits, "BUSY_SECONDS", 0.1)
    bench = Bench(db)
    bench.record([bench.lead(3)], route="two")
    with pytest.raises(Unavailable, match="another process held a lock"):
        bench.claim(route="two", place=ELSEWHERE, dedupe="everywhere")
    frozen.execute(sa.text("SELECT 1"))


def test_a_process_that_wakes_up_reports_it_in_a_sentence(db, opened):
    """What it had begun is undone, and the operator reads what happened and what to do."""
    with pytest.raises(Unavailable, match=r"was suspended|does not answer") as reported:
        _stand_still(opened(), db)
    assert "run the same command again" in reported.value.hint


def test_a_transaction_that_stands_still_after_many_rows_at_once_is_ended_too(db, opened):
    """Claims are written as many rows at once, which the driver sends in another way: the limit holds there too."""
    with pytest.raises(Unavailable, match=r"was suspended|does not answer"):
        _stand_still(opened(), db, [{"name": "one"}, {"name": "two"}])


def test_a_whole_transaction_has_a_limit(db, opened, monkeypatch):
    """It also ends one whose process froze while it sent many rows; a copy or a migration may take longer."""
    monkeypatch.setattr(limits, "TRANSACTION_SECONDS", 0.2)
    with opened().write() as connection:
        limits.unhurried(connection)
        connection.execute(sa.text("SELECT pg_sleep(0.4)"))
    with (
        pytest.raises(Unavailable, match=r"a transaction took more than|does not answer"),
        opened().write() as connection,
    ):
        connection.execute(sa.text("SELECT pg_sleep(20)"))


def _stand_still(ours, other, many=()):
    """Stay inside a transaction until the database has ended it, and go on."""
    with ours.write() as connection:
        hurry(connection)
        ended = sa.text(f"SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = {_backend_of(connection)}")
        if many:
            connection.execute(sa.insert(_route), many)
        for _ in range(2_000):
            with other.read() as looking:
                if looking.execute(ended).scalar():
                    break
            threading.Event().wait(0.01)
        connection.execute(sa.text("SELECT 1"))


def _backend_of(connection):
    return connection.execute(sa.text("SELECT pg_backend_pid()")).scalar()


def test_a_lock_that_does_not_come_is_a_sentence(db, opened, monkeypatch):
    """Waiting for a lock ends on its own, with what happened, never with a traceback."""
    number = ledger.route_number(db, "one")
    monkeypatch.setattr(limits, "BUSY_SECONDS", 0.1)
    waiting = opened()
    with db.write() as connection:
        lock(connection, _route, [number])
        with pytest.raises(Unavailable, match="another process held a lock"), waiting.write() as other:
            lock(other, _route, [number])


def test_a_lease_counts_from_the_moment_its_row_came_free(db, opened):
    """Anyone who waits long for the row of a lease holds it as long as everyone else, and took it when it got it."""
    number = ledger.route_number(db, "one")
    leases.release(db, number, leases.acquire(db, number, Holder("here", 1, "1")))
    with ThreadPoolExecutor(1) as pool:
        with db.write() as connection:
            leases.held(connection, number, 1)
            taking = pool.submit(leases.acquire, opened(), number, Holder("elsewhere", 1, "1"))
            _until_someone_waits(connection)
            freed_at = database.now_ms(connection)
        assert taking.result(timeout=20) == 2
    with db.read() as connection:
        row = connection.execute(sa.text("SELECT acquired_at, expires_at FROM route_lease")).one()
    assert row.acquired_at >= freed_at
    assert row.expires_at == row.acquired_at + leases.LEASE_SECONDS * 1000


def test_a_lease_that_cannot_be_given_back_spoils_no_run(db, opened, monkeypatch):
    """Its row is locked when the work is done: nothing is raised, and the lease runs out on its own."""
    number = ledger.route_number(db, "one")
    monkeypatch.setattr(limits, "BUSY_SECONDS", 0.1)
    ours = opened()
    with ExitStack() as locked, holding(ours, number) as epoch:
        leases.held(locked.enter_context(db.write()), number, epoch)
    with pytest.raises(Busy):
        leases.acquire(db, number, Holder("elsewhere", 1, "1"))


def _until_someone_waits(connection):
    waits = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(2_000):
        if connection.execute(waits).scalar():
            return
        threading.Event().wait(0.01)
    pytest.fail("nobody came to wait")


def test_the_ledgers_clock_is_the_databases(db, monkeypatch):
    """However wrong this host's clock is, what is written down and compared goes by the database's."""
    monkeypatch.setattr(database, "_host_clock", lambda: NOW - timedelta(days=900))
    with db.read() as connection:
        before = database.moment(database.now_ms(connection))
    assert before <= db.now() <= before + timedelta(minutes=5)


def test_new_leads_are_stored_while_the_route_claims(db, opened):
    """They concern no batch. A lead decided before waits for the claim, and who takes the route over for both."""
    bench, other = Bench(db), Bench(opened())
    other.routes = bench.routes
    number, epoch = bench.route("one")
    with ThreadPoolExecutor(1) as pool:
        with db.write() as connection:
            assert leases.held(connection, number, epoch)
            assert pool.submit(other.record, [bench.lead(1)], route="one").result(timeout=10) == 1
            again = pool.submit(other.record, [bench.lead(1, "new@x.example")], route="one")
            _until_someone_waits(connection)
        assert again.result(timeout=30) == 1
        with db.write() as connection:
            assert leases.held(connection, number, epoch, alone=False)
            taking = pool.submit(leases.acquire, other.db, number, Holder("elsewhere", 1, "1"))
            _until_someone_waits(connection)
        with pytest.raises(Busy):
            taking.result(timeout=30)


def test_a_connection_that_the_server_ended_is_replaced(db, opened):
    """The next statement goes through a new one, though no connection is asked before each use whether it lives."""
    with db.read() as connection:
        used = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    with opened().write() as other:
        assert other.exec_driver_sql(f"SELECT pg_terminate_backend({used}, 5000)").scalar()
    with db.read() as connection:
        assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar() != used
    assert ledger.route_number(db, "after") > 0


def test_what_the_next_run_would_store_again_does_not_wait_for_the_disk(db):
    """A page of leads is written by the next commit that waits; the claim before a call waits itself."""
    found = []
    for options in ({}, {"durable": False}, {"durable": False, "again": True}):
        with db.write(**options) as connection:
            found.append(connection.exec_driver_sql("SHOW synchronous_commit").scalar())
    with db.write() as connection:
        found.append(connection.exec_driver_sql("SHOW synchronous_commit").scalar())
    assert found == ["on", "on", "off", "on"]


def test_a_small_write_that_met_a_deadlock_is_done(db, opened):
    """However small a write is: the one that PostgreSQL undoes, because two waited for each other, is done again."""
    alerts.claim_alerts(db, {name: (WELL, AlertState("failing", "disk")) for name in ("one", "two")})
    ours, met = opened(), []
    sa.event.listen(ours.engine, "handle_error", lambda context: met.append(context.original_exception.sqlstate))
    one, two = (ledger.route_number(db, name) for name in ("one", "two"))
    with ThreadPoolExecutor(1) as pool:
        with db.write() as connection:
            lock(connection, _alert, [two])
            giving = pool.submit(alerts.release_alerts, ours, {"one": WELL, "two": WELL})
            _until_someone_waits(connection)
            lock(connection, _alert, [one])
        giving.result(timeout=30)
    assert met == ["40P01"]
    assert alerts.claim_alerts(db, {"one": (WELL, WELL), "two": (WELL, WELL)}) == {"one", "two"}


def test_a_second_deadlock_is_reported(db):
    """It is not repeated for ever: the second one is the caller's, in a sentence."""
    runs = []

    @transaction()
    def step(_connection):
        runs.append(1)
        raise RolledBack("two processes waited for each other")

    with pytest.raises(RolledBack):
        step(db)
    assert len(runs) == 2


def test_sweeps_suppressions_and_claims_never_wait_for_each_other(db, opened):
    """Four processes work on the same leads in every order: not one deadlock, and every number adds up."""
    rounds, deadlocks = 25 if "BRIDGE_TEST_LONG" in os.environ else 10, []
    benches = [Bench(opened()) for _ in range(4)]
    for bench in benches:
        bench.routes = benches[0].routes
        sa.event.listen(
            bench.db.engine, "handle_error", lambda context: deadlocks.append(str(context.original_exception))
        )
    _work = [
        lambda n: _sweep(benches[0], "one", n),
        lambda n: _sweep(benches[1], "two", n),
        lambda n: _suppress(benches[2].db, n),
        lambda n: _send(benches[3], "one" if n % 2 else "two"),
    ]
    benches[0].route("one"), benches[0].route("two")
    with ThreadPoolExecutor(len(_work)) as pool:
        done = [pool.submit(lambda step=step: [step(n) for n in range(rounds)]) for step in _work]
        for one in done:
            one.result(timeout=120)
    assert deadlocks == []
    assert sum(Bench(db, routes=benches[0].routes).states("one").values()) == 60


def _sweep(bench, route, number):
    leads = [bench.lead(one, f"p{one % 40}@x{one % 7}.example", username=f"u{number}") for one in range(60)]
    Random(number).shuffle(leads)
    bench.record(leads, route=route)
    bench.redecide_stale(route)


def _suppress(db, number):
    people = [f"p{one}@x{one % 7}.example" for one in range(40)]
    Random(number).shuffle(people)
    suppressions.add(db, [Suppression("address", person) for person in people[:20]], now=NOW)
    suppressions.ask_again(db)
    for person in people[:10]:
        suppressions.remove(db, person)
    suppressions.ask_again(db)


def _send(bench, route):
    bench.now += timedelta(days=1)
    batch = bench.claim(route=route, limit=20, per_domain=2)
    if batch:
        bench.settle(batch, State.READY, Reason.UNEXPLAINED, route=route)


def test_two_bindings_see_each_other(db, opened):
    """A binding that was compared waits for one under way, and is compared with it: never two that see no one else."""
    numbers = [ledger.route_number(db, name) for name in ("one", "two")]
    seen, comparing = [], threading.Event()

    def other():
        comparing.wait(30)
        ledger.bind(opened(), numbers[1], "key", ELSEWHERE, "", lambda found: seen.append(set(found)))

    def agree(found):
        seen.append(set(found))
        comparing.set()
        with db.read() as connection:
            _until_someone_waits(connection)

    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(other)
        ledger.bind(db, numbers[0], "key", PLACE, "", agree)
        done.result()
    assert seen == [set(), {numbers[0]}]
