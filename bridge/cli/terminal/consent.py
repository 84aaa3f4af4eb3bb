"""The one rule of consent: a command asks wherever a person can answer, and needs `--yes` where no person can.

A person can answer where stdin is a terminal and the question can be shown on one: stderr, else stdout. What else is
redirected does not matter. The daemon asks nothing: starting it is the consent.
"""

import sys

import typer
from rich.console import Console

from bridge.cli.terminal import show
from bridge.errors import ConfigProblem

NOT_ASKED = "it cannot be confirmed here (no terminal)"


def terminal() -> Console | None:
    """Where a question can be put to a person who can answer; None where there is no such place."""
    try:
        if not sys.stdin.isatty():
            return None
    except (AttributeError, ValueError):  # the caller has closed stdin
        return None
    return next((console for console in (show.err(), show.out()) if console.file.isatty()), None)


def ask(console: Console, question: str) -> bool:
    """Whether the answer is yes; everything else, also the end of the input, is no."""
    try:
        answer = console.input(f"{question} [y/N] ", markup=False)
    except EOFError:
        return False
    return answer.strip().lower() in ("y", "yes")


def need(what: str, hint: str) -> Console:
    """Where to ask. Raises ConfigProblem, `what` cannot be done unasked, where no person can answer."""
    console = terminal()
    if console is None:
        raise ConfigProblem(f"{what}, and {NOT_ASKED}. Nothing was done.", hint=hint)
    return console


def insist(console: Console, question: str, otherwise: str) -> None:
    """Ask, and end the command well with `otherwise` where the answer is no."""
    if not ask(console, question):
        show.say(show.err(), otherwise)
        raise typer.Exit(0)
