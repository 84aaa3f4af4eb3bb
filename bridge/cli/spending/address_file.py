"""Reads the addresses of an operator's file: a CSV with columns of them, or one per line. Calls no vendor."""

import hashlib
from pathlib import Path

from bridge.cli.terminal import read_csv
from bridge.errors import ConfigProblem
from bridge.hygiene import email
from bridge.lazy import dataclass

LARGEST_FILE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Addresses:
    """The usable addresses, each once and in lower case; how many entries were unusable, and how many repeated."""

    key: str
    name: str
    found: tuple[str, ...]
    unusable: int
    repeated: int
    left_out: tuple[str, ...] = ()
    """Headers of columns that were not read although they hold addresses."""


def read(path: Path, column: str | None) -> Addresses:
    """Read the file. Raises ConfigProblem where it cannot be read, or where the column is not known."""
    if path.is_file() and path.stat().st_size > LARGEST_FILE:
        raise ConfigProblem(f"{path} is larger than {LARGEST_FILE // 2**20} MB.", hint="Split it.")
    texts = [entry.text for entry in read_csv.entries(path, _WANTED, column)]
    usable = [found.value for text in texts if isinstance(found := email.read(text), email.Address)]
    unique = tuple(dict.fromkeys(usable))
    if not unique:
        raise ConfigProblem(f"{path} contains no usable address.", hint=_HINT)
    key = hashlib.sha256("\n".join(sorted(unique)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    others = () if column is not None else tuple(read_csv.left_out(path, _WANTED))
    return Addresses(key, path.name, unique, len(texts) - len(usable), len(usable) - len(unique), others)


_HINT = "Name its column: --column HEADER."
_WANTED = read_csv.Wanted(
    # Beside an `email` column, `address` is where the person lives.
    kinds=(tuple(head for head in read_csv.ADDRESSES if head != "address"), ("address",)),
    holds=lambda text: isinstance(email.read(text), email.Address),
    hint=_HINT,
    nothing="Nothing was submitted.",
    undecodable="replace",  # a name in another encoding says nothing about the addresses
)
