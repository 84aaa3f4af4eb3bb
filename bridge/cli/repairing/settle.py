"""`leadbridge settle`: turns what is in doubt into certainty by asking the targets. Sends nothing.

What can never be asked again (its workspace or its key is gone) ends with `--give-up TARGET`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bridge.cli.looking.runs import NOTHING_STORED
from bridge.cli.repairing import steps
from bridge.cli.session import Session, session_of
from bridge.cli.terminal import consent, show
from bridge.errors import ConfigProblem
from bridge.model import Reason, Route, State
from bridge.reports import words

if TYPE_CHECKING:
    from bridge.ledger import DoubtfulPlace
    from bridge.operations.steps import Step
    from bridge.sync import Settled


def settle(
    context: typer.Context,
    routes: Annotated[
        list[str] | None, typer.Argument(metavar="[ROUTE]…", help="Route names; default: all routes.")
    ] = None,
    *,
    give_up: Annotated[
        str | None,
        typer.Option(
            "--give-up", metavar="TARGET", help="End all doubts in this target (name or id) without an answer."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Give up without asking for confirmation.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Give up even if the target may answer later (it is only down now).")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Ask the targets what happened to the leads in doubt; sends nothing.

    Routes that are no longer in bridge.toml are settled too. With `--give-up`, leads in doubt in a target that can
    never be asked again (no key, no access, no such target) end as failed. They may have been delivered, so no route
    sends to them again.

    Example: `leadbridge settle fitness`
    """
    if force and give_up is None:
        raise ConfigProblem("--force says how to give up, but no target is given up.", hint="Add --give-up TARGET.")
    session = session_of(context)
    chosen = session.routes_of_ledger(routes or [])
    found: list[Step[Settled]] = []
    if steps.nothing_stored(session):
        if not as_json:
            show.say(show.out(), NOTHING_STORED)
    elif give_up is not None:
        found = _give_up(session, chosen, show.visible(give_up).strip(), yes=yes, force=force)
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


def _give_up(
    session: Session, routes: Sequence[Route], wanted: str, *, yes: bool, force: bool
) -> "list[Step[Settled]]":
    """Find the target, ask the operator, and end its doubts on these routes."""
    with session.db() as db:
        configured = [route.name for route in session.configuration.routes]
        from bridge import ledger

        place = _place(ledger.doubtful_places(db, configured) if db else [], wanted)
    concerned = [route for route in routes if route.name in place.leads]
    if not concerned:
        raise ConfigProblem(
            f"These routes have no lead in doubt in {_called(place)}.",
            hint=f"In doubt there: {', '.join(place.leads)}.",
        )
    if not yes:
        _confirm(place, concerned)
    with session.app() as app:
        return app.give_up(concerned, place.place, force=force)


def _place(places: "Sequence[DoubtfulPlace]", wanted: str) -> "DoubtfulPlace":
    """The target that is meant by its id or its name. Raises ConfigProblem for none and for several."""
    meant = [one for one in places if wanted.casefold() in {one.place.id.casefold(), one.title.casefold()} - {""}]
    if len(meant) == 1:
        return meant[0]
    listed = "; ".join(_called(one) for one in (meant or places)[:10]) or "no target"
    if meant:
        raise ConfigProblem(f'Several targets are called "{wanted[:100]}": {listed}.', hint="Name the id of one.")
    raise ConfigProblem(f'No lead is in doubt in "{wanted[:100]}".', hint=f"Leads are in doubt in: {listed}.")


def _called(one: "DoubtfulPlace") -> str:
    title = f'"{one.title}", ' if one.title else ""
    return f"{one.place.vendor} {one.place.kind} {title}{one.place.id} of workspace {one.place.workspace}"


def _confirm(place: "DoubtfulPlace", routes: Sequence[Route]) -> None:
    listed = ", ".join(f"{words.leads(place.leads[route.name])} of route {route.name}" for route in routes)
    console = consent.need(f"{listed} would be given up", "Add --yes to do it.")
    show.say(console, f"In doubt in {_called(place)}: {listed}.")
    show.say(
        console, "If it can still be asked, its answer counts. If it never can, these leads end as failed (given_up)."
    )
    show.say(console, "They may have been delivered: their claims stay, so that no route sends to them again.")
    if not consent.ask(console, "Give them up?"):
        show.say(show.err(), "Nothing was given up.")
        raise typer.Exit(0)


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
    if found.became.get((State.FAILED, Reason.GIVEN_UP)):
        show.say(console, "No route sends to them again, since they may have been delivered.", indent=2)
        show.say(console, f"If you know that they were not: leadbridge retry {name} --reason given_up", indent=2)
    if found.became.get((State.HELD, Reason.ROUTE_RETIRED)):
        show.say(console, "Another route may take these people now: leadbridge sync", indent=2)
    if any(state == State.READY for state, _ in found.became):
        show.say(console, f"To send what is ready: leadbridge sync {name}", indent=2)
