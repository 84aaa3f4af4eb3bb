"""Whole syncs leave the same on the short roads and on the long ones: what a glance spares is what it would find."""

import os
import random
import shutil

import pytest

from bridge import ledger
from bridge.api import bodies
from bridge.hygiene import ordinary
from bridge.ledger.core import candidates, claims, counting, outcomes
from bridge.ledger.scopes import IMPLIED
from bridge.sources.scravio import rows
from tests.harness import Clock, Operator, good_world, route
from tests.reliability.histories import WRITE_FAULTS

HISTORIES = 24 if "BRIDGE_TEST_LONG" in os.environ else 1
PEOPLE = [
    f"{name}@{domain}"
    for name in ("jane.doe", "janedoe", "j.a.n.e+x", "bob", "info")
    for domain in ("gmail.com", "googlemail.com", "b.example", "GMAIL.com")
]
ODD = [{"biography": "a\0b"}, {"biography": "x" * 300}, {"followerCount": 12.5}, {"followerCount": "12,345"}]
LEFT = (
    "SELECT source_id, person, profile, username, validation, revision, facts FROM lead",
    """
    SELECT l.source_id, d.route_no, d.state, d.reason, d.origin, d.detail, d.stale, d.rank, d.domain, d.expires_at,
        d.attempts, d.not_before, d.ended_at, d.absent_at, d.sent_at, d.address, d.fields, d.address_changed
    FROM delivery d JOIN lead l ON l.id = d.lead_id
    """,
    f"""
    SELECT c.person, scope.name, l.source_id, d.route_no
    FROM (SELECT person, scope_no, delivery_id FROM claim UNION ALL SELECT c.person, n.no, c.delivery_id {IMPLIED}) c
    JOIN scope ON scope.no = c.scope_no JOIN delivery d ON d.id = c.delivery_id JOIN lead l ON l.id = d.lead_id
    """,
    """
    SELECT l.source_id, d.route_no, e.at, e.state, e.reason, e.origin, e.detail
    FROM event e JOIN delivery d ON d.id = e.delivery_id JOIN lead l ON l.id = d.lead_id
    """,
    "SELECT kind, state, result, emails, ended_at FROM intent",
)


def change(dice, campaign, now):
    """A lead comes, gets another address, another verdict or odd facts."""
    one = campaign.lead(dice.randrange(campaign.crowd.size))
    match dice.randrange(4):
        case 0:
            campaign.add_lead(email=dice.choice(PEOPLE)).validate(dice.choice(["valid", "valid", "pending"]), now)
        case 1:
            one.update(email=dice.choice(PEOPLE))
        case 2:
            one.validate(dice.choice(["valid", "invalid", None]), now)
        case _:
            one.update(**dice.choice(ODD))
    campaign.touch(now)


def played(url, seed):
    """What the reports say, what the ledger holds and which requests were made, after some syncs of two routes."""
    dice, world = random.Random(seed), good_world("First", "Second", leads=2)
    operator, reported = Operator(url, world, Clock()), []
    scopes = ("target", "campaigns", "lists", "workspace", "everywhere")
    rules = [
        {"same_person": dice.choice(["canonical", "exact"]), "per_domain": dice.choice([0, 0, 1, 3])} for _ in range(2)
    ]
    places = [{"ref": "Fitness Q4"}, {"ref": "Scravio inbox", "kind": "list"}]
    routes = [
        route("one", dedupe=dice.choice(scopes), role_addresses="allow", **places[0], **rules[0]),
        route("two", dedupe=dice.choice(scopes), role_addresses="allow", **dice.choice(places), **rules[1]),
    ]
    db = ledger.Database(url)
    for _ in range(5):
        for _ in range(dice.randrange(5)):
            change(dice, world.scravio.campaign(dice.choice(["First", "Second"])), operator.clock.now())
        if dice.random() < 0.3:
            world.instantly.block(dice.choice(PEOPLE).lower(), operator.clock.now())
        if dice.random() < 0.3:
            named = {"kind": "address", "reason": "", "origin": "test", "now": operator.clock.now()}
            ledger.suppress(db, dice.choice(PEOPLE).lower(), **named)
        if dice.random() < 0.4:
            operator.sandbox.faults.add(
                vendor="instantly", method="POST", path="*/leads/add", times=1, **dice.choice(WRITE_FAULTS)
            )
        some = dice.choice([routes, routes[:1], routes[1:], routes[::-1]])
        found = operator.sync(*some, limit=dice.choice([None, None, 3]))
        reported += [(one.route, one.status, dict(one.tally.states), dict(one.tally.reasons)) for one in found]
        operator.clock.forward(seconds=dice.choice([1, 31, 400, 3700, 30_000, 90_000]))
    with db.read() as connection:
        left = [sorted(map(tuple, connection.exec_driver_sql(query))) for query in LEFT]
    db.close()
    assert operator.sandbox.report()["created_twice"] == {}  # of persons "exact" allows it
    return reported, left, operator.calls()


@pytest.mark.parametrize("seed", range(HISTORIES))
@pytest.mark.usefixtures("quick_retries")
def test_whole_syncs_leave_the_same_on_both_roads(tmp_path, sqlite_template, monkeypatch, seed):
    """Spellings, edits, lost answers, two routes and any scope: no batch, page, answer, text or number is ordinary."""
    urls = [f"sqlite:///{shutil.copy(sqlite_template, tmp_path / name)}" for name in ("short.db", "long.db")]
    short = played(urls[0], seed)
    for module, name in ((candidates, "_is_ordinary"), (claims, "_claim_at_once"), (outcomes, "_all_created")):
        monkeypatch.setattr(module, name, lambda *_: False)
    for name in ("address", "link", "name", "is_sentence", "is_handle"):
        monkeypatch.setattr(ordinary, name, lambda *_: None)
    monkeypatch.setattr(rows, "decoded", bodies.decoded)
    monkeypatch.setattr(counting, "STEP", 3)  # numbers of nearly all leads are kept by the trigger
    assert played(urls[1], seed) == short
