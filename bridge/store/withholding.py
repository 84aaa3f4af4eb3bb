"""The statement that takes claimed deliveries out of a call at the last moment. Decides about nobody."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bridge.model import Delivery, Origin, Reason, State
from bridge.store.database import Database, milliseconds, repeatable
from bridge.store.freeing import free_claims, hold, wake_capped
from bridge.store.outcomes import Recording, check_epoch
from bridge.store.statements import chunks, table
from bridge.store.tables import BatchRow, DeliveryRow, EventRow

_batch = table(BatchRow)
_delivery = table(DeliveryRow)
_event = table(EventRow)


@repeatable
def withhold(database: Database, recording: Recording, batch_id: int, deliveries: Sequence[Delivery]) -> None:
    """Hold deliveries of a batch that were suppressed after their claim: the call does not carry them.

    It does not count as an attempt, and their claims are given up. A batch that loses all is closed. Raises Busy where
    the route belongs to a later epoch.
    """
    d = _delivery.c
    with database.write() as connection:
        check_epoch(connection, recording)
        hold(connection, [delivery.id for delivery in deliveries])
        ids: list[int] = []
        for some in chunks([delivery.id for delivery in deliveries]):
            sending = (d.id.in_(some), d.state == State.SENDING, d.batch_id == batch_id)
            held = sa.update(_delivery).where(*sending).values(_held()).returning(d.id)
            ids += connection.execute(held).scalars()
        if not ids:
            return
        connection.execute(sa.insert(_event), [_moved(number, recording) for number in ids])
        free_claims(connection, ids)
        wake_capped(connection, ids)
        carried = sa.update(_batch).where(_batch.c.id == batch_id)
        connection.execute(carried.values(sent=_batch.c.sent - len(ids)))
        closed = {"result": "not sent", "ended_at": milliseconds(recording.now)}
        connection.execute(carried.where(_batch.c.sent <= 0).values(closed))


def _held() -> dict[str, Any]:
    d = _delivery.c
    return {
        "state": State.HELD,
        "reason": Reason.SUPPRESSED,
        "origin": Origin.LOCAL,
        "detail": "",
        "attempts": d.attempts - 1,
        "asked_at": sa.case((d.attempts <= 1, 0), else_=d.asked_at),
    }


def _moved(delivery_id: int, recording: Recording) -> dict[str, Any]:
    moved = {"state": State.HELD, "reason": Reason.SUPPRESSED, "origin": Origin.LOCAL}
    return {**moved, "delivery_id": delivery_id, "at": milliseconds(recording.now)}
