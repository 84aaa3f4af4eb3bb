"""Claims pass to anyone else who went to the person, and everyone who waited for one is asked again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge import ledger
from bridge.model import Deliver, Fields, Origin, Place, Reason, State
from tests.ledger.conftest import NOW

SECOND = Place("instantly", "ws", "campaign", "c2")
THIRD = Place("instantly", "ws", "campaign", "c3")
FOURTH = Place("instantly", "ws", "campaign", "c4")
OTHER_WORKSPACE = Place("instantly", "ws2", "campaign", "x1")

LATER = NOW + timedelta(hours=1)


def addresses(batch):
    return [delivery.address for delivery in batch.deliveries] if batch else []


def put_back(bench, batch):
    """The call did not happen."""
    ledger.put_back(bench.db, bench.recording(), batch.id, batch.deliveries, Reason.DENIED, "denied")


def leave_unexplained(bench, batch):
    """The call was answered without a word of them: ready again after a while, and the claim is kept."""
    bench.settle(batch, State.READY, Reason.UNEXPLAINED)
    bench.now = LATER


def settle_absent(bench, delivery_id, address):
    ledger.note_absent(bench.db, bench.recording(), [delivery_id])
    decision = Deliver(address, Fields(), address.partition("@")[2])
    ledger.settle_absent(bench.db, bench.recording(), [(delivery_id, decision)], bench.key)


def may_go(bench, address, *, route="last", place=THIRD, number=90, domain=None, **conditions):
    """Whether a further route may still go to this person."""
    bench.record([bench.lead(number, address)], route=route, domain=domain)
    return addresses(bench.claim(route=route, place=place, **conditions)) == [address]


# ---------------------------------------------------------------------------------------------- addresses that change


def test_the_one_who_waited_is_asked_again_when_the_owner_changes_address(bench):
    """An owner that was put back and then moved on leaves the old address to the next."""
    bench.record([bench.lead(1, "a@one.example"), bench.lead(2, "A@one.example")])
    put_back(bench, bench.claim())
    bench.record([bench.lead(1, "new@one.example")])
    assert addresses(bench.claim()) == ["new@one.example"]
    assert bench.redecide_stale() == 1
    assert addresses(bench.claim()) == ["a@one.example"]


def test_a_new_address_gives_the_claim_of_the_old_one_up(bench):
    """A lead that waited for a second attempt frees the old person once that one is certain not to have arrived."""
    bench.record([bench.lead(1, "old@one.example")])
    batch = bench.claim()
    leave_unexplained(bench, batch)
    assert not may_go(bench, "old@one.example", number=90)
    bench.record([bench.lead(1, "new@two.example")])
    assert not may_go(bench, "old@one.example", route="third", number=92)
    settle_absent(bench, batch.deliveries[0].id, "new@two.example")
    assert may_go(bench, "old@one.example", route="other", number=91)


def test_a_claim_does_not_pass_to_a_delivery_that_went_to_another_address(bench):
    """A delivered lead that shows another person's address by now never went to that person, who still goes."""
    bench.record([bench.lead(1, "old@one.example")])
    bench.settle(bench.claim(), State.DELIVERED)
    bench.record([bench.lead(2, "new@two.example")])
    bench.record([bench.lead(1, "new@two.example")])
    put_back(bench, bench.claim())
    assert addresses(bench.claim()) == ["new@two.example"]


def test_a_retry_under_a_new_address_gives_the_old_claim_up_at_its_claim(bench):
    """What failed is asked for under its address; found absent and sent under another, it owns only the new one."""
    bench.record([bench.lead(1, "old@one.example")])
    batch = bench.claim()
    bench.settle(batch, State.FAILED, Reason.ATTEMPTS_SPENT)
    bench.record([bench.lead(1, "new@two.example")])
    (delivery,) = batch.deliveries
    stored = ledger.leads_of(bench.db, [delivery.id])[delivery.id]
    again = bench.deliver(stored.lead)
    ledger.offer_again(bench.db, bench.recording(), [(delivery.id, stored, again)], bench.key)
    assert not may_go(bench, "old@one.example", number=89)
    ledger.settle_absent(bench.db, bench.recording(), [(delivery.id, again)], bench.key)
    assert addresses(bench.claim()) == ["new@two.example"]
    assert may_go(bench, "old@one.example", number=90)
    assert not may_go(bench, "new@two.example", route="other", number=91)


def test_nothing_goes_to_an_address_that_another_sweep_replaced(bench):
    """A decision about facts that another route's sweep has overwritten waits for a new decision."""
    bench.record([bench.lead(1, "old@one.example")])
    bench.record([bench.lead(1, "new@two.example")], route="second")
    assert bench.claim() is None
    assert bench.states() == {"ready": 1}


def test_a_suppressed_address_does_not_go_after_its_lead_moved_on(bench):
    """Who asked to be left alone is not written to by a decision that is out of date; the new address may go."""
    bench.record([bench.lead(1, "old@one.example")])
    bench.record([bench.lead(1, "new@two.example")], route="second")
    ledger.suppress(bench.db, "old@one.example", kind="address", reason="asked", origin="test", now=bench.now)
    assert bench.claim() is None
    bench.record([bench.lead(1, "new@two.example")])
    assert addresses(bench.claim()) == ["new@two.example"]


def test_an_address_that_two_leads_had_goes_once(bench):
    """One lead's old address is another lead's present one: only one of the two routes sends it."""
    bench.record([bench.lead(1, "old@one.example")])
    bench.record([bench.lead(2, "old@one.example")], route="third")
    bench.record([bench.lead(1, "new@two.example")], route="second")
    gone = addresses(bench.claim()) + addresses(bench.claim(route="third"))
    assert gone == ["old@one.example"]


# ---------------------------------------------------------------------------------------------------- claims passed on


def test_a_denied_route_that_is_renamed_frees_its_people(bench):
    """What was put back before it was ever asked stands in no one's way."""
    bench.record([bench.lead(1, "a@one.example")])
    put_back(bench, bench.claim())
    assert may_go(bench, "a@one.example", route="renamed", number=1, place=SECOND)


@pytest.mark.parametrize("change", ["workspace", "address"])
def test_who_moves_on_passes_the_claim_to_who_went_too(bench, change):
    """An owner that leaves a scope, by another workspace or another address, leaves it to the second narrow owner."""
    bench.record([bench.lead(1, "a@one.example")])
    first = bench.claim(dedupe="target")
    bench.record([bench.lead(2, "a@one.example")], route="second")
    bench.settle(bench.claim(route="second", dedupe="target", place=SECOND), State.DELIVERED, route="second")
    leave_unexplained(bench, first)
    if change == "workspace":
        assert bench.claim(dedupe="target", place=OTHER_WORKSPACE) is None
        settle_absent(bench, first.deliveries[0].id, "a@one.example")
        assert bench.claim(dedupe="target", place=OTHER_WORKSPACE)
    else:
        bench.record([bench.lead(1, "new@two.example")])
        settle_absent(bench, first.deliveries[0].id, "new@two.example")
    assert not may_go(bench, "a@one.example")


def test_the_heir_is_who_was_sent_to_the_person_whatever_its_lead_says_now(bench):
    """A delivered lead with another address by now still inherits the claim of the address it was sent to."""
    bench.record([bench.lead(1, "a@one.example")])
    first = bench.claim(dedupe="target")
    bench.record([bench.lead(2, "a@one.example")], route="second")
    bench.settle(bench.claim(route="second", dedupe="target", place=SECOND), State.DELIVERED, route="second")
    bench.record([bench.lead(2, "moved@two.example")], route="second")
    bench.settle(first, State.REFUSED, Reason.BLOCKLIST)
    assert not may_go(bench, "a@one.example")


def test_exact_claims_are_passed_on_by_the_very_address(bench):
    """Of three exact routes that went to one box, the wide scope remembers the spelling that is left."""
    spellings = {"first": "jane.doe@gmail.com", "second": "janedoe@gmail.com", "third": "jane.doe@gmail.com"}
    places = {"first": Place("instantly", "ws", "campaign", "c1"), "second": SECOND, "third": THIRD}
    batches = {}
    for number, (route, address) in enumerate(spellings.items(), start=1):
        bench.record([bench.lead(number, address)], route=route, domain="")
        batches[route] = bench.claim(route=route, place=places[route], same_person="exact", dedupe="target")
    bench.settle(batches["second"], State.DELIVERED, route="second")
    bench.settle(batches["third"], State.DELIVERED, route="third")
    bench.settle(batches["first"], State.REFUSED, Reason.BLOCKLIST, route="first")
    assert not may_go(bench, "jane.doe@gmail.com", place=FOURTH, domain="", same_person="exact")


def test_the_second_spelling_in_the_same_target_inherits_the_person(bench):
    """On an exact route the first spelling holds the person; once it is refused, the second one does."""
    bench.record([bench.lead(1, "jane.doe@gmail.com"), bench.lead(2, "janedoe@gmail.com")], domain="")
    batch = bench.claim(same_person="exact")
    bench.settle(replace(batch, deliveries=batch.deliveries[:1]), State.REFUSED, Reason.BLOCKLIST)
    assert not may_go(bench, "janedoe@gmail.com", place=SECOND, domain="")


# ------------------------------------------------------------------------------------------------------ waiters woken


def test_a_place_under_the_cap_is_free_when_an_absent_lead_changes_domain(bench):
    """The fourth of a domain is asked again when one that never arrived now belongs to another domain."""
    bench.record([bench.lead(number, f"p{number}@agency.example") for number in range(1, 5)])
    batch = bench.claim()
    assert len(batch.deliveries) == 3
    bench.settle(batch, State.IN_DOUBT, Reason.ANSWER_LOST, origin=Origin.LOCAL)
    settle_absent(bench, batch.deliveries[0].id, "new@else.example")
    assert bench.redecide_stale() == 1


def test_who_waited_for_an_absent_lead_is_asked_again_when_its_address_changed(bench):
    """A lead that never arrived and goes out under a new address leaves the old one to the next."""
    bench.record([bench.lead(1, "a@one.example"), bench.lead(2, "A@one.example")])
    batch = bench.claim()
    bench.settle(batch, State.IN_DOUBT, Reason.ANSWER_LOST, origin=Origin.LOCAL)
    bench.record([bench.lead(1, "new@one.example")])
    settle_absent(bench, batch.deliveries[0].id, "new@one.example")
    assert bench.redecide_stale() == 1
    assert addresses(bench.claim()) == ["new@one.example", "a@one.example"]
