"""What is remembered between rounds of feedback, and which leads are to be looked at. Asks no vendor.

All of one workspace is one scope: its lease, its memory, and how far the daily look at every lead has come. A page of
events and the memory that goes with it are one transaction, so that a kill loses neither and doubles none.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from bridge.errors import Busy
from bridge.lazy import dataclass
from bridge.ledger.core import leases
from bridge.ledger.core.counting import lead_counts
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.events.reading import sent
from bridge.ledger.events.recording import Recorded, record_in
from bridge.ledger.sql import execute, first, rows, rows_of
from bridge.ledger.statements import among, number_of, table
from bridge.ledger.texts import storable
from bridge.model import EventKind, Place, ReportedEvent, Sent, State, Witness

MOST_LOOKS = 5
"""How often a lead is looked at because of an event that nothing confirms."""

_INTERESTS = ("interested", "not_interested", "meeting", "won", "wrong_person", "out_of_office")


@dataclass(frozen=True, slots=True)
class Leased:
    """The right to work on the feedback of a workspace. `scope` is the name of its widest dedupe scope."""

    scope: str
    number: int
    epoch: int


@transaction()
def lease_number(connection: Connection, scope: str) -> int:
    """The number under which a workspace, or what a client spends, is leased: below zero, where no route is."""
    return -number_of(connection, table("scope"), name=scope)


@transaction()
def record_page(
    connection: Connection,
    leased: Leased,
    events: Sequence[ReportedEvent],
    memory: Mapping[str, object] | None,
    round_at: datetime,
) -> Recorded:
    """One page with what is to be remembered after it. Raises Busy where another process has taken over."""
    _check(connection, leased)
    done = record_in(connection, events, round_at)
    if memory is not None:
        _keep(connection, f"feedback {leased.scope}", said=json.dumps(memory))
    return done


def remembered(database: Database, scope: str) -> dict[str, Any]:
    """What the vendor's reader of this workspace wanted to be remembered; {} at first."""
    said = first(database, "SELECT said FROM mark WHERE name = :name", name=f"feedback {scope}")
    found = json.loads(said or "{}")
    return found if isinstance(found, dict) else {}


def ended_at(database: Database, scope: str) -> datetime | None:
    """When the latest round of this workspace ended; None for never."""
    return marked_at(database, f"feedback round {scope}")


@transaction(durable=False)
def end_round(connection: Connection, leased: Leased, at: datetime) -> None:
    """Note that a round has ended."""
    _keep(connection, f"feedback round {leased.scope}", number=milliseconds(at))


def marked_at(database: Database, name: str) -> datetime | None:
    """The instant under this name; None for never."""
    return moment(first(database, "SELECT number FROM mark WHERE name = :name", name=name) or 0)


@transaction(durable=False)
def mark(connection: Connection, name: str, at: datetime) -> None:
    """Keep an instant under this name."""
    _keep(connection, name, number=milliseconds(at))


def _check(connection: Connection, leased: Leased) -> None:
    if not leases.held(connection, leased.number, leased.epoch):
        raise Busy("Another process reads the feedback of this workspace.")


_KEEP = """
    INSERT INTO mark (name, number, said) VALUES (:name, :number, :said)
    ON CONFLICT (name) DO UPDATE SET number = excluded.number, said = excluded.said
"""


def _keep(connection: Connection, name: str, *, number: int = 0, said: str = "") -> None:
    execute(connection, _KEEP, name=storable(name), number=number, said=storable(said))


# -------------------------------------------------------------------------------------- which leads to ask for, and not


def known_ids(database: Database, place: Place, kind: EventKind, most: int = 20_000) -> list[str]:
    """The vendor's ids of the leads of a target that have an event of this kind."""
    query = """
        SELECT d.remote_id FROM vendor_event e JOIN delivery d ON d.id = e.delivery_id JOIN place p ON p.no = d.place_no
        WHERE e.route_no IN (SELECT no FROM route) AND e.kind = :kind AND e.delivery_id > 0 AND d.remote_id <> ''
        AND p.vendor = :vendor AND p.workspace = :workspace AND p.kind = :place_kind AND p.id = :id
        ORDER BY d.id DESC LIMIT :most
    """
    where = {"vendor": place.vendor, "workspace": place.workspace, "place_kind": place.kind, "id": place.id}
    with database.read() as connection:
        return list(execute(connection, query, kind=kind.value, most=most, **where).scalars())


def delivered_since(database: Database, route_nos: Sequence[int]) -> datetime | None:
    """When the first lead of these routes was delivered."""
    query = "SELECT MIN(sent_at) FROM delivery WHERE state = 'delivered' AND sent_at > 0 AND route_no IN :routes"
    return moment(first(database, query, routes=list(route_nos)) or 0)


_UNCONFIRMED = f"""
    SELECT e.delivery_id FROM vendor_event e
    WHERE e.route_no IN :routes AND e.delivery_id > 0 AND e.acted_at = 0 AND e.kind IN ('not_interested')
    AND e.sightings < 2 AND e.witnesses IN (1, 2, 4, 8) AND e.looks < {MOST_LOOKS}
    AND (e.seen_at < :round OR e.witnesses <> {int(Witness.LEADS)})
"""  # noqa: S608 - put together from constants
_HINTED = f"""
    SELECT e.delivery_id FROM vendor_event e
    WHERE e.route_no IN :routes AND e.delivery_id > 0 AND e.witnesses = {int(Witness.WEBHOOK)}
    AND e.looks < {MOST_LOOKS}
"""  # noqa: S608 - put together from constants
_JUST_REPLIED = f"""
    SELECT e.delivery_id FROM vendor_event e
    WHERE e.route_no IN :routes AND e.kind = 'replied' AND e.noted_at >= :recent AND e.delivery_id > 0
    AND NOT EXISTS (
        SELECT 1 FROM vendor_event i WHERE i.delivery_id = e.delivery_id AND i.kind IN {_INTERESTS}
    )
    ORDER BY e.looks, e.delivery_id LIMIT :few
"""  # noqa: S608 - put together from constants


def waiting(
    connection: Connection, route_nos: Sequence[int], *, round_at: datetime, recent: datetime, most: int, few: int
) -> list[Sent]:
    """The leads that a round looks at again: what one place alone showed, what a webhook reported, and new replies.

    Leads that replied are judged a while later: their interest shows in no count. `few` bounds how many of them. What
    the leads themselves alone showed is looked at again in a later round only, and anything else at once.
    """
    given = {"routes": list(route_nos), "round": milliseconds(round_at)}
    ids = [row["delivery_id"] for row in rows(connection, f"{_UNCONFIRMED} LIMIT :most", most=most, **given)]
    hints = rows(connection, f"{_HINTED} LIMIT :most", most=most, routes=given["routes"])
    ids += [row["delivery_id"] for row in hints]
    # A request names up to `few`: those who replied fill the last one, or one of their own.
    few = (-len(set(ids)) % few if ids else few) if few else 0
    replied = rows(connection, _JUST_REPLIED, routes=given["routes"], recent=milliseconds(recent), few=few)
    ids += [row["delivery_id"] for row in replied]
    return by_number(connection, ids)


def by_number(connection: Connection, ids: Sequence[int]) -> list[Sent]:
    """These deliveries as a vendor is asked about them, with what is known of them."""
    wanted = sorted(set(ids))[:20_000]
    known: dict[int, set[EventKind]] = {}
    for row in among(connection, "SELECT delivery_id, kind FROM vendor_event WHERE delivery_id IN :some", wanted):
        known.setdefault(row["delivery_id"], set()).add(EventKind(row["kind"]))
    found = list[Sent]()
    for start in range(0, len(wanted), 1_000):
        found += sent(connection, "d.id IN :ids", ids=wanted[start : start + 1_000])
    return [
        Sent(one.delivery_id, one.remote_id, one.address, one.place, frozenset(known.get(one.delivery_id, ())))
        for one in found
    ]


@transaction(durable=False)
def looked(connection: Connection, ids: Sequence[int]) -> None:
    """Count that the vendor was asked about these leads because of an event."""
    for start in range(0, len(ids), 1_000):
        some = list(ids[start : start + 1_000])
        execute(connection, "UPDATE vendor_event SET looks = looks + 1 WHERE delivery_id IN :some", some=some)


# --------------------------------------------------------------------------------------------------- the daily look


@dataclass(frozen=True, slots=True)
class Pass:
    """How far the look at every delivered lead has come: behind which delivery it goes on, and when the next begins."""

    after: int = 0
    next_at: datetime | None = None


def standing(database: Database, scope: str) -> Pass:
    """How far it has come in this workspace."""
    query = "SELECT number, said FROM mark WHERE name = :name"
    found = rows_of(database, query, name=f"feedback pass {scope}")
    return Pass(int(found[0]["said"] or 0), moment(found[0]["number"])) if found else Pass()


@transaction()
def note_pass(connection: Connection, leased: Leased, come: Pass) -> None:
    """Remember it."""
    _check(connection, leased)
    number, said = milliseconds(come.next_at), str(come.after)
    _keep(connection, f"feedback pass {leased.scope}", number=number, said=said)


def piece(connection: Connection, places: Sequence[int], after: int, size: int) -> list[Sent]:
    """The next delivered leads of these routes by number."""
    where = "d.route_no IN :routes AND d.id > :after ORDER BY d.id LIMIT :size"
    found = sent(connection, where, routes=list(places), after=after, size=size)
    return by_number(connection, [one.delivery_id for one in found])


def count_delivered(database: Database, route_nos: Sequence[int]) -> int:
    """How many leads of these routes are delivered."""
    with database.look() as connection:
        counted = lead_counts(connection)
        return sum(one.leads for one in counted if one.state == State.DELIVERED and one.route_no in route_nos)
