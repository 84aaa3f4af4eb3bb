"""Reads a CSV file of addresses and domains that must not be contacted. Stores nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bridge.cli.terminal import read_csv
from bridge.hygiene import blocking

_EITHER = ("value", "blvalue", "entry", "emailordomain")
_DOMAINS = ("domain", "domains", "companydomain", "website", "url")


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the file: the number of its line, what is to be left alone, and why ("" = not said)."""

    number: int
    read: blocking.Blocked | blocking.Unreadable
    reason: str = ""


def rows(path: Path) -> Iterator[Row]:
    """Every entry of the file. Raises ConfigProblem, with a line number, where it cannot be read."""
    for entry in read_csv.entries(path, _WANTED):
        yield Row(entry.number, blocking.read(entry.text), entry.reason)


def left_out(path: Path) -> list[str]:
    """The headers of columns that are not read although their header is known, or they hold an address."""
    return read_csv.left_out(path, _WANTED)


_WANTED = read_csv.Wanted(
    kinds=(read_csv.ADDRESSES, _EITHER, _DOMAINS),
    holds=lambda text: isinstance(blocking.read(text), blocking.Blocked),
    hint="One column must have the header email or domain. Or use a file of addresses alone, without a header.",
    nothing="Nothing was imported.",
)
