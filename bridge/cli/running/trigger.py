"""`leadbridge trigger`: asks a running daemon, through the ledger, to run a route now. Runs nothing itself."""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.session import Session, session_of
from bridge.cli.terminal import show
from bridge.errors import BridgeError
from bridge.reports import words

if TYPE_CHECKING:
    from bridge.ledger import Database
    from bridge.ledger.hosts.heartbeats import LiveHost
    from bridge.ledger.hosts.ticks import Due

WAIT_SECONDS = 15.0
"""How long a daemon may take to begin; it looks every second."""

_LOOK_SECONDS = 0.2


def trigger(
    context: typer.Context,
    route: Annotated[str, typer.Argument(metavar="ROUTE", help="The route's name.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Make a running daemon run a route now, regardless of its schedule.

    Example: `leadbridge trigger fitness`
    """
    session = session_of(context)
    (chosen,) = session.routes([route])
    told = _asked(session, chosen.name)
    if as_json:
        show.print_json(told)
    else:
        show.say(show.out(), told["told"])


def _asked(session: Session, route: str) -> dict[str, Any]:
    """Ask, and wait until a daemon has begun. Raises BridgeError where none will."""
    from bridge.app import open_ledger
    from bridge.ledger import database
    from bridge.ledger.hosts.heartbeats import live_hosts

    if not database.exists(session.settings.database_url):
        raise _nobody(route)
    db = open_ledger(session.settings)
    try:
        alive = live_hosts(db)
        if not alive:
            raise _nobody(route)
        return {"route": route} | _wish(db, route, alive)
    finally:
        db.close()


def _wish(db: "Database", route: str, alive: "Sequence[LiveHost]") -> dict[str, Any]:
    """What became of the wish: `started` by whom, or `waiting` for the run that is under way."""
    from bridge import ledger
    from bridge.ledger.hosts import ticks

    hosts = {host.no: host.holder.told for host in alive}
    route_no = ledger.route_number(db, route)
    under_way = [tick for tick in ticks.of_route(db, route_no) if tick.host_no in hosts]
    wished = ticks.wish(db, route_no)
    if under_way:
        told = f"{route} runs already, in {hosts[under_way[0].host_no]}; it runs again as soon as that has ended."
        return {"status": "waiting", "host": hosts[under_way[0].host_no], "told": told}
    return _await_start(db, ticks.Due(route_no, wished, wished), route, hosts)


def _await_start(db: "Database", wish: "Due", route: str, hosts: "Mapping[int, str]") -> dict[str, Any]:
    """Look until a daemon has taken the wish; take it back where none does. Raises BridgeError then."""
    from bridge.ledger.hosts import ticks

    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        time.sleep(_LOOK_SECONDS)
        mine = next((tick for tick in ticks.of_route(db, wish.route_no) if tick.due_at == wish.due_at), None)
        if mine is not None and mine.tries and mine.host_no not in hosts:
            told = f"Another process works on {route}; a daemon starts it as soon as that has ended."
            return {"status": "waiting", "host": None, "told": told}
        if mine is None or mine.tries:
            return _started(route, hosts[mine.host_no] if mine else "a daemon")
    if not ticks.withdraw(db, wish.route_no, wish.due_at):
        return _started(route, "a daemon")
    raise BridgeError(
        f"No daemon started {route} within {WAIT_SECONDS:.0f} s; the request was cancelled.",
        hint=f"Its bridge.toml may lack the route. `leadbridge sync {words.typed(route)}` runs it here.",
    )


def _started(route: str, who: str) -> dict[str, Any]:
    told = f"{route} was started by {who}. `leadbridge runs {words.typed(route)}` shows the result."
    return {"status": "started", "host": who, "told": told}


def _nobody(route: str) -> BridgeError:
    return BridgeError(
        f"No daemon is running on this database, so {route} cannot be started.",
        hint=f"Start one with `leadbridge run`, or run the route here: leadbridge sync {words.typed(route)}",
    )
