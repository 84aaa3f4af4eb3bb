"""`leadbridge reconcile`: the ledger against what is really in the targets: table, JSON, CSV. Changes no target."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated, Any

import typer
from rich.console import Console

from bridge import ledger
from bridge.cli import failures, steps
from bridge.cli.options import Csv, Force, Json
from bridge.cli.session import NOTHING_STORED, Session, named, session_of
from bridge.cli.terminal import drawing, show
from bridge.ledger import Database
from bridge.model import Route, Target, retired_route
from bridge.operations.audit import PlaceAudit
from bridge.operations.steps import Reconciled, Step
from bridge.reports import words
from bridge.reports.text import Line, count, indented, plain

MOST_SHOWN = 50
"""Differences shown on a terminal: the CSV file has all."""

COLUMNS = (
    "route", "target", "target_id", "kind", "explanation", "email", "lead_id", "ledger", "found", "remote_id",
    "client",
)  # fmt: skip

# The keys are the values of `operations.compare.Kind`, in the order in which they are listed.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "gone_from_target": "it was sent there, or was already there, but two reads no longer find it",
        "back_in_target": "it was recorded as gone, but is there",
        "only_in_target": "it is there, and the ledger does not say that we put it there",
        "twice_in_target": "the same person is there more than once",
        "other_status": "its status there differs from the recorded one",
        "other_remote_id": "its id there differs from the recorded one",
        "in_doubt_but_there": "its answer was lost, and it is there: `leadbridge settle` records it",
    }
)
_ORDER = {kind: number for number, kind in enumerate(KINDS)}
_REPAIRED = {"gone_from_target", "back_in_target", "other_status", "other_remote_id"}

Row = dict[str, str]


def reconcile(
    context: typer.Context,
    routes: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ROUTE]…", help="Route names, also of retired routes; default: all configured routes."),
    ] = None,
    csv: Csv = None,
    *,
    as_json: Json = False,
    repair: Annotated[bool, typer.Option("--repair", help="Record in the ledger what is really there.")] = False,
    force: Force = False,
) -> None:
    """Compare the ledger with what is really in the targets, lead by lead. Never changes a target.

    Exit code 0: no difference. 3: there are some. 1: nothing could be read.

    Example: `leadbridge reconcile fitness --csv drift.csv`
    """
    session = session_of(context)
    sheet = session.sheet(csv, "--csv", COLUMNS, force=force, as_json=as_json)
    with session.db() as db:
        stored, chosen = db is not None, _chosen(session, db, routes or [])
    found, rows = _compare(session, chosen, repair=repair) if stored else ([], [])
    status, code = verdict(found)
    if as_json:
        show.print_json(_document(status, found, rows, repair=repair))
    elif not stored and csv != "-":
        show.say(show.out(), NOTHING_STORED)
    elif csv != "-":
        _show(show.out(), found, rows, repair=repair)
    if sheet is not None:
        sheet.write(row.values() for row in rows)
    if sheet is not None and sheet.output is not None:
        show.say(show.err(), f"{count(len(rows), 'difference')} written to {csv}.")
    raise typer.Exit(code)


def verdict(found: Sequence[Step[Reconciled]]) -> tuple[str, int]:
    """Status and exit code. A busy route was not compared either: it must not look like one without a difference."""
    unread = [step for step in found if step.status in ("failed", "busy", "blocked")]
    if unread and len(unread) == len(found):
        return "unread", 1
    if any(step.found and step.found.differences for step in found):
        return "different", failures.PARTIAL
    return ("partial", failures.PARTIAL) if unread or any(step.status == "partial" for step in found) else ("ok", 0)


def _chosen(session: Session, db: Database | None, names: Sequence[str]) -> list[Route]:
    """The configured routes of these names that have ever run, or all of them, and the retired ones that are named."""
    configured = {route.name: route for route in session.routes(None)}
    if db is None:
        session.routes(names)
        return []
    known = ledger.route_names(db)
    clients = {name: client for name, client in ledger.route_clients(db).items() if session.client in {"", client}}
    wanted = dict.fromkeys(named(names, [*configured, *(clients.keys() - configured)], "bridge.toml"))
    return [configured.get(name) or _retired(db, name, known[name]) for name in wanted or configured if name in known]


def _retired(db: Database, name: str, number: int) -> Route:
    """A route that is no longer in bridge.toml, aimed where it delivered last; without a target where it never did."""
    route = retired_route(name, ledger.route_clients(db)[name])
    places = [used.place for used in ledger.used_places(db, number)]
    return replace(route, target=Target(places[-1].vendor, places[-1].kind, places[-1].id)) if places else route


def _compare(session: Session, routes: Sequence[Route], *, repair: bool) -> tuple[list[Step[Reconciled]], list[Row]]:
    with session.app() as app:
        found = app.reconcile([route for route in routes if route.target.vendor], repair=repair)
        found += [Step(one.name, "ok", Reconciled(), client=one.client) for one in routes if not one.target.vendor]
        return found, [row for step in found for audit in _places(step) for row in _rows(app.db, step, audit)]


def _places(step: Step[Reconciled]) -> Sequence[PlaceAudit]:
    return step.found.places if step.found else ()


def _rows(db: Database, step: Step[Reconciled], audit: PlaceAudit) -> Iterator[Row]:
    lead_ids = ledger.source_ids(db, [one.entry.id for one in audit.differences if one.entry is not None])
    for one in sorted(audit.differences, key=lambda one: _ORDER[one.kind]):
        yield {
            "route": step.route,
            "target": _called(audit),
            "target_id": audit.used.place.id,
            "kind": one.kind,
            "explanation": KINDS[one.kind],
            "email": one.address,
            "lead_id": lead_ids.get(one.entry.id, "") if one.entry else "",
            "ledger": one.known,
            "found": one.found or ("nothing" if one.kind == "gone_from_target" else ""),
            "remote_id": one.remote_id,
            "client": step.client,
        }


def _called(audit: PlaceAudit) -> str:
    place = audit.used.place
    return f"{place.vendor} {place.kind} {audit.used.title or place.id}"


def _document(status: str, found: Sequence[Step[Reconciled]], rows: Sequence[Row], *, repair: bool) -> dict[str, Any]:
    return {
        "status": status,
        "repair": repair,
        "counts": _counts(rows),
        "routes": [steps.facts(step) | {"targets": list(map(_place, _places(step)))} for step in found],
        "differences": list(rows),
    }


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    counted = Counter(row["kind"] for row in rows)
    return {kind: counted[kind] for kind in KINDS}


def _place(audit: PlaceAudit) -> dict[str, Any]:
    read = not audit.error
    return {
        "target": _called(audit),
        "target_id": audit.used.place.id,
        "read": read,
        "expected": audit.expected if read else None,
        "present": audit.present if read else None,
        "too_fresh": audit.too_fresh,
        "contradictory": audit.contradictory,
        "unreadable": audit.unreadable,
        "test_leads": audit.trials,
        "counts": {kind: audit.counts[kind] for kind in audit.counts},
        "noted": audit.noted,
        "error": audit.error or None,
        "hint": audit.hint or None,
    }


def _show(console: Console, found: Sequence[Step[Reconciled]], rows: Sequence[Row], *, repair: bool) -> None:
    """Each target in a line, the table by kind, the first differences, and what to type next."""
    for step in found:
        show.lines(console, _lines(step))
    if not found:
        show.say(console, "No route of bridge.toml has ever run.")
    if not rows:
        return
    counts = {kind: counted for kind, counted in _counts(rows).items() if counted}
    cells = [[f"{counted:,}", kind, KINDS[kind]] for kind, counted in counts.items()]
    console.print()
    console.print(drawing.grid([("leads", ">"), ("difference", "<"), ("what it means", "<")], cells))
    console.print()
    heads = [("route", "<"), ("lead", "<"), ("difference", "<"), ("ledger", "<"), ("target", "<")]
    shown = [
        [row["route"], row["email"] or row["remote_id"], row["kind"], row["ledger"], row["found"]]
        for row in rows[:MOST_SHOWN]
    ]
    console.print(drawing.grid(heads, [[plain(cell, 80) for cell in row] for row in shown]))
    console.print()
    if len(rows) > len(shown):
        more = "All of them: leadbridge reconcile --csv differences.csv"
        show.say(console, f"{len(shown):,} of {len(rows):,} are shown. {more}")
    if not repair and _REPAIRED & counts.keys():
        show.say(console, "To record in the ledger what is there (no target is changed): leadbridge reconcile --repair")


def _lines(step: Step[Reconciled]) -> Iterator[Line]:
    places = _places(step)
    if not places:
        yield from steps.trouble(step)
    if step.found is not None and not places:
        yield Line(f"{step.route}: nothing was ever delivered.")
    for audit in places:
        head = f"{step.route} → {_called(audit)}"
        if audit.error:
            yield Line(f"✗ {head} could not be read: {audit.error}", style="red")
            yield Line(audit.hint, 2)
            continue
        number = len(audit.differences)
        differing = count(number, "difference") if number else "no difference"
        style = "yellow" if number else "green"
        yield Line(f"{head}: {audit.expected:,} expected, {audit.present:,} there, {differing}", style=style)
        yield from indented(_remarks(audit), 2)


def _remarks(audit: PlaceAudit) -> Iterator[str]:
    if audit.too_fresh:
        yield f"{words.leads(audit.too_fresh)} not compared: sent too recently to be listed reliably"
    if audit.contradictory:
        yield f"{words.leads(audit.contradictory)} not compared: it is not certain that they are gone; try again later"
    if audit.unreadable:
        yield f"{words.leads(audit.unreadable)} not compared: the answer does not say where they are; try again later"
    if audit.trials:
        yield f"{words.leads(audit.trials)} more, posted by `leadbridge test-lead`"
    if audit.noted:
        yield f"{words.leads(audit.noted)} corrected in the ledger"
