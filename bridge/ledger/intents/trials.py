"""Statements about test leads: one's own address in a target, marked as such. Touches no delivery and no claim."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger.core.claims import place_number
from bridge.ledger.core.outcomes import Recording, check_epoch
from bridge.ledger.database import Database, transaction
from bridge.ledger.intent import UNSURE, Intent, Kind, Planned, Stage, begin, columns, joined, loaded
from bridge.ledger.sql import first
from bridge.ledger.statements import table
from bridge.ledger.texts import storable
from bridge.model import Place, Reason, State

_posted = table("posted_test_lead")
_DELIVERED = sa.and_(columns.state == Stage.SETTLED, columns.result == State.DELIVERED)


@dataclass(frozen=True, slots=True)
class Trial:
    """A test lead as the ledger has it: its intent, the operator's own address, and whose fields it carries."""

    intent: Intent
    address: str
    person: str
    sample: str

    @property
    def id(self) -> int:
        """The intent's number."""
        return self.intent.id

    @property
    def place(self) -> Place:
        """Where it was posted."""
        assert self.intent.place is not None  # noqa: S101 - begun with one
        return self.intent.place

    @property
    def remote_id(self) -> str:
        """The vendor's id of the lead it made, "" where unknown."""
        return self.intent.remote_id

    @property
    def asked_at(self) -> datetime | None:
        """When its call began, by the vendor's clock."""
        return self.intent.asked_at

    @property
    def state(self) -> State:
        """What became of it, in the words of deliveries."""
        return became(self.intent)[0]


def became(one: Intent) -> tuple[State, Reason]:
    """A test lead's state and the reason for it, in the words of deliveries."""
    if one.result in list(State):
        return State(one.result), Reason(one.facts.get("reason") or Reason.ABSENT)
    words = {
        Stage.OPEN: (State.SENDING, Reason.ANSWER_LOST),
        Stage.DOUBT: (State.IN_DOUBT, Reason.ANSWER_LOST),
        Stage.GIVEN_UP: (State.FAILED, Reason.GIVEN_UP),
    }
    return words.get(one.stage, (State.FAILED, Reason.ABSENT))


def begin_trial(
    database: Database, recording: Recording, place: Place, address: str, person: str, sample: str, asked_at: datetime
) -> Trial:
    """Write down, before the call, that a test lead is about to be posted. Raises Busy if the lease is lost."""
    posted = {"address": storable(address), "person": storable(person), "sample": storable(sample)}
    number = _begin(database, recording, place, posted, asked_at)
    (trial,) = _read(database, columns.id == number)
    return trial


@transaction()
def _begin(
    connection: Connection, recording: Recording, place: Place, posted: Mapping[str, str], asked_at: datetime
) -> int:
    check_epoch(connection, recording)
    place_no = place_number(connection, place)
    planned = Planned(Kind.TEST_LEAD, recording.now, asked_at, route_no=recording.route_no, place_no=place_no)
    number = begin(connection, planned)
    connection.execute(sa.insert(_posted).values({"intent_id": number, **posted}))
    return number


def open_trials(database: Database, route_no: int, person: str = "") -> list[Trial]:
    """The route's test leads that may have arrived, oldest first: to this person, or all ("")."""
    where = [columns.route_no == route_no, columns.state.in_(UNSURE)]
    return _read(database, *where, *([_posted.c.person == person] if person else []))


def trials_of_place(database: Database, place_no: int) -> list[Trial]:
    """Every test lead that went to the target, or may have."""
    return _read(database, columns.place_no == place_no, sa.or_(columns.state.in_(UNSURE), _DELIVERED))


def is_a_lead(database: Database, person: str) -> bool:
    """Whether the ledger has a lead with this canonical address: then it is no operator's own."""
    return first(database, "SELECT id FROM lead WHERE person = :person LIMIT 1", person=person) is not None


def _read(database: Database, *where: sa.ColumnElement[bool]) -> list[Trial]:
    query: sa.Select[Any] = joined().join(_posted, _posted.c.intent_id == columns.id)
    query = query.add_columns(_posted.c.address, _posted.c.person, _posted.c.sample)
    with database.read() as connection:
        found = connection.execute(query.where(columns.kind == Kind.TEST_LEAD, *where)).all()
    return [Trial(loaded(row), row.address, row.person, row.sample) for row in found]
