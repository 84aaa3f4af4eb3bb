"""Knows whose facts are never stored again. Erases nobody itself (`erasing` does).

Asked for every page of every sweep, so nobody pays for it where nobody was erased: a process keeps the hashes until
the list changes.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bridge.hygiene import email
from bridge.model import PROBLEM_ERASED, Decision, Hold, Lead, Reason
from bridge.store import marks, secrecy
from bridge.store.database import Database, milliseconds, moment
from bridge.store.statements import insert_or_ignore, table
from bridge.store.tables import ErasedRow

CHANGES = "erased"
"""The mark that counts erasures."""

_erased = table(ErasedRow)
_remembered: WeakKeyDictionary[Engine, tuple[int, bytes, frozenset[str]]] = WeakKeyDictionary()


def without_erased(connection: Connection, decided: Sequence[tuple[Lead, Decision]]) -> Sequence[tuple[Lead, Decision]]:
    """The page, with nothing but an id left of each lead whose id or address was erased; those are held."""
    key, hashes = _current(connection)
    if not hashes:
        return decided
    return [
        (_nobody(lead), Hold(Reason.ERASED)) if _is_erased(key, hashes, lead) else (lead, decision)
        for lead, decision in decided
    ]


def note_erased(
    connection: Connection, persons: Collection[str], source_ids: Collection[str], erasure_no: int, at: datetime
) -> None:
    """Remember by their hashes whose facts are not to be stored again."""
    key = secrecy.key_of(connection, make=True)
    told = [("person", person) for person in persons] + [("lead", _of_id(source_id)) for source_id in source_ids]
    common = {"erasure_no": erasure_no, "erased_at": milliseconds(at)}
    rows = [{"key": secrecy.hashed(key, text), "kind": kind, **common} for kind, text in told]
    if rows:
        connection.execute(insert_or_ignore(connection, _erased), rows)
        marks.bump(connection, CHANGES)


def erased_at(database: Database, person: str) -> datetime | None:
    """When this person was erased; None where they were not."""
    with database.read() as connection:
        key = secrecy.key_of(connection)
        query = sa.select(_erased.c.erased_at).where(_erased.c.key == secrecy.hashed(key, person))
        return moment(int(connection.execute(query).scalar() or 0)) if key else None


def erased_among(database: Database, addresses: Collection[str]) -> frozenset[str]:
    """Those of the addresses whose person was erased: nothing of them is to be stored, or asked of anybody."""
    with database.read() as connection:
        key, hashes = _current(connection)
    return frozenset(address for address in addresses if hashes and _is_erased_person(key, hashes, address))


def lift(database: Database, person: str) -> None:
    """Store this address's facts again from now on: the person asked to be contacted. Ids once erased stay so."""
    with database.write() as connection:
        key = secrecy.key_of(connection)
        if not key:
            return
        connection.execute(sa.delete(_erased).where(_erased.c.key == secrecy.hashed(key, person)))
        marks.bump(connection, CHANGES)


def _current(connection: Connection) -> tuple[bytes, frozenset[str]]:
    changes = marks.number(connection, CHANGES)
    if not changes:
        return b"", frozenset()
    known = _remembered.get(connection.engine)
    if known is None or known[0] != changes:
        hashes = frozenset(connection.execute(sa.select(_erased.c.key)).scalars())
        known = (changes, secrecy.key_of(connection), hashes)
        _remembered[connection.engine] = known
    return known[1], known[2]


def _is_erased(key: bytes, hashes: frozenset[str], lead: Lead) -> bool:
    if secrecy.hashed(key, _of_id(lead.id)) in hashes:
        return True
    return bool(lead.email) and _is_erased_person(key, hashes, lead.email)


def _is_erased_person(key: bytes, hashes: frozenset[str], address: str) -> bool:
    found = email.read(address)
    return isinstance(found, email.Address) and secrecy.hashed(key, found.person) in hashes


def _of_id(source_id: str) -> str:
    return f"lead {source_id}"


def _nobody(lead: Lead) -> Lead:
    return Lead(id=lead.id, campaign_id=lead.campaign_id, problem=PROBLEM_ERASED)
