"""The accounting of routes: the table of states, the sum that must add up, the commonest reasons. Prints nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bridge.cli.terminal import show
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
    """One route's line. `new` is how many this run delivered, None where no run is told of."""

    route: str
    status: str
    known: int
    states: Mapping[str, int]
    new: int | None = None


def table(accounts: Sequence[Account], width: int) -> Table | None:
    """A row for each route; None where the terminal is too narrow for it (the sums say the same)."""
    if width < NARROWEST:
        return None
    with_new = any(account.new is not None for account in accounts)
    heads = [("route", "<"), ("status", "<"), ("known", ">")]
    heads += [(words.LABELS[state], ">") for state in _FIGURES] + [("doubt/\nfailed", ">")]
    rows = [_row(account, with_new=with_new) for account in accounts]
    heads += [("new", ">")] if with_new else []
    airy = show.grid(heads, rows, gap=2 if width >= ROOMY else 1)
    return airy if _widest(airy) <= width else show.grid(heads, rows, gap=0)


def _widest(grid: Table) -> int:
    """Columns that the table takes where nothing in it is folded."""
    return Console(width=_UNBOUNDED).measure(grid).maximum


def _row(account: Account, *, with_new: bool) -> list[str | Text]:
    figures = [account.known, *(account.states.get(state, 0) for state in _FIGURES)]
    figures.append(sum(account.states.get(state, 0) for state in _OPEN))
    if with_new:
        figures.append(account.new or 0)
    cells: list[str | Text] = [account.route, status_text(account.status)]
    return cells + [f"{figure:,}" for figure in figures]


def status_text(status: str) -> Text:
    """The status in its colour."""
    return Text(status, _STYLES.get(status, ""))


def adds_up(known: int, states: Mapping[str, int]) -> bool:
    """Whether every lead has one state."""
    return known == sum(states.values())


def sum_line(known: int, states: Mapping[str, int], what: str = "known") -> str:
    """`known 412 = 240 delivered + 3 duplicate + …`, states without leads left out."""
    if not known and adds_up(known, states):
        return f"no lead {what} yet" if what == "known" else f"no lead {what}"
    terms = [f"{states[state]:,} {label}" for state, label in words.LABELS.items() if states.get(state)]
    line = f"{what} {known:,} = {' + '.join(terms) or '0'}"
    if adds_up(known, states):
        return line
    return f"{line}: THIS DOES NOT ADD UP ({sum(states.values()):,} are counted)"


def reason_lines(reasons: Mapping[str, int], skip: Iterable[str] = (), most: int = 6) -> list[str]:
    """The commonest reasons in plain words, most first; what is left is summed up."""
    left_out = set(skip)
    told = sorted(((n, code) for code, n in reasons.items() if n and code not in left_out), key=lambda x: (-x[0], x[1]))
    cut = len(told) if len(told) == most + 1 else most  # a last reason alone is told instead of summed up
    rest = told[cut:]
    width = max((len(f"{n:,}") for n in (*(n for n, _ in told[:cut]), sum(n for n, _ in rest))), default=0)
    lines = [f"{n:>{width},}  {words.reason(code)} ({code})" for n, code in told[:cut]]
    if rest:
        lines.append(f"{sum(n for n, _ in rest):>{width},}  for {len(rest)} other reasons (`leadbridge rejects`)")
    return lines
