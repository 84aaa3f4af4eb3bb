"""Lines and tables for a program to read: the very text that rich would print there, without rich and its 25 ms."""

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

from bridge.cli.terminal.cells import LONGEST_LINE, Heads, Rows, words

if TYPE_CHECKING:
    from rich.console import Console

    from bridge.cli.terminal.drawing import Drawn

_FOR_RICH = ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE")
"""Variables by which an operator has a file written as a terminal."""

_USUAL_WIDTH = 80


def drawn_on(console: "Console | None", *, stderr: bool = False) -> "Drawn":
    """What draws on this console; on a new one of stdout or stderr where none is given."""
    from bridge.cli.terminal import drawing  # noqa: PLC0415 - rich takes 25 ms, and a program that reads needs none

    return drawing.Drawn(console or drawing.console(stderr=stderr))


class Plain:
    """Stands for rich's Console where nothing reads along but a program; it becomes one for whatever else is asked."""

    is_terminal = False

    def __init__(self, *, stderr: bool) -> None:
        self._stderr = stderr

    @property
    def file(self) -> TextIO:
        """Where it prints."""
        return sys.stderr if self._stderr else sys.stdout

    @property
    def suffices(self) -> bool:
        """Whether no terminal is written to, nor what an operator wants to be written like one."""
        return not self.file.isatty() and not any(name in os.environ for name in _FOR_RICH)

    @property
    def width(self) -> int:
        """As rich has it: that of the terminal of any stream, also where another one is redirected."""
        for stream in range(3):
            try:
                return os.get_terminal_size(stream).columns or _USUAL_WIDTH
            except OSError:
                continue
        return _USUAL_WIDTH

    def say(self, shown: str, _style: str, indent: int) -> None:
        """Print one line as it is."""
        self.paste(" " * indent + shown)

    def paste(self, line: str) -> None:
        """The same; each is written at once, as rich does it."""
        self.file.write(f"{line}\n")
        self.file.flush()

    def print(self, *what: Any, **how: Any) -> None:
        """As rich's own; a blank line needs no rich."""
        if what:
            self.whole.print(*what, **how)
        else:
            self.paste("")

    def table(self, heads: Heads, rows: Rows) -> None:
        """Print a table whose rows stay whole."""
        if not self._drew(heads, rows, gap=2, width=LONGEST_LINE):
            self._drawn.table(heads, rows)

    def fitting(self, heads: Heads, rows: Rows, gap: int) -> None:
        """Print a table within the width."""
        if not self._drew(heads, rows, gap=gap, width=self.width):
            self._drawn.fitting(heads, rows, gap)

    def _drew(self, heads: Heads, rows: Rows, *, gap: int, width: int) -> bool:
        """Print it, if it has no sign wider than a letter, and fits."""
        lines = drawn(heads, rows, gap)
        fits = all(line.isascii() for line in lines) and len(lines[-1]) <= width
        if not fits or not (self.file.encoding or "").lower().startswith("utf"):
            return False
        titles = len(lines) - len(rows)
        for line in [*lines[:titles], "─" * len(lines[-1]), *lines[titles:]]:
            self.paste(line)
        return True

    @property
    def whole(self) -> "Console":
        """Rich's own."""
        return self._drawn.console

    @cached_property
    def _drawn(self) -> "Drawn":
        return drawn_on(None, stderr=self._stderr)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole, name)


def drawn(heads: Heads, rows: Rows, gap: int) -> list[str]:
    """The lines of a table: those of its titles, which stand at the bottom, then its rows."""
    titles = [title.split("\n") for title, _ in heads]
    height = max(map(len, titles))
    cells = [[""] * (height - len(title)) + title for title in titles]
    table = [*zip(*cells, strict=True), *([words(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    sides = [f"{{:{side}{width}}}" for (_, side), width in zip(heads, widths, strict=True)]
    return [(" " * (gap + 1)).join(side.format(cell) for side, cell in zip(sides, row, strict=True)) for row in table]
