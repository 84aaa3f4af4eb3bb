"""Statements about who must never be contacted. Decides nothing; `rules`, the claim and the push ask it.

Every entry is found by its keyed hash (`secrecy`); its plain value may be beside it. Asking is on the hot path, so
a process remembers what it asked until the list changes: a counter in the ledger moves with every change.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from datetime import datetime
from operator import itemgetter
from typing import Any, Literal
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bridge.lazy import dataclass
from bridge.ledger import marks
from bridge.ledger.database import Database, milliseconds, moment, now_ms, transaction
from bridge.ledger.people import removals, secrecy
from bridge.ledger.people.entries import ERASED, Suppression, keys_of, kind_of, scoped
from bridge.ledger.statements import among, chunks, insert_or_ignore, lock, tables
from bridge.ledger.texts import storable
from bridge.model import Reason, State

_COPIED = ":blocklist"
_IMPORTED = "import:"

Storage = Literal["plain", "hashed"]

CHANGES = "suppressions"
"""The mark that counts how often the list has changed."""

READ, PUSHED = "block list of", "block list to"
"""What is done with a workspace's block list; the marks of when are named by it."""

_MOST_IN_MEMORY = 50_000
"""So many entries of a kind are kept in memory; of a longer list the database is asked."""
_KINDS = ("address", "domain", "x", "linkedin")
_MOST_CLEAN = 200_000
_AT_ONCE = 1_000

_suppression, _removal, _delivery, _erased = tables("suppression", "removal", "delivery", "erased")
_lead, _route = tables("lead", "route")
_ARE_COPIED = (_suppression.c.origin.like(f"%{_COPIED}"), _suppression.c.origin.not_like(f"{_IMPORTED}%"))


@dataclass(slots=True)
class _Known:
    """What this process knows of the list as of one count of its changes.

    `plain` and `hashes` hold the entries of the kinds that fit into memory; those of `asked_for` do not.
    """

    changes: int
    key: bytes = b""
    plain: frozenset[str] = frozenset()
    hashes: frozenset[str] = frozenset()
    asked_for: frozenset[str] = frozenset()
    clean: dict[str, set[str]] = field(default_factory=dict)  # by client

    def names(self, person: str, client: str) -> bool:
        """Whether an entry in memory concerns the person, for this client."""
        texts = keys_of(person, client)
        if self.plain and not self.plain.isdisjoint(texts):
            return True
        return bool(self.hashes) and any(secrecy.hashed(self.key, text) in self.hashes for text in texts)


_remembered: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()


# ---------------------------------------------------------------------------------------------------------- asking


def suppressed(database: Database, persons: Iterable[str], client: str) -> frozenset[str]:
    """Those of the persons that are suppressed, for all clients or for this one."""
    with database.look() as connection:
        return suppressed_among(connection, persons, client)


def suppressed_among(connection: Connection, persons: Iterable[str], client: str) -> frozenset[str]:
    """Those of the persons that are suppressed by their address or a domain, within the caller's transaction."""
    known = _current(connection)
    if not (known.plain or known.hashes or known.asked_for):
        return frozenset()
    clean = known.clean.setdefault(client, set())
    asked = {person for person in persons if person} - clean
    found = {person for person in asked if known.names(person, client)}
    if known.asked_for and len(found) < len(asked):
        found |= _looked_up(connection, known, asked - found, client)
    if len(clean) + len(asked) > _MOST_CLEAN:
        clean.clear()
    clean |= asked - found
    return frozenset(found)


def _current(connection: Connection) -> _Known:
    """What is known of the list, asked for again where it has changed."""
    changes = marks.number(connection, CHANGES)
    known = _remembered.get(connection.engine)
    if known is None or known.changes != changes:
        known = _read(connection, changes) if changes else _Known(0)
        _remembered[connection.engine] = known
    return known


def _read(connection: Connection, changes: int) -> _Known:
    s = _suppression.c
    plain, hashes, asked_for = set[str](), set[str](), set[str]()
    for kind in _KINDS:
        query = sa.select(s.key, s.value, s.client).where(s.kind == kind)
        rows = connection.execute(query.limit(_MOST_IN_MEMORY + 1)).all()
        if len(rows) > _MOST_IN_MEMORY:
            asked_for.add(kind)
            continue
        plain |= {scoped(row.client, row.value) for row in rows if row.value}
        hashes |= {row.key for row in rows if not row.value}
    key = secrecy.key_of(connection)
    return _Known(changes, key, frozenset(plain), frozenset(hashes), frozenset(asked_for))


def _looked_up(connection: Connection, known: _Known, persons: set[str], client: str) -> set[str]:
    """The people that an entry of a kind too large for memory concerns."""
    by_hash: dict[str, list[str]] = {}
    for person in persons:
        for text in (text for text in keys_of(person, client) if kind_of(text) in known.asked_for):
            by_hash.setdefault(secrecy.hashed(known.key, text), []).append(person)
    found = among(connection, "SELECT key FROM suppression WHERE key IN :some", by_hash)
    return {person for row in found for person in by_hash[row["key"]]}


def entries_about(database: Database, person: str) -> list[Suppression]:
    """Every entry that suppresses this person: their address first, then domains. Empty where no entry does."""
    with database.read() as connection:
        key = secrecy.key_of(connection)
        if not key:
            return []
        clients = connection.execute(sa.select(_suppression.c.client).distinct()).scalars()
        hashes = {secrecy.hashed(key, scoped(one, text)): text for one in clients for text in keys_of(person)}
        rows = connection.execute(sa.select(_suppression).where(_suppression.c.key.in_(list(hashes)))).all()
    return sorted((_entry(row, hashes[row.key]) for row in rows), key=lambda entry: entry.kind)


def entries(
    database: Database, *, origin: str = "", since: datetime | None = None, size: int = _AT_ONCE
) -> Iterator[list[Suppression]]:
    """The whole list in pieces, by kind; of one origin, and added since then, where these are named."""
    s = _suppression.c
    query = sa.select(_suppression).order_by(s.kind, s.key).limit(size)
    if origin:
        query = query.where(s.origin == origin)
    if since is not None:
        query = query.where(s.added_at >= milliseconds(since))
    after: tuple[str, str] | None = None
    while True:
        more = query if after is None else query.where(sa.tuple_(s.kind, s.key) > sa.tuple_(*after))
        with database.read() as connection:
            rows = connection.execute(more).all()
        if not rows:
            return
        after = (rows[-1].kind, rows[-1].key)
        yield [_entry(row, row.value) for row in rows]


def _entry(row: Any, value: str) -> Suppression:
    return Suppression(row.kind, value, row.reason, row.origin, row.workspace, moment(row.added_at), row.client)


# -------------------------------------------------------------------------------------------------------- changing


def suppress(database: Database, value: str, *, kind: str, reason: str, origin: str, now: datetime) -> None:
    """Never contact this address (its canonical key) or domain again; an existing entry keeps its story."""
    add(database, [Suppression(kind, value, reason, origin)], now=now)


def add_to(connection: Connection, new: Sequence[Suppression], *, now: datetime, storage: Storage = "plain") -> int:
    """Put entries on the list, within the caller's transaction; how many were not there.

    An entry that is there keeps its story, but for one that only mirrors a block list: it becomes ours, so that it
    stays when the block list lets it go.
    """
    if not new:
        return 0
    key = secrecy.key_of(connection, make=True)
    # In one order in every process, or two that add the same entries would wait for each other.
    given = sorted((_row(key, entry, storage, now) for entry in new), key=itemgetter("key"))
    wanted = {row["key"]: row for row in given}
    for erased in among(connection, "SELECT key FROM erased WHERE key IN :some", wanted):
        wanted[erased["key"]]["value"] = ""  # the address of an erased person is not stored again
    present = among(connection, "SELECT key, origin FROM suppression WHERE key IN :some", wanted)
    known = {row["key"]: row["origin"] for row in present}
    fresh = [row for hashed, row in wanted.items() if hashed not in known]
    if fresh:
        connection.execute(insert_or_ignore(connection, _suppression), fresh)
    taken_over = [row for hashed, row in wanted.items() if _is_stronger(row["origin"], known.get(hashed))]
    for row in taken_over:
        # Only while it is what was read: a person may have been erased meanwhile, and stays so.
        still = (_suppression.c.key == row["key"], _suppression.c.origin == known[row["key"]])
        connection.execute(sa.update(_suppression).where(*still).values(row))
    if fresh or taken_over:
        marks.bump(connection, CHANGES)
    return len(fresh)


add = transaction()(add_to)
"""The same in a transaction of its own."""


def _row(key: bytes, entry: Suppression, storage: Storage, now: datetime) -> dict[str, Any]:
    plain = storage == "plain" and entry.origin != ERASED
    return {
        "key": secrecy.hashed(key, entry.text),
        "client": entry.client,
        "kind": kind_of(entry.value),
        "value": entry.value if plain else "",
        "reason": storable(entry.reason[:200]),
        "origin": storable(entry.origin[:200]),
        "workspace": entry.workspace,
        "added_at": milliseconds(now),
    }


def block_list(vendor: str) -> str:
    """The origin of what was copied from this vendor's block list."""
    return f"{vendor}{_COPIED}"


def is_copied(origin: str) -> bool:
    """Whether an entry was copied from a vendor's block list; a file may be called `blocklist` too."""
    return origin.endswith(_COPIED) and not origin.startswith(_IMPORTED)


def _is_stronger(new: str, old: str | None) -> bool:
    """Whether an entry of this origin takes the place of the one that is there."""
    if old is None or old == ERASED:
        return False
    return new == ERASED or (is_copied(old) and not is_copied(new))


@transaction()
def remove(
    connection: Connection, value: str, client: str = "", *, reason: str = "", now: datetime | None = None
) -> Suppression | None:
    """Take an address (its canonical key) or a domain off the list; the entry, None where there was none.

    The removal is kept with its `reason`, at `now` by the ledger's clock.
    """
    key = secrecy.key_of(connection)
    if not key:
        return None
    wanted = _suppression.c.key == secrecy.hashed(key, scoped(client, value))
    row = connection.execute(sa.select(_suppression).where(wanted)).one_or_none()
    if row is None:
        return None
    connection.execute(sa.delete(_suppression).where(wanted))
    marks.bump(connection, CHANGES)
    removals.note(connection, row, value, reason, milliseconds(now) or now_ms(connection))
    return _entry(row, value)


def hide_values(database: Database) -> int:
    """Keep only the hashes of what is on the list, as `suppression_storage = "hashed"` wants it; how many changed."""
    plain = _suppression.c.value != ""
    with database.read() as connection:
        if connection.execute(sa.select(_suppression.c.key).where(plain).limit(1)).first() is None:
            return 0
    return _hide_values(database, plain)


@transaction()
def _hide_values(connection: Connection, which: sa.ColumnElement[bool]) -> int:
    connection.execute(sa.update(_removal).values(value=""))
    return connection.execute(sa.update(_suppression).where(which).values(value="")).rowcount


# -------------------------------------------------------------------------------------------------- the consequence


def ask_again(database: Database) -> int:
    """Mark the deliveries that the list concerns now, or no longer: ready ones on it, held ones off it; how many.

    They are decided again before the next push. Repeating it changes nothing, so a stop in between costs nothing.
    """
    d = _delivery.c
    # The routes are named, so that an index finds the few.
    somewhere = d.route_no.in_(sa.select(_route.c.no))
    held = sa.and_(somewhere, d.state == State.HELD, d.reason == Reason.SUPPRESSED)
    ready = _mark_stale(database, sa.and_(somewhere, d.state == State.READY), on_list=True)
    return ready + _mark_stale(database, held, on_list=False)


def _mark_stale(database: Database, where: sa.ColumnElement[bool], *, on_list: bool) -> int:
    d = _delivery.c
    query = sa.select(d.id, _lead.c.person, _lead.c.profile, _route.c.client).join(_lead, _lead.c.id == d.lead_id)
    query = query.join(_route, _route.c.no == d.route_no)
    query = query.where(where, d.stale == 0).order_by(d.id).limit(_AT_ONCE)
    count, after = 0, 0
    while True:
        with database.read() as connection:
            rows = connection.execute(
                query.where(where, d.stale == 0, d.id > after).order_by(d.id).limit(_AT_ONCE)
            ).all()
            found = set[tuple[str, str]]()
            for client in {row.client for row in rows}:
                keys = [key for row in rows if row.client == client for key in (row.person, row.profile)]
                found |= {(client, key) for key in suppressed_among(connection, keys, client)}
        if not rows:
            return count
        after = rows[-1].id
        concerned = [
            row.id
            for row in rows
            if found.isdisjoint(((row.client, row.person), (row.client, row.profile))) is not on_list
        ]
        count += len(concerned)
        for missed in _set_stale(database, concerned, where):
            _set_stale(database, [missed], where, waiting=True)


@transaction(durable=False)
def _set_stale(
    connection: Connection, ids: Sequence[int], where: sa.ColumnElement[bool], *, waiting: bool = False
) -> list[int]:
    """Mark these; those that another transaction works on are left out and returned, unless this is `waiting` for them.

    A transaction that holds nothing else can wait for one row without ever being waited for itself.
    """
    if not ids:
        return []
    locked = lock(connection, _delivery, ids, waiting=waiting)
    connection.execute(sa.update(_delivery).where(_delivery.c.id.in_(locked), where).values(stale=1))
    return sorted(set(ids).difference(locked))


# ----------------------------------------------------------------------------------------------- a vendor's block list


def block_list_at(database: Database, workspace: str, what: str = READ) -> datetime | None:
    """When the workspace's block list was last READ whole, or ours last PUSHED to it; None for never."""
    return marks.marked(database, f"{what} {workspace}")


def note_block_list(database: Database, workspace: str, at: datetime | None, what: str = READ) -> None:
    """Remember that this was done then; None asks for it to be done again."""
    marks.mark(database, f"{what} {workspace}", at)


def forget_unlisted(database: Database, workspace: str, listed: Iterable[Suppression]) -> int:
    """Drop what was copied from this workspace's block list and stands there no more; how many."""
    s = _suppression.c
    with database.read() as connection:
        key = secrecy.key_of(connection)
        mirrored = sa.select(s.key).where(s.workspace == workspace, *_ARE_COPIED)
        known = set(connection.execute(mirrored).scalars())
    gone = known and known - {secrecy.hashed(key, entry.text) for entry in listed}
    if gone:
        _drop_mirrored(database, sorted(gone))
    return len(gone)


@transaction()
def _drop_mirrored(connection: Connection, keys: Sequence[str]) -> None:
    for some in chunks(keys):
        connection.execute(sa.delete(_suppression).where(_suppression.c.key.in_(some), *_ARE_COPIED))
    marks.bump(connection, CHANGES)
