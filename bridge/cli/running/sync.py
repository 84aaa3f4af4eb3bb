"""`leadbridge sync`: one run of the routes, and the accounting after it. The run itself is `bridge.sync`."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console

from bridge.cli import accounting, failures
from bridge.cli.options import Json, Routes
from bridge.cli.running.first_push import FirstPush
from bridge.cli.running.progress import Bars
from bridge.cli.session import Session, session_of
from bridge.cli.terminal import show
from bridge.errors import ConfigProblem
from bridge.model import Reason, Route, State
from bridge.reports import numbers, words
from bridge.reports.text import Line, count, indented
from bridge.sync import Report
from bridge.sync.pushing import DECLINED
from bridge.sync.report import overall

# These are not listed: the sum line counts the states they belong to.
_SETTLED = (Reason.OK, Reason.CREATED)


def sync(
    context: typer.Context,
    routes: Routes = None,
    *,
    as_json: Json = False,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Send at most N leads of each route.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Confirm a route's first push; needed where there is no terminal.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Send nothing: the same as `leadbridge preview`.")] = False,
) -> None:
    """Run the routes once: read, decide, deliver, report.

    A route's first push needs confirmation on a terminal. Without a terminal (cron, a pipe) it needs `--yes`, once:
    without it the route is blocked and nothing is sent.

    Example: `leadbridge sync fitness --limit 50`
    """
    if dry_run:
        if limit is not None:
            raise ConfigProblem("--dry-run shows whole routes: --limit has no effect on it.", hint="Leave one out.")
        from bridge.cli.running.preview import preview  # noqa: PLC0415 - no other sync needs it

        preview(context, routes, as_json=as_json)
    session = session_of(context)
    chosen = session.routes(routes)
    with failures.as_document(as_json, routes=[]):
        reports = _run(session, chosen, limit=limit, yes=yes)
    if as_json:
        show.print_json(document(reports))
    else:
        show_reports(show.out(), reports, limit)
    raise typer.Exit(verdict(reports)[1])


def _run(session: Session, routes: Sequence[Route], *, limit: int | None, yes: bool) -> list[Report]:
    if not show.err().is_terminal:
        with session.app(FirstPush(yes=yes, limit=limit)) as app:
            return app.sync(routes, limit=limit)
    with Bars(yes=yes, limit=limit) as bars, session.app(bars) as app:
        return app.sync(routes, limit=limit)


def verdict(reports: Sequence[Report]) -> tuple[str, int]:
    """Status and exit code of the whole command; numbers that do not add up never end well."""
    sound = all(not one.unsound and numbers.adds_up(one.tally.known, one.tally.states) for one in reports)
    return overall(list(reports)) if sound else ("partial", failures.PARTIAL)


def document(reports: Sequence[Report]) -> dict[str, Any]:
    """What `sync --json` prints."""
    return {"status": verdict(reports)[0], "routes": [report.document() for report in reports]}


def show_reports(console: Console, reports: Sequence[Report], limit: int | None = None) -> None:
    """The table, the sums, and whatever a person should know."""
    rows = [accounting.Account(r.route, r.status, r.tally.known, r.tally.states, r.sent) for r in reports]
    accounting.show_table(console, rows)
    for report in reports:
        show.lines(console, _lines(report, limit))


def _lines(report: Report, limit: int | None) -> Iterator[Line]:
    yield Line(f"{report.route}: {numbers.sum_line(report.tally.known, report.tally.states)}", style="bold")
    yield Line(_this_run(report), 2)
    if not _nothing_new(report):
        yield from indented(numbers.reason_lines(report.tally.reasons, _SETTLED), 4)
    updates = [text.format(f"{report.updates[what]:,}") for what, text in _UPDATES if report.updates.get(what)]
    if updates:
        yield Line(f"Delivered leads that have changed since: {', '.join(updates)}.", 2)
    yield from indented(map(words.wait, report.waits), 2, "yellow")
    yield from indented(filter(None, [words.queue(report.pace or {})]), 2)
    yield from indented((f"! {warning}" for warning in report.warnings), 2, "yellow")
    if report.error == DECLINED:
        yield Line(report.error, 2)
    elif report.error:
        busy = report.status == "busy"
        yield Line(f"{'' if busy else '✗ '}{report.status}: {report.error}", 2, "cyan" if busy else "red")
    if report.hint:
        yield Line(report.hint, 4)
    if report.waiting:
        rest = f"run `leadbridge sync {words.typed(report.route)}` for the rest."
        yield Line(f"At most {report.waiting:,} more wait because of --limit {limit}; {rest}", 2)


def _this_run(report: Report) -> str:
    """What this run did, in a sentence; it says so when there was nothing new."""
    if report.status == "busy":
        return "This run did nothing: another process holds the route."
    if _nothing_new(report):
        seen = count(report.campaigns_seen, "campaign")
        return f"Nothing new: {seen} looked at, none had changed, nothing was sent."
    read = f"{words.leads(report.leads_read)} of {count(report.campaigns_swept, 'campaign')}"
    read = read if report.campaigns_swept else "nothing new"
    said = f"This run read {read} and delivered {report.sent:,} in {report.seconds:.1f} s."
    if report.unread:
        said += f" Skipped: {words.leads(report.unread)} without an address or profile to send to."
    return said


def _nothing_new(report: Report) -> bool:
    return not (report.leads_read or report.sent or report.answered or report.error or report.updates)


_UPDATES = (
    (Reason.UPDATED, "{} changed in the target"),
    (Reason.EDITED_THERE, "{} left as a person changed it there"),
    (Reason.NOT_UPDATED, "{} could not be changed"),
    ("contacted", "{} contacted already"),
    (State.IN_DOUBT, "{} in doubt"),
    ("waiting", "{} left for the next runs"),
)
