"""What the daemon's pages, alerts and ping ask the ledger, again and again. Writes nothing, decides nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bridge.lazy import dataclass
from bridge.ledger.core.counting import lead_counts
from bridge.ledger.database import Database
from bridge.ledger.sql import read, rows, rows_of, value


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


def portions(database: Database) -> list[Portion]:
    """Every lead of every route, counted by state and reason."""
    with database.read() as connection:
        names = {row["no"]: row["name"] for row in rows(connection, "SELECT no, name FROM route")}
        counted = lead_counts(connection)
        return [Portion(names[c.route_no], c.state, c.reason, c.leads) for c in counted if c.route_no in names]


def doubtful(database: Database) -> list[Doubtful]:
    """The routes that have leads in doubt."""
    return read(
        database,
        Doubtful,
        """
        SELECT route.name AS route, count(*) AS leads, min(doubt.at) AS since
        FROM (
            SELECT d.id, d.route_no, max(e.at) AS at
            FROM route r JOIN delivery d ON d.route_no = r.no AND d.state = 'in_doubt'
            LEFT JOIN event e ON e.delivery_id = d.id GROUP BY d.id, d.route_no
        ) doubt JOIN route ON route.no = doubt.route_no GROUP BY route.name
        """,
    )


def endings(database: Database) -> dict[str, Ending]:
    """How the latest finished run of each route ended, by the route's name."""
    # A run that lost its route to another host on the way says nothing about the route.
    return _ended(database, "r.status <> 'busy'")


def successes(database: Database) -> dict[str, Ending]:
    """The latest run of each route that met no error, by the route's name."""
    # A run that met no error did all it could, also where leads failed or stay in doubt from before.
    return _ended(database, "r.status IN ('ok', 'partial') AND r.document LIKE '%\"error\": null%'")


def _ended(database: Database, which: str) -> dict[str, Ending]:
    query = f"""
        SELECT route.name AS route, run.status, run.ended_at, run.document FROM route JOIN run ON run.id = (
            SELECT r.id FROM run r WHERE r.route_no = route.no AND r.ended_at <> 0 AND {which}
            ORDER BY r.id DESC LIMIT 1
        )
    """  # noqa: S608 - one of the two conditions above
    return {row["route"]: value(Ending, row) for row in rows_of(database, query)}
