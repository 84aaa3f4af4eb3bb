"""Statements that find leads and read their whole stories, for `explain`. Decides nothing, writes nothing."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.core.facts import load_fields, load_lead, storable
from bridge.ledger.database import Database, moment
from bridge.ledger.intents.trials import Trial, trials_of_sample
from bridge.ledger.people import secrecy
from bridge.ledger.people.erased import hidden_id
from bridge.ledger.people.suppressions import Suppression, entries_about
from bridge.ledger.statements import chunks, table
from bridge.ledger.tables import (
    BatchRow,
    CampaignRow,
    ClaimRow,
    DeliveryRow,
    EventRow,
    LeadRow,
    PlaceRow,
    RouteRow,
    ScopeRow,
)
from bridge.ledger.views.spending import AskedFor, asked_for
from bridge.ledger.views.standing import KnownPlace
from bridge.model import Fields, Lead, Scalar

_batch = table(BatchRow)
_campaign = table(CampaignRow)
_claim = table(ClaimRow)
_delivery = table(DeliveryRow)
_event = table(EventRow)
_lead = table(LeadRow)
_place = table(PlaceRow)
_route = table(RouteRow)
_scope = table(ScopeRow)

MOST_LEADS = 200
"""How many leads one question may find: a username of one letter must not print the whole ledger."""


@dataclass(frozen=True, slots=True)
class Event:
    """A move of a delivery. `batch_id` is 0 where no call had to do with it."""

    at: datetime | None
    state: str
    reason: str
    origin: str
    detail: str
    batch_id: int


@dataclass(frozen=True, slots=True)
class BatchStory:
    """The call that carried a delivery: what it sent, what the answer counted."""

    id: int
    sent: int
    result: str
    counted: Mapping[str, Scalar]
    mismatch: str
    began_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rival:
    """The delivery that has the person instead."""

    route: str
    campaign: str
    lead_id: str
    state: str


@dataclass(frozen=True, slots=True)
class DeliveryStory:
    """What became of a lead on one route. `batches` are those its moves name, oldest first.

    `remote_status` and `gone_at` are what an audit noted: the lead's status in the target, and that it is gone from it.
    """

    route: str
    state: str
    reason: str
    origin: str
    detail: str
    decided_at: datetime | None
    attempts: int
    not_before: datetime | None
    sent_at: datetime | None
    remote_id: str
    address: str
    address_changed: str
    fields: Fields
    place: KnownPlace | None
    rival: Rival | None
    batch_id: int
    batches: tuple[BatchStory, ...]
    events: tuple[Event, ...]
    remote_status: str = ""
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LeadStory:
    """A lead with the facts as last read, where it was found, and what became of it on every route.

    `suppressions` are the entries of the do-not-contact list that concern it, `trials` the test leads that carried its
    fields, `asked` the validations of its campaign that were asked for. Of a lead whose facts are gone `lead.problem`
    says why.
    """

    lead: Lead
    campaign: str
    campaign_type: str
    first_seen_at: datetime | None
    deliveries: tuple[DeliveryStory, ...]
    suppressions: tuple[Suppression, ...] = ()
    trials: tuple[Trial, ...] = ()
    asked: tuple[AskedFor, ...] = ()


# --------------------------------------------------------------------------------------------------------- finding


def leads_of_person(database: Database, keys: Collection[str]) -> list[int]:
    """Leads with one of the keys as an identity, and those that were sent to one of them."""
    keys = [key for key in keys if key]
    claimed = (
        sa.select(_delivery.c.lead_id)
        .join(_claim, _claim.c.delivery_id == _delivery.c.id)
        # Naming every scope lets the claim's key (scope, person) find the rows.
        .where(_claim.c.scope_no.in_(sa.select(_scope.c.no)), _claim.c.person.in_(keys))
    )
    known = [
        sa.select(_lead.c.id.label("lead_id")).where(column.in_(keys)) for column in (_lead.c.person, _lead.c.profile)
    ]
    found = sa.union(*known, claimed).subquery()
    return _numbers(database, sa.select(found.c.lead_id).order_by(found.c.lead_id))


def leads_with_source_id(database: Database, source_id: str) -> list[int]:
    """Leads that Scravio gave this id, erased ones included: ids are unique only within a campaign."""
    with database.read() as connection:
        key = secrecy.key_of(connection)
    names = [source_id, hidden_id(key, source_id)] if key else [source_id]
    # Naming every campaign lets the index over (campaign, source id) find the rows.
    within = _lead.c.campaign_no.in_(sa.select(_campaign.c.no))
    query = sa.select(_lead.c.id).where(within, _lead.c.source_id.in_(names))
    return _numbers(database, query.order_by(_lead.c.id))


def leads_with_username(database: Database, username: str) -> list[int]:
    """Leads of this handle (without @); case does not count."""
    if not username:
        return []
    same = sa.or_(_lead.c.username == username, sa.func.lower(_lead.c.username) == username.lower())
    return _numbers(database, sa.select(_lead.c.id).where(same).order_by(_lead.c.id))


def leads_as_scraped(database: Database, email: str) -> list[int]:
    """Leads whose address was scraped in exactly this spelling: those that no address can be read from."""
    spelt = f'"email":{json.dumps(email)}'
    unread = _lead.c.person == ""
    query = sa.select(_lead.c.id).where(unread, _lead.c.facts.contains(spelt, autoescape=True))
    return _numbers(database, query.order_by(_lead.c.id))


def _numbers(database: Database, query: sa.Select[Any]) -> list[int]:
    with database.read() as connection:
        return [int(number) for number in connection.execute(query.limit(MOST_LEADS)).scalars()]


# --------------------------------------------------------------------------------------------------------- telling


def lead_stories(database: Database, lead_ids: Sequence[int]) -> list[LeadStory]:
    """The stories of these leads, in the order in which the ledger met them."""
    with database.read() as connection:
        deliveries = _deliveries(connection, lead_ids)
        query = (
            sa.select(_lead, _campaign.c.id.label("campaign_id"), _campaign.c.title, _campaign.c.type)
            .join(_campaign, _campaign.c.no == _lead.c.campaign_no)
            .order_by(_lead.c.id)
        )
        rows = [row for some in chunks(lead_ids) for row in connection.execute(query.where(_lead.c.id.in_(some)))]
    return [_lead_story(database, row, deliveries.get(row.id, [])) for row in rows]


def _lead_story(database: Database, row: Any, deliveries: Iterable[DeliveryStory]) -> LeadStory:
    return LeadStory(
        lead=load_lead(row.source_id, row.campaign_id, row.facts),
        campaign=row.title or row.campaign_id,
        campaign_type=row.type,
        first_seen_at=moment(row.first_seen_at),
        deliveries=tuple(deliveries),
        suppressions=tuple(entry for key in (row.person, row.profile) for entry in entries_about(database, key)),
        trials=tuple(trials_of_sample(database, row.source_id)),
        asked=tuple(asked_for(database, row.campaign_id)),
    )


def _deliveries(connection: Connection, lead_ids: Sequence[int]) -> dict[int, list[DeliveryStory]]:
    query = (
        sa.select(_delivery, _route.c.name.label("route"))
        .join(_route, _route.c.no == _delivery.c.route_no)
        .order_by(_delivery.c.id)
    )
    rows = [
        row for some in chunks(lead_ids) for row in connection.execute(query.where(_delivery.c.lead_id.in_(some))).all()
    ]
    events = _events(connection, [row.id for row in rows])
    named = {row.batch_id for row in rows} | {event.batch_id for some in events.values() for event in some}
    batches = _batches(connection, sorted(named - {0}))
    places = _places(connection, sorted({row.place_no for row in rows} - {0}))
    rivals = _rivals(connection, sorted({row.waits_for for row in rows} - {0}))
    told: dict[int, list[DeliveryStory]] = {}
    for row in rows:
        its = events.get(row.id, ())
        carried = sorted(({row.batch_id} | {event.batch_id for event in its}) & batches.keys())
        story = _delivery_story(row, its, tuple(batches[number] for number in carried), places, rivals)
        told.setdefault(row.lead_id, []).append(story)
    return told


def _delivery_story(
    row: Any,
    events: Iterable[Event],
    batches: tuple[BatchStory, ...],
    places: Mapping[int, KnownPlace],
    rivals: Mapping[int, Rival],
) -> DeliveryStory:
    return DeliveryStory(
        route=row.route,
        state=row.state,
        reason=row.reason,
        origin=row.origin,
        detail=row.detail,
        decided_at=moment(row.decided_at),
        attempts=row.attempts,
        not_before=moment(row.not_before),
        sent_at=moment(row.sent_at),
        remote_id=row.remote_id,
        address=row.address,
        address_changed=storable(row.address_changed),
        fields=load_fields(row.fields),
        place=places.get(row.place_no),
        rival=rivals.get(row.waits_for),
        batch_id=row.batch_id,
        batches=batches,
        events=tuple(events),
        remote_status=row.remote_status,
        gone_at=moment(row.gone_from_target),
    )


def _events(connection: Connection, delivery_ids: Sequence[int]) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = {}
    for some in chunks(delivery_ids):
        query = sa.select(_event).where(_event.c.delivery_id.in_(some)).order_by(_event.c.id)
        for row in connection.execute(query):
            event = Event(moment(row.at), row.state, row.reason, row.origin, row.detail, row.batch_id)
            found.setdefault(row.delivery_id, []).append(event)
    return found


def _batches(connection: Connection, batch_ids: Sequence[int]) -> dict[int, BatchStory]:
    return {
        row.id: BatchStory(
            id=row.id,
            sent=row.sent,
            result=row.result,
            counted=json.loads(row.counted) if row.counted else {},
            mismatch=row.mismatch,
            began_at=moment(row.began_at),
            ended_at=moment(row.ended_at),
        )
        for some in chunks(batch_ids)
        for row in connection.execute(sa.select(_batch).where(_batch.c.id.in_(some)))
    }


def _places(connection: Connection, place_nos: Sequence[int]) -> dict[int, KnownPlace]:
    return {
        row.no: KnownPlace(row.vendor, row.kind, row.id, row.title, row.workspace)
        for some in chunks(place_nos)
        for row in connection.execute(sa.select(_place).where(_place.c.no.in_(some)))
    }


def _rivals(connection: Connection, delivery_ids: Sequence[int]) -> dict[int, Rival]:
    query = (
        sa.select(_delivery.c.id, _delivery.c.state, _route.c.name, _lead.c.source_id)
        .add_columns(_campaign.c.title, _campaign.c.id.label("campaign_id"))
        .join(_route, _route.c.no == _delivery.c.route_no)
        .join(_lead, _lead.c.id == _delivery.c.lead_id)
        .join(_campaign, _campaign.c.no == _lead.c.campaign_no)
    )
    return {
        row.id: Rival(row.name, row.title or row.campaign_id, row.source_id, row.state)
        for some in chunks(delivery_ids)
        for row in connection.execute(query.where(_delivery.c.id.in_(some)))
    }
