"""`leadbridge retry`: queues failed or refused leads again, by today's rules. Sends nothing."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from bridge.cli import steps
from bridge.cli.looking.rejects import reason as code
from bridge.cli.options import Json, Routes
from bridge.cli.session import session_of
from bridge.model import Reason, State
from bridge.operations.retry import Retried, Wanted
from bridge.operations.steps import Step
from bridge.reports import words
from bridge.reports.text import Line


def retry(
    context: typer.Context,
    routes: Routes = None,
    *,
    failed: Annotated[bool, typer.Option("--failed", help="Those that failed: the default.")] = False,
    refused: Annotated[bool, typer.Option("--refused", help="Those that the target refused.")] = False,
    reason: Annotated[str | None, typer.Option(metavar="CODE", help="Only with this reason.")] = None,
    as_json: Json = False,
) -> None:
    """Queue failed or refused leads again: they are decided again, and sent by the next sync.

    Leads of a route that is no longer in bridge.toml, if it is named, are held instead: other routes may take them.
    Leads that were given up unanswered may have been delivered: they need `--reason given_up`.

    Example: `leadbridge retry fitness --refused --reason blocklist`
    """
    session = session_of(context)
    chosen = session.routes_of_ledger(routes) if routes else session.routes([])
    states = [state for state, asked in ((State.FAILED, failed), (State.REFUSED, refused)) if asked] or [State.FAILED]
    wanted = Wanted(states, code(reason) if reason else "")

    def step() -> list[Step[Retried]]:
        with session.app() as app:
            return app.retry(chosen, wanted)

    found = steps.run(session, step, as_json=as_json)
    done = any(one.found is not None for one in found)
    steps.report(found, _document, lambda one, of: _lines(one.route, of, wanted), done=done, as_json=as_json)


def _document(step: Step[Retried]) -> dict[str, Any]:
    found = step.found
    return {
        "put_back": found.put_back if found else 0,
        "ready": found.ready if found else 0,
        "held": dict(found.held) if found else {},
        "asked_first": found.asked if found else 0,
        "left": dict(found.left) if found else {},
    }


def _lines(route: str, found: Retried, wanted: Wanted) -> Iterator[Line]:
    """How many are ready, how many are held and why."""
    if found.put_back:
        held = sum(found.held.values())
        yield Line(f"{route}: {words.leads(found.put_back)} queued again: {found.ready:,} ready, {held:,} held")
        for why, leads in found.held.items():
            yield Line(f"{leads:,} held: {words.reason(why)} ({why})", 2)
    else:
        states = " or ".join(words.LABELS[state] for state in wanted.states)
        yield Line(f"{route}: no {states} lead to queue again.")
    for sentence in _next(words.typed(route), found, wanted.states, wanted.reason):
        yield Line(sentence, 2)


def _next(route: str, found: Retried, states: Sequence[State], reason: str) -> Iterator[str]:
    """What to type next."""
    if found.asked:
        first = f"{words.leads(found.asked)} may have been delivered by an earlier call: the target is asked first."
        yield f"{first} leadbridge settle {route}"
    if found.held.get(Reason.ROUTE_RETIRED):
        yield "Another route may take these people now: leadbridge sync"
    if found.ready:
        yield f"To send what is ready: leadbridge sync {route}"
    if found.left[State.FAILED] and State.FAILED in states and not reason:
        kept = f"{words.leads(found.left[State.FAILED])} given up unanswered stay: they may have been delivered."
        yield f"{kept} If you know that they were not: leadbridge retry {route} --reason given_up"
    if found.left[State.REFUSED] and State.REFUSED not in states:
        yield f"{words.leads(found.left[State.REFUSED])} refused: leadbridge retry {route} --refused"
