"""What settle, retry and reconcile share: the route's line when it went wrong, JSON, the exit code. Takes no step."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console

from bridge.cli.session import Session
from bridge.cli.terminal import show

if TYPE_CHECKING:
    from bridge.operations.steps import Step

PARTIAL = 3
_STUCK = ("blocked", "failed")


def nothing_stored(session: Session) -> bool:
    """Whether there is no ledger yet to take a step on; looking makes none."""
    with session.db() as db:
        return db is None


def verdict(statuses: Sequence[str], *, done: bool) -> tuple[str, int]:
    """Status and exit code of the command; `done` says whether anything was done on any route all the same."""
    if all(status in ("ok", "busy") for status in statuses):
        return "ok", 0
    if not done and all(status in _STUCK for status in statuses):
        return ("blocked" if set(statuses) == {"blocked"} else "failed"), 1
    return "partial", PARTIAL


def document(step: "Step[Any]") -> dict[str, Any]:
    """What every step says of its route, for JSON."""
    return {"route": step.route, "status": step.status, "error": step.error or None, "hint": step.hint or None}


def tell_trouble(console: Console, step: "Step[Any]") -> None:
    """Why the step could not be taken, or not whole; nothing where it could."""
    if step.status == "busy":
        show.say(console, f"{step.route} is busy: {step.error} Nothing was done; try again later.", style="cyan")
    elif step.error:
        show.say(console, f"✗ {step.route} {step.status}: {step.error}", style="red")
    if step.hint:
        show.say(console, step.hint, indent=2)
