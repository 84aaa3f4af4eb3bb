"""What webhooks posted: kept as it came, worked off later. Reads no body.

A body may hold the text of a mail: it goes as soon as it was worked off, and after a week at the latest.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from bridge.ledger.core.facts import storable
from bridge.ledger.database import Database, now_ms, transaction
from bridge.ledger.sql import execute, first, read

MOST_WAITING = 20_000
"""More than so many that wait are not kept: the polling finds what they told."""

KEPT_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class Post:
    """A body as it came, for one client of the vendor."""

    id: int
    client: str
    vendor: str
    body: str


@transaction()
def store(connection: Connection, client: str, vendor: str, body: bytes) -> bool:
    """Keep a body; False where the same one is there already, or too many wait."""
    if int(execute(connection, "SELECT count(*) FROM webhook_post WHERE worked_at = 0").scalar_one()) >= MOST_WAITING:
        return False
    kept = """
        INSERT INTO webhook_post (client, vendor, digest, received_at, body)
        VALUES (:client, :vendor, :digest, :now, :body) ON CONFLICT DO NOTHING
    """
    text = storable(body.decode("utf-8", "replace"))
    digest = hashlib.sha256(body).hexdigest()
    given = {"client": client, "vendor": vendor, "digest": digest, "body": text}
    return execute(connection, kept, now=now_ms(connection), **given).rowcount == 1


def waiting(database: Database) -> bool:
    """Whether something waits to be worked off."""
    return first(database, "SELECT id FROM webhook_post WHERE worked_at = 0 LIMIT 1") is not None


def some(database: Database, client: str, vendor: str, most: int = 500) -> list[Post]:
    """The oldest that wait."""
    query = """
        SELECT id, client, vendor, body FROM webhook_post
        WHERE worked_at = 0 AND client = :client AND vendor = :vendor ORDER BY id LIMIT :most
    """
    return read(database, Post, query, client=client, vendor=vendor, most=most)


@transaction()
def worked_off(connection: Connection, verdicts: Sequence[tuple[int, str]]) -> None:
    """Write down what became of them, and forget their bodies; those of long ago go whole."""
    now = now_ms(connection)
    done = "UPDATE webhook_post SET worked_at = :now, verdict = :verdict, body = '' WHERE id = :id"
    for number, verdict in verdicts:
        execute(connection, done, now=now, verdict=verdict, id=number)
    execute(connection, "DELETE FROM webhook_post WHERE received_at < :before", before=now - KEPT_MS)


def verdicts(database: Database) -> dict[str, int]:
    """How many of those that are kept ended how; "waiting" are not worked off."""
    query = """
        SELECT CASE WHEN worked_at = 0 THEN 'waiting' ELSE verdict END AS verdict, count(*) AS posts
        FROM webhook_post GROUP BY 1 ORDER BY 1
    """
    with database.read() as connection:
        return {row.verdict: int(row.posts) for row in execute(connection, query)}
