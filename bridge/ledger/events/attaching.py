"""Finds the delivery that a reported event belongs to. Writes nothing.

An event belongs to a delivery where the vendor names its lead's id, or the person in its target. Any other event is of
another sender's lead: it is counted apart.
"""

from collections.abc import Sequence

from sqlalchemy import RowMapping
from sqlalchemy.engine import Connection

from bridge.hygiene import email
from bridge.lazy import dataclass
from bridge.ledger.statements import among
from bridge.model import Place, ReportedEvent

_BY_PERSON = """
    SELECT claim.person, d.id, d.route_no, d.place_no, d.remote_id, d.sent_at, p.vendor, p.workspace, p.kind,
        p.id AS place_id, r.client
    FROM claim JOIN delivery d ON d.id = claim.delivery_id JOIN place p ON p.no = d.place_no
    JOIN route r ON r.no = d.route_no
    WHERE claim.person IN :some AND claim.scope_no IN (SELECT no FROM scope) AND d.state = 'delivered'
"""
_BY_NUMBER = """
    SELECT '' AS person, d.id, d.route_no, d.place_no, d.remote_id, d.sent_at, p.vendor, p.workspace, p.kind,
        p.id AS place_id, r.client
    FROM delivery d JOIN place p ON p.no = d.place_no JOIN route r ON r.no = d.route_no
    WHERE d.id IN :some AND d.state = 'delivered'
"""


@dataclass(frozen=True, slots=True)
class Owner:
    """A delivered delivery, as far as an event of its lead needs it. `sent_at` is in milliseconds."""

    id: int
    route_no: int
    place_no: int
    remote_id: str
    sent_at: int
    place: Place
    client: str

    def has(self, one: ReportedEvent, *, anywhere: bool = False) -> bool:
        """Whether the event is one of its lead: in its target, or under its id wherever that was moved to.

        With `anywhere` it may be: the person stands somewhere in the workspace.
        """
        if one.place.vendor != self.place.vendor or one.place.workspace != self.place.workspace:
            return False
        return anywhere or one.place == self.place or (one.remote_id != "" and one.remote_id == self.remote_id)


def owners(connection: Connection, events: Sequence[ReportedEvent], *, anywhere: bool = False) -> dict[int, Owner]:
    """The delivery of each reported event, by its index in the sequence; one without a delivery is left out.

    With `anywhere` also a delivery to another target of the workspace, for a lead that may have been moved.
    """
    persons = {index: person_of(one) for index, one in enumerate(events) if not one.delivery_id}
    keys = {key for person in persons.values() if person for key in (person, f"={person}")}
    keys |= {f"={one.address}" for one in events if one.address}
    by_person: dict[str, list[Owner]] = {}
    for row in among(connection, _BY_PERSON, sorted(keys)):
        by_person.setdefault(row["person"], []).append(_owner(row))
    numbers = {one.delivery_id for one in events if one.delivery_id}
    by_number = {row["id"]: _owner(row) for row in among(connection, _BY_NUMBER, sorted(numbers))}
    found: dict[int, Owner] = {}
    for index, one in enumerate(events):
        named = [by_number[one.delivery_id]] if one.delivery_id in by_number else []
        person = persons.get(index, "")
        candidates = named or [*by_person.get(person, ()), *by_person.get(f"={one.address}", ())]
        mine = next((owner for owner in candidates if owner.has(one, anywhere=anywhere)), None)
        if mine is not None:
            found[index] = mine
    return found


def person_of(one: ReportedEvent) -> str:
    """The key of the person behind the address; "" where it cannot be read."""
    if "@" not in one.address:
        return one.address if ":" in one.address else ""
    read = email.read(one.address)
    return read.person if isinstance(read, email.Address) else ""


def _owner(row: RowMapping) -> Owner:

    place = Place(row["vendor"], row["workspace"], row["kind"], row["place_id"])
    return Owner(row["id"], row["route_no"], row["place_no"], row["remote_id"], row["sent_at"], place, row["client"])
