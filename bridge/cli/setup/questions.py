"""Questions on a terminal: a text, a key, some of a list. Each is asked again until its answer can be read."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import typer
from rich.console import Console

from bridge.cli import failures
from bridge.cli.terminal import show
from bridge.config.readers import UnfitError
from bridge.reports.text import plain

_MOST_SHOWN = 30

T = TypeVar("T")


@contextmanager
def stoppable(console: Console) -> Iterator[None]:
    """Ctrl-C and the end of the input leave at any question: nothing was written by then."""
    try:
        yield
    except (KeyboardInterrupt, EOFError) as error:
        show.say(console, "\nStopped. Nothing was written.")
        raise typer.Exit(failures.STOPPED if isinstance(error, failures.Stopped) else failures.INTERRUPTED) from None


def text(console: Console, question: str, read: Callable[[str], T]) -> T:
    """What `read` makes of the answer; it raises UnfitError for one that cannot be."""
    while True:
        try:
            return read(console.input(f"{question} ", markup=False).strip())
        except UnfitError as error:
            show.say(console, f"It {error}.", style="yellow")


def secret(console: Console, question: str) -> str:
    """A key, which is not shown."""
    return console.input(f"{question} ", markup=False, password=True).strip()


def pick(
    console: Console, labels: Sequence[str], question: str, *, one: bool = False, free: str = ""
) -> list[int] | str:
    """The positions that were picked, from 0 on; none for Enter, unless exactly `one` is wanted.

    Words list only the labels that hold them. What holds the sign `free` is given back as it was typed.
    """
    found = list(range(len(labels)))
    console.print()
    while True:
        for position in found[:_MOST_SHOWN]:
            show.say(console, f"{position + 1:>4}  {plain(labels[position], 70)}")
        if len(found) > _MOST_SHOWN:
            show.say(console, f"{len(found) - _MOST_SHOWN} more: type a word to search.", indent=6)
        while True:
            typed = console.input(f"{question} ", markup=False).strip()
            picked = chosen(typed, len(labels))
            if picked is None and free and free in typed:
                return typed
            if picked is not None and (len(picked) == 1 if one else True):
                return picked
            found = [at for at, label in enumerate(labels) if typed.casefold() in label.casefold()] if typed else []
            if found and picked is None:
                if typed.isdecimal():
                    show.say(
                        console, f'There is no number {typed}; these have "{typed}" in their line:', style="yellow"
                    )
                break
            wanted = "one number" if one else "numbers, such as 1, 3-5, or Enter"
            show.say(console, f"Type {wanted}; a word searches.", style="yellow")


def chosen(typed: str, count: int) -> list[int] | None:
    """The positions that were typed, such as `1, 3-5`, from 0 on; None where it cannot be read. Nothing = none."""
    found: list[int] = []
    for part in typed.replace(",", " ").split():
        first, _, last = part.partition("-")
        if not first.isdecimal() or not (last or first).isdecimal():
            return None
        span = range(int(first), int(last or first) + 1)
        if not span or span[0] < 1 or span[-1] > count:
            return None
        found += [number - 1 for number in span]
    return list(dict.fromkeys(found))
