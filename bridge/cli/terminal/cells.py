"""What a table is made of, in whatever way it is drawn, and how long a line may be. Prints nothing."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bridge.reports.text import Line, plain

if TYPE_CHECKING:
    from rich.console import Console

LONGEST_LINE = 4_000
NARROWEST = 60
"""Columns from which a table is readable; below, each row is a little list."""

Heads = Sequence[tuple[str, str]]
"""The titles, each with "<" (text) or ">" (figures)."""

Rows = Sequence[Sequence[str | Line]]
"""A Line is a cell with a style."""


def words(cell: str | Line) -> str:
    """The text of a cell, in one line."""
    return plain(cell.text if isinstance(cell, Line) else cell)


def has_width(console: "Console") -> bool:
    """Whether lines must fit: on a terminal, or where COLUMNS is set; elsewhere a program reads them."""
    return console.is_terminal or "COLUMNS" in os.environ
