"""Single steps of an operator on a route, each under its lease: settle, retry, reconcile. Decides nothing itself.

Like a whole run, a step brings back whatever the world did as a status; only a broken ledger raises.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bridge import store
from bridge.destinations.base import Destination
from bridge.errors import Busy, VendorError
from bridge.model import Route
from bridge.sync.auditing import PlaceAudit, audit
from bridge.sync.retrying import Retried, Wanted, retry
from bridge.sync.route import status_after, with_route
from bridge.sync.run import Run, Workshop
from bridge.sync.settling import settle

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """One step on one route. `status` is ok, partial, blocked, busy or failed; `found` is None where it was busy."""

    route: str
    status: str
    found: T | None = None
    error: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the doubts, by state and reason, and how many are left.

    `ask_at` is when those left can be asked for again with effect: None where none is left.
    """

    became: dict[tuple[str, str], int]
    left: int = 0
    ask_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Every target of the route, compared."""

    places: tuple[PlaceAudit, ...] = ()

    @property
    def differences(self) -> int:
        """How many differences there are in all."""
        return sum(len(place.differences) for place in self.places)

    @property
    def unread(self) -> int:
        """How many targets could not be read."""
        return sum(bool(place.error) for place in self.places)


def settle_route(workshop: Workshop, route: Route, destination: Destination) -> Step[Settled]:
    """Only the settling of a run: turn doubts into certainty, send nothing."""
    try:
        with with_route(workshop, route, destination) as run:
            return _settle(run)
    except Busy as error:
        return Step(route.name, "busy", error=error.message)


def retry_route(workshop: Workshop, route: Route, destination: Destination, wanted: Wanted) -> Step[Retried]:
    """Put what was given up back in line; the destination is not asked."""
    try:
        with with_route(workshop, route, destination) as run:
            return Step(route.name, "ok", retry(run, wanted))
    except Busy as error:
        return Step(route.name, "busy", error=error.message)


def reconcile_route(
    workshop: Workshop, route: Route, destination: Destination, *, repair: bool = False
) -> Step[Reconciled]:
    """Compare ledger and targets. Only a repair needs the lease: without one nothing is written, and syncs go on."""
    try:
        with with_route(workshop, route, destination, leased=repair) as run:
            found = Reconciled(tuple(audit(run, repair=repair)))
    except Busy as error:
        return Step(route.name, "busy", error=error.message)
    if found.places and found.unread == len(found.places):
        first = found.places[0]
        return Step(route.name, "failed", found, first.error, first.hint)
    vague = any(place.unreadable for place in found.places)
    return Step(route.name, "partial" if found.unread or vague else "ok", found)


def _settle(run: Run) -> Step[Settled]:
    store.abandoned_to_doubt(run.ledger, run.recording())
    doubts = [doubt.delivery.id for doubt in store.doubts(run.ledger, run.route_no)]
    trouble: VendorError | None = None
    try:
        settle(run)
    except VendorError as error:
        trouble = error
    left = store.doubts(run.ledger, run.route_no)
    unsettled = {doubt.delivery.id for doubt in left}
    became = store.count_states(run.ledger, [one for one in doubts if one not in unsettled])
    settled = Settled(dict(became), len(left), _ask_at(run, left))
    if trouble is not None:
        return Step(run.route.name, status_after(trouble), settled, trouble.message, trouble.hint)
    return Step(run.route.name, "partial" if left else "ok", settled)


def _ask_at(run: Run, doubts: list[store.Doubt]) -> datetime | None:
    """When the first of the doubts is old enough for its absence to be believed; now where it is already."""
    wait = timedelta(seconds=run.workshop.doubt_wait)
    times = [max(run.now(), doubt.ended_at + wait) if doubt.ended_at else run.now() for doubt in doubts]
    return min(times, default=None)
