"""Reads a CSV file of addresses and domains that must not be contacted. Stores nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bridge.cli.terminal import columns
from bridge.hygiene import blocking

_EITHER = ("value", "blvalue", "entry", "emailordomain")
_DOMAINS = ("domain", "domains", "companydomain", "website", "url")


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the file: the number of its line, what is to be left alone, and why ("" = not said)."""

    number: int
    read: blocking.Blocked | blocking.Unreadable
    reason: str = ""


def lines(path: Path) -> Iterator[Line]:
    """Every entry of the file. Raises ConfigProblem, with a line number, where it cannot be read."""
    for entry in columns.entries(path, _WANTED):
        yield Line(entry.number, blocking.read(entry.text), entry.reason)


def left_out(path: Path) -> list[str]:
    """The headers of columns that are not read although their header is known, or they hold an address."""
    return columns.left_out(path, _WANTED)


def _is_blocked(text: str) -> bool:
    return isinstance(blocking.read(text), blocking.Blocked)


_WANTED = columns.Wanted(
    kinds=(columns.ADDRESSES, _EITHER, _DOMAINS),
    holds=_is_blocked,
    hint="One column must have the header email or domain. Or use a file of addresses alone, without a header.",
    nothing="Nothing was imported.",
)
