"""Compares what a route's target means now with what the ledger is bound to. Asks no vendor.

A name that suddenly means another campaign, or a key that opens another workspace, would mail people twice: a person
must confirm it, by writing the target's id into bridge.toml. An id exists in one workspace only, so it names it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from bridge import ledger
from bridge.destinations.base import Standing
from bridge.errors import Denied
from bridge.ledger.core.bindings import Bindings, KnownPlace
from bridge.ledger.core.moves import has_moved
from bridge.ledger.marks import Memory
from bridge.ledger.views import standing as records
from bridge.model import DEFAULT_CLIENT, Place, Route, State


def refuse_other(db: ledger.Database, route_no: int, route: Route, standing: Standing) -> None:
    """Raises Denied where the target, as its vendor shows it now, is not one that the route may send to."""
    _compare(ledger.bindings(db), route_no, route, standing)


def is_bound(db: ledger.Database, route: Route, place: Place) -> bool:
    """Whether a route of the client delivers to this vendor already."""
    found = _of_client(ledger.bindings(db), route.client)
    return any(one.vendor == place.vendor for no, some in found.items() if no > 0 for one in some.values())


def note(db: ledger.Database, route: Route, place: Place, clients: Collection[str]) -> str:
    """Remember the workspace that the client's key opens, until its first lead binds it; how that differs from before.

    What was noted of a client that is none of `clients` any more is forgotten. Raises Denied where the workspace is
    that of another client.
    """
    memory = Memory(db, "workspace")
    for number, some in ledger.bindings(db).items():
        if number < 0 and some[""].client not in clients:
            memory.keep(f"{some[''].client}/{some[''].vendor}", {})
    refuse_owned(ledger.bindings(db), route, place)
    key = f"{route.client}/{place.vendor}"
    before = memory.recall(key).get("workspace", place.workspace)
    memory.keep(key, {"client": route.client, "vendor": place.vendor, "workspace": place.workspace})
    if before == place.workspace:
        return ""
    return f"The key opens workspace {place.workspace}; at the last check it was {before}."


def bind(db: ledger.Database, route_no: int, route: Route, standing: Standing) -> None:
    """Remember the target; compared in the same transaction, so that two hosts with two keys are never both first."""

    def agree(found: Bindings) -> None:
        _compare(found, route_no, route, standing)

    ledger.bind(db, route_no, route.target.key, standing.place, standing.title, agree, standing.continues)


def _compare(bindings: Bindings, route_no: int, route: Route, standing: Standing) -> None:
    place = standing.place
    refuse_workspace(bindings, route_no, route, place, standing.continues)
    bound = bindings.get(route_no, {}).get(route.target.key)
    if bound is not None and place.id and bound.id not in (place.id, *standing.continues):
        raise Denied(
            f'The target "{route.target.ref}" of route "{route.name}" now means another {place.kind} than before: '
            f"{place.id}, and it was {bound.id}.",
            hint=f"If that is intended, write the id {place.id} in place of the name in bridge.toml.",
            vendor=place.vendor,
        )


def refuse_workspace(
    bindings: Bindings, route_no: int, route: Route, place: Place, continues: Collection[str] = ()
) -> None:
    """Raises Denied where the route may not send into the workspace of `place`, which its key opens.

    A bound target stays in its workspace, a new target of a bound route in the route's workspaces. A route that is not
    bound goes where all others of its client go. `place.id`, or the id of a target that it `continues`, written in
    bridge.toml confirms any other workspace, but for another client's: only clients that share that one enter it.
    """
    mine = bindings.get(route_no, {})
    refuse_owned(bindings, route, place, bound=place.workspace in _workspaces([mine], place.vendor))
    bindings = _of_client(bindings, route.client)
    bound = mine.get(route.target.key)
    own = _workspaces([mine] if bound is None else [{"": bound}], place.vendor)
    known = own or _workspaces(bindings.values(), place.vendor)
    same = place.workspace in known and (bool(own) or len(known) == 1)
    named_by_id = route.target.ref.strip().lower() in {one.lower() for one in (place.id, *continues)}
    if known and not same and not (bound is None and named_by_id):
        raise _unnamed(route, known, place) if place.workspace in known else _other(route, own, known, place)


def refuse_owned(bindings: Bindings, route: Route, place: Place, *, bound: bool = False) -> None:
    """Raises Denied where the workspace is that of another client, unless both share it; `bound`: it was there."""
    here = (place.vendor, place.workspace)
    there = {one.client for some in bindings.values() for one in some.values() if (one.vendor, one.workspace) == here}
    if owners := route.kept_out_by(there, bound=bound):
        raise not_shared(route, min(owners), place)


def _of_client(bindings: Bindings, client: str) -> Bindings:
    return {no: some for no, some in bindings.items() if all(one.client == client for one in some.values())}


def not_shared(route: Route, owner: str, place: Place) -> Denied:
    """The route's client would enter a workspace that is another client's."""
    return Denied(
        f'Client "{route.client}" would deliver into workspace {place.workspace}, which is that of client "{owner}".',
        hint=f"Check the {place.vendor.upper()}_API_KEY of both. If they are meant to share it, write shared = true at "
        "both in [[clients]].",
        vendor=place.vendor,
    )


def _workspaces(bindings: Iterable[Mapping[str, KnownPlace]], vendor: str) -> list[str]:
    return list(dict.fromkeys(one.workspace for some in bindings for one in some.values() if one.vendor == vendor))


def _other(route: Route, own: list[str], known: list[str], place: Place) -> Denied:
    alone = route.client == DEFAULT_CLIENT
    whose = f'route "{route.name}"' if own else "this ledger" if alone else f'client "{route.client}"'
    return Denied(
        f"The key opens another workspace than {whose} delivers to: {place.workspace}, and it was "
        f"{' or '.join(known)}.",
        hint=f"Put the right {place.vendor.upper()}_API_KEY back. If the move is intended, {_confirm(place)}",
        vendor=place.vendor,
    )


def _unnamed(route: Route, known: list[str], place: Place) -> Denied:
    return Denied(
        f"This ledger delivers to several workspaces ({', '.join(known)}), and a target's name does not say "
        f'to which of them route "{route.name}" belongs. The key opens {place.workspace}.',
        hint=f"If that is the right one, {_confirm(place)}",
        vendor=place.vendor,
    )


def _confirm(place: Place) -> str:
    if not place.id:
        return f"create the {place.kind} there yourself and write its id in place of its name in bridge.toml."
    return f"write the target's id {place.id} in place of its name in bridge.toml."


def news(db: ledger.Database, route_no: int, route: Route, standing: Standing) -> Iterator[str]:
    """What a person should know of a target before the first lead goes there."""
    yield from filter(None, (changed(db, route_no, route, standing),))
    place, found = standing.place, _of_client(ledger.bindings(db), route.client)
    others = [one for one in _workspaces(found.values(), place.vendor) if one != place.workspace]
    if others and route.target.key not in found.get(route_no, {}):
        yield (
            f'The target of route "{route.name}" is in workspace {place.workspace}, and this ledger also delivers to '
            f'{" and ".join(others)}. Without dedupe = "everywhere", a person delivered there can go here too.'
        )


def changed(db: ledger.Database, route_no: int, route: Route, standing: Standing) -> str:
    """What becomes of the leads that went to an earlier target, until the first one goes to this; "" for no change."""
    sent = records.sent_to(db, route_no) if route_no else ()
    place = standing.place
    earlier = [one for one in sent if one.states.get(State.DELIVERED)]
    to_be_made = bool(standing.continues) and not place.id  # then it is said when the first lead goes there
    if (
        to_be_made
        or not earlier
        or (_is_bound(db, route_no, route, place) and has_moved(db, route_no))  # the leads moved on, not the route
        or any((one.place.workspace, one.place.id) == (place.workspace, place.id) for one in sent)
    ):
        return ""
    counts = " and ".join(
        f'{one.states[State.DELIVERED]:,} to the {one.place.kind} "{one.place.title or one.place.id}"'
        for one in earlier
    )
    minded = set(place.guarded(route.target.dedupe))
    again = (
        "the route sends none of them again."
        if route.target.dedupe == "everywhere" or all(minded.intersection(_scopes(one.place)) for one in earlier)
        else f'with dedupe = "{route.target.dedupe}", a person who is found again as another lead can go to the new '
        "target too."
    )
    return (
        f'The target of route "{route.name}" is now the {place.kind} "{standing.title}". Leads delivered before: '
        f"{counts}. They stay there, and {again}"
    )


def _is_bound(db: ledger.Database, route_no: int, route: Route, place: Place) -> bool:
    bound = ledger.bindings(db).get(route_no, {}).get(route.target.key)
    return bound is not None and bound.id == place.id


def _scopes(place: KnownPlace) -> tuple[str, ...]:
    return Place(place.vendor, place.workspace, place.kind, place.id).scopes
