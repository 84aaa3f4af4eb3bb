"""Statements about who must never be contacted. Decides nothing; `rules` and the claim ask it."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store.database import Database, milliseconds
from bridge.store.statements import chunks, insert_or_ignore, table
from bridge.store.tables import SuppressionRow

_suppression = table(SuppressionRow)


def keys_of(person: str) -> tuple[str, ...]:
    """What suppresses this person: the canonical address, its domain, and every parent domain but the last label."""
    if not person:
        return ()
    labels = person.rpartition("@")[2].split(".")
    return (person, *(".".join(labels[start:]) for start in range(max(1, len(labels) - 1))))


def suppressed_among(connection: Connection, persons: Iterable[str]) -> frozenset[str]:
    """Those of the persons that are suppressed by their address or a domain, within the caller's transaction."""
    keys = {person: keys_of(person) for person in set(persons) if person}
    wanted = sorted({key for some in keys.values() for key in some})
    query = sa.select(_suppression.c.value)
    found = {
        value
        for some in chunks(wanted)
        for value in connection.execute(query.where(_suppression.c.value.in_(some))).scalars()
    }
    return frozenset(person for person, its in keys.items() if not found.isdisjoint(its))


def suppressed(database: Database, persons: Iterable[str]) -> frozenset[str]:
    """Those of the persons that are suppressed."""
    with database.read() as connection:
        return suppressed_among(connection, persons)


def suppress(database: Database, value: str, *, kind: str, reason: str, origin: str, now: datetime) -> None:
    """Never contact this address (its canonical key) or domain again; an existing entry keeps its story."""
    row = {"value": value, "kind": kind, "reason": reason, "origin": origin, "added_at": milliseconds(now)}
    with database.write() as connection:
        connection.execute(insert_or_ignore(connection, _suppression), row)
