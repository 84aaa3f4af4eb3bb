"""What validations asked of Scravio stand at and cost, for the verbs that must answer at once. Writes nothing.

Credits are thousandths.
"""

from collections.abc import Mapping
from datetime import datetime

from bridge.lazy import dataclass
from bridge.ledger.database import Database, now_ms
from bridge.ledger.sql import read, rows, values

_CHARGE = "CASE WHEN v.cost_known = 1 THEN v.used ELSE v.reserved END"
_ROWS = f"""
SELECT CASE WHEN v.state IN ('open', 'doubt') THEN 'asking' WHEN v.state = 'given_up' THEN 'unclear'
            WHEN v.result = '' THEN 'running' ELSE v.result END AS state,
       v.emails, v.asked_at, CASE WHEN v.state = 'settled' THEN v.ended_at ELSE 0 END AS ended_at, v.detail,
       CASE WHEN v.state = 'settled' THEN v.cost_known ELSE 0 END AS settled, {_CHARGE} AS charge,
       c.title, c.id AS campaign_id, COALESCE(r.name, '') AS route, v.client
FROM intent v JOIN campaign c ON c.no = v.campaign_no LEFT JOIN route r ON r.no = v.route_no
WHERE v.kind = 'validation' AND"""  # noqa: S608 - put together from constants
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A validation that was asked for; `route` is "" where a person asked by hand. `charge` is in thousandths."""

    campaign_id: str
    title: str
    route: str
    state: str
    emails: int
    charge: int
    settled: bool
    asked_at: datetime | None
    ended_at: datetime | None
    detail: str
    client: str


@dataclass(frozen=True, slots=True)
class RouteSpending:
    """What a route's validations hold of its budgets, in all and today (UTC); `notable` are open or failed."""

    total: int
    today: int
    notable: tuple[AskedFor, ...]


def asked_for(database: Database, campaign_id: str) -> list[AskedFor]:
    """Every validation of a campaign that was taken, oldest first."""
    return read(database, AskedFor, f"{_ROWS} c.id = :id AND v.result <> 'dropped' ORDER BY v.id", id=campaign_id)


def spending(database: Database) -> Mapping[str, RouteSpending]:
    """By route, what was spent on validations; routes that never asked are left out."""
    sums = f"""
        SELECT r.name, SUM(charge) AS total, SUM(CASE WHEN began_at >= :today THEN charge ELSE 0 END) AS today
        FROM (SELECT v.route_no, v.began_at, {_CHARGE} AS charge FROM intent v WHERE v.kind = 'validation') w
        JOIN route r ON r.no = w.route_no
        GROUP BY r.name
    """  # noqa: S608 - put together from constants
    open_or_ended_badly = f"{_ROWS} (v.state <> 'settled' OR v.result = 'failed') ORDER BY v.id"
    with database.read() as connection:
        asked = values(connection, AskedFor, open_or_ended_badly)
        return {
            row["name"]: RouteSpending(
                int(row["total"]), int(row["today"]), tuple(one for one in asked if one.route == row["name"])
            )
            for row in rows(connection, sums, today=now_ms(connection) // _DAY_MS * _DAY_MS)
        }
