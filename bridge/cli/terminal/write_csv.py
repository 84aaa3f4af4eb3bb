"""Writes rows as CSV that a spreadsheet can open without harm. Knows nothing of leads."""

import csv
import sys
from collections.abc import Collection, Iterable
from typing import TextIO

from bridge.cli.terminal.output import Output
from bridge.lazy import dataclass
from bridge.reports.text import cell


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
