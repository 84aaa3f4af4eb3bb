"""Writes rows as CSV that a spreadsheet can open without harm. Knows nothing of leads."""

import csv
import re
from collections.abc import Collection, Iterable
from typing import TextIO

from bridge.cli.terminal import show
from bridge.cli.terminal.output import Output

_LONGEST = 1_000
# A spreadsheet runs a cell that begins with one of these, in their full-width forms too (OWASP, CSV injection). Where
# its list separator is the semicolon it divides a cell there, whatever quotes stand around: what follows may be a
# formula as well. Tab and line break can stand for a space before it; `plain` has turned them into spaces already.
_FORMULA = re.compile(r"""(^|;)(?=[\s"']*[=+\-@\u2212\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20])""")


def cell(text: str) -> str:
    """The text as one harmless line; an apostrophe in front keeps a formula from running."""
    return _FORMULA.sub(r"\1'", show.plain(text, _LONGEST))


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


def save(output: Output, heads: Collection[str], rows: Iterable[Iterable[str]]) -> int:
    """The same into a file, with the mark of UTF-8. Raises ConfigProblem where it must not or cannot be written."""
    with output.text("utf-8-sig") as stream:
        return write(stream, heads, rows)
