"""`leadbridge trigger`: asks a running daemon, through the ledger, to run a route now. Runs nothing itself."""

import time
from collections.abc import Mapping
from typing import Annotated

import typer

from bridge import ledger
from bridge.app import open_ledger
from bridge.cli.options import Json
from bridge.cli.session import Session, session_of
from bridge.cli.terminal import show
from bridge.errors import BridgeError
from bridge.ledger import Database
from bridge.ledger.address import exists
from bridge.ledger.hosts import ticks
from bridge.ledger.hosts.heartbeats import live_hosts
from bridge.ledger.hosts.ticks import Due
from bridge.model import Route
from bridge.reports import words

WAIT_SECONDS = 15.0
"""How long a daemon may take to begin; it looks within a second."""

_LOOK_SECONDS = 0.2

Answer = Mapping[str, str | None]


def trigger(
    context: typer.Context,
    route: Annotated[str, typer.Argument(metavar="ROUTE", help="The route's name.")],
    *,
    as_json: Json = False,
) -> None:
    """Make a running daemon run a route now, regardless of its schedule.

    Example: `leadbridge trigger fitness`
    """
    session = session_of(context)
    chosen = session.route(route)
    answer = _request(session, chosen)
    if as_json:
        show.print_json({"route": chosen.name, "client": chosen.client} | dict(answer))
    else:
        show.say(show.out(), answer["said"] or "")


def _request(session: Session, route: Route) -> Answer:
    """Request a run, and wait until a daemon has begun. Raises BridgeError where none will."""
    if exists(session.settings.database_url):
        db = open_ledger(session.settings)
        try:
            hosts = {host.no: host.holder.label for host in live_hosts(db)}
            if hosts:
                number = ledger.route_number(db, route.name, route.client)
                if ledger.is_paused(db, number):
                    again = f"leadbridge resume {words.typed(route.name)}"
                    raise BridgeError(f"{route.name} is paused, so no daemon runs it.", hint=again)
                return _await(db, number, route.name, hosts)
        finally:
            db.close()
    raise BridgeError(
        f"No daemon is running on this database, so {route.name} cannot be started.",
        hint=f"Start one with `leadbridge run`, or run the route here: leadbridge sync {words.typed(route.name)}",
    )


def _await(db: Database, route_no: int, route: str, hosts: Mapping[int, str]) -> Answer:
    """What became of the request: `started` by a host, or `waiting` for the run that is in progress."""
    running = [tick for tick in ticks.of_route(db, route_no) if tick.host_no in hosts]
    wished = ticks.wish(db, route_no)
    if running:
        host = hosts[running[0].host_no]
        said = f"{route} runs already, in {host}; it runs again as soon as that has ended."
        return {"status": "waiting", "host": host, "said": said}
    return _await_start(db, Due(route_no, wished, wished), route, hosts)


def _await_start(db: Database, wish: Due, route: str, hosts: Mapping[int, str]) -> Answer:
    """Look until a daemon has taken the request; cancel it where none does. Raises BridgeError then."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        time.sleep(_LOOK_SECONDS)
        mine = next((tick for tick in ticks.of_route(db, wish.route_no) if tick.due_at == wish.due_at), None)
        if mine is not None and mine.tries and mine.host_no not in hosts:
            said = f"Another process works on {route}; a daemon starts it as soon as that has ended."
            return {"status": "waiting", "host": None, "said": said}
        if mine is None or mine.tries:
            return _started(route, hosts[mine.host_no] if mine else "a daemon")
    if not ticks.withdraw(db, wish.route_no, wish.due_at):
        return _started(route, "a daemon")
    raise BridgeError(
        f"No daemon started {route} within {WAIT_SECONDS:.0f} s; the request was cancelled.",
        hint=f"Its bridge.toml may lack the route. `leadbridge sync {words.typed(route)}` runs it here.",
    )


def _started(route: str, host: str) -> Answer:
    said = f"{route} was started by {host}. `leadbridge runs {words.typed(route)}` shows the result."
    return {"status": "started", "host": host, "said": said}
