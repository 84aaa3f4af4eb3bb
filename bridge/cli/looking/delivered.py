"""`leadbridge delivered`: who went where and when, with their latest event. Calls no vendor."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import typer

from bridge.cli.options import Csv, Force, Json, Limit, Routes, Since
from bridge.cli.session import NOTHING_STORED, session_of
from bridge.cli.terminal import show
from bridge.errors import ConfigProblem
from bridge.ledger.views.delivered import Delivered
from bridge.ledger.views.delivered import delivered as read
from bridge.reports import words
from bridge.reports.text import iso, minute, plain

MOST_SHOWN = 50
"""Rows of the table on a terminal: the CSV file has all."""

COLUMNS = ("route", "lead_id", "address", "campaign", "target", "target_id", "sent_at", "event", "event_at", "client")
HEADS = (("route", "<"), ("sent to", "<"), ("target", "<"), ("sent", "<"), ("latest event", "<"))


def delivered(
    context: typer.Context,
    routes: Routes = None,
    csv: Csv = None,
    *,
    as_json: Json = False,
    since: Since = "",
    limit: Limit = None,
    force: Force = False,
) -> None:
    """List who was delivered, where and when, with the latest event of each.

    `leadbridge feedback` reads the events; the time of one is the vendor's.

    Example: `leadbridge delivered fitness --since 2026-11-01 --csv delivered.csv`
    """
    session = session_of(context)
    sheet = session.sheet(csv, "--csv", COLUMNS, force=force, as_json=as_json)
    start = day(since)
    with session.db() as db:
        found = read(db, session.recorded(db, routes), start) if db else iter(())
        rows = islice(found, min(limit or sys.maxsize, sys.maxsize))
        if as_json:
            show.print_json_rows("delivered", [], map(document, rows))
        elif sheet is not None:
            count = sheet.write([str(said or "") for said in document(row).values()] for row in rows)
            if sheet.output is not None:
                show.say(show.err(), f"{words.leads(count)} written to {csv}.")
        elif db is None:
            show.say(show.out(), NOTHING_STORED)
        else:
            _show(rows)


def day(text: str) -> datetime | None:
    """The time that `--since` names, None where it names none. Raises ConfigProblem."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigProblem(f'--since "{text[:40]}" is not a date.', hint="Write it as 2026-01-31.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def document(one: Delivered) -> dict[str, Any]:
    """One lead of `delivered --json`."""
    shown = {name: getattr(one, name) for name in COLUMNS}
    return shown | {"event": one.event or None, "sent_at": iso(one.sent_at), "event_at": iso(one.event_at)}


def _show(rows: Iterator[Delivered]) -> None:
    """The first rows, and how to get all."""
    console, first = show.out(), list(islice(rows, MOST_SHOWN))
    if not first:
        show.say(console, "No lead was delivered.")
        return
    cells = [
        [
            one.route,
            plain(one.address, 80),
            plain(one.target, 60),
            minute(one.sent_at),
            f"{words.event(one.event)}, {minute(one.event_at)}" if one.event else "none",
        ]
        for one in first
    ]
    show.table(console, HEADS, cells)
    if next(rows, None) is not None:
        show.say(console, f"The first {len(first)} are shown. All: leadbridge delivered --csv delivered.csv")
