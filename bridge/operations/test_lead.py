"""Posts one test lead: somebody's mapped fields under an operator's own address. Touches no delivery and no claim.

It goes the way of every write: written down before the call, under the route's lease, never repeated blindly. Whoever
the fields belong to is not contacted: the address is refused where it is a lead's of the ledger, or suppressed.
"""

from dataclasses import dataclass, replace

from bridge import ledger
from bridge.destinations.base import Destination, look_or_repeat
from bridge.errors import AnswerLost, Busy, ConfigProblem, Denied, Refused, VendorError
from bridge.hygiene.email import Address
from bridge.model import Delivery, Fields, Origin, Outcome, Place, Reason, Route, State
from bridge.operations.steps import Step
from bridge.sync.route import status_after, with_route
from bridge.sync.run import Resources, Run

_BETWEEN_LOOKUPS = 1.0
"""Most seconds between the two lookups that must agree, as in `settling`."""


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
    """Post the test lead; what the world does comes back as a status.

    `destination` must not skip who stands elsewhere: `App.try_lead` sees to that. Raises ConfigProblem for an address
    that is not one's own to use.
    """
    refuse_others(resources.db, attempt.address)
    try:
        with with_route(resources, route, destination) as run:
            return _try(run, attempt)
    except Busy as error:
        return Step(route.name, "busy", error=error.message)


def refuse_others(db: ledger.Database, address: Address) -> None:
    """Raises ConfigProblem where the address is a lead's, or must never be contacted."""
    if ledger.is_a_lead(db, address.person):
        raise ConfigProblem(
            "The address after --to belongs to a lead of the ledger: a test must reach only you.",
            hint="Name an address of your own after --to.",
        )
    if ledger.suppressed(db, [address.person]):
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
    """An earlier test lead of which nobody knows: what became of it, None where it certainly never arrived."""
    found: Tried | None = None
    for trial in ledger.open_trials(run.db, run.route_no, attempt.address.person):
        outcome = _certain(run, trial, attempt.fields)
        if outcome.state is not State.FAILED:
            found = _tried(outcome, posted=False)
    return found


def _post(run: Run, attempt: Attempt) -> Tried:
    address, asked_at = attempt.address, run.vendor_now()
    trial = ledger.begin_trial(
        run.db, run.recording(), attempt.place, address.value, address.person, attempt.sample, asked_at
    )
    try:
        (outcome,) = run.destination.push([replace(_delivery(trial), fields=attempt.fields)])
    except AnswerLost:
        ledger.end_trial(run.db, run.recording(), _of(trial, State.IN_DOUBT, Reason.ANSWER_LOST))
        return _tried(_certain(run, trial, attempt.fields))
    except VendorError as error:
        state, reason = _nothing_happened(error)
        ledger.end_trial(run.db, run.recording(), _of(trial, state, reason, error.message))
        raise
    ledger.end_trial(run.db, run.recording(), outcome)
    return _tried(outcome)


def _nothing_happened(error: VendorError) -> tuple[State, Reason]:
    if isinstance(error, Refused):
        return State.REFUSED, Reason.REJECTED
    return State.FAILED, Reason.DENIED if isinstance(error, Denied) else Reason.UNAVAILABLE


def _certain(run: Run, trial: ledger.Trial, fields: Fields) -> Outcome:
    """What the target says of a test lead whose answer was lost; absent only after two lookups, the first late enough.

    `fields` are sent again where doubt ends by REPEAT.

    Where it cannot be asked the trial stays in doubt.
    """
    try:
        outcome = _looked_up(run, trial, fields)
        if outcome.reason is Reason.ABSENT:
            run.resources.pause(run.resources.doubt_wait)
            outcome = _looked_up(run, trial, fields)
        if outcome.reason is Reason.ABSENT:
            run.resources.pause(min(_BETWEEN_LOOKUPS, run.resources.doubt_wait))
            outcome = _looked_up(run, trial, fields)
    except VendorError:
        outcome = _of(trial, State.IN_DOUBT, Reason.LOOKUP_FAILED)
    if outcome.reason is Reason.ABSENT:
        outcome = _of(trial, State.FAILED, Reason.ABSENT)
    ledger.end_trial(run.db, run.recording(), outcome)
    return outcome


def _looked_up(run: Run, trial: ledger.Trial, fields: Fields) -> Outcome:
    (outcome,) = look_or_repeat(run.destination, [replace(_delivery(trial), fields=fields)])
    return outcome


def _delivery(trial: ledger.Trial) -> Delivery:
    """The test lead in the shape that a destination takes; it is no delivery of the ledger's."""
    return Delivery(trial.id, trial.person, trial.address, Fields(), trial.place, attempts=1, asked_at=trial.asked_at)


def _of(trial: ledger.Trial, state: State, reason: Reason, detail: str = "") -> Outcome:
    return Outcome(trial.id, state, reason, Origin.LOCAL, detail=detail)


def _tried(outcome: Outcome, *, posted: bool = True) -> Tried:
    return Tried(outcome.state, outcome.reason, outcome.detail, outcome.remote_id, posted)
