"""What the daemon's pages, alerts and ping ask the ledger, again and again. Writes nothing, decides nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridge.ledger.database import Database, moment


@dataclass(frozen=True, slots=True)
class Ending:
    """How a route's latest finished run ended; `document` is what `sync --json` said of it."""

    status: str
    ended_at: datetime
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Portion:
    """So many leads of a route are in this state for this reason."""

    route: str
    state: str
    reason: str
    leads: int


@dataclass(frozen=True, slots=True)
class Doubtful:
    """So many leads of a route are in doubt, the oldest since then."""

    route: str
    leads: int
    since: datetime | None


_PORTIONS = sa.text(
    "SELECT route.name, d.state, d.reason, count(*) AS leads FROM delivery d JOIN route ON route.no = d.route_no "
    "GROUP BY route.name, d.state, d.reason"
)
_DOUBTFUL = sa.text(
    """
    SELECT route.name, count(*) AS leads, min(doubt.at) AS since
    FROM (
        SELECT d.id, d.route_no, max(e.at) AS at
        FROM route r JOIN delivery d ON d.route_no = r.no AND d.state = 'in_doubt'
        LEFT JOIN event e ON e.delivery_id = d.id GROUP BY d.id, d.route_no
    ) doubt JOIN route ON route.no = doubt.route_no GROUP BY route.name
    """
)
_ENDED = """
    SELECT route.name, run.status, run.ended_at, run.document FROM route JOIN run ON run.id = (
        SELECT r.id FROM run r WHERE r.route_no = route.no AND {} ORDER BY r.id DESC LIMIT 1
    )
"""
# A run that lost its route to another host on the way says nothing about the route.
_ENDINGS = sa.text(_ENDED.format("r.ended_at <> 0 AND r.status <> 'busy'"))
# A run that met no error did all it could, also where leads failed or stay in doubt from before.
_SUCCESSES = sa.text(
    _ENDED.format("r.ended_at <> 0 AND r.status IN ('ok', 'partial') AND r.document LIKE '%\"error\": null%'")
)


def answers(database: Database) -> None:
    """Raises Unavailable when the database does not answer."""
    with database.read() as connection:
        connection.execute(sa.text("SELECT 1"))


def portions(database: Database) -> list[Portion]:
    """Every lead of every route, counted by state and reason."""
    with database.read() as connection:
        return [Portion(row.name, row.state, row.reason, int(row.leads)) for row in connection.execute(_PORTIONS)]


def doubtful(database: Database) -> list[Doubtful]:
    """The routes that have leads in doubt."""
    with database.read() as connection:
        return [Doubtful(row.name, int(row.leads), moment(row.since or 0)) for row in connection.execute(_DOUBTFUL)]


def endings(database: Database) -> dict[str, Ending]:
    """How the latest finished run of each route ended, by the route's name."""
    return _ended(database, _ENDINGS)


def successes(database: Database) -> dict[str, Ending]:
    """The latest run of each route that met no error, by the route's name."""
    return _ended(database, _SUCCESSES)


def _ended(database: Database, query: sa.TextClause) -> dict[str, Ending]:
    with database.read() as connection:
        rows = connection.execute(query).all()
    return {row.name: Ending(row.status, _at(row.ended_at), json.loads(row.document or "{}")) for row in rows}


def _at(stored: int) -> datetime:
    found = moment(stored)
    assert found is not None  # noqa: S101 - the query takes ended runs only
    return found
