"""Knows whose facts are never stored again, and hides their ids. Erases no person itself (`erasing` does).

Asked for every page of every sweep, so it costs nothing where no person was erased: a process keeps the hashes until
the list changes.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import itemgetter
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bridge.hygiene import identities
from bridge.ledger import marks
from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.people import secrecy
from bridge.ledger.people.hashes import HIDDEN, hidden_id, of_id
from bridge.ledger.statements import chunks, insert_or_ignore, lock, tables
from bridge.model import PROBLEM_ERASED, Decision, Hold, Lead, Reason

CHANGES = "erased"
"""The mark that counts erasures."""

_ALL_HIDDEN = "ids of erased people hidden"
"""The mark that says that no id of an erased person stands in plain any more."""

_campaign, _delivery, _erased, _lead = tables("campaign", "delivery", "erased", "lead")
_remembered: WeakKeyDictionary[Engine, tuple[int, bytes, frozenset[str]]] = WeakKeyDictionary()


def without_erased(connection: Connection, decided: Sequence[tuple[Lead, Decision]]) -> Sequence[tuple[Lead, Decision]]:
    """The page, with nothing but a hidden id left of each lead whose id or address was erased; those are held."""
    key, hashes = _current(connection)
    if not hashes:
        return decided
    page = list(decided)
    for place, (lead, _) in enumerate(page):
        if _is_erased(key, hashes, lead):
            hidden = Lead(hidden_id(key, lead.id), lead.campaign_id, problem=PROBLEM_ERASED)
            page[place] = (hidden, Hold(Reason.ERASED))
    return page


def hide_ids(connection: Connection, campaign_no: int, page: Sequence[tuple[Lead, Decision]]) -> list[int]:
    """Let stored leads of the campaign go by the id that they have on this page, which is hidden for erased people.

    The page is that as read. A lead is stored under one id only: its own, or a hash of it. Returned are
    those whose id is hidden from now on: `wipe_ranks` is to follow when their deliveries have been written.
    """
    key, hashes = _current(connection)
    if not hashes:
        return []
    hidden = {lead.id: hidden_id(key, lead.id) for lead, _ in page}
    erased = {lead.id for lead, _ in page if _is_erased(key, hashes, lead)}
    renamed = {own if own in erased else other: other if own in erased else own for own, other in hidden.items()}
    ours, concealed = _lead.c.campaign_no == campaign_no, list[int]()
    for some in chunks(sorted(renamed)):
        found = connection.execute(sa.select(_lead.c.id, _lead.c.source_id).where(ours, _lead.c.source_id.in_(some)))
        rows = found.all()
        if rows:
            lock(connection, _campaign, [campaign_no])  # before leads, as every process does
        for row in rows:
            taken = sa.select(_lead.c.id).where(ours, _lead.c.source_id == renamed[row.source_id])
            if connection.execute(taken).first() is None:
                named = sa.update(_lead).where(_lead.c.id == row.id)
                connection.execute(named.values(source_id=renamed[row.source_id]))
                concealed += [row.id] if row.source_id in erased else []
    return concealed


def hide_earlier_ids(database: Database) -> int:
    """Hide the ids that earlier versions kept in plain, once for each ledger; how many."""
    with database.read() as connection:
        if marks.number(connection, _ALL_HIDDEN):
            return 0
    return _hide_all_ids(database)


@transaction()
def _hide_all_ids(connection: Connection) -> int:
    scrubbed = _lead.c.facts.contains(f'"problem":"{PROBLEM_ERASED}"')
    plain = (_lead.c.person == "", scrubbed, sa.not_(_lead.c.source_id.startswith(HIDDEN)))
    anybody = connection.execute(sa.select(_erased.c.key).limit(1)).first()
    rows = connection.execute(sa.select(_lead.c.id).where(*plain)).scalars().all() if anybody else []
    hide_stored_ids(connection, rows)
    marks.bump(connection, _ALL_HIDDEN)
    return len(rows)


def hide_stored_ids(connection: Connection, lead_ids: Sequence[int]) -> None:
    """Hide the ids of these leads, also where their deliveries have them."""
    key = secrecy.key_of(connection, make=True)
    numbers = lock(connection, _lead, lead_ids)
    for some in chunks(numbers):
        rows = connection.execute(sa.select(_lead.c.id, _lead.c.source_id).where(_lead.c.id.in_(some))).all()
        hidden = [{"b_id": row.id, "b_hidden": hidden_id(key, row.source_id)} for row in rows]
        by_id = sa.update(_lead).where(_lead.c.id == sa.bindparam("b_id"))
        connection.execute(by_id.values(source_id=sa.bindparam("b_hidden")), hidden)
    wipe_ranks(connection, numbers)


def wipe_ranks(connection: Connection, lead_ids: Sequence[int]) -> None:
    """Wipe what orders the deliveries of these leads, which has their id in it: none of them is in line any more."""
    for some in chunks(lead_ids):
        ranked = sa.select(_delivery.c.id).where(_delivery.c.lead_id.in_(some), _delivery.c.rank != "")
        deliveries = lock(connection, _delivery, connection.execute(ranked).scalars())
        connection.execute(sa.update(_delivery).where(_delivery.c.id.in_(deliveries)).values(rank=""))


def note_erased(
    connection: Connection, persons: Collection[str], source_ids: Collection[str], erasure_no: int, at: datetime
) -> None:
    """Remember by their hashes whose facts are not to be stored again."""
    key = secrecy.key_of(connection, make=True)
    texts = [("person", person) for person in persons] + [
        ("lead", of_id(source_id)) for source_id in source_ids if not source_id.startswith(HIDDEN)
    ]
    common = {"erasure_no": erasure_no, "erased_at": milliseconds(at)}
    rows = [{"key": secrecy.hashed(key, text), "kind": kind, **common} for kind, text in texts]
    if rows:
        connection.execute(insert_or_ignore(connection, _erased), sorted(rows, key=itemgetter("key")))
        marks.bump(connection, CHANGES)


def erased_among(database: Database, addresses: Collection[str]) -> frozenset[str]:
    """Those of the addresses whose person was erased: nothing of them is to be stored, or asked of anybody."""
    with database.read() as connection:
        key, hashes = _current(connection)
    return frozenset(address for address in addresses if hashes and _is_erased_person(key, hashes, address))


@transaction()
def lift(connection: Connection, person: str) -> None:
    """Store this address's facts again from now on: the person asked to be contacted. Ids once erased stay so."""
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
    if secrecy.hashed(key, of_id(lead.id)) in hashes or _is_erased_person(key, hashes, lead.email):
        return True
    found = identities.profile(lead)
    return found is not None and secrecy.hashed(key, found.key) in hashes


def _is_erased_person(key: bytes, hashes: frozenset[str], address: str) -> bool:
    found = identities.read("email", address) if address else None
    return found is not None and secrecy.hashed(key, found.key) in hashes
