"""Statements about source campaigns and how far each is swept and decided. Reads no vendor."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.core.facts import storable
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.statements import chunks, insert_or_ignore, tables
from bridge.model import SourceCampaign

_campaign, _lead, _decided, _returned = tables("campaign", "lead", "route_campaign", "returned")

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
    moved = [c for c in campaigns if c.id not in known or _told(known[c.id].campaign) != _told(c)]
    return {**known, **_store_moved(database, moved, known)} if moved else known


@transaction(durable=False)
def _store_moved(
    connection: Connection, moved: Sequence[SourceCampaign], known: Collection[str]
) -> Mapping[str, KnownCampaign]:
    for campaign in sorted(moved, key=lambda one: one.id):  # in one order in every process
        _store(connection, campaign, known=campaign.id in known)
    return _by_id(connection, [campaign.id for campaign in moved])


def campaigns_by_id(database: Database, ids: Sequence[str]) -> Mapping[str, KnownCampaign]:
    """What the ledger knows of the campaigns; those it never saw are left out."""
    with database.read() as connection:
        return _by_id(connection, ids)


def campaigns_of_route(database: Database, route_no: int) -> list[KnownCampaign]:
    """Every campaign whose leads the route has ever decided, oldest first."""
    query = (
        sa.select(_campaign)
        .join(_decided, _decided.c.campaign_no == _campaign.c.no)
        .where(_decided.c.route_no == route_no)
        .order_by(_campaign.c.created_at, _campaign.c.id)
    )
    with database.read() as connection:
        return [_known(row) for row in connection.execute(query)]


def campaigns_by_no(database: Database, campaign_nos: Iterable[int]) -> Mapping[int, SourceCampaign]:
    """The campaigns by their number in the ledger."""
    with database.read() as connection:
        return {
            row.no: _known(row).campaign
            for some in chunks(sorted(campaign_nos))
            for row in connection.execute(sa.select(_campaign).where(_campaign.c.no.in_(some)))
        }


def returned(database: Database, route_no: int, q: str) -> frozenset[int]:
    """The campaigns, by number, that the source returned when the route last asked for `q`; none for another text."""
    query = sa.select(_returned.c.campaign_no).where(_returned.c.route_no == route_no, _returned.c.q == storable(q))
    with database.read() as connection:
        return frozenset(connection.execute(query).scalars())


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
    bump = sa.update(_campaign).where(_campaign.c.no == campaign_no).values(revision=_campaign.c.revision + 1)
    return int(connection.execute(bump.returning(_campaign.c.revision)).scalar_one())


def leads_in(database: Database, campaign_no: int) -> int:
    """How many leads of the campaign the ledger holds."""
    query = sa.select(sa.func.count()).where(_lead.c.campaign_no == campaign_no)
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())


def unripe_leads(database: Database, campaign_no: int) -> int:
    """How many leads of the campaign are pending, unvalidated or masked."""
    query = sa.select(sa.func.count()).where(_lead.c.campaign_no == campaign_no, _lead.c.validation.in_(UNRIPE))
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())


@transaction(durable=False)
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
    values = {
        "fingerprint": fingerprint,
        "unread": unread,
        "swept_at": milliseconds(now),
        "resweep_at": milliseconds(resweep_at),
        "resweeps": resweeps,
    }
    connection.execute(sa.update(_campaign).where(_campaign.c.no == campaign_no).values(values))


def undecided(database: Database, route_no: int, decided_by: str, campaign_nos: Iterable[int]) -> Mapping[int, int]:
    """Those of the campaigns with leads that the route has not decided by these rules, with their revision."""
    query = (
        sa.select(_campaign.c.no, _campaign.c.revision)
        .outerjoin(_decided, sa.and_(_decided.c.campaign_no == _campaign.c.no, _decided.c.route_no == route_no))
        .where(
            sa.or_(
                _decided.c.route_no.is_(None),
                _decided.c.decided_by != decided_by,
                _decided.c.decided_revision != _campaign.c.revision,
            )
        )
    )
    found: dict[int, int] = {}
    with database.read() as connection:
        for some in chunks(list(campaign_nos)):
            rows = connection.execute(query.where(_campaign.c.no.in_(some)))
            found.update((int(row.no), int(row.revision)) for row in rows)
    return found


@transaction(durable=False)
def store_decided(connection: Connection, route_no: int, campaign_no: int, decided_by: str, revision: int) -> None:
    """Remember that the route has decided every lead of the campaign up to this revision, by these rules."""
    key = {"route_no": route_no, "campaign_no": campaign_no}
    values = {"decided_by": decided_by, "decided_revision": revision}
    where = (_decided.c.route_no == route_no, _decided.c.campaign_no == campaign_no)
    if connection.execute(sa.update(_decided).where(*where).values(values)).rowcount == 0:
        connection.execute(sa.insert(_decided).values({**key, **values}))


def _by_id(connection: Connection, ids: Sequence[str]) -> dict[str, KnownCampaign]:
    found: dict[str, KnownCampaign] = {}
    for some in chunks(ids):
        for row in connection.execute(sa.select(_campaign).where(_campaign.c.id.in_(some))):
            found[row.id] = _known(row)
    return found


def _known(row: sa.Row[tuple[object, ...]]) -> KnownCampaign:
    campaign = SourceCampaign(
        id=row.id, title=row.title, type=row.type, status=row.status, created_at=moment(row.created_at)
    )
    resweep_at = moment(row.resweep_at)
    return KnownCampaign(row.no, campaign, row.revision, row.fingerprint, resweep_at, row.resweeps, row.unread)


def _told(campaign: SourceCampaign) -> tuple[str, str, str, int]:
    return storable(campaign.title), campaign.type, campaign.status, milliseconds(campaign.created_at)


def _store(connection: Connection, campaign: SourceCampaign, *, known: bool) -> None:
    title, kind, status, created_at = _told(campaign)
    values = {"title": title, "type": kind, "status": status, "created_at": created_at}
    if known:
        connection.execute(sa.update(_campaign).where(_campaign.c.id == campaign.id).values(values))
    else:
        connection.execute(insert_or_ignore(connection, _campaign), {"id": campaign.id, **values})
