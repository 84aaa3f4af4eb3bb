"""The protocol of every write to a vendor whose answer may be lost, over one table. Calls no vendor.

An intent is committed before its call. Then its answer is recorded; or the call certainly did nothing; or it is in
doubt, until the kind's own question is answered or an operator gives up. No call is made for an intent twice: `begin`
refuses a subject that another open intent of the kind and client holds. `sync/intents.py` drives it. A push has no
subject: the claims of its deliveries are the guard. Its question is asked for each of them, so `sync/` drives it.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger import hot
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.statements import tables
from bridge.ledger.texts import dump_map, storable
from bridge.model import DEFAULT_CLIENT, Place

_intent, _campaign, _delivery, _place, _route = tables("intent", "campaign", "delivery", "place", "route")
columns = _intent.c
BY_HAND = 0
"""In place of a route's number: an operator asked."""


class Kind(StrEnum):
    """What is written."""

    CREATION = "create_campaign"
    TEST_LEAD = "test_lead"
    VALIDATION = "validation"
    PORTION = "portion"
    PUSH = "push"
    UPDATE = "update"
    MOVE = "move"


class Stage(StrEnum):
    """Where an intent stands."""

    OPEN = "open"  # the call is about to go out, or its process is gone
    DOUBT = "doubt"  # the call is over, and its answer was lost
    ASKED = "asked"  # the vendor took it and works on it
    SETTLED = "settled"  # its end is known
    GIVEN_UP = "given_up"  # its end will never be known; what it may have cost stays counted


UNSURE = (Stage.OPEN, Stage.DOUBT)
PENDING = (*UNSURE, Stage.ASKED)
DROPPED = "dropped"
"""The result of a call that certainly did nothing."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A write that is about to be made. `subject` "" may be planned twice; `cost` is in thousandths of a credit.

    The client is that of the route, `client` where an operator asked.
    """

    kind: Kind
    began_at: datetime
    asked_at: datetime
    subject: str = ""
    route_no: int = BY_HAND
    place_no: int = 0
    campaign_no: int = 0
    run_id: int = 0
    emails: int = 0
    cost: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    client: str = DEFAULT_CLIENT


@dataclass(frozen=True, slots=True)
class Answer:
    """What is certain of a write. `reserved` counts where it is more than was planned; `used` is the final cost.

    `keeps` leaves the subject taken after the end.
    """

    stage: Stage = Stage.SETTLED
    result: str = ""
    remote_id: str = ""
    emails: int | None = None
    reserved: int = 0
    used: int | None = None
    not_before: datetime | None = None
    detail: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """An intent as the ledger has it, with the names of what it is about."""

    id: int
    kind: Kind
    client: str
    subject: str
    held: bool
    stage: Stage
    result: str
    route_no: int
    route: str
    place: Place | None
    campaign_no: int
    campaign_id: str
    title: str
    emails: int
    reserved: int
    used: int
    cost_known: bool
    asked_at: datetime | None
    absent_at: datetime | None
    not_before: datetime | None
    ended_at: datetime | None
    polls: int
    remote_id: str
    detail: str
    facts: Mapping[str, Any]

    @property
    def charge(self) -> int:
        """What it holds of the budgets, in thousandths of a credit."""
        return self.used if self.cost_known else self.reserved


def begin(connection: Connection, planned: Planned) -> int:
    """Write the intent down, before its call; its number, or 0 where another holds the subject."""
    subject, facts = storable(planned.subject), storable(dump_map(planned.facts))
    values = (  # in the order of `hot.INTENT`
        *(
            planned.kind.value,
            subject,
            int(planned.subject != ""),
            Stage.OPEN.value,
            planned.route_no,
            planned.place_no,
        ),
        *(planned.campaign_no, planned.run_id, planned.emails, planned.cost),
        *(milliseconds(planned.began_at), milliseconds(planned.asked_at), facts),
    )
    return sum(hot.begin_intent.ask(connection, planned.route_no, planned.client, *values))


plan = transaction()(begin)


def record(connection: Connection, number: int, answer: Answer, now: datetime) -> bool:
    """Write down what is certain; False where that was known already. A cost that is known never changes."""
    unsure = answer.stage is Stage.ASKED or answer.result == DROPPED  # what the vendor took was not dropped
    stages = [stage.value for stage in (UNSURE if unsure else PENDING)]
    known = hot.intent_facts.ask(connection, number, stages)
    if not known:
        return False
    held = int(answer.stage is Stage.ASKED or answer.keeps)
    facts = storable(dump_map({**json.loads(known[0]), **answer.facts}))
    said = (milliseconds(answer.not_before), storable(answer.detail)[:1000], milliseconds(now), facts)
    about = (answer.emails, storable(answer.remote_id) or None)
    cost = (answer.reserved, answer.reserved, answer.used, int(answer.used is not None))
    hot.record_intent.take(connection, answer.stage.value, str(answer.result), held, *said, *about, *cost, number)
    return True


note = transaction()(record)


def drop(database: Database, number: int, why: str) -> None:
    """The call certainly did nothing: nothing was spent, and the subject is free."""
    note(database, number, Answer(result=DROPPED, used=0, detail=why), database.now())


def give_up(database: Database, number: int, why: str) -> None:
    """Its end will never be known: what it may have cost stays counted, and the subject is free."""
    note(database, number, Answer(Stage.GIVEN_UP, detail=why), database.now())


@transaction()
def doubt(connection: Connection, number: int, now: datetime) -> None:
    """Its call is over, and the answer was lost."""
    where = (columns.id == number, columns.state == Stage.OPEN)
    connection.execute(sa.update(_intent).where(*where).values(state=Stage.DOUBT, ended_at=milliseconds(now)))


def leave(connection: Connection, kind: Kind, now: datetime, *where: sa.ColumnElement[bool]) -> None:
    """Put in doubt what another process left open. The caller knows that its call is over: now at the latest."""
    left = (columns.kind == kind, columns.state == Stage.OPEN, *where)
    connection.execute(sa.update(_intent).where(*left).values(state=Stage.DOUBT, ended_at=milliseconds(now)))


abandoned = transaction()(leave)


def end_pushes(connection: Connection, numbers: Collection[int], stage: Stage) -> None:
    """End these pushes in doubt of which no delivery is in doubt any more. `result` and `ended_at` stay its call's."""
    asked = (columns.id.in_(numbers), columns.kind == Kind.PUSH, columns.state == Stage.DOUBT)
    theirs = (_delivery.c.route_no == columns.route_no, _delivery.c.batch_id == columns.id)
    left = sa.select(_delivery.c.id).where(*theirs, _delivery.c.state.in_(("sending", "in_doubt"))).exists()
    if numbers:
        connection.execute(sa.update(_intent).where(*asked, ~left).values(state=stage))


@transaction()
def missed(connection: Connection, number: int, now: datetime) -> None:
    """A first question, late enough, did not find it."""
    where = (columns.id == number, columns.state == Stage.DOUBT)
    connection.execute(sa.update(_intent).where(*where).values(absent_at=milliseconds(now)))


@transaction()
def look_again(connection: Connection, number: int, not_before: datetime) -> None:
    """The vendor still works on it: when to ask next."""
    where = (columns.id == number, columns.state == Stage.ASKED)
    later = {"not_before": milliseconds(not_before), "polls": columns.polls + 1}
    connection.execute(sa.update(_intent).where(*where).values(later))


def intents(database: Database, kind: Kind, *where: sa.ColumnElement[bool]) -> list[Intent]:
    """The intents of a kind under these conditions on `columns`, oldest first."""
    query = joined().where(columns.kind == kind, *where)
    with database.read() as connection:
        return [loaded(row) for row in connection.execute(query)]


def doubtful_requests(database: Database, before: datetime) -> list[Intent]:
    """Every request in doubt but test leads; one that was begun `before` counts, since its process is gone.

    A move counts while its job goes on.
    """
    left = sa.and_(columns.state == Stage.OPEN, columns.began_at < milliseconds(before))
    goes_on = sa.and_(columns.kind == Kind.MOVE, columns.state == Stage.ASKED)
    query = joined().where(columns.held == 1, sa.or_(columns.state == Stage.DOUBT, left, goes_on))
    with database.read() as connection:
        return [loaded(row) for row in connection.execute(query)]


def intent(database: Database, number: int) -> Intent:
    """One intent as it stands now."""
    with database.read() as connection:
        return loaded(connection.execute(joined().where(columns.id == number)).one())


_PLACE = ("vendor", "workspace", "kind", "id")
_STORED = tuple(name for name in Intent.__slots__ if name in columns)


def joined() -> sa.Select[Any]:
    """Every intent with the names of its route, campaign and place."""
    return (
        sa.select(_intent, _campaign.c.id.label("campaign_id"), _campaign.c.title, _route.c.name.label("route"))
        .add_columns(*(_place.c[name].label(f"place_{name}") for name in _PLACE))
        .outerjoin(_campaign, _campaign.c.no == columns.campaign_no)
        .outerjoin(_route, _route.c.no == columns.route_no)
        .outerjoin(_place, _place.c.no == columns.place_no)
        .order_by(columns.id)
    )


def loaded(row: Any) -> Intent:
    """The intent in a row of `joined`."""
    found = row._mapping  # noqa: SLF001 - sqlalchemy.Row names its public mapping so
    values: dict[str, Any] = {name: found[name] for name in _STORED}
    values |= {name: moment(found[name]) for name in ("asked_at", "absent_at", "not_before", "ended_at")}
    values |= {name: found[name] or "" for name in ("campaign_id", "title", "route")}
    values |= {"kind": Kind(row.kind), "stage": Stage(row.state), "facts": json.loads(row.facts)}
    values |= {"held": bool(row.held), "cost_known": bool(row.cost_known)}
    place = Place(*(found[f"place_{name}"] for name in _PLACE)) if row.place_no else None
    return Intent(**values, place=place)
