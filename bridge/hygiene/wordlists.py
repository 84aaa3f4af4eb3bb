"""Reads the word lists in `lists/`, once each. Does no matching.

A list is UTF-8 text with one entry a line; lines that begin with `#` say where it comes from and under which licence.
"""

from functools import cache
from pathlib import Path
from typing import Final

_LISTS: Final = Path(__file__).parent / "lists"


@cache
def words(name: str) -> frozenset[str]:
    """The entries of `lists/<name>.txt`, as written there (lower case, no diacritics). Raises FileNotFoundError."""
    return frozenset(lines(name))


def lines(name: str) -> list[str]:
    """The entries of `lists/<name>.txt` in their order, for lists whose lines have parts. Raises FileNotFoundError."""
    text = (_LISTS / f"{name}.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
