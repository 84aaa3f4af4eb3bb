"""How a target is called, for people and for JSON. Asks no vendor."""

from bridge.model import Target
from bridge.store.standing import KnownPlace


def of_place(place: KnownPlace) -> str:
    """A target as its vendor knows it: `instantly campaign Fitness Q4`."""
    return f"{place.vendor} {place.kind} {place.title or place.id}"


def of_route(target: Target) -> str:
    """A target as bridge.toml names it."""
    return f"{target.vendor} {target.kind} {target.ref}"
