"""How Instantly is opened: what the registry's entry stands for. Makes no request."""

from collections.abc import Mapping

from bridge.api import Client
from bridge.destinations.instantly.destination import InstantlyDestination
from bridge.destinations.instantly.lookups import plan_room
from bridge.model import Target

__all__ = ["destination", "headers", "plan_room"]


def headers(values: Mapping[str, str]) -> dict[str, str]:
    """The header that says who asks, from the values of Instantly's variables."""
    return {"Authorization": f"Bearer {values['INSTANTLY_API_KEY']}"}


def destination(client: Client, target: Target) -> InstantlyDestination:
    """A campaign or a lead list."""
    return InstantlyDestination(client, target)
