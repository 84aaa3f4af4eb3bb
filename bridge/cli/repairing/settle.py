"""`leadbridge settle`: turns what is in doubt into certainty by asking the targets. Sends no other lead.

What can never be asked again (its workspace or its key is gone) ends with `--give-up TARGET`. So does a request to
create a campaign or to validate addresses.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Any

import typer

from bridge import ledger
from bridge.cli import steps
from bridge.cli.options import Json, Routes
from bridge.cli.session import Session, session_of
from bridge.cli.terminal import consent, show
from bridge.errors import ConfigProblem
from bridge.ledger import DoubtfulPlace
from bridge.ledger import intent as intents
from bridge.ledger.intent import Intent
from bridge.model import DEFAULT_CLIENT, Reason, Route, State
from bridge.operations.steps import Step
from bridge.reports import words
from bridge.reports.text import Line, iso, plain, second, visible
from bridge.sync import Settled


def settle(
    context: typer.Context,
    routes: Routes = None,
    *,
    give_up: Annotated[
        str | None,
        typer.Option(
            metavar="TARGET",
            help="End all doubts in this target, or about this campaign or file, without an answer.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Give up without asking for confirmation.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Give up even if the target may answer later (it is only down now).")
    ] = False,
    as_json: Json = False,
) -> None:
    """Ask the targets what happened to the leads in doubt; sends no other lead.

    Where a vendor cannot be asked, and documents that sending again changes nothing, the same leads are sent again.
        Routes that are no longer in bridge.toml are settled too. With `--give-up`, leads in doubt in a target that can
    never be asked again (no key, no access, no such target) end as failed. They may have been delivered, so no route
    sends to them again. A request to create a campaign or to validate ends in the same way, and its credits stay
    counted.

    Example: `leadbridge settle fitness`
    """
    if force and give_up is None:
        raise ConfigProblem("--force says how to give up, but no target is given up.", hint="Add --give-up TARGET.")
    session = session_of(context)
    if give_up is not None and _give_up_requests(session, visible(give_up).strip(), yes=yes, as_json=as_json):
        return
    chosen = session.routes_of_ledger(routes)

    def step() -> list[Step[Settled]]:
        if give_up is not None:
            return _give_up(session, chosen, visible(give_up).strip(), yes=yes, force=force)
        with session.app() as app:
            return app.settle(chosen)

    found = steps.run(session, step, as_json=as_json)
    done = any(one.found is not None and one.found.became for one in found)
    steps.report(found, _document, _lines, done=done, as_json=as_json)


def _give_up(session: Session, routes: Sequence[Route], wanted: str, *, yes: bool, force: bool) -> list[Step[Settled]]:
    """Find the target, ask the operator, and end its doubts on these routes."""
    with session.db() as db:
        configured = [route.name for route in session.outline.routes]
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


def _give_up_requests(session: Session, wanted: str, *, yes: bool, as_json: bool) -> bool:
    """End the requests in doubt about this campaign or file; False where there is none."""
    with session.db() as db:
        now = db.now() if db else None
        doubtful = intents.doubtful_requests(db, now - _OVER) if db and now else []
    meant = [one for one in doubtful if wanted.casefold() in _names(one) and session.client in {"", one.client}]
    if meant and not yes:
        console = consent.need(f"{len(meant)} requests would be given up", "Add --yes to do it.")
        show.say(console, f"In doubt: {'; '.join(map(_request, meant))}.")
        show.say(console, "It may have been done: its credits stay counted, and the next request may pay for it again.")
        consent.insist(console, "Give up?", "Nothing was given up.")
    if meant:
        with session.app() as app:
            for one in meant:
                intents.give_up(app.db, one.id, "given up by `leadbridge settle --give-up`")
        if as_json:
            show.print_json({"status": "ok", "routes": [], "given_up": [_request(one) for one in meant]})
        else:
            show.say(show.out(), f"Given up: {'; '.join(map(_request, meant))}.")
    return bool(meant)


_OVER = timedelta(minutes=10)
"""A call that began so long ago has ended, and its process with it."""


def _names(one: Intent) -> set[str]:
    named = {one.title, one.campaign_id, str(one.facts.get("name", ""))}
    if one.kind is intents.Kind.CREATION:
        named.add(one.subject)
    if one.place is not None:
        named.add(one.place.id)
    return {name.casefold() for name in named} - {""}


def _request(one: Intent) -> str:
    about = f'"{plain(one.title or one.subject)}"{"" if one.client == DEFAULT_CLIENT else f" of client {one.client}"}'
    return {
        intents.Kind.CREATION: f"the request to create {about}",
        intents.Kind.VALIDATION: f"the request to validate {about}",
        intents.Kind.UPDATE: f"the change of a lead in {one.place.id if one.place else about}",
        intents.Kind.MOVE: f"the move of {one.emails:,} leads into {one.place.id if one.place else about}",
    }.get(one.kind, f'the request to validate {one.emails:,} addresses of "{plain(str(one.facts.get("name", "")))}"')


def _place(places: Sequence[DoubtfulPlace], wanted: str) -> DoubtfulPlace:
    """The target that is meant by its id or its name. Raises ConfigProblem for none and for several."""
    meant = [one for one in places if wanted.casefold() in {one.place.id.casefold(), one.title.casefold()} - {""}]
    if len(meant) == 1:
        return meant[0]
    listed = "; ".join(_called(one) for one in (meant or places)[:10]) or "no target"
    if meant:
        raise ConfigProblem(f'Several targets are called "{wanted[:100]}": {listed}.', hint="Name the id of one.")
    raise ConfigProblem(f'No lead is in doubt in "{wanted[:100]}".', hint=f"Leads are in doubt in: {listed}.")


def _called(one: DoubtfulPlace) -> str:
    title = f'"{one.title}", ' if one.title else ""
    return f"{one.place.vendor} {one.place.kind} {title}{one.place.id} of workspace {one.place.workspace}"


def _confirm(place: DoubtfulPlace, routes: Sequence[Route]) -> None:
    listed = ", ".join(f"{words.leads(place.leads[route.name])} of route {route.name}" for route in routes)
    console = consent.need(f"{listed} would be given up", "Add --yes to do it.")
    for sentence in (
        f"In doubt in {_called(place)}: {listed}.",
        "If it can still be asked, its answer counts. If it never can, these leads end as failed (given_up).",
        "They may have been delivered: their claims stay, so that no route sends to them again.",
    ):
        show.say(console, sentence)
    consent.insist(console, "Give them up?", "Nothing was given up.")


def _document(step: Step[Settled]) -> dict[str, Any]:
    became = step.found.became if step.found else {}
    return {
        "settled": sum(became.values()),
        "became": [{"state": state, "reason": reason, "leads": leads} for (state, reason), leads in became.items()],
        "left_in_doubt": step.found.left if step.found else None,
        "ask_again_at": iso(step.found.ask_at) if step.found else None,
    }


def _lines(step: Step[Settled], found: Settled) -> Iterator[Line]:
    """What became of the route's doubts, what is left, and what to type next."""
    if not found.became and not found.left:
        yield Line(f"{step.route}: nothing is in doubt.")
        return
    yield Line(f"{step.route}: {words.leads(sum(found.became.values()))} settled, {found.left:,} left in doubt")
    for (state, reason), leads in found.became.items():
        yield Line(f"{leads:,} {words.LABELS[state]}: {words.reason(reason)} ({reason})", 2)
    name = words.typed(step.route)
    if found.left:
        yield Line(f"To be asked again from {second(found.ask_at)} on: leadbridge settle {name}", 2, "yellow")
    if found.became.get((State.FAILED, Reason.GIVEN_UP)):
        yield Line("No route sends to them again, since they may have been delivered.", 2)
        yield Line(f"If you know that they were not: leadbridge retry {name} --reason given_up", 2)
    if found.became.get((State.HELD, Reason.ROUTE_RETIRED)):
        yield Line("Another route may take these people now: leadbridge sync", 2)
    if any(state == State.READY for state, _ in found.became):
        yield Line(f"To send what is ready: leadbridge sync {name}", 2)
