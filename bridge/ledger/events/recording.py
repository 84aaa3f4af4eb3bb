"""Writes down what vendors report of leads: each event once, however often, in whatever order and wherever reported.

A row only ever grows: earlier first times, later latest times, more places that showed it. So a page that is recorded
again after a kill, on another host, or also by a webhook, changes nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger.database import milliseconds, transaction
from bridge.ledger.events.attaching import Owner, owners, person_of
from bridge.ledger.people import secrecy
from bridge.ledger.people.removals import LIFTED
from bridge.ledger.sql import execute
from bridge.ledger.statements import among, chunks, insert_or_ignore, table
from bridge.ledger.texts import storable
from bridge.model import ONCE, EventKind, ReportedEvent, Witness

_event = table("vendor_event")

_CREDIBLE_MS = 24 * 3_600_000
"""How far a vendor's time may lie before the delivery or after now; clocks and zones differ by less."""

_ENOUGH = 2
"""An event that two rounds have reported is certain: further ones need not be counted."""


@dataclass(slots=True)
class Recorded:
    """What was new: events by route and kind, events of other senders' leads, and times that cannot be."""

    new: Counter[tuple[int, EventKind]] = field(default_factory=Counter)
    apart: int = 0
    incredible: int = 0

    def add(self, other: "Recorded") -> None:
        """Count another page too."""
        self.new.update(other.new)
        self.apart += other.apart
        self.incredible += other.incredible


@dataclass(frozen=True, slots=True)
class _Row:
    """One event as it is to stand in the ledger. `at` is in milliseconds, 0 for no credible time."""

    delivery_id: int
    kind: EventKind
    subject: str
    route_no: int
    place_no: int
    at: int
    witness: int
    learnt: str
    detail: str

    @property
    def key(self) -> tuple[int, str, str]:
        """The primary key."""
        return (self.delivery_id, self.subject, self.kind)


def record_in(connection: Connection, events: Sequence[ReportedEvent], round_at: datetime) -> Recorded:
    """Record one page, within the caller's transaction. `round_at` is when the round began, by the ledger's clock."""
    done, now = Recorded(), milliseconds(round_at)
    found = owners(connection, events)
    rows = [_row(connection, one, found.get(index), now, done) for index, one in enumerate(events)]
    known = _known(connection, rows)
    # In one order in every process, or two that record the same events would wait for each other.
    for row in sorted(_merged(rows), key=lambda row: row.key):
        before = known.get(row.key)
        if before is None and _insert(connection, row, now):
            done.apart += not row.delivery_id
            done.new[(row.route_no, row.kind)] += 1 if row.delivery_id else 0
        elif before is None or _adds_to(before, row, now):
            _merge(connection, row, now)
    _drop_attached(connection, [events[index] for index in found])
    done.new = +done.new
    return done


record = transaction()(record_in)
"""The same in a transaction of its own."""


def _row(connection: Connection, one: ReportedEvent, owner: Owner | None, now: int, done: Recorded) -> _Row:
    """The event as a row; one that no delivery of ours owns is under a hash of who it is about."""
    at, learnt, detail = milliseconds(one.at), one.witness.learnt.value, storable(one.detail[:200])
    if one.at is not None and not (owner.sent_at if owner else 0) - _CREDIBLE_MS <= at <= now + _CREDIBLE_MS:
        done.incredible += 1
        at = 0
    if owner is not None:
        return _Row(owner.id, one.kind, "", owner.route_no, owner.place_no, at, int(one.witness), learnt, detail)
    subject = hidden(secrecy.key_of(connection, make=True), one)
    query = "SELECT no FROM place WHERE vendor = :vendor AND workspace = :workspace AND kind = :kind AND id = :id"
    place = {name: getattr(one.place, name) for name in ("vendor", "workspace", "kind", "id")}
    place_no = int(execute(connection, query, **place).scalar() or 0)  # 0: the ledger does not know the target
    return _Row(0, one.kind, subject, 0, place_no, at, int(one.witness), learnt, detail)


def hidden(key: bytes, one: ReportedEvent) -> str:
    """The subject of an event of another sender's lead: who that is does not concern us."""
    return secrecy.hashed(key, f"{one.place.scope} {person_of(one) or one.address or one.remote_id}")


def _merged(rows: Sequence[_Row]) -> list[_Row]:
    """One row for each key: two mails of one lead on a page are one event."""
    merged: dict[tuple[int, str, str], _Row] = {}
    for row in rows:
        other = merged.setdefault(row.key, row)
        if other is not row:
            # Both times are kept: the later is written first, and the earlier merged into it.
            merged[row.key] = replace(other, witness=other.witness | row.witness, at=max(other.at, row.at))
    earlier = [row for row in rows if 0 < row.at < merged[row.key].at]
    return [*merged.values(), *earlier]


def _known(connection: Connection, rows: Sequence[_Row]) -> dict[tuple[int, str, str], Mapping[str, Any]]:
    ids = sorted({row.delivery_id for row in rows if row.delivery_id})
    subjects = sorted({row.subject for row in rows if row.subject})
    found = [
        *among(connection, "SELECT * FROM vendor_event WHERE delivery_id IN :some", ids),
        *among(connection, "SELECT * FROM vendor_event WHERE delivery_id = 0 AND subject IN :some", subjects),
    ]
    return {(row["delivery_id"], row["subject"], row["kind"]): dict(row) for row in found}


def _insert(connection: Connection, row: _Row, now: int) -> bool:
    """Write it down; False where it has come to be there meanwhile."""
    values = {
        "delivery_id": row.delivery_id, "kind": row.kind.value, "subject": row.subject, "route_no": row.route_no,
        "place_no": row.place_no, "first_at": row.at, "latest_at": row.at, "noted_at": now, "seen_at": now,
        "sightings": 1, "witnesses": row.witness, "learnt": row.learnt, "detail": row.detail,
    }  # fmt: skip
    written = insert_or_ignore(connection, _event).values(values).returning(_event.c.kind)
    return connection.execute(written).first() is not None


def _adds_to(before: Mapping[str, Any], row: _Row, now: int) -> bool:
    """Whether the row in the ledger would change."""
    first, latest = before["first_at"], before["latest_at"]
    if row.at:
        first = min(first, row.at) if first else row.at
        latest = first if row.kind in ONCE else max(latest, row.at)
    return bool(
        (first, latest) != (before["first_at"], before["latest_at"])
        or row.witness & ~before["witnesses"]
        or (before["seen_at"] < now and before["sightings"] < _ENOUGH)
        or (row.detail and not before["detail"])
        or (before["consequence"] == LIFTED and row.at > before["acted_at"] and _is_dated(row))
    )


def _is_dated(row: _Row) -> bool:
    """Whether its time is its own: what a lead's status says is dated by any change of the lead."""
    return row.kind not in ONCE or row.witness == Witness.WEBHOOK


_AGAIN = f"consequence = '{LIFTED}' AND :dated = 1 AND :at > acted_at"
"""SQL: it happened again after an operator had removed what followed from it."""

_MERGE = """
    UPDATE vendor_event SET
        first_at = CASE WHEN :at > 0 AND (first_at = 0 OR :at < first_at) THEN :at ELSE first_at END,
        latest_at = CASE
            WHEN :at = 0 THEN latest_at
            WHEN {AGAIN} THEN :at
            WHEN :once = 0 THEN CASE WHEN :at > latest_at THEN :at ELSE latest_at END
            WHEN first_at = 0 OR :at < first_at THEN :at ELSE first_at END,
        witnesses = witnesses | :witness,
        sightings = CASE WHEN seen_at < :now THEN sightings + 1 ELSE sightings END,
        seen_at = CASE WHEN seen_at < :now THEN :now ELSE seen_at END,
        detail = CASE WHEN detail = '' THEN :detail ELSE detail END,
        acted_at = CASE WHEN {AGAIN} THEN 0 ELSE acted_at END,
        consequence = CASE WHEN {AGAIN} THEN '' ELSE consequence END
    WHERE delivery_id = :delivery_id AND kind = :kind AND subject = :subject
""".replace("{AGAIN}", _AGAIN)


def _merge(connection: Connection, row: _Row, now: int) -> None:
    key = {"delivery_id": row.delivery_id, "kind": row.kind.value, "subject": row.subject}
    once = int(row.kind in ONCE)
    execute(connection, _MERGE, **key, at=row.at, witness=row.witness, now=now, once=once, detail=row.detail,
            dated=int(_is_dated(row)))  # fmt: skip


def _drop_attached(connection: Connection, events: Sequence[ReportedEvent]) -> None:
    """What was kept apart before its delivery was known is the delivery's now."""
    key = secrecy.key_of(connection)
    if key:
        subjects = sorted({hidden(key, one) for one in events})
        for some in chunks(subjects):
            execute(connection, "DELETE FROM vendor_event WHERE delivery_id = 0 AND subject IN :some", some=list(some))
