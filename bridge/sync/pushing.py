"""The third step of a run: claims ready leads in batches, sends them, records what became of each. Reads no Scravio.

Intent is committed before the call, the outcome after it, and no transaction is open in between. An answer that is
lost leaves its rows in doubt and ends the route's run: our writes reach real people, so they are not repeated.
"""

from bridge import store
from bridge.destinations.base import Answer, Standing
from bridge.errors import AnswerLost, Denied, Refused, Unavailable
from bridge.model import Delivery, Origin, Outcome, Reason, State
from bridge.sync.pulling import decide_stale
from bridge.sync.run import Run

MOST_REFUSED_ALONE = 20
"""More leads of one batch than this refused one by one mean that not the leads are at fault: the route stops."""

DECLINED = "Nothing was sent, as you wished; every lead stays ready."
"""Not a fault, though the route stays blocked until somebody says yes."""


def push(run: Run) -> None:
    """Send every lead that is ready, up to the run's limit. Raises VendorError; whatever it is, nothing is lost."""
    ready = store.ready_leads(run.ledger, run.route_no, run.decider.key, run.now())
    if not ready:
        _look_at_target(run)
        return
    standing = run.destination.establish()
    _take_note(run, standing)
    _check_binding(run, standing)
    if not store.has_pushed(run.ledger, run.route_no) and not run.watch.confirm(run.route, standing, ready):
        raise Denied(DECLINED, hint="`leadbridge preview` shows what would go; `leadbridge sync` asks again.")
    _send_all(run, standing, ready)


def _look_at_target(run: Run) -> None:
    """With nobody to send, still tell of a key or a target that would refuse the next one."""
    try:
        _take_note(run, run.destination.check())
    except Unavailable as error:
        run.warn(f"{error} There was nobody to send.")


def _take_note(run: Run, standing: Standing) -> None:
    for warning in standing.warnings:
        run.warn(warning)


def _check_binding(run: Run, standing: Standing) -> None:
    """A name that suddenly means another campaign would mail people twice: a person must confirm it."""
    target = run.route.target
    key = f"{target.vendor}:{target.kind}:{target.ref}"
    bound = store.bind(run.ledger, run.route_no, key, standing.place, standing.title)
    if bound == standing.place:
        return
    what = "workspace" if bound.workspace != standing.place.workspace else target.kind
    raise Denied(
        f'The target "{target.ref}" of route "{run.route.name}" now means another {what} than before: '
        f"{standing.place.id} in workspace {standing.place.workspace}, and it was {bound.id} in {bound.workspace}.",
        hint=f"If that is intended, write the id {standing.place.id} in place of the name in bridge.toml.",
    )


def _send_all(run: Run, standing: Standing, ready: int) -> None:
    left = ready if run.limit is None else min(ready, run.limit)
    run.watch.delivering(left)
    room = standing.room
    budget = run.limit
    while budget is None or budget > 0:
        if room is not None and room <= 0:
            raise _plan_is_full(run)
        run.pause_for_stop()
        most = min(size for size in (run.destination.batch_size, budget, room) if size is not None)
        batch = store.claim(run.ledger, _claiming(run, standing), limit=most)
        if batch is None:
            if decide_stale(run) == 0:
                return
            continue
        room = _send(run, standing, batch, room)
        budget = None if budget is None else budget - len(batch.deliveries)
    run.waiting = store.ready_leads(run.ledger, run.route_no, run.decider.key, run.now())


def _plan_is_full(run: Run) -> Denied:
    ready = store.ready_leads(run.ledger, run.route_no, run.decider.key, run.now())
    return Denied(
        f"The Instantly plan holds no more contacts; {ready} leads stay ready.",
        hint="Free contacts or upgrade the plan in Instantly, then run `leadbridge sync` again.",
        vendor="instantly",
    )


def _claiming(run: Run, standing: Standing) -> store.Claiming:
    rules, target = run.route.rules, run.route.target
    return store.Claiming(
        run_id=run.id,
        route_no=run.route_no,
        epoch=run.epoch,
        decided_by=run.decider.key,
        place=standing.place,
        dedupe=target.dedupe,
        same_person=rules.same_person,
        per_domain=rules.per_domain,
        asked_at=run.destination.clock(),
        now=run.now(),
    )


def _send(run: Run, standing: Standing, batch: store.Batch, room: int | None) -> int | None:
    """Send a batch; one that is turned down as a whole is halved until the bad lead stands alone. The room left."""
    pending, lone = [batch], _Lone(run)
    while pending:
        part = pending.pop()
        try:
            outcomes = run.destination.push(part.deliveries)
        except Refused as error:
            if len(part.deliveries) > 1:
                pending += _halve(run, standing, part)
            elif lone.add(part, error) > MOST_REFUSED_ALONE:
                _put_back(run, pending, Reason.DENIED, "not sent")
                raise lone.too_many() from None
        except AnswerLost:
            _record(run, part, _all(part.deliveries, State.IN_DOUBT, Reason.ANSWER_LOST, Origin.LOCAL), result="lost")
            _put_back(run, pending, Reason.UNAVAILABLE, "not sent")
            lone.conclude()
            raise
        except (Denied, Unavailable) as error:
            denied = isinstance(error, Denied)
            reason = Reason.DENIED if denied else Reason.UNAVAILABLE
            _put_back(run, [part, *pending], reason, "denied" if denied else "unavailable")
            lone.conclude()
            raise
        else:
            room = _take_answer(run, part, outcomes, room)
    lone.conclude()
    return room


class _Lone:
    """Leads that were refused one by one, until it is clear whether they are at fault or the target is.

    A target that refuses everybody refuses nobody: where not one call of the run was answered, more than a few lone
    refusals are put back.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._parts: list[store.Batch] = []
        self._said: Refused | None = None

    def add(self, part: store.Batch, error: Refused) -> int:
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
            hint="The mapping or the target is at fault: look at `fields` in bridge.toml and run `leadbridge check`.",
            vendor=said.vendor if said else "",
            status=said.status if said else 0,
        )


def _halve(run: Run, standing: Standing, part: store.Batch) -> list[store.Batch]:
    middle = len(part.deliveries) // 2
    claiming = _claiming(run, standing)
    store.record_outcomes(run.ledger, run.recording(), [], batch_id=part.id, result="refused")
    return [store.split(run.ledger, claiming, half) for half in (part.deliveries[middle:], part.deliveries[:middle])]


def _all(
    deliveries: tuple[Delivery, ...], state: State, reason: Reason, origin: Origin, detail: str = ""
) -> list[Outcome]:
    return [Outcome(delivery.id, state, reason, origin, detail=detail) for delivery in deliveries]


def _record(run: Run, part: store.Batch, outcomes: list[Outcome], *, result: str) -> None:
    store.record_outcomes(run.ledger, run.recording(), outcomes, batch_id=part.id, result=result)


def _put_back(run: Run, parts: list[store.Batch], reason: Reason, result: str) -> None:
    for part in parts:
        store.put_back(run.ledger, run.recording(), part.id, part.deliveries, reason, result)


def _take_answer(run: Run, part: store.Batch, outcomes: list[Outcome], room: int | None) -> int | None:
    answer = outcomes if isinstance(outcomes, Answer) else Answer(outcomes)
    store.record_outcomes(
        run.ledger,
        run.recording(),
        answer,
        batch_id=part.id,
        counted=answer.counted,
        mismatch=answer.mismatch,
    )
    run.answered += 1
    if answer.mismatch:
        run.warn(f"Batch {part.id}: {answer.mismatch}")
    created = sum(outcome.state is State.DELIVERED for outcome in answer)
    run.sent += created
    run.watch.delivered(len(answer))
    if any(outcome.reason is Reason.UNEXPLAINED for outcome in answer):
        # Plan room may run out without a word: ask before the next batch (instantly.md pitfalls 13, 14).
        return run.destination.establish().room
    if answer.room is not None:
        return answer.room
    return None if room is None else room - created
