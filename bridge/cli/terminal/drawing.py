"""Sentences and tables on a terminal, drawn by rich. Loaded where a terminal is written to. Knows nothing of leads."""

import re

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bridge.cli.terminal.cells import LONGEST_LINE, NARROWEST, Heads, Rows, has_width, words
from bridge.reports.text import Line

_UNBOUNDED = 1_000
_MARK = re.compile(r"[✓!✗?](?: (?:ok  |warn|bad ))? +| *[\d,]+  |[\d-]+ [\d:]+ UTC  ")
_WORD = re.compile(r"\s*(?:(?<=: )leadbridge (?:(?!\. ).)+$|`[^`]+`\S*|\S+)\s*")


class _Honest(Console):
    """A console that says so when its reader has gone; rich's own would leave with exit code 1."""

    def on_broken_pipe(self) -> None:
        """What rich calls then."""
        raise BrokenPipeError


def console(*, stderr: bool = False) -> Console:
    """That of stdout or stderr: it reads neither markup nor emoji codes, since scraped text is hostile."""
    return _Honest(stderr=stderr, markup=False, emoji=False, highlight=False)


class Drawn:
    """What rich's console prints. Lines are wrapped on a terminal, or where COLUMNS is set."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._bounded = has_width(console)

    def say(self, shown: str, style: str, indent: int) -> None:
        """Print one line. What follows a mark, a count or a time goes on below its own beginning."""
        console, text = self.console, Text(shown, style)
        mark = _MARK.match(shown)
        margin = indent + (mark.end() if mark and console.width - indent - mark.end() >= NARROWEST // 2 else 0)
        first, rest = text[: margin - indent], text[margin - indent :]
        pieces = _lines(console, rest, max(1, console.width - margin)) if self._bounded else [rest]
        for number, piece in enumerate(pieces):
            before = Text(" " * margin) if number else Text(" " * indent) + first
            console.print(before + piece, soft_wrap=True)

    def paste(self, line: str) -> None:
        """Print one line as it is."""
        self.console.print(Text(line), soft_wrap=True)

    def table(self, heads: Heads, rows: Rows) -> None:
        """Print a table; a list of its rows where the terminal is too narrow, whole rows where a program reads it."""
        console = self.console
        if not self._bounded:
            whole = _Honest(file=console.file, width=LONGEST_LINE, markup=False, emoji=False, highlight=False)
            whole.print(grid(heads, rows))
        elif console.width >= NARROWEST:
            console.print(grid(heads, rows))
        else:
            for row in rows:
                for number, ((title, _), cell) in enumerate(zip(heads, row, strict=True)):
                    if words(cell):
                        self.say(f"{title}: {words(cell)}", "" if number else "bold", 2 if number else 0)

    def fitting(self, heads: Heads, rows: Rows, gap: int) -> None:
        """Print a table with this gap; with none, and folded, where that is too wide."""
        airy = grid(heads, rows, gap=gap)
        widest = Console(width=_UNBOUNDED).measure(airy).maximum  # where nothing in it is folded
        self.console.print(airy if widest <= self.console.width else grid(heads, rows, gap=0))


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


def grid(heads: Heads, rows: Rows, *, gap: int = 2) -> Table:
    """A table with a line under its head. A head is a title with "<" (text, folded) or ">" (figures, whole)."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, gap, 0, 0), show_edge=False, header_style="bold")
    for title, side in heads:
        if side == ">":
            table.add_column(title, justify="right", no_wrap=True)
        else:
            table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(Text(words(cell), cell.style if isinstance(cell, Line) else "") for cell in row))
    return table
