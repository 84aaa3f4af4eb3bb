"""`leadbridge resume`: allows the runs of a route, through the ledger. Runs nothing itself."""

from typing import Annotated

import typer

from bridge import ledger
from bridge.cli.options import Json
from bridge.cli.session import session_of
from bridge.cli.terminal import show


def resume(
    context: typer.Context,
    routes: Annotated[list[str], typer.Argument(metavar="ROUTE…", help="The routes, as bridge.toml names them.")],
    *,
    as_json: Json = False,
) -> None:
    """Let runs of these routes begin again; a daemon makes up at once for what fell due meanwhile.

    Example: `leadbridge resume fitness`
    """
    session = session_of(context)
    chosen = session.routes(routes)
    with session.app() as app:
        changed = {
            route.name: ledger.resume(app.db, ledger.route_number(app.db, route.name, route.client)) for route in chosen
        }
    if as_json:
        done_to = [{"route": one.name, "client": one.client, "changed": changed[one.name]} for one in chosen]
        show.print_json({"routes": done_to})
        return
    for name, done in changed.items():
        show.say(show.out(), f"{name}: resumed." if done else f"{name} was not paused.")
