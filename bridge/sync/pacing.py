"""Keeps the push of a run to the pace of its route, and says who waits for it. Sends nothing."""

from bridge import ledger
from bridge.ledger.core import gates
from bridge.ledger.core.pacing import mark_paced
from bridge.model import Reason
from bridge.sync.pace import Pacing
from bridge.sync.run import Run


def open_pacing(run: Run) -> None:
    """Learn what the pace lets go in this run."""
    if not run.route.pace.unset:
        run.pacing = Pacing(run.route.pace, run.route_no)


def is_closed(run: Run) -> bool:
    """Whether no lead may go any more now."""
    found = run.pacing.gates(run.now()) if run.pacing else ()
    return bool(found) and not gates.may_still_go(run.db, found)[0]


def report_pace(run: Run) -> int | None:
    """Give the leads that wait for the pace this reason, or take it from those that do not any more.

    How many more may go by it (None = any number).
    """
    found = run.pacing.gates(run.now()) if run.pacing else ()
    left, why = gates.may_still_go(run.db, found) if found else (None, "")
    why = "" if left else why
    if found:
        mark_paced(run.db, run.recording(), why)
    if run.pacing:
        waiting = ledger.waits(run.db, run.route_no, run.now()) if why else ()
        run.pacing.describe(run.now(), sum(one.leads for one in waiting if one.reason == Reason.PACED), why)
    return left
