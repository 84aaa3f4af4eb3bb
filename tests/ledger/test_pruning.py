"""What was kept long enough is released; the promises, the numbers and what is still needed stay."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.ledger.intents import checks
from bridge.ledger.upkeep import pruning
from bridge.ledger.views import reports
from bridge.model import Hold, Lead, Reason, State
from bridge.operations.prune import Kept, keep_house
from tests.ledger.conftest import NOW

KEEP = timedelta(days=90)


def later(bench, days):
    bench.now = NOW + timedelta(days=days)
    return bench


def house(bench, **options):
    return keep_house(bench.db, now=bench.now, keep=KEEP, **options)


def facts(bench):
    with bench.db.read() as connection:
        query = sa.text("SELECT lead.source_id, lead.facts, lead.person FROM lead ORDER BY lead.id")
        return connection.execute(query).all()


@pytest.fixture
def settled(bench):
    """Three delivered, one refused, one duplicate, one held, two ready, all of the same day."""
    leads = [bench.lead(number, full_name="Jane Doe") for number in range(8)]
    bench.record(leads[:4])
    first = bench.claim(limit=3)
    bench.settle(first, State.DELIVERED)
    bench.settle(bench.claim(limit=1), State.REFUSED, Reason.BLOCKLIST)
    bench.record(leads[4:5])
    bench.settle(bench.claim(limit=1), State.DUPLICATE, Reason.IN_TARGET)
    bench.record(leads[5:6], decision=Hold(Reason.PLATFORM))
    bench.record(leads[6:])
    return bench


def test_only_what_is_settled_long_enough_is_pruned(settled):
    """Delivered, refused, duplicate and held, after the time; what is ready keeps its facts."""
    assert house(later(settled, 89)) == Kept()
    assert house(later(settled, 91), look_only=True).facts == 6
    assert house(settled).facts == 6
    assert [bool(row.facts) for row in facts(settled)] == [False] * 6 + [True] * 2
    assert all(row.person for row in facts(settled))
    assert house(settled) == Kept()
    with settled.db.read() as connection:
        # A refused lead that is retried must find its place in the line again.
        ranks = dict(connection.execute(sa.text("SELECT state, MAX(rank) FROM delivery GROUP BY state")).all())
    assert ranks["delivered"] == ""
    assert ranks["refused"]
    assert settled.states() == {"delivered": 3, "refused": 1, "duplicate": 1, "held": 1, "ready": 2}


def test_a_lead_that_another_route_still_needs_is_kept(settled):
    """Delivered on one route and ready on another: its facts stay."""
    settled.record([settled.lead(0, full_name="Jane Doe")], route="second")
    assert house(later(settled, 91)).facts == 5


def test_who_is_needed_again_between_looking_and_pruning_is_kept(settled):
    """Another process put one of them in line meanwhile: its facts and its fields stay."""
    before = later(settled, 91).now
    (found,) = pruning.prunable_leads(settled.db, before)
    settled.record([settled.lead(0, full_name="Jane Doe")], route="second")
    assert pruning.prune_leads(settled.db, found, before) == 5
    assert facts(settled)[0].facts


def test_a_pruned_lead_is_known_for_ever(settled):
    """The same person in another campaign, years later, is a duplicate of the delivery without facts."""
    house(later(settled, 91))
    settled.record([Lead("f" * 24, "k2", email="p0@site0.example", validation="valid")],
                   campaign=settled.campaign("k2"))  # fmt: skip
    settled.claim()
    assert settled.reasons()["duplicate_of"] == 1


def test_reading_a_pruned_lead_again_brings_no_facts_back(settled):
    """A sweep that meets the same row stores nothing: the digest shows that nothing changed."""
    house(later(settled, 91))
    assert settled.record([settled.lead(0, full_name="Jane Doe")]) == 0
    assert facts(settled)[0].facts == ""


def test_a_noted_address_outlives_the_facts(settled):
    """What explain reports a delivered lead (another address since) is not lost when rules change after pruning."""
    settled.record([settled.lead(0, email="new@site0.example")])
    house(later(settled, 91))
    number = settled.route()[0]
    settled.key = "rules-2"
    for leads in ledger.undecided_leads(settled.db, settled.deciding(), settled.campaign()):
        decided = [(lead, settled.deliver(lead.lead)) for lead in leads]
        ledger.record_decisions(settled.db, settled.deciding(), decided)
    with settled.db.read() as connection:
        query = sa.text("SELECT address_changed FROM delivery WHERE route_no = :n ORDER BY id LIMIT 1")
        assert connection.execute(query, {"n": number}).scalar() == "new@site0.example"


def test_a_decision_that_needs_pruned_facts_has_them_read_again(settled):
    """Held for pruned facts: the campaign's fingerprint is cleared, and the next sweep stores the facts again."""
    campaign = settled.campaign()
    ledger.store_sweep(settled.db, campaign.no, fingerprint="f", unread=0, now=NOW, resweep_at=None, resweeps=0)
    house(later(settled, 91))
    held = ledger.stored_leads(settled.db, campaign)
    for leads in held:
        pruned = [lead for lead in leads if lead.lead.problem]
        decided = [(lead, Hold(Reason.FACTS_PRUNED)) for lead in pruned]
        ledger.record_decisions(settled.db, settled.deciding("second"), decided)
    number = settled.route("second")[0]
    assert pruning.read_again(settled.db, number) == 6
    assert ledger.campaigns_by_id(settled.db, ["k1"])["k1"].fingerprint == ""
    assert settled.record([settled.lead(0, full_name="Jane Doe")], route="second") == 1
    assert "Jane Doe" in facts(settled)[0].facts
    assert settled.states("second") == {"held": 5, "ready": 1}


def test_a_held_lead_without_facts_is_decided_again_once_it_was_read_again(settled):
    """Another rule would let it go: it is held for its facts, read again, and then it is ready."""
    house(later(settled, 91))
    settled.key, held = "rules-2", []
    for leads in ledger.undecided_leads(settled.db, settled.deciding(), settled.campaign()):
        held += [lead for lead in leads if lead.lead.problem and lead.id == 6]
        decided = [(lead, Hold(Reason.FACTS_PRUNED)) for lead in held]
        ledger.record_decisions(settled.db, settled.deciding(), decided)
    assert settled.reasons()["facts_pruned"] == 1
    assert pruning.read_again(settled.db, settled.route()[0]) == 1
    settled.record([settled.lead(5, full_name="Jane Doe")])
    assert settled.states() == {"delivered": 3, "refused": 1, "duplicate": 1, "ready": 3}


def test_a_validation_of_its_own_reaches_a_lead_whose_facts_were_pruned(bench):
    """It cannot carry what was found without its facts: it is read again, and then it does."""
    bench.record([bench.lead(1, validation="")], decision=Hold(Reason.NOT_VALIDATED))
    house(later(bench, 91))
    (reject,) = next(reports.rejects(bench.db))
    assert reject.email == "p1@site1.example"
    checks.store_checks(bench.db, [checks.Check(reject.email, "valid", bench.now)])
    assert checks.apply_checks(bench.db, [reject.email]) == 1
    read = checks.supplemented(bench.db, [bench.lead(1, validation="")])
    assert bench.record(read) == 1
    assert bench.states() == {"ready": 1}


def test_runs_that_did_nothing_are_dropped_but_the_last(bench):
    """Fifty routes a quarter of an hour apart would fill the ledger with runs that found nothing to do."""
    number = bench.route()[0]
    for day in range(5):
        run = ledger.start_run(bench.db, number, NOW + timedelta(days=day))
        ledger.finish_run(bench.db, run, NOW + timedelta(days=day), "ok", {})
    bench.record([bench.lead(1)])
    bench.claim()  # its batch belongs to run 1
    assert house(later(bench, 365)).runs == 3
    with bench.db.read() as connection:
        assert connection.execute(sa.text("SELECT id FROM run ORDER BY id")).scalars().all() == [1, 5]
