"""`leadbridge test-lead`: posts one sample lead's mapped fields to your own address. Contacts no other person."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from bridge.cli import failures, steps
from bridge.cli.options import Json
from bridge.cli.session import session_of
from bridge.cli.terminal import consent, show
from bridge.errors import ConfigProblem
from bridge.hygiene import email
from bridge.hygiene.email import Address
from bridge.model import Route, State
from bridge.operations.steps import Step
from bridge.operations.test_lead import Attempt, Tried
from bridge.preview.sampling import Sample, sample
from bridge.reports import words
from bridge.reports.text import Line, plain

DECLINED = "Nothing was posted: you answered no."


def test_lead(
    context: typer.Context,
    route: Annotated[str, typer.Argument(metavar="ROUTE", help="The route whose target and mapping are tested.")],
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="Your own address.")],
    lead: Annotated[
        str | None,
        typer.Option(metavar="LEAD_ID", help="The lead whose fields are used; default: the first that can be sent."),
    ] = None,
    *,
    as_json: Json = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Confirm it; needed where there is no terminal.")] = False,
) -> None:
    """Post one lead's mapped fields to your own address, to see how the campaign uses them.

    Marked as a test in the ledger: never counted as delivered, and not unknown to `reconcile`. The person whose fields
    they are is not contacted. An active campaign really mails it.

    Exit code 0: it was posted, or an earlier one arrived. 3: whether it arrived is unknown. 1: nothing was posted.

    Example: `leadbridge test-lead fitness --to me@example.com`
    """
    address = _address(to)
    session = session_of(context)
    chosen = session.route(route)
    _need_addresses(chosen)
    with session.app() as app, failures.as_document(as_json):
        found = sample(app, chosen, address, (lead or "").strip())
        attempt = Attempt(address, found.lead_id, found.fields, found.standing.place)
        refused = None if yes else _refused(chosen, address, found)
        step = refused or app.try_lead(chosen, attempt)
    if as_json:
        show.print_json(document(step, address, found))
    else:
        show.lines(show.out(), _lines(step, address, found))
    raise typer.Exit(_code(step))


def _address(text: str) -> Address:
    read = email.read(text)
    if not isinstance(read, email.Address):
        raise ConfigProblem(
            f"{plain(text, 80)} is not a usable e-mail address: {read.why}.",
            hint="Name your own address after --to.",
        )
    return read


def _need_addresses(route: Route) -> None:
    if route.target.identity != "email":
        raise ConfigProblem(
            f'Route "{route.name}" reaches people by their profile ({route.target.identity}): an address cannot go '
            "there. Nothing was posted.",
            hint="Add yourself to the campaign at its vendor to see what it sends.",
        )


def _refused(route: Route, address: Address, sample: Sample) -> Step[Tried] | None:
    """The end of a test lead that no person agreed to; None where one did."""
    console, standing = consent.terminal(), sample.standing
    if console is None:
        return Step(
            route.name,
            "blocked",
            error=f"A test lead needs confirmation, and {consent.NOT_ASKED}. Nothing was posted.",
            hint="Add --yes to post it.",
            client=route.client,
        )
    show.say(
        console,
        f"Post the fields of lead {sample.lead_id} to {address.value}, into the {standing.place.kind} "
        f'"{standing.title}" ({standing.status}) of route "{route.name}".',
        style="bold",
    )
    show.say(console, consequence(sample), style="yellow")
    return None if consent.ask(console, "Go on?") else Step(route.name, "blocked", error=DECLINED, client=route.client)


def consequence(sample: Sample) -> str:
    """What comes of a test lead in a target of that kind and status."""
    standing = sample.standing
    if standing.place.kind != "campaign":
        return "A lead list sends no mail."
    if standing.warnings:  # a target that takes people, and will not mail them soon
        return " ".join(standing.warnings)
    return f"The campaign is {standing.status}: it will really mail this address, follow-ups included."


def _code(step: Step[Tried]) -> int:
    """The exit code."""
    if step.status in ("ok", "busy"):
        return 0
    return failures.PARTIAL if step.found is not None and step.found.state is State.IN_DOUBT else 1


def document(step: Step[Tried], address: Address, sample: Sample) -> dict[str, Any]:
    """What `test-lead --json` prints."""
    found = step.found
    return steps.facts(step) | {
        "target": sample.standing.title,
        "target_id": sample.standing.place.id,
        "email": address.value,
        "lead_id": sample.lead_id,
        "posted": found is not None and found.posted,
        "state": found.state if found else None,
        "reason": found.reason if found else None,
        "detail": (found.detail or None) if found else None,
        "remote_id": (found.remote_id or None) if found else None,
    }


def _lines(step: Step[Tried], address: Address, sample: Sample) -> Iterator[Line]:
    """What became of it, and what to do next."""
    yield from steps.trouble(step)
    found = step.found
    if found is None or found.state is State.IN_DOUBT:
        return
    where = f'the {sample.standing.place.kind} "{sample.standing.title}"'
    if found.state is State.DELIVERED:
        said = "was posted to" if found.posted else "had arrived by an earlier call, and was not posted again to"
        yield Line(f"✓ {address.value} {said} {where}, with the fields of lead {sample.lead_id}.", style="green")
        yield Line(consequence(sample), 2)
        yield Line("It is marked as a test in the ledger. Delete it in the target when you have seen enough.", 2)
    elif found.state is State.DUPLICATE:
        yield Line(f"{address.value} is already in {where}: it was not changed.", style="yellow")
        other = f"{address.local.partition('+')[0]}+test2@{address.domain}"
        again = f"leadbridge test-lead {words.typed(step.route)} --to {other}"
        yield Line(f"Delete it there first, or use another address of yours: {again}", 2)
    else:
        yield Line(f"✗ Nothing was posted: {words.reason(found.reason)} ({found.reason}).", style="red")
        if found.detail:
            yield Line(found.detail, 2)
