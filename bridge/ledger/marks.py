"""Statements about the marks of the ledger: a number, an instant or facts under a name. Knows no mark by name."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.sql import execute, first, rows
from bridge.ledger.texts import dump_map, storable

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_SET = "INSERT INTO mark (name, number, said) VALUES (:name, :number, :said) ON CONFLICT (name) DO UPDATE SET"


def number(connection: "Connection", name: str) -> int:
    """The number under this name; 0 where there is none."""
    return sum(row["number"] for row in rows(connection, "SELECT number FROM mark WHERE name = :name", name=name))


def bump(connection: "Connection", name: str) -> None:
    """Count it up by one."""
    execute(connection, f"{_SET} number = mark.number + 1", name=name, number=1, said="")


def marked(database: Database, name: str) -> datetime | None:
    """The instant under this name; None where there is none."""
    with database.read() as connection:
        return moment(number(connection, name))


@transaction(durable=False)
def mark(connection: "Connection", name: str, at: datetime | None) -> None:
    """Keep an instant under this name."""
    execute(connection, f"{_SET} number = excluded.number", name=name, number=milliseconds(at), said="")


class Memory:
    """What one owner keeps in the ledger between runs, under names of its own."""

    def __init__(self, database: Database, owner: str) -> None:
        self._db = database
        self._owner = owner

    def now(self) -> datetime:
        """The time by the ledger's clock."""
        return self._db.now()

    def recall(self, name: str) -> dict[str, Any]:
        """What was kept under the name; {} where nothing was."""
        query = "SELECT said FROM mark WHERE name = :name"
        found: dict[str, Any] = json.loads(first(self._db, query, name=self._named(name)) or "{}")
        return found

    def keep(self, name: str, facts: Mapping[str, Any]) -> None:
        """Keep these facts in place of whatever was kept there."""
        _keep(self._db, self._named(name), storable(dump_map(facts)) if facts else "")

    def _named(self, name: str) -> str:
        return storable(f"{self._owner}:{name}")


@transaction(durable=False)
def _keep(connection: "Connection", name: str, said: str) -> None:
    execute(connection, f"{_SET} said = excluded.said", name=name, number=0, said=said)
