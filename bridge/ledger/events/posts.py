"""What webhooks posted: kept as it came, worked off later. Reads no body.

A body may hold the text of a mail: it goes as soon as it was worked off, and after a week at the latest.
"""

import hashlib
from collections.abc import Sequence

from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger.database import Database, now_ms, transaction
from bridge.ledger.sql import execute, read, rows_of
from bridge.ledger.texts import storable

MOST_WAITING, MOST_BYTES = 20_000, 64 * 1024 * 1024
"""What of one client may wait, in posts and in characters: the polling finds what further posts would report."""

MOST_KEPT = 200_000
"""Of so many posts that were worked off it is known that they came: the same one is not worked off again."""

KEPT_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class Post:
    """A body as it came, for one client of the vendor."""

    id: int
    client: str
    vendor: str
    body: str


@transaction()
def store(connection: Connection, client: str, vendor: str, bodies: Sequence[bytes]) -> int:
    """Keep bodies in the order in which they came; how many were not there already."""
    kept = """
        INSERT INTO webhook_post (client, vendor, digest, received_at, body)
        VALUES (:client, :vendor, :digest, :now, :body) ON CONFLICT DO NOTHING
    """
    count, given = 0, {"client": client, "vendor": vendor, "now": now_ms(connection)}
    for body in bodies:
        text, digest = storable(body.decode("utf-8", "replace")), hashlib.sha256(body).hexdigest()
        count += execute(connection, kept, digest=digest, body=text, **given).rowcount
    return count


def waiting(database: Database) -> dict[tuple[str, str], tuple[int, int]]:
    """What waits to be worked off, by client and vendor: how many posts, and how many characters."""
    query = """
        SELECT client, vendor, count(*) AS posts, sum(length(body)) AS characters FROM webhook_post
        WHERE worked_at = 0 GROUP BY client, vendor
    """
    return {
        (row["client"], row["vendor"]): (int(row["posts"]), int(row["characters"])) for row in rows_of(database, query)
    }


def has_room(found: tuple[int, int]) -> bool:
    """Whether more may be kept beside so many posts and characters."""
    return found[0] < MOST_WAITING and found[1] < MOST_BYTES


def some(database: Database, client: str, vendor: str, most: int = 500) -> list[Post]:
    """The oldest that wait."""
    query = """
        SELECT id, client, vendor, body FROM webhook_post
        WHERE worked_at = 0 AND client = :client AND vendor = :vendor ORDER BY id LIMIT :most
    """
    return read(database, Post, query, client=client, vendor=vendor, most=most)


@transaction()
def worked_off(connection: Connection, verdicts: Sequence[tuple[int, str]]) -> None:
    """Write down what became of them, and forget their bodies."""
    now = now_ms(connection)
    done = "UPDATE webhook_post SET worked_at = :now, verdict = :verdict, body = '' WHERE id = :id"
    for number, verdict in verdicts:
        execute(connection, done, now=now, verdict=verdict, id=number)


@transaction(durable=False)
def forget_old(connection: Connection) -> None:
    """Posts of long ago go whole, and of very many the oldest."""
    execute(connection, "DELETE FROM webhook_post WHERE received_at < :before", before=now_ms(connection) - KEPT_MS)
    latest = int(execute(connection, "SELECT max(id) FROM webhook_post").scalar() or 0)
    dated = "DELETE FROM webhook_post WHERE worked_at > 0 AND id < :least"
    execute(connection, dated, least=latest - MOST_KEPT)


def verdicts(database: Database, client: str) -> dict[str, int]:
    """How many of a client's posts that are kept ended how; "waiting" are not worked off."""
    query = """
        SELECT CASE WHEN worked_at = 0 THEN 'waiting' ELSE verdict END AS verdict, count(*) AS posts
        FROM webhook_post WHERE client = :client GROUP BY 1 ORDER BY 1
    """
    with database.read() as connection:
        return {row.verdict: int(row.posts) for row in execute(connection, query, client=client)}
