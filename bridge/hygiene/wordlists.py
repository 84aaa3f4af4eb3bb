"""Reads the word lists in `lists/`, once each. Does no matching.

A list is UTF-8 text with one entry a line; lines that begin with `#` say where it comes from and under which licence.
"""

import re
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


@cache
def pattern(form: str, *names: str) -> re.Pattern[str]:
    """An expression with the entries of lists in the places of `{0}`, `{1}` ..., as alternatives."""
    return re.compile(form.format(*("|".join(lines(name)) for name in names)))


@cache
def scripts() -> dict[str, str]:
    """The letters of each script, as the inside of a character class."""
    rows = (line.partition(": ") for line in lines("scripts"))
    return {
        name: re.sub("[0-9a-f]{4}", lambda code: chr(int(code[0], 16)), each.replace(" ", "")) for name, _, each in rows
    }
