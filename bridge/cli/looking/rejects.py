"""`leadbridge rejects`: every lead that did not go, with its reason: table, CSV file or JSON. Calls nobody."""

import json
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bridge.cli.looking.runs import NOTHING_STORED
from bridge.cli.session import recorded, session_of
from bridge.cli.terminal import sheet, show
from bridge.errors import ConfigProblem
from bridge.reports import words

if TYPE_CHECKING:
    from bridge.ledger import Database
    from bridge.ledger.views.reports import Reject

MOST_SHOWN = 50
"""Rows of the table on a terminal: nobody reads more there, and the CSV file has all."""

COLUMNS = (
    "route", "lead_id", "email", "username", "platform", "campaign", "state", "reason", "explanation", "detail",
    "reason_source",
)  # fmt: skip


def rejects(
    context: typer.Context,
    routes: Annotated[
        list[str] | None, typer.Argument(metavar="[ROUTE]…", help="Route names; default: all routes.")
    ] = None,
    csv: Annotated[
        str | None, typer.Option("--csv", metavar="FILE", help="Write all of them as CSV; - means stdout.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="At most N leads.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing FILE of any kind.")] = False,
) -> None:
    """List every lead that was not sent, and why.

    Example: `leadbridge rejects --csv rejects.csv`
    """
    if csv is not None and as_json:
        raise ConfigProblem("--csv and --json cannot be combined.", hint="Use only one of them.")
    session = session_of(context)
    output = None if csv in (None, "-") else session.output(Path(csv or ""), "--csv", sheet.mark(COLUMNS), force=force)
    with session.db() as db:
        wanted = recorded(db, routes or [])
        rows = islice(_rows(db, wanted), None if limit is None else min(limit, sys.maxsize))
        counts = _counts(db, wanted)
        if as_json:
            _write_json(rows, counts)
        elif csv == "-":
            sheet.write(sys.stdout, COLUMNS, (row.values() for row in rows))
        elif output is not None:
            count = sheet.save(output, COLUMNS, (row.values() for row in rows))
            show.say(show.err(), f"{words.leads(count)} written to {csv}.")
        elif db is None:
            show.say(show.out(), NOTHING_STORED)
        else:
            tell(show.out(), rows, counts)


def _counts(db: "Database | None", routes: list[str]) -> Mapping[tuple[str, str], int]:
    if db is None:
        return {}
    from bridge.ledger.views.reports import reject_counts

    return reject_counts(db, routes)


def _rows(db: "Database | None", routes: list[str]) -> Iterator[dict[str, str]]:
    if db is None:
        return
    from bridge.ledger.views import reports

    for page in reports.rejects(db, routes):
        yield from map(_row, page)


def _row(reject: "Reject") -> dict[str, str]:
    more = {"explanation": words.reason(reject.reason), "reason_source": reject.origin}
    return {name: more[name] if name in more else getattr(reject, name) for name in COLUMNS}


def _write_json(rows: Iterator[dict[str, str]], counts: Mapping[tuple[str, str], int]) -> None:
    """One document, written a row at a time: a million rows must not stand in memory."""
    counted = [{"state": state, "reason": reason, "leads": leads} for (state, reason), leads in counts.items()]
    sys.stdout.write(f'{{"counts": {json.dumps(counted)},\n "rejects": [')
    for number, row in enumerate(rows):
        sys.stdout.write(("," if number else "") + "\n  " + json.dumps(row))
    sys.stdout.write("\n]}\n")


def tell(console: Console, rows: Iterator[dict[str, Any]], counts: Mapping[tuple[str, str], int]) -> None:
    """The first rows, the count by reason, and how to get all."""
    total = sum(counts.values())
    if not total:
        show.say(console, "No known lead is held, refused, in doubt, failed or a duplicate.")
        return
    shown = list(islice(rows, MOST_SHOWN))
    heads = [("route", "<"), ("lead", "<"), ("state", "<"), ("why", "<")]
    show.table(console, heads, [_cells(row) for row in shown])
    console.print()
    for (state, reason), leads in counts.items():
        label = words.LABELS.get(state, state)
        show.counted(console, leads, f"{label}: {words.reason(reason)} ({reason})")
    if len(shown) < total:
        show.say(console, f"{len(shown):,} of {total:,} are shown. All of them: leadbridge rejects --csv rejects.csv")


def _cells(row: dict[str, Any]) -> list[str]:
    who = row["email"] or (f"@{row['username']}" if row["username"] else row["lead_id"])
    why = row["explanation"] + (f" ({row['detail']})" if row["detail"] else "")
    return [row["route"], show.plain(who, 80), row["state"].replace("_", " "), show.plain(why, 160)]
