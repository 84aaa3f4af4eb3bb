"""Statements behind "never twice": who may go next, and the unique claim that lets exactly one go. Calls no vendor.

`claim` is the transaction ready -> sending. In the order of their rank it looks at each delivery once more (suppressed?
validation still good and young? somebody else's already? cap of the domain?), holds those that must not go, and
claims the others in every dedupe scope they fall in.

A claim's key is the canonical address. A route with `same_person = "exact"` claims "=" and the very address besides,
and only minds a canonical claim whose owner has that very address: so both kinds of route see each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.errors import Busy
from bridge.model import Dedupe, Delivery, IllegalMove, Origin, Place, Reason, State, maker
from bridge.store import leases
from bridge.store.database import Database, milliseconds, moment, repeatable
from bridge.store.facts import load_fields
from bridge.store.freeing import free_claims, hold_workspaces
from bridge.store.prepared import Prepared
from bridge.store.statements import chunks, insert_or_ignore, number_of, numbers_of, table
from bridge.store.suppressions import suppressed_among
from bridge.store.tables import BatchRow, ClaimRow, DeliveryRow, EventRow, LeadRow, PlaceRow, ScopeRow

_claim = table(ClaimRow)
_delivery = table(DeliveryRow)
_event = table(EventRow)
_lead = table(LeadRow)
_place = table(PlaceRow)
_scope = table(ScopeRow)
_batch = table(BatchRow)
_new_delivery = maker(Delivery)

_COUNTED = (State.SENDING, State.IN_DOUBT, State.DELIVERED, State.DUPLICATE)
"""States that fill a place under the cap of a domain: these people are in the target, or may be."""

_LEAST_ROUND = 500
"""How many rows are looked at together at least, when all but a few of a batch are found."""


@dataclass(frozen=True, slots=True)
class Claiming:
    """For whom, where to and under which conditions a batch is claimed. `asked_at` is the vendor's clock now."""

    run_id: int
    route_no: int
    epoch: int
    decided_by: str
    place: Place
    dedupe: Dedupe
    same_person: str
    per_domain: int
    asked_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """Deliveries that one call is to carry. They are `sending` in the ledger."""

    id: int
    deliveries: tuple[Delivery, ...]


@dataclass(slots=True)
class _Round:
    """What one claim has accepted and held so far. `now` is in milliseconds."""

    now: int
    accepted: list[Any] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    owners: dict[str, set[int]] = field(default_factory=dict)
    filled: Counter[str] = field(default_factory=Counter)


@repeatable
def claim(database: Database, claiming: Claiming, *, limit: int) -> Batch | None:
    """Claim the next deliveries of the route, at most `limit`; None when nobody is ready.

    Raises Busy when the lease has gone to another process.
    """
    with database.write() as connection:
        _check_epoch(connection, claiming)
        hold_workspaces(connection, _workspaces(connection, claiming))
        scopes = _scope_numbers(connection, claiming.place)
        taken = _choose(connection, claiming, scopes, limit)
        _insert_claims(connection, claiming, scopes, taken)
        _hold(connection, claiming, taken.held)
        sending = _send(connection, claiming, taken.accepted) if taken.accepted else None
    # Behind the transaction: others wait for it.
    return sending.batch(claiming) if sending else None


def count_claims(database: Database, claiming: Claiming) -> int:
    """How many deliveries `claim` would let go now, by its own look at each. Claims, holds and locks nothing."""
    with database.read() as connection:
        wanted = claiming.place.guarded(claiming.dedupe)
        known = connection.execute(sa.select(_scope.c.name, _scope.c.no).where(_scope.c.name.in_(wanted)))
        scopes = dict.fromkeys(wanted, 0) | {row.name: int(row.no) for row in known}
        return len(_choose(connection, claiming, scopes, None).accepted)


def _check_epoch(connection: Connection, claiming: Claiming) -> None:
    if not leases.held(connection, claiming.route_no, claiming.epoch):
        raise Busy("Another process has taken this route over.")


def _workspaces(connection: Connection, claiming: Claiming) -> set[str]:
    """The target's workspace, and those that the route sent to before: a delivery may bring claims along from there."""
    p = _place.c
    earlier = sa.select(p.vendor, p.workspace).distinct().join(_batch, _batch.c.place_no == p.no)
    rows = connection.execute(earlier.where(_batch.c.route_no == claiming.route_no)).all()
    return {claiming.place.scopes[-1], *(Place(row.vendor, row.workspace, "", "").scopes[-1] for row in rows)}


def claim_key(same_person: str, person: str, address: str) -> str:
    """What must be unclaimed: the canonical person, or on a route that says "exact" the very address."""
    return f"={address}" if same_person == "exact" else person


def place_number(connection: Connection, place: Place) -> int:
    """The number of a target in the ledger."""
    key = {"vendor": place.vendor, "workspace": place.workspace, "kind": place.kind, "id": place.id}
    return number_of(connection, _place, **key)


# ----------------------------------------------------------------------------------------------------- who may go


def _choose(connection: Connection, claiming: Claiming, scopes: Mapping[str, int], limit: int | None) -> _Round:
    """Look at the ready deliveries until `limit` may go; with None at all of them, and none is locked."""
    taken = _Round(milliseconds(claiming.now))
    after = ""
    while limit is None or len(taken.accepted) < limit:
        size = _LEAST_ROUND if limit is None else max(limit - len(taken.accepted), _LEAST_ROUND)
        rows = _ready(connection, claiming, after, size, lock=limit is not None)
        if not rows:
            break
        after = rows[-1].rank
        _look(connection, claiming, scopes, taken, rows, limit)
    return taken


def _ready(connection: Connection, claiming: Claiming, after: str, limit: int, *, lock: bool) -> Sequence[Any]:
    """The next ready deliveries by rank, locked where they are to be claimed."""
    d = _delivery.c
    query = (
        sa.select(d.id, d.rank, d.address, d.fields, d.domain, d.expires_at, d.attempts, d.asked_at, _lead.c.person)
        .add_columns(_lead.c.validation, d.batch_id, d.place_no)
        .join(_lead, _lead.c.id == d.lead_id)
        .where(claimable(claiming.route_no, claiming.decided_by, claiming.now), d.rank > after)
        .order_by(d.rank)
        .limit(limit)
    )
    locked = query.with_for_update(of=_delivery, skip_locked=True)
    return connection.execute(locked if lock else query.with_only_columns(*_without_fields(query))).all()


def _without_fields(query: sa.Select[Any]) -> list[Any]:
    """What a look needs: the fields are the most of a row, and of use to the call alone."""
    return [column for column in query.selected_columns if column.key != _delivery.c.fields.key]


def claimable(route_no: int, decided_by: str, now: datetime) -> sa.ColumnElement[bool]:
    """Which deliveries, joined with their leads, a claim takes into its hands now.

    Those decided by other rules or facts wait for their new decision, others until their time has come.
    """
    d = _delivery.c
    current = sa.and_(d.decided_by == decided_by, d.stale == 0, d.lead_revision == _lead.c.revision)
    return sa.and_(d.route_no == route_no, d.state == State.READY, d.not_before <= milliseconds(now), current)


def _look(
    connection: Connection,
    claiming: Claiming,
    scopes: Mapping[str, int],
    taken: _Round,
    rows: Sequence[Any],
    limit: int | None,
) -> None:
    suppressed = suppressed_among(connection, [row.person for row in rows])
    guarded = [scopes[name] for name in claiming.place.guarded(claiming.dedupe)]
    for key, ids in _owners(connection, guarded, claiming.same_person, _people(rows)).items():
        taken.owners.setdefault(key, set()).update(ids)
    if claiming.per_domain:
        new = [row.domain for row in rows if row.domain not in taken.filled]
        taken.filled.update(_counted_domains(connection, claiming.route_no, new))
    canonical = claiming.same_person != "exact"
    for row in rows:
        if len(taken.accepted) == limit:
            return
        key = row.person if canonical else _key(claiming, row)
        held = _objection(claiming, taken, row, key, suppressed)
        if held is None:
            taken.accepted.append(row)
            taken.owners.setdefault(key, set()).add(row.id)
            if row.domain:
                taken.filled[row.domain] += 1
        else:
            taken.held.append({"b_id": row.id, "stale": 0, **held})


def _objection(
    claiming: Claiming, taken: _Round, row: Any, key: str, suppressed: frozenset[str]
) -> dict[str, Any] | None:
    """Why this delivery must not go after all; None when it may. `key` is what must be unclaimed."""
    if row.person in suppressed:
        return {"reason": Reason.SUPPRESSED, "waits_for": 0}
    if row.validation != "valid":
        return {"reason": Reason.NOT_VALIDATED, "waits_for": 0}
    if row.expires_at and row.expires_at <= taken.now:
        return {"reason": Reason.VALIDATION_TOO_OLD, "waits_for": 0}
    owners = taken.owners.get(key)
    if owners and (others := owners - {row.id}):
        return {"reason": Reason.DUPLICATE_OF, "waits_for": min(others)}
    if claiming.per_domain and row.domain and taken.filled[row.domain] >= claiming.per_domain:
        return {"reason": Reason.DOMAIN_CAP, "waits_for": 0}
    return None


def _key(claiming: Claiming, row: Any) -> str:
    return claim_key(claiming.same_person, row.person, row.address)


def _people(rows: Iterable[Any]) -> list[tuple[str, str]]:
    return [(row.person, row.address) for row in rows]


def _owners(
    connection: Connection, scope_nos: Sequence[int], same_person: str, people: Sequence[tuple[str, str]]
) -> dict[str, set[int]]:
    """By key the deliveries that own it in any of the scopes: a narrow one may be ours, and a wider another's."""
    c = _claim.c
    query = sa.select(c.person, c.delivery_id, _delivery.c.address).join(_delivery, _delivery.c.id == c.delivery_id)
    query = query.where(c.scope_no.in_(scope_nos))
    keys = {key for person, address in people for key in (person, claim_key(same_person, person, address))}
    owners: dict[str, set[int]] = {}
    for some in chunks(sorted(keys)):
        for row in connection.execute(query.where(c.person.in_(some))):
            plain = same_person == "exact" and not row.person.startswith("=")
            owners.setdefault(f"={row.address}" if plain else row.person, set()).add(row.delivery_id)
    return owners


def _counted_domains(connection: Connection, route_no: int, domains: Iterable[str]) -> Counter[str]:
    query = sa.select(_delivery.c.domain, sa.func.count().label("people")).where(
        _delivery.c.route_no == route_no, _delivery.c.state.in_(_COUNTED)
    )
    found: Counter[str] = Counter()
    for some in chunks(sorted({domain for domain in domains if domain})):
        # The literal lets both databases use the partial index.
        named = query.where(_delivery.c.domain.in_(some), sa.text("domain <> ''"))
        counted = connection.execute(named.group_by(_delivery.c.domain))
        found.update({row.domain: row.people for row in counted})
    return found


# ------------------------------------------------------------------------------------------------------ the claims


def _scope_numbers(connection: Connection, place: Place) -> dict[str, int]:
    names = (*place.scopes, *(place.guarded("campaigns")), *(place.guarded("lists")))
    return numbers_of(connection, _scope, list(dict.fromkeys(names)))


_insert_claim = Prepared(lambda connection: insert_or_ignore(connection, _claim), "scope_no", "person", "delivery_id")


def _insert_claims(connection: Connection, claiming: Claiming, scopes: Mapping[str, int], taken: _Round) -> None:
    """Claim every accepted delivery; whoever lost a race to another process is held instead.

    Rows are sorted, so that two processes that claim at once take the same locks in the same order. The scopes that
    the route minds come first: where a key of theirs was taken already, its row is dropped before it claims more.
    """
    again = [row.id for row in taken.accepted if row.batch_id]
    free_claims(connection, again)
    exact = claiming.same_person == "exact"
    owned = [(row.person, row.id) for row in taken.accepted]
    spelt = [(_key(claiming, row), row.id) for row in taken.accepted] if exact else []
    # A scope that is only looked at (a list that minds the campaigns) gets no claim of ours.
    minds = claiming.place.guarded(claiming.dedupe)
    guarded = [scopes[name] for name in claiming.place.scopes if name in minds]
    others = [scopes[name] for name in claiming.place.scopes if name not in minds]
    minded, unminded = (spelt, owned) if exact else (owned, [])
    decisive = _spread(guarded, minded)
    if _insert_claim.run(connection, decisive) != len(decisive):
        _drop_losers(connection, claiming, scopes, taken)
    kept = {row.id for row in taken.accepted}
    rest = _spread(others, minded) + _spread([*guarded, *others], unminded)
    _insert_claim.run(connection, [row for row in rest if row[2] in kept])


def _spread(scope_nos: Sequence[int], keys: Sequence[tuple[str, int]]) -> list[tuple[int, str, int]]:
    """Every key in every scope, in the order of the primary key."""
    return [(no, person, delivery_id) for person, delivery_id in sorted(keys) for no in scope_nos]


def _drop_losers(connection: Connection, claiming: Claiming, scopes: Mapping[str, int], taken: _Round) -> None:
    guarded = [scopes[name] for name in claiming.place.guarded(claiming.dedupe)]
    owners = _owners(connection, guarded, claiming.same_person, _people(taken.accepted))
    others = {row.id: owners.get(_key(claiming, row), set()) - {row.id} for row in taken.accepted}
    lost = [row for row in taken.accepted if others[row.id]]
    if not lost:
        return
    taken.accepted = [row for row in taken.accepted if row not in lost]
    for row in taken.held:
        # The loser may have filled the place under a cap for which another was just held: ask that one again.
        row["stale"] = 1 if row["reason"] == Reason.DOMAIN_CAP else 0
    taken.held += [
        {"b_id": row.id, "stale": 0, "reason": Reason.DUPLICATE_OF, "waits_for": min(others[row.id])} for row in lost
    ]
    free_claims(connection, [row.id for row in lost])


# ------------------------------------------------------------------------------------------------------ the moves


def _hold(connection: Connection, claiming: Claiming, held: Sequence[dict[str, Any]]) -> None:
    if not held:
        return
    moves = {"state": State.HELD.value, "origin": Origin.LOCAL.value, "detail": ""}
    only_ready = (_delivery.c.id == sa.bindparam("b_id"), _delivery.c.state == State.READY)
    connection.execute(sa.update(_delivery).where(*only_ready).values(moves), held)
    at = milliseconds(claiming.now)
    events = [{**moves, "delivery_id": row["b_id"], "at": at, "reason": row["reason"]} for row in held]
    connection.execute(sa.insert(_event), events)
    free_claims(connection, [row["b_id"] for row in held])


@dataclass(frozen=True, slots=True)
class _Sending:
    """Rows that have just become `sending`, with the time of the first call of each that may have taken effect."""

    batch_id: int
    rows: Sequence[Any]
    since: Sequence[int]

    def batch(self, claiming: Claiming) -> Batch:
        """What the destination is given."""
        moments = {at: moment(at) for at in set(self.since)}
        rows = zip(self.rows, self.since, strict=True)
        return Batch(self.batch_id, tuple(_delivery_of(claiming, row, moments[at]) for row, at in rows))


def _send(connection: Connection, claiming: Claiming, rows: Sequence[Any]) -> _Sending:
    place_no = place_number(connection, claiming.place)
    batch_id = open_batch(connection, claiming, place_no, len(rows))
    asked_at = milliseconds(claiming.asked_at)
    d = _delivery.c
    for some in chunks([row.id for row in rows]):
        done = connection.execute(
            sa.update(_delivery)
            .where(d.id.in_(some), d.state == State.READY)
            .values(
                state=State.SENDING,
                reason=Reason.OK,
                origin=Origin.LOCAL,
                detail="",
                place_no=place_no,
                batch_id=batch_id,
                attempts=d.attempts + 1,
                # What another target held since an earlier call says nothing about this one.
                asked_at=sa.case((sa.or_(d.asked_at == 0, d.place_no != place_no), asked_at), else_=d.asked_at),
                absent_at=0,
            )
        )
        if done.rowcount != len(some):  # the last guard of never twice: they were locked by us
            raise IllegalMove(f"{len(some) - done.rowcount} deliveries of a batch were not ready any more")
    since = [row.asked_at if row.asked_at and row.place_no == place_no else asked_at for row in rows]
    return _Sending(batch_id, rows, since)


def open_batch(connection: Connection, claiming: Claiming, place_no: int, sent: int) -> int:
    """Write down that a call with so many deliveries is about to go out; its number."""
    values = {
        "run_id": claiming.run_id,
        "route_no": claiming.route_no,
        "place_no": place_no,
        "epoch": claiming.epoch,
        "sent": sent,
        "began_at": milliseconds(claiming.now),
    }
    return int(connection.execute(sa.insert(_batch).values(values).returning(_batch.c.id)).scalar_one())


def _delivery_of(claiming: Claiming, row: Any, asked_at: datetime | None) -> Delivery:
    return _new_delivery(
        id=row.id,
        person=row.person,
        address=row.address,
        fields=load_fields(row.fields),
        place=claiming.place,
        attempts=row.attempts + 1,
        asked_at=asked_at,
    )


@repeatable
def split(database: Database, claiming: Claiming, deliveries: Sequence[Delivery]) -> Batch:
    """Put a part of a batch that was turned down as a whole into a batch of its own; its claims stay.

    Raises Busy when the lease has gone to another process.
    """
    with database.write() as connection:
        _check_epoch(connection, claiming)
        batch_id = open_batch(connection, claiming, place_number(connection, claiming.place), len(deliveries))
        for some in chunks([delivery.id for delivery in deliveries]):
            connection.execute(sa.update(_delivery).where(_delivery.c.id.in_(some)).values(batch_id=batch_id))
    return Batch(batch_id, tuple(deliveries))
