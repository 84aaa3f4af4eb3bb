"""The brake: which source campaigns a route sends nothing of any more, and on which figures. Decides nothing.

A stop stays until an operator releases it. While it stands, only leads that were validated after it go. They are the
evidence for the next stop: leads that were sent before it never count again, and the same holds after a release.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bridge.lazy import dataclass
from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.sql import execute, first, read, rows, values
from bridge.model import SENDER_SIDE

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

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
    """A source campaign that is stopped on a route, and the figures it was stopped by.

    Of its leads `held` wait, and `sent_since` went because they were validated after the stop.
    """

    route: str
    campaign: str
    title: str
    bounced: int
    reached: int
    stopped_at: datetime
    held: int
    sent_since: int
    client: str

    @property
    def words(self) -> str:
        """The figures for people."""
        return f"{self.bounced:,} of {self.reached:,} bounced"


@dataclass(frozen=True, slots=True)
class Stop:
    """What a claim needs of a stop: when it was made, in milliseconds, and by which figures."""

    at: int
    words: str


_SENT = "COALESCE(i.began_at, d.sent_at)"
"""When a lead was claimed for its call: a stop does not reach a call that is under way."""

_FIGURES = f"""
    SELECT e.route_no, r.name AS route, l.campaign_no, c.id AS campaign, c.title,
        COUNT(DISTINCT CASE WHEN e.kind = 'bounced' THEN e.delivery_id END) AS bounced,
        COUNT(DISTINCT e.delivery_id) AS reached
    FROM vendor_event e JOIN delivery d ON d.id = e.delivery_id JOIN lead l ON l.id = d.lead_id
    JOIN campaign c ON c.no = l.campaign_no JOIN route r ON r.no = e.route_no
    LEFT JOIN brake b ON b.route_no = e.route_no AND b.campaign_no = l.campaign_no
    LEFT JOIN intent i ON i.id = d.batch_id
    WHERE e.route_no = :route AND e.delivery_id > 0 AND e.kind IN ('contacted', 'bounced')
        AND e.noted_at >= :since
        AND (b.route_no IS NULL
            OR {_SENT} > CASE WHEN b.stopped_at > 0 THEN b.stopped_at ELSE b.released_at END)
        AND NOT (e.kind = 'bounced' AND e.detail LIKE '{SENDER_SIDE}%')
    GROUP BY e.route_no, r.name, l.campaign_no, c.id, c.title ORDER BY l.campaign_no
"""  # noqa: S608 - put together from constants
_STOP = """
    INSERT INTO brake (route_no, campaign_no, bounced, reached, stopped_at, released_at)
    VALUES (:route, :campaign, :bounced, :reached, :now, 0)
    ON CONFLICT (route_no, campaign_no) DO UPDATE
    SET bounced = excluded.bounced, reached = excluded.reached, stopped_at = excluded.stopped_at
"""
_LEARNT = """
    SELECT COUNT(*) FROM vendor_event WHERE route_no = :route AND kind = 'bounced' AND noted_at >= :since
"""
# The CROSS JOIN has SQLite read the leads of the campaign, not all that the route delivered.
_STOPPED = f"""
    SELECT r.name AS route, r.client, c.id AS campaign, c.title, b.bounced, b.reached, b.stopped_at,
        (SELECT COUNT(*) FROM delivery d JOIN lead l ON l.id = d.lead_id WHERE d.route_no = b.route_no
            AND d.state = 'held' AND d.reason = 'source_braked' AND l.campaign_no = b.campaign_no) AS held,
        (SELECT COUNT(*) FROM lead l CROSS JOIN delivery d LEFT JOIN intent i ON i.id = d.batch_id
            WHERE l.campaign_no = b.campaign_no AND d.lead_id = l.id AND d.route_no = b.route_no
            AND d.state = 'delivered' AND {_SENT} > b.stopped_at) AS sent_since
    FROM brake b JOIN route r ON r.no = b.route_no JOIN campaign c ON c.no = b.campaign_no
    WHERE b.stopped_at > 0 AND (:every = 1 OR r.name IN :routes) ORDER BY r.name, b.stopped_at
"""  # noqa: S608 - put together from constants


def figures(database: Database, route_no: int, now: datetime) -> list[Figures]:
    """Every source campaign of the route that something is known of, since its last stop or release."""
    return read(database, Figures, _FIGURES, route=route_no, since=milliseconds(now - WINDOW))


def learnt(database: Database, route_no: int, now: datetime) -> int:
    """How many bounces count now: as long as that stays the same, so does every verdict of more bounces."""
    return int(first(database, _LEARNT, route=route_no, since=milliseconds(now - WINDOW)))


@transaction()
def stop(connection: "Connection", found: Figures, now: datetime) -> None:
    """From now on send only leads of this campaign that are validated later. The claim holds what is ready."""
    given = {"bounced": found.bounced, "reached": found.reached, "now": milliseconds(now)}
    execute(connection, _STOP, route=found.route_no, campaign=found.campaign_no, **given)


def braked(connection: "Connection", route_no: int) -> dict[int, Stop]:
    """The campaigns that are stopped on a route, by their number."""
    query = "SELECT campaign_no, bounced, reached, stopped_at FROM brake WHERE route_no = :route AND stopped_at > 0"
    found = rows(connection, query, route=route_no)
    return {
        row["campaign_no"]: Stop(row["stopped_at"], f"{row['bounced']:,} of {row['reached']:,} bounced")
        for row in found
    }


def stopped(database: Database, routes: Sequence[str]) -> list[Stopped]:
    """What is stopped, on these routes or on all."""
    with database.read() as connection:
        return values(connection, Stopped, _STOPPED, routes=list(routes), every=int(not routes))


@transaction()
def release(connection: "Connection", campaign: str, routes: Sequence[str], now: datetime) -> int:
    """Release a campaign, and have its held leads decided again; on how many routes it was stopped."""
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
