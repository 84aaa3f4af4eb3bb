"""Statements that store what was read and what was decided of it: one transaction a page. Sends nothing.

`record_page` stores a page of a sweep; `record_decisions` what the rules say now of leads stored before.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.errors import Busy
from bridge.hygiene import email, identities
from bridge.lazy import dataclass
from bridge.ledger import hot
from bridge.ledger.core import leases
from bridge.ledger.core.campaigns import KnownCampaign, bump_revision
from bridge.ledger.core.decisions import Deciding, StoredLead, Writing, record
from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.facts import digest, dump_lead, load_lead, storable
from bridge.ledger.hot import Row
from bridge.ledger.people.erased import hide_ids, wipe_ranks, without_erased
from bridge.ledger.statements import chunks, tables
from bridge.model import PROBLEM_ERASED, Decision, Lead, State

_campaign, _lead, _delivery = tables("campaign", "lead", "delivery")


def person_of(lead: Lead) -> str:
    """The canonical key of the lead's address; "" where it has none that can be read."""
    found = email.read(lead.email) if lead.email and not lead.email_masked else None
    return found.person if isinstance(found, email.Address) else ""


def record_page(
    database: Database, deciding: Deciding, campaign: KnownCampaign, decided: Sequence[tuple[Lead, Decision]]
) -> int:
    """Store a page of leads and what the rules say of each, in one transaction; how many were new or had changed.

    A lead that comes twice is stored as it came last.
    """
    # Before the transaction: others wait for it.
    latest = {pair[0].id: pair for pair in decided}
    rows = {key: _columns(lead) for key, (lead, _) in latest.items()}
    return _record_page(database, deciding, campaign, latest, rows)


@transaction(durable=False)
def _record_page(
    connection: Connection,
    deciding: Deciding,
    campaign: KnownCampaign,
    latest: Mapping[str, tuple[Lead, Decision]],
    rows: Mapping[str, Row],
) -> int:
    _check_epoch(connection, deciding)
    decided = list(latest.values())
    concealed = hide_ids(connection, campaign.no, decided)
    page = without_erased(connection, decided)
    if page is not decided:
        latest = {pair[0].id: pair for pair in page}
        rows = {
            key: _columns(lead) if lead.problem == PROBLEM_ERASED else rows[key] for key, (lead, _) in latest.items()
        }
    stored = _store_leads(connection, deciding, campaign, latest, rows)
    created = milliseconds(campaign.campaign.created_at)
    if stored.open:
        places = ((place, latest[key]) for key, place in stored.open.items())
        record(
            connection, deciding, [(StoredLead(*place, campaign.no, created, lead), to) for place, (lead, to) in places]
        )
    # No route can have decided a lead that was not stored a moment ago.
    writing = Writing(deciding)
    for key, lead_id in stored.new.items():
        writing.insert(lead_id, stored.revision, created, *latest[key])
    writing.flush(connection)
    wipe_ranks(connection, concealed)
    # From its first page on, the campaign is one the route must ask again when its source changes.
    hot.meet_campaigns.run(connection, [(deciding.route_no, campaign.no)])
    return stored.changed


@transaction(durable=False)
def record_decisions(
    connection: Connection, deciding: Deciding, decided: Sequence[tuple[StoredLead, Decision]]
) -> None:
    """Store what the rules say now of leads that are in the ledger already, in one transaction."""
    _check_epoch(connection, deciding)
    record(connection, deciding, decided)


def _check_epoch(connection: Connection, deciding: Deciding) -> None:
    if deciding.epoch and not leases.held(connection, deciding.route_no, deciding.epoch):
        raise Busy("Another process has taken this route over; that process reads it again.")


def undecided_leads(
    database: Database, deciding: Deciding, campaign: KnownCampaign, *, size: int = 500
) -> Iterator[list[StoredLead]]:
    """Leads of the campaign whose delivery on this route is missing, stale, or decided by other rules or facts."""
    where = sa.and_(
        _lead.c.campaign_no == campaign.no,
        sa.or_(
            _delivery.c.id.is_(None),
            _delivery.c.decided_by != deciding.decided_by,
            _delivery.c.lead_revision != _lead.c.revision,
            _delivery.c.stale == 1,
        ),
    )
    yield from _paged(database, deciding.route_no, where, _lead.c.source_id, size)


def stale_leads(database: Database, route_no: int, *, size: int = 500) -> Iterator[list[StoredLead]]:
    """Leads of the route that are to be decided again, because what they waited for has changed."""
    where = sa.and_(_delivery.c.stale == 1, _delivery.c.route_no == route_no)
    yield from _paged(database, route_no, where, _delivery.c.id, size)


def leads_of(database: Database, delivery_ids: Sequence[int]) -> Mapping[int, StoredLead]:
    """The stored lead behind each delivery."""
    query = (
        _select().join(_delivery, _delivery.c.lead_id == _lead.c.id).add_columns(_delivery.c.id.label("delivery_id"))
    )
    found: dict[int, StoredLead] = {}
    with database.read() as connection:
        for some in chunks(delivery_ids):
            for row in connection.execute(query.where(_delivery.c.id.in_(some))):
                found[row.delivery_id] = _loaded(row)
    return found


def stored_leads(database: Database, route_no: int, campaign: KnownCampaign) -> Iterator[list[StoredLead]]:
    """Every lead of the campaign that the ledger holds, in pieces."""
    yield from _paged(database, route_no, _lead.c.campaign_no == campaign.no, _lead.c.source_id, 500)


def states_of(database: Database, route_no: int, campaign_id: str, source_ids: Sequence[str]) -> dict[str, State]:
    """Where leads of a campaign stand on the route, by their source id; those it does not know are left out."""
    query = (
        sa.select(_lead.c.source_id, _delivery.c.state)
        .join(_campaign, _campaign.c.no == _lead.c.campaign_no)
        .join(_delivery, sa.and_(_delivery.c.lead_id == _lead.c.id, _delivery.c.route_no == route_no))
        .where(_campaign.c.id == campaign_id)
    )
    with database.read() as connection:
        return {
            row.source_id: State(row.state)
            for some in chunks(source_ids)
            for row in connection.execute(query.where(_lead.c.source_id.in_(some)))
        }


# ------------------------------------------------------------------------------------------------------------ leads


@dataclass(frozen=True, slots=True)
class _Stored:
    """A page as it stands in the ledger now, by source id.

    `open` are those known before that the route has not decided as they are now, with number and revision. The `new`
    ones come with their number; `revision` is that of whatever is new or changed, `changed` how many these are.
    """

    open: Mapping[str, tuple[int, int]]
    new: Mapping[str, int]
    revision: int
    changed: int


def _store_leads(
    connection: Connection,
    deciding: Deciding,
    campaign: KnownCampaign,
    page: Mapping[str, tuple[Lead, Decision]],
    rows: Mapping[str, Row],
) -> _Stored:
    """Store what is new or has changed of a page, whose leads have these `_columns`, by source id."""
    # Two routes may sweep one campaign at once: the second waits here until the first has stored its page.
    # At revision 0 no lead was ever stored.
    some_known = hot.campaign_revision.ask(connection, campaign.no) != [0]
    given = (deciding.decided_by, deciding.route_no, campaign.no, list(rows))
    known = {lead.source_id: lead for lead in hot.known_leads.ask(connection, *given)} if some_known else {}
    updated = {key for key, found in known.items() if _has_changed(found, rows[key][-1], page[key][0])}
    new = [key for key in rows if key not in known] if known else list(rows)
    changed = len(updated) + len(new)
    revision = bump_revision(connection, campaign.no) if changed else 0
    # By number, the order in which every process locks them.
    hot.update_leads.run(connection, sorted((known[key].id, revision, *rows[key]) for key in updated))
    numbers = _numbers(connection, len(new))
    common = campaign.no, revision, milliseconds(deciding.now)
    hot.insert_leads.run(connection, [(no, *common, key, *rows[key]) for no, key in zip(numbers, new, strict=True)])
    places = {
        key: (found.id, revision if key in updated else found.revision)
        for key, found in known.items()
        if key in updated or not found.is_decided
    }
    return _Stored(places, dict(zip(new, numbers, strict=True)), revision, changed)


def _numbers(connection: Connection, count: int) -> Sequence[int]:
    """Numbers for so many new leads: those that the database itself would have given them."""
    if connection.dialect.name != "sqlite":
        return hot.lead_numbers.ask(connection, count)
    (last,) = hot.last_lead.ask(connection)
    return range(last + 1, last + count + 1)


def _has_changed(before: hot.Known, facts: str, lead: Lead) -> bool:
    """Whether these are not the facts that were stored; of those that were pruned the digest is left.

    Versions before 0014 stored them in the other form.
    """
    if before.facts:
        return before.facts != facts and before.facts != dump_lead(lead, listed=False)
    return before.digest not in (digest(facts), digest(dump_lead(lead, listed=False)))


def _columns(lead: Lead) -> Row:
    """What changes with the facts, in the order of `hot.FACTS`."""
    person, profile = person_of(lead), identities.profile(lead)
    username = storable(lead.username[:100].lower())
    validation = "masked" if lead.email_masked else storable(lead.validation[:40])
    return person, profile.key if profile else "", username, validation, dump_lead(lead, listed=person != "")


def _select() -> sa.Select[Any]:
    return sa.select(
        _lead.c.id,
        _lead.c.campaign_no,
        _lead.c.source_id,
        _lead.c.revision,
        _lead.c.facts,
        _campaign.c.id.label("campaign_id"),
        _campaign.c.created_at,
    ).join(_campaign, _campaign.c.no == _lead.c.campaign_no)


def _paged(
    database: Database, route_no: int, where: sa.ColumnElement[bool], by: sa.Column[Any], size: int
) -> Iterator[list[StoredLead]]:
    """Leads of the route in pieces, by a column whose index serves `where`, so that no piece sorts the rest."""
    joined = sa.and_(_delivery.c.lead_id == _lead.c.id, _delivery.c.route_no == route_no)
    query = _select().outerjoin(_delivery, joined).add_columns(by.label("place")).where(where).order_by(by).limit(size)
    after = None
    while True:
        with database.read() as connection:
            rows = connection.execute(query if after is None else query.where(by > after)).all()
        if not rows:
            return
        after = rows[-1].place
        yield [_loaded(row) for row in rows]


def _loaded(row: Any) -> StoredLead:
    lead = load_lead(row.source_id, row.campaign_id, row.facts)
    return StoredLead(row.id, row.revision, row.campaign_no, row.created_at, lead)
