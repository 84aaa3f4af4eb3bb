"""The table of routes and states, as `sync` and `status` print it."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bridge.cli.terminal import show
from bridge.lazy import dataclass
from bridge.model import State
from bridge.reports import words

ROOMY = 100
"""Columns from which the table breathes; the narrowest terminal it fits is `NARROWEST`."""
NARROWEST = 72
_UNBOUNDED = 1_000

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

    def cells(self) -> list[str | Text]:
        """The row of the table; the last cell only after a run."""
        open_ones = sum(self.states.get(state, 0) for state in _OPEN)
        figures = [self.known, *(self.states.get(state, 0) for state in _FIGURES), open_ones]
        figures += [] if self.new is None else [self.new]
        return [self.route, status_text(self.status), *(f"{figure:,}" for figure in figures)]


def show_table(console: Console, accounts: Sequence[Account]) -> None:
    """Print a row for each route; nothing where the terminal is too narrow for it (the sums say the same)."""
    found = table(accounts, console.width) if accounts else None
    if found is not None:
        console.print(found)
        console.print()


def table(accounts: Sequence[Account], width: int) -> Table | None:
    """A row for each route; None where the terminal is too narrow."""
    if width < NARROWEST:
        return None
    heads = [("route", "<"), ("status", "<"), ("known", ">"), *((words.LABELS[state], ">") for state in _FIGURES)]
    heads += [("doubt/\nfailed", ">")] + ([("new", ">")] if accounts[0].new is not None else [])
    rows = [account.cells() for account in accounts]
    airy = show.grid(heads, rows, gap=2 if width >= ROOMY else 1)
    widest = Console(width=_UNBOUNDED).measure(airy).maximum  # where nothing in it is folded
    return airy if widest <= width else show.grid(heads, rows, gap=0)


def status_text(status: str) -> Text:
    """The status in its colour."""
    return Text(status, _STYLES.get(status, ""))
