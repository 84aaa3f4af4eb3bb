"""Reads a CSV file of addresses and domains that must not be contacted. Stores nothing."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bridge.cli.terminal import read_csv
from bridge.hygiene import blocking
from bridge.lazy import dataclass
from bridge.reports.text import plain

_EITHER = ("value", "blvalue", "entry", "emailordomain")
_DOMAINS = ("domain", "domains", "companydomain", "website", "url")


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the file: its line, what is to be left alone, why, and for which client ("" = not said)."""

    number: int
    read: blocking.Blocked | blocking.Unreadable
    reason: str = ""
    client: str = ""


def rows(path: Path, clients: Sequence[str]) -> Iterator[Row]:
    """Every entry of the file; one of a client that is none of `clients` is not usable.

    Raises ConfigProblem, with a line number, where the file cannot be read.
    """
    for entry in read_csv.entries(path, _WANTED):
        read = blocking.read(entry.text)
        if entry.client not in {"", *clients}:
            named, known = plain(entry.client, 64), ", ".join(clients)
            read = blocking.Unreadable(f'is for client "{named}", which is not one of: {known}')
        yield Row(entry.number, read, entry.reason, entry.client)


def left_out(path: Path) -> list[str]:
    """The headers of columns that are not read although their header is known, or they hold an address."""
    return read_csv.left_out(path, _WANTED)


_WANTED = read_csv.Wanted(
    kinds=(read_csv.ADDRESSES, _EITHER, _DOMAINS),
    holds=lambda text: isinstance(blocking.read(text), blocking.Blocked),
    hint="One column must have the header email or domain. Or use a file of addresses alone, without a header.",
    nothing="Nothing was imported.",
)
