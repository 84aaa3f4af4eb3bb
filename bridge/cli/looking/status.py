"""`leadbridge status`: where every route stands, from the ledger alone. Calls no vendor, creates nothing."""

import typer

from bridge.cli import accounting
from bridge.cli.options import Json, RoutesAlsoRetired
from bridge.cli.session import named, session_of
from bridge.cli.terminal import show
from bridge.reports import status as report


def status(context: typer.Context, names: RoutesAlsoRetired = None, *, as_json: Json = False) -> None:
    """Show the state of every route, without calling a vendor.

    Example: `leadbridge status`
    """
    session = session_of(context)
    with session.db() as db:
        found = report.statuses(db, session.outline.routes)
        stored = db is not None
    found = [one for one in found if session.client in {"", one.client}]
    wanted = named(names, [one.name for one in found], "bridge.toml")
    found = [one for one in found if not names or one.name in wanted]
    if as_json:
        show.print_json(report.document(session.database, found))
        return
    console = show.out()
    if not stored:
        show.say(console, f"Nothing is stored yet: {session.emptiness}.")
        show.say(console, "Next: `leadbridge check`, then `leadbridge preview`, then `leadbridge sync`.")
    found = [one for some in report.by_client(found).values() for one in some]
    ran = [accounting.Account(one.name, one.status, one.known, one.states) for one in found if one.record is not None]
    accounting.show_table(console, ran)
    groups = report.by_client(found)
    for client, some in groups.items():
        if len(groups) > 1:
            show.lines(console, [report.client_line(client, some)])
        for one in some:
            show.lines(console, report.lines(one))
