"""The ticks of the routes: each is one row, and goes to exactly one daemon. Decides no lead and starts no run.

A tick is an instant at which a route is to run, by its schedule or on request. Every daemon announces the same
instants, and the primary key makes them one. A tick is open until a run for it has ended; what a daemon that is gone
has taken may be taken again. While a route runs, further ticks of it wait, and one run then serves them all.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection

from bridge.lazy import dataclass
from bridge.ledger.database import Database, now_ms, transaction
from bridge.ledger.hosts.heartbeats import alive
from bridge.ledger.sql import execute, read, rows, values
from bridge.ledger.statements import lock, table

SCHEDULE, TRIGGER = "schedule", "trigger"
"""Where a tick comes from."""

_NO_HOST = 0

KEPT_SECONDS = 2 * 86_400
"""How long ticks are kept after they ended; longer than any two daemons' clocks differ."""

_ANNOUNCE = """
    INSERT INTO tick (route_no, due_at, not_before, origin) VALUES (:route_no, :due_at, :not_before, :origin)
    ON CONFLICT DO NOTHING
"""


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

    `taking` is different for every taking.
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
    ordered = [asdict(tick) for tick in sorted(ticks, key=lambda tick: (tick.route_no, tick.due_at))]
    if ordered:
        _announce(database, ordered)


@transaction(durable=False)
def _announce(connection: Connection, ticks: Sequence[dict[str, Any]]) -> None:
    connection.execute(text(_ANNOUNCE), ticks)


@transaction()
def wish(connection: Connection, route_no: int) -> int:
    """Announce a tick for right now, as a person asked for it; the instant that names it."""
    now = now_ms(connection)
    execute(connection, _ANNOUNCE, **asdict(Due(route_no, now, now, TRIGGER)))
    return now


@transaction()
def withdraw(connection: Connection, route_no: int, due_at: int) -> bool:
    """Take a wish back; False where a daemon has taken it already."""
    untaken = "DELETE FROM tick WHERE route_no = :route AND due_at = :due AND tries = 0"
    return execute(connection, untaken, route=route_no, due=due_at).rowcount == 1


_OPEN_OF_ROUTE = "SELECT * FROM tick WHERE ended_at = 0 AND route_no = :route ORDER BY due_at"


# What falls due while a route is paused waits; one run serves it all when the route is resumed.
_OPEN_OF_ALL = "SELECT * FROM tick WHERE ended_at = 0 AND route_no NOT IN (SELECT route_no FROM route_pause)"


def of_route(database: Database, route_no: int) -> list[OpenTick]:
    """The route's open ticks, the oldest first."""
    return read(database, OpenTick, _OPEN_OF_ROUTE, route=route_no)


def routes_due(database: Database, host_no: int, running: Collection[int]) -> list[int]:
    """The routes that have ticks for this daemon to take; `running` are those at work in it."""
    with database.read() as connection:
        now = now_ms(connection)
        ticks = values(connection, OpenTick, _OPEN_OF_ALL)
        living = alive(connection, now) if ticks else {}
    by_route: dict[int, list[OpenTick]] = {}
    for tick in ticks:
        by_route.setdefault(tick.route_no, []).append(tick)
    return [no for no, its in by_route.items() if no not in running and takeable(its, now, living, host_no)]


def takeable(ticks: Sequence[OpenTick], now: int, living: Collection[int], me: int) -> list[OpenTick]:
    """The ticks of one route that daemon `me`, which does not run it, may take at `now`: all or none that are due.

    None while a living daemon other than `me` holds one of them: the route is at work, and its next run serves the
    others.
    """
    if any(tick.host_no in living and tick.host_no != me for tick in ticks if tick.host_no != _NO_HOST):
        return []
    return [tick for tick in ticks if tick.not_before <= now]


@transaction(durable=False)
def take(connection: Connection, route_no: int, host_no: int) -> Taken | None:
    """Take the route's due ticks for this daemon, which must not be running the route; None where others were first."""
    _lock(connection, route_no)
    now = now_ms(connection)
    ticks = values(connection, OpenTick, _OPEN_OF_ROUTE, route=route_no)
    mine = takeable(ticks, now, alive(connection, now), host_no)
    if not mine:
        return None
    taking, dues = max(tick.tries for tick in mine) + 1, [tick.due_at for tick in mine]
    taken = """
        UPDATE tick SET host_no = :host, taken_at = :now, tries = :taking
        WHERE route_no = :route AND ended_at = 0 AND due_at IN :dues
    """
    execute(connection, taken, host=host_no, now=now, taking=taking, route=route_no, dues=dues)
    return Taken(route_no, host_no, taking, min(dues), max(dues))


@transaction(durable=False)
def finish(connection: Connection, taken: Taken, status: str) -> bool:
    """Write down that the run for these ticks has ended; False where another daemon has taken them over."""
    return _change(connection, taken, "ended_at = :now, status = :status", now=now_ms(connection), status=status)


@transaction(durable=False)
def hand_back(connection: Connection, taken: Taken, *, wait: float = 0.0) -> bool:
    """Free these ticks for every daemon after `wait` seconds; False where another daemon has taken them over."""
    later = now_ms(connection) + int(wait * 1000)
    return _change(connection, taken, f"host_no = {_NO_HOST}, taken_at = 0, not_before = :later", later=later)


def _change(connection: Connection, taken: Taken, changes: str, **given: Any) -> bool:
    query = f"""
        UPDATE tick SET {changes}
        WHERE route_no = :route_no AND host_no = :host_no AND tries = :taking AND ended_at = 0
    """  # noqa: S608 - one of the changes above
    mine = {"route_no": taken.route_no, "host_no": taken.host_no, "taking": taken.taking}
    return execute(connection, query, **mine, **given).rowcount > 0


@transaction(durable=False)
def take_up(connection: Connection, route_no: int, schedule: str, *, restart: bool) -> TakenUp:
    """Note the schedule a daemon follows for the route. It starts now if it is new or `restart` says so."""
    _lock(connection, route_no)
    now, latest = now_ms(connection), 0
    for row in rows(connection, "SELECT * FROM timetable WHERE route_no = :route", route=route_no):
        newest = "SELECT COALESCE(max(due_at), 0) FROM tick WHERE route_no = :route AND origin = :schedule"
        latest = int(execute(connection, newest, route=route_no, schedule=SCHEDULE).scalar_one())
        if row["schedule"] == schedule and not restart:
            return TakenUp(row["anchor_at"], latest, now, fresh=False)
    followed = """
        INSERT INTO timetable (route_no, schedule, anchor_at) VALUES (:route, :schedule, :now)
        ON CONFLICT (route_no) DO UPDATE SET schedule = excluded.schedule, anchor_at = excluded.anchor_at
    """
    execute(connection, followed, route=route_no, schedule=schedule, now=now)
    return TakenUp(now, latest, now, fresh=True)


@transaction(durable=False)
def set_back(connection: Connection) -> None:
    """Bring the ticks back to the database's clock of now, after it was set back.

    What has ended and is not due yet comes again: a tick that is known could not be announced. What waits for a later
    hour waits no longer.
    """
    now = now_ms(connection)
    execute(connection, "DELETE FROM tick WHERE ended_at > 0 AND due_at > :now", now=now)
    waiting = "UPDATE tick SET not_before = :now WHERE ended_at = 0 AND due_at > :now AND not_before > :now"
    execute(connection, waiting, now=now)


@transaction(durable=False)
def prune(connection: Connection) -> int:
    """Delete what ended long ago, and open ticks that no daemon took for as long; how many.

    A route's latest scheduled tick stays: the next start sees by it whether one was missed since.
    """
    query = f"""
        DELETE FROM tick WHERE ended_at > 0 AND ended_at < :before AND due_at <> (
            SELECT COALESCE(max(latest.due_at), 0) FROM tick latest
            WHERE latest.route_no = tick.route_no AND latest.origin = '{SCHEDULE}'
        ) OR ended_at = 0 AND due_at < :before AND host_no = {_NO_HOST}
    """  # noqa: S608 - put together from constants
    return execute(connection, query, before=now_ms(connection) - KEPT_SECONDS * 1000).rowcount


def _lock(connection: Connection, route_no: int) -> None:
    """No other daemon takes this route's ticks before the transaction has ended."""
    lock(connection, table("route"), [route_no])
