"""`leadbridge pause`: stops the runs of a route, through the ledger. Runs nothing itself."""

from collections.abc import Callable

import typer

from bridge import ledger
from bridge.cli.options import Json, NamedRoutes
from bridge.cli.session import operator_name, session_of
from bridge.cli.terminal import show
from bridge.ledger import Database
from bridge.reports import words


def pause(context: typer.Context, routes: NamedRoutes, *, as_json: Json = False) -> None:
    """Let no run of these routes begin, by any daemon or `sync`, until they are resumed.

    A run under way ends before its next batch. Feedback is still read. What falls due meanwhile runs after the resume.

    Example: `leadbridge pause fitness`
    """
    by = operator_name()
    changed = change(context, routes, lambda db, number: ledger.pause(db, number, by), as_json=as_json)
    for name, done in changed.items():
        again = f"leadbridge resume {words.typed(name)}"
        show.say(show.out(), f"{name}: paused; to go on: {again}" if done else f"{name} is paused already.")


def change(
    context: typer.Context, routes: list[str], how: Callable[[Database, int], bool], *, as_json: bool
) -> dict[str, bool]:
    """Change these routes in the ledger; which of them were another way before. With `as_json` it is said here."""
    session = session_of(context)
    chosen = session.routes(routes)
    with session.app() as app:
        numbers = {route.name: ledger.route_number(app.db, route.name, route.client) for route in chosen}
        changed = {name: how(app.db, number) for name, number in numbers.items()}
    if as_json:
        rows = [{"route": one.name, "client": one.client, "changed": changed[one.name]} for one in chosen]
        show.print_json({"routes": rows})
    return {} if as_json else changed
