"""The table of routes and states, as `sync` and `status` print it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bridge.cli.terminal import show
from bridge.lazy import dataclass
from bridge.model import State
from bridge.reports import words
from bridge.reports.text import Line

if TYPE_CHECKING:
    from rich.console import Console

ROOMY = 100
"""Columns from which the table breathes; the narrowest terminal it fits is `NARROWEST`."""
NARROWEST = 72

_STYLES = {
    "ok": "green",
    "busy": "cyan",
    "running": "cyan",
    "partial": "yellow",
    "cut off": "yellow",
    "blocked": "red",
    "failed": "red",
}
_FIGURES = (State.DELIVERED, State.DUPLICATE, State.HELD, State.REFUSED, State.READY)
_OPEN = (State.SENDING, State.IN_DOUBT, State.FAILED)


@dataclass(frozen=True, slots=True)
class Account:
    """One route's line. `new` is how many this run delivered, None outside of a run."""

    route: str
    status: str
    known: int
    states: Mapping[str, int]
    new: int | None = None

    def cells(self) -> list[str | Line]:
        """The row of the table; the last cell only after a run."""
        open_ones = sum(self.states.get(state, 0) for state in _OPEN)
        figures = [self.known, *(self.states.get(state, 0) for state in _FIGURES), open_ones]
        figures += [] if self.new is None else [self.new]
        return [self.route, status_text(self.status), *(f"{figure:,}" for figure in figures)]


def show_table(console: "Console", accounts: Sequence[Account]) -> None:
    """Print a row for each route; nothing where the terminal is too narrow for it (the sums say the same)."""
    if not accounts or console.width < NARROWEST:
        return
    heads = [("route", "<"), ("status", "<"), ("known", ">"), *((words.LABELS[state], ">") for state in _FIGURES)]
    heads += [("doubt/\nfailed", ">")] + ([("new", ">")] if accounts[0].new is not None else [])
    rows = [account.cells() for account in accounts]
    show.fitting(console, heads, rows, gap=2 if console.width >= ROOMY else 1)
    show.say(console, "")


def status_text(status: str) -> Line:
    """The status in its colour."""
    return Line(status, style=_STYLES.get(status, ""))
