"""What becomes of test leads whose answer was lost. They hold no claim: one whose target is out of reach just ends."""

from collections import Counter
from collections.abc import Callable

from bridge import ledger
from bridge.destinations.base import Destination, LooksUp, look_or_repeat
from bridge.errors import Denied, VendorError
from bridge.ledger import intent as intents
from bridge.ledger.intent import Answer, Intent, Kind, Stage
from bridge.ledger.intents.trials import became
from bridge.ledger.troubles import LEDGER
from bridge.model import Delivery, Fields, Outcome, Place, Reason, State
from bridge.sync.intents import Sight, settle
from bridge.sync.run import Run

_NO_FIELDS = Fields()


def delivery_of(trial: ledger.Trial, fields: Fields = _NO_FIELDS) -> Delivery:
    """The test lead in the shape that a destination takes; it is no delivery of the ledger's."""
    return Delivery(trial.id, trial.person, trial.address, fields, trial.place, attempts=1, asked_at=trial.asked_at)


def answer_of(outcome: Outcome) -> Answer | Sight:
    """What an outcome makes certain."""
    if outcome.state is State.IN_DOUBT:
        return Sight.ABSENT if outcome.reason is Reason.ABSENT else Sight.UNREAD
    facts = {"reason": outcome.reason}
    return Answer(result=outcome.state, remote_id=outcome.remote_id, detail=outcome.detail, facts=facts)


def settle_test_lead(run: Run, trial: ledger.Trial, destination: Destination, fields: Fields = _NO_FIELDS) -> Intent:
    """Ask the target; the test lead's intent as it stands then. Raises VendorErrors of the lookup."""

    def question(_: Intent) -> Answer | Sight:
        (outcome,) = look_or_repeat(destination, [delivery_of(trial, fields)])
        return answer_of(outcome)

    doubtful = intents.intent(run.db, trial.id)
    return settle(run.db, doubtful, question, run.resources.doubt_wait, run.resources.pause)


def abandoned_test_leads(run: Run) -> None:
    """The run holds the lease, so every call of an earlier holder has ended."""
    intents.abandoned(run.db, Kind.TEST_LEAD, run.now(), intents.columns.route_no == run.route_no)


def settle_test_leads(
    run: Run, target: Callable[[Place], Destination], *, place: Place | None = None, last: bool = False
) -> Counter[tuple[str, str]]:
    """What became of the route's test leads in doubt, by state and reason; those in `place` alone where one is named.

    `target` opens a place, and raises Denied where it cannot be asked. Then a test lead ends if this is the `last` time
    (on a retired route no `test-lead` asks about it again).
    """
    abandoned_test_leads(run)
    found: Counter[tuple[str, str]] = Counter()
    for trial in ledger.open_trials(run.db, run.route_no):
        if place not in (None, trial.place):
            continue
        try:
            destination = target(trial.place)
            if not isinstance(destination, LooksUp):
                raise Denied("it can be neither asked about nor sent again: its fields are not kept")
            ended = settle_test_lead(run, trial, destination)
        except Denied as error:
            if not last:
                continue
            intents.give_up(run.db, trial.id, error.message)
            ended = intents.intent(run.db, trial.id)
        except VendorError as error:
            if error.vendor == LEDGER:
                raise
            continue
        if ended.stage is not Stage.DOUBT:
            state, reason = became(ended)
            found[state.value, reason.value] += 1
    return found
