"""Reads the addresses of an operator's file: a CSV with a column of them, or one on each line. Calls nobody."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bridge.errors import ConfigProblem
from bridge.hygiene import email

LARGEST_FILE = 64 * 1024 * 1024
_HEADS = ("email", "emailaddress", "mail", "emails", "contactemail")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses that can be used, each once and in lower case, and how many cells held none that can be."""

    key: str
    name: str
    found: tuple[str, ...]
    unusable: int
    repeated: int


def read(path: Path, column: str | None) -> Addresses:
    """Read the file. Raises ConfigProblem where it cannot be read, or where the column is not known."""
    cells = _cells(path, column)
    usable = [found.value for cell in cells if isinstance(found := email.read(cell), email.Address)]
    unique = tuple(dict.fromkeys(usable))
    if not unique:
        raise ConfigProblem(f"{path} contains no usable address.", hint="Name its column: --column HEADER.")
    key = hashlib.sha256("\n".join(sorted(unique)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return Addresses(key, path.name, unique, len(cells) - len(usable), len(usable) - len(unique))


def _cells(path: Path, column: str | None) -> list[str]:
    rows = _rows(path)
    if not rows:
        raise ConfigProblem(f"{path} is empty.", hint="Give a CSV with a column of addresses, or one address per line.")
    head, *rest = rows
    place = _place(path, head, column)
    if place is None:
        return [row[0] for row in rows if row and row[0].strip()]
    return [row[place] for row in rest if len(row) > place and row[place].strip()]


def _rows(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ConfigProblem(f"{path} is larger than {LARGEST_FILE // 2**20} MB.", hint="Split it.")
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigProblem(f"{path} cannot be read: {error.strerror or error}.", hint="Fix the path.") from None
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = raw.decode(encoding, "replace")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(row)]
    except csv.Error:
        raise ConfigProblem(f"{path} is not a readable CSV.", hint="Save it as CSV again.") from None


def _place(path: Path, head: Sequence[str], column: str | None) -> int | None:
    """Where the addresses stand; None where the file has no heads and holds them in its first column."""
    names = [name.strip() for name in head]
    if column is not None:
        folded = [name.casefold() for name in names]
        if column.casefold() in folded:
            return folded.index(column.casefold())
        near = get_close_matches(column[:60], names, n=1)
        mend = f'Did you mean "{near[0]}"?' if near else f"Its columns are: {', '.join(names[:20])}."
        raise ConfigProblem(f'{path} has no column "{column[:60]}".', hint=mend)
    bare = ["".join(char for char in name.casefold() if char.isalnum()) for name in names]
    for known in _HEADS:
        if known in bare:
            return bare.index(known)
    if isinstance(email.read(names[0]) if names else None, email.Address):
        return None
    raise ConfigProblem(
        f"It is not clear which column of {path} holds the addresses.", hint="Name it: --column HEADER."
    )
