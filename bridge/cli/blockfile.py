"""Reads a CSV file of addresses and domains to be left alone, a row at a time. Stores nothing, judges no address.

Taken are UTF-8 and, where the file says so itself, UTF-16; commas, semicolons, tabs or bars; with a head or without.
The column is the first of `COLUMNS` that the head names; `reason` is read besides.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bridge.cli import show
from bridge.errors import ConfigProblem
from bridge.hygiene import blocking

COLUMNS = (
    "email", "e mail", "email address", "e mail address", "mail", "address", "blocked email", "contact email",
    "work email", "recipient", "value", "bl value", "entry", "email or domain", "domain", "domains", "company domain",
    "website", "url",
)  # fmt: skip
"""Heads that name the column, the surest first; case, dashes and underscores do not count."""

_REASONS = frozenset({"reason", "note", "notes", "comment", "why"})
_DELIMITERS = ",;\t|"
_HINT = "The head of one column must be email or domain; or leave the head out, with nothing but addresses in it."


@dataclass(frozen=True, slots=True)
class Line:
    """One row that holds something: the number of its line, what is to be left alone, and why ("" = not said)."""

    number: int
    read: blocking.Blocked | blocking.Unreadable
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the file is to be read."""

    encoding: str
    delimiter: str
    column: int
    reason: int | None
    has_head: bool


def lines(path: Path) -> Iterator[Line]:
    """Every row of the file that is not blank. Raises ConfigProblem, with a line number, where it cannot be read."""
    with _told(path):
        plan = _plan(path)
        with path.open(encoding=plan.encoding, newline="") as stream:
            yield from _rows(stream, plan, path)


def _rows(stream: TextIO, plan: _Plan, path: Path) -> Iterator[Line]:
    reader = csv.reader(stream, delimiter=plan.delimiter, strict=True)
    try:
        if plan.has_head:
            next(reader, None)
        for row in reader:
            text = row[plan.column] if plan.column < len(row) else ""
            if text.strip():
                reason = row[plan.reason] if plan.reason is not None and plan.reason < len(row) else ""
                yield Line(reader.line_num, blocking.read(text), show.plain(reason, 200))
    except csv.Error as error:
        raise ConfigProblem(
            f"{path}: line {reader.line_num + 1} cannot be read as CSV: {error}.",
            hint="An open quotation mark is the usual cause. Nothing was imported.",
        ) from None


def _plan(path: Path) -> _Plan:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as stream:
        first = stream.readline(100_000)
    if not first.strip():
        raise ConfigProblem(f"{path} begins with an empty line, or is empty.", hint=_HINT)
    delimiter = max(_DELIMITERS, key=first.count) if any(sign in first for sign in _DELIMITERS) else ","
    cells = next(csv.reader([first], delimiter=delimiter))
    heads = [" ".join(re.findall(r"[a-z]+", cell.casefold())) for cell in cells]
    reason = next((place for place, head in enumerate(heads) if head in _REASONS), None)
    named = [heads.index(name) for name in COLUMNS if name in heads]
    if named:
        return _Plan(encoding, delimiter, named[0], reason, has_head=True)
    return _Plan(encoding, delimiter, _headless(path, cells), None, has_head=False)


def _headless(path: Path, cells: Sequence[str]) -> int:
    """The one column of the first row that holds an address or a domain already."""
    good = [place for place, cell in enumerate(cells) if isinstance(blocking.read(cell), blocking.Blocked)]
    addressed = [place for place in good if "@" in cells[place]] or good
    if len(addressed) == 1:
        return addressed[0]
    named = ", ".join(show.plain(cell, 30) or "(nothing)" for cell in cells[:10])
    raise ConfigProblem(f"{path}: no column is known by its head. It has: {named}.", hint=_HINT)


def _encoding(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(1_024)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in start:
        raise ConfigProblem(
            f"{path} is no text, or text in UTF-16 that does not say so.",
            hint='Save it as "CSV UTF-8". Nothing was imported.',
        )
    return "utf-8-sig"


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError:
        raise ConfigProblem(
            f"{path}: line {_undecodable(path)} is not UTF-8 text.",
            hint='Save it as "CSV UTF-8" in your spreadsheet. Nothing was imported.',
        ) from None
    except OSError as error:
        raise ConfigProblem(
            f"{path} cannot be read: {error.strerror or error}.", hint="Mend the path or the file's permissions."
        ) from None


def _undecodable(path: Path) -> int:
    """The number of the first line that is not UTF-8; decoders only know the block it stands in."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8-sig")
            except UnicodeDecodeError:
                return number
    return 1
