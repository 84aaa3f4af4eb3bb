"""Compares the ledger with what is really in a route's targets, and may note there what it saw. Changes no target.

What a listing does not show is looked up once more by its address before it counts as gone: reads contradict each
other for a while. A target that cannot be read to its end says nothing about anybody.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bridge import ledger
from bridge.destinations.base import Audits
from bridge.errors import VendorError
from bridge.lazy import dataclass
from bridge.ledger.statements import chunks
from bridge.model import Delivery, Fields, Reason, State
from bridge.operations.compare import Comparison, Difference, Kind, notes
from bridge.sync.run import Run

_BETWEEN_READS = 1.0
"""Most seconds between the two reads that must agree."""

_ELSEWHERE = frozenset({Reason.IN_CAMPAIGN, Reason.IN_LIST, Reason.IN_WORKSPACE})


@dataclass(frozen=True, slots=True)
class PlaceAudit:
    """One target compared. `error` is "" unless it could not be read; then nothing else is said of it.

    `expected` leads of the route should be there, `present` are there in all. `too_fresh` were created so recently
    that a listing may lag behind. Two reads of the `contradictory` ones do not agree; `unreadable` rows do not say
    where they are. Nothing is claimed of any of these. `trials` are test leads that are there, counted nowhere else.
    `noted` deliveries were put right in the ledger.
    """

    used: ledger.UsedPlace
    expected: int = 0
    present: int = 0
    too_fresh: int = 0
    contradictory: int = 0
    unreadable: int = 0
    trials: int = 0
    differences: tuple[Difference, ...] = ()
    noted: int = 0
    error: str = ""
    hint: str = ""

    @property
    def counts(self) -> Counter[Kind]:
        """How many differences of each kind."""
        return Counter(difference.kind for difference in self.differences)


def audit(run: Run, *, repair: bool) -> list[PlaceAudit]:
    """Compare every target that the route has ever delivered to; `repair` notes in the ledger what is there.

    Raises Busy where the lease was lost meanwhile.
    """
    return [_audit_place(run, used, repair=repair) for used in ledger.used_places(run.db, run.route_no)]


def _audit_place(run: Run, used: ledger.UsedPlace, *, repair: bool) -> PlaceAudit:
    destination = run.destination
    if not isinstance(destination, Audits):
        return PlaceAudit(used, error=f"{destination.name} does not list its leads, so it cannot be compared.")
    try:
        found = _compare(run, destination, used)
        noted = ledger.note_audit(run.db, run.recording(), notes(found.differences, run.now())) if repair else 0
    except VendorError as error:
        return PlaceAudit(used, error=error.message, hint=error.hint)
    return replace(found, noted=noted)


def _compare(run: Run, destination: Audits, used: ledger.UsedPlace) -> PlaceAudit:
    trials = ledger.trials_of_place(run.db, used.no)
    comparison = Comparison(run.route_no, run.now() - timedelta(seconds=run.resources.doubt_wait), trials)
    _expect(run, used, comparison)
    for row in destination.inventory(used.place):
        comparison.see(row)
    # Another process, or another route, may have sent to this target while it was read.
    _expect(run, used, comparison)
    missing = comparison.missing()
    gone = _look_again(run, destination, used, missing)
    return PlaceAudit(
        used,
        expected=comparison.expected,
        present=comparison.present,
        too_fresh=comparison.too_fresh,
        contradictory=len(missing) - len(gone),
        unreadable=comparison.unreadable,
        trials=comparison.trials,
        differences=tuple(comparison.differences(gone)),
    )


def _expect(run: Run, used: ledger.UsedPlace, comparison: Comparison) -> None:
    for entries in ledger.entries_of_place(run.db, used.no):
        comparison.expect(entries)


def _look_again(
    run: Run, destination: Audits, used: ledger.UsedPlace, missing: Sequence[ledger.Entry]
) -> dict[int, str]:
    """Those of the missing that a lookup by address does not find there either, with where they are now."""
    gone: dict[int, str] = {}
    if missing:
        run.resources.pause(min(_BETWEEN_READS, run.resources.doubt_wait))
    for some in chunks(missing):
        # Only address and place are looked up: whether the lead is there is the question, not whose it is.
        asked = [Delivery(entry.id, "", entry.address, Fields(), used.place) for entry in some]
        for outcome in destination.recheck(asked):
            if outcome.reason is Reason.ABSENT and outcome.state is State.IN_DOUBT:
                gone[outcome.delivery_id] = ""
            elif outcome.reason in _ELSEWHERE:
                gone[outcome.delivery_id] = f"now in {outcome.detail or 'another place of the workspace'}"
    return gone
