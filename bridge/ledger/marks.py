"""Statements about the marks of the ledger: a number, an instant or facts under a name. Knows no mark by name."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.facts import dump_map, storable
from bridge.ledger.sql import rows
from bridge.ledger.statements import insert_or_ignore, table

_mark = table("mark")


def number(connection: Connection, name: str) -> int:
    """The number under this name; 0 where there is none."""
    return sum(row["number"] for row in rows(connection, "SELECT number FROM mark WHERE name = :name", name=name))


def bump(connection: Connection, name: str) -> None:
    """Count it up by one."""
    connection.execute(insert_or_ignore(connection, _mark), {"name": name})
    connection.execute(sa.update(_mark).where(_mark.c.name == name).values(number=_mark.c.number + 1))


def marked(database: Database, name: str) -> datetime | None:
    """The instant under this name; None where there is none."""
    with database.read() as connection:
        return moment(number(connection, name))


@transaction(durable=False)
def mark(connection: Connection, name: str, at: datetime | None) -> None:
    """Keep an instant under this name."""
    connection.execute(insert_or_ignore(connection, _mark), {"name": name})
    connection.execute(sa.update(_mark).where(_mark.c.name == name).values(number=milliseconds(at)))


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
        query = sa.select(_mark.c.said).where(_mark.c.name == self._named(name))
        with self._db.read() as connection:
            found: dict[str, Any] = json.loads(connection.execute(query).scalar() or "{}")
        return found

    def keep(self, name: str, facts: Mapping[str, Any]) -> None:
        """Keep these facts in place of whatever was kept there."""
        _keep(self._db, self._named(name), storable(dump_map(facts)) if facts else "")

    def _named(self, name: str) -> str:
        return storable(f"{self._owner}:{name}")


@transaction(durable=False)
def _keep(connection: Connection, name: str, said: str) -> None:
    connection.execute(insert_or_ignore(connection, _mark), {"name": name})
    connection.execute(sa.update(_mark).where(_mark.c.name == name).values(said=said))
