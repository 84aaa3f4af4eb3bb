"""Turns addresses, domains and ids into keyed hashes, and looks after the one key behind them. Stores no person.

HMAC-SHA256, cut to 128 bits: the same person is found again, and a reader of the table without the key cannot try
addresses out. The key is BRIDGE_HASH_KEY where the operator sets it; else it is made once and kept in the ledger, where
backups and copies take it along. A key that is not the one the ledger was hashed with is refused: with it, no
person who was suppressed or erased would be known any more.
"""

import secrets
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bridge.errors import ConfigProblem
from bridge.ledger.database import Database, transaction
from bridge.ledger.people import hashes
from bridge.ledger.people.entries import scoped
from bridge.ledger.people.hashes import CHECK, KEY, PROOF
from bridge.ledger.statements import insert_or_ignore, tables

_mark, _erased, _suppression, _removal = tables("mark", "erased", "suppression", "removal")

hashed = hashes.hashed
_given: WeakKeyDictionary[Engine, bytes] = WeakKeyDictionary()
_known: WeakKeyDictionary[Engine, bytes] = WeakKeyDictionary()


def use_key(database: Database, key: str) -> None:
    """Hash with this key of the operator's ("" = the ledger's own). Raises ConfigProblem where it is another one.

    A ledger with hashes under its own key changes to this one while every entry is also there in plain text. Hashes
    alone cannot be made again.
    """
    if key:
        _given[database.engine] = key.encode()
    with database.read() as connection:
        kept, check = _marks(connection)
    if not key:
        if check and not kept:
            raise _lost("is not set")
        return
    if check == hashed(key.encode(), PROOF):
        _known[database.engine] = key.encode()
    elif check and not kept:
        raise _lost("is another one")
    else:
        _go_over(database, key.encode())
        _known[database.engine] = key.encode()


def offer_key(database: Database, key: str) -> None:
    """For those who only read: hash with this key if it is the ledger's; a wrong one is refused where it is needed."""
    if key:
        _given[database.engine] = key.encode()


def key_of(connection: Connection, *, make: bool = False) -> bytes:
    """The key; where there is none yet it is made (`make`, in a write transaction), else this is b""."""
    engine = connection.engine
    if engine in _known:
        return _known[engine]
    kept, check = _marks(connection)
    if not check:
        if not make:
            return b""
        _write_marks(connection, _given.get(engine))
        kept, check = _marks(connection)
    key = kept.encode() if kept else _given.get(engine, b"")
    if not key or check != hashed(key, PROOF):
        raise _lost("is another one" if key else "is not set")
    # Not to be remembered before it is committed: the transaction that made it may still be rolled back.
    if not make:
        _known[engine] = key
    return key


def _marks(connection: Connection) -> tuple[str, str]:
    query = sa.select(_mark.c.name, _mark.c.said).where(_mark.c.name.in_((KEY, CHECK)))
    found = {row.name: row.said for row in connection.execute(query)}
    kept = found.get(KEY, "")
    # A migration made the key without its proof: then the key is its own.
    return kept, found.get(CHECK, "") or (hashed(kept.encode(), PROOF) if kept else "")


def _write_marks(connection: Connection, given: bytes | None) -> None:
    key = given or secrets.token_hex(32).encode()
    rows = [
        {"name": KEY, "number": 0, "said": "" if given else key.decode()},
        {"name": CHECK, "number": 0, "said": hashed(key, PROOF)},
    ]
    connection.execute(insert_or_ignore(connection, _mark), rows)


@transaction()
def _go_over(connection: Connection, key: bytes) -> None:
    """Hash every entry again under the operator's key, and forget the ledger's own."""
    hashes = sa.select(_suppression.c.key).where(_suppression.c.value == "").limit(1)
    if connection.execute(hashes).first() or connection.execute(sa.select(_erased.c.key).limit(1)).first():
        raise ConfigProblem(
            "BRIDGE_HASH_KEY is set, but this ledger holds hashes under a key of its own that no other key can "
            "replace: erased people and suppressions without their plain value.",
            hint="Remove BRIDGE_HASH_KEY; the ledger's own key goes on protecting them.",
        )
    _hash_again(connection, key)


def rekey(database: Database, key: str) -> tuple[int, int]:
    """Begin again under another key ("" = one of the ledger's own), because the old one is lost.

    Every plain entry is hashed again. Whatever was kept as a hash only is given up; how many of each.
    """
    counted = _begin_again(database, key.encode())
    _known.pop(database.engine, None)
    return counted


@transaction()
def _begin_again(connection: Connection, key: bytes) -> tuple[int, int]:
    given_up = connection.execute(sa.delete(_suppression).where(_suppression.c.value == "")).rowcount
    given_up += connection.execute(sa.delete(_erased)).rowcount
    return _hash_again(connection, key), given_up


def _hash_again(connection: Connection, given: bytes) -> int:
    connection.execute(sa.delete(_mark).where(_mark.c.name.in_((KEY, CHECK))))
    _write_marks(connection, given)
    key = given or _marks(connection)[0].encode()
    rows = connection.execute(sa.select(_suppression.c.key, _suppression.c.value, _suppression.c.client)).all()
    connection.execute(sa.delete(_removal).where(_removal.c.value == ""))
    removed = connection.execute(sa.select(_removal.c.key, _removal.c.value, _removal.c.client)).all()
    for of, some in ((_suppression, rows), (_removal, removed)):
        for row in some:
            again = sa.update(of).where(of.c.key == row.key)
            connection.execute(again.values(key=hashed(key, scoped(row.client, row.value))))
    for name in ("suppressions", "erased"):  # every process must forget what it knew under the old key
        counted = sa.update(_mark).where(_mark.c.name == name)
        connection.execute(counted.values(number=_mark.c.number + 1))
    return len(rows)


def _lost(how: str) -> ConfigProblem:
    return ConfigProblem(
        f"BRIDGE_HASH_KEY {how}, but this ledger's suppressed and erased people are hashed with it: without it none of "
        "them would be recognised, and they could be contacted again. Nothing was done.",
        hint="Put the key back into .env (or BRIDGE_HASH_KEY_FILE); a backup of it has it. "
        "Only if it is lost permanently: leadbridge suppress rekey",
    )
