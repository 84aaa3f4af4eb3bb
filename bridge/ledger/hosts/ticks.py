"""The ticks of the routes: each is one row, and goes to exactly one daemon. Decides no lead and starts no run.

A tick is an instant at which a route is to run, by its schedule or because somebody asked. Every daemon announces the
same instants, and the primary key makes them one. A tick is open until a run for it has ended; what a daemon that is
gone has taken is anybody's again. While a route runs, further ticks of it wait, and one run then serves them all.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.database import Database, now_ms, transaction
from bridge.ledger.hosts.heartbeats import alive
from bridge.ledger.statements import insert_or_ignore, table
from bridge.ledger.tables import RouteRow, TickRow, TimetableRow

SCHEDULE, TRIGGER = "schedule", "trigger"
"""Where a tick comes from."""

NOBODY = 0
"""The number of no daemon."""

KEPT_SECONDS = 2 * 86_400
"""How long ticks are kept after they ended; longer than any two daemons' clocks differ."""

_route = table(RouteRow)
_tick = table(TickRow)
_timetable = table(TimetableRow)
_OPEN = _tick.c.ended_at == 0


@dataclass(frozen=True, slots=True)
class Due:
    """A tick to announce, in milliseconds; it is taken from `not_before` on."""

    route_no: int
    due_at: int
    not_before: int
    origin: str = SCHEDULE


@dataclass(frozen=True, slots=True)
class OpenTick:
    """A tick whose run has not ended; `host_no` is the daemon that took it."""

    route_no: int
    due_at: int
    not_before: int
    host_no: int
    tries: int


@dataclass(frozen=True, slots=True)
class Taken:
    """The open ticks of one route in the hands of one daemon: the first and the latest of them, in milliseconds.

    `taking` tells this taking from every other.
    """

    route_no: int
    host_no: int
    taking: int
    first_due: int
    due_at: int


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A schedule that a daemon took up, in milliseconds: where its ticks start, its latest tick (0 = none), and now.

    `fresh` says that it starts with this.
    """

    anchor_at: int
    latest_due: int
    now: int
    fresh: bool


def announce(database: Database, ticks: Iterable[Due]) -> None:
    """Write down that these ticks are due; one that is known already stays as it is."""
    # In one order on all hosts, or two that announce the same ticks at once would wait for each other.
    rows = [
        {"route_no": tick.route_no, "due_at": tick.due_at, "not_before": tick.not_before, "origin": tick.origin}
        for tick in sorted(ticks, key=lambda tick: (tick.route_no, tick.due_at))
    ]
    if rows:
        _announce(database, rows)


@transaction(durable=False)
def _announce(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    connection.execute(insert_or_ignore(connection, _tick), rows)


@transaction()
def wish(connection: Connection, route_no: int) -> int:
    """Announce a tick for right now, as a person asked for it; the instant that names it."""
    now = now_ms(connection)
    row = {"route_no": route_no, "due_at": now, "not_before": now, "origin": TRIGGER}
    connection.execute(insert_or_ignore(connection, _tick), row)
    return now


@transaction()
def withdraw(connection: Connection, route_no: int, due_at: int) -> bool:
    """Take a wish back; False where a daemon has taken it already."""
    gone = sa.delete(_tick).where(_tick.c.route_no == route_no, _tick.c.due_at == due_at, _tick.c.tries == 0)
    return connection.execute(gone).rowcount == 1


def of_route(database: Database, route_no: int) -> list[OpenTick]:
    """The route's open ticks, the oldest first."""
    with database.read() as connection:
        return _open_of(connection, route_no)


def routes_due(database: Database, host_no: int, running: Collection[int]) -> list[int]:
    """The routes that have ticks for this daemon to take; `running` are those at work in it."""
    with database.read() as connection:
        now = now_ms(connection)
        rows = connection.execute(sa.select(_tick).where(_OPEN)).all()
        if not rows:
            return []
        living = alive(connection, now)
    by_route: dict[int, list[OpenTick]] = {}
    for row in rows:
        by_route.setdefault(row.route_no, []).append(_read(row))
    return [no for no, ticks in by_route.items() if no not in running and takeable(ticks, now, living, host_no)]


def takeable(ticks: Sequence[OpenTick], now: int, living: Collection[int], me: int) -> list[OpenTick]:
    """The ticks of one route that daemon `me`, which does not run it, may take at `now`: all or none that are due.

    None while a living daemon other than `me` holds one of them: the route is at work, and its next run serves the
    others.
    """
    if any(tick.host_no in living and tick.host_no != me for tick in ticks if tick.host_no != NOBODY):
        return []
    return [tick for tick in ticks if tick.not_before <= now]


@transaction(durable=False)
def take(connection: Connection, route_no: int, host_no: int) -> Taken | None:
    """Take the route's due ticks for this daemon, which must not be running the route; None where others were first."""
    _lock(connection, route_no)
    now = now_ms(connection)
    mine = takeable(_open_of(connection, route_no), now, alive(connection, now), host_no)
    if not mine:
        return None
    taking = max(tick.tries for tick in mine) + 1
    dues = [tick.due_at for tick in mine]
    connection.execute(
        sa.update(_tick)
        .where(_tick.c.route_no == route_no, _OPEN, _tick.c.due_at.in_(dues))
        .values(host_no=host_no, taken_at=now, tries=taking)
    )
    return Taken(route_no, host_no, taking, min(dues), max(dues))


@transaction(durable=False)
def finish(connection: Connection, taken: Taken, status: str) -> bool:
    """Write down that the run for these ticks has ended; False where another daemon has taken them over."""
    return _change(connection, taken, ended_at=now_ms(connection), status=status)


@transaction(durable=False)
def hand_back(connection: Connection, taken: Taken, *, wait: float = 0.0) -> bool:
    """Make these ticks anybody's again after `wait` seconds; False where another daemon has taken them over."""
    later = now_ms(connection) + int(wait * 1000)
    return _change(connection, taken, host_no=NOBODY, taken_at=0, not_before=later)


@transaction(durable=False)
def take_up(connection: Connection, route_no: int, schedule: str, *, restart: bool) -> TakenUp:
    """Note the schedule a daemon follows for the route. It starts now if it is new or `restart` says so."""
    _lock(connection, route_no)
    now = now_ms(connection)
    here = _timetable.c.route_no == route_no
    row = connection.execute(sa.select(_timetable).where(here)).one_or_none()
    if row is None:
        values = {"route_no": route_no, "schedule": schedule, "anchor_at": now}
        connection.execute(sa.insert(_timetable).values(values))
        return TakenUp(now, 0, now, fresh=True)
    latest = _latest_due(connection, route_no)
    if row.schedule == schedule and not restart:
        return TakenUp(row.anchor_at, latest, now, fresh=False)
    connection.execute(sa.update(_timetable).where(here).values(schedule=schedule, anchor_at=now))
    return TakenUp(now, latest, now, fresh=True)


@transaction(durable=False)
def set_back(connection: Connection) -> None:
    """Bring the ticks back to the database's clock of now, after it was set back.

    What has ended and is not due yet comes again: a tick that is known could not be announced. What waits for a later
    hour waits no longer.
    """
    now = now_ms(connection)
    connection.execute(sa.delete(_tick).where(_tick.c.ended_at > 0, _tick.c.due_at > now))
    waiting = sa.update(_tick).where(_OPEN, _tick.c.due_at > now, _tick.c.not_before > now)
    connection.execute(waiting.values(not_before=now))


@transaction(durable=False)
def prune(connection: Connection) -> int:
    """Delete what ended long ago, and open ticks that nobody wanted for as long; how many.

    A route's latest scheduled tick stays: it tells the next start whether one was missed since.
    """
    latest = _tick.alias("latest")
    newest = sa.select(sa.func.coalesce(sa.func.max(latest.c.due_at), 0)).where(
        latest.c.route_no == _tick.c.route_no, latest.c.origin == SCHEDULE
    )
    before = now_ms(connection) - KEPT_SECONDS * 1000
    ended = sa.and_(_tick.c.ended_at > 0, _tick.c.ended_at < before, _tick.c.due_at != newest.scalar_subquery())
    unwanted = sa.and_(_OPEN, _tick.c.due_at < before, _tick.c.host_no == NOBODY)
    return connection.execute(sa.delete(_tick).where(sa.or_(ended, unwanted))).rowcount


def _change(connection: Connection, taken: Taken, **values: Any) -> bool:
    mine = sa.and_(
        _tick.c.route_no == taken.route_no, _tick.c.host_no == taken.host_no, _tick.c.tries == taken.taking, _OPEN
    )
    return connection.execute(sa.update(_tick).where(mine).values(values)).rowcount > 0


def _lock(connection: Connection, route_no: int) -> None:
    """Nobody else takes this route's ticks before the transaction has ended; on SQLite it is the only writer anyway."""
    connection.execute(sa.select(_route.c.no).where(_route.c.no == route_no).with_for_update())


def _open_of(connection: Connection, route_no: int) -> list[OpenTick]:
    query = sa.select(_tick).where(_tick.c.route_no == route_no, _OPEN).order_by(_tick.c.due_at)
    return [_read(row) for row in connection.execute(query)]


def _read(row: sa.Row[Any]) -> OpenTick:
    return OpenTick(row.route_no, row.due_at, row.not_before, row.host_no, row.tries)


def _latest_due(connection: Connection, route_no: int) -> int:
    query = sa.select(sa.func.max(_tick.c.due_at)).where(_tick.c.route_no == route_no, _tick.c.origin == SCHEDULE)
    return int(connection.execute(query).scalar() or 0)
