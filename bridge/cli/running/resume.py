"""`leadbridge resume`: allows the runs of a route, through the ledger. Runs nothing itself."""

import typer

from bridge import ledger
from bridge.cli.options import Json, NamedRoutes
from bridge.cli.running.pause import change
from bridge.cli.terminal import show


def resume(context: typer.Context, routes: NamedRoutes, *, as_json: Json = False) -> None:
    """Let runs of these routes begin again; a daemon makes up at once for what fell due meanwhile.

    Example: `leadbridge resume fitness`
    """
    for name, done in change(context, routes, ledger.resume, as_json=as_json).items():
        show.say(show.out(), f"{name}: resumed." if done else f"{name} was not paused.")
