"""What happened lately on every route, for the dashboard: new leads, replies, bounces, schedules. Reads."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bridge.lazy import dataclass
from bridge.ledger.database import Database, milliseconds
from bridge.ledger.sql import read
from bridge.model import SENDER_SIDE

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Reactions:
    """So many leads of a route had an event of this kind that was learnt on this day (days since 1970, UTC)."""

    route: str
    kind: str
    day: int
    leads: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """The schedule of a route as a daemon last took it up, and the first tick of an `every`, in milliseconds."""

    route: str
    schedule: str
    anchor_at: int


@dataclass(frozen=True, slots=True)
class Reached:
    """So many leads were first reached on this day (days since 1970, UTC), and so many of them bounced."""

    day: int
    leads: int
    bounced: int


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A call of `sent` leads whose answer does not add up; `detail` is how."""

    id: int
    run_id: int
    sent: int
    began_at: datetime | None
    detail: str


@dataclass(frozen=True, slots=True)
class Progress:
    """So many calls of a run, with so many leads; `open` leads are in calls that have no answer yet."""

    batches: int
    leads: int
    open: int
    latest_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Count:
    route: str
    leads: int


def new_since(database: Database, since: datetime) -> Mapping[str, int]:
    """How many leads were first seen since then, by route; those whose facts are pruned are old."""
    # The cross join keeps SQLite from reading every delivery first: few leads are new.
    query = """
        SELECT r.name AS route, n.leads FROM route r JOIN (
            SELECT d.route_no, count(*) AS leads FROM lead l CROSS JOIN delivery d
            WHERE d.lead_id = l.id AND l.facts <> '' AND l.first_seen_at >= :since GROUP BY d.route_no
        ) n ON n.route_no = r.no
    """
    return {one.route: one.leads for one in read(database, _Count, query, since=milliseconds(since))}


def reactions(database: Database) -> list[Reactions]:
    """Every reply and bounce that was learnt, by route and day, without bounces that the sender caused."""
    query = f"""
        SELECT r.name AS route, e.kind, e.noted_at / {DAY_MS} AS day, count(DISTINCT e.delivery_id) AS leads
        FROM route r JOIN vendor_event e ON e.route_no = r.no
        WHERE e.kind IN ('replied', 'bounced') AND e.delivery_id > 0
            AND NOT (e.kind = 'bounced' AND e.detail LIKE '{SENDER_SIDE}%')
        GROUP BY r.name, e.kind, e.noted_at / {DAY_MS}
    """  # noqa: S608 - put together from constants
    return read(database, Reactions, query)


def reached_by_day(database: Database, routes: Sequence[str], since: datetime) -> list[Reached]:
    """By the day on which their first event was learnt, how many leads were reached, and how many of them bounced."""
    query = f"""
        SELECT day, count(*) AS leads, sum(bounced) AS bounced FROM (
            SELECT e.delivery_id, min(e.noted_at) / {DAY_MS} AS day, max(CASE WHEN e.kind = 'bounced' THEN 1 ELSE 0 END)
                AS bounced
            FROM vendor_event e JOIN route r ON r.no = e.route_no
            WHERE e.kind IN ('contacted', 'bounced') AND e.delivery_id > 0 AND e.noted_at >= :since
                AND (:every = 1 OR r.name IN :routes) AND NOT (e.kind = 'bounced' AND e.detail LIKE '{SENDER_SIDE}%')
            GROUP BY e.delivery_id
        ) reached GROUP BY day ORDER BY day
    """  # noqa: S608 - put together from constants
    given = {"since": milliseconds(since), "routes": list(routes), "every": int(not routes)}
    return read(database, Reached, query, **given)


def mismatched(database: Database, route: str, limit: int = 20) -> list[Mismatch]:
    """The route's calls whose answer contradicts what was sent, latest first."""
    query = """
        SELECT i.id, i.run_id, i.emails AS sent, i.began_at, i.detail FROM intent i JOIN route r ON r.no = i.route_no
        WHERE i.kind = 'push' AND i.detail <> '' AND r.name = :route ORDER BY i.id DESC LIMIT :limit
    """
    return read(database, Mismatch, query, route=route, limit=limit)


def progress(database: Database, run_id: int) -> Progress:
    """How far a run is: the calls that it has made."""
    query = """
        SELECT count(*) AS batches, COALESCE(sum(emails), 0) AS leads, COALESCE(max(began_at), 0) AS latest_at,
            COALESCE(sum(CASE WHEN result = '' THEN emails ELSE 0 END), 0) AS open
        FROM intent WHERE kind = 'push' AND run_id = :run
    """
    return read(database, Progress, query, run=run_id)[0]


def anchors(database: Database) -> Mapping[str, Anchor]:
    """The schedules that daemons follow or followed, by route."""
    query = """
        SELECT route.name AS route, timetable.schedule, timetable.anchor_at
        FROM timetable JOIN route ON route.no = timetable.route_no
    """
    return {one.route: one for one in read(database, Anchor, query)}
