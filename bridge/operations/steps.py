"""Single steps of an operator on a route, each under its lease: settle, give up, retry, reconcile. Decides nothing.

Like a whole run, a step returns whatever happened outside as a status; only a broken ledger raises.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Generic, TypeVar

from bridge.destinations.base import Destination
from bridge.errors import Busy, ConfigProblem
from bridge.lazy import dataclass
from bridge.model import Place, Route
from bridge.operations.audit import PlaceAudit, audit
from bridge.operations.retry import Retried, Wanted, retry
from bridge.sync.moving import settle_moves
from bridge.sync.route import status_after, with_route
from bridge.sync.run import Resources, Run
from bridge.sync.settling import Settled, give_up, settle
from bridge.sync.updating import settle_updates

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """One step on one route. `status` is ok, partial, blocked, busy or failed; `found` is None where it was busy."""

    route: str
    status: str
    found: T | None = None
    error: str = ""
    hint: str = ""
    client: str = ""


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


def blocked_step(route: Route, problem: ConfigProblem) -> Step[Any]:
    """The step on a route whose client has no usable keys."""
    return Step(route.name, "blocked", error=problem.message, hint=problem.hint, client=route.client)


def under_lease(
    resources: Resources,
    route: Route,
    step: Callable[[Run], Step[T]],
    destination: Destination | None = None,
    *,
    leased: bool = True,
) -> Step[T]:
    """Take a step on the route; "busy" where another process holds its lease."""
    try:
        with with_route(resources, route, destination, leased=leased) as run:
            return replace(step(run), client=route.client)
    except Busy as error:
        return Step(route.name, "busy", error=error.message, client=route.client)


def settle_route(resources: Resources, route: Route) -> Step[Settled]:
    """Only the settling of a run: turn doubts into certainty, send nothing."""

    def certain(run: Run) -> Step[Settled]:
        settle_moves(run)
        settle_updates(run)
        return _settled(route, settle(run))

    return under_lease(resources, route, certain)


def give_up_route(resources: Resources, route: Route, *, place: Place, force: bool = False) -> Step[Settled]:
    """End the route's doubts in a target that cannot be asked any more; `force` as in `give_up`."""
    return under_lease(resources, route, lambda run: _settled(route, give_up(run, place, force=force)))


def retry_route(resources: Resources, route: Route, *, wanted: Wanted) -> Step[Retried]:
    """Put what was given up back in line; the destination is not asked."""
    return under_lease(resources, route, lambda run: Step(route.name, "ok", retry(run, wanted)))


def reconcile_route(
    resources: Resources, route: Route, destination: Destination, *, repair: bool = False
) -> Step[Reconciled]:
    """Compare ledger and targets. Only a repair needs the lease: without one nothing is written, and syncs go on."""

    def compare(run: Run) -> Step[Reconciled]:
        found = Reconciled(tuple(audit(run, repair=repair)))
        if found.places and found.unread == len(found.places):
            first = found.places[0]
            return Step(route.name, "failed", found, first.error, first.hint)
        vague = any(place.unreadable for place in found.places)
        return Step(route.name, "partial" if found.unread or vague else "ok", found)

    return under_lease(resources, route, compare, destination, leased=repair)


def _settled(route: Route, found: Settled) -> Step[Settled]:
    if found.trouble is not None:
        return Step(route.name, status_after(found.trouble), found, found.trouble.message, found.trouble.hint)
    return Step(route.name, "partial" if found.left else "ok", found, found.unread if found.left else "")
