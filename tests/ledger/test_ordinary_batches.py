"""The ordinary batch takes a short road through claim and outcomes, and leaves what the long one would leave."""

import random
from datetime import timedelta

import pytest

from bridge import ledger
from bridge.ledger.core import candidates, claims, outcomes
from bridge.model import Deliver, Fields, Origin, Outcome, Place, Reason, State

from .conftest import NOW, PLACE, every_claim

ROWS = (
    """
    SELECT id, state, reason, origin, detail, stale, waits_for, attempts, asked_at, ended_at, absent_at, not_before,
        sent_at, remote_id, rank FROM delivery
    """,
    "SELECT delivery_id, at, state, reason, origin, detail FROM event",
    "SELECT kind, state, result, emails, facts, ended_at FROM intent",
)
SHORT = ((candidates, "_is_ordinary"), (claims, "_claim_at_once"), (outcomes, "_all_created"))
PLACES = (PLACE, Place("instantly", "ws", "campaign", "c2"), Place("instantly", "ws", "list", "l1"))


class _UndoError(Exception):
    """Ends a transaction without a trace."""


def left(db, step, *given, **options):
    """What a step leaves in the ledger, and its answer; then it is undone."""
    found = []
    try:
        with db.write() as connection:
            answer = step.__wrapped__(connection, *given, **options)
            found = [every_claim(connection)]
            found += [sorted(map(tuple, connection.exec_driver_sql(query))) for query in ROWS]
            raise _UndoError
    except _UndoError:
        return found, answer


def both(monkeypatch, db, step, *given, **options):
    """The same of the road that the step chooses, and of the long one."""
    short = left(db, step, *given, **options)
    with monkeypatch.context() as without:
        for module, name in SHORT:
            without.setattr(module, name, lambda *_: False)
        return short, left(db, step, *given, **options)


def record(bench, dice, route, numbers, odd):
    """Leads of as many people; `odd` is how many of them are others in another spelling, or else unusual."""
    for number in numbers:
        name = dice.choice(["jane.doe", "janedoe", "j.doe+x"]) if dice.random() < odd else f"p{number}"
        validation = "pending" if dice.random() < odd else "valid"
        expires = NOW + timedelta(hours=1 if dice.random() > odd else -1)
        lead = bench.lead(number, f"{name}@gmail.com", validation=validation)
        bench.record([lead], route=route, decision=Deliver(lead.email, Fields(), "gmail.com", expires))


def settle(bench, dice, batch, route):
    """Each of a batch at some end."""
    ends = [(State.DELIVERED, Reason.CREATED), (State.READY, Reason.UNEXPLAINED), (State.REFUSED, Reason.REJECTED)]
    found = [Outcome(one.id, *dice.choice(ends), Origin.API, "r") for one in batch.deliveries] if batch else []
    ledger.record_outcomes(bench.db, bench.recording(route), found, batch_id=batch.id if batch else 0)


@pytest.mark.parametrize("seed", range(6))
def test_the_short_road_leaves_what_the_long_one_leaves(bench, monkeypatch, seed):
    """Of spellings, refusals, doubts, other routes, scopes, caps and answers that repeat themselves."""
    dice = random.Random(seed)
    odd = dice.choice([0, 0, 0.2])
    scopes = [{"dedupe": name, "place": place} for name in ("target", "campaigns", "workspace") for place in PLACES]
    record(bench, dice, "other", range(5, 10) if odd else range(100, 105), odd)
    settle(bench, dice, bench.claim(route="other", **dice.choice(scopes)), "other")
    record(bench, dice, "fitness", range(20), odd)
    if dice.random() < odd:
        ledger.suppress(bench.db, "janedoe@gmail.com", kind="address", reason="", origin="test", now=NOW)
    options = dice.choice(scopes) | {"dedupe": dice.choice(["workspace", "workspace", "campaigns", "everywhere"])}
    options |= {"per_domain": dice.choice([0, 0, 4]), "same_person": dice.choice(["canonical", "canonical", "exact"])}
    for _ in range(3):
        claiming, limit = bench.claiming(**options), dice.choice([3, 6, 30])
        (short, sent), (long, wanted) = both(monkeypatch, bench.db, claims._claim_next, claiming, limit)
        assert short == long
        assert [row.id for row in sent.rows] == [row.id for row in wanted.rows] if sent else sent is wanted
        batch = bench.claim(limit=limit, **options)
        if batch is None:
            continue
        answer = [Outcome(one.id, State.DELIVERED, Reason.CREATED, Origin.API, "r\0é") for one in batch.deliveries]
        repeated = dice.random() < 0.3  # a part was recorded already
        if repeated:
            ledger.record_outcomes(bench.db, bench.recording(), answer[1::2], batch_id=0)
        if dice.random() < 0.3:
            answer[0] = Outcome(answer[0].delivery_id, State.READY, Reason.UNEXPLAINED, Origin.INFERRED)
        given = (bench.recording(), answer)
        short, long = both(monkeypatch, bench.db, outcomes.record_outcomes, *given, batch_id=batch.id)
        assert short == long
        if not repeated:
            settle(bench, dice, batch, "fitness")
        bench.now += timedelta(hours=7)


def test_a_claim_in_a_scope_that_the_route_does_not_mind_keeps_no_one_back(bench, monkeypatch):
    """Where the workspace is free and its campaigns are not: each lead goes, and the other's claim stays."""
    bench.record([bench.lead(1, "a@one.example")], route="other")
    bench.settle(bench.claim(route="other", dedupe="target"), State.DELIVERED)
    with bench.db.write() as connection:  # no two deliveries of ours come to this
        apart = "DELETE FROM claim WHERE scope_no NOT IN (SELECT no FROM scope WHERE name = 'instantly:ws:campaigns')"
        connection.exec_driver_sql(apart)
    bench.record([bench.lead(number, f"{name}@one.example") for number, name in ((2, "b"), (3, "a"), (4, "c"))])
    claiming = bench.claiming(place=PLACES[1], per_domain=0)
    (short, sent), (long, _) = both(monkeypatch, bench.db, claims._claim_next, claiming, 10)
    assert short == long
    assert [row.person for row in sent.rows] == ["b@one.example", "a@one.example", "c@one.example"]
    assert short[0]["a@one.example", "instantly:ws:campaigns"] == 1
