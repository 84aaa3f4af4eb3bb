"""`leadbridge rejects`: every lead that did not go, with its reason: table, CSV file or JSON. Calls no vendor."""

import sys
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Annotated

import typer

from bridge.cli.options import Csv, Force, Json, Limit, Routes
from bridge.cli.session import NOTHING_STORED, session_of
from bridge.cli.terminal import show
from bridge.config.vocabulary import nearest
from bridge.errors import ConfigProblem
from bridge.ledger.views import reports
from bridge.ledger.views.reports import Reject
from bridge.model import Reason
from bridge.reports import words
from bridge.reports.text import plain

MOST_SHOWN = 50
"""Rows of the table on a terminal: the CSV file has all."""

COLUMNS = (
    "route", "lead_id", "email", "username", "platform", "campaign", "state", "reason", "explanation", "detail",
    "reason_source", "client",
)  # fmt: skip

HEADS = (("route", "<"), ("lead", "<"), ("state", "<"), ("why", "<"))

Row = dict[str, str]


def rejects(
    context: typer.Context,
    routes: Routes = None,
    csv: Csv = None,
    reasons: Annotated[
        list[str] | None,
        typer.Option("--reason", metavar="REASON", help="Only leads with this reason, as `--json` names it."),
    ] = None,
    *,
    as_json: Json = False,
    limit: Limit = None,
    force: Force = False,
) -> None:
    """List every lead that was not sent, and why.

    Example: `leadbridge rejects --reason role_address --csv rejects.csv`
    """
    session = session_of(context)
    only = [reason(name) for name in reasons or ()]
    sheet = session.sheet(csv, "--csv", COLUMNS, force=force, as_json=as_json)
    with session.db() as db:
        wanted = session.recorded(db, routes)
        pages = reports.rejects(db, wanted, only) if db else iter(())
        rows = islice((row(one) for page in pages for one in page), min(limit or sys.maxsize, sys.maxsize))
        counts = reports.reject_counts(db, wanted, only) if db else {}
        if as_json:
            counted = [{"state": state, "reason": reason, "leads": leads} for (state, reason), leads in counts.items()]
            show.print_json_rows("rejects", counted, rows)
        elif sheet is not None:
            count = sheet.write(row.values() for row in rows)
            if sheet.output is not None:
                show.say(show.err(), f"{words.leads(count)} written to {csv}.")
        elif db is None:
            show.say(show.out(), NOTHING_STORED)
        else:
            _show(list(islice(rows, MOST_SHOWN)), counts)


def reason(name: str) -> str:
    """The reason that is meant. Raises ConfigProblem with the nearest one."""
    word = name.strip().lower().replace(" ", "_").replace("-", "_")
    if word not in set(Reason):
        near = nearest(word, Reason)
        fix = f"Did you mean {near}?" if near else "docs/reasons.md lists them, and so does `leadbridge rejects`."
        raise ConfigProblem(f'There is no reason "{name[:64]}".', hint=fix)
    return word


def row(reject: Reject) -> Row:
    """One lead of `rejects --json`."""
    more = {"explanation": words.reason(reject.reason), "reason_source": reject.origin}
    return {name: more[name] if name in more else getattr(reject, name) for name in COLUMNS}


def _show(rows: Sequence[Row], counts: Mapping[tuple[str, str], int]) -> None:
    """The first rows, the count by reason, and how to get all."""
    console, total = show.out(), sum(counts.values())
    if not total:
        show.say(console, "No known lead is held, refused, in doubt, failed or a duplicate.")
        return
    cells = [
        [
            row["route"],
            plain(row["email"] or (f"@{row['username']}" if row["username"] else row["lead_id"]), 80),
            row["state"].replace("_", " "),
            plain(row["explanation"] + (f" ({row['detail']})" if row["detail"] else ""), 160),
        ]
        for row in rows
    ]
    show.table(console, HEADS, cells)
    console.print()
    for (state, reason), leads in counts.items():
        show.say(console, f"{leads:>9,}  {words.LABELS.get(state, state)}: {words.reason(reason)} ({reason})")
    if len(rows) < total:
        show.say(console, f"{len(rows):,} of {total:,} are shown. All of them: leadbridge rejects --csv rejects.csv")
