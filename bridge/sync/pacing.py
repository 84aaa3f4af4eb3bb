"""Keeps the push of a run to the pace of its route, and says who waits for it. Sends nothing."""

from datetime import timedelta

from bridge import ledger
from bridge.destinations.base import Capacity, HasCapacity, Standing
from bridge.errors import Denied, VendorError
from bridge.ledger.core import gates
from bridge.ledger.core.gates import AHEAD, Gate
from bridge.ledger.core.ordering import turns_of
from bridge.ledger.core.pacing import mark_paced
from bridge.ledger.marks import Memory
from bridge.model import Place, Reason, State
from bridge.sync.pace import Ahead, Pacing, fair_shares
from bridge.sync.run import Run

UNSEEN = timedelta(hours=1)
"""How long a vendor's counts may lack what was just added: its views contradict each other for a while."""

_HINT = "To send without knowing it, remove pace.ahead from the route; pace.per_day reads nothing."


def open_pacing(run: Run, standing: Standing, ready: int) -> None:
    """Learn what the pace lets go of so many leads, and in which order.

    Raises VendorError where the target's capacity cannot be read.
    """
    if run.route.pace.unset:
        return
    pacing = run.pacing = Pacing(run.route.pace, run.route_no)
    if pacing.pace.ahead is not None:
        _read_capacity(run, standing, pacing, pacing.pace.ahead)
    best = pacing.pace.order == "best"
    turns = turns_of(run.db, run.route_no, run.route.name, run.id) if best else None
    pacing.put_in_line(run.now(), ready, turns)


def _read_capacity(run: Run, standing: Standing, pacing: Pacing, days: int) -> None:
    try:
        pacing.ahead = _look_ahead(run, standing.place, days, _capacity(run, standing))
    except VendorError as error:
        mark_paced(run.db, run.recording(), f"{AHEAD}: it is not known how many the target can start")
        error.message = f"How many leads can be started is not known (pace.ahead), so none is sent: {error.message}"
        error.hint = error.hint if "pace." in error.hint else f"{error.hint} {_HINT}".strip()
        raise


def _capacity(run: Run, standing: Standing) -> Capacity:
    destination = run.destination
    if not isinstance(destination, HasCapacity):
        raise Denied(f"{standing.vendor or destination.name} does not say how many its senders can start.")
    return destination.capacity(standing.place)


def _look_ahead(run: Run, place: Place, days: int, capacity: Capacity) -> Ahead:
    """What is left of the capacity, and our part of it. Routes of all clients into this target share it."""
    now = run.now()
    sharing = _sharing(run, place)
    with run.db.read() as connection:
        unseen = _unseen(run, place, capacity.total)
        since = now - timedelta(days=days)
        had = {route_no: gates.passed(connection, since, route_no, place) for route_no in sharing}
        counted = gates.passed(connection, now, 0, place), gates.passed(connection, now, run.route_no, place)
    room = max(0, capacity.within(days) - capacity.waiting - unseen)
    begun = gates.begun(run.db)
    # Of a route that never ran it is not known how many leads it has: its part waits for it.
    ready = {
        route_no: ledger.tally(run.db, route_no).states[State.READY]
        if route_no == run.route_no or route_no in begun
        else room
        for route_no in sharing
    }
    share = fair_shares(room, ready, had).get(run.route_no, 0)
    # What has been counted at this moment is in the numbers above; only what is claimed from now on takes of them.
    ours = Gate(share + counted[1], now, AHEAD, run.route_no, place)
    return Ahead(
        capacity, capacity.waiting + unseen, room, share, ready, (Gate(room + counted[0], now, AHEAD, 0, place), ours)
    )


def _sharing(run: Run, place: Place) -> list[int]:
    """The numbers of the routes that look ahead and whose target is this one, of whatever client.

    Those that the ledger has never seen have numbers below zero.
    """
    names, bound, found = ledger.route_names(run.db), ledger.bindings(run.db), {run.route_no}
    for at, (name, route) in enumerate(run.resources.routes.items(), 1):
        here = bound.get(names.get(name, 0), {}).get(route.target.key)
        if here is None:  # it never sent: the same wording under the same keys is the same target
            one = not run.route.kept_out_by([route.client])
            is_same = one and route.target.key == run.route.target.key
        else:
            is_same = Place(here.vendor, here.workspace, here.kind, here.id) == place
        if route.pace.ahead is not None and is_same:
            found.add(names.get(name, -at))
    return sorted(found)


def _unseen(run: Run, place: Place, total: int) -> int:
    """How many leads went there that the vendor's count of `total` does not show yet, by what it showed before."""
    memory = Memory(run.db, f"{place.vendor}:{place.workspace}:{place.id}")
    before = memory.recall("expected leads")
    now = run.now()
    with run.db.read() as connection:
        recent = gates.passed(connection, now - UNSEEN, 0, place)
        since = ledger.moment(before.get("at", 0)) or now - UNSEEN
        expected = before.get("leads", total) + gates.passed(connection, since, 0, place)
    unseen = min(recent, max(0, expected - total)) if before else recent
    memory.keep("expected leads", {"leads": total + unseen, "at": ledger.milliseconds(now)})
    return unseen


def at_most(run: Run, leads: int) -> int:
    """How many of so many leads the pace lets go now."""
    found = run.pacing.gates(run.now()) if run.pacing else ()
    return min(leads, gates.may_still_go(run.db, found)[0]) if found else leads


def is_closed(run: Run) -> bool:
    """Whether no lead may go any more now."""
    return not at_most(run, 1)


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
        queue = sum(one.leads for one in waiting if one.reason == Reason.PACED)
        ends = gates.expiring(run.db, run.route_no, run.pacing.line.until) if queue else ()
        run.pacing.describe(run.now(), run.sent, queue, why, ends)
        if late := run.pacing.said["expiring"]:
            run.warn(
                f"{late:,} of the leads that wait for the pace lose their validation before their turn. Validate them "
                "again in time, or raise the pace or rules.max_validation_age."
            )
    return left
