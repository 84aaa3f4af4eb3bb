"""`leadbridge feedback`: one round of reading what became of the leads. The round itself is `bridge.feedback`."""

from collections.abc import Iterator, Sequence

import typer

from bridge.cli import failures
from bridge.cli.options import Json, Routes
from bridge.cli.session import session_of
from bridge.cli.terminal import show
from bridge.feedback.polling import Heard
from bridge.model import EventKind
from bridge.reports import words
from bridge.reports.text import Line, count, indented

HEADS = (("route", "<"), ("status", "<"), ("new events", "<"), ("suppressed", ">"), ("requests", ">"))


def feedback(context: typer.Context, routes: Routes = None, *, as_json: Json = False) -> None:
    """Read what became of the delivered leads: replies, bounces, opt-outs; record it, and act on it.

    `leadbridge run` does this too (`feedback.every` of a route). What follows is in the route's `feedback` table.
    Leads of a route that bridge.toml no longer has are asked about as long as it has the client.

    Example: `leadbridge feedback fitness`
    """
    session = session_of(context)
    chosen = session.routes_of_ledger(routes) if routes else session.routes(None)
    with failures.as_document(as_json, routes=[]), session.app() as app:
        retired = [] if routes else [one for one in app.retired() if session.client in {"", one.client}]
        heard = app.feedback([*chosen, *retired])
    if as_json:
        show.print_json({"routes": [one.document() for one in heard]})
    else:
        show_heard(heard)
    partial = sum(one.status == "partial" for one in heard)
    unread = sum(one.status in ("blocked", "failed") for one in heard)
    raise typer.Exit(failures.PARTIAL if partial else failures.verdict(unread, len(heard)))


def show_heard(heard: Sequence[Heard]) -> None:
    """The table, and whatever a person should know."""
    console = show.out()
    rows = []
    for one in heard:
        counted = [f"{one.events[kind]:,} {words.event(kind)}" for kind in EventKind if one.events[kind]]
        said = ", ".join(counted) or "none"
        rows.append([one.route, one.status, said, f"{one.suppressed:,}", f"{one.requests:,}"])
    show.table(console, HEADS, rows)
    show.lines(console, [line for one in heard for line in _lines(one)])


def _lines(one: Heard) -> Iterator[Line]:
    if one.apart:
        counted = count(one.apart, "event")
        yield Line(f"{one.route}: {counted} of leads that others put there; counted apart, without a name.", 2)
    yield from indented((f"! {note}" for note in one.notes), 2, "yellow")
    if one.error:
        yield Line(f"✗ {one.route}: {one.error}", 2, "cyan" if one.status == "busy" else "red")
    if one.hint:
        yield Line(one.hint, 4)
