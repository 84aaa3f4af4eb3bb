"""Writes rows as CSV that a spreadsheet can open without harm. Knows nothing of leads."""

import csv
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TextIO

from bridge.cli import show
from bridge.errors import ConfigProblem

# A spreadsheet runs a cell that begins with one of these (OWASP, CSV injection). Tab and line break can stand for a
# space before it; `plain` has turned them into spaces already.
_FORMULA = ("=", "+", "-", "@")
_LONGEST = 1_000


def cell(text: str) -> str:
    """The text as one harmless line; an apostrophe in front keeps a formula from running."""
    line = show.plain(text, _LONGEST)
    return f"'{line}" if line.startswith(_FORMULA) else line


def write(stream: TextIO, heads: Collection[str], rows: Iterable[Iterable[str]]) -> int:
    """Write a head and the rows, one at a time; how many rows there were."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(heads)
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in row])
        count += 1
    return count


def save(path: Path, heads: Collection[str], rows: Iterable[Iterable[str]]) -> int:
    """The same into a file; UTF-8 with the mark that makes Excel read it as such. Raises ConfigProblem."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            path.chmod(0o600)  # it holds people's addresses
            return write(stream, heads, rows)
    except OSError as error:
        raise ConfigProblem(
            f"{path} cannot be written: {error.strerror or error}.", hint="Name another file after --csv."
        ) from None
