"""What `settle`, `retry` and `reconcile` share: a step for each route, then JSON or lines, and the exit code."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import typer

from bridge.cli.failures import PARTIAL
from bridge.cli.session import NOTHING_STORED, Session
from bridge.cli.terminal import show
from bridge.operations.steps import Step
from bridge.reports.text import Line

_STUCK = ("blocked", "failed")

T = TypeVar("T")


def report(
    found: Sequence[Step[T]],
    document: Callable[[Step[T]], dict[str, Any]],
    lines: Callable[[Step[T], T], Iterator[Line]],
    *,
    done: bool,
    as_json: bool,
) -> None:
    """Print each route's step and leave with the command's exit code; `done`: whether anything was done at all."""
    status, code = verdict([step.status for step in found], done=done)
    if as_json:
        show.print_json({"status": status, "routes": [facts(step) | document(step) for step in found]})
    for step in found if not as_json else ():
        show.lines(show.out(), trouble(step))
        if step.found is not None:
            show.lines(show.out(), lines(step, step.found))
    raise typer.Exit(code)


def run(session: Session, step: Callable[[], list[Step[T]]], *, as_json: bool) -> list[Step[T]]:
    """Take the steps, unless there is no ledger yet."""
    if not session.is_empty:
        return step()
    if not as_json:
        show.say(show.out(), NOTHING_STORED)
    return []


def verdict(statuses: Sequence[str], *, done: bool) -> tuple[str, int]:
    """Status and exit code of the command; a route that is busy is no error."""
    if all(status in ("ok", "busy") for status in statuses):
        return "ok", 0
    if not done and all(status in _STUCK for status in statuses):
        return ("blocked" if set(statuses) == {"blocked"} else "failed"), 1
    return "partial", PARTIAL


def facts(step: Step[Any]) -> dict[str, Any]:
    """What every step says of its route, for JSON."""
    return {
        "route": step.route,
        "client": step.client,
        "status": step.status,
        "error": step.error or None,
        "hint": step.hint or None,
    }


def trouble(step: Step[Any]) -> Iterator[Line]:
    """Why the step could not be taken, or not whole; nothing where it could."""
    if step.status == "busy":
        yield Line(f"{step.route} is busy: {step.error} Nothing was done; try again later.", style="cyan")
    elif step.error:
        yield Line(f"✗ {step.route} {step.status}: {step.error}", style="red")
    if step.hint:
        yield Line(step.hint, 2)
