"""Writes rows as CSV that a spreadsheet can open without harm. Knows nothing of leads."""

import csv
import re
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TextIO

from bridge.cli.terminal.output import Output
from bridge.reports.text import plain

_LONGEST = 1_000
# A spreadsheet runs a cell that begins with one of these, in their full-width forms too (OWASP, CSV injection). Where
# its list separator is the semicolon it divides a cell there, whatever quotes stand around: what follows may be a
# formula as well. Tab and line break can stand for a space before it; `plain` has turned them into spaces already.
_FORMULA = re.compile(r"""(^|;)(?=[\s"']*[=+\-@\u2212\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20])""")


def cell(text: str) -> str:
    """The text as one harmless line; an apostrophe in front keeps a formula from running."""
    return _FORMULA.sub(r"\1'", plain(text, _LONGEST))


def write(stream: TextIO, heads: Collection[str], rows: Iterable[Iterable[str]]) -> int:
    """Write a head and the rows, one at a time; how many rows there were."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(heads)
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in row])
        count += 1
    return count


def mark(heads: Collection[str]) -> bytes:
    """How a file of these heads begins: the mark that makes Excel read UTF-8, and the heads."""
    return f"\ufeff{','.join(heads)}\n".encode()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file to write, or stdout where there is no `output`."""

    heads: Collection[str]
    output: Output | None

    def write(self, rows: Iterable[Iterable[str]]) -> int:
        """Write the rows; how many. Raises ConfigProblem where the file must not or cannot be written."""
        if self.output is None:
            return write(sys.stdout, self.heads, rows)
        with self.output.text("utf-8-sig") as stream:
            return write(stream, self.heads, rows)
