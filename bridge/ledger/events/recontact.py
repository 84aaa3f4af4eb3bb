"""Who was contacted lately by any route of a client, for `rules.recontact`. Sends nothing.

A lead that was delivered counts from then on: it is contacted before the vendor can report it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.sql import execute, rows
from bridge.ledger.statements import among
from bridge.model import Reason

_LATELY = """
    d.state = 'delivered' AND route.client = :client AND (d.sent_at >= :since OR EXISTS (
        SELECT 1 FROM vendor_event e WHERE e.delivery_id = d.id AND e.kind = 'contacted' AND e.latest_at >= :since
    ))
"""
# Naming every scope lets the claim's key find the rows.
_CONTACTED = f"""
    SELECT DISTINCT claim.person FROM claim JOIN delivery d ON d.id = claim.delivery_id
    JOIN route ON route.no = d.route_no
    WHERE claim.person IN :some AND claim.scope_no IN (SELECT no FROM scope) AND {_LATELY}
"""  # noqa: S608 - put together from constants


def contacted_since(database: Database, keys: Collection[str], since: datetime, client: str) -> frozenset[str]:
    """Those of the keys of identities that a route of the client contacted, or delivered, since then."""
    with database.read() as connection:
        return _contacted(connection, keys, since, client)


def contacted_elsewhere(database: Database, ids: Collection[int], since: datetime, client: str) -> frozenset[int]:
    """Those of the deliveries whose person another delivery of the client reached, or may have, since then."""
    query = f"""
        SELECT DISTINCT mine.delivery_id FROM claim mine
        JOIN claim o ON o.person = mine.person AND o.scope_no IN (SELECT no FROM scope)
        JOIN delivery d ON d.id = o.delivery_id AND d.id <> mine.delivery_id
        JOIN route ON route.no = d.route_no
        WHERE mine.delivery_id IN :some AND {_LATELY}
    """  # noqa: S608 - put together from constants
    given: dict[str, Any] = {"since": milliseconds(since), "client": client}
    with database.read() as connection:
        return frozenset(row["delivery_id"] for row in among(connection, query, ids, **given))


def _contacted(connection: Connection, keys: Collection[str], since: datetime, client: str) -> frozenset[str]:
    given: dict[str, Any] = {"since": milliseconds(since), "client": client}
    return frozenset(row["person"] for row in among(connection, _CONTACTED, sorted({*keys} - {""}), **given))


def ask_again(database: Database, route_no: int, since: datetime | None, client: str) -> int:
    """Have those decided again who were held for it and were contacted long enough ago (None: all); how many."""
    query = """
        SELECT d.id, lead.person, lead.profile FROM delivery d JOIN lead ON lead.id = d.lead_id
        WHERE d.route_no = :route AND d.state = 'held' AND d.reason = :reason AND d.stale = 0
    """
    with database.read() as connection:
        held = rows(connection, query, route=route_no, reason=Reason.RECENTLY_CONTACTED.value)
        keys = {key for row in held for key in (row["person"], row["profile"])}
        lately = _contacted(connection, keys, since, client) if since is not None and keys else frozenset()
    free = [row["id"] for row in held if lately.isdisjoint((row["person"], row["profile"]))]
    return _mark(database, free) if free else 0


@transaction(durable=False)
def _mark(connection: Connection, ids: list[int]) -> int:
    marked = "UPDATE delivery SET stale = 1 WHERE id = :id AND state = 'held' AND reason = :reason"
    reason = Reason.RECENTLY_CONTACTED.value
    return sum(execute(connection, marked, id=one, reason=reason).rowcount for one in sorted(ids))
