"""Puts sentences, tables and JSON on the terminal. Knows nothing of leads.

Scraped text is hostile: no console reads markup or emoji codes, and every text goes through `visible`.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bridge.reports.text import Line, plain, visible

NARROWEST = 60
"""Columns from which a table is readable; below, each row is a little list."""
_LONGEST_LINE = 4_000
_MARK = re.compile(r"[✓!✗?](?: (?:ok  |warn|bad ))? +| *[\d,]+  |[\d-]+ [\d:]+ UTC  ")
_WORD = re.compile(r"\s*(?:(?<=: )leadbridge (?:(?!\. ).)+$|`[^`]+`\S*|\S+)\s*")


class _Honest(Console):
    """A console that says so when its reader has gone; rich's own would leave with exit code 1."""

    def on_broken_pipe(self) -> None:
        """What rich calls then."""
        raise BrokenPipeError


def out() -> Console:
    """The console for data: stdout."""
    return _Honest(markup=False, emoji=False, highlight=False)


def err() -> Console:
    """The console for progress, questions and trouble: stderr."""
    return _Honest(stderr=True, markup=False, emoji=False, highlight=False)


def say(console: Console, text: str, *, style: str = "", indent: int = 0) -> None:
    """Print text; wrapped on a terminal (or where COLUMNS is set), whole elsewhere, so that it can be searched.

    What follows a mark, a count or a time goes on below its own beginning.
    """
    for line in text.splitlines() or [""]:
        shown = Text(visible(line[:_LONGEST_LINE]), style)
        mark = _MARK.match(shown.plain)
        margin = indent + (mark.end() if mark and console.width - indent - mark.end() >= NARROWEST // 2 else 0)
        first, rest = shown[: margin - indent], shown[margin - indent :]
        pieces = _lines(console, rest, max(1, console.width - margin)) if has_width(console) else [rest]
        for number, piece in enumerate(pieces):
            before = Text(" " * margin) if number else Text(" " * indent if line else "") + first
            console.print(before + piece, soft_wrap=True)


def _lines(console: Console, text: Text, room: int) -> list[Text]:
    """The text in lines of at most `room` columns. A path, a web address and a command stay whole, to be copied."""
    words = [found[0] for found in _WORD.finditer(text.plain)]
    long = [word.strip() for word in words if cell_len(word.strip()) > room]
    if not words or (long and not any("/" in word or " " in word for word in long)):
        return list(text.wrap(console, room))
    cuts, used, at = list[int](), 0, 0
    for word in words:
        if used and used + cell_len(word.rstrip()) > room:
            cuts.append(at)
            used = 0
        used, at = used + cell_len(word), at + len(word)
    lines = list(text.divide(cuts))
    for line in lines:
        line.rstrip()
    return lines


def lines(console: Console, report: Iterable[Line]) -> None:
    """Print a report."""
    for line in report:
        say(console, line.text, style=line.style, indent=line.indent)


def paste(console: Console, line: str) -> None:
    """Print a line that is to be pasted into a shell: never wrapped, since a break would be another command."""
    console.print(Text(visible(line[:_LONGEST_LINE])), soft_wrap=True)


def has_width(console: Console) -> bool:
    """Whether lines must fit: on a terminal, or where COLUMNS is set; elsewhere a program reads them."""
    return console.is_terminal or "COLUMNS" in os.environ


def print_json(document: Mapping[str, Any]) -> None:
    """One JSON document on stdout, in ASCII: every reader understands it, whatever was scraped."""
    sys.stdout.write(json.dumps(document, indent=2, default=str) + "\n")


def print_json_rows(name: str, counts: Sequence[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]) -> None:
    """One document of counts and rows, written a row at a time: a million rows must not be in memory."""
    sys.stdout.write(f'{{"counts": {json.dumps(counts)},\n "{name}": [')
    for number, row in enumerate(rows):
        sys.stdout.write(("," if number else "") + "\n  " + json.dumps(row))
    sys.stdout.write("\n]}\n")


def grid(heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[str | Text]], *, gap: int = 2) -> Table:
    """A table with a line under its head. A head is a title with "<" (text, folded) or ">" (figures, whole)."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, gap, 0, 0), show_edge=False, header_style="bold")
    for title, side in heads:
        if side == ">":
            table.add_column(title, justify="right", no_wrap=True)
        else:
            table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(plain(cell)) for cell in row))
    return table


def table(console: Console, heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[str | Text]]) -> None:
    """Print a table; a list of its rows where the terminal is too narrow, and whole rows where a program reads it."""
    if not has_width(console):
        unbounded = _Honest(file=console.file, width=_LONGEST_LINE, markup=False, emoji=False, highlight=False)
        unbounded.print(grid(heads, rows))
    elif console.width >= NARROWEST:
        console.print(grid(heads, rows))
    else:
        for row in rows:
            for number, ((title, _), cell) in enumerate(zip(heads, row, strict=True)):
                if str(cell):
                    say(console, f"{title}: {cell}", style="" if number else "bold", indent=2 if number else 0)
