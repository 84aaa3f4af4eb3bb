"""Statements about addresses that were validated on their own, and how that reaches leads. Calls no vendor.

Such a validation stands in only where Scravio's campaign has none: it never makes an address good that the campaign
calls invalid, pending or anything else. Where it stands in, the lead says so (`extra.validated_by`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.hygiene import email
from bridge.lazy import dataclass
from bridge.ledger.core.campaigns import bump_revision, have_read_again
from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.facts import VALIDATED_BY, dump_lead, load_lead
from bridge.ledger.sql import first, value
from bridge.ledger.statements import among, chunks, insert_or_ignore, tables
from bridge.ledger.texts import storable
from bridge.model import Lead

_checked, _campaign, _lead = tables("checked", "campaign", "lead")

_WORDS = frozenset({"valid", "invalid"})
ASKED, UNKNOWN = "asked", "unknown"
"""In place of a finding: its portion is under way; its portion ended without a word on it."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a validation of its own said of an address (in lower case), and when."""

    address: str
    status: str
    checked_at: datetime | None
    portion_id: int = 0


def plain(address: str) -> str:
    """The address as checks are kept under: as it goes out, so that two that only look alike never share a finding.

    What cannot be read is only lower-cased. Folding would go too far: straße.de is another domain than strasse.de.
    """
    found = email.read(address)
    return found.value if isinstance(found, email.Address) else storable(address.strip().lower())


def any_checked(database: Database) -> bool:
    """Whether any address was ever validated on its own."""
    return first(database, "SELECT address FROM checked LIMIT 1") is not None


@transaction()
def store_checks(connection: Connection, found: Sequence[Check]) -> None:
    """Keep what was found; the latest word on an address counts."""
    rows = [
        {
            "address": plain(one.address),
            "status": storable(one.status)[:40],
            "checked_at": milliseconds(one.checked_at),
            "portion_id": one.portion_id,
        }
        for one in found
    ]
    # In one order in every process, or two would wait for each other.
    for values in chunks(sorted(rows, key=itemgetter("address")), 500):
        connection.execute(insert_or_ignore(connection, _checked), values)
        later = sa.and_(
            _checked.c.address == sa.bindparam("b_address"), _checked.c.checked_at <= sa.bindparam("b_checked_at")
        )
        values_in: dict[str, Any] = {"status": sa.bindparam("b_status"), "portion_id": sa.bindparam("b_portion_id")}
        values_in["checked_at"] = sa.bindparam("b_checked_at")
        bound = [{f"b_{name}": value for name, value in one.items()} for one in values]
        connection.execute(sa.update(_checked).where(later).values(values_in), bound)


def checks_of(database: Database, addresses: Iterable[str]) -> dict[str, Check]:
    """What is known of these addresses, by their plain form."""
    wanted = sorted({plain(address) for address in addresses if address})
    with database.read() as connection:
        found = among(connection, "SELECT * FROM checked WHERE address IN :some", wanted)
        return {row["address"]: value(Check, row) for row in found}


def supplemented(database: Database, leads: Sequence[Lead]) -> list[Lead]:
    """The leads; those never validated carry what a validation of their own said of their very address."""
    open_ones = [lead.email for lead in leads if _lacks(lead)]
    known = checks_of(database, open_ones) if open_ones else {}
    return [
        _with(lead, known[plain(lead.email)]) if _lacks(lead) and plain(lead.email) in known else lead for lead in leads
    ]


def _lacks(lead: Lead) -> bool:
    return lead.validation == "" and lead.is_valid is None and bool(lead.email) and not lead.email_masked


def _with(lead: Lead, check: Check) -> Lead:
    if check.status not in _WORDS or check.checked_at is None:
        return lead
    extra = {**lead.extra, VALIDATED_BY: f"leadbridge validate, portion {check.portion_id}"}
    valid = check.status == "valid"
    return replace(lead, validation=check.status, is_valid=valid, checked_at=check.checked_at, extra=extra)


def apply_checks(database: Database, addresses: Iterable[str]) -> int:
    """Let leads that are stored already carry what was found of their addresses; how many changed.

    Their campaigns' revisions move, so that every route decides them again.
    """
    persons = {found.person for one in addresses if isinstance(found := email.read(one), email.Address)}
    query = (
        sa.select(_lead.c.id, _lead.c.campaign_no, _lead.c.source_id, _lead.c.facts)
        .add_columns(_campaign.c.id.label("campaign"))
        .join(_campaign, _campaign.c.no == _lead.c.campaign_no)
        .where(_lead.c.validation == "", _lead.c.facts != "", sa.text("lead.person <> ''"))
    )
    changed = 0
    for some in chunks(sorted(persons - {""})):
        with database.read() as connection:
            rows = connection.execute(query.where(_lead.c.person.in_(some))).all()
        before = [load_lead(row.source_id, row.campaign, row.facts) for row in rows]
        after = supplemented(database, before)
        moved = [(row, new) for row, old, new in zip(rows, before, after, strict=True) if new is not old]
        _store_changed(database, moved)
        changed += len(moved)
        # Leads whose facts were pruned are read again, and then carry it.
        waiting = "validation = '' AND facts = '' AND person IN :persons AND person <> ''"
        changed += have_read_again(database, waiting, persons=list(some))
    return changed


@transaction()
def _store_changed(connection: Connection, moved: Sequence[tuple[Any, Lead]]) -> None:
    if not moved:
        return
    revisions = {number: bump_revision(connection, number) for number in sorted({row.campaign_no for row, _ in moved})}
    for row, lead in sorted(moved, key=lambda one: one[0].id):
        read = {"validation": lead.validation, "facts": dump_lead(lead)}
        # Only while it is what was read: a sweep may have brought Scravio's own word meanwhile, and facts that were
        # erased or pruned meanwhile must not come back.
        where = (_lead.c.id == row.id, _lead.c.validation == "", _lead.c.facts == row.facts)
        connection.execute(sa.update(_lead).where(*where).values(**read, revision=revisions[row.campaign_no]))
