"""Statements behind "never twice": the unique claim that lets exactly one delivery of a person go. Calls no vendor.

`claim` is the transaction ready -> sending. In the order of their rank it looks at each delivery once more
(`candidates`: suppressed? validation still good and young? another delivery's already? cap of the domain?), holds those
that must not go, and claims the others in every dedupe scope they fall in.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.errors import Busy
from bridge.lazy import dataclass
from bridge.ledger import hot
from bridge.ledger import intent as intents
from bridge.ledger.core import gates, leases
from bridge.ledger.core.asking import ask_first, asked_before
from bridge.ledger.core.candidates import Claiming, Round, choose, owners_of
from bridge.ledger.core.freeing import free_claims, hold_workspaces, release, spread_claims
from bridge.ledger.database import Database, milliseconds, moment, transaction
from bridge.ledger.fields import load_fields
from bridge.ledger.intent import Kind, Planned
from bridge.ledger.statements import chunks, number_of, numbers_of, tables
from bridge.model import Delivery, IllegalMove, Origin, Place, Reason, State, maker

_delivery, _event, _place, _scope = tables("delivery", "event", "place", "scope")
_new_delivery = maker(Delivery)


@dataclass(frozen=True, slots=True)
class Batch:
    """Deliveries that one call is to carry. They are `sending` in the ledger."""

    id: int
    deliveries: tuple[Delivery, ...]


def claim(database: Database, claiming: Claiming, *, limit: int) -> Batch | None:
    """Claim the next deliveries of the route, at most `limit`; None when no lead is ready, or may go by its pace.

    Raises Busy when the lease has gone to another process.
    """
    sending = _claim_next(database, claiming, limit)
    # Behind the transaction: others wait for it.
    return sending.batch(claiming) if sending else None


@transaction()
def _claim_next(connection: Connection, claiming: Claiming, limit: int) -> "_Sending | None":
    _check_epoch(connection, claiming)
    hold_workspaces(connection, _workspaces(connection, claiming), everywhere=claiming.dedupe == "everywhere")
    if claiming.gates:  # behind the locks: no other claim passes the same gate meanwhile
        limit = min(limit, gates.narrowest(connection, claiming.gates)[0])
    if not limit:
        return None
    scopes = _scope_numbers(connection, claiming.place)
    taken = choose(connection, claiming, scopes, limit)
    _insert_claims(connection, claiming, scopes, taken)
    _hold(connection, claiming, taken.held)
    ask_first(connection, taken.doubted, claiming.now)
    return _send(connection, claiming, taken.accepted) if taken.accepted else None


def count_claims(database: Database, claiming: Claiming) -> int:
    """How many deliveries `claim` would send now, by its own look at each. Claims, holds and locks nothing."""
    with database.read() as connection:
        wanted = claiming.place.guarded(claiming.dedupe)
        known = connection.execute(sa.select(_scope.c.name, _scope.c.no).where(_scope.c.name.in_(wanted)))
        scopes = dict.fromkeys(wanted, 0) | {row.name: int(row.no) for row in known}
        return len(choose(connection, claiming, scopes, None).accepted)


def _check_epoch(connection: Connection, claiming: Claiming) -> None:
    if not leases.held(connection, claiming.route_no, claiming.epoch):
        raise Busy("Another process has taken this route over.")


def _workspaces(connection: Connection, claiming: Claiming) -> set[str]:
    """The target's workspace, and those that the route sent to before: a delivery may bring claims along from there."""
    used = [Place(vendor, workspace, "", "") for vendor, workspace in hot.workspaces.ask(connection, claiming.route_no)]
    return {place.scopes[-1] for place in (claiming.place, *used)}


def place_number(connection: Connection, place: Place) -> int:
    """The number of a target in the ledger."""
    known = hot.place.ask(connection, place.vendor, place.workspace, place.kind, place.id)
    key = {"vendor": place.vendor, "workspace": place.workspace, "kind": place.kind, "id": place.id}
    return known[0] if known else number_of(connection, _place, **key)


# ------------------------------------------------------------------------------------------------------ the claims


def _scope_numbers(connection: Connection, place: Place) -> dict[str, int]:
    names = list(dict.fromkeys((*place.scopes, *(place.guarded("campaigns")), *(place.guarded("lists")))))
    known = {name: int(number) for name, number in hot.scopes.ask(connection, names)}
    return known if len(known) == len(names) else numbers_of(connection, _scope, names)


# Every key with its delivery in every scope.
_write_claims = hot.Step(
    """
    INSERT INTO claim (person, scope_no, delivery_id)
    SELECT their.key, scope.value, CAST(their.value AS BIGINT) FROM [pairs] AS their CROSS JOIN [numbers] AS scope
    WHERE true ON CONFLICT DO NOTHING
    """
)


def _insert_claims(connection: Connection, claiming: Claiming, scopes: Mapping[str, int], taken: Round) -> None:
    """Claim every accepted delivery, but for those whose earlier claim passes on to another that went to the person.

    The scopes that the route minds come first: where a key of theirs was taken already, its row is dropped before it
    claims more. Rows are sorted: those of one page of the table follow each other.
    """
    accepted, exact = taken.accepted, claiming.same_person == "exact"
    again = [row.id for row in accepted if row.batch_id]
    free_claims(connection, again)
    minded = dict(sorted([(claiming.key(row), row.id) for row in accepted]))
    # A scope that is only looked at (a list that minds the campaigns) gets no claim of ours.
    minds = claiming.place.guarded(claiming.dedupe)
    guarded = [scopes[name] for name in claiming.place.scopes if name in minds]
    others = [scopes[name] for name in claiming.place.scopes if name not in minds]
    *narrower, workspace = claiming.place.scopes
    plain = workspace in minds and not exact and not again and len(minded) == len(accepted)
    if plain and _claim_at_once(connection, minded, scopes[workspace], [scopes[name] for name in narrower]):
        return
    spread_claims.take(connection, workspace, sorted({row.person for row in accepted}))
    if _write_claims.take(connection, minded, guarded) != len(accepted) * len(guarded):
        _drop_losers(connection, claiming, scopes, taken)
    kept = {*taken.doubted, *(row.id for row in taken.accepted)}
    _write_claims.take(connection, {key: number for key, number in minded.items() if number in kept}, others)
    if exact:  # of two spellings of a person the first holds the person's claims
        spelled = {row.person: row.id for row in sorted(accepted, reverse=True) if row.id in kept}
        _write_claims.take(connection, spelled, [*guarded, *others])


def _claim_at_once(connection: Connection, keys: dict[str, int], workspace: int, narrower: list[int]) -> bool:
    """Claim these leads' keys with one row each, in the workspace; False, and none claimed, where a scope was taken.

    None of the deliveries had a claim. Where the widest scope is free, the others nearly always are.
    """
    if hot.claim_workspace.take(connection, workspace, keys, *narrower) == len(keys):
        return True
    hot.drop_claims.take(connection, list(keys.values()))
    return False


def _drop_losers(connection: Connection, claiming: Claiming, scopes: Mapping[str, int], taken: Round) -> None:
    """Take back those whose freed claim went to another: held, or asked for first where a call may have created them.

    No other process can have been faster: each holds the workspace's row.
    """
    owners = owners_of(connection, claiming, scopes, taken.accepted)
    others = {row.id: owners.get(claiming.key(row), set()) - {row.id} for row in taken.accepted}
    taken.doubted += [row.id for row in taken.accepted if others[row.id] and asked_before(row)]
    lost = [row for row in taken.accepted if others[row.id] and not asked_before(row)]
    taken.accepted = [row for row in taken.accepted if not others[row.id]]
    for row in taken.held:
        # The loser may have filled the place under a cap for which another was just held: ask that one again.
        row["stale"] = 1 if row["reason"] == Reason.DOMAIN_CAP else 0
    taken.held += [
        {"b_id": row.id, "stale": 0, "detail": "", "reason": Reason.DUPLICATE_OF, "waits_for": min(others[row.id])}
        for row in lost
    ]


# ------------------------------------------------------------------------------------------------------ the moves


def _hold(connection: Connection, claiming: Claiming, held: Sequence[dict[str, Any]]) -> None:
    if not held:
        return
    moves = {"state": State.HELD.value, "origin": Origin.LOCAL.value}
    only_ready = (_delivery.c.id == sa.bindparam("b_id"), _delivery.c.state == State.READY)
    connection.execute(sa.update(_delivery).where(*only_ready).values(moves), held)
    at = milliseconds(claiming.now)
    events = [
        {**moves, "delivery_id": row["b_id"], "at": at, "reason": row["reason"], "detail": row["detail"]}
        for row in held
    ]
    connection.execute(sa.insert(_event), events)
    release(connection, [row["b_id"] for row in held])


@dataclass(frozen=True, slots=True)
class _Sending:
    """Rows that have just become `sending`, with the time of the first call of each that may have taken effect."""

    batch_id: int
    rows: Sequence[Any]
    since: Sequence[int]

    def batch(self, claiming: Claiming) -> Batch:
        """What the destination is given."""
        moments = {at: moment(at) for at in set(self.since)}
        place, sending = claiming.place, State.SENDING
        made = [  # by place: names would take half as long again
            _new_delivery(
                row.id,
                row.person,
                row.address,
                load_fields(row.fields),
                place,
                sending,
                row.attempts + 1,
                moments[at],
                row.other,
            )
            for row, at in zip(self.rows, self.since, strict=True)
        ]
        return Batch(self.batch_id, tuple(made))


def _send(connection: Connection, claiming: Claiming, rows: Sequence[Any]) -> _Sending:
    place_no = place_number(connection, claiming.place)
    batch_id = _begin(connection, claiming, place_no, len(rows))
    asked_at = milliseconds(claiming.asked_at)
    numbers = [row.id for row in rows]
    done = hot.send.take(connection, place_no, asked_at, place_no, batch_id, numbers)
    if done != len(rows):  # the last guard of never twice: they were locked by us
        raise IllegalMove(f"{len(rows) - done} deliveries of a batch were not ready any more")
    since = [row.asked_at if row.asked_at and row.place_no == place_no else asked_at for row in rows]
    return _Sending(batch_id, rows, since)


def _begin(connection: Connection, claiming: Claiming, place_no: int, sent: int) -> int:
    """Write down that a call with so many deliveries is about to go out; its number."""
    route_no, run_id = claiming.route_no, claiming.run_id
    push = Planned(Kind.PUSH, claiming.now, claiming.asked_at, "", route_no, place_no, run_id=run_id, emails=sent)
    return intents.begin(connection, push)


@transaction()
def split(connection: Connection, claiming: Claiming, deliveries: Sequence[Delivery]) -> Batch:
    """Put a part of a batch that was turned down as a whole into a batch of its own; its claims stay.

    Raises Busy when the lease has gone to another process.
    """
    _check_epoch(connection, claiming)
    batch_id = _begin(connection, claiming, place_number(connection, claiming.place), len(deliveries))
    for some in chunks([delivery.id for delivery in deliveries]):
        connection.execute(sa.update(_delivery).where(_delivery.c.id.in_(some)).values(batch_id=batch_id))
    return Batch(batch_id, tuple(deliveries))
