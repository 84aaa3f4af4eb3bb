"""How many leads may still go by a route's pace: statements that only read. Imports no table (see `sql`).

A lead that is being sent, or of which it is not known what became of it, counts as gone: no limit is ever exceeded.
"""

from collections.abc import Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bridge.lazy import dataclass
from bridge.ledger.database import Database, milliseconds
from bridge.ledger.sql import rows
from bridge.model import Pace, Place

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

PER_DAY, AHEAD = "pace.per_day", "pace.ahead"


@dataclass(frozen=True, slots=True)
class Gate:
    """At most `most` leads may have gone since then, by the route (0 = by any route) into `place` (None = anywhere).

    `why` names what lets no more go: a key of `pace`.
    """

    most: int
    since: datetime
    why: str = ""
    route_no: int = 0
    place: Place | None = None


def day_start(now: datetime, timezone: str) -> datetime:
    """When the day of `now` began in this time zone."""
    zone = ZoneInfo(timezone)
    return datetime.combine(now.astimezone(zone), time.min, zone)


def day_gate(pace: Pace, route_no: int, now: datetime) -> tuple[Gate, ...]:
    """What bounds the leads of one day."""
    if pace.per_day is None:
        return ()
    return (Gate(pace.per_day, day_start(now, pace.timezone), PER_DAY, route_no),)


_PLACE = "SELECT no FROM place WHERE vendor = :vendor AND workspace = :workspace AND kind = :kind AND id = :id"
_SENDERS = "SELECT DISTINCT route_no FROM intent WHERE kind = 'push' AND place_no = :place"
_GONE = """
    SELECT count(*) AS leads FROM delivery d WHERE d.route_no IN :routes AND (:place = 0 OR d.place_no = :place)
    AND d.state IN ('sending', 'in_doubt', 'delivered') AND (d.state <> 'delivered' OR d.sent_at >= :since)
"""


_MOVED = """
    SELECT sum(emails) AS leads FROM intent WHERE kind = 'move' AND place_no = :place
    AND (:route = 0 OR route_no = :route) AND (held = 1 OR ended_at >= :since)
"""


def passed(connection: "Connection", since: datetime, route_no: int, place: Place | None) -> int:
    """How many leads went since then, or may have gone, by the route (0 = by any) into the place (None = anywhere).

    Into a place a lead goes by a move too. No day's limit counts it: it was delivered before.
    """
    number = 0
    if place is not None:
        known = {"vendor": place.vendor, "workspace": place.workspace, "kind": place.kind, "id": place.id}
        number = next((row["no"] for row in rows(connection, _PLACE, **known)), -1)
    routes = [route_no] if route_no else [row["route_no"] for row in rows(connection, _SENDERS, place=number)]
    counted = [*rows(connection, _GONE, routes=routes, place=number, since=milliseconds(since))] if routes else []
    if number > 0:
        counted += rows(connection, _MOVED, place=number, route=route_no, since=milliseconds(since))
    return sum(int(row["leads"] or 0) for row in counted)


def narrowest(connection: "Connection", gates: Sequence[Gate]) -> tuple[int, str]:
    """How many leads may still go through the narrowest of these gates, and why no more."""
    left = [(max(0, one.most - passed(connection, one.since, one.route_no, one.place)), one.why) for one in gates]
    return min(left, key=lambda each: each[0])


def may_still_go(database: Database, gates: Sequence[Gate]) -> tuple[int, str]:
    """The same, as things stand now."""
    with database.read() as connection:
        return narrowest(connection, gates)


_EXPIRING = """
    SELECT expires_at FROM delivery WHERE route_no = :route AND state = 'ready' AND reason = 'paced'
    AND expires_at > 0 AND expires_at <= :until ORDER BY expires_at
"""


def expiring(database: Database, route_no: int, until: int) -> list[int]:
    """When the validations expire of leads that wait for the pace, those until then alone; in milliseconds."""
    with database.read() as connection:
        return [int(row["expires_at"]) for row in rows(connection, _EXPIRING, route=route_no, until=until)]


_BEGUN = """
    SELECT no FROM route WHERE EXISTS (SELECT 1 FROM run WHERE run.route_no = route.no AND run.ended_at > 0)
    OR (NOT EXISTS (SELECT 1 FROM run WHERE run.route_no = route.no)
        AND EXISTS (SELECT 1 FROM delivery WHERE delivery.route_no = route.no))
"""


def begun(database: Database) -> set[int]:
    """The routes of which it is known how many leads they have: a run has ended, or was played on this copy."""
    with database.read() as connection:
        return {row["no"] for row in rows(connection, _BEGUN)}
