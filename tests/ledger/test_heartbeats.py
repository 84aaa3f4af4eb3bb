"""What the daemon's pages, alerts and ping ask, on both databases."""

from datetime import timedelta

import pytest

from bridge.ledger import Database
from bridge.ledger.core.holders import myself
from bridge.ledger.views.health import Doubtful, Portion, doubtful, endings, portions, successes
from bridge.ledger.views.standing import CUT_OFF, RUNNING, latest_runs
from bridge.sandbox.faults import Rule
from tests.harness import START, Operator, good_world, route


@pytest.fixture
def operator(database_url):
    return Operator(database_url, good_world("Fitness creators"))


@pytest.fixture
def db(operator):
    opened = Database(operator.database_url)
    yield opened
    opened.close()


def test_an_empty_ledger_answers(db):
    """Nothing ran yet: every question has its empty answer."""
    assert (portions(db), doubtful(db)) == ([], [])
    assert (endings(db), successes(db), latest_runs(db)) == ({}, {}, {})


def test_portions_add_up_to_what_each_route_knows(operator, db):
    """By route, state and reason; the sum is the ledger's own."""
    operator.sync(route("one"), route("two", kind="list", ref="Scravio inbox"))
    found = portions(db)
    assert Portion("one", "delivered", "created", 10) in found
    assert sum(portion.leads for portion in found if portion.route == "two") == 10


def test_doubt_has_a_number_and_a_beginning(operator, db):
    """The rows of a lost answer, since it was lost."""
    operator.sandbox.faults.put(Rule("cut", "instantly", path="*/leads/add", commit=True))
    operator.sync_one()
    assert doubtful(db) == [Doubtful("fitness", 10, START)]


@pytest.mark.usefixtures("quick_retries")
def test_the_latest_end_and_the_latest_success_are_distinguished(operator, db):
    """A blocked run is the latest end; the success before it is still known, and a run with an error is none."""
    operator.sync_one()
    operator.clock.forward(hours=1)
    operator.sandbox.faults.put(Rule("status", "instantly", code=401))
    operator.sync_one()
    ending, success = endings(db)["fitness"], successes(db)["fitness"]
    assert (ending.status, ending.document["key_refused"]) == ("blocked", "instantly")
    assert (success.status, success.ended_at, ending.ended_at) == ("ok", START, START + timedelta(hours=1))


def test_the_latest_run_of_each_route_is_found(operator, db):
    """Also where it has not ended: then it runs, or was cut off with its process."""
    operator.sync(route("one"), route("two"))
    operator.sync(route("two"))
    runs = latest_runs(db)
    assert {name: run.id for name, run in runs.items()} == {"one": 1, "two": 3}
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE run SET ended_at = 0 WHERE id IN (1, 3)")
        me = myself()
        connection.exec_driver_sql(
            "UPDATE route_lease SET expires_at = 9999999999999, "
            f"host = '{me.host}', pid = {me.pid}, process = '{me.process}' WHERE route_no = 1"
        )
    runs = latest_runs(db)
    assert (runs["one"].status, runs["two"].status) == (RUNNING, CUT_OFF)
    assert endings(db)["two"].status == "ok"
    assert "one" not in endings(db)
