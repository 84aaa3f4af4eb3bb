"""What a run has to say for itself: the document of `sync --json`, and whether its numbers add up. Prints nothing."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from bridge import ledger
from bridge.lazy import dataclass
from bridge.model import DEFAULT_CLIENT, State

_TROUBLED = (State.IN_DOUBT, State.FAILED)


@dataclass(frozen=True, slots=True)
class Report:
    """One run of one route. `status` is ok, partial, blocked, busy or failed; `sent` counts what this run created.

    `waiting` counts the leads that only the run's limit kept back, as far as the ledger knows; `waits` are those that
    are ready and may not go yet, `pace` what the pace of the route says of them. `warnings` are for the operator's
    eyes, `hint` is the next command to type. `unsound` says that numbers do not add up: then the whole
    command must not end well.
    `key_refused` is the vendor that answered 401, 402 or 403: its key, plan or scope is at fault.
    `stopped` says that the run ended before its end because the process was stopped, `ledger_away` because the
    database did not answer for a moment. `requests` names every vendor, also one that was not asked. `updates` counts
    the delivered leads that have changed since, by what became of them; "waiting" are left for later runs.
    """

    route: str
    status: str
    tally: ledger.Tally
    run_id: int | None = None
    campaigns_seen: int = 0
    campaigns_swept: int = 0
    leads_read: int = 0
    unread: int = 0
    sent: int = 0
    answered: int = 0
    requests: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""
    hint: str = ""
    warnings: tuple[str, ...] = ()
    bounces: tuple[Mapping[str, Any], ...] = ()
    updates: Mapping[str, int] = field(default_factory=dict)
    unsound: bool = False
    waiting: int = 0
    waits: tuple[ledger.Wait, ...] = ()
    pace: Mapping[str, Any] | None = None
    key_refused: str = ""
    stopped: bool = False
    ledger_away: bool = False
    client: str = DEFAULT_CLIENT

    def document(self) -> dict[str, Any]:
        """The route's part of `sync --json`, keys in the documented order."""
        return {
            "route": self.route,
            "client": self.client,
            "status": self.status,
            "run_id": self.run_id,
            "campaigns_seen": self.campaigns_seen,
            "campaigns_swept": self.campaigns_swept,
            "leads_read": self.leads_read,
            "leads_known": self.tally.known,
            "states": dict(self.tally.states),
            "reasons": dict(self.tally.reasons),
            "requests": dict(self.requests),
            "seconds": round(self.seconds, 3),
            "error": self.error or None,
            "hint": self.hint or None,
            "delivered_now": self.sent,
            "leads_without_email": self.unread,
            "warnings": list(self.warnings),
            "bounces": [dict(one) for one in self.bounces],
            "updates": dict(self.updates),
            "waiting": [wait.document() for wait in self.waits],
            **({"pace": dict(self.pace)} if self.pace else {}),
            "key_refused": self.key_refused or None,
        }


def status_of(tally: ledger.Tally, *, unsound: bool) -> str:
    """How a run that met no error ended: partial while some leads failed or are in doubt."""
    return "partial" if unsound or any(tally.states[state] for state in _TROUBLED) else "ok"


def overall(reports: list[Report]) -> tuple[str, int]:
    """The command's status and exit code for all routes together (DESIGN, Exit codes)."""
    troubled = [report for report in reports if report.status in ("partial", "blocked", "failed")]
    if not troubled:
        return "ok", 0
    stuck = all(report.status in ("blocked", "failed") and not report.answered for report in reports)
    if stuck:
        return ("blocked" if all(report.status == "blocked" for report in reports) else "failed"), 1
    return "partial", 3


def does_not_add_up(tally: ledger.Tally) -> str:
    """The sentence that must never be printed; "" while every lead is accounted for."""
    counted = sum(tally.states.values())
    if counted == tally.known:
        return ""
    return f"The ledger does not add up: {tally.known} leads are known, but their states count {counted}."
