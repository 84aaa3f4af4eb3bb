"""Settles the test leads of a retired route: nobody can run `test-lead` on it again, which would ask about them.

They are asked for like deliveries in doubt. They hold no claim, so one whose target can never be asked again just ends.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from bridge import ledger
from bridge.destinations.base import Destination, LooksUp
from bridge.errors import Denied, VendorError
from bridge.ledger.database import LEDGER
from bridge.model import Delivery, Fields, Origin, Outcome, Place, Reason, State
from bridge.sync.run import Run


def settle_test_leads(run: Run, target: Callable[[Place], Destination], between: float) -> Counter[tuple[str, str]]:
    """What became of the route's test leads in doubt, by state and reason; `between` two lookups so many seconds pass.

    `target` opens a place, and raises Denied where nobody can be asked about it.
    """
    became: Counter[tuple[str, str]] = Counter()
    for trial in ledger.open_trials(run.db, run.route_no):
        outcome = _ended(run, trial, target, between)
        if outcome is not None:
            ledger.end_trial(run.db, run.recording(), outcome)
            if outcome.state is not State.IN_DOUBT:
                became[str(outcome.state), str(outcome.reason)] += 1
    return became


def _ended(run: Run, trial: ledger.Trial, target: Callable[[Place], Destination], between: float) -> Outcome | None:
    """What is certain now; None where the doubt stays as it is."""
    if trial.state is State.SENDING:  # its call ended with the lease of its process: now at the latest
        return Outcome(trial.id, State.IN_DOUBT, Reason.ABANDONED, Origin.LOCAL)
    asked_at = run.now()  # before the question, as in `settling`
    wait = timedelta(seconds=run.resources.doubt_wait)
    ripe = trial.ended_at is None or asked_at - trial.ended_at >= wait
    lead = Delivery(trial.id, trial.person, trial.address, Fields(), trial.place, attempts=1, asked_at=trial.asked_at)
    try:
        destination = target(trial.place)
        if not isinstance(destination, LooksUp):  # its fields are not kept: it can be neither asked nor repeated
            return Outcome(trial.id, State.FAILED, Reason.GIVEN_UP, Origin.LOCAL)
        (outcome,) = destination.recheck([lead])
        if ripe and outcome.reason is Reason.ABSENT:
            run.resources.pause(between)
            (outcome,) = destination.recheck([lead])
    except Denied as error:
        return Outcome(trial.id, State.FAILED, Reason.GIVEN_UP, Origin.LOCAL, detail=error.message[:300])
    except VendorError as error:
        if error.vendor == LEDGER:
            raise
        return None
    if ripe and outcome.reason is Reason.ABSENT:
        return Outcome(trial.id, State.FAILED, Reason.ABSENT, Origin.LOOKUP)
    return None if outcome.state is State.IN_DOUBT else outcome
