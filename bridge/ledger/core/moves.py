"""Statements about leads that move from a list into a campaign: their claims go ahead of them. Calls no vendor.

Before the job is asked for, the person is claimed in the campaign's scopes, beside the claims of the list. While the
move is in doubt, no route delivers the same person to either. Who did not move gives the new claims back. Who moved
keeps those of the list as well, so that the route does not send the person there again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger import hot
from bridge.ledger import intent as intents
from bridge.ledger.core.claims import place_number
from bridge.ledger.core.freeing import free_claims, hold, hold_workspaces, spread_claims
from bridge.ledger.core.outcomes import Recording, check_epoch
from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.intent import Answer, Intent, Kind, Planned
from bridge.ledger.sql import execute, read, rows
from bridge.ledger.statements import among, chunks, insert_or_ignore, numbers_of, tables
from bridge.ledger.texts import storable
from bridge.model import Dedupe, Origin, Place, Reason, State

_claim, _pending, _scope = tables("claim", "pending_change", "scope")


@dataclass(frozen=True, slots=True)
class Movable:
    """A delivered lead that stands in a list, by the ledger."""

    id: int
    lead_id: int
    campaign_no: int
    address: str
    remote_id: str


@dataclass(frozen=True, slots=True)
class ListOfLeads:
    """A list that leads were delivered to: by which route, of which client, and how many the ledger has in it now."""

    place_no: int
    vendor: str
    workspace: str
    kind: str
    id: str
    title: str
    route_no: int
    route: str
    client: str
    leads: int

    @property
    def place(self) -> Place:
        """The target."""
        return Place(self.vendor, self.workspace, self.kind, self.id)


_MOVABLE = (
    "SELECT d.id, d.lead_id, lead.campaign_no, d.address, d.remote_id FROM delivery d JOIN lead ON lead.id = d.lead_id"
)
_UNDER_WAY = "SELECT 1 FROM pending_change p WHERE p.delivery_id = d.id AND p.kind = 'move'"


def lists_of_leads(database: Database) -> list[ListOfLeads]:
    """Every list that any route delivered to, or is bound to."""
    query = """
        SELECT place.no AS place_no, place.vendor, place.workspace, place.kind, place.id, place.title,
            route.no AS route_no, route.name AS route, route.client,
            (SELECT count(*) FROM delivery d WHERE d.route_no = route.no AND d.place_no = place.no
                AND d.state = 'delivered' AND d.gone_from_target = 0) AS leads
        FROM place CROSS JOIN route
        WHERE place.kind = 'list' AND (
            EXISTS (SELECT 1 FROM binding WHERE binding.place_no = place.no AND binding.route_no = route.no)
            OR EXISTS (SELECT 1 FROM delivery d WHERE d.place_no = place.no AND d.route_no = route.no)
        )
        ORDER BY place.no, route.no
    """
    return read(database, ListOfLeads, query)


def movable(database: Database, route_no: int, place_no: int, *, size: int) -> Iterator[list[Movable]]:
    """The route's leads in the list that no write concerns, in pieces by number."""
    query = f"""
        {_MOVABLE} WHERE d.route_no = :route AND d.place_no = :place AND d.state = 'delivered' AND d.remote_id <> ''
        AND d.gone_from_target = 0 AND d.id > :after AND NOT EXISTS ({_UNDER_WAY}) ORDER BY d.id LIMIT :size
    """
    after = 0
    while found := read(database, Movable, query, route=route_no, place=place_no, after=after, size=size):
        after = found[-1].id
        yield found


def open_moves(database: Database, route_no: int) -> list[Intent]:
    """The route's moves that have not ended."""
    held: sa.ColumnElement[bool] = sa.literal_column("intent.held = 1", sa.Boolean)
    return intents.intents(database, Kind.MOVE, held, intents.columns.route_no == route_no)


def count_open(database: Database, route_nos: Sequence[int]) -> int:
    """How many leads of these routes are being moved, as far as is known."""
    query = "SELECT count(*) AS leads FROM pending_change WHERE kind = 'move' AND route_no IN :routes"
    with database.read() as connection:
        return int(rows(connection, query, routes=list(route_nos))[0]["leads"])


def moving(database: Database, number: int) -> list[Movable]:
    """The leads of a move of which it is not known yet where they stand."""
    query = f"{_MOVABLE} JOIN pending_change p ON p.delivery_id = d.id AND p.kind = 'move' WHERE p.intent_id = :number"
    return read(database, Movable, f"{query} ORDER BY d.id", number=number)


def place_of(database: Database, number: int) -> Place:
    """A target by its number."""
    query = "SELECT vendor, workspace, kind, id FROM place WHERE no = :number"
    return read(database, Place, query, number=number)[0]


def has_moved(database: Database, route_no: int) -> bool:
    """Whether leads of the route were ever moved."""
    query = "SELECT id FROM intent WHERE kind = 'move' AND route_no = :route LIMIT 1"
    with database.read() as connection:
        return bool(rows(connection, query, route=route_no))


@transaction()
def name_place(connection: Connection, place: Place, title: str) -> None:
    """Remember what a target is called."""
    number = place_number(connection, place)
    execute(connection, "UPDATE place SET title = :title WHERE no = :number", title=storable(title), number=number)


@transaction()
def begin_move(
    connection: Connection,
    recording: Recording,
    source: Place,
    target: Place,
    wanted: Sequence[Movable],
    dedupe: Dedupe,
    asked_at: datetime,
) -> tuple[int, frozenset[int]]:
    """Write down that these are about to be moved, and claim them where they go; its number, and who may go.

    Left out are those whose person another delivery has there. The number is 0 where none is left, or another move out
    of the list has not ended. Raises Busy if the lease is lost.
    """
    check_epoch(connection, recording)
    hold_workspaces(connection, {target.scopes[-1]})
    ids = [one.id for one in wanted]
    source_no, target_no = place_number(connection, source), place_number(connection, target)
    still = """
        SELECT id FROM delivery WHERE id IN :some AND place_no = :place AND state = 'delivered'
    """
    there = {row["id"] for row in among(connection, still, ids, place=source_no)}
    new = _new_scopes(connection, target)
    minded = [new[target.scope]] if dedupe in {"target", "lists"} else list(new.values())
    keys = _keys(connection, sorted(there))
    people = sorted({person for some in keys.values() for person in some})
    spread_claims.take(connection, target.scopes[-1], people)
    taken = _taken(connection, people, minded)
    free = sorted(one for one in there if not any(taken.get(key, {one}) - {one} for key in keys.get(one, ())))
    if not free:
        return 0, frozenset()
    subject = f"{recording.route_no}:{source.scope}"
    facts = {"source": source_no, "alone": dedupe not in {"target", "lists"}}
    planned = Planned(
        Kind.MOVE, recording.now, asked_at, subject, recording.route_no, target_no, emails=len(free), facts=facts
    )
    number = intents.begin(connection, planned)
    if not number:
        return 0, frozenset()
    claims = sorted({(key, no, one) for one in free for key in keys.get(one, ()) for no in new.values()})
    for some in chunks(claims):
        values = [{"person": person, "scope_no": no, "delivery_id": one} for person, no, one in some]
        connection.execute(insert_or_ignore(connection, _claim), values)
    pending = [{"delivery_id": one, "kind": Kind.MOVE.value, "route_no": recording.route_no} for one in free]
    connection.execute(sa.insert(_pending), [{**one, "intent_id": number} for one in pending])
    return number, frozenset(free)


def _new_scopes(connection: Connection, target: Place) -> dict[str, int]:
    """The scopes of a campaign that a lead of a list has no claim in yet, with their numbers."""
    return numbers_of(connection, _scope, [name for name in target.scopes if name != target.scopes[-1]])


def _keys(connection: Connection, ids: Sequence[int]) -> dict[int, set[str]]:
    """The keys under which each delivery holds its claims."""
    found: dict[int, set[str]] = {}
    for row in among(connection, "SELECT delivery_id, person FROM claim WHERE delivery_id IN :some", ids):
        found.setdefault(row["delivery_id"], set()).add(row["person"])
    return found


def _taken(connection: Connection, keys: Collection[str], scopes: Sequence[int]) -> dict[str, set[int]]:
    """Which deliveries hold these keys in these scopes."""
    found: dict[str, set[int]] = {}
    query = "SELECT person, delivery_id FROM claim WHERE scope_no IN :scopes AND person IN :some"
    for row in among(connection, query, sorted(keys), scopes=list(scopes)):
        found.setdefault(row["person"], set()).add(row["delivery_id"])
    return found


@transaction()
def end_moves(
    connection: Connection,
    recording: Recording,
    number: int,
    target: Place,
    *,
    moved: Mapping[int, str],
    stayed: Mapping[int, str],
    unknown: Mapping[int, str] = {},
) -> bool:
    """Record where leads of a move stand, each once; whether the move is over with that.

    `moved` gives the ids that they have in the campaign, `stayed` why each is in the list still. `unknown` are found in
    neither at last: they keep all their claims. Raises Busy if the lease is lost.
    """
    check_epoch(connection, recording)
    ids = [*moved, *stayed, *unknown]
    hold(connection, ids)
    target_no = place_number(connection, target)
    goes = """
        UPDATE delivery SET place_no = :place, remote_id = :remote, remote_status = '', gone_from_target = 0
        WHERE id = :id AND state = 'delivered'
    """
    for one, remote_id in moved.items():
        execute(connection, goes, place=target_no, remote=storable(remote_id), id=one)
    free_claims(connection, sorted(stayed), list(_new_scopes(connection, target).values()))
    at, said = milliseconds(recording.now), f"move {number}"
    reasons = dict.fromkeys(moved, (Reason.MOVED, f"into {target.kind} {target.id} ({said})"))
    reasons |= {one: (Reason.NOT_MOVED, f"{why} ({said})") for one, why in {**stayed, **unknown}.items()}
    state, origin = State.DELIVERED.value, Origin.LOOKUP.value
    hot.insert_events.run(
        connection,
        [(one, at, state, why.value, origin, storable(detail)[:500], 0) for one, (why, detail) in reasons.items()],
    )
    for some in chunks(ids):
        gone = "DELETE FROM pending_change WHERE kind = 'move' AND intent_id = :number AND delivery_id IN :some"
        execute(connection, gone, number=number, some=list(some))
    fewer = "UPDATE intent SET emails = emails - :staying WHERE id = :n"  # `emails` are those that moved, or still may
    execute(connection, fewer, n=number, staying=len(stayed))
    left = rows(connection, "SELECT 1 FROM pending_change WHERE kind = 'move' AND intent_id = :n LIMIT 1", n=number)
    if not left:
        intents.record(connection, number, Answer(result="read back"), recording.now)
    return not left


def stranded_moves(database: Database, route_no: int) -> list[int]:
    """Moves of the route that ended while leads still waited for them: a process died, or an operator gave up."""
    query = """
        SELECT DISTINCT i.id FROM pending_change p JOIN intent i ON i.id = p.intent_id
        WHERE p.route_no = :route AND p.kind = 'move' AND i.held = 0
    """
    with database.read() as connection:
        return [row["id"] for row in rows(connection, query, route=route_no)]
