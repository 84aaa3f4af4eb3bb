"""`leadbridge forget`: erases one person from the targets and the ledger, or shows what is known of them.

Decides nothing about who they are: every spelling of the address means the same person, as everywhere.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli import failures
from bridge.cli.options import Force, Json, Yes
from bridge.cli.session import operator_name, session_of
from bridge.cli.terminal import consent, show
from bridge.errors import ConfigProblem
from bridge.hygiene import email, identities
from bridge.ledger.people.traces import Traces
from bridge.operations.forget import Forgotten, Left, Sightings
from bridge.reports import words
from bridge.reports.text import Line, count, plain, visible


def forget(
    context: typer.Context,
    address: Annotated[
        str, typer.Argument(metavar="EMAIL|x:HANDLE|linkedin:NAME", help="An identity of the person, in any spelling.")
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be erased, and where.")] = False,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all that is known as JSON; erase nothing.")
    ] = None,
    yes: Yes = False,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Delete also in targets that no route has ever used.")
    ] = False,
    force: Force = False,
    ledger_only: Annotated[
        bool,
        typer.Option("--ledger-only", help="Erase in the ledger only; for targets that can never be reached again."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Erase a person: in every target, in the ledger, and for all future syncs. Check first with `--dry-run`.

    With `--client` only for that client: what other clients know of the person stays.

    Only a hash is kept, so that they are never contacted or stored again.

    Example: `leadbridge forget jane@example.com --dry-run`
    """
    asked = _asked(address)
    if export is not None and yes:
        raise ConfigProblem(
            "--export erases nothing and --yes erases without asking: give one of them.",
            hint="First leadbridge forget EMAIL --export FILE, then leadbridge forget EMAIL --yes.",
        )
    session = session_of(context)
    output = None if export is None else session.output(export, "--export", force=force)
    with session.app() as app:
        eraser = app.eraser(
            asked_by=operator_name(), everywhere=everywhere, ledger_only=ledger_only, client=session.client
        )
        if output is not None:
            output.write(json.dumps(eraser.everything_about(asked), indent=2, default=str) + "\n")
            show.say(show.err(), f"Everything known is in {export}. Nothing was erased.")
            return
        if dry_run or not yes:
            found, sightings = eraser.look(asked)
            if dry_run:
                _show_plan(found, sightings, as_json=as_json)
                return
            _confirm(found, sightings)
        done = eraser.forget(asked)
    if as_json:
        show.print_json(_document(done))
    else:
        show.lines(show.out(), _lines(asked, done))
    if done.status != "done":
        raise typer.Exit(failures.PARTIAL)


def _asked(address: str) -> str:
    """The identity as it was typed. Raises ConfigProblem for what is none."""
    asked = visible(address).strip()
    # An address that cannot be read may still stand on a lead as it was scraped.
    as_scraped = "@" in asked[1:] and len(asked) <= email.LONGEST_RAW
    if not identities.written(asked) and not as_scraped:
        raise ConfigProblem(
            f'"{plain(address, 80)}" is not an e-mail address, nor x:handle or linkedin:name.',
            hint="Nothing was erased.",
        )
    return asked


def _confirm(found: Traces, sightings: Sightings) -> None:
    console = consent.need("Erasing cannot be undone", "Look with --dry-run, then add --yes.")
    show.lines(console, map(Line, _plan(found, sightings)))
    consent.insist(console, "Erase all of this? It cannot be undone.", "Nothing was erased.")


# --------------------------------------------------------------------------------------------------------- documents


def _show_plan(found: Traces, sightings: Sightings, *, as_json: bool) -> None:
    if not as_json:
        show.lines(show.out(), map(Line, _plan(found, sightings)))
        show.say(show.out(), "Nothing was erased. To do it: the same command without --dry-run.")
        return
    show.print_json(
        {
            "status": "dry_run",
            "leads": len(found.lead_ids),
            "deliveries": [{"route": one.route, "client": one.client, "state": one.state} for one in found.deliveries],
            "targets": [one.where for _, one in sightings.ours],
            "elsewhere": [one.where for _, one in sightings.elsewhere],
            "left": list(map(_left, sightings.left)),
        }
    )


def _plan(found: Traces, sightings: Sightings) -> Iterator[str]:
    yield f"in the ledger: {words.leads(len(found.lead_ids))}, {len(found.deliveries)} on routes"
    for delivery in found.deliveries:
        yield f"  route {delivery.route}: {words.LABELS[delivery.state]}"
    profiles = [key for key in sorted(found.persons) if "@" not in key]
    spellings = ", ".join([*sorted(found.addresses), *profiles])
    yield f"  {'known' if found.lead_ids else 'looked for'} as {spellings}"
    for _, one in sightings.ours:
        sure = "in" if not one.kept or one.place in found.places else "perhaps in"
        yield f"{sure} {one.place.vendor}: {one.where}" + (f" (will be {one.kept})" if one.kept else "")
    for _, one in sightings.elsewhere:
        yield f"also in {one.where or 'the workspace'}, which no route uses: not deleted without --everywhere"
    for left in sightings.left:
        yield f"cannot be reached: {left.where}: {left.why}"


def _document(done: Forgotten) -> dict[str, Any]:
    return {
        "status": done.status,
        "leads": len(done.traces.lead_ids),
        "deliveries": len(done.traces.deliveries),
        "deleted_from": [one.where for one in done.deleted if not one.kept],
        "kept_in": [{"where": one.where, "what": one.kept} for one in done.deleted if one.kept],
        "also_in": [one.where for one in done.elsewhere],
        "left": list(map(_left, done.left)),
        "clients": [{"client": name, "status": "done" if all_ else "partial"} for name, all_ in done.clients.items()],
    }


def _left(left: Left) -> dict[str, Any]:
    return {"client": left.client or None, "where": left.where, "why": left.why, "hint": left.hint or None}


def _lines(asked: str, done: Forgotten) -> Iterator[Line]:
    for one in done.deleted:
        where = one.where or one.place.vendor
        yield Line(f"{where}: {one.kept}", style="yellow") if one.kept else Line(f"deleted in {where}")
    if len(done.clients) > 1:
        for name, all_ in done.clients.items():
            yield Line(f'client "{name}": {"complete" if all_ else "not complete"}', style="" if all_ else "yellow")
    if done.status == "done":
        yield Line(_erased(done.traces), style="green")
        for one in done.elsewhere:
            yield Line(f"They are also in {one.where or 'the workspace'}, which no route uses.", style="yellow")
        if done.elsewhere:
            yield Line("To delete them there too: add --everywhere.")
        return
    for left in done.left:
        yield Line(f"✗ {left.where}: {left.why}", style="red")
        if left.hint:
            yield Line(left.hint, 2)
    yield Line("They are suppressed from now on; the ledger keeps its data until the rest can be reached.")
    yield Line(f"To continue: leadbridge forget {asked}")


def _erased(found: Traces) -> str:
    if found.client:
        what = count(len(found.deliveries), "delivery", "deliveries")
        said = f'{what} of client "{found.client}" and {words.leads(len(found.lead_ids))} erased in the ledger.'
        return f"{said} It never contacts this person again; what other clients know of them stays."
    known = len(found.lead_ids)
    what = f"{words.leads(known)} erased in the ledger" if known else "The ledger had no lead with this identity"
    return f"{what}. This person is never contacted or stored again."
