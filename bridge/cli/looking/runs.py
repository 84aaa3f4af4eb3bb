"""`leadbridge runs`: what happened when, from the ledger alone."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from bridge.cli.looking import accounts
from bridge.cli.session import recorded, session_of
from bridge.cli.terminal import show

if TYPE_CHECKING:
    from bridge.ledger.views.standing import PastRun

NOTHING_STORED = "Nothing is stored yet. Run `leadbridge sync` first."


def runs(
    context: typer.Context,
    routes: Annotated[
        list[str] | None, typer.Argument(metavar="[ROUTE]…", help="Route names; default: all routes.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="Show the latest N runs.")] = 20,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show the latest runs, newest first.

    Example: `leadbridge runs fitness --limit 5`
    """
    found: list[PastRun] = []
    with session_of(context).db() as db:
        if db is not None:
            from bridge import ledger

            found = ledger.past_runs(db, routes=recorded(db, routes or []), limit=limit)
    if as_json:
        show.print_json({"runs": [_document(run) for run in found]})
    elif found:
        tell(show.out(), found)
    else:
        show.say(show.out(), NOTHING_STORED)


def _document(run: "PastRun") -> dict[str, Any]:
    return {
        "run_id": run.id,
        "route": run.route,
        "status": run.status,
        "started_at": show.iso(run.started_at),
        "ended_at": show.iso(run.ended_at),
        "report": dict(run.document) or None,
    }


def tell(console: Console, found: "Sequence[PastRun]") -> None:
    """A table, and below it the error of each run that had one, and what those that ended partial warned of."""
    heads = [("run", ">"), ("when (UTC)", "<"), ("route", "<"), ("status", "<"), ("read", ">"), ("new", ">")]
    show.table(console, [*heads, ("seconds", ">")], [_row(run) for run in found])
    troubled = [run for run in found if run.document.get("error")]
    if troubled:
        console.print()
    for run in troubled:
        show.say(console, f"✗ run {run.id}, {run.route}: {run.document['error']}", style="red")
    for run in found:
        for warning in run.document.get("warnings") or () if run.status == "partial" else ():
            show.say(console, f"! run {run.id}, {run.route}: {warning}", style="yellow")


def _row(run: "PastRun") -> list[str | Text]:
    report = run.document
    figures = [report.get("leads_read"), report.get("delivered_now")]
    seconds = report.get("seconds")
    told = [f"{figure:,}" if isinstance(figure, int) else "" for figure in figures]
    when = f"{run.started_at:%Y-%m-%d %H:%M}"
    spent = f"{seconds:.1f}" if isinstance(seconds, int | float) else ""
    return [str(run.id), when, run.route, accounts.status_text(run.status), *told, spent]
