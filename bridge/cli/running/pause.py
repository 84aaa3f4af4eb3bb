"""`leadbridge pause`: stops the runs of a route, through the ledger. Runs nothing itself."""

from typing import Annotated

import typer

from bridge import ledger
from bridge.cli.options import Json
from bridge.cli.session import operator_name, session_of
from bridge.cli.terminal import show
from bridge.reports import words


def pause(
    context: typer.Context,
    routes: Annotated[list[str], typer.Argument(metavar="ROUTE…", help="The routes, as bridge.toml names them.")],
    *,
    as_json: Json = False,
) -> None:
    """Let no run of these routes begin, by any daemon or `sync`, until they are resumed.

    A run under way ends before its next batch. Feedback is still read. What falls due meanwhile runs after the resume.

    Example: `leadbridge pause fitness`
    """
    session = session_of(context)
    chosen = session.routes(routes)
    with session.app() as app:
        changed = {
            route.name: ledger.pause(app.db, ledger.route_number(app.db, route.name, route.client), operator_name())
            for route in chosen
        }
    if as_json:
        done_to = [{"route": one.name, "client": one.client, "changed": changed[one.name]} for one in chosen]
        show.print_json({"routes": done_to})
        return
    for name, done in changed.items():
        again = f"leadbridge resume {words.typed(name)}"
        show.say(
            show.out(),
            f"{name}: paused; to go on: {again}" if done else f"{name} is paused already.",
        )
