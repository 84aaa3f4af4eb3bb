"""Plays the whole fault matrix and prints what was injected and what became of the leads; ends with 1 on any fault.

    python -m tests.chaos [--postgres] [--seeds N] [--first-seed N] [--only TEXT] [--part K/N]

`--only` keeps the cells whose name ("500 | instantly leads/add | after") holds the text. `--part 1/3` plays a third of
them: most of the time goes into waiting, so several parts side by side take little more than one.

A cell of an update, a move or a pace has one history. A blow to the process is dealt at each of its requests, or
commits, in turn.
"""

import argparse
import sys
from collections import defaultdict
from contextlib import nullcontext
from itertools import count
from random import Random

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bridge import logs
from tests.chaos.acts import play_act
from tests.chaos.later import ACTS, later_cells
from tests.chaos.matrix import Cell, cells
from tests.chaos.play import Finding, play
from tests.chaos.stories import story_of
from tests.databases import emptied, postgres_server, sqlite_file
from tests.harness import quick_pauses

COLUMNS = ("injected", "expected", "delivered", "missing", "twice", "wrongly reasoned")
WIDE = 180  # the longest names with all six figures


def main():
    asked = _arguments()
    logs.configure(level="CRITICAL", form="json")
    part, parts = asked.part
    chosen = [*cells(asked.only), *later_cells(asked.only)][part - 1 :: parts]
    server = postgres_server() if asked.postgres else nullcontext()
    with quick_pauses(attempts=3), server as url:
        followed = track(chosen, "Cells", console=Console(stderr=True))
        reported: dict[str, Finding] = defaultdict(Finding)
        found = [(cell, _finding(cell, asked, url, reported)) for cell in followed]
    _show(found, reported, "PostgreSQL" if asked.postgres else "SQLite", asked.seeds)
    sound = [finding.sound for _, finding in found] + [finding.sound for finding in reported.values()]
    return 0 if found and all(sound) else 1


def _arguments():
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__.partition("\n")[0])
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    parser.add_argument("--seeds", type=int, default=3, help="histories of each cell (3)")
    parser.add_argument("--first-seed", type=int, default=0, help="which story each cell begins with (0)")
    parser.add_argument("--only", default="", help="only the cells whose name holds this text")
    parser.add_argument("--part", type=_part, default=(1, 1), help="the first of three parts of the cells: 1/3")
    return parser.parse_args()


def _part(text: str) -> tuple[int, int]:
    part, parts = (int(number) for number in text.split("/"))
    if not 1 <= part <= parts:
        raise ValueError(text)
    return part, parts


def _finding(cell: Cell, asked: argparse.Namespace, url: str | None, reported: dict[str, Finding]) -> Finding:
    """All histories of a cell; each is added to those of its story in `reported` too."""
    total, act = Finding(), ACTS.get(cell.endpoint.scene)
    # A blow falls on each point in turn, until a process ends before it has come so far.
    for seed in count() if cell.strikes else range(asked.first_seed, asked.first_seed + (1 if act else asked.seeds)):
        with nullcontext(emptied(url)) if url else sqlite_file() as db:
            finding = play_act(act(db, Random(f"{cell.name} {seed}"), cell), seed) if act else play(cell, seed, db)
        total += finding
        reported[cell.endpoint.scene if act else story_of(cell.number, seed)] += finding
        if cell.strikes and not finding.injected:
            break
    return total


def _show(found: list[tuple[Cell, Finding]], reported: dict[str, Finding], database: str, seeds: int) -> None:
    out = Console(width=None if sys.stdout.isatty() else WIDE)
    table = Table(title=f"{len(found)} cells on {database}; histories of each: {seeds}", box=SIMPLE_HEAD)
    for name in ("fault", "endpoint", "moment"):
        table.add_column(name, no_wrap=True)
    for name in COLUMNS:
        table.add_column(name, justify="right", min_width=len("100,000"))
    for cell, finding in found:
        where = f"{cell.endpoint.vendor} {cell.endpoint.name}"
        table.add_row(cell.fault, where, cell.moment, *_figures(finding), style=None if finding.sound else "red")
    total = sum((finding for _, finding in found), Finding())
    table.add_section()
    for story in sorted(reported):
        table.add_row(
            "all", f"story: {story}", "", *_figures(reported[story]), style=None if reported[story].sound else "red"
        )
    table.add_section()
    table.add_row("all", "", "", *_figures(total), style="bold")
    out.print(table)
    idle = [cell.name for cell, finding in found if not finding.injected]
    if idle:
        out.print(f"These cells injected nothing and so prove nothing: {'; '.join(idle)}", style="red")


def _figures(finding: Finding) -> list[str]:
    return [f"{getattr(finding, name):,}" for name in Finding.__slots__]


if __name__ == "__main__":
    sys.exit(main())
