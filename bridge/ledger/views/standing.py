"""Where every route stands: statements that only read, for the verbs that must answer at once. Writes nothing.

This module imports no table, and neither does what it imports (see `sql`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridge.lazy import dataclass
from bridge.ledger.core.bindings import KnownPlace, bindings
from bridge.ledger.core.counting import Count, lead_counts
from bridge.ledger.core.holders import Holder, is_gone, myself
from bridge.ledger.database import Database, milliseconds, moment, now_ms
from bridge.ledger.scopes import IMPLIED
from bridge.ledger.sql import rows, rows_of, value, values
from bridge.ledger.views.health import successes
from bridge.model import DEFAULT_CLIENT, State

if TYPE_CHECKING:
    from sqlalchemy import RowMapping
    from sqlalchemy.engine import Connection

RUNNING, CUT_OFF = "running", "cut off"
"""What a run without an end is: at work in a living process, or left behind by one that is gone."""

_AT_ONCE = 1_000
_MOST_RUNS = 10**9  # a larger number fits no database's LIMIT


@dataclass(frozen=True, slots=True)
class Tally:
    """How the leads that a route knows are spread; `known` is the sum of `states`, and that of `reasons`."""

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
    client: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    document: Mapping[str, Any]


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
    """So many leads are ready and may not go yet, for this reason: the first until `first`, the last until `last`.

    Both are None for those that wait for the pace of the route: their turn is no time of their own.
    """

    reason: str
    leads: int
    first: datetime | None
    last: datetime | None

    def document(self) -> dict[str, Any]:
        """For JSON."""
        first, last = (at.isoformat() if at else None for at in (self.first, self.last))
        return {"reason": self.reason, "leads": self.leads, "first_at": first, "all_at": last}


@dataclass(frozen=True, slots=True)
class Paused:
    """Since when no run of a route begins, and who paused it."""

    paused_at: datetime | None
    paused_by: str


@dataclass(frozen=True, slots=True)
class RouteRecord:
    """What the ledger knows of a route.

    `place` is where it delivered last (None = nowhere yet), `sent` every target that its leads went to, oldest first.
    `bindings` are the targets it was resolved to, by `Target.key`. `waits` are the leads that are ready and whose time
    has not come. `holder` names the process that works on it now, "" where none does. `gone` and `remote_statuses` are
    what an audit noted: leads that their target holds no more, the first of them since `gone_since`, and how many have
    which status there.
    """

    name: str
    tally: Tally
    place: KnownPlace | None
    last_run: PastRun | None
    last_success: datetime | None
    troubles: tuple[Trouble, ...]
    holder: str
    changed: int
    gone: int
    gone_since: datetime | None
    remote_statuses: Mapping[str, int]
    sent: tuple[Sent, ...] = ()
    bindings: Mapping[str, KnownPlace] = field(default_factory=dict)
    waits: tuple[Wait, ...] = ()
    client: str = DEFAULT_CLIENT
    paused: Paused | None = None


# ------------------------------------------------------------------------------------------------------- every route


def route_names(database: Database) -> Mapping[str, int]:
    """Every route that has ever run, by name."""
    return {row["name"]: row["no"] for row in rows_of(database, "SELECT name, no FROM route ORDER BY name")}


def route_clients(database: Database) -> Mapping[str, str]:
    """The client of every route that has ever run, by the route's name."""
    return {row["name"]: row["client"] for row in rows_of(database, "SELECT name, client FROM route")}


def pauses(database: Database) -> Mapping[str, Paused]:
    """The routes that are paused, by name."""
    query = "SELECT route.name, p.paused_at, p.paused_by FROM route_pause p JOIN route ON route.no = p.route_no"
    return {row["name"]: value(Paused, row) for row in rows_of(database, query)}


def past_runs(database: Database, *, routes: Sequence[str] = (), limit: int = 20) -> list[PastRun]:
    """The latest runs, newest first."""
    which = "WHERE route.name IN :routes" if routes else ""
    given = {"routes": list(routes)} if routes else {}
    return _runs(database, which, most=min(limit, _MOST_RUNS), **given)


def latest_runs(database: Database) -> dict[str, PastRun]:
    """The latest run of every route that ever ran, by the route's name."""
    which = "WHERE run.id = (SELECT max(id) FROM run r WHERE r.route_no = route.no)"
    return {run.route: run for run in _runs(database, which, most=_MOST_RUNS)}


def _runs(database: Database, which: str, **given: Any) -> list[PastRun]:
    query = f"""
        SELECT run.*, route.name AS route, route.client, lease.host, lease.pid, lease.process, lease.expires_at,
            run.id = (SELECT max(id) FROM run r WHERE r.route_no = run.route_no) AS is_latest
        FROM run JOIN route ON route.no = run.route_no LEFT JOIN route_lease lease ON lease.route_no = run.route_no
        {which} ORDER BY run.id DESC LIMIT :most
    """  # noqa: S608 - one of the conditions above
    with database.read() as connection:
        found, now = rows(connection, query, **given), now_ms(connection)
    return [value(PastRun, row, status=row["status"] if row["ended_at"] else _unfinished(row, now)) for row in found]


def _unfinished(row: "RowMapping", now: int) -> str:
    """Whether a run without an end is still going on: only the latest one can, and only in a living process."""
    held = row["is_latest"] and row["pid"] is not None and row["expires_at"] > now
    return RUNNING if held and not is_gone(value(Holder, row), myself()) else CUT_OFF


_CHANGED = """
    SELECT p.route_no, count(*) AS changed FROM pending_change p WHERE p.kind = 'update'
    AND NOT EXISTS (SELECT 1 FROM vendor_event e WHERE e.delivery_id = p.delivery_id)
"""
# Queries of their own: an index holds the few leads that are gone or have a status.
_GONE = """
    SELECT route_no, count(*) AS gone, min(gone_from_target) AS gone_since FROM delivery
    WHERE gone_from_target <> 0 GROUP BY route_no
"""
_STATUSES = """
    SELECT route_no, remote_status, count(*) AS leads FROM delivery WHERE remote_status <> ''
    GROUP BY route_no, remote_status ORDER BY route_no, leads DESC, remote_status
"""
_HELD = "SELECT route_no, host, pid, process FROM route_lease WHERE expires_at > :now"


def count_changed(database: Database, route_no: int) -> int:
    """How many delivered leads wait to be changed in their target, as far as the ledger knows."""
    found = rows_of(database, f"{_CHANGED} AND p.route_no = :route GROUP BY p.route_no", route=route_no)
    return int(found[0]["changed"]) if found else 0


def route_records(database: Database) -> list[RouteRecord]:
    """Every route that has ever run, by name."""
    succeeded, bound, clients = successes(database), bindings(database), route_clients(database)
    latest, paused, few = latest_runs(database), pauses(database), _few(database)
    counted: dict[int, list[Count]] = defaultdict(list)
    with database.read() as connection:
        for one in lead_counts(connection):
            counted[one.route_no].append(one)
    return [
        _record(
            database,
            no,
            _tally(counted[no]),
            name=name,
            client=clients[name],
            last_run=latest.get(name),
            last_success=succeeded[name].ended_at if name in succeeded else None,
            bindings=bound.get(no, {}),
            paused=paused.get(name),
            **_NOTHING | few.get(no, {}),
        )
        for name, no in route_names(database).items()
    ]


_NOTHING: dict[str, Any] = {"gone": 0, "gone_since": None, "changed": 0, "holder": "", "remote_statuses": {}}


def _few(database: Database) -> dict[int, dict[str, Any]]:
    """What few routes have, by route: asked for all of them at once, since an agency has hundreds."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    with database.read() as connection:
        for row in rows(connection, _GONE):
            found[row["route_no"]] |= {"gone": row["gone"], "gone_since": moment(row["gone_since"])}
        for row in rows(connection, f"{_CHANGED} GROUP BY p.route_no"):
            found[row["route_no"]]["changed"] = row["changed"]
        for row in rows(connection, _STATUSES):
            found[row["route_no"]].setdefault("remote_statuses", {})[row["remote_status"]] = row["leads"]
        for row in rows(connection, _HELD, now=now_ms(connection)):
            holder = value(Holder, row)
            found[row["route_no"]]["holder"] = "" if is_gone(holder, myself()) else holder.label
    return found


def _record(database: Database, route_no: int, counted: Tally, **known: Any) -> RouteRecord:
    troubled = counted.states[State.IN_DOUBT] or counted.states[State.FAILED]
    with database.read() as connection:
        return RouteRecord(
            tally=counted,
            place=_place(connection, route_no),
            troubles=_troubles(connection, route_no) if troubled else (),
            sent=_sent(connection, route_no, counted),
            waits=_waits(connection, route_no, now_ms(connection)) if counted.states[State.READY] else (),
            **known,
        )


# --------------------------------------------------------------------------------------------------------- one route


def tally(database: Database, route_no: int) -> Tally:
    """Where every lead that the route knows stands."""
    with database.read() as connection:
        return _tally(lead_counts(connection, route_no))


def _tally(counted: Iterable[Count]) -> Tally:
    states = dict.fromkeys((state.value for state in State), 0)
    reasons: dict[str, int] = {}
    for one in counted:
        states[one.state] += one.leads
        reasons[one.reason] = reasons.get(one.reason, 0) + one.leads
    most_first = dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
    return Tally(sum(states.values()), states, most_first)


def waits(database: Database, route_no: int, now: datetime) -> tuple[Wait, ...]:
    """The leads that are ready and whose time has not come, most first."""
    with database.read() as connection:
        return _waits(connection, route_no, milliseconds(now))


def _waits(connection: "Connection", route_no: int, now: int) -> tuple[Wait, ...]:
    query = """
        SELECT reason, count(*) AS leads, min(until) AS first, max(until) AS last FROM (
            SELECT reason, CASE WHEN reason = 'paced' THEN 0 ELSE not_before END AS until FROM delivery
            WHERE route_no = :route AND state = 'ready' AND (not_before > :now OR reason = 'paced')
        ) waiting GROUP BY reason ORDER BY leads DESC, reason
    """
    return tuple(values(connection, Wait, query, route=route_no, now=now))


def sent_to(database: Database, route_no: int) -> tuple[Sent, ...]:
    """Every target that leads of the route went to, oldest first, with what became of those leads."""
    with database.read() as connection:
        return _sent(connection, route_no)


def _sent(connection: "Connection", route_no: int, counted: Tally | None = None) -> tuple[Sent, ...]:
    """By target; `counted` spares the count where all leads went to one.

    A route has many batches and few targets: the leads are counted by target only where there is more than one.
    """
    used = """
        SELECT place.* FROM place JOIN (
            SELECT place_no, min(id) AS first FROM intent WHERE kind = 'push' AND route_no = :route GROUP BY place_no
        ) used ON used.place_no = place.no ORDER BY used.first
    """
    by_target = """
        SELECT place_no, state, count(*) AS leads FROM delivery
        WHERE route_no = :route AND state NOT IN ('held', 'ready') GROUP BY place_no, state
    """
    targets = rows(connection, used, route=route_no)
    states: dict[int, dict[str, int]] = {row["no"]: {} for row in targets}
    if len(targets) == 1 and counted is not None:
        waiting = (State.HELD, State.READY)
        states[targets[0]["no"]] = {state: n for state, n in counted.states.items() if n and state not in waiting}
    elif targets:
        for row in rows(connection, by_target, route=route_no):
            states.setdefault(row["place_no"], {})[row["state"]] = int(row["leads"])
    return tuple(Sent(value(KnownPlace, row), states[row["no"]]) for row in targets if states[row["no"]])


def _place(connection: "Connection", route_no: int) -> KnownPlace | None:
    """Where the latest batch went; before any, what the target's name was resolved to."""
    latest = {"intent": "AND via.kind = 'push' ORDER BY via.id", "binding": "ORDER BY place.no"}
    for via, order in latest.items():
        query = (
            f"SELECT place.* FROM place JOIN {via} via ON via.place_no = place.no WHERE via.route_no = :route "  # noqa: S608 - the names above
            f"{order} DESC LIMIT 1"
        )
        for found in values(connection, KnownPlace, query, route=route_no):
            return found
    return None


def _troubles(connection: "Connection", route_no: int) -> tuple[Trouble, ...]:
    """What is in doubt or failed; its latest event is the one that put it there."""
    query = """
        SELECT d.state, d.reason, count(*) AS leads, min(latest.at) AS since
        FROM delivery d LEFT JOIN (
            SELECT e.delivery_id, max(e.at) AS at FROM event e JOIN delivery t ON t.id = e.delivery_id
            WHERE t.route_no = :route AND t.state IN ('in_doubt', 'failed') GROUP BY e.delivery_id
        ) latest ON latest.delivery_id = d.id
        WHERE d.route_no = :route AND d.state IN ('in_doubt', 'failed')
        GROUP BY d.state, d.reason ORDER BY d.state, d.reason
    """
    return tuple(values(connection, Trouble, query, route=route_no))


def may_go(database: Database, route: str, scopes: Sequence[str], *, exact: bool, cap: int) -> int:
    """At most how many of the route's ready leads can go now: different people, unclaimed in `scopes`, under the cap.

    `exact` and `cap` are the route's `same_person` and `per_domain` (0 = none). The claim looks closer, and the target
    knows more: fewer may go, and never more.
    """
    canonical = "(CASE WHEN d.address LIKE '%@%' THEN lead.person ELSE lead.profile END)"
    person = "('=' || d.address)" if exact else canonical
    waiting = f"""
        SELECT d.domain, count(DISTINCT {person}) AS people FROM delivery d JOIN lead ON lead.id = d.lead_id
        JOIN route ON route.no = d.route_no
        WHERE route.name = :route AND d.state = 'ready' AND d.not_before <= :now AND NOT EXISTS (
            SELECT 1 FROM claim JOIN scope ON scope.no = claim.scope_no
            WHERE claim.person = {person} AND scope.name IN :scopes AND claim.delivery_id <> d.id
        ) AND NOT EXISTS (
            SELECT 1 {IMPLIED} AND c.person = {person} AND n.name IN :scopes AND c.delivery_id <> d.id
        ) GROUP BY d.domain
    """  # noqa: S608 - one of the two keys above
    gone_out = """
        SELECT d.domain, count(*) AS leads FROM delivery d JOIN route ON route.no = d.route_no
        WHERE route.name = :route AND d.domain <> '' AND d.domain IN :domains
            AND d.state IN ('sending', 'in_doubt', 'delivered', 'duplicate') GROUP BY d.domain
    """
    with database.read() as connection:
        found = rows(connection, waiting, route=route, scopes=list(scopes), now=now_ms(connection))
        domains = [row["domain"] for row in found if row["domain"]] if cap else []
        filled: dict[str, int] = {}
        for start in range(0, len(domains), _AT_ONCE):
            some = domains[start : start + _AT_ONCE]
            filled |= {row["domain"]: row["leads"] for row in rows(connection, gone_out, route=route, domains=some)}
    return sum(
        min(row["people"], max(0, cap - filled.get(row["domain"], 0))) if cap and row["domain"] else row["people"]
        for row in found
    )
