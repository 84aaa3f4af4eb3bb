"""Stored leads are decided again on a short road, which leaves what the long one leaves."""

import random
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.ledger import hot
from bridge.ledger.core.decisions import Before
from bridge.ledger.tables import metadata
from bridge.model import Deliver, Fields, Hold, Origin, Outcome, Place, Reason, State

from .conftest import NOW

# Both routes know the same leads; what names one of their deliveries names its lead here.
OWN = {"id", "route_no", "batch_id", "place_no", "waits_for"}
SAME = ", ".join(f"d.{column.name}" for column in metadata.tables["delivery"].columns if column.name not in OWN)
ROWS = (
    f"SELECT {SAME}, o.lead_id FROM delivery d LEFT JOIN delivery o ON o.id = d.waits_for AND d.waits_for <> 0",
    "SELECT d.lead_id, e.at, e.state, e.reason, e.origin, e.detail FROM event e JOIN delivery d ON d.id = delivery_id",
    "SELECT d.lead_id, c.person FROM claim c JOIN delivery d ON d.id = c.delivery_id",
    "SELECT d.lead_id, p.kind FROM pending_change p JOIN delivery d ON d.id = p.delivery_id",
)
ROUTES = {"short": Place("instantly", "one", "campaign", "c"), "long": Place("instantly", "two", "campaign", "c")}
ENDS = (
    (State.DELIVERED, Reason.CREATED),
    (State.DELIVERED, Reason.CREATED),
    (State.READY, Reason.UNEXPLAINED),
    (State.REFUSED, Reason.REJECTED),
    (State.IN_DOUBT, Reason.ANSWER_LOST),
    (State.FAILED, Reason.ATTEMPTS_SPENT),
)
NAMES = ("jane.doe", "janedoe", *(f"p{number}" for number in range(40)))


def left(db, route_no):
    """What the ledger holds of a route's deliveries."""
    with db.read() as connection:
        return [
            sorted(map(repr, connection.exec_driver_sql(f"{query} WHERE d.route_no = {route_no}"))) for query in ROWS
        ]


def decision(dice, lead):
    """Often the one before, since there are few."""
    if dice.random() < 0.4:
        return Hold(dice.choice([Reason.ROLE_ADDRESS, Reason.COUNTRY]), dice.choice(["", "info"]))
    fields = Fields(first_name=dice.choice(["Jane", "Jane", "Mia"]))
    return Deliver(
        lead.email, fields, dice.choice(["gmail.com", ""]), NOW.replace(year=2027) if dice.random() < 0.8 else None
    )


def send(bench, route, limit, ends):
    """A batch goes out; each lead comes to its end, and without `ends` it stays under way."""
    batch = bench.claim(route=route, place=ROUTES[route], limit=limit, per_domain=8)
    if batch and ends:
        found = [Outcome(one.id, *ends[one.address], Origin.API, "r") for one in batch.deliveries]
        ledger.record_outcomes(bench.db, bench.recording(route), found, batch_id=batch.id)


def history(bench, dice):
    """Both routes decide, send and learn the same; then facts change, and some are pruned."""
    leads = [bench.lead(number, f"{dice.choice(NAMES)}@gmail.com") for number in range(30)]
    first = [(lead, decision(dice, lead)) for lead in leads]
    batches = [(dice.choice([6, 12]), {lead.email: dice.choice(ENDS) for lead in leads}), (dice.choice([1, 3]), {})]
    for route in ROUTES:
        ledger.record_page(bench.db, bench.deciding(route), bench.campaign(), first)
        for limit, ends in batches:
            send(bench, route, limit, ends)
    changed = [replace(lead, city="Kiel") for lead in leads if dice.random() < 0.2]
    changed += [replace(lead, email=f"{dice.choice(NAMES)}@gmail.com") for lead in leads if dice.random() < 0.2]
    bench.record(changed, route="third")
    with bench.db.write() as connection:
        connection.exec_driver_sql(f"UPDATE lead SET facts = '' WHERE id = {dice.randrange(1, 30)}")
        connection.exec_driver_sql(f"UPDATE delivery SET stale = 1 WHERE lead_id = {dice.randrange(1, 30)}")


def decide_again(bench, route, decided, **options):
    """How many leads were read for it."""
    deciding = replace(bench.deciding(route), **options)
    if route == "short":
        ledger.note_frozen(bench.db, deciding, bench.campaign(), size=7)
    else:  # no stale delivery counts as decided just so
        with bench.db.write() as connection:
            stale = f"UPDATE delivery SET stale = 1 WHERE state IN ('held', 'ready') AND route_no = {deciding.route_no}"
            connection.exec_driver_sql(stale)
    pieces = list(ledger.undecided_leads(bench.db, deciding, bench.campaign(), size=6))
    for piece in pieces:
        ledger.record_decisions(bench.db, deciding, [(lead, decided[lead.id]) for lead in piece])
    return sum(map(len, pieces))


@pytest.mark.parametrize("seed", range(8))
def test_the_short_road_leaves_what_the_long_one_leaves(bench, seed):
    """Of every state, of changed and pruned facts, of the same and of other decisions, with and without updates."""
    dice = random.Random(seed)
    history(bench, dice)
    bench.key, bench.now = "rules-2", bench.now.replace(hour=15)
    stored = [lead for piece in ledger.stored_leads(bench.db, bench.campaign()) for lead in piece]
    decided = {lead.id: decision(dice, lead.lead) for lead in stored}
    updates = seed % 4 == 3
    read = {route: decide_again(bench, route, decided, updates=updates) for route in ROUTES}
    assert (read["short"] < read["long"] == 30) is not updates
    short, long = (left(bench.db, bench.route(route)[0]) for route in ROUTES)
    assert short == long
    assert len(short[0]) == 30
    under_way = bench.states("short").get("sending", 0)
    assert [decide_again(bench, "short", decided, updates=updates)] == [under_way]


def test_a_frozen_delivery_whose_facts_changed_is_read(bench):
    """Its new address is noted; that of the others costs no reading."""
    bench.record([bench.lead(1), bench.lead(2)])
    bench.settle(bench.claim(), State.DELIVERED)
    bench.record([bench.lead(1, "new@site1.example")], route="third")
    bench.key = "rules-2"
    ledger.note_frozen(bench.db, bench.deciding(), bench.campaign())
    (piece,) = ledger.undecided_leads(bench.db, bench.deciding(), bench.campaign())
    assert [lead.lead.email for lead in piece] == ["new@site1.example"]


def test_a_decision_that_changes_nothing_moves_only_its_rules_and_its_time(bench):
    """What is compared with it stands in the order in which a decision writes."""
    assert Before._fields[2 : 2 + len(hot.DECIDED)] == hot.DECIDED
    bench.record([bench.lead(1), bench.lead(2)], decision=Hold(Reason.COUNTRY, "DE"))
    bench.record([bench.lead(3)])
    before = rows(bench.db)
    bench.key, bench.now = "rules-2", bench.now.replace(hour=13)
    bench.record([bench.lead(1), bench.lead(2)], decision=Hold(Reason.COUNTRY, "DE"))
    bench.record([bench.lead(3)])
    at = int(bench.now.timestamp() * 1000)
    assert rows(bench.db) == [row | {"decided_by": "rules-2", "decided_at": at} for row in before]


def rows(db):
    with db.read() as connection:
        return [dict(row) for row in connection.execute(sa.text("SELECT * FROM delivery ORDER BY id")).mappings()]
