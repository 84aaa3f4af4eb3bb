"""The page that `leadbridge --help` prints, drawn as Typer draws those of the verbs. Says nothing of its own.

Typer draws with rich, whose import takes twice as long as all else that this page needs (benchmarks/starting.py).
"""

import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence

WIDEST = 100

Rows = Sequence[tuple[str, ...]]


def lines(usage: str, text: str, boxes: Iterable[tuple[str, Rows]]) -> Iterator[str]:
    """The lines of the page; a row of a box has its columns, the last of which is wrapped."""
    width = min(shutil.get_terminal_size((80, 0)).columns, WIDEST)
    for part in (f"Usage: {usage}", *text.replace("`", "").split("\n\n")):
        yield ""
        yield from textwrap.wrap(part, width - 2, initial_indent=" ", subsequent_indent=" ")
    yield ""
    for title, rows in boxes:
        yield f"╭─ {title} {'─' * (width - len(title) - 5)}╮"
        sizes = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
        for *cells, last in rows:
            front = "".join(f"{cell:<{size}}  " for cell, size in zip(cells, sizes, strict=True) if size)
            first, *more = textwrap.wrap(last, max(width - 4 - len(front), 1)) or [""]
            for line in (front + first, *(" " * len(front) + line for line in more)):
                yield f"│ {line:<{width - 4}} │"
        yield f"╰{'─' * (width - 2)}╯"
