"""Never twice: the claim lets exactly one delivery of a person go in each scope."""

from datetime import timedelta

import pytest

from bridge import ledger
from bridge.errors import Busy
from bridge.ledger.core import leases
from bridge.ledger.core.holders import Holder
from bridge.model import Hold, Lead, Place, Reason, State


def addresses(batch):
    return [delivery.address for delivery in batch.deliveries]


def test_a_claimed_delivery_is_sending_and_not_claimed_again(bench):
    """What one batch carries no other batch carries."""
    bench.record([bench.lead(1), bench.lead(2)])
    assert len(bench.claim().deliveries) == 2
    assert bench.claim() is None
    assert bench.states() == {"sending": 2}


def test_the_order_is_campaign_then_scraped_then_id(bench):
    """Who goes first does not depend on the order in which pages were recorded."""
    younger, older = bench.campaign("young", age=5), bench.campaign("old", age=1)
    bench.record([bench.lead(1)], campaign=younger)
    bench.record([bench.lead(9), bench.lead(3)], campaign=older)
    assert addresses(bench.claim()) == ["p3@site3.example", "p9@site9.example", "p1@site1.example"]


def test_equal_persons_in_one_batch_go_once(bench):
    """Two spellings of one gmail box are one person; the second names the first."""
    bench.record([bench.lead(1, "Jane.Doe@gmail.com"), bench.lead(2, "janedoe+x@googlemail.com")], domain="")
    batch = bench.claim()
    assert addresses(batch) == ["jane.doe@gmail.com"]
    assert bench.states() == {"held": 1, "sending": 1}
    assert bench.reasons()[Reason.DUPLICATE_OF] == 1


def test_exact_routes_keep_spellings_apart(bench):
    """`same_person = "exact"` lets both go, and the very same address still only once."""
    leads = [
        bench.lead(1, "jane.doe@gmail.com"),
        bench.lead(2, "janedoe@gmail.com"),
        bench.lead(3, "janedoe@gmail.com"),
    ]
    bench.record(leads, domain="")
    assert addresses(bench.claim(same_person="exact")) == ["jane.doe@gmail.com", "janedoe@gmail.com"]


def test_a_canonical_route_sees_what_an_exact_route_sent(bench):
    """Routes with different rules still see one another."""
    bench.record([bench.lead(1, "jane.doe@gmail.com")], domain="")
    bench.claim(same_person="exact")
    bench.record([bench.lead(2, "j.a.n.e.d.o.e@gmail.com")], route="other", domain="")
    assert bench.claim(route="other") is None
    assert bench.reasons("other") == {Reason.DUPLICATE_OF: 1}


@pytest.mark.parametrize(
    ("dedupe", "place", "goes"),
    [
        ("target", Place("instantly", "ws", "campaign", "c1"), False),
        ("target", Place("instantly", "ws", "campaign", "c2"), True),
        ("campaigns", Place("instantly", "ws", "campaign", "c2"), False),
        ("campaigns", Place("instantly", "ws", "list", "l1"), False),
        ("lists", Place("instantly", "ws", "campaign", "c2"), True),
        ("lists", Place("instantly", "ws", "list", "l1"), True),
        ("workspace", Place("instantly", "ws", "list", "l1"), False),
        ("workspace", Place("instantly", "other", "campaign", "c1"), True),
    ],
)
def test_each_scope_reaches_as_far_as_it_says(bench, dedupe, place, goes):
    """After a delivery to campaign c1, another route may go exactly where its scope does not meet that one."""
    bench.record([bench.lead(1, "a@one.example")])
    bench.settle(bench.claim(dedupe="target"), State.DELIVERED)
    bench.record([bench.lead(2, "A@one.example")], route="other")
    assert (bench.claim(route="other", dedupe=dedupe, place=place) is not None) is goes


def test_a_refused_owner_makes_room_for_the_one_who_waited(bench):
    """The duplicate takes the place of the first if the first turns out invalid or is refused."""
    bench.record([bench.lead(1, "a@one.example"), bench.lead(2, "A@one.example")])
    bench.settle(bench.claim(), State.REFUSED, Reason.INVALID_EMAIL)
    assert bench.redecide_stale() == 1
    batch = bench.claim()
    assert len(batch.deliveries) == 1
    bench.settle(batch, State.DELIVERED)
    assert bench.states() == {"refused": 1, "delivered": 1}


def test_a_wider_scope_remembers_when_one_of_two_narrow_owners_goes(bench):
    """Two routes with scope "target" both delivered; when one is refused later, the workspace still knows the other."""
    bench.record([bench.lead(1, "a@one.example")])
    first = bench.claim(dedupe="target")
    bench.record([bench.lead(2, "a@one.example")], route="second")
    second = bench.claim(route="second", dedupe="target", place=Place("instantly", "ws", "campaign", "c2"))
    bench.settle(second, State.DELIVERED, route="second")
    bench.settle(first, State.REFUSED, Reason.BLOCKLIST)
    bench.record([bench.lead(3, "a@one.example")], route="third")
    assert bench.claim(route="third", place=Place("instantly", "ws", "campaign", "c3")) is None


def test_a_domain_is_capped_and_a_free_place_is_given_on(bench):
    """Three of one domain go; when one is refused the fourth gets its turn, and no one loops."""
    bench.record([bench.lead(n, f"p{n}@agency.example") for n in range(1, 6)])
    batch = bench.claim()
    assert len(batch.deliveries) == 3
    assert bench.reasons()[Reason.DOMAIN_CAP] == 2
    bench.settle(batch, State.REFUSED, Reason.INVALID_EMAIL)
    assert bench.redecide_stale() == 2
    assert len(bench.claim().deliveries) == 2
    assert bench.redecide_stale() == 0


def test_suppressed_between_decision_and_claim_is_held(bench):
    """The last look before the call asks the do-not-contact list again, by address and by domain."""
    bench.record([bench.lead(1, "a@one.example"), bench.lead(2, "b@sub.two.example"), bench.lead(3)])
    for value, kind in (("a@one.example", "address"), ("two.example", "domain")):
        ledger.suppress(bench.db, value, kind=kind, reason="asked", origin="test", now=bench.now)
    assert addresses(bench.claim()) == ["p3@site3.example"]
    assert bench.reasons()[Reason.SUPPRESSED] == 2


def test_a_validation_that_ran_out_since_the_decision_is_held(bench):
    """A ready lead that waited too long does not go out on a stale validation."""
    lead = bench.lead(1)
    decision = bench.deliver(lead)
    expired = type(decision)(decision.address, decision.fields, decision.domain, bench.now - timedelta(seconds=1))
    bench.record([lead], decision=expired)
    assert bench.claim() is None
    assert bench.reasons() == {Reason.VALIDATION_TOO_OLD: 1}


def test_only_validated_facts_are_claimed_whatever_was_decided(bench):
    """Never harm: even a wrong decision cannot send an address that is not validated."""
    bench.record([bench.lead(1, validation="pending")])
    assert bench.claim() is None
    assert bench.reasons() == {Reason.NOT_VALIDATED: 1}


def test_other_rules_do_not_send_what_these_rules_decided(bench):
    """A process with another configuration waits until the lead is decided by its own rules."""
    bench.record([bench.lead(1)])
    assert bench.claim(decided_by="rules-2") is None
    assert bench.states() == {"ready": 1}


def test_the_limit_is_filled_past_those_who_may_not_go(bench):
    """Held candidates do not make batches smaller: the fewest calls carry the leads."""
    same = [bench.lead(n, "same@one.example") for n in range(1, 50)]
    bench.record([*same, *[bench.lead(n) for n in range(50, 60)]])
    assert len(bench.claim(limit=11).deliveries) == 11


def test_a_lost_lease_claims_nothing(bench):
    """A holder that was replaced while it slept finds out before it claims."""
    bench.record([bench.lead(1)])
    number, _ = bench.route()
    leases.release(bench.db, number, bench.route()[1])
    leases.acquire(bench.db, number, Holder("elsewhere", 1, "1"))
    with pytest.raises(Busy):
        bench.claim()
    assert bench.states() == {"ready": 1}


def test_ready_becomes_held_gives_its_claim_up(bench):
    """A delivery that was put back and then held by new rules no longer stands in anyone's way."""
    bench.record([bench.lead(1, "a@one.example")])
    batch = bench.claim()
    ledger.put_back(bench.db, bench.recording(), batch.id, batch.deliveries, Reason.UNAVAILABLE, "unavailable")
    bench.key = "rules-2"
    bench.record([bench.lead(1, "a@one.example")], decision=Hold(Reason.PLATFORM))
    bench.record([bench.lead(2, "a@one.example")], route="other")
    assert bench.claim(route="other") is not None


def test_a_lead_without_address_is_known_and_held(bench):
    """Every lead that was read has a state."""
    bench.record([Lead("x" * 24, "k1")], decision=Hold(Reason.NO_EMAIL))
    assert bench.states() == {"held": 1}
