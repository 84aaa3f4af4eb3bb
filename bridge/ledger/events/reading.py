"""Reads what vendors reported of leads, for reports, `explain` and the next round. Writes nothing."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bridge.lazy import dataclass
from bridge.ledger.database import Database
from bridge.ledger.sql import among, first, rows, rows_of, value
from bridge.model import EventKind, Place, Sent, Witness

if TYPE_CHECKING:
    from sqlalchemy import RowMapping
    from sqlalchemy.engine import Connection

LATEST = "CASE WHEN latest_at > 0 THEN latest_at ELSE noted_at END"
"""SQL: when an event was, by the vendor; where it gave no credible time, when it was learnt."""

WEIGHT = "CASE kind WHEN 'contacted' THEN 0 WHEN 'opened' THEN 1 WHEN 'clicked' THEN 2 ELSE 3 END"
"""SQL: which of two events at the same instant was the later one."""


@dataclass(frozen=True, slots=True)
class VendorEvent:
    """One event of a delivered lead. Times by the vendor are None where it gave no credible one."""

    kind: EventKind
    first_at: datetime | None
    latest_at: datetime | None
    noted_at: datetime | None
    learnt: str
    witnesses: int
    sightings: int
    acted_at: datetime | None
    consequence: str
    detail: str

    @property
    def certain(self) -> bool:
        """Whether two rounds, or two places of the vendor's, showed it."""
        return self.sightings > 1 or Witness(self.witnesses).bit_count() > 1

    @property
    def at(self) -> datetime | None:
        """When it was, as far as is known."""
        return self.latest_at or self.noted_at


def of_deliveries(connection: "Connection", ids: Collection[int]) -> dict[int, list[VendorEvent]]:
    """The events of each delivery, the latest last."""
    found: dict[int, list[VendorEvent]] = {}
    order = f"delivery_id, {LATEST}, {WEIGHT}, kind"
    query = f"SELECT * FROM vendor_event WHERE delivery_id IN :some ORDER BY {order}"  # noqa: S608 - constants
    for row in among(connection, query, ids):
        found.setdefault(row["delivery_id"], []).append(value(VendorEvent, row))
    return found


def counted(database: Database, route_no: int) -> dict[EventKind, int]:
    """How many leads of the route have an event of each kind."""
    query = "SELECT kind, count(*) AS leads FROM vendor_event WHERE route_no = :route AND delivery_id > 0 GROUP BY kind"
    return {EventKind(row["kind"]): row["leads"] for row in rows_of(database, query, route=route_no)}


_SENT = """
    SELECT d.id, d.remote_id, d.address, p.vendor, p.workspace, p.kind AS place_kind, p.id AS place_id
    FROM delivery d JOIN place p ON p.no = d.place_no
"""


def sent(connection: "Connection", where: str, **given: object) -> list[Sent]:
    """The delivered leads that a condition over `d` and `p` leaves, as a vendor is asked about them."""
    found = rows(connection, f"{_SENT} WHERE d.state = 'delivered' AND {where}", **given)
    return [Sent(row["id"], row["remote_id"], row["address"], _place(row)) for row in found]


def _place(row: "RowMapping") -> Place:
    return Place(row["vendor"], row["workspace"], row["place_kind"], row["place_id"])


def places_in_use(database: Database, route_nos: Sequence[int]) -> dict[int, list[Place]]:
    """The targets that each of the routes has delivered to."""
    query = """
        SELECT route.no AS route_no, p.vendor, p.workspace, p.kind AS place_kind, p.id AS place_id
        FROM route CROSS JOIN place p WHERE route.no IN :routes
        AND EXISTS (
            SELECT 1 FROM intent WHERE kind IN ('push', 'move') AND route_no = route.no AND place_no = p.no
        ) AND EXISTS (
            SELECT 1 FROM delivery WHERE route_no = route.no AND state = 'delivered' AND place_no = p.no
        ) ORDER BY route_no, place_id
    """  # by the calls, of which a route has fewer than leads
    found: dict[int, list[Place]] = {}
    for row in rows_of(database, query, routes=list(route_nos)):
        found.setdefault(row["route_no"], []).append(_place(row))
    return found


def number_of_route(database: Database, name: str) -> int:
    """The number of a route that has run; 0 for any other."""
    return int(first(database, "SELECT no FROM route WHERE name = :name", name=name) or 0)
