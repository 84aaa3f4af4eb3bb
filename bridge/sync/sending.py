"""Sends one claimed batch and records what became of it. Claims nothing but the halves of what was turned down.

Intent was committed before the call, the outcome is after it, and no transaction is open in between. Several batches of
a run may be here at once, each in a thread of its own.
"""

import time
from collections import Counter
from collections.abc import Sequence

import structlog

from bridge import ledger
from bridge.destinations.base import Answer, Standing
from bridge.errors import AnswerLost, Denied, Refused, Unavailable
from bridge.lazy import dataclass
from bridge.ledger.core.candidates import PLAIN
from bridge.model import Delivery, Origin, Outcome, Reason, State
from bridge.sync.run import Run
from bridge.sync.suppressing import still_allowed

log = structlog.get_logger(__name__)

MOST_REFUSED_ALONE = 20
"""More leads of one batch than this refused one by one mean that not the leads are at fault: the route stops."""


@dataclass(slots=True)
class Room:
    """What the answers to one batch say of the plan: how many were created, the room left, whether to ask for it.

    `returned` says that some of its leads are ready again.
    """

    created: int = 0
    left: int | None = None
    unsure: bool = False
    returned: bool = False


def claiming_of(run: Run, standing: Standing) -> ledger.Claiming:
    """For which route, where to and under which conditions a batch is claimed now."""
    rules, target = run.route.rules, run.route.target
    return ledger.Claiming(
        run_id=run.id,
        route_no=run.route_no,
        epoch=run.epoch,
        decided_by=run.decider.key,
        place=standing.place,
        dedupe=target.dedupe,
        same_person=rules.same_person if target.identity == "email" else "canonical",
        per_domain=rules.per_domain,
        demands_validation=target.demands_validation,
        asked_at=run.vendor_now(),
        now=run.now(),
        client=run.route.client,
        gates=run.pacing.gates(run.now()) if run.pacing else (),
        line=run.pacing.line if run.pacing else PLAIN,
    )


def send(run: Run, standing: Standing, batch: ledger.Batch) -> Room:
    """Send a batch; one that is turned down as a whole is halved until the bad lead stands alone."""
    pending, lone, room = [batch], _Lone(run), Room()
    while pending:
        part = still_allowed(run, pending.pop())
        if not part.deliveries:
            continue
        begun = time.monotonic()
        try:
            outcomes = run.destination.push(part.deliveries)
        except Refused as error:
            _log_answer(run, part, "refused", begun)
            if len(part.deliveries) > 1:
                pending += _halve(run, standing, part)
            elif lone.add(part, error) > MOST_REFUSED_ALONE:
                _put_back(run, pending, Reason.DENIED, "not sent")
                raise lone.too_many() from None
        except AnswerLost:
            _record(run, part, _all(part.deliveries, State.IN_DOUBT, Reason.ANSWER_LOST, Origin.LOCAL), result="lost")
            _log_answer(run, part, "lost", begun)
            _put_back(run, pending, Reason.UNAVAILABLE, "not sent")
            lone.conclude()
            raise
        except (Denied, Unavailable) as error:
            denied = isinstance(error, Denied)
            reason = Reason.DENIED if denied else Reason.UNAVAILABLE
            _put_back(run, [part, *pending], reason, "denied" if denied else "unavailable")
            _log_answer(run, part, "denied" if denied else "unavailable", begun)
            lone.conclude()
            raise
        else:
            _take_answer(run, part, outcomes, room)
            _log_answer(run, part, "answered", begun, outcomes)
    lone.conclude()
    return room


def _log_answer(run: Run, part: ledger.Batch, result: str, begun: float, outcomes: Sequence[Outcome] = ()) -> None:
    """The one line of the log that a batch has; a run that is only played has none."""
    if not run.id:
        return
    log.info(
        "batch",
        route=run.route.name,
        run_id=run.id,
        batch=part.id,
        result=result,
        sent=len(part.deliveries),
        outcomes=dict(Counter(str(outcome.state) for outcome in outcomes)),
        seconds=round(time.monotonic() - begun, 3),
    )


class _Lone:
    """Leads that were refused one by one, until it is clear whether they are at fault or the target is.

    A target that refuses every lead says nothing about any of them: where not one call of the run was answered, more
    than a few lone refusals are put back.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._parts: list[ledger.Batch] = []
        self._said: Refused | None = None

    def add(self, part: ledger.Batch, error: Refused) -> int:
        """Take one in; how many there are."""
        self._parts.append(part)
        self._said = error
        return len(self._parts)

    def conclude(self) -> None:
        """Record them as refused, in the vendor's words."""
        for part in self._parts:
            detail = self._said.message[:200] if self._said else ""
            outcomes = _all(part.deliveries, State.REFUSED, Reason.REJECTED, Origin.API, detail)
            _record(self._run, part, outcomes, result="refused")
            self._run.watch.delivered(1)
        self._parts = []

    def too_many(self) -> Denied:
        """Settle them, and say why the route stops."""
        count, said = len(self._parts), self._said
        if self._run.answered:
            self.conclude()
        else:
            _put_back(self._run, self._parts, Reason.DENIED, "refused")
        return Denied(
            f"{count} leads were refused one by one; the last answer was: {said.message[:200] if said else ''}",
            hint="The mapping or the target is wrong: check `fields` in bridge.toml and run `leadbridge check`.",
            vendor=said.vendor if said else "",
            status=said.status if said else 0,
        )


def _halve(run: Run, standing: Standing, part: ledger.Batch) -> list[ledger.Batch]:
    middle = len(part.deliveries) // 2
    claiming = claiming_of(run, standing)
    ledger.record_outcomes(run.db, run.recording(), [], batch_id=part.id, result="refused")
    return [ledger.split(run.db, claiming, half) for half in (part.deliveries[middle:], part.deliveries[:middle])]


def _all(
    deliveries: tuple[Delivery, ...], state: State, reason: Reason, origin: Origin, detail: str = ""
) -> list[Outcome]:
    return [Outcome(delivery.id, state, reason, origin, detail=detail) for delivery in deliveries]


def _record(run: Run, part: ledger.Batch, outcomes: list[Outcome], *, result: str) -> None:
    ledger.record_outcomes(run.db, run.recording(), outcomes, batch_id=part.id, result=result)


def _put_back(run: Run, parts: list[ledger.Batch], reason: Reason, result: str) -> None:
    for part in parts:
        ledger.put_back(run.db, run.recording(), part.id, part.deliveries, reason, result)


def _take_answer(run: Run, part: ledger.Batch, outcomes: list[Outcome], room: Room) -> None:
    answer = outcomes if isinstance(outcomes, Answer) else Answer(outcomes)
    ledger.record_outcomes(
        run.db,
        run.recording(),
        answer,
        batch_id=part.id,
        counted=answer.counted,
        mismatch=answer.mismatch,
    )
    if answer.mismatch:
        run.warn(f"Batch {part.id}: {answer.mismatch}")
    created = [outcome.state for outcome in answer].count(State.DELIVERED)
    run.count_answer(created)
    run.watch.delivered(len(answer))
    room.created += created
    room.left = answer.room
    room.returned = room.returned or State.READY in [outcome.state for outcome in answer]
    # Plan room may run out without a word: it is asked for before the next batch.
    room.unsure = room.unsure or Reason.UNEXPLAINED in [outcome.reason for outcome in answer]
