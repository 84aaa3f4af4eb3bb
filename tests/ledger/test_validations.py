"""The budget: whatever happens in whatever order, no cap is ever overdrawn."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge import ledger
from bridge.errors import Busy
from bridge.ledger import Database
from bridge.ledger import intent as intents
from bridge.ledger.core import leases
from bridge.ledger.core.holders import myself
from bridge.ledger.intent import Answer, Stage
from bridge.ledger.intents import validations
from bridge.ledger.intents.validations import Asked, Reserving
from bridge.ledger.sql import rows
from bridge.ledger.tables import IntentRow
from bridge.ledger.upkeep.migrate import upgrade
from bridge.model import Budget, SourceCampaign

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def campaign_no(db, name="c"):
    return ledger.note_campaigns(db, [SourceCampaign(name, title=name)])[name].no


def held(db, name):
    number = ledger.route_number(db, name)
    return number, leases.acquire(db, number, myself())


def wanted(campaign, route, cost, budget, *, now=NOW):
    number, epoch = route
    return Reserving(campaign, number, epoch, cost, cost * 1000, budget, now, now)


def spent(db, route_no, now=NOW):
    """What the route's validations hold of its budgets, in all and on this day (UTC), counted from the rows."""
    query = """SELECT began_at, CASE WHEN cost_known = 1 THEN used ELSE reserved END AS charge FROM intent
        WHERE kind = 'validation' AND route_no = :route"""
    with db.read() as connection:
        found = [(row["began_at"] // 86_400_000, row["charge"]) for row in rows(connection, query, route=route_no)]
    day = int(now.timestamp()) // 86_400
    return sum(charge for _, charge in found), sum(charge for began, charge in found if began == day)


def test_two_at_once_get_one_validation_of_a_campaign(db):
    """Eight routes ask for the same campaign at the same moment: one may."""
    campaign = campaign_no(db)
    routes = [held(db, f"r{n}") for n in range(8)]
    barrier, got = threading.Barrier(8), []

    def ask(route):
        barrier.wait()
        got.append(validations.reserve(db, wanted(campaign, route, 1, Budget(99, 99, 99)))[0])

    run_all(ask, routes)
    assert sum(bool(number) for number in got) == 1


def test_campaigns_asked_for_at_once_never_overdraw_the_route(db):
    """Eight campaigns at 30 credits, 100 for the route: three are reserved, no matter who comes first."""
    route = held(db, "r")
    campaigns = [campaign_no(db, f"c{n}") for n in range(8)]
    barrier, got = threading.Barrier(8), []

    def ask(campaign):
        barrier.wait()
        got.append(validations.reserve(db, wanted(campaign, route, 30, Budget(99, 100, 999))))

    run_all(ask, campaigns)
    assert sum(bool(number) for number, _ in got) == 3
    assert {why for number, why in got if not number} == {"route"}
    assert spent(db, route[0]) == (90_000, 90_000)


def run_all(work, items):
    threads = [threading.Thread(target=work, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_what_scravio_reserved_counts_where_it_is_more_than_was_weighed(db):
    """The price rose between its preview and the call: the greater sum is what the next reservation meets."""
    route, first, second = held(db, "r"), campaign_no(db), campaign_no(db, "d")
    number, _ = validations.reserve(db, wanted(first, route, 10, Budget(99, 20, 99)))
    intents.note(db, number, Answer(Stage.ASKED, emails=15, reserved=15_000), NOW)
    assert spent(db, route[0]) == (15_000, 15_000)
    assert validations.reserve(db, wanted(second, route, 10, Budget(99, 20, 99))) == (0, "route")


@pytest.mark.parametrize("reported", [0, 5_000])
def test_less_than_was_weighed_gives_nothing_back_before_the_end(db, reported):
    """While it runs no one knows what it will use."""
    route = held(db, "r")
    number, _ = validations.reserve(db, wanted(campaign_no(db), route, 10, Budget(99, 20, 99)))
    intents.note(db, number, Answer(Stage.ASKED, reserved=reported), NOW)
    assert spent(db, route[0]) == (10_000, 10_000)


def test_who_has_lost_the_route_reserves_nothing(db):
    """An older epoch is void: its reservation would be spent beside the new holder's."""
    number, epoch = held(db, "r")
    leases.release(db, number, epoch)
    leases.acquire(db, number, myself())
    with pytest.raises(Busy):
        validations.reserve(db, wanted(campaign_no(db), (number, epoch), 1, Budget(9, 9, 9)))


def test_the_database_itself_refuses_a_second_open_validation(db):
    """The promise is an index, not an if."""
    campaign = campaign_no(db)
    row = {"kind": "validation", "subject": str(campaign), "state": "open", "held": 1}
    table = IntentRow.__table__
    with db.write() as connection:
        connection.execute(sa.insert(table), [row])
    with pytest.raises(sa.exc.IntegrityError), db.write() as connection:
        connection.execute(sa.insert(table), [{**row, "state": "asked"}])


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('budget')}/bridge.db")
    upgrade(database)
    yield database
    database.close()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "run", "drop", "end", "fail", "unclear", "day"]),
        st.integers(0, 2),
        st.integers(0, 3),
        st.integers(0, 40),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 60), st.integers(0, 120), st.integers(0, 80))
def test_no_history_overdraws_a_cap(scratch, steps, campaign_cap, route_cap, day_cap):
    """Reservations, lost answers, returns and failures in any order: what is charged stays within every cap."""
    with scratch.write() as connection:
        connection.execute(sa.text("DELETE FROM intent"))
        connection.execute(sa.text("UPDATE route_lease SET expires_at = 0"))
    routes = [held(scratch, f"r{n}") for n in range(3)]
    campaigns = [campaign_no(scratch, f"c{n}") for n in range(4)]
    budget, now = Budget(campaign_cap, route_cap, day_cap), NOW
    for step, route, campaign, amount in steps:
        now += timedelta(days=step == "day")
        if step == "reserve":
            validations.reserve(scratch, wanted(campaigns[campaign], routes[route], amount, budget, now=now))
        else:
            move(scratch, step, campaigns[campaign], amount, now)
        charged = validations.validations(scratch)
        for number, _epoch in routes:
            assert sum(row.charge for row in charged if row.route_no == number) <= route_cap * 1000
            assert spent(scratch, number, now)[1] <= day_cap * 1000
        for campaign_number in campaigns:
            assert sum(row.charge for row in charged if row.campaign_no == campaign_number) <= campaign_cap * 1000


def move(db, step, campaign_no, amount, now):
    """One thing that may become of the campaign's open validation, whatever state it is in."""
    rows = [row for row in validations.validations(db, [campaign_no]) if row.held]
    if not rows:
        return
    row, used = rows[-1], min(amount * 1000, rows[-1].reserved)
    match step:
        case "run":
            intents.note(db, row.id, Answer(Stage.ASKED, remote_id="j"), now)
        case "drop" if row.stage is Stage.OPEN:
            intents.drop(db, row.id, "")
        case "unclear" if row.stage is Stage.OPEN:
            intents.give_up(db, row.id, "")
        case "end":
            validations.end_validation(db, row, Answer(result=Asked.COMPLETED, used=used), now)
        case "fail":
            validations.end_validation(db, row, Answer(result=Asked.FAILED), now)
