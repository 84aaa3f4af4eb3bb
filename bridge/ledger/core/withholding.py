"""The statement that takes claimed deliveries out of a call at the last moment. Decides about no lead."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.core.freeing import hold, release, wake_capped
from bridge.ledger.core.outcomes import Recording, check_epoch
from bridge.ledger.database import milliseconds, transaction
from bridge.ledger.intent import Answer, record
from bridge.ledger.statements import chunks, tables
from bridge.model import Delivery, Origin, Reason, State

_delivery, _event, _intent = tables("delivery", "event", "intent")


@transaction()
def withhold(
    connection: Connection,
    recording: Recording,
    batch_id: int,
    deliveries: Sequence[Delivery],
    reason: Reason = Reason.SUPPRESSED,
) -> None:
    """Hold deliveries of a batch that must not go after all, for this reason: the call does not carry them.

    It does not count as an attempt, and their claims are given up. Those that an earlier call may have created are in
    doubt with their claims: the target is asked first. A batch that loses all is closed. Raises Busy where the route
    belongs to a later epoch.
    """
    d = _delivery.c
    check_epoch(connection, recording)
    hold(connection, [delivery.id for delivery in deliveries])
    rows: list[Any] = []
    for some in chunks([delivery.id for delivery in deliveries]):
        sending = (d.id.in_(some), d.state == State.SENDING, d.batch_id == batch_id)
        out = sa.update(_delivery).where(*sending).values(_out_of_the_call(milliseconds(recording.now), reason))
        rows += connection.execute(out.returning(d.id, d.state, d.reason)).all()
    if not rows:
        return
    here = {"origin": Origin.LOCAL, "at": milliseconds(recording.now)}
    events = [{**here, "delivery_id": row.id, "state": row.state, "reason": row.reason} for row in rows]
    connection.execute(sa.insert(_event), events)
    held = [row.id for row in rows if row.state == State.HELD]
    release(connection, held)
    wake_capped(connection, held)
    carried = sa.update(_intent).where(_intent.c.id == batch_id).values(emails=_intent.c.emails - len(rows))
    if not connection.execute(carried.returning(_intent.c.emails)).scalar_one():
        record(connection, batch_id, Answer(result="not sent"), recording.now)


def _out_of_the_call(now: int, reason: Reason) -> dict[str, Any]:
    first = _delivery.c.attempts <= 1
    return {
        "state": sa.case((first, State.HELD.value), else_=State.IN_DOUBT.value),
        "reason": sa.case((first, reason.value), else_=Reason.ASKED_BEFORE.value),
        "origin": Origin.LOCAL,
        "detail": "",
        "attempts": _delivery.c.attempts - 1,
        "ended_at": sa.case((first, 0), else_=now),
    }
