"""Posts one test lead: a lead's mapped fields under the operator's own address. Touches no delivery and no claim.

It goes the way of every write: written down before the call, under the lease of the route, never repeated blindly. The
person whose fields these are is not contacted: the address is refused where it is a lead of the ledger, or suppressed.
"""

from dataclasses import replace

from bridge import ledger
from bridge.destinations.base import Destination
from bridge.errors import AnswerLost, ConfigProblem, VendorError
from bridge.hygiene.email import Address
from bridge.lazy import dataclass
from bridge.ledger import intent as intents
from bridge.ledger.intent import Answer, Stage
from bridge.ledger.intents.trials import became
from bridge.model import Fields, Place, Reason, Route, State
from bridge.operations.steps import Step, under_lease
from bridge.sync.intents import call
from bridge.sync.route import status_after
from bridge.sync.run import Resources, Run
from bridge.sync.test_leads import abandoned_test_leads, answer_of, delivery_of, settle_test_lead


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is to be tried: these fields of the lead `sample`, to this address of the operator's, in this place."""

    address: Address
    sample: str
    fields: Fields
    place: Place


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a test lead. `posted` is False where an earlier one turned out to have arrived, or is in doubt."""

    state: State
    reason: Reason
    detail: str = ""
    remote_id: str = ""
    posted: bool = True


def try_route(resources: Resources, route: Route, destination: Destination, attempt: Attempt) -> Step[Tried]:
    """Post the test lead; what happens outside is returned as a status.

    `destination` must not skip who stands elsewhere: `App.try_lead` sees to that. Raises ConfigProblem for an address
    that is not one's own to use.
    """
    refuse_others(resources.db, attempt.address, route.client)
    return under_lease(resources, route, lambda run: _try(run, attempt), destination)


def refuse_others(db: ledger.Database, address: Address, client: str) -> None:
    """Raises ConfigProblem where the address is a lead's, or must never be contacted."""
    if ledger.is_a_lead(db, address.person):
        raise ConfigProblem(
            "The address after --to belongs to a lead of the ledger: a test must reach only you.",
            hint="Name an address of your own after --to.",
        )
    if ledger.suppressed(db, [address.person], client):
        raise ConfigProblem(
            "The address after --to is suppressed: nothing is ever sent to it.",
            hint="Name another address of your own after --to, or look at `leadbridge suppress list`.",
        )


def _try(run: Run, attempt: Attempt) -> Step[Tried]:
    found: Tried | None = None
    try:
        found = _earlier(run, attempt) or _post(run, attempt)
    except VendorError as error:
        return Step(run.route.name, status_after(error), None, error.message, error.hint)
    if found.state is State.IN_DOUBT:
        said = "Whether the test lead arrived is unknown: the answer was lost, and the target could not be asked."
        again = "Run the same command again: it asks the target before it posts anything."
        return Step(run.route.name, "partial", found, said, again)
    return Step(run.route.name, "ok" if found.state is State.DELIVERED else "blocked", found)


def _earlier(run: Run, attempt: Attempt) -> Tried | None:
    """An earlier test lead in doubt: what became of it, None where it certainly never arrived."""
    abandoned_test_leads(run)
    found: Tried | None = None
    for trial in ledger.open_trials(run.db, run.route_no, attempt.address.person):
        ended = _certain(run, trial, attempt.fields)
        if ended.state is not State.FAILED:
            found = replace(ended, posted=False)
    return found


def _post(run: Run, attempt: Attempt) -> Tried:
    address, asked_at = attempt.address, run.vendor_now()
    trial = ledger.begin_trial(
        run.db, run.recording(), attempt.place, address.value, address.person, attempt.sample, asked_at
    )
    lead = delivery_of(trial, attempt.fields)
    try:
        (outcome,) = call(run.db, trial.id, lambda: run.destination.push([lead]))
    except AnswerLost:
        return _certain(run, trial, attempt.fields)
    answer = answer_of(outcome)
    if isinstance(answer, Answer):
        intents.note(run.db, trial.id, answer, run.now())
    else:
        intents.doubt(run.db, trial.id, run.now())
    return Tried(outcome.state, outcome.reason, outcome.detail, outcome.remote_id)


def _certain(run: Run, trial: ledger.Trial, fields: Fields) -> Tried:
    """What the target says of a test lead in doubt, asked again after a while. It stays in doubt where it cannot be.

    `fields` are sent again where doubt ends by REPEAT.
    """
    try:
        ended = settle_test_lead(run, trial, run.destination, fields)
        if ended.stage is Stage.DOUBT:
            run.resources.pause(run.resources.doubt_wait)
            ended = settle_test_lead(run, trial, run.destination, fields)
    except VendorError:
        ended = intents.intent(run.db, trial.id)
    return Tried(*became(ended), ended.detail, ended.remote_id)
