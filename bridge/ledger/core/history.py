"""Reads the moves of deliveries: rows of `event`, and the one move that stands in the delivery.

A lead that its batch delivered gets no row: the delivery has the state, the reason, the time and the batch. Nothing
moves it afterwards but an erasure (`keep`). What an audit notes of it came later, and names no batch.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bridge.ledger.sql import among, execute
from bridge.model import State

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_IN_DELIVERY = """
    SELECT id AS delivery_id, sent_at AS at, state, reason, origin, detail, batch_id FROM delivery d
    WHERE id IN :some AND state = 'delivered' AND sent_at > 0 AND NOT EXISTS (
        SELECT 1 FROM event e WHERE e.delivery_id = d.id AND e.state = 'delivered' AND e.batch_id <> 0
    )
"""


def moves(connection: "Connection", delivery_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Every move of these deliveries in their order, by the delivery's number: the columns of `event` but its id."""
    found: dict[int, list[dict[str, Any]]] = {}
    query = "SELECT delivery_id, at, state, reason, origin, detail, batch_id FROM event WHERE delivery_id IN :some"
    for row in among(connection, f"{query} ORDER BY id", delivery_ids):
        found.setdefault(row["delivery_id"], []).append(dict(row))
    for row in among(connection, _IN_DELIVERY, delivery_ids):
        known = found.setdefault(row["delivery_id"], [])
        later = (place for place, move in enumerate(known) if move["state"] == State.DELIVERED)
        known.insert(next(later, len(known)), dict(row))
    return found


def keep(connection: "Connection", delivery_ids: list[int]) -> None:
    """Write down the move that stands in these deliveries, before something else is written over it."""
    into = "INSERT INTO event (delivery_id, at, state, reason, origin, detail, batch_id)"
    execute(connection, f"{into} {_IN_DELIVERY}", some=delivery_ids)
