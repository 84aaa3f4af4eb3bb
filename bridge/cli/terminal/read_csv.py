"""Reads an operator's CSV file of addresses or domains, an entry at a time. Stores nothing, judges no entry.

Accepted: UTF-8 and, with a byte order mark, UTF-16; commas, semicolons, tabs or bars; with or without a header.
Read are all columns of the surest kind that a header names (`email`, `email2`, `E-Mail 3`), `reason` and `client`.
A cell may hold several entries. `left_out` names the other columns that hold addresses or have a known header.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, TextIO

from bridge.errors import ConfigProblem
from bridge.lazy import dataclass
from bridge.reports.text import plain

ADDRESSES = (
    "email", "emails", "emailaddress", "emailaddresses", "mail", "address", "blockedemail", "contactemail",
    "workemail", "recipient",
)  # fmt: skip
"""Headers of columns of addresses; case, digits, blanks, dashes and underscores do not count."""

_REASONS = frozenset({"reason", "note", "notes", "comment", "why"})
_DELIMITERS = ",;\t|"
_BLANK = f"{_DELIMITERS} \r\n"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command reads from a file: the headers of its columns by kind, the surest kind first."""

    kinds: Sequence[Sequence[str]]
    holds: Callable[[str], bool]
    """Whether a text is one usable entry."""
    hint: str
    """What to do where no column is known."""
    nothing: str
    """What did not happen to a file that cannot be read, as a sentence."""
    undecodable: Literal["strict", "replace"] = "strict"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a cell: the number of its line, its text as it stands, and the row's reason and client.

    "" is not said.
    """

    number: int
    text: str
    reason: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the file is to be read."""

    encoding: str
    delimiter: str
    columns: Sequence[int]
    reason: int | None
    heads: Sequence[str]  # as the file has them; none where it has no header
    client: int | None = None
    known: Sequence[int] = ()  # columns that have a header of any kind


def entries(path: Path, wanted: Wanted, column: str | None = None) -> Iterator[Entry]:
    """Every entry of the file, usable or not; of `column` alone where it is named.

    Raises ConfigProblem, with a line number, where the file cannot be read, or where no column is known.
    """
    with _reported(path, wanted):
        plan = _plan(path, wanted, column)
        with path.open(encoding=plan.encoding, errors=wanted.undecodable, newline="") as stream:
            yield from _rows(stream, plan, path, wanted)


def _rows(stream: TextIO, plan: _Plan, path: Path, wanted: Wanted) -> Iterator[Entry]:
    reader = csv.reader(stream, delimiter=plan.delimiter, strict=True)
    try:
        if plan.heads:
            next((row for row in reader if "".join(row).strip(_BLANK)), None)
        for row in reader:
            reason, client = (row[at] if at is not None and at < len(row) else "" for at in (plan.reason, plan.client))
            for cell in (row[place] for place in plan.columns if place < len(row)):
                for text in _texts(cell, wanted):
                    yield Entry(reader.line_num, text, plain(reason, 200), client.strip())
    except csv.Error as error:
        raise ConfigProblem(
            f"{path}: line {reader.line_num + 1} cannot be read as CSV: {error}.",
            hint=f"The usual cause is a missing closing quotation mark. {wanted.nothing}",
        ) from None


def _texts(cell: str, wanted: Wanted) -> Iterator[str]:
    """What a cell holds: one entry, or several between commas, semicolons, bars and line breaks.

    Addresses may also be separated by blanks, or follow a name: `Jane <jane@studio.example>`.
    """
    if not cell.strip():
        return
    if cell.count("@") <= 1 and wanted.holds(cell):
        yield cell
        return
    for piece in filter(str.strip, re.split(r"[;,|\r\n]+", cell)):
        named = re.findall(r"<([^<>@]+@[^<>@]+)>", piece)
        several = [word for word in piece.split() if "@" in word] if piece.count("@") > 1 else [piece]
        yield from named or several


def left_out(path: Path, wanted: Wanted) -> list[str]:
    """The headers of columns that are not read although their header is known, or they hold an address."""
    with _reported(path, wanted):
        plan = _plan(path, wanted, None)
        if not plan.heads:
            return []
        others = set(range(len(plan.heads))) - set(plan.columns)
        found = others & set(plan.known)
        with path.open(encoding=plan.encoding, errors=wanted.undecodable, newline="") as stream:
            for row in csv.reader(stream, delimiter=plan.delimiter):
                found |= {p for p in others - found if p < len(row) and "@" in row[p] and _holds(row[p], wanted)}
    return [plain(plan.heads[place], 30) for place in sorted(found)]


def _holds(cell: str, wanted: Wanted) -> bool:
    return any(map(wanted.holds, _texts(cell, wanted)))


def _plan(path: Path, wanted: Wanted, column: str | None) -> _Plan:
    encoding = _encoding(path, wanted)
    with path.open(encoding=encoding, errors=wanted.undecodable, newline="") as stream:
        first = next((line for line in iter(lambda: stream.readline(100_000), "") if line.strip(_BLANK)), "")
    if not first:
        raise ConfigProblem(f"{path} is empty.", hint=wanted.hint)
    delimiter = max(_DELIMITERS, key=first.count) if any(sign in first for sign in _DELIMITERS) else ","
    cells = next(csv.reader([first], delimiter=delimiter))
    heads = ["".join(re.findall(r"[a-z]+", cell.casefold())) for cell in cells]
    reason = next((place for place, head in enumerate(heads) if head in _REASONS), None)
    client = next((place for place, head in enumerate(heads) if head == "client"), None)
    if column is not None:
        return _Plan(encoding, delimiter, _named(path, cells, column), reason, cells, client)
    known = [place for place, head in enumerate(heads) if any(head in kind for kind in wanted.kinds)]
    if known:
        kind = next(kind for kind in wanted.kinds if any(heads[place] in kind for place in known))
        columns = [place for place in known if heads[place] in kind]
        return _Plan(encoding, delimiter, columns, reason, cells, client, known)
    return _Plan(encoding, delimiter, _headless(path, cells, wanted), None, ())


def _named(path: Path, cells: Sequence[str], column: str) -> list[int]:
    names = [cell.strip() for cell in cells]
    found = [place for place, name in enumerate(names) if name.casefold() == column.strip().casefold()]
    if found:
        return found
    near = get_close_matches(column[:60], names, n=1)
    listed = ", ".join(plain(name, 30) for name in names[:20])
    hint = f'Did you mean "{plain(near[0], 60)}"?' if near else f"Its columns are: {listed}."
    raise ConfigProblem(f'{path} has no column "{column[:60]}".', hint=hint)


def _headless(path: Path, cells: Sequence[str], wanted: Wanted) -> list[int]:
    """The columns of the first row that hold an address already, else the one that holds a domain."""
    good = [place for place, cell in enumerate(cells) if _holds(cell, wanted)]
    addressed = [place for place in good if "@" in cells[place]]
    if addressed or len(good) == 1:
        return addressed or good
    named = ", ".join(plain(cell, 30) or "(nothing)" for cell in cells[:10])
    raise ConfigProblem(f"{path}: no column has a known header. It has: {named}.", hint=wanted.hint)


def _encoding(path: Path, wanted: Wanted) -> str:
    with path.open("rb") as stream:
        start = stream.read(1_024)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in start:
        raise ConfigProblem(
            f"{path} is not text, or is UTF-16 text without a byte order mark.",
            hint=f'Save it as "CSV UTF-8". {wanted.nothing}',
        )
    return "utf-8-sig"


@contextmanager
def _reported(path: Path, wanted: Wanted) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError:
        raise ConfigProblem(
            f"{path}: line {_undecodable(path)} is not UTF-8 text.",
            hint=f'Save it as "CSV UTF-8" in your spreadsheet. {wanted.nothing}',
        ) from None
    except OSError as error:
        raise ConfigProblem(
            f"{path} cannot be read: {error.strerror or error}.", hint="Fix the path or the file's permissions."
        ) from None


def _undecodable(path: Path) -> int:
    """The number of the first line that is not UTF-8; decoders only know its block."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8-sig")
            except UnicodeDecodeError:
                return number
    return 1
