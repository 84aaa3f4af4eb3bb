"""Statements about exports that were asked of Scravio, and about leads that came by one without an id. Reads no file.

A lead whose export names no id is kept under one made of its address (`unnamed_ids`), unless the ledger knows a lead of
that address in the campaign already. Once its own id turns up, by a page or by another export, the lead takes it on:
one lead, one delivery, however it was read.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.core.facts import load_lead, storable
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.people import secrecy
from bridge.ledger.statements import chunks, lock, table
from bridge.ledger.tables import CampaignRow, ExportRow, LeadRow
from bridge.model import Lead

_campaign = table(CampaignRow)
_export = table(ExportRow)
_lead = table(LeadRow)

UNNAMED = "address-"
_HOUR = timedelta(hours=1)


class Made(StrEnum):
    """Where an export stands."""

    ASKING = "asking"
    PENDING = "pending"
    READY = "ready"
    USED = "used"
    FAILED = "failed"
    REFUSED = "refused"  # turned down: it counts against no limit


@dataclass(frozen=True, slots=True)
class KnownExport:
    """An export as the ledger has it; `fingerprint` is what its campaign looked like when it was asked for."""

    id: int
    export_id: str
    fingerprint: str
    state: Made
    asked_at: datetime | None
    not_before: datetime | None
    polls: int
    records: int


def latest_export(database: Database, campaign_no: int) -> KnownExport | None:
    """The export of the campaign that was asked for last."""
    query = sa.select(_export).where(_export.c.campaign_no == campaign_no).order_by(_export.c.id.desc()).limit(1)
    with database.read() as connection:
        row = connection.execute(query).first()
    return None if row is None else _known(row)


def exports_since(database: Database, now: datetime) -> int:
    """How many exports were asked for in the hour before now."""
    counted = (_export.c.asked_at > milliseconds(now - _HOUR), _export.c.state != Made.REFUSED)
    query = sa.select(sa.func.count()).where(*counted)
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())


@transaction()
def begin_export(connection: Connection, campaign_no: int, fingerprint: str, now: datetime) -> int:
    """An export is about to be asked for; its number here."""
    values = {
        "campaign_no": campaign_no,
        "fingerprint": fingerprint,
        "state": Made.ASKING,
        "asked_at": milliseconds(now),
    }
    return int(connection.execute(sa.insert(_export).values(values).returning(_export.c.id)).scalar_one())


@transaction(durable=False)
def note_export(
    connection: Connection,
    number: int,
    state: Made,
    *,
    export_id: str | None = None,
    not_before: datetime | None = None,
    records: int | None = None,
    detail: str = "",
) -> None:
    """What became of an export; when to look again."""
    values: dict[str, Any] = {"state": state, "detail": storable(detail)[:300], "not_before": milliseconds(not_before)}
    values["polls"] = _export.c.polls + 1
    if export_id is not None:
        values["export_id"] = export_id
    if records is not None:
        values["records"] = records
    connection.execute(sa.update(_export).where(_export.c.id == number).values(**values))


def _known(row: Any) -> KnownExport:
    return KnownExport(
        id=row.id,
        export_id=row.export_id,
        fingerprint=row.fingerprint,
        state=Made(row.state),
        asked_at=moment(row.asked_at),
        not_before=moment(row.not_before),
        polls=row.polls,
        records=row.records,
    )


# --------------------------------------------------------------------------------------------------- leads without id


def plain(address: str) -> str:
    """An address as far as its spelling alone makes it the same: without blanks, in lower case.

    Not folded: straße.de is another domain than strasse.de, and two people would become one lead.
    """
    return address.strip().lower()


_made_key = transaction()(secrecy.key_of)


def unnamed_ids(database: Database) -> Callable[[str], str]:
    """Makes the id of a lead that has none of its own, from its address: keyed, so nobody can try addresses out."""
    key = _made_key(database, make=True)
    return lambda address: UNNAMED + secrecy.hashed(key, plain(address))


def has_unnamed(database: Database, campaign_no: int) -> bool:
    """Whether the campaign has leads under an id made of their address."""
    query = sa.select(_lead.c.id).where(
        _lead.c.campaign_no == campaign_no,
        _lead.c.source_id >= UNNAMED,
        _lead.c.source_id < UNNAMED[:-1] + chr(ord("-") + 1),
    )
    with database.read() as connection:
        return connection.execute(query.limit(1)).first() is not None


@transaction(durable=False)
def adopt_ids(connection: Connection, campaign_no: int, named: Mapping[str, str]) -> None:
    """Give leads their own ids, by the ids made of their addresses; who has a lead of that id already keeps both."""
    where = _lead.c.campaign_no == campaign_no
    lock(connection, _campaign, [campaign_no])  # another route may sweep the campaign at the same time
    for some in chunks(sorted(named)):
        own = [named[unnamed] for unnamed in some]
        taken = set(connection.execute(sa.select(_lead.c.source_id).where(where, _lead.c.source_id.in_(own))).scalars())
        found = connection.execute(sa.select(_lead.c.id, _lead.c.source_id).where(where, _lead.c.source_id.in_(some)))
        for row in found.all():
            own_id = named[row.source_id]
            if own_id not in taken:
                taken.add(own_id)
                connection.execute(sa.update(_lead).where(_lead.c.id == row.id).values(source_id=own_id))


def leads_at(database: Database, campaign_no: int, campaign_id: str, persons: Collection[str]) -> list[Lead]:
    """The campaign's leads of these persons, as stored, in the order of their ids."""
    query = sa.select(_lead.c.source_id, _lead.c.facts).where(_lead.c.campaign_no == campaign_no).order_by(_lead.c.id)
    with database.read() as connection:
        return [
            load_lead(row.source_id, campaign_id, row.facts)
            for some in chunks(sorted(persons))
            for row in connection.execute(query.where(_lead.c.person.in_(some), _lead.c.facts != ""))
        ]


def pruned_ids(database: Database, campaign_no: int, persons: Collection[str]) -> Mapping[str, str]:
    """The ids of the campaign's leads of these persons whose facts are gone, by person; the first of each."""
    query = sa.select(_lead.c.person, _lead.c.source_id).order_by(_lead.c.id.desc())
    query = query.where(_lead.c.campaign_no == campaign_no, _lead.c.facts == "")
    with database.read() as connection:
        return {
            row.person: row.source_id
            for some in chunks(sorted(persons))
            for row in connection.execute(query.where(_lead.c.person.in_(some)))
        }


def leads_named(database: Database, campaign_no: int, campaign_id: str, ids: Sequence[str]) -> Mapping[str, Lead]:
    """The campaign's leads of these ids, as stored; those whose facts are gone are left out."""
    query = sa.select(_lead.c.source_id, _lead.c.facts).where(_lead.c.campaign_no == campaign_no, _lead.c.facts != "")
    with database.read() as connection:
        return {
            row.source_id: load_lead(row.source_id, campaign_id, row.facts)
            for some in chunks(list(ids))
            for row in connection.execute(query.where(_lead.c.source_id.in_(some)))
        }
