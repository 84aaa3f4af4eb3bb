"""How a target is called, for people and for JSON. Asks no vendor."""

from typing import Any

from bridge.ledger.core.bindings import KnownPlace
from bridge.ledger.views.standing import RouteRecord
from bridge.model import Target
from bridge.reports import numbers


def of_place(place: KnownPlace) -> str:
    """A target as its vendor knows it: `instantly campaign Fitness Q4`."""
    return f"{place.vendor} {place.kind} {place.title or place.id}"


def of_route(target: Target) -> str:
    """A target as bridge.toml names it."""
    return f"{target.vendor} {target.kind} {target.ref}"


def now_of(target: Target | None, record: RouteRecord) -> KnownPlace | None:
    """The target that bridge.toml means, by its ids; the latest one of a retired route. None before it was resolved."""
    return record.place if target is None else record.bindings.get(target.key)


def lines(target: Target | None, record: RouteRecord) -> list[str]:
    """Every target that leads went to, where the one that bridge.toml names does not have them all."""
    now = now_of(target, record)
    if all(one.place == now for one in record.sent):
        return []
    return [
        f"went to {of_place(one.place)}{'' if one.place == now else _EARLIER}: {numbers.states(one.states)}"
        for one in record.sent
    ]


_EARLIER = ", an earlier target of this route; they stay there"


def document(target: Target | None, record: RouteRecord) -> list[dict[str, Any]]:
    """The same as JSON, for every target."""
    now = now_of(target, record)
    return [
        {
            "target": of_place(one.place),
            "vendor": one.place.vendor,
            "workspace": one.place.workspace,
            "kind": one.place.kind,
            "id": one.place.id,
            "is_current": one.place == now,
            "states": dict(one.states),
        }
        for one in record.sent
    ]
