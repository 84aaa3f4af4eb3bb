"""Statements that find everything about one person and take it out of the ledger. Asks no vendor.

What stays is a hash: of the address, so that they are not contacted or stored again, and of Scravio's ids. Deliveries
stay as `held: erased` without address, so that every number still adds up. Erasure is the one thing that takes a
delivery out of any state; `model.MOVES` has no such move, since nothing else may make it.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.errors import Busy
from bridge.hygiene import email, identities
from bridge.ledger.core import history, leases
from bridge.ledger.core.everywhere import is_shared
from bridge.ledger.core.freeing import free_claims, hold, wake_capped
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.facts import dump_lead, load_lead, named_facts
from bridge.ledger.people import removals, secrecy, suppressions
from bridge.ledger.people.entries import ERASED, Suppression
from bridge.ledger.people.erased import hide_stored_ids, note_erased
from bridge.ledger.people.traces import TracedDelivery, TracedTrial, Traces
from bridge.ledger.sql import rows_of, value
from bridge.ledger.statements import chunks, lock, tables
from bridge.ledger.views.stories import leads_as_scraped
from bridge.model import PROBLEM_ERASED, Lead, Origin, Place, Reason, State

_campaign, _checked, _claim, _delivery = tables("campaign", "checked", "claim", "delivery")
_erasure, _event, _lead, _place, _route, _run = tables("erasure", "event", "lead", "place", "route", "run")
_scope, _intent, _trial = tables("scope", "intent", "posted_test_lead")
_vendor_event, _post, _pending = tables("vendor_event", "webhook_post", "pending_change")


# ---------------------------------------------------------------------------------------------------------- finding


def traces(database: Database, asked: str) -> Traces:
    """Everything about the person with this identity, in any spelling of it; their other identities lead to more."""
    named, read = identities.written(asked), email.read(asked)
    keys = ({named.key} if named else set()) | ({read.value} if isinstance(read, email.Address) else set())
    as_scraped = leads_as_scraped(database, asked)
    with database.read() as connection:
        lead_ids = _reached(connection, as_scraped, keys)
        leads = _rows(connection, _lead_query(), _lead.c.id, lead_ids)
        deliveries = _rows(connection, _delivery_query(), _delivery.c.lead_id, lead_ids)
        spelled = {*(keys or {asked.strip()}), *_scraped(leads), *(row.address for row in deliveries)} - {""}
        spelled |= _claimed_profiles(connection, [row.id for row in deliveries])
        source_ids = frozenset(row.source_id for row in leads)
        persons = {found.key for text in spelled if (found := identities.written(text)) is not None}
        trials = _trials(connection, source_ids, spelled, persons)
        own = {trial.address for trial in trials if _is_of(trial.address, persons)}
        spelled |= own | _checked_spellings(connection, persons)
    return Traces(
        tuple(lead_ids),
        source_ids,
        frozenset(text.lower() for text in spelled if "@" in text),
        frozenset(persons),
        tuple(map(_traced, deliveries)),
        trials,
    )


def known_places(database: Database) -> dict[Place, str]:
    """Every target that any route has ever used or been bound to, with its title ("" = never known)."""
    return {value(Place, row): row["title"] for row in rows_of(database, "SELECT * FROM place")}


def _reached(connection: Connection, known: Collection[int], asked: Collection[str]) -> list[int]:
    """The leads with an asked key, and those that have another identity of these leads, and so on.

    A shared mailbox (info@) leads on only where it was asked for: else one person's erasure would take a whole office.
    """
    reached, new, seen = set(known), set(asked), set[str]()
    while new or not seen:
        reached |= _leads_of(connection, new)
        seen |= new or {""}
        rows = _rows(connection, sa.select(_lead.c.id, _lead.c.person, _lead.c.profile), _lead.c.id, sorted(reached))
        new = {key for row in rows for key in (row.person, row.profile) if key and not is_shared(key)} - seen
    return sorted(reached)


def _leads_of(connection: Connection, keys: Collection[str]) -> set[int]:
    """By what they are now, by what they were claimed as, and by what they were sent as."""
    claims, addresses = {*keys, *(f"={key}" for key in keys)}, [key for key in keys if "@" in key]
    scopes = sa.select(_scope.c.no)
    claimed = sa.select(_delivery.c.lead_id).join(_claim, _claim.c.delivery_id == _delivery.c.id)
    queries = [
        sa.select(_lead.c.id).where(_lead.c.person.in_(keys), sa.text("lead.person <> ''")),
        sa.select(_lead.c.id).where(_lead.c.profile.in_(keys), sa.text("lead.profile <> ''")),
        claimed.where(_claim.c.scope_no.in_(scopes), _claim.c.person.in_(claims)),
    ]
    if addresses:
        sent = sa.or_(_delivery.c.address.in_(addresses), _delivery.c.address_changed.in_(addresses))
        queries.append(sa.select(_delivery.c.lead_id).where(sent))
    return {int(number) for query in queries for number in connection.execute(query).scalars()}


def _claimed_profiles(connection: Connection, delivery_ids: Sequence[int]) -> set[str]:
    """The profiles that these went to: a delivery's address alone does not name its platform."""
    rows = _rows(connection, sa.select(_claim.c.person), _claim.c.delivery_id, delivery_ids)
    return {row.person for row in rows if "@" not in row.person}


def _lead_query() -> sa.Select[Any]:
    return sa.select(_lead, _campaign.c.id.label("campaign_id")).join(_campaign, _campaign.c.no == _lead.c.campaign_no)


def _delivery_query() -> sa.Select[Any]:
    p = _place.c
    place = (p.vendor, p.workspace, p.kind, p.id.label("place_id"))
    query = sa.select(_delivery, _route.c.name.label("route"), _route.c.client, *place)
    query = query.join(_route, _route.c.no == _delivery.c.route_no)
    return query.outerjoin(_place, p.no == _delivery.c.place_no)


def _rows(connection: Connection, query: sa.Select[Any], by: sa.Column[Any], values: Sequence[int]) -> list[Any]:
    return [row for some in chunks(values) for row in connection.execute(query.where(by.in_(some)).order_by(by))]


def _scraped(leads: Iterable[Any]) -> set[str]:
    texts = {load_lead(row.source_id, row.campaign_id, row.facts).email.strip() for row in leads}
    return {found.value if isinstance(found := email.read(text), email.Address) else text for text in texts} | {
        key for row in leads for key in (row.person, row.profile)
    }


def _place_of(row: Any) -> Place:
    return Place(row.vendor, row.workspace, row.kind, row.place_id)


def _traced(row: Any) -> TracedDelivery:
    place = _place_of(row) if row.place_no else None
    ended = moment(row.ended_at or row.sent_at)
    return TracedDelivery(
        row.id, row.lead_id, row.route, row.client, State(row.state), row.address, place, row.remote_id, ended
    )


def _is_of(address: str, persons: Collection[str]) -> bool:
    found = email.read(address)
    return isinstance(found, email.Address) and found.person in persons


def _checked_spellings(connection: Connection, persons: Collection[str]) -> set[str]:
    """Every spelling of theirs that was validated alone: such a file may have one that no lead ever had."""
    spelled: set[str] = set()
    for person in (person for person in persons if "@" in person):
        # What makes spellings of one person leaves the first letter and, but for gmail.com's other name, the domain.
        own, ended = _checked.c.address.startswith(person[0], autoescape=True), person.rpartition("@")[2]
        for domain in {ended, "googlemail.com"} if ended == "gmail.com" else {ended}:
            there = sa.select(_checked.c.address).where(own, _checked.c.address.endswith(f"@{domain}", autoescape=True))
            spelled |= {address for address in connection.execute(there).scalars() if _is_of(address, {person})}
    return spelled


def _trials(
    connection: Connection, source_ids: Collection[str], addresses: Collection[str], persons: Collection[str]
) -> tuple[TracedTrial, ...]:
    i, p, t = _intent.c, _place.c, _trial.c
    query = sa.select(i.id, i.client, t.address, i.remote_id, p.vendor, p.workspace, p.kind, p.id.label("place_id"))
    query = query.join(_trial, t.intent_id == i.id)
    theirs = sa.or_(t.sample.in_(source_ids), t.address.in_(addresses), t.person.in_(persons))
    query = query.join(_place, p.no == i.place_no).where(theirs)
    return tuple(
        TracedTrial(row.id, row.client, row.address, _place_of(row), row.remote_id) for row in connection.execute(query)
    )


# ------------------------------------------------------------------------------------------------------- export


def everything(database: Database, found: Traces) -> dict[str, Any]:
    """What the ledger holds of the person, for the person: leads, deliveries with their history, suppressions."""
    ids = [delivery.id for delivery in found.deliveries]
    with database.read() as connection:
        known = {one.lead_id for one in found.deliveries} if found.client else set(found.lead_ids)
        leads = _rows(connection, _lead_query(), _lead.c.id, sorted(known))
        deliveries = _rows(connection, _delivery_query(), _delivery.c.id, ids)
        moves = [move for some in history.moves(connection, ids).values() for move in some]
        reactions = _rows(connection, sa.select(_vendor_event), _vendor_event.c.delivery_id, ids)
        alone_checked = sa.select(_checked).where(*_checked_of(found))
        checked = connection.execute(alone_checked.order_by(_checked.c.address)).all()
    entries = [entry for person in sorted(found.persons) for entry in suppressions.entries_about(database, person)]
    about = [entry for entry in entries if not found.client or entry.client in ("", found.client)]
    return {
        "leads": [{**_plain(row), "facts": named_facts(row.facts) if row.facts else None} for row in leads],
        "deliveries": [{**_plain(row), "fields": json.loads(row.fields) if row.fields else None} for row in deliveries],
        "history": [_in_words(move) for move in moves],
        "events": [_plain(event) for event in reactions],
        "do_not_contact": [{"entry": e.value, "reason": e.reason, "origin": e.origin} for e in about],
        "validated_alone": [_plain(row) for row in checked],
        "test_leads": [{"address": trial.address, "target": trial.place.id} for trial in found.trials],
    }


def _checked_of(found: Traces) -> list[sa.ColumnElement[bool]]:
    """Their addresses that were validated alone, with a client those of its files."""
    its = sa.select(_intent.c.id).where(_intent.c.client == found.client)
    addresses = _checked.c.address.in_(found.addresses)
    return [addresses, _checked.c.portion_id.in_(its)] if found.client else [addresses]


def _plain(row: Any) -> dict[str, Any]:
    """A row as it stands, instants in words, without what it does not have."""
    return _in_words(dict(row._mapping))  # noqa: SLF001 - sqlalchemy.Row names its public mapping so


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    for name, stored in row.items():
        if name == "at" or name.endswith("_at"):
            at = moment(stored)
            row[name] = at.isoformat() if at else None
    return {name: said for name, said in row.items() if said not in ("", None)}


# --------------------------------------------------------------------------------------------------------- erasing


@transaction()
def begin_erasure(
    connection: Connection, persons: Collection[str], asked_by: str, now: datetime, client: str = ""
) -> int:
    """Write down that a person is to be erased, and suppress them from this moment on; the number of the request.

    With `client` for that client alone.
    """
    entries = [Suppression("", key, "erased on request", ERASED, client=client) for key in persons]
    suppressions.add_to(connection, entries, now=now)
    removals.forget(connection, sorted(persons))
    person = secrecy.hashed(secrecy.key_of(connection, make=True), min(persons))
    row = {"person": person, "asked_by": asked_by, "status": "begun", "began_at": milliseconds(now)}
    return int(connection.execute(sa.insert(_erasure).values(row).returning(_erasure.c.no)).scalar_one())


@transaction()
def end_erasure(connection: Connection, number: int, *, status: str, done: Mapping[str, Any], now: datetime) -> None:
    """Write down what an erasure did and what it could not reach; `done` must hold nothing that says who it was."""
    values = {"status": status, "done": json.dumps(dict(done), sort_keys=True), "ended_at": milliseconds(now)}
    connection.execute(sa.update(_erasure).where(_erasure.c.no == number).values(values))


def erase(database: Database, found: Traces, number: int, now: datetime, held: Mapping[int, int]) -> None:
    """Take the person out of the ledger, in one transaction. `held` are the leases of their routes: number and epoch.

    Raises Busy where one of them has gone to another process: then nothing is erased.
    """
    _erase(database, found, number, now, held)
    empty_log(database)


@transaction()
def _erase(connection: Connection, found: Traces, number: int, now: datetime, held: Mapping[int, int]) -> None:
    ids = [delivery.id for delivery in found.deliveries]
    for route_no, epoch in sorted(held.items()):
        if not leases.held(connection, route_no, epoch):
            raise Busy("Another process has taken a route of this person over. Nothing was erased in the ledger.")
    if connection.dialect.name == "sqlite":
        # Not every build of SQLite overwrites what it deletes; PostgreSQL's autovacuum sees to its own pages.
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    _scrub_leads(connection, found.lead_ids)
    hold(connection, ids)
    wake_capped(connection, ids)
    _scrub_deliveries(connection, ids, now)
    free_claims(connection, ids)
    if found.client:  # other clients may meet the person again
        leads = _rows(connection, sa.select(_lead.c.id, _lead.c.source_id), _lead.c.id, found.lead_ids)
        note_erased(connection, (), {row.source_id for row in leads}, number, now)
    else:
        note_erased(connection, found.persons, found.source_ids, number, now)
    hide_stored_ids(connection, found.lead_ids)
    _scrub_rest(connection, found, ids)


def empty_log(database: Database) -> None:
    """SQLite's log keeps what its pages held before, for as long as any process has the ledger open."""
    if database.dialect == "sqlite":
        with database.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _scrub_leads(connection: Connection, lead_ids: Sequence[int]) -> None:
    facts = dump_lead(Lead(id="", campaign_id="", problem=PROBLEM_ERASED))
    values = {"person": "", "profile": "", "username": "", "validation": "", "facts": facts, "digest": 0}
    for some in chunks(lock(connection, _lead, lead_ids)):
        connection.execute(sa.update(_lead).where(_lead.c.id.in_(some)).values(values))


def _scrub_deliveries(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    d = _delivery.c
    blank = dict.fromkeys(
        ["detail", "domain", "remote_id", "address_changed", "address", "fields", "remote_status"], ""
    )
    zero = dict.fromkeys(("waits_for", "expires_at", "not_before", "asked_at", "absent_at", "stale"), 0)
    held = {"state": State.HELD, "reason": Reason.ERASED, "origin": Origin.LOCAL}
    for some in chunks(ids):
        history.keep(connection, list(some))
        connection.execute(sa.update(_event).where(_event.c.delivery_id.in_(some)).values(detail=""))
        connection.execute(sa.delete(_pending).where(_pending.c.delivery_id.in_(some)))
        connection.execute(sa.update(_delivery).where(d.id.in_(some)).values({**blank, **zero, **held}))
    moved = [{**held, "delivery_id": one, "at": milliseconds(now), "detail": ""} for one in ids]
    if moved:
        connection.execute(sa.insert(_event), moved)


def _scrub_rest(connection: Connection, found: Traces, ids: Sequence[int]) -> None:
    """Test leads, addresses that were validated alone, and what batches and runs say in words."""
    for trial in found.trials:
        theirs = {"sample": ""}
        if trial.address in found.addresses:
            theirs |= {"address": "", "person": ""}
            connection.execute(sa.update(_intent).where(_intent.c.id == trial.id).values(detail=""))
        connection.execute(sa.update(_trial).where(_trial.c.intent_id == trial.id).values(theirs))
    connection.execute(sa.delete(_checked).where(*_checked_of(found)))
    for some in chunks(ids):
        # That it bounced or replied stays, without the person: the sums go on adding up.
        connection.execute(sa.update(_vendor_event).where(_vendor_event.c.delivery_id.in_(some)).values(detail=""))
    mine = _post.c.client == found.client if found.client else sa.true()
    for address in found.addresses:
        named = sa.and_(mine, sa.func.lower(_post.c.body).contains(address, autoescape=True))
        connection.execute(sa.update(_post).where(named).values(body="", worked_at=1, verdict="erased"))
    carried = sa.select(_delivery.c.batch_id).where(_delivery.c.id.in_(ids[:900]))
    of_person = _intent.c.id.in_(
        sa.union(carried, sa.select(_event.c.batch_id).where(_event.c.delivery_id.in_(ids[:900])))
    )
    of_client = sa.select(_route.c.no).where(_route.c.client == found.client)
    runs = _run.c.route_no.in_(of_client) if found.client else sa.true()
    for address in found.addresses:
        _blot(connection, _intent, _intent.c.detail, address, of_person)
        _blot(connection, _intent, _intent.c.facts, address, of_person)
        _blot(connection, _run, _run.c.document, address, runs)


def _blot(connection: Connection, of: sa.Table, column: sa.Column[str], address: str, where: Any) -> None:
    """Black the address out wherever the text has it, in any case of letters as it was spelt."""
    named = sa.and_(where, sa.func.lower(column).contains(address, autoescape=True))
    for row in connection.execute(sa.select(*of.primary_key.columns, column).where(named)).all():
        text = re.sub(re.escape(address), "(erased)", str(row[-1]), flags=re.IGNORECASE)
        key = next(iter(of.primary_key.columns))
        connection.execute(sa.update(of).where(key == row[0]).values({column.name: text}))
