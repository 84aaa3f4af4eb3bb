"""Reads who was delivered where and when, with the latest event of each. Decides nothing, writes nothing."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bridge.lazy import dataclass
from bridge.ledger.database import Database, milliseconds
from bridge.ledger.events.reading import LATEST, WEIGHT
from bridge.ledger.sql import pages, value
from bridge.ledger.views.reports import of_kinds
from bridge.model import State

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivered lead. `event` is its latest, "" for none; `event_at` by the vendor, else when it was learnt."""

    route: str
    lead_id: str
    address: str
    campaign: str
    target: str
    target_id: str
    sent_at: datetime | None
    event: str
    event_at: datetime | None
    client: str


def delivered(database: Database, routes: Sequence[str], since: datetime | None = None) -> Iterator[Delivered]:
    """The delivered leads of these routes (none: of all), by the order in which the ledger met them."""
    which, given = of_kinds(database, [State.DELIVERED.value], routes, more="AND sent_at >= :since AND place_no <> 0")
    latest = f"ORDER BY {LATEST} DESC, {WEIGHT} DESC LIMIT 1"
    query = f"""
        SELECT d.id, route.name AS route, route.client, lead.source_id AS lead_id, d.address, d.sent_at,
            COALESCE(NULLIF(campaign.title, ''), campaign.id) AS campaign,
            COALESCE(NULLIF(place.title, ''), place.id) AS target, place.id AS target_id,
            COALESCE((SELECT e.kind FROM vendor_event e WHERE e.delivery_id = d.id {latest}), '') AS event,
            COALESCE((SELECT {LATEST} FROM vendor_event e WHERE e.delivery_id = d.id {latest}), 0) AS event_at
        FROM delivery d JOIN route ON route.no = d.route_no JOIN lead ON lead.id = d.lead_id
        JOIN campaign ON campaign.no = lead.campaign_no JOIN place ON place.no = d.place_no
        WHERE d.id > :after {which} ORDER BY d.id LIMIT :size
    """  # noqa: S608 - put together from constants
    for found in pages(database, query, size=_AT_ONCE, since=milliseconds(since), **given):
        for row in found:
            yield value(Delivered, row)
