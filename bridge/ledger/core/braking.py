"""The brake: which source campaigns a route sends nothing of any more, and on which figures. Decides nothing.

A stop stays until an operator releases it; from then on only what is learnt later counts, so it never oscillates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.sql import execute, read, rows, values
from bridge.model import SENDER_SIDE

WINDOW = timedelta(days=30)
"""How far back events count, by when they were learnt: the ledger's clock."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a source campaign on a route: `bounced` of the leads that were `reached` (contacted or bounced)."""

    route_no: int
    route: str
    campaign_no: int
    campaign: str
    title: str
    bounced: int
    reached: int

    @property
    def words(self) -> str:
        """The figures for people."""
        return f"{self.bounced:,} of {self.reached:,} bounced"


@dataclass(frozen=True, slots=True)
class Stopped:
    """A source campaign that is stopped on a route, the figures it was stopped by, and how many leads are held."""

    route: str
    campaign: str
    title: str
    bounced: int
    reached: int
    stopped_at: datetime | None
    held: int


_FIGURES = f"""
    SELECT e.route_no, r.name AS route, l.campaign_no, c.id AS campaign, c.title,
        COUNT(DISTINCT CASE WHEN e.kind = 'bounced' THEN e.delivery_id END) AS bounced,
        COUNT(DISTINCT e.delivery_id) AS reached
    FROM vendor_event e JOIN delivery d ON d.id = e.delivery_id JOIN lead l ON l.id = d.lead_id
    JOIN campaign c ON c.no = l.campaign_no JOIN route r ON r.no = e.route_no
    LEFT JOIN brake b ON b.route_no = e.route_no AND b.campaign_no = l.campaign_no
    WHERE e.route_no = :route AND e.delivery_id > 0 AND e.kind IN ('contacted', 'bounced')
        AND e.noted_at >= :since AND e.noted_at > COALESCE(b.released_at, 0)
        AND (b.stopped_at IS NULL OR b.stopped_at = 0)
        AND NOT (e.kind = 'bounced' AND e.detail LIKE '{SENDER_SIDE}%')
    GROUP BY e.route_no, r.name, l.campaign_no, c.id, c.title ORDER BY l.campaign_no
"""  # noqa: S608 - put together from constants
_STOP = """
    INSERT INTO brake (route_no, campaign_no, bounced, reached, stopped_at, released_at)
    VALUES (:route, :campaign, :bounced, :reached, :now, 0)
    ON CONFLICT (route_no, campaign_no) DO UPDATE
    SET bounced = excluded.bounced, reached = excluded.reached, stopped_at = excluded.stopped_at
"""
_STOPPED = """
    SELECT r.name AS route, c.id AS campaign, c.title, b.bounced, b.reached, b.stopped_at,
        (SELECT COUNT(*) FROM delivery d JOIN lead l ON l.id = d.lead_id WHERE d.route_no = b.route_no
            AND d.state = 'held' AND d.reason = 'source_braked' AND l.campaign_no = b.campaign_no) AS held
    FROM brake b JOIN route r ON r.no = b.route_no JOIN campaign c ON c.no = b.campaign_no
    WHERE b.stopped_at > 0 AND (:every = 1 OR r.name IN :routes) ORDER BY r.name, b.stopped_at
"""


def figures(database: Database, route_no: int, now: datetime) -> list[Figures]:
    """Every source campaign of the route that is not stopped and that something is known of."""
    return read(database, Figures, _FIGURES, route=route_no, since=milliseconds(now - WINDOW))


@transaction()
def stop(connection: Connection, found: Figures, now: datetime) -> None:
    """Send nothing of this campaign by this route any more. The claim holds what is ready."""
    given = {"bounced": found.bounced, "reached": found.reached, "now": milliseconds(now)}
    execute(connection, _STOP, route=found.route_no, campaign=found.campaign_no, **given)


def braked(connection: Connection, route_no: int) -> dict[int, str]:
    """The campaigns that are stopped on a route by their number, and by which figures."""
    query = "SELECT campaign_no, bounced, reached FROM brake WHERE route_no = :route AND stopped_at > 0"
    found = rows(connection, query, route=route_no)
    return {row["campaign_no"]: f"{row['bounced']:,} of {row['reached']:,} bounced" for row in found}


def stopped(database: Database, routes: Sequence[str]) -> list[Stopped]:
    """What is stopped, on these routes or on all."""
    with database.read() as connection:
        return values(connection, Stopped, _STOPPED, routes=list(routes), every=int(not routes))


@transaction()
def release(connection: Connection, campaign: str, routes: Sequence[str], now: datetime) -> int:
    """Let a campaign go again, and have its held leads decided anew; on how many routes it was stopped."""
    where = """
        SELECT b.route_no, b.campaign_no FROM brake b JOIN campaign c ON c.no = b.campaign_no
        JOIN route r ON r.no = b.route_no
        WHERE (c.id = :campaign OR c.title = :campaign) AND b.stopped_at > 0 AND (:every = 1 OR r.name IN :routes)
    """
    found = rows(connection, where, campaign=campaign, routes=list(routes), every=int(not routes))
    freed = """
        UPDATE brake SET stopped_at = 0, released_at = :now WHERE route_no = :route AND campaign_no = :no
    """
    again = """
        UPDATE delivery SET stale = 1 WHERE route_no = :route AND state = 'held' AND reason = 'source_braked'
        AND lead_id IN (SELECT id FROM lead WHERE campaign_no = :no)
    """
    for row in found:
        execute(connection, freed, now=milliseconds(now), route=row["route_no"], no=row["campaign_no"])
        execute(connection, again, route=row["route_no"], no=row["campaign_no"])
    return len(found)
