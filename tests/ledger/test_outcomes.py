"""What became of a batch: legal moves only, recorded by the lease's holder only, claims kept as promised."""

import subprocess
import sys
from datetime import timedelta

import pytest

from bridge import ledger
from bridge.errors import Busy
from bridge.ledger.core import leases
from bridge.ledger.core.holders import Holder
from bridge.ledger.core.outcomes import MOST_ATTEMPTS
from bridge.model import Deliver, Fields, Hold, IllegalMove, Origin, Outcome, Reason, State


def test_unexplained_waits_and_fails_in_the_end(bench):
    """What no one explains is offered again later, a bounded number of times, and is then failed, not forgotten."""
    bench.record([bench.lead(1)])
    for _ in range(MOST_ATTEMPTS):
        batch = bench.claim()
        bench.settle(batch, State.READY, Reason.UNEXPLAINED, origin=Origin.INFERRED)
        assert bench.claim() is None
        bench.now += timedelta(hours=7)
    assert bench.states() == {"failed": 1}
    assert bench.reasons() == {Reason.ATTEMPTS_SPENT: 1}


def test_a_call_that_did_not_happen_is_no_attempt(bench):
    """Unavailable and Denied may come any number of times without a lead failing for it."""
    bench.record([bench.lead(1)])
    for _ in range(MOST_ATTEMPTS * 2):
        batch = bench.claim()
        assert batch.deliveries[0].attempts == 1
        ledger.put_back(bench.db, bench.recording(), batch.id, batch.deliveries, Reason.DENIED, "denied")
    assert bench.states() == {"ready": 1}


def test_delivered_never_moves_again(bench):
    """The state machine refuses to make a delivered lead anything else."""
    bench.record([bench.lead(1)])
    batch = bench.claim()
    bench.settle(batch, State.DELIVERED)
    with pytest.raises(IllegalMove, match="not a legal transition"):
        bench.settle(batch, State.READY, Reason.UNEXPLAINED)
    assert bench.states() == {"delivered": 1}


_REFUSE_WHAT_WAS_DELIVERED = """
import sys
from bridge import ledger
from bridge.model import IllegalMove, State
from bridge.ledger.upkeep.migrate import upgrade
from tests.ledger.conftest import Bench
ledger = ledger.Database(sys.argv[1])
bench = Bench(ledger)
bench.record([bench.lead(1)])
batch = bench.claim()
bench.settle(batch, State.DELIVERED)
try:
    bench.settle(batch, State.REFUSED)
except IllegalMove:
    print(sys.flags.optimize, bench.states())
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_guard_is_switched_off_with_the_assertions(database_url):
    """Under `python -O`, which leaves every assertion out, a delivered lead is still not recorded as refused."""
    command = [sys.executable, "-O", "-c", _REFUSE_WHAT_WAS_DELIVERED, database_url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1 {'delivered': 1}"


def test_an_older_epoch_records_nothing(bench):
    """A holder that wakes up late cannot overwrite what its successor settled."""
    bench.record([bench.lead(1)])
    batch = bench.claim()
    number, epoch = bench.route()
    leases.release(bench.db, number, epoch)
    leases.acquire(bench.db, number, Holder("elsewhere", 1, "1"))
    with pytest.raises(Busy):
        bench.settle(batch, State.DELIVERED)
    assert bench.states() == {"sending": 1}


def test_what_was_abandoned_is_in_doubt_and_keeps_its_claim(bench):
    """A killed run leaves rows in doubt; no one else may send to these people meanwhile."""
    bench.record([bench.lead(1, "a@one.example"), bench.lead(2, "A@one.example")])
    bench.claim()
    assert ledger.abandoned_to_doubt(bench.db, bench.recording()) == 1
    assert bench.states() == {"in_doubt": 1, "held": 1}
    assert bench.redecide_stale() == 0


def test_a_doubt_remembers_its_target_and_its_call(bench):
    """`settle` asks the target fixed at the claim, and knows since when the lead may be ours."""
    bench.record([bench.lead(1)])
    batch = bench.claim()
    bench.settle(batch, State.IN_DOUBT, Reason.ANSWER_LOST, origin=Origin.LOCAL)
    (doubt,) = ledger.doubts(bench.db, bench.route()[0])
    assert doubt.delivery.place == batch.deliveries[0].place
    assert doubt.delivery.asked_at == bench.now
    assert doubt.ended_at == bench.now
    assert doubt.absent_at is None


def test_an_absent_lead_is_decided_again(bench):
    """Absent becomes ready with the fields of today, or held if the rules say so by now; never sending on its own."""
    bench.record([bench.lead(1), bench.lead(2)])
    batch = bench.claim()
    bench.settle(batch, State.IN_DOUBT, Reason.ANSWER_LOST, origin=Origin.LOCAL)
    first, second = (delivery.id for delivery in batch.deliveries)
    decisions = [(first, Deliver("p1@site1.example", Fields(first_name="Ana"))), (second, Hold(Reason.SUPPRESSED))]
    ledger.settle_absent(bench.db, bench.recording(), decisions, bench.key)
    assert bench.states() == {"ready": 1, "held": 1}
    again = bench.claim()
    assert again.deliveries[0].fields.first_name == "Ana"
    assert again.deliveries[0].asked_at == batch.deliveries[0].asked_at


def test_a_changed_address_is_noted_and_never_sent(bench):
    """From sending on a delivery is frozen; before, the new address takes the place of the old."""
    bench.record([bench.lead(1, "old@one.example"), bench.lead(2, "old@two.example")])
    bench.settle(bench.claim(limit=1), State.DELIVERED)
    bench.record([bench.lead(1, "new@one.example"), bench.lead(2, "new@two.example")])
    assert bench.states() == {"delivered": 1, "ready": 1}
    assert [delivery.address for delivery in bench.claim().deliveries] == ["new@two.example"]


def test_an_outcome_for_every_row_is_recorded_with_its_origin(bench):
    """Each outcome keeps where its reason came from, and the batch what it counted."""
    bench.record([bench.lead(1), bench.lead(2)])
    batch = bench.claim()
    first, second = batch.deliveries
    outcomes = [
        Outcome(first.id, State.DELIVERED, Reason.CREATED, Origin.API, remote_id="r1"),
        Outcome(second.id, State.DUPLICATE, Reason.IN_TARGET, Origin.LOOKUP),
    ]
    ledger.record_outcomes(bench.db, bench.recording(), outcomes, batch_id=batch.id, counted={"sent": 2}, mismatch="no")
    assert ledger.mismatches(bench.db, 1) == [f"Batch {batch.id}: no"]
    assert bench.states() == {"delivered": 1, "duplicate": 1}


def test_scraped_text_a_database_would_refuse_is_stored(bench):
    """A NUL or a lone surrogate in a row is kept as an escape, never an error."""
    nasty = "a\x00b\ud83dc"
    assert bench.record([bench.lead(1, username=nasty, biography=nasty, full_name=nasty)]) == 1
    assert bench.record([bench.lead(1, username=nasty, biography=nasty, full_name=nasty)]) == 0
