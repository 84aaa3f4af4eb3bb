"""`leadbridge sync`: one run of the routes, and the accounting after it. The run itself is `bridge.sync`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bridge.cli.looking import accounts
from bridge.cli.session import Session, session_of
from bridge.cli.terminal import show
from bridge.errors import BridgeError, ConfigProblem
from bridge.model import Reason, Route
from bridge.reports import words

if TYPE_CHECKING:
    from bridge.sync import Report

PARTIAL = 3

# These need no telling: the sum line counts the states they belong to.
_SETTLED = (Reason.OK, Reason.CREATED)


def sync(
    context: typer.Context,
    routes: Annotated[
        list[str] | None, typer.Argument(metavar="[ROUTE]…", help="Route names; default: all routes.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="Send at most N leads of each route.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Confirm a route's first push; needed where there is no terminal.")
    ] = False,
) -> None:
    """Run the routes once: read, decide, deliver, report.

    A route's first push needs confirmation on a terminal. Without a terminal (cron, a pipe) it needs `--yes`, once:
    without it the route is blocked and nothing is sent.

    Example: `leadbridge sync fitness --limit 50`
    """
    session = session_of(context)
    chosen = session.routes(routes or [])
    try:
        reports = _run(session, chosen, limit=limit, yes=yes)
    except ConfigProblem:
        raise
    except BridgeError as error:
        if as_json:
            show.print_json({"status": "failed", "routes": [], "error": error.message, "hint": error.hint or None})
        raise
    if as_json:
        show.print_json(document(reports))
    else:
        tell(show.out(), reports, limit)
    raise typer.Exit(verdict(reports)[1])


def _run(session: Session, routes: Sequence[Route], *, limit: int | None, yes: bool) -> "list[Report]":
    from bridge.cli.running.first_push import FirstPush
    from bridge.cli.terminal.progress import Bars

    if not show.err().is_terminal:
        with session.app(FirstPush(yes=yes, limit=limit)) as app:
            return app.sync(routes, limit=limit)
    with Bars(yes=yes, limit=limit) as bars, session.app(bars) as app:
        return app.sync(routes, limit=limit)


def verdict(reports: "Sequence[Report]") -> tuple[str, int]:
    """Status and exit code of the whole command; numbers that do not add up never end well."""
    from bridge.sync.report import overall

    status, code = overall(list(reports))
    sound = all(_is_sound(report) for report in reports)
    return (status, code) if sound else ("partial", PARTIAL)


def document(reports: "Sequence[Report]") -> dict[str, Any]:
    """What `sync --json` prints."""
    return {"status": verdict(reports)[0], "routes": [report.document() for report in reports]}


def _is_sound(report: "Report") -> bool:
    return not report.unsound and accounts.adds_up(report.tally.known, report.tally.states)


def tell(console: Console, reports: "Sequence[Report]", limit: int | None = None) -> None:
    """The table, the sums, and whatever a person should know."""
    lines = [accounts.Account(r.route, r.status, r.tally.known, r.tally.states, r.sent) for r in reports]
    table = accounts.table(lines, console.width)
    if table is not None:
        console.print(table)
        console.print()
    for report in reports:
        _tell_route(console, report)
        if report.waiting:
            rest = f"run `leadbridge sync {words.typed(report.route)}` for the rest."
            show.say(console, f"At most {report.waiting:,} more wait because of --limit {limit}; {rest}", indent=2)


def _tell_route(console: Console, report: "Report") -> None:
    from bridge.sync.pushing import DECLINED

    show.say(console, f"{report.route}: {accounts.sum_line(report.tally.known, report.tally.states)}", style="bold")
    show.say(console, _this_run(report), indent=2)
    if not _nothing_new(report):
        for line in accounts.reason_lines(report.tally.reasons, _SETTLED):
            show.say(console, line, indent=4)
    for wait in report.waits:
        show.say(console, words.wait(wait), style="yellow", indent=2)
    for warning in report.warnings:
        show.say(console, f"! {warning}", style="yellow", indent=2)
    if report.error == DECLINED:
        show.say(console, report.error, indent=2)
    elif report.error:
        mark = "busy" if report.status == "busy" else f"✗ {report.status}"
        show.say(console, f"{mark}: {report.error}", style="cyan" if report.status == "busy" else "red", indent=2)
    if report.hint:
        show.say(console, report.hint, indent=4)


def _this_run(report: "Report") -> str:
    """What this run did, in a sentence; it says so when there was nothing new."""
    if report.status == "busy":
        return "This run did nothing: another process holds the route."
    if _nothing_new(report):
        return f"Nothing new: {_campaigns(report.campaigns_seen)} looked at, none had changed, nothing was sent."
    read = f"read {words.leads(report.leads_read)} of {_campaigns(report.campaigns_swept)}"
    said = f"This run {read} and delivered {report.sent:,} in {report.seconds:.1f} s."
    if report.unread:
        said += f" Skipped: {words.leads(report.unread)} of its campaigns, without an e-mail address."
    return said


def _nothing_new(report: "Report") -> bool:
    return not (report.leads_read or report.sent or report.answered or report.error)


def _campaigns(count: int) -> str:
    return f"{count:,} campaign" if count == 1 else f"{count:,} campaigns"
