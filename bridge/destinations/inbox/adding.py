"""The call that adds leads, and what its answer makes of each of them. The answer counts, and names no lead.

Sending again is documented as safe: who is in the campaign comes back as skipped (inbox.md §2.5). So those that cannot
be resolved are found by sending halves again: each answer also gives the other half's number.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field

from bridge.api.scalars import count, mapping
from bridge.destinations.inbox.reading import INBOX
from bridge.errors import VendorError
from bridge.lazy import dataclass
from bridge.model import Delivery, Origin, Outcome, Reason, State

MOST_LEADS = 2_000
MOST_CALLS = 600
"""Calls that look for the unresolvable leads of one push: twenty minutes at thirty writes a minute."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What an answer counts."""

    added: int
    skipped: int
    failed: int

    def mismatch(self, sent: int) -> str:
        """One sentence where the numbers are not those of so many leads; "" where they are."""
        total = self.added + self.skipped + self.failed
        return "" if total == sent else f"Inbox counted {total:,} leads, and {sent:,} were sent."


def read_counts(data: object) -> Counts:
    """The counts of an answer. Raises AnswerLost where one is missing: what became of the leads is then unknown."""
    found = [count(mapping(data).get(name)) for name in ("added", "skipped", "failed")]
    numbers = [number for number in found if number is not None]
    if len(numbers) < len(found):
        raise INBOX.lost(
            "It is unknown which leads were added: the answer does not count them.",
            "Run `leadbridge sync` again: Inbox adds no lead twice.",
        )
    return Counts(*numbers)


@dataclass(slots=True)
class Adding:
    """One push. `add` makes the call for some of its deliveries; `calls` counts those after the first."""

    add: Callable[[Sequence[Delivery]], Counts]
    most: int = MOST_CALLS
    calls: int = 0
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    _trouble: VendorError | None = None

    def run(self, deliveries: Sequence[Delivery]) -> Counts:
        """Add them, and find out what became of each. Raises what the first call raises; later trouble is a doubt."""
        first = self.add(deliveries)
        parts: list[tuple[Sequence[Delivery], int]] = [(deliveries, first.failed)]
        while parts:
            some, failed = parts.pop()
            if failed == 0 or first.mismatch(len(deliveries)):
                self._settle(_taken(one, first, len(deliveries)) for one in some)
            elif failed >= len(some):
                origin = Origin.API if len(some) == len(deliveries) else Origin.INFERRED
                self._settle(Outcome(one.id, State.REFUSED, Reason.UNRESOLVABLE, origin) for one in some)
            else:
                parts += self._halves(some, failed)
        return first

    def _halves(self, some: Sequence[Delivery], failed: int) -> list[tuple[Sequence[Delivery], int]]:
        """Both halves with the number of unresolvable leads in each; none where that is not found out any more."""
        middle = len(some) // 2
        left, right = some[:middle], some[middle:]
        counts = self._ask(left)
        if counts is not None and not 0 <= failed - counts.failed <= len(right):
            other = self._ask(right)  # they have changed meanwhile: the new answer counts
            failed = counts.failed + other.failed if other else failed
            counts = counts if other else None
        if counts is None:
            self._leave_open(some, failed)
            return []
        return [(right, failed - counts.failed), (left, counts.failed)]

    def _ask(self, some: Sequence[Delivery]) -> Counts | None:
        if self._trouble is not None or self.calls >= self.most:
            return None
        self.calls += 1
        try:
            return self.add(some)
        except VendorError as error:
            self._trouble = error
            return None

    def _leave_open(self, some: Sequence[Delivery], failed: int) -> None:
        """Of these only the number is known. What trouble has cut off is asked again by the next run."""
        detail = f"{failed:,} of {len(some):,} cannot be resolved; Inbox does not say which"
        if self._trouble is None:
            state, reason, origin = State.REFUSED, Reason.UNRESOLVABLE_AMONG, Origin.INFERRED
        else:
            state, reason, origin = State.IN_DOUBT, Reason.LOOKUP_FAILED, Origin.LOOKUP
            detail = f"{detail}: {self._trouble.message}"[:200]
        self._settle(Outcome(one.id, state, reason, origin, detail=detail) for one in some)

    def _settle(self, outcomes: Iterator[Outcome]) -> None:
        self.outcomes.update({outcome.delivery_id: outcome for outcome in outcomes})


def _taken(one: Delivery, first: Counts, sent: int) -> Outcome:
    """A lead in the campaign after the call. Whether we added it is known where the answer counts only one kind."""
    remote_id = f"{one.place.id}/{one.address}"
    if first.mismatch(sent):
        return Outcome(one.id, State.READY, Reason.UNEXPLAINED, Origin.INFERRED, detail=first.mismatch(sent))
    origin = Origin.INFERRED if first.failed else Origin.API
    if not first.skipped:
        return Outcome(one.id, State.DELIVERED, Reason.CREATED, origin, remote_id)
    if not first.added and one.state is State.SENDING and one.attempts <= 1:
        return Outcome(one.id, State.DUPLICATE, Reason.IN_TARGET, origin, remote_id)
    detail = f"of {sent:,} sent {first.added:,} were added and {first.skipped:,} were there"
    return Outcome(one.id, State.DELIVERED, Reason.PRESENT, Origin.INFERRED, remote_id, detail)
