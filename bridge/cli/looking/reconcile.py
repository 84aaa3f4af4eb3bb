"""`leadbridge reconcile`: the ledger against what is really in the targets: table, JSON, CSV. Changes no target."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bridge.cli.looking.runs import NOTHING_STORED
from bridge.cli.repairing import steps
from bridge.cli.session import Session, named, session_of
from bridge.cli.terminal import sheet, show
from bridge.errors import ConfigProblem
from bridge.model import Route, Target
from bridge.reports import words

if TYPE_CHECKING:
    from bridge.ledger import Database, UsedPlace
    from bridge.operations.audit import PlaceAudit
    from bridge.operations.steps import Reconciled, Step

MOST_SHOWN = 50
"""Differences shown on a terminal: nobody reads more there, and the CSV file has all."""

COLUMNS = (
    "route", "target", "target_id", "kind", "explanation", "email", "lead_id", "ledger", "found", "remote_id",
)  # fmt: skip

# The keys are the values of `bridge.sync.Kind`; in the order in which they are told.
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
_REPAIRED = ("gone_from_target", "back_in_target", "other_status", "other_remote_id")

Row = dict[str, str]


def reconcile(
    context: typer.Context,
    routes: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ROUTE]…", help="Route names, also of retired routes; default: all configured routes."),
    ] = None,
    csv: Annotated[
        str | None, typer.Option("--csv", metavar="FILE", help="Write every difference as CSV; - means stdout.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Record in the ledger what is really there.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing FILE of any kind.")] = False,
) -> None:
    """Compare the ledger with what is really in the targets, lead by lead. Never changes a target.

    Exit code 0: no difference. 3: there are some. 1: nothing could be read.

    Example: `leadbridge reconcile fitness --csv drift.csv`
    """
    if csv is not None and as_json:
        raise ConfigProblem("--csv and --json cannot be combined.", hint="Use only one of them.")
    session = session_of(context)
    output = None if csv in (None, "-") else session.output(Path(csv or ""), "--csv", sheet.mark(COLUMNS), force=force)
    with session.db() as db:
        stored = db is not None
        chosen = _chosen(session, db, routes or [])
    found: list[Step[Reconciled]] = []
    rows: list[Row] = []
    if stored:
        with session.app() as app:
            found = app.reconcile(chosen, repair=repair)
            rows = [row for step in found for row in _rows(app.db, step)]
    status, code = verdict(found)
    if as_json:
        show.print_json(document(status, found, rows, repair=repair))
    elif csv == "-":
        sheet.write(sys.stdout, COLUMNS, (row.values() for row in rows))
    elif stored:
        tell(show.out(), found, rows, repair=repair)
    else:
        show.say(show.out(), NOTHING_STORED)
    if output is not None:
        count = sheet.save(output, COLUMNS, (row.values() for row in rows))
        show.say(show.err(), f"{_differences(count)} written to {csv}.")
    raise typer.Exit(code)


def verdict(found: "Sequence[Step[Reconciled]]") -> tuple[str, int]:
    """Status and exit code. A busy route was not compared either: it must not look like one without a difference."""
    unread = [step for step in found if step.status in ("failed", "busy")]
    if unread and len(unread) == len(found):
        return "unread", 1
    if any(step.found and step.found.differences for step in found):
        return "different", steps.PARTIAL
    return ("partial", steps.PARTIAL) if unread or any(step.status == "partial" for step in found) else ("ok", 0)


# ------------------------------------------------------------------------------------------------------ the routes


def _chosen(session: Session, db: "Database | None", names: Sequence[str]) -> list[Route]:
    """The configured routes of these names that have ever run, or all of them, and the retired ones that are named."""
    configured = {route.name: route for route in session.configuration.routes}
    if db is None:
        session.routes(names)
        return []
    from bridge import ledger

    known = ledger.route_names(db)
    everybody = [*configured, *(name for name in known if name not in configured)]
    wanted = dict.fromkeys(named(name, everybody, "bridge.toml") for name in names)
    return [
        configured.get(name) or _retired(name, ledger.used_places(db, known[name]))
        for name in wanted or configured
        if name in known
    ]


def _retired(name: str, places: "Sequence[UsedPlace]") -> Route:
    """A route that bridge.toml has forgotten, aimed where it delivered last."""
    if not places:
        raise ConfigProblem(
            f'The retired route "{name}" never delivered anything.', hint="There is nothing to compare."
        )
    place = places[-1].place
    return Route(name, Target(place.vendor, place.kind, place.id))


# ----------------------------------------------------------------------------------------------------------- rows


def _rows(db: "Database", step: "Step[Reconciled]") -> Iterator[Row]:
    from bridge import ledger

    for audit in step.found.places if step.found else ():
        ours = [difference.entry.id for difference in audit.differences if difference.entry is not None]
        lead_ids = ledger.source_ids(db, ours)
        for difference in sorted(audit.differences, key=lambda one: _ORDER[one.kind]):
            entry = difference.entry
            yield {
                "route": step.route,
                "target": _called(audit),
                "target_id": audit.used.place.id,
                "kind": difference.kind,
                "explanation": KINDS[difference.kind],
                "email": difference.address,
                "lead_id": lead_ids.get(entry.id, "") if entry else "",
                "ledger": difference.known,
                "found": difference.found or ("nothing" if difference.kind == "gone_from_target" else ""),
                "remote_id": difference.remote_id,
            }


def _called(audit: "PlaceAudit") -> str:
    place = audit.used.place
    return f"{place.vendor} {place.kind} {audit.used.title or place.id}"


def _differences(count: int) -> str:
    return f"{count:,} difference" if count == 1 else f"{count:,} differences"


# ------------------------------------------------------------------------------------------------------------ JSON


def document(status: str, found: "Sequence[Step[Reconciled]]", rows: Sequence[Row], *, repair: bool) -> dict[str, Any]:
    """What `reconcile --json` prints."""
    return {
        "status": status,
        "repair": repair,
        "counts": _counts(rows),
        "routes": [
            steps.document(step) | {"targets": [_place(audit) for audit in (step.found.places if step.found else ())]}
            for step in found
        ],
        "differences": list(rows),
    }


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    counted = Counter(row["kind"] for row in rows)
    return {kind: counted[kind] for kind in KINDS}


def _place(audit: "PlaceAudit") -> dict[str, Any]:
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


# ---------------------------------------------------------------------------------------------------------- people


def tell(console: Console, found: "Sequence[Step[Reconciled]]", rows: Sequence[Row], *, repair: bool) -> None:
    """Each target in a line, the table by kind, the first differences, and what to type next."""
    for step in found:
        if step.found is None or not step.found.places:
            steps.tell_trouble(console, step)
        for audit in step.found.places if step.found else ():
            _tell_place(console, step.route, audit)
        if step.found is not None and not step.found.places:
            show.say(console, f"{step.route}: nothing was ever delivered.")
    if not found:
        show.say(console, "No route of bridge.toml has ever run.")
    if not rows:
        return
    console.print()
    counts = [(kind, count) for kind, count in _counts(rows).items() if count]
    cells = [[f"{count:,}", kind, KINDS[kind]] for kind, count in counts]
    console.print(show.grid([("leads", ">"), ("difference", "<"), ("what it means", "<")], cells))
    console.print()
    _tell_rows(console, rows)
    if not repair and any(kind in _REPAIRED for kind, _ in counts):
        show.say(console, "To record in the ledger what is there (no target is changed): leadbridge reconcile --repair")


def _tell_place(console: Console, route: str, audit: "PlaceAudit") -> None:
    head = f"{route} → {_called(audit)}"
    if audit.error:
        show.say(console, f"✗ {head} could not be read: {audit.error}", style="red")
        show.say(console, audit.hint, indent=2)
        return
    count = len(audit.differences)
    told = _differences(count) if count else "no difference"
    style = "yellow" if count else "green"
    show.say(console, f"{head}: {audit.expected:,} expected, {audit.present:,} there, {told}", style=style)
    for line in _remarks(audit):
        show.say(console, line, indent=2)


def _remarks(audit: "PlaceAudit") -> Iterator[str]:
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


def _tell_rows(console: Console, rows: Sequence[Row]) -> None:
    heads = [("route", "<"), ("lead", "<"), ("difference", "<"), ("ledger", "<"), ("target", "<")]
    shown = [
        [row["route"], row["email"] or row["remote_id"], row["kind"], row["ledger"], row["found"]]
        for row in islice(rows, MOST_SHOWN)
    ]
    console.print(show.grid(heads, [[show.plain(cell, 80) for cell in row] for row in shown]))
    console.print()
    if len(rows) > len(shown):
        told = f"{len(shown):,} of {len(rows):,} are shown. All of them: leadbridge reconcile --csv differences.csv"
        show.say(console, told)
