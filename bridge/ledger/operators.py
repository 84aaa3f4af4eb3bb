"""The record of what operators did on the dashboard. Decides nothing, and does none of it."""

from datetime import datetime

from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger.database import Database, now_ms, transaction
from bridge.ledger.sql import execute, read
from bridge.ledger.texts import storable


@dataclass(frozen=True, slots=True)
class Action:
    """Who did what when; `outcome` is "" where the process ended before it was known."""

    id: int
    at: datetime | None
    who: str
    action: str
    route: str
    subject: str
    outcome: str


@transaction()
def begin(connection: Connection, who: str, action: str, route: str, subject: str) -> int:
    """Write down that an action begins; its number."""
    query = """
        INSERT INTO operator_action (at, who, action, route, subject) VALUES (:at, :who, :action, :route, :subject)
        RETURNING id
    """
    given = {"who": who, "action": action, "route": route, "subject": subject}
    found = execute(connection, query, at=now_ms(connection), **{name: storable(text) for name, text in given.items()})
    return int(found.scalar_one())


@transaction()
def end(connection: Connection, number: int, outcome: str) -> None:
    """Write down what came of it."""
    query = "UPDATE operator_action SET outcome = :outcome WHERE id = :number"
    execute(connection, query, outcome=storable(outcome), number=number)


def latest(database: Database, *, before: int = 2**62, limit: int = 50) -> list[Action]:
    """The actions before this number, latest first."""
    query = "SELECT * FROM operator_action WHERE id < :before ORDER BY id DESC LIMIT :limit"
    return read(database, Action, query, before=before, limit=limit)
