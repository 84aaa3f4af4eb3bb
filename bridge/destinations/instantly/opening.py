"""How Instantly is opened: what the registry's entry stands for. Makes no request."""

from collections.abc import Iterator, Mapping

from bridge.api import Client
from bridge.api.scalars import mapping, text
from bridge.destinations.base import Choice
from bridge.destinations.instantly.destination import InstantlyDestination
from bridge.destinations.instantly.lookups import listing, plan_room
from bridge.destinations.instantly.target import PATHS, read_spot
from bridge.model import Target

__all__ = ["destination", "headers", "plan_room", "targets", "workspace"]

_PAGES = 5  # a person chooses from so many hundreds


def headers(values: Mapping[str, str]) -> dict[str, str]:
    """The header that says who asks, from the values of Instantly's variables."""
    return {"Authorization": f"Bearer {values['INSTANTLY_API_KEY']}"}


def workspace(client: Client) -> str:
    """The name of the workspace that the key opens."""
    return text(mapping(client.get("/workspaces/current").data).get("name"))


def targets(client: Client) -> Iterator[Choice]:
    """Every campaign and lead list."""
    for kind in PATHS:
        for rows in listing(client, PATHS[kind], {}, _PAGES):
            for spot in (read_spot(row, kind) for row in rows):
                yield Choice(f"instantly_{kind}", spot.name, spot.id, note=spot.state if kind == "campaign" else "")


def destination(client: Client, target: Target) -> InstantlyDestination:
    """A campaign or a lead list."""
    return InstantlyDestination(client, target)
