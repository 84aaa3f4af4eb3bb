"""Statements about validations that were asked of Scravio and the credits they cost. Calls no vendor.

The reservation is the promise: in one transaction it finds that nothing is open for the campaign, that every cap has
room, and that its route is still held, and only then writes the row that the call may follow. Credits are thousandths.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.errors import Busy
from bridge.ledger.core import leases
from bridge.ledger.core.facts import storable
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.statements import chunks, lock, tables
from bridge.model import Budget, Reason, State

_validation, _wait, _delivery, _lead = tables("validation", "validation_wait", "delivery", "lead")
_campaign, _route = tables("campaign", "route")

BY_HAND = 0
"""In place of a route's number: a person asked."""

THOUSAND = 1000
_DAY_MS = 86_400_000


class Asked(StrEnum):
    """Where a validation stands."""

    ASKING = "asking"  # the call is about to go out, or its answer was lost
    RUNNING = "running"  # Scravio took it
    JOINED = "joined"  # somebody else's was under way: it costs us nothing
    COMPLETED = "completed"
    FAILED = "failed"  # asked again only by a person
    UNCLEAR = "unclear"  # nobody can tell whether it was taken; its credits stay reserved
    DROPPED = "dropped"  # not taken; nothing was spent


OPEN = (Asked.ASKING, Asked.RUNNING, Asked.JOINED)


@dataclass(frozen=True, slots=True)
class Validation:
    """One validation as the ledger has it. `charge` is what it holds of the budgets."""

    id: int
    campaign_no: int
    campaign_id: str
    title: str
    route: str
    route_no: int
    state: Asked
    emails: int
    reserved: int
    used: int
    returned: int
    settled: bool
    asked_at: datetime | None
    absent_at: datetime | None
    not_before: datetime | None
    ended_at: datetime | None
    polls: int
    valid: int
    invalid: int
    job_id: str
    detail: str

    @property
    def charge(self) -> int:
        """Thousandths of a credit."""
        return self.used if self.settled else self.reserved


@dataclass(frozen=True, slots=True)
class Reserving:
    """What is to be reserved: for whom, under which caps (None: a person agreed to this very cost), and when.

    `asked_at` is the vendor's clock, by which its own times can be compared.
    """

    campaign_no: int
    route_no: int
    epoch: int
    emails: int
    cost: int
    budget: Budget | None
    now: datetime
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class PutOff:
    """Why a route has not asked yet, and when to look again; `caps` are the caps it was weighed against."""

    not_before: datetime | None
    emails: int
    cost: int
    caps: str
    why: str


@transaction()
def reserve(connection: Connection, wanted: Reserving) -> tuple[int, str]:
    """Reserve what a validation may cost: its number, or 0 and why not. Raises Busy where the route was lost."""
    # The lease's row and the campaign's: no two reservations that share a cap are weighed at once.
    if not leases.held(connection, wanted.route_no, wanted.epoch):
        raise Busy("Another process has taken this route over; nothing was requested.")
    lock(connection, _campaign, [wanted.campaign_no])
    if _open_of(connection, wanted.campaign_no):
        return 0, "a validation of this campaign is under way already"
    why = "" if wanted.budget is None else _over(connection, wanted, wanted.budget)
    if why:
        return 0, why
    values = {
        "campaign_no": wanted.campaign_no,
        "route_no": wanted.route_no,
        "day": milliseconds(wanted.now) // _DAY_MS,
        "state": Asked.ASKING,
        "emails": wanted.emails,
        "reserved": wanted.cost,
        "asked_at": milliseconds(wanted.asked_at),
    }
    added = connection.execute(sa.insert(_validation).values(values).returning(_validation.c.id))
    return int(added.scalar_one()), ""


def _open_of(connection: Connection, campaign_no: int) -> bool:
    query = sa.select(_validation.c.id).where(_validation.c.campaign_no == campaign_no, _validation.c.state.in_(OPEN))
    return connection.execute(query).first() is not None


def _over(connection: Connection, wanted: Reserving, budget: Budget) -> str:
    """The cap that has no room for the cost, in words; "" where all have."""
    v = _validation.c
    own = v.route_no == wanted.route_no
    today = v.day == milliseconds(wanted.now) // _DAY_MS
    caps = (
        ("campaign", budget.campaign, v.campaign_no == wanted.campaign_no),
        ("route", budget.route, own),
        ("day", budget.day, sa.and_(own, today)),
    )
    for name, cap, where in caps:
        if _charged(connection, where) + wanted.cost > cap * THOUSAND:
            return name
    return ""


def _charged(connection: Connection, *where: Any) -> int:
    charge = sa.case((_validation.c.settled == 1, _validation.c.used), else_=_validation.c.reserved)
    query = sa.select(sa.func.coalesce(sa.func.sum(charge), 0)).where(*where)
    return int(connection.execute(query).scalar_one())


# ------------------------------------------------------------------------------------------------- what became of it


def note_running(
    database: Database, number: int, *, job_id: str, emails: int | None, cost: int | None, not_before: datetime
) -> None:
    """Scravio took it; where it reserved more than was weighed, the greater sum counts from now on."""
    v = _validation.c
    values: dict[str, Any] = {
        "state": Asked.RUNNING,
        "job_id": storable(job_id),
        "not_before": milliseconds(not_before),
    }
    if emails is not None:
        values["emails"] = emails
    if cost is not None:
        values["reserved"] = sa.case((v.reserved < cost, cost), else_=v.reserved)
    _move(database, number, (Asked.ASKING,), values)


def note_joined(database: Database, number: int, not_before: datetime) -> None:
    """Somebody else's is under way: ours costs nothing, and theirs is waited for."""
    values = {"state": Asked.JOINED, "reserved": 0, "not_before": milliseconds(not_before)}
    _move(database, number, (Asked.ASKING,), values)


def drop_validation(database: Database, number: int, why: str, now: datetime) -> None:
    """It was not taken: what it held of the budgets is free again."""
    values = {"state": Asked.DROPPED, "reserved": 0, "detail": storable(why), "ended_at": milliseconds(now)}
    _move(database, number, (Asked.ASKING,), values)


def note_unclear(database: Database, number: int, why: str, now: datetime) -> None:
    """Nobody can tell: its credits stay reserved for good, and only a person asks again."""
    values = {"state": Asked.UNCLEAR, "detail": storable(why), "ended_at": milliseconds(now)}
    _move(database, number, (Asked.ASKING,), values)


def note_missed(database: Database, number: int, now: datetime) -> None:
    """A first look did not find it."""
    _move(database, number, (Asked.ASKING,), {"absent_at": milliseconds(now)})


def look_again(database: Database, number: int, not_before: datetime) -> None:
    """It is still under way: when to look next."""
    values = {"not_before": milliseconds(not_before), "polls": _validation.c.polls + 1}
    _move(database, number, (Asked.RUNNING, Asked.JOINED), values)


@transaction()
def end_validation(
    connection: Connection,
    number: int,
    state: Asked,
    *,
    now: datetime,
    used: int | None = None,
    returned: int | None = None,
    valid: int = 0,
    invalid: int = 0,
    detail: str = "",
) -> None:
    """It has come to its end. Without a word on what it used, all that was reserved counts as spent.

    The campaign is swept by the next run, whether or not its list shows that anything has changed.
    """
    values: dict[str, Any] = {"state": state, "ended_at": milliseconds(now), "valid": valid, "invalid": invalid}
    values["detail"] = storable(detail)[:300]
    ours = sa.case((_validation.c.state == Asked.JOINED, 0), else_=1)
    if used is not None:
        values |= {"used": ours * used, "returned": ours * (returned or 0), "settled": 1}
    where = (_validation.c.id == number, _validation.c.state.in_((*OPEN, Asked.UNCLEAR)))
    moved = connection.execute(sa.update(_validation).where(*where).values(values).returning(_validation.c.campaign_no))
    for row in moved.all():
        soon = sa.update(_campaign).where(_campaign.c.no == row.campaign_no)
        connection.execute(soon.values(resweep_at=milliseconds(now), resweeps=0))


@transaction()
def _move(connection: Connection, number: int, states: Collection[Asked], values: Mapping[str, Any]) -> None:
    where = (_validation.c.id == number, _validation.c.state.in_(states))
    connection.execute(sa.update(_validation).where(*where).values(**values))


# ------------------------------------------------------------------------------------------------------------ looking


def open_validations(database: Database) -> list[Validation]:
    """Every validation that is still waited for, oldest first."""
    with database.read() as connection:
        return [_read(row) for row in connection.execute(_all().where(_validation.c.state.in_(OPEN)))]


def _all() -> sa.Select[Any]:
    v = _validation.c
    return (
        sa.select(_validation, _campaign.c.id.label("campaign_id"), _campaign.c.title, _route.c.name)
        .join(_campaign, _campaign.c.no == v.campaign_no)
        .outerjoin(_route, _route.c.no == v.route_no)
        .order_by(v.id)
    )


def validations(database: Database, campaign_nos: Iterable[int] | None = None) -> list[Validation]:
    """Every validation of these campaigns (or of all), oldest first."""
    query = _all()
    with database.read() as connection:
        if campaign_nos is None:
            return [_read(row) for row in connection.execute(query)]
        return [
            _read(row)
            for some in chunks(sorted(set(campaign_nos)))
            for row in connection.execute(query.where(_validation.c.campaign_no.in_(some)))
        ]


def _read(row: Any) -> Validation:
    return Validation(
        id=row.id,
        campaign_no=row.campaign_no,
        campaign_id=row.campaign_id,
        title=row.title,
        route=row.name or "",
        route_no=row.route_no,
        state=Asked(row.state),
        emails=row.emails,
        reserved=row.reserved,
        used=row.used,
        returned=row.returned,
        settled=bool(row.settled),
        asked_at=moment(row.asked_at),
        absent_at=moment(row.absent_at),
        not_before=moment(row.not_before),
        ended_at=moment(row.ended_at),
        polls=row.polls,
        valid=row.valid,
        invalid=row.invalid,
        job_id=row.job_id,
        detail=row.detail,
    )


def never_validated(database: Database, route_no: int, campaign_nos: Iterable[int]) -> Mapping[int, int]:
    """How many leads of each campaign the route holds because they were never validated."""
    query = (
        sa.select(_lead.c.campaign_no, sa.func.count())
        .join(_delivery, _delivery.c.lead_id == _lead.c.id)
        .where(
            _delivery.c.route_no == route_no,
            _delivery.c.state == State.HELD,
            _delivery.c.reason == Reason.NOT_VALIDATED,
        )
        .group_by(_lead.c.campaign_no)
    )
    wanted = set(campaign_nos)
    with database.read() as connection:
        return {int(number): int(leads) for number, leads in connection.execute(query) if number in wanted}


def spent_credits(database: Database, route_no: int, now: datetime) -> tuple[int, int]:
    """What the route's validations hold of its budgets: in all, and today (UTC)."""
    own = _validation.c.route_no == route_no
    with database.read() as connection:
        today = _validation.c.day == milliseconds(now) // _DAY_MS
        return _charged(connection, own), _charged(connection, own, today)


@transaction(durable=False)
def put_off(connection: Connection, route_no: int, campaign_no: int, told: PutOff) -> None:
    """Remember why the route does not ask now, so that the next runs need not ask Scravio for the price."""
    key = {"route_no": route_no, "campaign_no": campaign_no}
    values = {
        "not_before": milliseconds(told.not_before),
        "emails": told.emails,
        "cost": told.cost,
        "caps": told.caps,
        "why": storable(told.why)[:300],
    }
    where = (_wait.c.route_no == route_no, _wait.c.campaign_no == campaign_no)
    if connection.execute(sa.update(_wait).where(*where).values(values)).rowcount == 0:
        connection.execute(sa.insert(_wait).values({**key, **values}))


def put_offs(database: Database, route_no: int) -> Mapping[int, PutOff]:
    """What the route has put off, by the campaign's number."""
    query = sa.select(_wait).where(_wait.c.route_no == route_no)
    with database.read() as connection:
        return {
            row.campaign_no: PutOff(moment(row.not_before), row.emails, row.cost, row.caps, row.why)
            for row in connection.execute(query)
        }


@transaction(durable=False)
def forget_put_off(connection: Connection, route_no: int, campaign_no: int) -> None:
    """The route asks now."""
    where = (_wait.c.route_no == route_no, _wait.c.campaign_no == campaign_no)
    connection.execute(sa.delete(_wait).where(*where))
