"""Puts sentences, tables and JSON on the terminal. Knows nothing of leads.

Scraped text is hostile: no console reads markup or emoji codes, and every text goes through `visible`. Where a program
reads, no rich is loaded (`plain`); a terminal's lines are wrapped and coloured by it (`drawing`).
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from bridge.cli.terminal.cells import LONGEST_LINE, Heads, Rows
from bridge.cli.terminal.plain import Plain, drawn_on
from bridge.reports.text import Line, visible

if TYPE_CHECKING:
    from rich.console import Console

    from bridge.cli.terminal.drawing import Drawn


def out() -> "Console":
    """The console for data: stdout."""
    return _console(stderr=False)


def err() -> "Console":
    """The console for progress, questions and trouble: stderr."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> "Console":
    found = Plain(stderr=stderr)
    return cast("Console", found) if found.suffices else found.whole


def _on(console: object) -> "Plain | Drawn":
    """What prints there."""
    if isinstance(console, Plain):
        return console
    return drawn_on(cast("Console", console))


def say(console: "Console", text: str, *, style: str = "", indent: int = 0) -> None:
    """Print text; wrapped on a terminal (or where COLUMNS is set), whole elsewhere, so that it can be searched.

    What follows a mark, a count or a time goes on below its own beginning.
    """
    for line in text.splitlines() or [""]:
        _on(console).say(visible(line[:LONGEST_LINE]), style, indent if line else 0)


def lines(console: "Console", report: Iterable[Line]) -> None:
    """Print a report."""
    for line in report:
        say(console, line.text, style=line.style, indent=line.indent)


def paste(console: "Console", line: str) -> None:
    """Print a line that is to be pasted into a shell: never wrapped, since a break would be another command."""
    _on(console).paste(visible(line[:LONGEST_LINE]))


def table(console: "Console", heads: Heads, rows: Rows) -> None:
    """Print a table; a list of its rows where the terminal is too narrow, and whole rows where a program reads it."""
    _on(console).table(heads, rows)


def fitting(console: "Console", heads: Heads, rows: Rows, *, gap: int) -> None:
    """Print a table with so much space between its columns; with less, and folded, where the width is too small."""
    _on(console).fitting(heads, rows, gap)


def print_json(document: Mapping[str, Any]) -> None:
    """One JSON document on stdout, in ASCII: every reader understands it, whatever was scraped."""
    sys.stdout.write(json.dumps(document, indent=2, default=str) + "\n")


def print_json_rows(name: str, counts: Sequence[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]) -> None:
    """One document of counts and rows, written a row at a time: a million rows must not be in memory."""
    sys.stdout.write(f'{{"counts": {json.dumps(counts)},\n "{name}": [')
    for number, row in enumerate(rows):
        sys.stdout.write(("," if number else "") + "\n  " + json.dumps(row))
    sys.stdout.write("\n]}\n")
