"""`leadbridge preview`: prints what a sync would do, as `bridge.preview` played it through. Writes nothing."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from bridge import preview as play
from bridge.cli import failures
from bridge.cli.options import Force, Json, Routes
from bridge.cli.session import session_of
from bridge.cli.terminal import show
from bridge.cli.terminal.cells import has_width
from bridge.destinations.foreseen import Piece
from bridge.preview import RoutePreview, words
from bridge.reports.text import plain

_STYLES = {"hole": "bold red", "fallback": "yellow", "code": "dim", "sender": "dim", "filled": "green"}
_MOST_LINES = 40


def preview(
    context: typer.Context,
    routes: Routes = None,
    samples: Annotated[
        int, typer.Option(min=0, max=100, metavar="N", help="Show N leads as they would be posted.")
    ] = 3,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it as one HTML page, with masked addresses.")
    ] = None,
    *,
    show_addresses: Annotated[
        bool, typer.Option("--show-addresses", help="On the page, show e-mail addresses in full.")
    ] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Show what a sync would do: counts by reason, leads already there, and the first message to each lead.

    Leads are shown exactly as they would be posted. Sends and writes nothing.

    Example: `leadbridge preview fitness --samples 1 --html preview.html`
    """
    session = session_of(context)
    if html is not None:
        from bridge.preview import page  # noqa: PLC0415 - Jinja2 costs 30 ms
    output = None if html is None else session.output(html, "--html", page.GENERATOR.encode(), force=force)
    chosen = session.routes(routes)
    with session.app() as app:
        found = play.run(app, chosen, samples)
    if output is not None:
        output.write(page.page(found, masked=not show_addresses))
        show.say(show.err(), f"Written to {html}{'' if show_addresses else ', with every e-mail address masked'}.")
    if as_json:
        show.print_json({"routes": [route.document() for route in found]})
    for route in found if not as_json else ():
        show_route(show.out(), route)
    raise typer.Exit(failures.verdict(sum(bool(route.error) for route in found), len(found)))


def show_route(console: Console, route: RoutePreview, *, request: bool = True) -> None:
    """One route: its sum, the reasons, what the leads meet in the target, and the `request` as it would be sent."""
    show.lines(console, words.lines(route))
    for message, letter in words.letters(route.outlook) if route.outlook else ():
        variant = f", variant {letter.variant}" if len(message.letters) > 1 else ""
        show.say(console, f"The first message to {message.address}{variant}:", indent=2)
        _show_lines(console, [Text("Subject: "), *_texts(letter.subject)])
        _show_lines(console, _texts(letter.body))
        if letter.holes:
            holes = ", ".join("{{" + name.strip("{}") + "}}" for name in letter.holes)
            show.say(console, f"✗ not filled in: {holes}", style="bold red", indent=4)
    show.lines(console, words.trouble(route))
    if request and route.request:
        _show_json(console, "The first request would be, with its other leads left out:", route.request)
    elif request and route.bodies:
        _show_json(console, "Once its target exists, the first leads would be posted as:", list(route.bodies))
    console.print()


def _show_json(console: Console, head: str, document: object) -> None:
    show.say(console, head, indent=2)
    for line in json.dumps(document, indent=2, ensure_ascii=False).splitlines():
        margin = " " * (4 + len(line) - len(line.lstrip(" ")))
        console.print(Text(margin + plain(line, 1_000)), soft_wrap=True)


def _show_lines(console: Console, texts: Sequence[Text]) -> None:
    width = max(20, console.width - 6) if has_width(console) else words.LONGEST
    whole = Text("").join(texts)
    lines = [line for part in whole.split("\n", allow_blank=True) for line in part.wrap(console, width)]
    for line in lines[:_MOST_LINES]:
        line.rstrip()
        console.print(Text("    │ " if line.plain else "    │", "dim") + line, soft_wrap=True)
    if len(lines) > _MOST_LINES:
        show.say(console, f"│ … {len(lines) - _MOST_LINES} lines more", style="dim", indent=4)


def _texts(pieces: Sequence[Piece]) -> list[Text]:
    return [Text(text, _STYLES.get(kind, "")) for kind, text in words.shown(pieces)]
