"""What operators took off the do-not-contact list, and why. Suppresses no one.

An event that had suppressed the person has no further consequence then, however often it is seen. The same kind of
event with a later time of the vendor's is a new one, and suppresses again (`ledger.events.recording`).
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.database import Database
from bridge.ledger.people import secrecy
from bridge.ledger.people.entries import Suppression, scoped
from bridge.ledger.sql import execute, rows, rows_of
from bridge.ledger.statements import table
from bridge.ledger.texts import storable
from bridge.model import DEFAULT_CLIENT, EventKind

_removal = table("removal")

LIFTED = "lifted"
"""What became of an event whose suppression was removed."""

# CROSS JOINs have SQLite begin with the few leads of the person instead of all events.
_EVENTS = f"""
    FROM lead CROSS JOIN delivery d CROSS JOIN vendor_event e JOIN route r ON r.no = e.route_no
    WHERE lead.id IN (
            SELECT id FROM lead WHERE person = :value AND person <> ''
            UNION SELECT id FROM lead WHERE profile = :value AND profile <> ''
        ) AND d.lead_id = lead.id AND e.delivery_id = d.id AND e.consequence = 'suppressed'
        AND CASE WHEN e.kind = 'bounced' OR r.client = '{DEFAULT_CLIENT}' THEN '' ELSE r.client END = :client
"""  # noqa: S608 - put together from constants


def needs_reason(database: Database, entry: Suppression) -> bool:
    """Whether the entry came from an event, or an event stands behind it."""
    vendor, _, kind = entry.origin.rpartition(":")
    if kind in frozenset(EventKind) and vendor and ":" not in vendor:
        return True
    query = f"SELECT COUNT(*) AS events {_EVENTS}"
    return bool(rows_of(database, query, value=entry.value, client=entry.client)[0]["events"])


def note(connection: Connection, row: Any, value: str, reason: str, at: int) -> None:
    """Write down that this row of the list was removed, at this millisecond, and lift the events behind it."""
    stored = {name: getattr(row, name) for name in ("key", "value", "kind", "client", "origin")}
    stored |= {"said": row.reason, "reason": storable(reason[:200]), "removed_at": at}
    connection.execute(sa.insert(_removal).values(stored))
    lift = f"""
        UPDATE vendor_event SET consequence = '{LIFTED}', acted_at = :now
        WHERE consequence = 'suppressed' AND delivery_id IN (SELECT d.id {_EVENTS})
    """  # noqa: S608 - put together from constants
    execute(connection, lift, now=at, value=value, client=row.client)


def forget(connection: Connection, persons: Sequence[str]) -> None:
    """Delete what was removed about erased people."""
    key, clients = secrecy.key_of(connection), rows(connection, "SELECT DISTINCT client FROM removal")
    hashes = [secrecy.hashed(key, scoped(row["client"], person)) for row in clients for person in persons]
    execute(connection, "DELETE FROM removal WHERE key IN :hashes", hashes=hashes)
