"""Compares what a route's target means now with what the ledger is bound to. Asks no vendor, writes nothing.

A name that suddenly means another campaign, or a key that opens another workspace, would mail people twice: a person
must confirm it, by writing the target's id into bridge.toml.
"""

from bridge import store
from bridge.destinations.base import Standing
from bridge.errors import Denied
from bridge.model import Place, Route, State
from bridge.store import standing as records
from bridge.store.standing import KnownPlace


def refuse_other(ledger: store.Database, route_no: int, route: Route, standing: Standing) -> None:
    """Raises Denied where the target, as its vendor tells it now, is not the one that the route is bound to."""
    found = records.bindings(ledger, route_no) if route_no else {}
    place, bound = standing.place, found.get(route.target.key)
    if bound is None:
        others = [one for one in found.values() if one.vendor == place.vendor]
        confirmed = route.target.ref.strip() == place.id
        if others and not confirmed and all(one.workspace != place.workspace for one in others):
            raise _other_workspace(route, others[-1], standing)
    elif bound.workspace != place.workspace:
        raise _other_workspace(route, bound, standing)
    elif place.id and bound.id != place.id:
        raise Denied(
            f'The target "{route.target.ref}" of route "{route.name}" now means another {place.kind} than before: '
            f"{place.id}, and it was {bound.id}.",
            hint=f"If that is intended, write the id {place.id} in place of the name in bridge.toml.",
            vendor=place.vendor,
        )


def _other_workspace(route: Route, bound: KnownPlace, standing: Standing) -> Denied:
    place = standing.place
    confirm = f"write the target's id {place.id} in place of its name" if place.id else "name the target by its id"
    return Denied(
        f'The key opens another workspace than route "{route.name}" delivers to: {place.workspace}, and it was '
        f"{bound.workspace}.",
        hint=f"Put the right {place.vendor.upper()}_API_KEY back. If the move is intended, {confirm} in bridge.toml.",
        vendor=place.vendor,
    )


def changed(ledger: store.Database, route_no: int, route: Route, standing: Standing) -> str:
    """What becomes of the leads that went to an earlier target, until the first one goes to this; "" for no change."""
    sent = records.sent_to(ledger, route_no) if route_no else ()
    place = standing.place
    earlier = [one for one in sent if one.states.get(State.DELIVERED)]
    if not earlier or any((one.place.workspace, one.place.id) == (place.workspace, place.id) for one in sent):
        return ""
    counts = " and ".join(
        f'{one.states[State.DELIVERED]:,} to the {one.place.kind} "{one.place.title or one.place.id}"'
        for one in earlier
    )
    minded = set(place.guarded(route.target.dedupe))
    again = (
        "the route sends none of them again."
        if all(minded.intersection(_scopes(one.place)) for one in earlier)
        else f'with dedupe = "{route.target.dedupe}", a person who is found again as another lead can go to the new '
        "target too."
    )
    return (
        f'The target of route "{route.name}" is now the {place.kind} "{standing.title}". Leads delivered before: '
        f"{counts}. They stay there, and {again}"
    )


def _scopes(place: KnownPlace) -> tuple[str, ...]:
    return Place(place.vendor, place.workspace, place.kind, place.id).scopes
