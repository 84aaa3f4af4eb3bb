"""Statements that record what became of deliveries, by an answer, a lookup or an operator. Asks no vendor.

Only the holder of the route's epoch records; every move is checked against the table of states in `model/`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.errors import Busy
from bridge.lazy import dataclass
from bridge.ledger import hot
from bridge.ledger import intent as intents
from bridge.ledger.core import leases
from bridge.ledger.core.asking import ask_first, asked_before
from bridge.ledger.core.decisions import StoredLead
from bridge.ledger.core.freeing import free_claims, hold, release, wake_capped
from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.fields import dump_fields
from bridge.ledger.hot import Row
from bridge.ledger.intent import Answer, Stage
from bridge.ledger.statements import chunks, table
from bridge.ledger.texts import storable
from bridge.model import Decision, Deliver, Delivery, Origin, Outcome, Reason, Scalar, State, check_move

_delivery = table("delivery")

MOST_ATTEMPTS = 5
"""How often a lead without an explained outcome is offered before it counts as failed."""

_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Recording:
    """Who records, and when."""

    route_no: int
    epoch: int
    now: datetime


@transaction()
def record_outcomes(
    connection: Connection,
    recording: Recording,
    outcomes: Sequence[Outcome],
    *,
    batch_id: int = 0,
    result: str = "answered",
    counted: Mapping[str, Scalar] | None = None,
    mismatch: str = "",
) -> list[Outcome]:
    """Commit what became of each delivery, and of the batch that carried them; the outcomes as recorded.

    A delivery that goes back to ready after its last attempt is recorded as failed. One that is refused after a call
    that may have created it is in doubt, with its claims. Raises Busy when the route belongs to a later epoch: then
    nothing is recorded, and the later holder settles what is left.
    """
    check_epoch(connection, recording)
    final = list(outcomes)
    if not _all_created(connection, recording, outcomes):
        leaving = [outcome.delivery_id for outcome in outcomes if outcome.state in _LEFT]
        rows = current(connection, [outcome.delivery_id for outcome in outcomes], leaving=leaving)
        final = [_final(outcome, rows[outcome.delivery_id]) for outcome in outcomes]
        move(connection, recording, rows, final, batch_id)
    if batch_id:
        stage = Stage.DOUBT if result == "lost" else Stage.SETTLED
        answer = Answer(stage, result, detail=mismatch, facts=counted or {})
        intents.record(connection, batch_id, answer, recording.now)
    return final


def _all_created(connection: Connection, recording: Recording, outcomes: Sequence[Outcome]) -> bool:
    """Record the ordinary answer, which created every lead, in one statement; False where not all of it is recorded.

    What it did record is at its end then: `move` leaves it as it is.
    """
    if not all(map(_is_created, outcomes)):
        return False
    created = {outcome.delivery_id: outcome.remote_id for outcome in outcomes}
    if connection.dialect.name == "postgresql":  # in the order of `hold`
        hot.lock_deliveries.ask(connection, list(created))
    return _deliver(connection, recording, created) == len(outcomes)


def _deliver(connection: Connection, recording: Recording, created: Mapping[int, str]) -> int:
    if storable(text := "".join(created.values())) != text:
        created = {number: storable(remote_id) for number, remote_id in created.items()}
    return hot.deliver.take(connection, milliseconds(recording.now), dict(created))


@transaction()
def put_back(
    connection: Connection,
    recording: Recording,
    batch_id: int,
    deliveries: Sequence[Delivery],
    reason: Reason,
    result: str,
) -> None:
    """Make deliveries ready again whose call did not happen: it does not count as an attempt.

    Those that were never really asked give their claims up: the route may be renamed or dropped before it sends them.
    """
    ids = [delivery.id for delivery in deliveries]
    d = _delivery.c
    check_epoch(connection, recording)
    hold(connection, ids)
    back = {
        "state": State.READY,
        "reason": reason,
        "attempts": d.attempts - 1,
        "asked_at": sa.case((d.attempts <= 1, 0), else_=d.asked_at),
    }
    for some in chunks(ids):
        sending = (d.id.in_(some), d.state == State.SENDING, d.batch_id == batch_id)
        moved = sa.update(_delivery).where(*sending).values(back).returning(d.id, d.asked_at)
        rows = connection.execute(moved).all()
        wake_capped(connection, [row.id for row in rows])
        free_claims(connection, [row.id for row in rows if row.asked_at == 0])
    intents.record(connection, batch_id, Answer(result=result), recording.now)


@transaction()
def settle_absent(
    connection: Connection, recording: Recording, decided: Sequence[tuple[int, Decision]], decided_by: str
) -> None:
    """Record the new decision about deliveries that are certain not to have arrived: ready, held, or failed."""
    check_epoch(connection, recording)
    rows = current(connection, [delivery_id for delivery_id, _ in decided])
    wake_capped(connection, [delivery_id for delivery_id, _ in decided])
    outcomes, moved_house = [], []
    for delivery_id, decision in decided:
        if isinstance(decision, Deliver):
            again = Outcome(delivery_id, State.READY, Reason.ABSENT, Origin.LOOKUP)
            outcomes.append(_spent(again, rows[delivery_id].attempts))
            _new_fields(connection, delivery_id, decision, decided_by)
            moved_house += [delivery_id] if decision.address != rows[delivery_id].address else []
        else:
            outcomes.append(Outcome(delivery_id, State.HELD, decision.reason, Origin.LOCAL, detail=decision.detail))
    move(connection, recording, rows, outcomes, 0, wait=False)
    # The claim of an address that is no longer theirs is given up; what is held is asked again before the push.
    release(connection, moved_house)
    _ask_again(connection, [outcome.delivery_id for outcome in outcomes if outcome.state is State.HELD])


def given_up(database: Database, route_no: int, states: Sequence[State], reason: str = "") -> list[int]:
    """The route's deliveries in these states, of one reason or of any, in the order in which they were decided.

    Those that were given up unanswered may have been delivered: they are found under their own reason only.
    """
    d = _delivery.c
    query = sa.select(d.id).where(d.route_no == route_no, d.state.in_(states)).order_by(d.id)
    wanted = d.reason == reason if reason else d.reason != Reason.GIVEN_UP
    with database.read() as connection:
        return list(connection.execute(query.where(wanted)).scalars())


@transaction()
def offer_again(
    connection: Connection,
    recording: Recording,
    decided: Sequence[tuple[int, StoredLead, Decision]],
    decided_by: str,
) -> frozenset[int]:
    """Record the new decision about deliveries that had failed or been refused: ready or held, with new attempts.

    A refused one has no claim, and stands in line again for it. A failed one keeps its claim until it is held; the ones
    returned are in doubt, since a call may have created them and the decision would give their claim up.
    """
    check_epoch(connection, recording)
    rows = current(connection, [delivery_id for delivery_id, _, _ in decided])
    first = frozenset(one for one, _, decision in decided if _must_be_asked(rows[one], decision))
    move(connection, recording, rows, [_in_line(rows[one]) for one in first], 0, wait=False)
    ask_first(connection, sorted(first), recording.now)
    decided = [one for one in decided if one[0] not in first]
    outcomes = []
    for delivery_id, _, decision in decided:
        outcomes.append(_again(rows[delivery_id], decision))
        if isinstance(decision, Deliver):
            _new_fields(connection, delivery_id, decision, decided_by)
    move(connection, recording, rows, outcomes, 0, wait=False)
    values = [{"b_id": delivery_id, "lead_revision": lead.revision} for delivery_id, lead, _ in decided]
    # One attempt stays in memory with its time: an earlier call of a failed one may have created the lead.
    again = {"attempts": 1, "stale": 0, "address_changed": "", "decided_by": decided_by}
    held = [outcome.delivery_id for outcome in outcomes if outcome.state is State.HELD]
    if values:
        by_id = _delivery.c.id == sa.bindparam("b_id")
        connection.execute(sa.update(_delivery).where(by_id).values(again), values)
    # What is held now is asked again by the next sync: it may know more of the campaign, or of the route.
    _ask_again(connection, held)
    # A refused call created no lead: what the target holds before the next call is not ours. A target that is
    # gone, or that the operator has given up, cannot be asked any more.
    beyond_asking = (Reason.TARGET_GONE, Reason.GIVEN_UP)
    refused = [
        row.id for row in rows.values() if row.state == State.REFUSED and row.reason != Reason.UNRESOLVABLE_AMONG
    ]
    no_past = refused + [row.id for row in rows.values() if row.reason in beyond_asking]
    for some in chunks(no_past):
        connection.execute(sa.update(_delivery).where(_delivery.c.id.in_(some)).values(attempts=0, asked_at=0))
    return first


def _must_be_asked(row: Any, decision: Decision) -> bool:
    """Whether the claim would be given up though a call may have created the lead.

    `given_up` is the operator's own word, and for `target_gone` no target is left to ask.
    """
    unsure = row.reason in (Reason.ATTEMPTS_SPENT, Reason.UNRESOLVABLE_AMONG) and asked_before(row)
    return unsure and not (isinstance(decision, Deliver) and decision.address == row.address)


def _again(row: Any, decision: Decision) -> Outcome:
    if isinstance(decision, Deliver):
        return _in_line(row)
    return Outcome(row.id, State.HELD, decision.reason, Origin.LOCAL, detail=decision.detail or _put_back(row))


def _in_line(row: Any) -> Outcome:
    return Outcome(row.id, State.READY, Reason.OK, Origin.LOCAL, detail=_put_back(row))


def _put_back(row: Any) -> str:
    return f"put back by `leadbridge retry`; it was {row.state}: {row.reason}"


def count_states(database: Database, delivery_ids: Sequence[int]) -> Counter[tuple[str, str]]:
    """How many of these deliveries are in which state for which reason."""
    d = _delivery.c
    query = sa.select(d.state, d.reason, sa.func.count().label("leads")).group_by(d.state, d.reason)
    counted: Counter[tuple[str, str]] = Counter()
    with database.read() as connection:
        for some in chunks(delivery_ids):
            rows = connection.execute(query.where(d.id.in_(some)))
            counted.update({(row.state, row.reason): int(row.leads) for row in rows})
    return counted


def check_epoch(connection: Connection, recording: Recording) -> None:
    """Raise Busy unless the lease still belongs to the recording process, within the caller's transaction."""
    if not leases.held(connection, recording.route_no, recording.epoch):
        raise Busy("Another process has taken this route over; that process settles what was in progress.")


def current(
    connection: Connection, ids: Sequence[int], *, leaving: Sequence[int] | None = None
) -> dict[int, hot.Standing]:
    """The deliveries as they stand, locked; `leaving` as in `hold`."""
    if leaving is None or leaving:
        hold(connection, ids, leaving=leaving)
    return {row.id: row for row in hot.standing.ask(connection, sorted(ids))}


def _ask_again(connection: Connection, delivery_ids: Sequence[int]) -> None:
    for some in chunks(delivery_ids):
        connection.execute(sa.update(_delivery).where(_delivery.c.id.in_(some)).values(stale=1))


def _final(outcome: Outcome, row: hot.Standing) -> Outcome:
    if outcome.state is State.REFUSED and row.state == State.SENDING and row.attempts > 1 and asked_before(row):
        return replace(outcome, state=State.IN_DOUBT, reason=Reason.ASKED_BEFORE, origin=Origin.LOCAL)
    return _spent(outcome, row.attempts)


def _spent(outcome: Outcome, attempts: int) -> Outcome:
    if outcome.state is State.READY and outcome.reason is not Reason.DENIED and attempts >= MOST_ATTEMPTS:
        return Outcome(outcome.delivery_id, State.FAILED, Reason.ATTEMPTS_SPENT, outcome.origin, detail=outcome.reason)
    return outcome


def move(
    connection: Connection,
    recording: Recording,
    rows: Mapping[int, hot.Standing],
    outcomes: Sequence[Outcome],
    batch_id: int,
    *,
    wait: bool = True,
) -> None:
    """Write these moves and their history; who is held or refused gives its claims up. Raises on an illegal move.

    What a batch delivered gets no row of history: the delivery says all of it (`core/history.py`).
    """
    now = milliseconds(recording.now)
    created: dict[int, str] = {}
    moves: list[tuple[Outcome, hot.Standing]] = []
    for outcome in outcomes:
        row = rows[outcome.delivery_id]
        if row.state == State.SENDING and _is_created(outcome):
            created[row.id] = outcome.remote_id
        elif _is_legal(State(row.state), outcome.state):
            moves.append((outcome, row))
    if created:
        _deliver(connection, recording, created)
    if not moves:
        return
    hot.move_deliveries.run(connection, [_values(outcome, row, now, wait=wait) for outcome, row in moves])
    hot.insert_events.run(
        connection, [_event_of(outcome, row, now, batch_id or row.batch_id) for outcome, row in moves]
    )
    given_up = any(outcome.reason is Reason.GIVEN_UP for outcome, _ in moves)
    ended = {row.batch_id for _, row in moves if row.state == State.IN_DOUBT}
    intents.end_pushes(connection, ended, Stage.GIVEN_UP if given_up else Stage.SETTLED)
    release(connection, [o.delivery_id for o, _ in moves if _is_not_there(o)])
    wake_capped(connection, [o.delivery_id for o, _ in moves if o.state in _LEFT])


def _is_not_there(outcome: Outcome) -> bool:
    """Whether the claim ends: of several refused, each may be one that the target did take."""
    return outcome.state in (State.HELD, State.REFUSED) and outcome.reason is not Reason.UNRESOLVABLE_AMONG


_LEFT = (State.HELD, State.REFUSED, State.READY, State.FAILED)
"""States that leave a place under a domain's cap free, and perhaps a claim."""


_CREATED = (State.DELIVERED, Reason.CREATED, Origin.API)


def _is_created(outcome: Outcome) -> bool:
    """Whether it says no more than that the call created the lead."""
    return (outcome.state, outcome.reason, outcome.origin) == _CREATED and not outcome.detail


def _is_legal(before: State, after: State) -> bool:
    if before is after:
        return False
    check_move(before, after)
    return True


def _event_of(outcome: Outcome, row: Any, now: int, batch_id: int) -> Row:
    facts = (str(outcome.state), str(outcome.reason), str(outcome.origin))
    return (row.id, now, *facts, storable(outcome.detail), batch_id)


def _values(outcome: Outcome, row: Any, now: int, *, wait: bool) -> Row:
    """What a move writes, in the order of `hot.MOVED`."""
    denied = outcome.reason is Reason.DENIED  # the target took no lead: not this lead's attempt, and no reason to wait
    waits = wait and outcome.state is State.READY and not denied
    pause = min(_FIRST_WAIT * int(4 ** max(0, row.attempts - 1)), _LONGEST_WAIT)
    return (
        row.id,
        row.state,
        str(outcome.state),
        str(outcome.reason),
        str(outcome.origin),
        storable(outcome.detail),
        storable(outcome.remote_id),
        now if outcome.state is State.DELIVERED else 0,
        # A lookup that failed after a whole answer leaves nothing unknown about the call's end; the other two do.
        now if outcome.state is State.IN_DOUBT else 0,
        row.attempts - 1 if denied else row.attempts,
        now + milliseconds_of(pause) if waits else 0,
        # What was certain before a call is not after it.
        0 if row.state == State.SENDING else row.absent_at,
    )


def milliseconds_of(span: timedelta) -> int:
    """A span of time in the ledger's unit."""
    return int(span.total_seconds() * 1000)


def _new_fields(connection: Connection, delivery_id: int, decision: Deliver, decided_by: str) -> None:
    values = {
        "address": storable(decision.address),
        "fields": dump_fields(decision.fields),
        "domain": decision.domain,
        "expires_at": milliseconds(decision.expires_at),
        "decided_by": decided_by,
        "address_changed": "",
    }
    connection.execute(sa.update(_delivery).where(_delivery.c.id == delivery_id).values(values))
