"""The first step of a run: turns what an earlier run left unknown into certainty. Sends nothing, reads no new lead.

A write whose answer was lost is never repeated blindly (Instantly has no idempotency key: instantly.md pitfall 7). Its
target is asked: present means delivered, or a duplicate if it is older than the call; absent counts only after two
lookups that agree, the first long enough after the call to be believed. Then the lead is decided anew.
"""

from datetime import timedelta

from bridge import store
from bridge.model import Outcome, Reason, State
from bridge.sync.pulling import decide_stored
from bridge.sync.run import Run

_BETWEEN_LOOKUPS = 1.0
"""Most seconds between the two lookups that must agree."""


def settle(run: Run) -> int:
    """Settle the route's doubts; how many are left. Raises the VendorErrors of `Destination.recheck`."""
    store.abandoned_to_doubt(run.ledger, run.recording())
    doubts = {doubt.delivery.id: doubt for doubt in store.doubts(run.ledger, run.route_no)}
    if not doubts:
        return 0
    absent = _look(run, list(doubts.values()))
    ripe = [doubts[some] for some in absent if _is_ripe(run, doubts[some])]
    missed_before = [doubt for doubt in ripe if doubt.absent_at is not None]
    missed_now = [doubt for doubt in ripe if doubt.absent_at is None]
    if missed_now:
        store.note_absent(run.ledger, run.recording(), [doubt.delivery.id for doubt in missed_now])
        run.workshop.pause(min(_BETWEEN_LOOKUPS, run.workshop.doubt_wait))
        twice = set(_look(run, missed_now))
        missed_before += [doubt for doubt in missed_now if doubt.delivery.id in twice]
    _decide_anew(run, [doubt.delivery.id for doubt in missed_before])
    return len(store.doubts(run.ledger, run.route_no))


def _look(run: Run, doubts: list[store.Doubt]) -> list[int]:
    """Ask for every delivery in doubt, record what is certain, and name those that are not there."""
    outcomes = run.destination.recheck([doubt.delivery for doubt in doubts])
    for outcome in outcomes:
        if outcome.reason is Reason.LOOKUP_FAILED and outcome.detail:
            run.warn(outcome.detail)
    certain = [outcome for outcome in outcomes if outcome.state is not State.IN_DOUBT]
    if certain:
        store.record_outcomes(run.ledger, run.recording(), certain)
    return [outcome.delivery_id for outcome in outcomes if _is_absent(outcome)]


def _is_absent(outcome: Outcome) -> bool:
    return outcome.state is State.IN_DOUBT and outcome.reason is Reason.ABSENT


def _is_ripe(run: Run, doubt: store.Doubt) -> bool:
    """Whether the vendor has had time to show what the call did (lookups may lag behind writes)."""
    wait = timedelta(seconds=run.workshop.doubt_wait)
    return doubt.ended_at is None or run.now() - doubt.ended_at >= wait


def _decide_anew(run: Run, delivery_ids: list[int]) -> None:
    """What did not arrive goes through the rules again: the person may be suppressed or the rules changed by now."""
    if not delivery_ids:
        return
    leads = store.leads_of(run.ledger, delivery_ids)
    decided = decide_stored(run, list(leads.values()))
    decisions = [(delivery_id, decided[stored.id]) for delivery_id, stored in leads.items()]
    store.settle_absent(run.ledger, run.recording(), decisions, run.decider.key)
