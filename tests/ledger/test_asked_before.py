"""A lead that is ready after an earlier call keeps its claim until its target was asked, whatever happens to it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge import ledger
from bridge.ledger.people import suppressions
from bridge.model import Deliver, Fields, Hold, Place, Reason, State

JANE = "jane@one.example"
SECOND = Place("instantly", "ws", "campaign", "c2")
OTHER_WORKSPACE = Place("instantly", "ws2", "campaign", "c9")


@pytest.fixture
def jane(bench):
    """Jane was offered once, and the target did not say what became of her; two routes have read her."""
    lead = bench.lead(1, JANE)
    bench.record([lead])
    bench.record([bench.lead(2, JANE)], route="two")
    bench.settle(bench.claim(), State.READY, Reason.UNEXPLAINED)
    bench.now += timedelta(hours=1)
    return lead


def rules_change(bench, lead):
    bench.key = "rules-2"
    bench.record([lead], decision=Hold(Reason.COUNTRY))


def address_changes(bench, lead):
    bench.record([replace(lead, email="jane@two.example")])


def suppressed_before_the_claim(bench, _lead):
    suppressions.suppress(bench.db, JANE, kind="address", reason="", origin="cli", now=bench.now)
    assert bench.claim() is None
    suppressions.remove(bench.db, JANE)


def suppressed_after_the_claim(bench, _lead):
    batch = bench.claim()
    ledger.withhold(bench.db, bench.recording(), batch.id, batch.deliveries)


def domain_is_full(bench, _lead):
    bench.record([bench.lead(3, "early@one.example", scraped_at=bench.now - timedelta(days=9))])
    assert len(bench.claim(per_domain=1).deliveries) == 1


def target_changes(bench, _lead):
    assert bench.claim(place=SECOND) is None


def workspace_changes(bench, _lead):
    assert bench.claim(place=OTHER_WORKSPACE) is None


def narrower(bench, _lead):
    assert bench.claim(place=SECOND, dedupe="target") is None


WAYS = [
    rules_change,
    address_changes,
    suppressed_before_the_claim,
    suppressed_after_the_claim,
    domain_is_full,
    target_changes,
    workspace_changes,
    narrower,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nothing_frees_the_claim_of_a_lead_whose_target_was_not_asked(bench, jane, way):
    """It is in doubt, where it was sent, with its claim; certainly absent, it frees it, and the other route goes."""
    way(bench, jane)
    bench.key = "rules-1"
    (doubt,) = ledger.doubts(bench.db, bench.route()[0])
    assert (doubt.delivery.address, doubt.delivery.place.id) == (JANE, "c1")
    assert bench.reasons()[Reason.ASKED_BEFORE] == 1
    assert bench.claim(route="two", place=SECOND) is None
    decided = [(doubt.delivery.id, Hold(Reason.COUNTRY))]
    ledger.settle_absent(bench.db, bench.recording(), decided, bench.key)
    bench.redecide_stale("two")
    assert len(bench.claim(route="two", place=SECOND).deliveries) == 1


@pytest.mark.parametrize("way", [rules_change, address_changes], ids=lambda way: way.__name__)
def test_a_lead_that_was_found_absent_is_not_asked_for_again(bench, jane, way):
    """Its target was asked since the last call: its claim is free at once."""
    target_changes(bench, jane)
    (doubt,) = ledger.doubts(bench.db, bench.route()[0])
    ledger.note_absent(bench.db, bench.recording(), [doubt.delivery.id])
    again = [(doubt.delivery.id, Deliver(JANE, Fields()))]
    ledger.settle_absent(bench.db, bench.recording(), again, bench.key)
    way(bench, jane)
    bench.key = "rules-1"
    assert ledger.doubts(bench.db, bench.route()[0]) == []
    bench.redecide_stale("two")
    assert len(bench.claim(route="two", place=SECOND).deliveries) == 1


def test_a_lead_whose_claim_another_inherits_is_asked_for_before_it_is_held(bench, jane):
    """A route that minds its own target alone went to the person meanwhile; in doubt she keeps the claim of her target.

    Certainly absent, she is held as the other's duplicate, and her claim is free.
    """
    bench.settle(bench.claim(route="two", place=SECOND, dedupe="target"), State.DELIVERED, route="two")
    assert bench.claim() is None
    (doubt,) = ledger.doubts(bench.db, bench.route()[0])
    assert bench.reasons()[Reason.ASKED_BEFORE] == 1
    bench.record([bench.lead(3, JANE)], route="three")
    assert bench.claim(route="three", dedupe="target") is None
    ledger.note_absent(bench.db, bench.recording(), [doubt.delivery.id])
    again = [(doubt.delivery.id, Deliver(JANE, Fields(), "one.example"))]
    ledger.settle_absent(bench.db, bench.recording(), again, bench.key)
    assert bench.claim() is None
    assert (bench.states(), bench.reasons()) == ({"held": 1}, {Reason.DUPLICATE_OF: 1})
    bench.redecide_stale("three")
    assert len(bench.claim(route="three", dedupe="target").deliveries) == 1


def test_a_lead_that_is_refused_after_an_unexplained_call_is_asked_for(bench, jane):
    """That call may have created her. Certainly absent, she is sent once more, and a refusal frees her claim."""
    bench.settle(bench.claim(), State.REFUSED, Reason.REJECTED)
    (doubt,) = ledger.doubts(bench.db, bench.route()[0])
    assert (bench.reasons()[Reason.ASKED_BEFORE], doubt.absent_at) == (1, None)
    assert bench.claim(route="two", place=SECOND) is None
    ledger.note_absent(bench.db, bench.recording(), [doubt.delivery.id])
    again = [(doubt.delivery.id, Deliver(JANE, Fields(), "one.example"))]
    ledger.settle_absent(bench.db, bench.recording(), again, bench.key)
    bench.settle(bench.claim(), State.REFUSED, Reason.REJECTED)
    assert bench.states() == {"refused": 1}
    bench.redecide_stale("two")
    assert len(bench.claim(route="two", place=SECOND).deliveries) == 1


@pytest.mark.parametrize(
    ("state", "reason"), [(State.READY, Reason.UNEXPLAINED), (State.REFUSED, Reason.UNRESOLVABLE_AMONG)]
)
def test_a_claim_passes_to_a_lead_whose_call_was_not_explained(bench, jane, state, reason):
    """It may have created her: a route that minds the workspace does not take the claim that another gives up."""
    bench.settle(bench.claim(route="two", place=SECOND, dedupe="target"), state, reason, route="two")
    rules_change(bench, jane)
    bench.key = "rules-1"
    (doubt,) = ledger.doubts(bench.db, bench.route()[0])
    ledger.settle_absent(bench.db, bench.recording(), [(doubt.delivery.id, Hold(Reason.COUNTRY))], bench.key)
    bench.record([bench.lead(3, JANE)], route="three")
    assert bench.claim(route="three", place=Place("instantly", "ws", "campaign", "c3")) is None
    assert bench.reasons("three")[Reason.DUPLICATE_OF] == 1
    bench.now += timedelta(hours=1)
    claimed = bench.claim(route="two", place=SECOND, dedupe="target")
    assert (len(claimed.deliveries) if claimed else 0) == (state is State.READY)


def test_the_wait_for_a_lead_whose_target_is_asked_begins_when_its_call_ended(bench, jane):
    """Not when it went in doubt: by the ledger's clock, as every stamp that another process compares."""
    ended = bench.now - timedelta(hours=1)
    rules_change(bench, jane)
    (doubt,) = ledger.doubts(bench.db, bench.route()[0])
    assert (doubt.ended_at, doubt.absent_at) == (ended, None)


def test_a_lookup_before_a_call_is_no_word_about_that_call(bench, jane):
    """Absent after the first call and sent again: if that answer is lost too, it takes two lookups again."""
    rules_change(bench, jane)
    (doubt,) = ledger.doubts(bench.db, bench.route()[0])
    ledger.note_absent(bench.db, bench.recording(), [doubt.delivery.id])
    again = [(doubt.delivery.id, Deliver(JANE, Fields(), "one.example"))]
    ledger.settle_absent(bench.db, bench.recording(), again, bench.key)
    bench.settle(bench.claim(), State.IN_DOUBT, Reason.ANSWER_LOST)
    (doubt,) = ledger.doubts(bench.db, bench.route()[0])
    assert doubt.absent_at is None
