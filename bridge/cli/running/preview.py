"""`leadbridge preview`: prints what a sync would do, as `bridge.preview` played it through. Writes nothing."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from bridge.cli.looking import accounts
from bridge.cli.running import outlook
from bridge.cli.running.sync import PARTIAL
from bridge.cli.session import session_of
from bridge.cli.terminal import show

if TYPE_CHECKING:
    from bridge.preview import RoutePreview


def preview(
    context: typer.Context,
    routes: Annotated[
        list[str] | None, typer.Argument(metavar="[ROUTE]…", help="Route names; default: all routes.")
    ] = None,
    samples: Annotated[
        int, typer.Option("--samples", min=0, max=100, metavar="N", help="Show N leads as they would be posted.")
    ] = 3,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write it as one HTML page, with masked addresses.")
    ] = None,
    *,
    show_addresses: Annotated[
        bool, typer.Option("--show-addresses", help="On the page, show e-mail addresses in full.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="With --html: replace an existing FILE of any kind.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show what a sync would do: counts by reason, leads already there, and the first mail to each lead.

    Leads are shown exactly as they would be posted. Sends and writes nothing.

    Example: `leadbridge preview fitness --samples 1 --html preview.html`
    """
    from bridge import preview as play
    from bridge.cli.running import page

    session = session_of(context)
    output = None if html is None else session.output(html, "--html", page.GENERATOR.encode(), force=force)
    chosen = session.routes(routes or [])
    with session.app() as app:
        found = play.run(app, chosen, samples)
    if output is not None:
        page.save(output, found, masked=not show_addresses)
        show.say(show.err(), f"Written to {html}{'' if show_addresses else ', with every e-mail address masked'}.")
    if as_json:
        show.print_json({"routes": [route.document() for route in found]})
    else:
        for route in found:
            tell(show.out(), route)
    raise typer.Exit(verdict(found))


def verdict(found: "Sequence[RoutePreview]") -> int:
    """0 where every route could be played through, 1 where none could, 3 otherwise."""
    troubled = [route for route in found if route.error]
    if not troubled:
        return 0
    return 1 if len(troubled) == len(found) else PARTIAL


def tell(console: Console, route: "RoutePreview") -> None:
    """One route: its sum, the reasons, the request as it would be sent."""
    show.say(console, f"{route.route} → {route.target}", style="bold")
    show.say(console, outlook.headline(route), indent=2)
    show.say(console, accounts.sum_line(route.leads_read, route.states, "looked at"), indent=2)
    for line in accounts.reason_lines(route.reasons, most=12):
        show.say(console, line, indent=4)
    if route.suppressed:
        show.say(console, f"Suppressed, for example: {', '.join(route.suppressed)}", indent=2)
    for sentence in (*outlook.waiting(route), *outlook.validations(route.validations)):
        show.say(console, sentence, indent=2)
    for warning in route.warnings:
        show.say(console, f"! {warning}", style="yellow", indent=2)
    if route.outlook is not None:
        outlook.tell(console, route.outlook)
    _tell_trouble(console, route)
    if route.request:
        _tell_json(console, "The first request would be, with its other leads left out:", route.request)
    elif route.bodies:
        _tell_json(console, "Once its target exists, the first leads would be posted as:", list(route.bodies))
    console.print()


def _tell_trouble(console: Console, route: "RoutePreview") -> None:
    if route.error:
        show.say(console, f"✗ {route.error}", style="red", indent=2)
    if route.hint:
        show.say(console, route.hint, indent=4)


def _tell_json(console: Console, head: str, document: object) -> None:
    show.say(console, head, indent=2)
    for line in json.dumps(document, indent=2, ensure_ascii=False).splitlines():
        console.print(Text("    " + _indented(line)), soft_wrap=True)


def _indented(line: str) -> str:
    return " " * (len(line) - len(line.lstrip(" "))) + show.plain(line, 1_000)
