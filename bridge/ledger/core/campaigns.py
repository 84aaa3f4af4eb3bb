"""Statements about source campaigns and how far each is swept and decided. Reads no vendor."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger import hot
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.sql import execute, first, rows, value
from bridge.ledger.statements import among, chunks, insert_or_ignore, lock, table, tables
from bridge.ledger.texts import storable
from bridge.model import SourceCampaign

_campaign, _returned = tables("campaign", "returned")

UNRIPE = ("", "pending", "masked")
"""Validations that may still become good: a campaign with such leads is swept again."""


@dataclass(frozen=True, slots=True)
class KnownCampaign:
    """What the ledger knows of a source campaign. `fingerprint` is "" until it was swept whole."""

    no: int
    campaign: SourceCampaign
    revision: int
    fingerprint: str
    resweep_at: datetime | None
    resweeps: int
    unread: int


def note_campaigns(database: Database, campaigns: Sequence[SourceCampaign]) -> Mapping[str, KnownCampaign]:
    """Store what the campaigns are called and where they stand; by id, what the ledger knows of them."""
    known = campaigns_by_id(database, [campaign.id for campaign in campaigns])
    moved = [c for c in campaigns if c.id not in known or _stored(known[c.id].campaign) != _stored(c)]
    return {**known, **_store_moved(database, moved, known)} if moved else known


@transaction(durable=False)
def _store_moved(
    connection: Connection, moved: Sequence[SourceCampaign], known: Collection[str]
) -> Mapping[str, KnownCampaign]:
    for campaign in sorted(moved, key=lambda one: one.id):  # in one order in every process
        values = _stored(campaign)
        if campaign.id in known:
            connection.execute(sa.update(_campaign).where(_campaign.c.id == campaign.id).values(values))
        else:
            connection.execute(insert_or_ignore(connection, _campaign), {"id": campaign.id, **values})
    return _by_id(connection, [campaign.id for campaign in moved])


def campaigns_by_id(database: Database, ids: Sequence[str]) -> Mapping[str, KnownCampaign]:
    """What the ledger knows of the campaigns; those it never saw are left out."""
    with database.read() as connection:
        return _by_id(connection, ids)


def campaigns_of_route(database: Database, route_no: int) -> list[KnownCampaign]:
    """Every campaign whose leads the route has ever decided, oldest first."""
    query = """
        SELECT c.* FROM campaign c JOIN route_campaign d ON d.campaign_no = c.no
        WHERE d.route_no = :route ORDER BY c.created_at, c.id
    """
    with database.read() as connection:
        return [_known(row) for row in rows(connection, query, route=route_no)]


def campaigns_by_no(database: Database, campaign_nos: Iterable[int]) -> Mapping[int, SourceCampaign]:
    """The campaigns by their number in the ledger."""
    query = "SELECT * FROM campaign WHERE no IN :some"
    with database.read() as connection:
        found = among(connection, query, sorted(campaign_nos))
        return {row["no"]: _known(row).campaign for row in found}


def returned(database: Database, route_no: int, q: str) -> frozenset[int]:
    """The campaigns, by number, that the source returned when the route last asked for `q`; none for another text."""
    query = "SELECT campaign_no FROM returned WHERE route_no = :route AND q = :q"
    with database.read() as connection:
        return frozenset(execute(connection, query, route=route_no, q=storable(q)).scalars())


def note_returned(database: Database, route_no: int, q: str, campaign_nos: Collection[int]) -> None:
    """Remember what the source returned for the route's `q`, in place of whatever it returned before."""
    if returned(database, route_no, q) != frozenset(campaign_nos):
        _replace_returned(database, route_no, q, campaign_nos)


@transaction(durable=False)
def _replace_returned(connection: Connection, route_no: int, q: str, campaign_nos: Collection[int]) -> None:
    rows = [{"route_no": route_no, "campaign_no": number, "q": storable(q)} for number in sorted(campaign_nos)]
    connection.execute(sa.delete(_returned).where(_returned.c.route_no == route_no))
    if rows:
        connection.execute(sa.insert(_returned), rows)


def bump_revision(connection: Connection, campaign_no: int) -> int:
    """Move the campaign's revision on, because a lead of it changed; the new one."""
    (revision,) = hot.next_revision.ask(connection, campaign_no)
    return revision


def leads_in(database: Database, campaign_no: int) -> int:
    """How many leads of the campaign the ledger holds."""
    return int(first(database, "SELECT count(*) FROM lead WHERE campaign_no = :campaign", campaign=campaign_no))


def has_unripe_leads(database: Database, campaign_no: int) -> bool:
    """Whether a lead of the campaign is pending, unvalidated or masked."""
    query = "SELECT id FROM lead WHERE campaign_no = :campaign AND validation IN :unripe LIMIT 1"
    return first(database, query, campaign=campaign_no, unripe=list(UNRIPE)) is not None


@transaction(durable=False, again=True)
def store_sweep(
    connection: Connection,
    campaign_no: int,
    *,
    fingerprint: str,
    unread: int,
    now: datetime,
    resweep_at: datetime | None,
    resweeps: int,
) -> None:
    """Remember that the campaign was swept; with a fingerprint of "" it will be swept again by the next run."""
    change = """
        UPDATE campaign SET fingerprint = :fingerprint, unread = :unread, swept_at = :now, resweep_at = :resweep_at,
            resweeps = :resweeps
        WHERE no = :no
    """
    given = {"fingerprint": fingerprint, "unread": unread, "resweeps": resweeps, "no": campaign_no}
    execute(connection, change, now=milliseconds(now), resweep_at=milliseconds(resweep_at), **given)


def undecided(database: Database, route_no: int, decided_by: str, campaign_nos: Iterable[int]) -> Mapping[int, int]:
    """Those of the campaigns with leads that the route has not decided by these rules, with their revision."""
    query = """
        SELECT c.no, c.revision FROM campaign c
        LEFT JOIN route_campaign d ON d.campaign_no = c.no AND d.route_no = :route
        WHERE c.no IN :some AND (d.route_no IS NULL OR d.decided_by <> :by OR d.decided_revision <> c.revision)
    """
    with database.look() as connection:
        found = among(connection, query, list(campaign_nos), route=route_no, by=decided_by)
        return {row["no"]: row["revision"] for row in found}


def with_undecided_leads(database: Database, route_no: int, decided_by: str, some: Iterable[int]) -> frozenset[int]:
    """Those of the campaigns in which `leads.undecided_leads` finds one."""
    query = """
        SELECT c.no FROM campaign c WHERE c.no IN :some AND EXISTS (
            SELECT l.id FROM lead l LEFT JOIN delivery d ON d.lead_id = l.id AND d.route_no = :route
            WHERE l.campaign_no = c.no
                AND (d.id IS NULL OR d.decided_by <> :by OR d.lead_revision <> l.revision OR d.stale = 1)
        )
    """
    with database.look() as connection:
        return frozenset(row["no"] for row in among(connection, query, list(some), route=route_no, by=decided_by))


@transaction(durable=False, again=True)
def store_decided(connection: Connection, route_no: int, decided_by: str, revisions: Mapping[int, int]) -> None:
    """Remember that the route has decided every lead of these campaigns up to these revisions, by these rules."""
    change = """
        INSERT INTO route_campaign (route_no, campaign_no, decided_by, decided_revision)
        VALUES (:route, :campaign, :by, :revision)
        ON CONFLICT (route_no, campaign_no)
        DO UPDATE SET decided_by = excluded.decided_by, decided_revision = excluded.decided_revision
    """
    rows = [
        {"route": route_no, "campaign": number, "by": decided_by, "revision": revision}
        for number, revision in revisions.items()
    ]
    connection.execute(sa.text(change), rows)


def _by_id(connection: Connection, ids: Sequence[str]) -> dict[str, KnownCampaign]:
    return {row["id"]: _known(row) for row in among(connection, "SELECT * FROM campaign WHERE id IN :some", ids)}


def _known(row: RowMapping) -> KnownCampaign:
    created_at = moment(row["created_at"])
    campaign = SourceCampaign(row["id"], row["title"], row["type"], row["status"], created_at)
    return value(KnownCampaign, row, campaign=campaign)


def _stored(campaign: SourceCampaign) -> dict[str, str | int]:
    """What the source may change of a campaign, as the ledger keeps it."""
    created_at = milliseconds(campaign.created_at)
    stored = {"title": storable(campaign.title), "type": campaign.type, "status": campaign.status}
    return {**stored, "created_at": created_at}


@transaction(durable=False)
def have_read_again(connection: Connection, /, which: str, **given: Any) -> int:
    """Have the next sweep read the leads that meet a condition in SQL; how many.

    The campaign's fingerprint is cleared, so that it is swept, and the lead's digest, so that what is read is stored.
    """
    found = rows(connection, f"SELECT id, campaign_no FROM lead WHERE {which}", **given)  # noqa: S608 - our callers'
    campaigns = lock(connection, table("campaign"), {row["campaign_no"] for row in found})
    leads = lock(connection, table("lead"), [row["id"] for row in found])
    for some in chunks(campaigns):
        swept = "UPDATE campaign SET fingerprint = '' WHERE no IN :some AND fingerprint <> ''"
        execute(connection, swept, some=list(some))
    unread = "UPDATE lead SET digest = 0 WHERE id IN :some"
    return sum(execute(connection, unread, some=list(some)).rowcount for some in chunks(leads))
