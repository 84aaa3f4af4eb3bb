"""Puts deliveries that were given up back in line, by today's rules and facts. Sends nothing, asks no vendor."""

from collections import Counter
from collections.abc import Mapping, Sequence

from bridge import ledger
from bridge.lazy import dataclass
from bridge.ledger.statements import chunks
from bridge.model import Hold, State
from bridge.sync.deciding import decide_stored
from bridge.sync.run import Run

GIVEN_UP = (State.FAILED, State.REFUSED)
"""The states out of which only an operator takes a delivery."""

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries to put back: in these states, and of this reason ("" = of any but `given_up`)."""

    states: Sequence[State] = (State.FAILED,)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Retried:
    """How many are ready now, and how many the rules hold, by reason. Whether a ready one goes is the claim's to say.

    `asked` are in doubt: a call may have created them, and the target is asked first. `left` has what is still given
    up, by state.
    """

    ready: int
    held: Mapping[str, int]
    left: Mapping[str, int]
    asked: int = 0

    @property
    def put_back(self) -> int:
        """How many were put back."""
        return self.ready + self.asked + sum(self.held.values())


def retry(run: Run, wanted: Wanted) -> Retried:
    """Decide again what was given up: to ready or held, never straight to sending. Raises Busy if the lease is lost."""
    decisions: Counter[str] = Counter()
    asked = 0
    for some in chunks(ledger.given_up(run.db, run.route_no, wanted.states, wanted.reason), _AT_ONCE):
        leads = ledger.leads_of(run.db, some)
        decided = decide_stored(run, list(leads.values()))
        again = [(delivery_id, stored, decided[stored.id]) for delivery_id, stored in leads.items()]
        first = ledger.offer_again(run.db, run.recording(), again, run.decider.key)
        asked += len(first)
        final = [decision for delivery_id, _, decision in again if delivery_id not in first]
        decisions.update(decision.reason if isinstance(decision, Hold) else "" for decision in final)
    ready = decisions.pop("", 0)
    states = ledger.tally(run.db, run.route_no).states
    return Retried(ready, dict(decisions.most_common()), {state: states[state] for state in GIVEN_UP}, asked)
