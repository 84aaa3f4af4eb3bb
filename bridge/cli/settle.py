"""`leadbridge settle`: turns what is in doubt into certainty by asking the targets. Sends nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bridge.cli import show, steps, words
from bridge.cli.runs import NOTHING_STORED
from bridge.cli.session import session_of
from bridge.model import State

if TYPE_CHECKING:
    from bridge.sync import Settled, Step


def settle(
    context: typer.Context,
    routes: Annotated[list[str] | None, typer.Argument(metavar="[ROUTE]…", help="Names; all if none.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Ask the targets what became of the leads in doubt; sends nothing.

    Example: `leadbridge settle fitness`
    """
    session = session_of(context)
    chosen = session.routes(routes or [])
    found: list[Step[Settled]] = []
    if steps.nothing_stored(session):
        if not as_json:
            show.say(show.out(), NOTHING_STORED)
    else:
        with session.app() as app:
            found = app.settle(chosen)
    status, code = verdict(found)
    if as_json:
        show.print_json({"status": status, "routes": [document(step) for step in found]})
    else:
        for step in found:
            tell(show.out(), step)
    raise typer.Exit(code)


def verdict(found: "Sequence[Step[Settled]]") -> tuple[str, int]:
    """Status and exit code: 3 while anything is left in doubt."""
    done = any(step.found is not None and step.found.became for step in found)
    return steps.verdict([step.status for step in found], done=done)


def document(step: "Step[Settled]") -> dict[str, Any]:
    """One route of `settle --json`."""
    became = step.found.became if step.found else {}
    return steps.document(step) | {
        "settled": sum(became.values()),
        "became": [{"state": state, "reason": reason, "leads": leads} for (state, reason), leads in became.items()],
        "left_in_doubt": step.found.left if step.found else None,
        "ask_again_at": show.iso(step.found.ask_at) if step.found else None,
    }


def tell(console: Console, step: "Step[Settled]") -> None:
    """What became of the route's doubts, what is left, and what to type next."""
    steps.tell_trouble(console, step)
    found = step.found
    if found is None:
        return
    if not found.became and not found.left:
        show.say(console, f"{step.route}: nothing is in doubt.")
        return
    show.say(console, f"{step.route}: {words.leads(sum(found.became.values()))} settled, {found.left:,} left in doubt")
    for (state, reason), leads in found.became.items():
        show.say(console, f"{leads:,} {words.LABELS[state]}: {words.reason(reason)} ({reason})", indent=2)
    name = words.typed(step.route)
    if found.left:
        again = f"To be asked again from {show.second(found.ask_at)} on: leadbridge settle {name}"
        show.say(console, again, style="yellow", indent=2)
    if any(state == State.READY for state, _ in found.became):
        show.say(console, f"To send what is ready: leadbridge sync {name}", indent=2)
