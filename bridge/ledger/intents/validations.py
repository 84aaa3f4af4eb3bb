"""Statements about validations that a source was asked for and the credits they cost. Calls no vendor.

The reservation is the promise. In one transaction it finds that nothing is open for the campaign, that every cap has
room, and that its route is still held. Only then it writes the intent that the call may follow.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.errors import Busy
from bridge.lazy import dataclass
from bridge.ledger.core import leases
from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.intent import PENDING, Answer, Intent, Kind, Planned, Stage, begin, columns, intents, record
from bridge.ledger.sql import rows_of, value
from bridge.ledger.statements import chunks, lock, tables
from bridge.ledger.texts import storable
from bridge.model import DEFAULT_CLIENT, Budget, Reason
from bridge.model.credits import THOUSAND

_wait, _campaign = tables("validation_wait", "campaign")

_DAY_MS = 86_400_000


class Asked(StrEnum):
    """Where a validation stands, in the words that `status` and `explain` use."""

    ASKING = "asking"  # the call is about to go out, or its answer was lost
    RUNNING = "running"  # the source took it
    JOINED = "joined"  # another one was under way: it costs us nothing
    COMPLETED = "completed"
    FAILED = "failed"  # asked again only by an operator
    UNCLEAR = "unclear"  # it will never be known whether it was taken; its credits stay reserved
    DROPPED = "dropped"  # not taken; nothing was spent


def asked(one: Intent) -> Asked:
    """The word for a validation's stage and result."""
    if one.stage is Stage.GIVEN_UP:
        return Asked.UNCLEAR
    if one.stage in (Stage.OPEN, Stage.DOUBT):
        return Asked.ASKING
    return Asked(one.result) if one.result else Asked.RUNNING


@dataclass(frozen=True, slots=True)
class Reserving:
    """What is to be reserved: for which request, under which caps (None: a person agreed to this very cost), and when.

    `asked_at` is the vendor's clock, by which its own times can be compared. `lease_no` is whose lease the epoch is of,
    where it is not the route's.
    """

    campaign_no: int
    route_no: int
    epoch: int
    emails: int
    cost: int
    budget: Budget | None
    now: datetime
    asked_at: datetime
    client: str = DEFAULT_CLIENT
    lease_no: int = 0


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
    if not leases.held(connection, wanted.lease_no or wanted.route_no, wanted.epoch):
        raise Busy("Another process has taken this route over; nothing was requested.")
    lock(connection, _campaign, [wanted.campaign_no])
    pending = (columns.campaign_no == wanted.campaign_no, columns.kind == Kind.VALIDATION, columns.held == 1)
    if connection.execute(sa.select(columns.id).where(*pending)).first():
        return 0, "a validation of this campaign is under way already"
    why = "" if wanted.budget is None else _over(connection, wanted, wanted.budget)
    if why:
        return 0, why
    planned = Planned(
        Kind.VALIDATION,
        wanted.now,
        wanted.asked_at,
        subject=str(wanted.campaign_no),
        route_no=wanted.route_no,
        campaign_no=wanted.campaign_no,
        emails=wanted.emails,
        cost=wanted.cost,
        client=wanted.client,
    )
    return begin(connection, planned), ""


def _over(connection: Connection, wanted: Reserving, budget: Budget) -> str:
    """The cap that has no room for the cost, in words; "" where all have."""
    own, start = columns.route_no == wanted.route_no, milliseconds(wanted.now) // _DAY_MS * _DAY_MS
    today = columns.began_at.between(start, start + _DAY_MS - 1)
    charge = sa.case((columns.cost_known == 1, columns.used), else_=columns.reserved)
    charged = sa.select(sa.func.coalesce(sa.func.sum(charge), 0)).where(columns.kind == Kind.VALIDATION)
    caps = (
        ("campaign", budget.campaign, columns.campaign_no == wanted.campaign_no),
        ("route", budget.route, own),
        ("day", budget.day, sa.and_(own, today)),
    )
    for name, cap, where in caps:
        if int(connection.execute(charged.where(where)).scalar_one()) + wanted.cost > cap * THOUSAND:
            return name
    return ""


@transaction()
def end_validation(connection: Connection, one: Intent, answer: Answer, now: datetime) -> None:
    """It has come to its end. Without a word on what it used, all that was reserved counts as spent.

    The campaign is swept by the next run, whether or not its list shows that anything has changed.
    """
    if record(connection, one.id, answer, now):
        soon = sa.update(_campaign).where(_campaign.c.no == one.campaign_no)
        connection.execute(soon.values(resweep_at=milliseconds(now), resweeps=0))


def open_validations(database: Database, client: str) -> list[Intent]:
    """Every validation that this client's key asked for and that is still waited for, oldest first."""
    return intents(database, Kind.VALIDATION, columns.state.in_(PENDING), columns.client == client)


def validations(database: Database, campaign_nos: Iterable[int] | None = None) -> list[Intent]:
    """Every validation of these campaigns (or of all), oldest first."""
    if campaign_nos is None:
        return intents(database, Kind.VALIDATION)
    return [
        one
        for some in chunks(sorted(set(campaign_nos)))
        for one in intents(database, Kind.VALIDATION, columns.campaign_no.in_(some))
    ]


def never_validated(database: Database, route_no: int, campaign_nos: Iterable[int]) -> Mapping[int, int]:
    """How many leads of each campaign the route holds because they were never validated."""
    query = """
        SELECT l.campaign_no, count(*) AS leads FROM delivery d JOIN lead l ON l.id = d.lead_id
        WHERE d.route_no = :route AND d.state = 'held' AND d.reason = :reason GROUP BY l.campaign_no
    """
    wanted = set(campaign_nos)
    found = rows_of(database, query, route=route_no, reason=Reason.NOT_VALIDATED)
    return {row["campaign_no"]: row["leads"] for row in found if row["campaign_no"] in wanted}


@transaction(durable=False)
def put_off(connection: Connection, route_no: int, campaign_no: int, why: PutOff) -> None:
    """Remember why the route does not ask now, so that the next runs need not ask Scravio for the price."""
    key = {"route_no": route_no, "campaign_no": campaign_no}
    values = {
        "not_before": milliseconds(why.not_before),
        "emails": why.emails,
        "cost": why.cost,
        "caps": why.caps,
        "why": storable(why.why)[:300],
    }
    where = (_wait.c.route_no == route_no, _wait.c.campaign_no == campaign_no)
    if connection.execute(sa.update(_wait).where(*where).values(values)).rowcount == 0:
        connection.execute(sa.insert(_wait).values({**key, **values}))


def put_offs(database: Database, route_no: int) -> Mapping[int, PutOff]:
    """What the route has postponed, by the campaign's number."""
    query = "SELECT * FROM validation_wait WHERE route_no = :route"
    return {row["campaign_no"]: value(PutOff, row) for row in rows_of(database, query, route=route_no)}


@transaction(durable=False)
def forget_put_off(connection: Connection, route_no: int, campaign_no: int) -> None:
    """The route asks now."""
    where = (_wait.c.route_no == route_no, _wait.c.campaign_no == campaign_no)
    connection.execute(sa.delete(_wait).where(*where))
