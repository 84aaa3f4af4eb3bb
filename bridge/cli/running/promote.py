"""`leadbridge promote`: moves delivered leads of a lead list into a campaign."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from bridge.cli import failures
from bridge.cli.options import Json, Yes
from bridge.cli.session import session_of
from bridge.cli.terminal import consent, show
from bridge.operations import promote as operation
from bridge.operations.promote import Promoted, Promotion
from bridge.reports import words
from bridge.reports.text import Line


def promote(
    context: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="LIST", help="Name or id of the lead list.")],
    to: Annotated[str, typer.Option(metavar="CAMPAIGN", help="Name or id of the campaign.")],
    *,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Move at most N leads.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be moved.")] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Move the leads that were delivered to a lead list into a campaign.

    The vendor moves them in the background; the command waits until each lead was seen where it is. Leads that the
    route would hold today stay in the list. In an active campaign the moved leads are contacted.

    Example: `leadbridge promote "Scravio inbox" --to "Fitness Q4" --limit 50`
    """
    with failures.as_document(as_json), session_of(context).app_of_client() as app:
        resources = app.resources()
        found = operation.look(resources, app.configuration.clients[0].name, wanted, to)
        if not as_json:
            for warning in found.target.warnings:
                show.say(show.err(), f"! {warning}", style="yellow")
        if not dry_run and not yes and found.leads:
            _confirm(found, limit)
        done = operation.promote(resources, found, limit=limit, look_only=dry_run)
    if as_json:
        show.print_json({"client": app.client_name} | _document(found, done, dry_run=dry_run))
    else:
        show.lines(show.out(), _lines(found, done))
    raise typer.Exit(done.exit_code)


def _confirm(found: Promotion, limit: int | None) -> None:
    most = min(found.leads, limit or found.leads)
    what = f'At most {words.leads(most)} of the list "{found.source_title}" would be moved'
    console = consent.need(what, "Add --yes to do it, or --dry-run to see what would be moved.")
    show.say(console, f'{what} into the campaign "{found.target.title}", which is {found.target.status}.')
    consent.insist(console, "Move them?", "Nothing was moved.")


def _document(found: Promotion, done: Promoted, *, dry_run: bool) -> dict[str, Any]:
    return {
        "status": done.status,
        "list": {"id": found.source.id, "title": found.source_title},
        "campaign": {"id": found.target.place.id, "title": found.target.title, "status": found.target.status},
        "in_list": found.leads,
        "dry_run": dry_run,
        "would_move": done.would if dry_run else None,
        "moved": done.moved,
        "stayed": dict(done.stayed),
        "held": dict(done.held),
        "open": done.open,
        "error": done.error or None,
        "hint": done.hint or None,
    }


def _lines(found: Promotion, done: Promoted) -> Iterator[Line]:
    into = f'from the list "{found.source_title}" into the campaign "{found.target.title}"'
    if not found.leads and not done.moved:
        yield Line(f'The list "{found.source_title}" holds no delivered lead that could be moved.')
    elif done.would:
        yield Line(f"{words.leads(done.would)} would be moved {into}.")
    else:
        yield Line(f"{words.leads(done.moved)} moved {into}.")
    for why, count in done.stayed.items():
        yield Line(f"{words.leads(count)} left in the list: {why}", 2)
    for reason, count in done.held.items():
        yield Line(f"{words.leads(count)} left in the list, since the route would hold them: {words.reason(reason)}", 2)
    if done.open:
        yield Line(f"{words.leads(done.open)} not certain yet: {done.why or done.error}", 2, "yellow")
        yield Line(f"Run the same command again: it finds out first. {done.hint}".rstrip(), 2)
    elif done.status == "partial" and not done.error:
        yield Line("Run the same command again to move the others.", 2)
    elif done.error:
        yield Line(f"✗ {done.error}", 2, "red")
        if done.hint:
            yield Line(done.hint, 4)
