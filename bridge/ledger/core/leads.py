"""Statements that store what was read and what was decided of it: one transaction a page. Sends nothing.

`record_page` stores a page of a sweep; `record_decisions` what the rules say now of leads stored before.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy.engine import Connection

from bridge.errors import Busy
from bridge.hygiene import email, identities
from bridge.lazy import dataclass
from bridge.ledger import hot
from bridge.ledger.core import leases
from bridge.ledger.core.campaigns import KnownCampaign, bump_revision
from bridge.ledger.core.decisions import Deciding, StoredLead, Writing, record
from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.facts import digest, dump_lead
from bridge.ledger.hot import Row
from bridge.ledger.people.erased import hide_ids, wipe_ranks, without_erased
from bridge.ledger.texts import storable
from bridge.model import PROBLEM_ERASED, Decision, Lead


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


@transaction(durable=False, again=True)
def _record_page(
    connection: Connection,
    deciding: Deciding,
    campaign: KnownCampaign,
    latest: Mapping[str, tuple[Lead, Decision]],
    rows: Mapping[str, Row],
) -> int:
    _check_epoch(connection, deciding, alone=False)  # new leads concern no batch: they need not wait for its claim
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
        _check_epoch(connection, deciding)
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


@transaction(durable=False, again=True)
def record_decisions(
    connection: Connection, deciding: Deciding, decided: Sequence[tuple[StoredLead, Decision]]
) -> None:
    """Store what the rules say now of leads that are in the ledger already, in one transaction."""
    _check_epoch(connection, deciding)
    record(connection, deciding, decided)


def _check_epoch(connection: Connection, deciding: Deciding, *, alone: bool = True) -> None:
    if deciding.epoch and not leases.held(connection, deciding.route_no, deciding.epoch, alone=alone):
        raise Busy("Another process has taken this route over; that process reads it again.")


def note_frozen(database: Database, deciding: Deciding, campaign: KnownCampaign, *, size: int = 5_000) -> None:
    """Note these rules on frozen deliveries of the campaign: no decision would change anything else of them.

    `undecided_leads` then reads only those whose facts have changed. With `deciding.updates` it reads all: what was
    sent is compared with what would be sent now.
    """
    after = ""
    while not deciding.updates:
        with database.read() as connection:
            ((border,),) = _border.ask(connection, campaign.no, after, size)
        if border is None:
            return
        _note_frozen(database, deciding, campaign.no, after, border)
        after = border


@transaction(durable=False)
def _note_frozen(connection: Connection, deciding: Deciding, campaign_no: int, after: str, border: str) -> None:
    _check_epoch(connection, deciding)
    by = deciding.decided_by
    _frozen.take(connection, by, deciding.route_no, campaign_no, after, border, by)


_border = hot.Question(
    tuple,
    """
    SELECT max(source_id) FROM (
        SELECT source_id FROM lead WHERE campaign_no = [?] AND source_id > [?] ORDER BY source_id LIMIT [?]
    ) AS piece
    """,
)
# What is being sent may come back, and is then decided: it is read. SQLite joins in the order that is written.
_frozen = hot.Step(
    """
    UPDATE delivery SET decided_by = [?] WHERE id IN (
        SELECT d.id FROM lead l CROSS JOIN delivery d
        WHERE d.lead_id = l.id AND d.route_no = [?] AND l.campaign_no = [?] AND l.source_id > [?] AND l.source_id <= [?]
            AND d.state NOT IN ('held', 'ready', 'sending') AND d.decided_by <> [?]
        ORDER BY d.id [for update of d]
    )
    """
)


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
    if connection.dialect.name == "sqlite":
        (last,) = hot.last_lead.ask(connection)
        return range(last + 1, last + count + 1)
    return hot.lead_numbers.ask(connection, count)[0] if count else []


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
