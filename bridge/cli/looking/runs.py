"""`leadbridge runs`: what happened when, from the ledger alone."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from bridge import ledger
from bridge.cli.accounting import status_text
from bridge.cli.options import Json, Routes
from bridge.cli.session import NOTHING_STORED, session_of
from bridge.cli.terminal import show
from bridge.ledger.views.standing import PastRun
from bridge.reports.text import Line, iso

HEADS = (("run", ">"), ("when (UTC)", "<"), ("route", "<"), ("status", "<"), ("read", ">"), ("new", ">"))


def runs(
    context: typer.Context,
    routes: Routes = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Show the latest N runs.")] = 20,
    *,
    as_json: Json = False,
) -> None:
    """Show the latest runs, newest first.

    Example: `leadbridge runs fitness --limit 5`
    """
    session = session_of(context)
    with session.db() as db:
        found = [] if db is None else ledger.past_runs(db, routes=session.recorded(db, routes), limit=limit)
    if as_json:
        show.print_json({"runs": [document(run) for run in found]})
    elif found:
        show.table(show.out(), [*HEADS, ("seconds", ">")], [_row(run) for run in found])
        show.lines(show.out(), _troubles(found))
    else:
        show.say(show.out(), NOTHING_STORED if db is None else "No run is recorded here yet.")


def document(run: PastRun) -> dict[str, Any]:
    """One run of `runs --json`."""
    return {
        "run_id": run.id,
        "route": run.route,
        "client": run.client,
        "status": run.status,
        "started_at": iso(run.started_at),
        "ended_at": iso(run.ended_at),
        "report": dict(run.document) or None,
    }


def _row(run: PastRun) -> list[str | Line]:
    figures = [run.document.get("leads_read"), run.document.get("delivered_now")]
    seconds = run.document.get("seconds")
    cells = [f"{figure:,}" if isinstance(figure, int) else "" for figure in figures]
    cells.append(f"{seconds:.1f}" if isinstance(seconds, int | float) else "")
    return [str(run.id), f"{run.started_at:%Y-%m-%d %H:%M}", run.route, status_text(run.status), *cells]


def _troubles(found: Sequence[PastRun]) -> Iterator[Line]:
    """The error of each run that had one, and the warnings of those that ended partial."""
    troubled = [run for run in found if run.document.get("error")]
    if troubled:
        yield Line("")
    for run in troubled:
        yield Line(f"✗ run {run.id}, {run.route}: {run.document['error']}", style="red")
    for run in found:
        for warning in run.document.get("warnings") or () if run.status == "partial" else ():
            yield Line(f"! run {run.id}, {run.route}: {warning}", style="yellow")
