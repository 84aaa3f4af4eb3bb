"""Statements about deliveries that may have arrived or not. Asks no vendor.

Such a delivery is `sending` and abandoned, or `in_doubt`. On a route that bridge.toml no longer names it may also be
`ready` after an earlier call: no sync offers it again, and its claim would stay for ever.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger import intent as intents
from bridge.ledger.core.asking import ask_first
from bridge.ledger.core.candidates import OTHER, USED
from bridge.ledger.core.outcomes import Recording, check_epoch, current, move
from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.fields import load_fields
from bridge.ledger.intent import Kind
from bridge.ledger.sql import first, rows, value
from bridge.ledger.statements import chunks, tables
from bridge.model import Delivery, Origin, Outcome, Place, Reason, State

_delivery, _lead, _place = tables("delivery", "lead", "place")

# A literal, so that both databases use the partial index.
_ASKED = sa.text("delivery.state = 'ready' AND delivery.asked_at <> 0")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A delivery in doubt. `ended_at` is when its call ended at the latest, `absent_at` when it was first missed."""

    delivery: Delivery
    ended_at: datetime | None
    absent_at: datetime | None


@dataclass(frozen=True, slots=True)
class DoubtfulPlace:
    """A target of which it is unknown what it took, with the number of such leads by route. `title` may be ""."""

    place: Place
    title: str
    leads: dict[str, int]


def unsettled_routes(database: Database, configured: Collection[str]) -> dict[str, int]:
    """Name and number of every route with unsettled deliveries; `configured` are the names in bridge.toml."""
    # "" is the name of no route: an empty list would be NOT IN (NULL), which is never true.
    query = """
        SELECT name, no FROM route WHERE
            EXISTS (SELECT 1 FROM delivery WHERE route_no = route.no AND state IN ('sending', 'in_doubt'))
            OR name NOT IN :configured AND (
                EXISTS (SELECT 1 FROM delivery WHERE route_no = route.no AND state = 'ready' AND asked_at <> 0)
                OR EXISTS (SELECT 1 FROM intent WHERE kind = 'test_lead' AND route_no = route.no
                           AND state IN ('open', 'doubt')))
        ORDER BY no
    """
    with database.read() as connection:
        return {row["name"]: row["no"] for row in rows(connection, query, configured=[*configured, ""])}


def doubtful_places(database: Database, configured: Collection[str]) -> list[DoubtfulPlace]:
    """Every target with unsettled deliveries or test leads."""
    # The cross joins have SQLite ask its index route by route: it would read every delivery.
    query = """
        SELECT p.*, r.name AS route, count(*) AS leads FROM (
            SELECT d.place_no, d.route_no FROM route r CROSS JOIN delivery d
            WHERE d.route_no = r.no AND d.state IN ('sending', 'in_doubt')
            UNION ALL
            SELECT d.place_no, d.route_no FROM route r CROSS JOIN delivery d
            WHERE r.name NOT IN :configured AND d.route_no = r.no AND d.state = 'ready' AND d.asked_at <> 0
            UNION ALL
            SELECT place_no, route_no FROM intent WHERE kind = 'test_lead' AND state IN ('open', 'doubt')
        ) d JOIN place p ON p.no = d.place_no JOIN route r ON r.no = d.route_no
        GROUP BY p.no, p.vendor, p.workspace, p.kind, p.id, p.title, r.name ORDER BY p.no, r.name
    """
    found: dict[int, DoubtfulPlace] = {}
    with database.read() as connection:
        for row in rows(connection, query, configured=[*configured, ""]):
            place = value(DoubtfulPlace, row, place=value(Place, row), leads={})
            found.setdefault(row["no"], place).leads[row["route"]] = row["leads"]
    return list(found.values())


def waiting_for_doubts(database: Database, route_no: int) -> int:
    """How many leads of the route are held for a person who is in doubt on another route."""
    query = """
        SELECT count(*) FROM delivery other CROSS JOIN delivery d
        WHERE other.route_no IN (SELECT no FROM route WHERE no <> :route) AND other.state IN ('sending', 'in_doubt')
            AND d.waits_for = other.id AND d.waits_for <> 0 AND d.route_no = :route AND d.state = 'held'
    """
    return int(first(database, query, route=route_no))


@transaction()
def abandoned_to_doubt(connection: Connection, recording: Recording, *, retired: bool = False) -> int:
    """Put what an earlier holder left `sending` in doubt; how many. `retired` adds what is ready after a call.

    The caller holds the lease, so every call of an earlier one has ended: now at the latest.
    """
    query = sa.select(_delivery.c.id).where(_delivery.c.route_no == recording.route_no)
    check_epoch(connection, recording)
    left = list(connection.execute(query.where(_delivery.c.state == State.SENDING)).scalars())
    asked = list(connection.execute(query.where(_ASKED)).scalars()) if retired else []
    found = current(connection, [*left, *asked])
    abandoned = [Outcome(one, State.IN_DOUBT, Reason.ABANDONED, Origin.LOCAL) for one in left]
    move(connection, recording, found, abandoned, 0)
    ask_first(connection, asked, recording.now, Reason.ROUTE_RETIRED)
    intents.leave(connection, Kind.PUSH, recording.now, intents.columns.route_no == recording.route_no)
    return len(found)


def doubts(database: Database, route_no: int) -> list[Doubt]:
    """Every delivery of the route that is in doubt, oldest first."""
    d, p = _delivery.c, _place.c
    query = (
        sa.select(d.id, d.address, d.fields, d.attempts, d.asked_at, d.ended_at, d.absent_at, USED, OTHER)
        .add_columns(p.vendor, p.workspace, p.kind, p.id.label("place_id"))
        .join(_lead, _lead.c.id == d.lead_id)
        .join(_place, p.no == d.place_no)
        .where(d.route_no == route_no, d.state == State.IN_DOUBT)
        .order_by(d.id)
    )
    with database.read() as connection:
        return [_doubt(row) for row in connection.execute(query).mappings()]


@transaction()
def note_absent(connection: Connection, recording: Recording, delivery_ids: Sequence[int]) -> None:
    """Remember that a lookup did not find these; a second one that agrees will settle it."""
    check_epoch(connection, recording)
    for some in chunks(delivery_ids):
        missing = (_delivery.c.id.in_(some), _delivery.c.state == State.IN_DOUBT)
        values = {"absent_at": milliseconds(recording.now)}
        connection.execute(sa.update(_delivery).where(*missing).values(values))


def _doubt(row: RowMapping) -> Doubt:
    place = value(Place, row, id=row["place_id"])
    fields = load_fields(row["fields"])
    return value(Doubt, row, delivery=value(Delivery, row, fields=fields, place=place, state=State.IN_DOUBT))
