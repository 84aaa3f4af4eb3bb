"""What a table is made of, in whatever way it is drawn, and how long a line may be."""

from collections.abc import Sequence

from bridge.reports.text import Line, plain

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
