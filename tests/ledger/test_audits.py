"""Where a route delivered, what the ledger has there, and what an audit or a retry may write."""

from dataclasses import replace

import pytest

from bridge import ledger
from bridge.errors import Busy
from bridge.ledger.core import leases
from bridge.ledger.core.holders import Holder
from bridge.model import Deliver, Fields, Hold, Origin, Outcome, Reason, State
from tests.ledger.conftest import NOW, PLACE


def entries(bench, place_no=1):
    return [entry for page in ledger.entries_of_place(bench.db, place_no, size=2) for entry in page]


def note(entry, **facts):
    known = {"remote_id": entry.remote_id, "remote_status": "", "gone_at": None, "news": "reconcile: seen"}
    return ledger.Note(entry.id, **(known | facts))


def test_used_places_are_those_that_may_hold_someone(bench):
    """Delivered to one, in doubt in another; where all were refused no one can stand because of us."""
    bench.record([bench.lead(number) for number in range(3)])
    for number, state in enumerate((State.DELIVERED, State.IN_DOUBT, State.REFUSED)):
        batch = bench.claim(place=replace(PLACE, id=f"c{number}"), limit=1)
        bench.settle(batch, state, Reason.CREATED)
    route_no = bench.route()[0]
    assert [used.place.id for used in ledger.used_places(bench.db, route_no)] == ["c0", "c1"]


def test_entries_come_in_pieces_each_once_and_of_every_route(bench):
    """Whatever the state and the route; leads that were never claimed for the place are not among them."""
    bench.record([bench.lead(number, f"P{number}@site{number}.example") for number in range(5)])
    bench.record([bench.lead(9, "other@nine.example")], route="second")
    bench.settle(bench.claim(limit=4), State.DELIVERED)
    bench.settle(bench.claim(route="second"), State.REFUSED, route="second")
    found = entries(bench)
    assert [(one.address, one.state) for one in found] == [
        *((f"p{number}@site{number}.example", "delivered") for number in range(4)),
        ("other@nine.example", "refused"),
    ]
    assert len({one.id for one in found}) == 5
    assert found[0].sent_at == NOW
    assert ledger.source_ids(bench.db, [found[0].id]) == {found[0].id: f"{0:024x}"}


def test_a_note_moves_no_state_and_touches_only_what_is_settled(bench):
    """Of a delivered lead id, status and gone are written; a ready one, and one of another route, stay as they are."""
    bench.record([bench.lead(1), bench.lead(2)])
    bench.record([bench.lead(3)], route="second")
    delivered = bench.claim(limit=1)
    bench.settle(delivered, State.DELIVERED)
    doubtful = bench.claim(limit=1)
    bench.settle(doubtful, State.IN_DOUBT, Reason.ANSWER_LOST, origin=Origin.LOCAL)
    bench.settle(bench.claim(route="second"), State.DELIVERED, route="second")
    before = entries(bench)
    notes = [note(one, remote_id="new", remote_status="bounced", gone_at=NOW) for one in before]
    assert ledger.note_audit(bench.db, bench.recording(), notes) == 1
    first, *others = entries(bench)
    assert (first.state, first.remote_id, first.remote_status, first.gone_at) == ("delivered", "new", "bounced", NOW)
    assert others == before[1:]
    (record,) = [one for one in ledger.views.standing.route_records(bench.db) if one.name == "fitness"]
    assert (record.gone, record.gone_since, record.remote_statuses) == (1, NOW, {"bounced": 1})


def test_an_older_epoch_notes_and_retries_nothing(bench):
    """Anyone who lost the route writes neither."""
    bench.record([bench.lead(1)])
    bench.settle(bench.claim(), State.DELIVERED)
    late = bench.recording()
    leases.release(bench.db, late.route_no, late.epoch)
    leases.acquire(bench.db, late.route_no, Holder("elsewhere", 1, "1"))
    with pytest.raises(Busy):
        ledger.note_audit(bench.db, late, [note(one, gone_at=NOW) for one in entries(bench)])
    with pytest.raises(Busy):
        ledger.offer_again(bench.db, late, [], bench.key)
    assert entries(bench)[0].gone_at is None


def give_up(bench, *states):
    bench.record([bench.lead(number) for number in range(len(states))])
    batch = bench.claim()
    outcomes = [
        Outcome(one.id, state, Reason.REJECTED if state is State.REFUSED else Reason.ATTEMPTS_SPENT, Origin.API)
        for one, state in zip(batch.deliveries, states, strict=True)
    ]
    ledger.record_outcomes(bench.db, bench.recording(), outcomes, batch_id=batch.id)
    return batch.deliveries


def test_what_was_given_up_is_found_by_state_and_reason(bench):
    """Failed and refused are distinguished, and a reason narrows them."""
    failed, refused = give_up(bench, State.FAILED, State.REFUSED)
    route_no = bench.route()[0]
    assert ledger.given_up(bench.db, route_no, [State.FAILED]) == [failed.id]
    assert ledger.given_up(bench.db, route_no, [State.FAILED, State.REFUSED]) == [failed.id, refused.id]
    assert ledger.given_up(bench.db, route_no, [State.FAILED, State.REFUSED], "rejected") == [refused.id]


def test_a_retry_forgets_attempts_and_keeps_the_claim_of_a_failed_one(bench):
    """Both are offered with today's fields; a refused call created no one, a failed one may have."""
    failed, refused = give_up(bench, State.FAILED, State.REFUSED)
    bench.record([bench.lead(0)], route="second")
    assert bench.claim(route="second") is None
    asked_at = failed.asked_at
    bench.now = NOW.replace(hour=13)
    leads = ledger.leads_of(bench.db, [failed.id, refused.id])
    decisions = [(one.id, leads[one.id], Deliver(one.address, Fields(first_name="Ana"))) for one in (failed, refused)]
    ledger.offer_again(bench.db, bench.recording(), decisions, bench.key)
    assert bench.states() == {"ready": 2}
    assert bench.claim(route="second") is None
    first, second = bench.claim().deliveries
    assert (first.attempts, first.asked_at, first.fields.first_name) == (2, asked_at, "Ana")
    assert (second.attempts, second.asked_at) == (1, bench.now)


def test_a_retry_that_would_be_held_asks_the_target_before_the_claim_is_given_up(bench):
    """A call may have created the lead. Found absent it is held, frees the person, and wakes who waited for it."""
    (failed,) = give_up(bench, State.FAILED)
    bench.record([bench.lead(0)], route="second")
    bench.claim(route="second")
    lead = ledger.leads_of(bench.db, [failed.id])[failed.id]
    held = [(failed.id, lead, Hold(Reason.SUPPRESSED))]
    assert ledger.offer_again(bench.db, bench.recording(), held, bench.key) == {failed.id}
    assert (bench.states(), bench.redecide_stale("second")) == ({"in_doubt": 1}, 0)
    ledger.settle_absent(bench.db, bench.recording(), [(failed.id, Hold(Reason.SUPPRESSED))], bench.key)
    assert bench.states() == {"held": 1}
    assert bench.redecide_stale("second") == 1
    assert len(bench.claim(route="second").deliveries) == 1


def test_states_are_counted_of_the_deliveries_asked_for(bench):
    """By state and reason, of those alone."""
    failed, refused = give_up(bench, State.FAILED, State.REFUSED)
    assert ledger.count_states(bench.db, [failed.id]) == {("failed", "attempts_spent"): 1}
    assert ledger.count_states(bench.db, []) == {}
    assert sum(ledger.count_states(bench.db, [failed.id, refused.id]).values()) == 2


def test_a_retry_of_a_changed_lead_asks_for_the_old_address_first(bench):
    """Found absent, the new address takes the place of the old, and is what goes."""
    (failed,) = give_up(bench, State.FAILED)
    bench.record([bench.lead(0, "new@site0.example")])
    lead = ledger.leads_of(bench.db, [failed.id])[failed.id]
    decision = Deliver("new@site0.example", Fields())
    ledger.offer_again(bench.db, bench.recording(), [(failed.id, lead, decision)], bench.key)
    (doubt,) = ledger.doubts(bench.db, bench.route()[0])
    assert (bench.claim(), doubt.delivery.address) == (None, failed.address)
    ledger.settle_absent(bench.db, bench.recording(), [(failed.id, decision)], bench.key)
    (again,) = bench.claim().deliveries
    assert (again.address, again.person) == ("new@site0.example", "new@site0.example")


def test_a_retry_whose_call_did_not_happen_still_remembers_the_earlier_one(bench):
    """The time of the call that may have created the lead, and the claim it holds, survive a denied one."""
    (failed,) = give_up(bench, State.FAILED)
    bench.record([bench.lead(0)], route="second")
    lead = ledger.leads_of(bench.db, [failed.id])[failed.id]
    decision = Deliver(failed.address, Fields())
    ledger.offer_again(bench.db, bench.recording(), [(failed.id, lead, decision)], bench.key)
    bench.now = NOW.replace(hour=13)
    batch = bench.claim()
    ledger.put_back(bench.db, bench.recording(), batch.id, batch.deliveries, Reason.DENIED, "denied")
    assert bench.claim(route="second") is None
    assert bench.claim().deliveries[0].asked_at == failed.asked_at
