"""Statements that find leads and read their whole stories, for `explain`. Decides nothing, writes nothing."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from bridge.lazy import dataclass
from bridge.ledger.core import history
from bridge.ledger.core.bindings import KnownPlace
from bridge.ledger.database import Database, moment
from bridge.ledger.events.reading import VendorEvent, of_deliveries
from bridge.ledger.facts import load_lead
from bridge.ledger.fields import load_fields
from bridge.ledger.people import looking
from bridge.ledger.people.entries import Suppression
from bridge.ledger.people.hashes import hidden_id
from bridge.ledger.people.looking import Removal, entries_about, of_person
from bridge.ledger.sql import among, any_case, pages, read, rows_of, value
from bridge.ledger.texts import storable
from bridge.ledger.views.spending import AskedFor, asked_for
from bridge.model import Fields, Lead, State

if TYPE_CHECKING:
    from sqlalchemy import RowMapping
    from sqlalchemy.engine import Connection

T = TypeVar("T")

MOST_LEADS = 200
"""How many leads one question may find: a username of one letter must not print the whole ledger."""
_MOST_WORDS = 8


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
    counted: Mapping[str, Any]
    mismatch: str
    began_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rival:
    """The delivery that has the person instead."""

    route: str
    client: str
    campaign: str
    lead_id: str
    state: str


@dataclass(frozen=True, slots=True)
class DeliveryStory:
    """What became of a lead on one route. `batches` are those its moves name, oldest first.

    `remote_status` and `gone_at` are what an audit noted: the lead's status in the target, and that it is gone from it.
    `reactions` are what the vendor says happened to it there.
    """

    route: str
    client: str
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
    reactions: tuple[VendorEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """A test lead that carried the lead's fields to an operator's own address. `target` is the vendor's id."""

    target: str
    state: State
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class LeadStory:
    """A lead with the facts as last read, where it was found, and what became of it on every route.

    `suppressions` are the entries of the do-not-contact list that concern it, `removals` those that did. `trials` are
    the test leads that carried its fields, `asked` the validations of its campaign that were asked for. Of a lead whose
    facts are gone `lead.problem` says why.
    """

    lead: Lead
    campaign: str
    first_seen_at: datetime | None
    deliveries: tuple[DeliveryStory, ...]
    suppressions: tuple[Suppression, ...] = ()
    removals: tuple[Removal, ...] = ()
    trials: tuple[Trial, ...] = ()
    asked: tuple[AskedFor, ...] = ()


# --------------------------------------------------------------------------------------------------------- finding


def leads_of_person(database: Database, keys: Collection[str]) -> list[int]:
    """Leads with one of the keys as an identity, and those that were sent to one of them."""
    # Naming every scope lets the claim's key find the rows, and what is no key their partial indices.
    which = """
        id IN (
            SELECT id FROM lead WHERE person IN :keys AND person <> '' UNION
            SELECT id FROM lead WHERE profile IN :keys AND profile <> '' UNION
            SELECT d.lead_id FROM delivery d JOIN claim ON claim.delivery_id = d.id
            WHERE claim.scope_no IN (SELECT no FROM scope) AND claim.person IN :keys
        )
    """
    return _numbers(database, which, keys=[key for key in keys if key])


# Naming every campaign lets indices that begin with it find the rows.
_ANYWHERE = "campaign_no IN (SELECT no FROM campaign)"


def leads_with_source_id(database: Database, source_id: str) -> list[int]:
    """Leads that Scravio gave this id, erased ones included: ids are unique only within a campaign."""
    key = looking.key_of(database)
    names = [source_id, hidden_id(key, source_id)] if key else [source_id]
    return _numbers(database, f"{_ANYWHERE} AND source_id IN :names", names=names)


def leads_with_username(database: Database, username: str) -> list[int]:
    """Leads of this handle (without @); case does not count."""
    # As stored, and as versions before 0017 stored what SQL cannot write small.
    names = [username.lower(), username]
    return _numbers(database, f"{_ANYWHERE} AND username <> '' AND username IN :names", names=names)


def leads_with_name(database: Database, name: str) -> list[int]:
    """Leads of this full name, else those whose name has all its words; case does not count. Reads every lead."""
    words = name.casefold().split()
    # SQLite knows the case of ASCII alone, so any other sign stands for itself or for its JSON escape.
    patterns = {f"word{at}": f"%{re.sub('[^a-z0-9]+', '%', word)}%" for at, word in enumerate(words[:_MOST_WORDS])}
    which = " AND ".join(f"{any_case(database, 'facts')} LIKE :{word}" for word in patterns)
    query = f"SELECT id, facts FROM lead WHERE {which} AND id > :after ORDER BY id LIMIT :size"  # noqa: S608 - constants
    same, alike = list[int](), list[int]()
    for found in pages(database, query, size=1000, **patterns) if words else ():
        for row in found:
            its = load_lead("", "", row["facts"]).full_name.casefold().split()
            (same if its == words else alike if set(words) <= set(its) else []).append(int(row["id"]))
        if len(same) >= MOST_LEADS:
            break
    return (same or alike)[:MOST_LEADS]


def leads_as_scraped(database: Database, email: str) -> list[int]:
    """Leads whose address was scraped in exactly this spelling: those that no address can be read from."""
    spelling = f'"email":{json.dumps(email)}'.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return _numbers(database, "person = '' AND facts LIKE :facts ESCAPE '/'", facts=f"%{spelling}%")


def _numbers(database: Database, which: str, **given: Any) -> list[int]:
    query = f"SELECT id FROM lead WHERE {which} ORDER BY id LIMIT {MOST_LEADS}"  # noqa: S608 - one of those above
    return [int(row["id"]) for row in rows_of(database, query, **given)]


# --------------------------------------------------------------------------------------------------------- reading


def lead_stories(database: Database, lead_ids: Sequence[int]) -> list[LeadStory]:
    """The stories of these leads, in the order in which the ledger met them."""
    query = """
        SELECT lead.*, campaign.id AS campaign_id, campaign.title, campaign.type, lead.id AS key FROM lead
        JOIN campaign ON campaign.no = lead.campaign_no WHERE lead.id IN :some ORDER BY lead.id
    """
    with database.read() as connection:
        deliveries = _deliveries(connection, lead_ids)
        leads = list(among(connection, query, lead_ids))
    return [_lead_story(database, row, tuple(deliveries.get(row["key"], ()))) for row in leads]


def _lead_story(database: Database, row: "RowMapping", deliveries: tuple[DeliveryStory, ...]) -> LeadStory:
    return LeadStory(
        lead=load_lead(row["source_id"], row["campaign_id"], row["facts"]),
        campaign=row["title"] or row["campaign_id"],
        first_seen_at=moment(row["first_seen_at"]),
        deliveries=deliveries,
        suppressions=tuple(entry for key in (row["person"], row["profile"]) for entry in entries_about(database, key)),
        removals=tuple(one for key in (row["person"], row["profile"]) for one in of_person(database, key)),
        trials=tuple(trials_of_sample(database, row["source_id"])),
        asked=tuple(asked_for(database, row["campaign_id"])),
    )


def _deliveries(connection: "Connection", lead_ids: Sequence[int]) -> dict[int, list[DeliveryStory]]:
    """By the lead's number."""
    query = """
        SELECT d.*, route.name AS route, route.client, d.gone_from_target AS gone_at FROM delivery d
        JOIN route ON route.no = d.route_no WHERE d.lead_id IN :some ORDER BY d.id
    """
    found = list(among(connection, query, lead_ids))
    moves = history.moves(connection, [row["id"] for row in found])
    events = {number: [value(Event, move) for move in some] for number, some in moves.items()}
    reactions = of_deliveries(connection, [row["id"] for row in found])
    named = {row["batch_id"] for row in found} | {event.batch_id for some in events.values() for event in some}
    batches = _by_key(connection, BatchStory, _BATCHES, named)
    targets = "SELECT place.*, no AS key FROM place WHERE no IN :some"
    places = _by_key(connection, KnownPlace, targets, {row["place_no"] for row in found})
    rivals = _by_key(connection, Rival, _RIVALS, {row["waits_for"] for row in found})
    stories: dict[int, list[DeliveryStory]] = {}
    for row in found:
        its = events.get(row["id"], [])
        carried = sorted(({row["batch_id"]} | {event.batch_id for event in its}) & batches.keys())
        story = value(
            DeliveryStory,
            row,
            address_changed=storable(row["address_changed"]),
            fields=load_fields(row["fields"]),
            place=next(iter(places.get(row["place_no"], ())), None),
            rival=next(iter(rivals.get(row["waits_for"], ())), None),
            batches=tuple(batches[number][0] for number in carried),
            events=tuple(its),
            reactions=tuple(reactions.get(row["id"], ())),
        )
        stories.setdefault(row["lead_id"], []).append(story)
    return stories


_BATCHES = """
    SELECT id, id AS key, emails AS sent, facts AS counted, detail AS mismatch, began_at, ended_at,
        CASE WHEN result <> '' THEN result WHEN state = 'open' THEN 'open' ELSE 'abandoned' END AS result
    FROM intent WHERE id IN :some
"""
_RIVALS = """
    SELECT d.id AS key, route.name AS route, route.client, lead.source_id AS lead_id, d.state,
        COALESCE(NULLIF(campaign.title, ''), campaign.id) AS campaign
    FROM delivery d JOIN route ON route.no = d.route_no JOIN lead ON lead.id = d.lead_id
    JOIN campaign ON campaign.no = lead.campaign_no WHERE d.id IN :some
"""


def _by_key(connection: "Connection", kind: type[T], query: str, ids: Collection[int]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for row in among(connection, query, sorted(set(ids) - {0})):
        found.setdefault(row["key"], []).append(value(kind, row))
    return found


def trials_of_sample(database: Database, source_id: str) -> list[Trial]:
    """The test leads that carried the fields of this lead, in the words of deliveries, as `trials.became` has them."""
    query = """
        SELECT place.id AS target, one.asked_at, CASE WHEN one.result IN :states THEN one.result
            WHEN one.state = 'open' THEN 'sending' WHEN one.state = 'doubt' THEN 'in_doubt' ELSE 'failed' END AS state
        FROM posted_test_lead posted JOIN intent one ON one.id = posted.intent_id JOIN place ON place.no = one.place_no
        WHERE posted.sample = :sample AND one.kind = 'test_lead' ORDER BY one.id
    """
    return read(database, Trial, query, sample=storable(source_id), states=[state.value for state in State])
