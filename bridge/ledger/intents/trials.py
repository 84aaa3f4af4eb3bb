"""Statements about test leads: one's own address in a target, marked as such. Touches no delivery and no claim."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.core.claims import place_number
from bridge.ledger.core.facts import storable
from bridge.ledger.core.outcomes import Recording, check_epoch
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.statements import table
from bridge.ledger.tables import LeadRow, PlaceRow, TestLeadRow
from bridge.model import Outcome, Place, State

_lead = table(LeadRow)
_place = table(PlaceRow)
_trial = table(TestLeadRow)

OPEN = (State.SENDING, State.IN_DOUBT)
"""States in which it is unknown whether the test lead arrived."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A test lead as the ledger has it. `asked_at` is when its call began, by the vendor's clock."""

    id: int
    place: Place
    address: str
    person: str
    sample: str
    state: State
    remote_id: str
    asked_at: datetime | None
    ended_at: datetime | None


@transaction()
def begin_trial(
    connection: Connection,
    recording: Recording,
    place: Place,
    address: str,
    person: str,
    sample: str,
    asked_at: datetime,
) -> Trial:
    """Write down, before the call, that a test lead is about to be posted. Raises Busy if the lease is lost."""
    check_epoch(connection, recording)
    row = {
        "route_no": recording.route_no,
        "place_no": place_number(connection, place),
        "address": storable(address),
        "person": storable(person),
        "sample": storable(sample),
        "state": State.SENDING,
        "asked_at": milliseconds(asked_at),
    }
    made = connection.execute(sa.insert(_trial).values(row).returning(_trial.c.id)).scalar_one()
    return Trial(int(made), place, address, person, sample, State.SENDING, "", asked_at, None)


@transaction()
def end_trial(connection: Connection, recording: Recording, outcome: Outcome) -> None:
    """Write down what became of a test lead; `outcome.delivery_id` is its number. Raises Busy if the lease is lost."""
    values = {
        "state": outcome.state,
        "reason": outcome.reason,
        "detail": storable(outcome.detail[:300]),
        "remote_id": storable(outcome.remote_id),
        "ended_at": milliseconds(recording.now),
    }
    check_epoch(connection, recording)
    connection.execute(sa.update(_trial).where(_trial.c.id == outcome.delivery_id).values(values))


def open_trials(database: Database, route_no: int, person: str = "") -> list[Trial]:
    """The route's test leads that may have arrived, oldest first: to this person, or all ("")."""
    where = [_trial.c.route_no == route_no, _trial.c.state.in_(OPEN)]
    return _read(database, *where, *([_trial.c.person == person] if person else []))


def trials_of_place(database: Database, place_no: int) -> list[Trial]:
    """Every test lead that went to the target, or may have."""
    return _read(database, _trial.c.place_no == place_no, _trial.c.state.in_((*OPEN, State.DELIVERED)))


def trials_of_sample(database: Database, source_id: str) -> list[Trial]:
    """The test leads that carried the fields of this lead: they hold its facts under somebody else's address."""
    return _read(database, _trial.c.sample == storable(source_id))


def is_a_lead(database: Database, person: str) -> bool:
    """Whether the ledger has a lead with this canonical address: then it is nobody's own."""
    query = sa.select(_lead.c.id).where(_lead.c.person == person).limit(1)
    with database.read() as connection:
        return connection.execute(query).scalar() is not None


def _read(database: Database, *where: sa.ColumnElement[bool]) -> list[Trial]:
    columns: Mapping[str, Any] = {name: _place.c[name].label(f"place_{name}") for name in _PLACE}
    query = sa.select(_trial, *columns.values()).join(_place, _place.c.no == _trial.c.place_no)
    with database.read() as connection:
        return [_loaded(row) for row in connection.execute(query.where(*where).order_by(_trial.c.id))]


_PLACE = ("vendor", "workspace", "kind", "id")


def _loaded(row: Any) -> Trial:
    return Trial(
        id=row.id,
        place=Place(row.place_vendor, row.place_workspace, row.place_kind, row.place_id),
        address=row.address,
        person=row.person,
        sample=row.sample,
        state=State(row.state),
        remote_id=row.remote_id,
        asked_at=moment(row.asked_at),
        ended_at=moment(row.ended_at),
    )
