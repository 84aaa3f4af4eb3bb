"""Where every route stands: statements that only read, for the verbs that must answer at once. Writes nothing.

They are SQL text, and this module imports neither the tables nor sqlmodel: loading those costs more than half of the
time that `leadbridge status` may take. Both databases read the same text.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.engine import Connection, Row

from bridge.ledger.core.holders import Holder, is_gone, myself
from bridge.ledger.database import Database, milliseconds, moment, now_ms
from bridge.ledger.views.health import successes
from bridge.model import State

RUNNING, CUT_OFF = "running", "cut off"
"""What a run without an end is: at work in a living process, or left behind by one that is gone."""

_MOST_RUNS = 10**9  # a larger number fits no database's LIMIT


@dataclass(frozen=True, slots=True)
class Tally:
    """How the leads that a route knows are spread: `known` is counted by itself and must be the sum of `states`."""

    known: int
    states: Mapping[str, int]
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run as it was recorded; `document` is what `sync --json` said of it ({} while it is under way).

    `status` is how it ended, RUNNING or CUT_OFF where it has not.
    """

    id: int
    route: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A target by the ids its vendor gave it; `title` is "" where it was never resolved by name."""

    vendor: str
    kind: str
    id: str
    title: str
    workspace: str = ""


Bindings = Mapping[int, Mapping[str, KnownPlace]]
"""The places that targets mean: by the route's number, then by `Target.key`."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The leads of a route whose latest call went to this target, by the state they have now."""

    place: KnownPlace
    states: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Trouble:
    """So many deliveries are in this state for this reason; the oldest since then."""

    state: str
    reason: str
    leads: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Wait:
    """So many leads are ready and may not go yet, for this reason: the first until `first`, the last until `last`."""

    reason: str
    leads: int
    first: datetime | None
    last: datetime | None

    def document(self) -> dict[str, Any]:
        """For JSON."""
        first, last = (at.isoformat() if at else None for at in (self.first, self.last))
        return {"reason": self.reason, "leads": self.leads, "first_at": first, "all_at": last}


@dataclass(frozen=True, slots=True)
class RouteRecord:
    """What the ledger knows of a route.

    `place` is where it delivered last (None = nowhere yet), `sent` every target that its leads went to, oldest first.
    `bindings` are the targets it was resolved to, by `Target.key`. `waits` are the leads that are ready and whose time
    has not come. `holder` names the process that works on it right
    now, "" where none does. `gone` and `remote_statuses` are what an audit noted: leads that their target holds no
    more, the first of them since `gone_since`, and how many have which status there.
    """

    name: str
    tally: Tally
    place: KnownPlace | None
    last_run: PastRun | None
    last_success: datetime | None
    troubles: tuple[Trouble, ...]
    holder: str
    gone: int
    gone_since: datetime | None
    remote_statuses: Mapping[str, int]
    sent: tuple[Sent, ...] = ()
    bindings: Mapping[str, KnownPlace] = field(default_factory=dict)
    waits: tuple[Wait, ...] = ()


_ROUTES = text("SELECT name, no FROM route ORDER BY name")
# One statement, so that both numbers are of one moment while another process writes.
_SPREAD = text(
    "SELECT state, reason, count(*) AS leads, (SELECT count(*) FROM delivery WHERE route_no = :route) AS known "
    "FROM delivery WHERE route_no = :route GROUP BY state, reason"
)
_RUNS = """
    SELECT run.*, route.name, lease.host, lease.pid, lease.process, lease.expires_at,
        run.id = (SELECT max(id) FROM run r WHERE r.route_no = run.route_no) AS is_latest
    FROM run JOIN route ON route.no = run.route_no LEFT JOIN route_lease lease ON lease.route_no = run.route_no {}
    ORDER BY run.id DESC LIMIT :most
"""
_ALL_RUNS = text(_RUNS.format(""))
_SOME_RUNS = text(_RUNS.format("WHERE route.name IN :routes")).bindparams(bindparam("routes", expanding=True))
_LATEST_RUNS = text(_RUNS.format("WHERE run.id = (SELECT max(id) FROM run r WHERE r.route_no = route.no)"))
_LATEST_PLACE = text(
    "SELECT place.* FROM place JOIN batch ON batch.place_no = place.no WHERE batch.route_no = :route "
    "ORDER BY batch.id DESC LIMIT 1"
)
_BOUND_PLACE = text(
    "SELECT place.* FROM place JOIN binding ON binding.place_no = place.no WHERE binding.route_no = :route "
    "ORDER BY place.no DESC LIMIT 1"
)
_BINDINGS = text(
    "SELECT place.*, binding.route_no, binding.target FROM place JOIN binding ON binding.place_no = place.no "
    "ORDER BY place.no"
)
# A route has many batches and few targets: the leads are counted by target only where there is more than one.
_TARGETS = text(
    "SELECT place.* FROM place JOIN (SELECT place_no, min(id) AS first FROM batch WHERE route_no = :route "
    "GROUP BY place_no) used ON used.place_no = place.no ORDER BY used.first"
)
_SENT = text(
    "SELECT place_no, state, count(*) AS leads FROM delivery "
    "WHERE route_no = :route AND state NOT IN ('held', 'ready') GROUP BY place_no, state"
)
_WAITS = text(
    "SELECT reason, count(*) AS leads, min(not_before) AS first, max(not_before) AS last FROM delivery "
    "WHERE route_no = :route AND state = 'ready' AND not_before > :now GROUP BY reason ORDER BY leads DESC, reason"
)
_MAY_GO = """
    SELECT d.domain, count(DISTINCT {0}) AS people FROM delivery d JOIN lead ON lead.id = d.lead_id
    JOIN route ON route.no = d.route_no
    WHERE route.name = :route AND d.state = 'ready' AND d.not_before <= :now AND NOT EXISTS (
        SELECT 1 FROM claim JOIN scope ON scope.no = claim.scope_no
        WHERE claim.person = {0} AND scope.name IN :scopes AND claim.delivery_id <> d.id
    ) GROUP BY d.domain
"""
_CANONICAL, _EXACT = (
    text(_MAY_GO.format(key)).bindparams(bindparam("scopes", expanding=True))
    for key in (
        "(CASE WHEN d.address LIKE '%@%' THEN lead.person ELSE lead.profile END)",
        "('=' || d.address)",
    )
)
_FILLED = text(
    "SELECT d.domain, count(*) AS leads FROM delivery d JOIN route ON route.no = d.route_no "
    "WHERE route.name = :route AND d.domain <> '' AND d.state IN ('sending', 'in_doubt', 'delivered', 'duplicate') "
    "GROUP BY d.domain"
)
_HOLDER = text("SELECT host, pid, process FROM route_lease WHERE route_no = :route AND expires_at > :now")
# What is in doubt or failed; its latest event is the one that put it there.
_TROUBLES = text(
    """
    SELECT d.state, d.reason, count(*) AS leads, min(latest.at) AS since
    FROM delivery d LEFT JOIN (
        SELECT e.delivery_id, max(e.at) AS at FROM event e JOIN delivery t ON t.id = e.delivery_id
        WHERE t.route_no = :route AND t.state IN ('in_doubt', 'failed') GROUP BY e.delivery_id
    ) latest ON latest.delivery_id = d.id
    WHERE d.route_no = :route AND d.state IN ('in_doubt', 'failed')
    GROUP BY d.state, d.reason ORDER BY d.state, d.reason
    """
)
_GONE = text(
    "SELECT count(*) AS leads, min(gone_from_target) AS since FROM delivery "
    "WHERE route_no = :route AND gone_from_target <> 0"
)
_REMOTE_STATUSES = text(
    "SELECT remote_status, count(*) AS leads FROM delivery WHERE route_no = :route AND remote_status <> '' "
    "GROUP BY remote_status ORDER BY leads DESC, remote_status"
)


def route_names(database: Database) -> Mapping[str, int]:
    """Every route that has ever run, by name."""
    with database.read() as connection:
        return {row.name: row.no for row in connection.execute(_ROUTES)}


def tally(database: Database, route_no: int) -> Tally:
    """Where every lead that the route knows stands."""
    with database.read() as connection:
        rows = connection.execute(_SPREAD, {"route": route_no}).all()
    states = dict.fromkeys((state.value for state in State), 0)
    reasons: dict[str, int] = {}
    for row in rows:
        states[row.state] += row.leads
        reasons[row.reason] = reasons.get(row.reason, 0) + row.leads
    known = int(rows[0].known) if rows else 0
    return Tally(known, states, dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))))


def sent_to(database: Database, route_no: int) -> tuple[Sent, ...]:
    """Every target that leads of the route went to, oldest first, with what became of those leads."""
    with database.read() as connection:
        return _sent(connection, route_no)


def bindings(database: Database) -> Bindings:
    """What the targets of every route were resolved to."""
    with database.read() as connection:
        return bindings_in(connection)


def bindings_in(connection: Connection) -> Bindings:
    """The same, as a transaction sees it."""
    found: dict[int, dict[str, KnownPlace]] = {}
    for row in connection.execute(_BINDINGS):
        found.setdefault(row.route_no, {})[row.target] = _known_place(row)
    return found


def waits(database: Database, route_no: int, now: datetime) -> tuple[Wait, ...]:
    """The leads that are ready and whose time has not come, most first."""
    with database.read() as connection:
        return _waits(connection, route_no, milliseconds(now))


def past_runs(database: Database, *, routes: Sequence[str] = (), limit: int = 20) -> list[PastRun]:
    """The latest runs, newest first."""
    with database.read() as connection:
        if routes:
            found = connection.execute(_SOME_RUNS, {"routes": list(routes), "most": min(limit, _MOST_RUNS)})
        else:
            found = connection.execute(_ALL_RUNS, {"most": min(limit, _MOST_RUNS)})
        now = now_ms(connection)
        return [_past(row, now) for row in found]


def latest_runs(database: Database) -> dict[str, PastRun]:
    """The latest run of every route that ever ran, by the route's name."""
    with database.read() as connection:
        now = now_ms(connection)
        found = connection.execute(_LATEST_RUNS, {"most": _MOST_RUNS})
        return {row.name: _past(row, now) for row in found}


def route_records(database: Database) -> list[RouteRecord]:
    """Every route that has ever run, by name."""
    succeeded = {name: ending.ended_at for name, ending in successes(database).items()}
    bound = bindings(database)
    return [
        _record(database, name, no, succeeded.get(name), bound.get(no, {}))
        for name, no in route_names(database).items()
    ]


def _record(
    database: Database, name: str, route_no: int, last_success: datetime | None, bound: Mapping[str, KnownPlace]
) -> RouteRecord:
    counted = tally(database, route_no)
    runs = past_runs(database, routes=[name], limit=1)
    troubled = counted.states[State.IN_DOUBT] or counted.states[State.FAILED]
    with database.read() as connection:
        troubles = _troubles(connection, route_no) if troubled else ()
        place, holder = _place(connection, route_no), _holder(connection, route_no)
        sent = _sent(connection, route_no, counted)
        waiting = _waits(connection, route_no, now_ms(connection)) if counted.states[State.READY] else ()
        gone = connection.execute(_GONE, {"route": route_no}).one()
        remote = {row.remote_status: row.leads for row in connection.execute(_REMOTE_STATUSES, {"route": route_no})}
    return RouteRecord(
        name=name,
        tally=counted,
        place=place,
        last_run=runs[0] if runs else None,
        last_success=last_success,
        troubles=troubles,
        holder=holder,
        gone=int(gone.leads),
        gone_since=moment(gone.since or 0),
        remote_statuses=remote,
        sent=sent,
        bindings=bound,
        waits=waiting,
    )


def _past(row: Row[Any], now: int) -> PastRun:
    started = moment(row.started_at) or datetime.fromtimestamp(0, UTC)
    document = json.loads(row.document) if row.document else {}
    status = row.status if row.ended_at else _unfinished(row, now)
    return PastRun(row.id, row.name, status, started, moment(row.ended_at), document)


def _unfinished(row: Row[Any], now: int) -> str:
    """Whether a run without an end is still going on: only the latest one can, and only in a living process."""
    held = row.is_latest and row.pid is not None and row.expires_at > now
    return RUNNING if held and not is_gone(Holder(row.host, row.pid, row.process), myself()) else CUT_OFF


def _place(connection: Connection, route_no: int) -> KnownPlace | None:
    """Where the latest batch went; before any, what the target's name was resolved to."""
    for query in (_LATEST_PLACE, _BOUND_PLACE):
        row = connection.execute(query, {"route": route_no}).one_or_none()
        if row is not None:
            return _known_place(row)
    return None


def _known_place(row: Row[Any]) -> KnownPlace:
    return KnownPlace(row.vendor, row.kind, row.id, row.title, row.workspace)


def _waits(connection: Connection, route_no: int, now: int) -> tuple[Wait, ...]:
    rows = connection.execute(_WAITS, {"route": route_no, "now": now})
    return tuple(Wait(row.reason, int(row.leads), moment(row.first), moment(row.last)) for row in rows)


def may_go(database: Database, route: str, scopes: Sequence[str], *, exact: bool, cap: int) -> int:
    """At most how many of the route's ready leads can go now: different people, unclaimed in `scopes`, under the cap.

    `exact` and `cap` are the route's `same_person` and `per_domain` (0 = none). The claim looks closer, and the target
    knows more: fewer may go, and never more.
    """
    asked = {"route": route, "scopes": list(scopes)}
    with database.read() as connection:
        now = now_ms(connection)
        rows = connection.execute(_EXACT if exact else _CANONICAL, {**asked, "now": now}).all()
        filled = {row.domain: int(row.leads) for row in connection.execute(_FILLED, {"route": route})} if cap else {}
    return sum(
        min(int(row.people), max(0, cap - filled.get(row.domain, 0))) if cap and row.domain else int(row.people)
        for row in rows
    )


def _sent(connection: Connection, route_no: int, counted: Tally | None = None) -> tuple[Sent, ...]:
    """By target; `counted` spares the count where all leads went to one."""
    targets = connection.execute(_TARGETS, {"route": route_no}).all()
    states: dict[int, dict[str, int]] = {row.no: {} for row in targets}
    if len(targets) == 1 and counted is not None:
        waiting = (State.HELD, State.READY)
        states[targets[0].no] = {state: n for state, n in counted.states.items() if n and state not in waiting}
    elif targets:
        for row in connection.execute(_SENT, {"route": route_no}):
            states.setdefault(row.place_no, {})[row.state] = int(row.leads)
    return tuple(Sent(_known_place(row), states[row.no]) for row in targets if states[row.no])


def _holder(connection: Connection, route_no: int) -> str:
    row = connection.execute(_HOLDER, {"route": route_no, "now": now_ms(connection)}).one_or_none()
    holder = None if row is None else Holder(row.host, row.pid, row.process)
    return "" if holder is None or is_gone(holder, myself()) else holder.told


def _troubles(connection: Connection, route_no: int) -> tuple[Trouble, ...]:
    rows = connection.execute(_TROUBLES, {"route": route_no})
    return tuple(Trouble(row.state, row.reason, int(row.leads), moment(row.since or 0)) for row in rows)
