"""What verbs that only look ask about people: the do-not-contact list, what was removed from it, erasures.

The statements are text, so that these verbs do without SQLAlchemy (see `sql`). Writes nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from bridge.lazy import dataclass
from bridge.ledger.database import Database, moment
from bridge.ledger.people.entries import Suppression, keys_of, scoped
from bridge.ledger.people.hashes import CHECK, KEY, PROOF, hashed
from bridge.ledger.sql import among, first, read, rows, rows_of, value

_given: WeakKeyDictionary[Database, str] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Removal:
    """An entry that was removed. `said` is the reason it had, `reason` why it was removed; `value` "" for a hash."""

    value: str
    kind: str
    client: str
    origin: str
    said: str
    reason: str
    removed_at: datetime | None


def offer_key(database: Database, key: str) -> None:
    """Hash with this key if it is the ledger's; a wrong one is refused where it is needed."""
    if key:
        _given[database] = key


def key_of(database: Database) -> bytes:
    """The key of the hashes, b"" where there is none yet. Raises ConfigProblem where the operator's is another one."""
    marks = rows_of(database, "SELECT name, said FROM mark WHERE name IN :names", names=[KEY, CHECK])
    said = {row["name"]: row["said"] for row in marks}
    if not any(said.values()):
        return b""
    key: bytes = (said.get(KEY) or _given.get(database, "")).encode()
    return key if key and said.get(CHECK) == hashed(key, PROOF) else _asked_whole(database)


def _asked_whole(database: Database) -> bytes:
    """As those who write know it: a key without its proof, one given to them; another one is refused there."""
    from bridge.ledger.people import secrecy  # noqa: PLC0415 - it brings SQLAlchemy, and an ordinary key needs none

    secrecy.offer_key(database, _given.get(database, ""))
    with database.read() as connection:
        return secrecy.key_of(connection)


def entries_about(database: Database, person: str) -> list[Suppression]:
    """Every entry that suppresses this person: their address first, then domains. Empty where no entry does."""
    found = _about(database, "suppression", person)
    return sorted((value(Suppression, row) for row in found), key=lambda entry: entry.kind)


def of_person(database: Database, person: str) -> list[Removal]:
    """What was removed about this person, their domain included, oldest first."""
    return [value(Removal, row) for row in sorted(_about(database, "removal", person), key=lambda row: row["id"])]


def _about(database: Database, table: str, person: str) -> list[Mapping[str, Any]]:
    """The rows of a table of entries that concern the person; each has the text that its hash was made of."""
    key = key_of(database)
    if not key:
        return []
    with database.read() as connection:
        clients = [row["client"] for row in rows(connection, f"SELECT DISTINCT client FROM {table}")]  # noqa: S608 - ours
        texts = {hashed(key, scoped(one, text)): text for one in clients for text in keys_of(person)}
        found = list(among(connection, f"SELECT * FROM {table} WHERE key IN :some", texts))  # noqa: S608 - ours
    return [{**row, "value": texts[row["key"]]} for row in found]


def erased_at(database: Database, person: str) -> datetime | None:
    """When this person was erased; None where they were not."""
    key = key_of(database)
    found = key and first(database, "SELECT erased_at FROM erased WHERE key = :key", key=hashed(key, person))
    return moment(int(found or 0))


def entries(database: Database, *, origin: str = "", size: int = 1_000) -> Iterator[list[Suppression]]:
    """The whole list in pieces, by kind; of one origin, where it is named."""
    query = """
        SELECT * FROM suppression WHERE (kind, key) > (:kind, :key) AND (:origin = '' OR origin = :origin)
        ORDER BY kind, key LIMIT :size
    """
    after = {"kind": "", "key": ""}
    while found := rows_of(database, query, origin=origin, size=size, **after):
        after = {name: found[-1][name] for name in after}
        yield [value(Suppression, row) for row in found]


def counts(database: Database) -> dict[tuple[str, str], int]:
    """How many entries there are, by kind and origin."""
    query = "SELECT kind, origin, count(*) AS entries FROM suppression GROUP BY kind, origin ORDER BY kind, origin"
    return {(row["kind"], row["origin"]): row["entries"] for row in rows_of(database, query)}


def removed(database: Database, client: str) -> list[Removal]:
    """Every removal of this client's entries, of all where none is named; the latest first."""
    query = "SELECT * FROM removal WHERE :client = '' OR client = :client ORDER BY id DESC"
    return read(database, Removal, query, client=client)
