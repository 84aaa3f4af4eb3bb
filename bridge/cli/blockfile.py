"""Reads a CSV file of addresses and domains to be left alone, a row at a time. Stores nothing, judges no address.

Taken are UTF-8 and, where the file says so itself, UTF-16; commas, semicolons, tabs or bars; with a head or without.
Read is every column of the surest kind that a head names (`email`, `email2`, `E-Mail 3`); `reason` is read besides. A
cell may hold several. What else holds addresses, or is named like a list, is told by `left_out`.
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

_ADDRESSES = (
    "email", "e mail", "emails", "email address", "email addresses", "e mail address", "mail", "address",
    "blocked email", "contact email", "work email", "recipient",
)  # fmt: skip
_EITHER = ("value", "bl value", "entry", "email or domain")
_DOMAINS = ("domain", "domains", "company domain", "website", "url")
_KINDS = (_ADDRESSES, _EITHER, _DOMAINS)
COLUMNS = (*_ADDRESSES, *_EITHER, *_DOMAINS)
"""Heads that name a column, the surest kind first; case, digits, dashes and underscores do not count."""

_REASONS = frozenset({"reason", "note", "notes", "comment", "why"})
_DELIMITERS = ",;\t|"
_HINT = "One column must have the header email or domain. Or use a file of addresses alone, without a header."


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
    columns: Sequence[int]
    reason: int | None
    heads: Sequence[str]  # as the file has them; none where it has no head
    known: Sequence[int] = ()  # columns that are named like a list


def lines(path: Path) -> Iterator[Line]:
    """Every row of the file that is not blank. Raises ConfigProblem, with a line number, where it cannot be read."""
    with _told(path):
        plan = _plan(path)
        with path.open(encoding=plan.encoding, newline="") as stream:
            yield from _rows(stream, plan, path)


def _rows(stream: TextIO, plan: _Plan, path: Path) -> Iterator[Line]:
    reader = csv.reader(stream, delimiter=plan.delimiter, strict=True)
    try:
        if plan.heads:
            next(reader, None)
        for row in reader:
            reason = row[plan.reason] if plan.reason is not None and plan.reason < len(row) else ""
            for text in (row[place] for place in plan.columns if place < len(row)):
                for read in _entries(text):
                    yield Line(reader.line_num, read, show.plain(reason, 200))
    except csv.Error as error:
        raise ConfigProblem(
            f"{path}: line {reader.line_num + 1} cannot be read as CSV: {error}.",
            hint="The usual cause is a missing closing quotation mark. Nothing was imported.",
        ) from None


def _entries(cell: str) -> Iterator[blocking.Blocked | blocking.Unreadable]:
    """What a cell holds: one entry, or several between commas, semicolons, bars and line breaks.

    Addresses may also stand in a row, and behind a name: `Jane <jane@studio.example>`.
    """
    if not cell.strip():
        return
    whole = blocking.read(cell)
    if isinstance(whole, blocking.Blocked) and cell.count("@") <= 1:
        yield whole
        return
    for piece in filter(str.strip, re.split(r"[;,|\r\n]+", cell)):
        named = re.findall(r"<([^<>@]+@[^<>@]+)>", piece)
        several = [word for word in piece.split() if "@" in word] if piece.count("@") > 1 else [piece]
        yield from map(blocking.read, named or several)


def left_out(path: Path) -> list[str]:
    """The heads of columns that were not read although they are named like a list, or hold an address."""
    with _told(path):
        plan = _plan(path)
        if not plan.heads:
            return []
        others = set(range(len(plan.heads))) - set(plan.columns)
        found = others & set(plan.known)
        with path.open(encoding=plan.encoding, newline="") as stream:
            for row in csv.reader(stream, delimiter=plan.delimiter):
                found |= {place for place in others - found if place < len(row) and _holds_address(row[place])}
    return [show.plain(plan.heads[place], 30) for place in sorted(found)]


def _holds_address(cell: str) -> bool:
    return "@" in cell and _holds(cell)


def _holds(cell: str) -> bool:
    return any(isinstance(one, blocking.Blocked) for one in _entries(cell))


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
    known = [place for place, head in enumerate(heads) if head in COLUMNS]
    if known:
        surest = min(COLUMNS.index(heads[place]) for place in known)
        kind = next(kind for kind in _KINDS if COLUMNS[surest] in kind)
        return _Plan(encoding, delimiter, [place for place in known if heads[place] in kind], reason, cells, known)
    return _Plan(encoding, delimiter, _headless(path, cells), None, ())


def _headless(path: Path, cells: Sequence[str]) -> list[int]:
    """The columns of the first row that hold an address already, else the one that holds a domain."""
    good = [
        place for place, cell in enumerate(cells) if any(isinstance(one, blocking.Blocked) for one in _entries(cell))
    ]
    addressed = [place for place in good if "@" in cells[place]]
    if addressed or len(good) == 1:
        return addressed or good
    named = ", ".join(show.plain(cell, 30) or "(nothing)" for cell in cells[:10])
    raise ConfigProblem(f"{path}: no column has a known header. It has: {named}.", hint=_HINT)


def _encoding(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(1_024)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in start:
        raise ConfigProblem(
            f"{path} is not text, or is UTF-16 text without a byte order mark.",
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
            f"{path} cannot be read: {error.strerror or error}.", hint="Fix the path or the file's permissions."
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
