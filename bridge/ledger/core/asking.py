"""Puts deliveries in doubt that are ready after an earlier call, before anything gives their claims up.

Such a call may have taken effect: it was not explained, or a later one did not happen. The next settle asks the target
that the delivery remembers; what is certain to be absent there is decided again, and may then give its claim up.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.database import milliseconds
from bridge.ledger.statements import chunks, lock, tables
from bridge.model import Origin, Reason, State

_delivery, _event, _intent = tables("delivery", "event", "intent")


def asked_before(row: Any) -> bool:
    """Whether a call may have created this lead, and no settle has found it absent since."""
    return bool(row.asked_at) and not row.absent_at


def ask_first(
    connection: Connection, delivery_ids: Sequence[int], now: datetime, reason: Reason = Reason.ASKED_BEFORE
) -> None:
    """Move these from ready to in doubt, with their claims; an earlier lookup does not count.

    Their call ended when it was answered, not now: the wait for the target begins there.
    """
    d = _delivery.c
    doubt = {"state": State.IN_DOUBT, "reason": reason, "origin": Origin.LOCAL, "detail": ""}
    ended_at = sa.select(_intent.c.ended_at).where(_intent.c.id == d.batch_id).scalar_subquery()
    values = {**doubt, "ended_at": sa.func.coalesce(ended_at, 0), "absent_at": 0, "not_before": 0}
    for some in chunks(lock(connection, _delivery, delivery_ids)):
        ready = sa.update(_delivery).where(d.id.in_(some), d.state == State.READY).values(values)
        moved = connection.execute(ready.returning(d.id, d.batch_id)).all()
        events = [{**doubt, "delivery_id": row.id, "at": milliseconds(now), "batch_id": row.batch_id} for row in moved]
        if events:
            connection.execute(sa.insert(_event), events)
