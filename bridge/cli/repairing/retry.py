"""`leadbridge retry`: puts failed or refused leads back in line, by today's rules. Sends nothing."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bridge.cli.looking.runs import NOTHING_STORED
from bridge.cli.repairing import steps
from bridge.cli.session import session_of
from bridge.cli.terminal import show
from bridge.errors import ConfigProblem
from bridge.model import Reason, State
from bridge.reports import words

if TYPE_CHECKING:
    from bridge.operations.retry import Retried
    from bridge.operations.steps import Step


def retry(
    context: typer.Context,
    routes: Annotated[
        list[str] | None, typer.Argument(metavar="[ROUTE]…", help="Route names; default: all routes.")
    ] = None,
    *,
    failed: Annotated[bool, typer.Option("--failed", help="Those that failed: the default.")] = False,
    refused: Annotated[bool, typer.Option("--refused", help="Those that the target refused.")] = False,
    reason: Annotated[str | None, typer.Option("--reason", metavar="CODE", help="Only with this reason.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Queue failed or refused leads again: they are decided again, and sent by the next sync.

    Leads of a route that is no longer in bridge.toml, if it is named, are held instead: other routes may take them.
    Leads that were given up unanswered may have been delivered: they need `--reason given_up`.

    Example: `leadbridge retry fitness --refused --reason blocklist`
    """
    session = session_of(context)
    chosen = session.routes_of_ledger(routes) if routes else session.routes([])
    states = [state for state, named in ((State.FAILED, failed), (State.REFUSED, refused)) if named] or [State.FAILED]
    code_of = _reason(reason)
    found: list[Step[Retried]] = []
    if steps.nothing_stored(session):
        if not as_json:
            show.say(show.out(), NOTHING_STORED)
    else:
        with session.app() as app:
            from bridge.operations.retry import Wanted

            found = app.retry(chosen, Wanted(states, code_of))
    status, code = verdict(found)
    if as_json:
        show.print_json({"status": status, "routes": [document(step) for step in found]})
    else:
        for step in found:
            tell(show.out(), step, states, code_of)
    raise typer.Exit(code)


def _reason(code: str | None) -> str:
    if not code:
        return ""
    known = [str(reason) for reason in Reason]
    if code.casefold() in known:
        return code.casefold()
    near = get_close_matches(code.casefold()[:64], known, n=1)
    fix = f"Did you mean {near[0]}?" if near else "`leadbridge rejects` shows the codes that occur."
    raise ConfigProblem(f'There is no reason "{show.plain(code, 64)}".', hint=fix)


def verdict(found: "Sequence[Step[Retried]]") -> tuple[str, int]:
    """Status and exit code; a route that is busy is no error."""
    done = any(step.found is not None for step in found)
    return steps.verdict([step.status for step in found], done=done)


def document(step: "Step[Retried]") -> dict[str, Any]:
    """One route of `retry --json`."""
    found = step.found
    return steps.document(step) | {
        "put_back": found.put_back if found else 0,
        "ready": found.ready if found else 0,
        "held": dict(found.held) if found else {},
        "asked_first": found.asked if found else 0,
        "left": dict(found.left) if found else {},
    }


def tell(console: Console, step: "Step[Retried]", states: Sequence[State], reason: str = "") -> None:
    """How many are ready, how many are held and why, and what to type next."""
    steps.tell_trouble(console, step)
    found = step.found
    if found is None:
        return
    wanted = " or ".join(words.LABELS[state] for state in states)
    name = words.typed(step.route)
    if found.put_back:
        held = sum(found.held.values())
        show.say(console, f"{step.route}: {words.leads(found.put_back)} put back: {found.ready:,} ready, {held:,} held")
        for why, leads in found.held.items():
            show.say(console, f"{leads:,} held: {words.reason(why)} ({why})", indent=2)
    else:
        show.say(console, f"{step.route}: no {wanted} lead to put back.")
    if found.asked:
        first = f"{words.leads(found.asked)} may have been delivered by an earlier call: the target is asked first."
        show.say(console, f"{first} leadbridge settle {name}", indent=2)
    if found.held.get(Reason.ROUTE_RETIRED):
        show.say(console, "Another route may take these people now: leadbridge sync", indent=2)
    if found.ready:
        show.say(console, f"To send what is ready: leadbridge sync {name}", indent=2)
    if found.left[State.FAILED] and State.FAILED in states and not reason:
        kept = f"{words.leads(found.left[State.FAILED])} given up unanswered stay: they may have been delivered."
        show.say(console, f"{kept} If you know that they were not: leadbridge retry {name} --reason given_up", indent=2)
    if found.left[State.REFUSED] and State.REFUSED not in states:
        more = f"{words.leads(found.left[State.REFUSED])} refused: leadbridge retry {name} --refused"
        show.say(console, more, indent=2)
