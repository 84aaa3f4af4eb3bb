"""Statements that write what was decided of leads into their deliveries. Decides nothing itself, sends nothing.

A delivery that has left `held` and `ready` is frozen: of a new decision only a changed address is noted on it.
Claims are freed only of deliveries that are locked, and that still are what was read.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.hygiene import email, identities
from bridge.lazy import dataclass
from bridge.ledger import hot
from bridge.ledger.core.asking import ask_first, asked_before
from bridge.ledger.core.freeing import hold, release
from bridge.ledger.database import milliseconds
from bridge.ledger.fields import dump_fields
from bridge.ledger.hot import Row
from bridge.ledger.statements import chunks, insert_or_ignore, tables
from bridge.ledger.texts import storable
from bridge.model import PROBLEM_PRUNED, Decision, Deliver, Lead, Origin, Reason, State

_delivery, _pending = tables("delivery", "pending_change")


class StoredLead(NamedTuple):
    """A lead of the ledger with what a decision about it needs to be recorded."""

    id: int
    revision: int
    campaign_no: int
    campaign_created_at: int
    lead: Lead


@dataclass(frozen=True, slots=True)
class Deciding:
    """Under which route and which rules decisions are made, and when. `decided_by` is the key of rules and mapping.

    `epoch` is that of the route's lease; only its holder records. 0 says that no other process can be about. With
    `updates`, a delivered lead whose fields are decided otherwise now is to be changed in its target.
    """

    route_no: int
    decided_by: str
    now: datetime
    epoch: int = 0
    updates: bool = False


class Before(NamedTuple):
    """A delivery with what a new decision about its lead is compared with; `hot.DECIDED` in its order."""

    id: int
    lead_id: int
    state: str
    reason: str
    origin: str
    detail: str
    decided_by: str
    decided_at: int
    lead_revision: int
    stale: int
    waits_for: int
    rank: str
    address: str
    fields: str
    domain: str
    expires_at: int
    address_changed: str
    batch_id: int
    asked_at: int
    absent_at: int

    def is_as(self, values: Row) -> bool:
        """Whether these `values` of a new decision change nothing but by which rules it was made, and when."""
        return self[2:6] == values[:4] and self[8:16] == values[6:]


_deliveries_of = hot.Question(
    Before,
    """
    SELECT id, lead_id, state, reason, origin, detail, decided_by, decided_at, lead_revision, stale, waits_for, rank,
        address, CASE WHEN [?] = 1 OR state IN ('held', 'ready') THEN fields ELSE '' END, domain, expires_at,
        address_changed, batch_id, asked_at, absent_at
    FROM delivery WHERE route_no = [?] AND lead_id IN [numbers]
    """,
)


def record(connection: Connection, deciding: Deciding, decided: Sequence[tuple[StoredLead, Decision]]) -> None:
    """Write decisions about leads that may have a delivery already, within the caller's transaction."""
    ids = [stored.id for stored, _ in decided]
    # What was sent only where it is compared.
    found = _deliveries_of.ask(connection, int(deciding.updates), deciding.route_no, ids)
    known = {row.lead_id: row for row in found}
    writing = Writing(deciding)
    for stored, decision in decided:
        writing.take(known.get(stored.id), stored, decision)
    # Only now is it clear whose claims may be freed, and those are locked first. Of a delivery that is not what was
    # read any more nothing is written, and nothing freed: it is asked again.
    if writing.freed:
        hold(connection, writing.concerned, leaving=writing.freed)
    moved = _moved_since(connection, known, writing.concerned)
    writing.drop(moved)
    writing.flush(connection)
    for some in chunks(sorted(moved)):
        waiting = (_delivery.c.id.in_(some), _delivery.c.state.in_((State.HELD, State.READY)))
        connection.execute(sa.update(_delivery).where(*waiting).values(stale=1))


def _moved_since(connection: Connection, known: Mapping[int, Before], ids: Sequence[int]) -> set[int]:
    """Those that are in another state or batch than was read; from now on they are locked, by number."""
    if connection.dialect.name == "sqlite":
        return set()
    before = {row.id: (row.state, row.batch_id) for row in known.values()}
    now = {row.id: (row.state, row.batch_id) for row in hot.standing.ask(connection, list(ids))}
    return {some for some in ids if now.get(some) != before[some]}


# No index has these columns.
_confirm = hot.Step(
    "UPDATE delivery SET decided_by = [?], decided_at = [?] WHERE id IN [numbers] AND state IN ('held', 'ready')"
)

_STATE, _REASON, _ADDRESS = (hot.DECIDED.index(name) for name in ("state", "reason", "address"))


class Writing:
    """Collects the rows that a page of decisions writes, so that each kind is one statement."""

    def __init__(self, deciding: Deciding) -> None:
        self.deciding = deciding
        self.decided_at = milliseconds(deciding.now)
        self.held: list[Row] = []
        self.ready: list[Row] = []
        self.confirmed: list[int] = []
        self.updated: list[Row] = []
        self.noted: list[Row] = []
        self.events: list[Row] = []
        self.freed: list[int] = []
        self.doubted: list[int] = []
        self.changed: list[int] = []

    def insert(self, lead_id: int, revision: int, campaign_created_at: int, lead: Lead, decision: Decision) -> None:
        """The first decision about a lead on this route."""
        by = self.deciding
        new = by.route_no, lead_id, by.decided_by, self.decided_at, revision
        if isinstance(decision, Deliver):
            self.ready.append((*new, *_going(campaign_created_at, lead, decision)))
        else:
            self.held.append((*new, decision.reason.value, storable(decision.detail)))

    def take(self, row: Before | None, stored: StoredLead, decision: Decision) -> None:
        """A decision about a lead that may have a delivery already: its row, or None."""
        if row is None:
            self.insert(stored.id, stored.revision, stored.campaign_created_at, stored.lead, decision)
            return
        if not row.stale and row.decided_by == self.deciding.decided_by and row.lead_revision == stored.revision:
            return
        if row.state not in (State.HELD, State.READY):
            self._note(row, stored)
            if self.deciding.updates and row.state in _MAY_BE_THERE and _sends_other_fields(decision, row):
                self.changed.append(row.id)
            return
        values = self._values(stored.revision, stored.campaign_created_at, stored.lead, decision)
        if row.is_as(values):
            self.confirmed.append(row.id)
            return
        # One that was never in a batch has no claim.
        owns = row.state == State.READY and row.batch_id
        leaves = owns and (values[_STATE] == State.HELD or values[_ADDRESS] != row.address)
        if leaves and asked_before(row):
            self.doubted.append(row.id)
            self._note(row, stored)
            return
        self.updated.append((row.id, *values))
        # A lead that waits for the pace is as ready as it was decided.
        why = (Reason.OK.value, _LOCAL, "") if row.reason == Reason.PACED else (row.reason, row.origin, row.detail)
        if (row.state, why[0]) != (values[_STATE], values[_REASON]):
            # What is overwritten goes into the history too: the first decision stands nowhere else.
            self.events.append((row.id, row.decided_at, row.state, *why, 0))
            self.events.append((row.id, self.decided_at, *values[:4], 0))
        if leaves:
            self.freed.append(row.id)

    @property
    def concerned(self) -> list[int]:
        """The deliveries that are there already and are to be changed."""
        return [*self.confirmed, *(row[0] for row in (*self.updated, *self.noted))]

    def drop(self, ids: Collection[int]) -> None:
        """Write nothing of these deliveries."""
        if ids:
            for rows in (self.updated, self.noted, self.events):
                rows[:] = [row for row in rows if row[0] not in ids]
            self.confirmed = [some for some in self.confirmed if some not in ids]
            self.freed = [some for some in self.freed if some not in ids]
            self.doubted = [some for some in self.doubted if some not in ids]
            self.changed = [some for some in self.changed if some not in ids]

    def flush(self, connection: Connection) -> None:
        """Write everything down."""
        hot.insert_held.run(connection, self.held)
        hot.insert_ready.run(connection, self.ready)
        if self.confirmed:
            _confirm.take(connection, self.deciding.decided_by, self.decided_at, self.confirmed)
        hot.update_deliveries.run(connection, self.updated)
        hot.note_deliveries.run(connection, self.noted)
        hot.insert_events.run(connection, self.events)
        if self.changed:
            rows = [{"delivery_id": one, "kind": _UPDATE, "route_no": self.deciding.route_no} for one in self.changed]
            connection.execute(insert_or_ignore(connection, _pending), rows)
        ask_first(connection, self.doubted, self.deciding.now)
        release(connection, self.freed)

    def _note(self, row: Before, stored: StoredLead) -> None:
        now_at = _address_now(stored.lead, row.address)
        changed = now_at if now_at and row.address and now_at != row.address else ""
        if stored.lead.problem == PROBLEM_PRUNED:
            changed = row.address_changed  # what was noted stays: the facts behind it are gone
        # What is under way may come back ready, to be claimed only after a decision about the lead as it is by then.
        stale = int(row.state == State.SENDING)
        self.noted.append((row.id, self.deciding.decided_by, stored.revision, stale, changed))

    def _values(self, revision: int, created: int, lead: Lead, decision: Decision) -> Row:
        """What a decision writes, in the order of `hot.DECIDED`."""
        by = self.deciding.decided_by, self.decided_at, revision, 0, 0
        if isinstance(decision, Deliver):
            return (*_OK, "", *by, *_going(created, lead, decision))
        # Without a rank: the decision that makes it ready gives it one, and most held leads never are.
        return (_HELD, decision.reason.value, _LOCAL, storable(decision.detail), *by, "", "", "", "", 0)


def _going(campaign_created_at: int, lead: Lead, decision: Deliver) -> Row:
    """What only a ready delivery has, in the order of `hot.READY`."""
    rank, address = _rank(campaign_created_at, lead), storable(decision.address)
    return rank, address, dump_fields(decision.fields), decision.domain, milliseconds(decision.expires_at)


def _rank(campaign_created_at: int, lead: Lead) -> str:
    """What orders leads that are ready together: campaign's createdAt, then scrapedAt, then _id; unknown ones last."""
    created = campaign_created_at or _UNKNOWN
    scraped = milliseconds(lead.scraped_at) or _UNKNOWN
    return f"{created:013d}{scraped:013d}{storable(lead.id)}"


_UNKNOWN = int(hot.UNDATED)


def _address_now(lead: Lead, before: str) -> str:
    """Where the lead would be reached now, by the kind of identity that it was reached by; "" where it cannot be."""
    if "@" not in before:
        profile = identities.profile(lead)
        return profile.value if profile else ""
    found = email.read(lead.email) if lead.email and not lead.email_masked else None
    return found.value if isinstance(found, email.Address) else ""


_UPDATE = "update"  # as the intent's kind, which stands above this module
_MAY_BE_THERE = (State.DELIVERED, State.SENDING, State.IN_DOUBT)


def _sends_other_fields(decision: Decision, row: Before) -> bool:
    """Whether the same person would get other fields now. What was sent may be pruned: then nothing is compared."""
    same = isinstance(decision, Deliver) and storable(decision.address) == row.address and row.fields
    return bool(same) and dump_fields(decision.fields) != row.fields  # type: ignore[union-attr]  # `same` says so


_HELD, _LOCAL = State.HELD.value, Origin.LOCAL.value
_OK = (State.READY.value, Reason.OK.value, _LOCAL)
