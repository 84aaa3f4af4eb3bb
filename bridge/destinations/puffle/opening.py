"""How Puffle is opened: what the registry's entry stands for. Asks nothing."""

from collections.abc import Iterator, Mapping

from bridge.api import Client
from bridge.destinations.base import Choice
from bridge.destinations.puffle.campaigns import everything
from bridge.destinations.puffle.destination import PuffleDestination

__all__ = ["destination", "headers", "targets"]

destination = PuffleDestination


def headers(values: Mapping[str, str]) -> dict[str, str]:
    """The header that says who asks, from the values of Puffle's variables."""
    return {"Authorization": f"Bearer {values['PUFFLE_API_KEY']}"}


def targets(client: Client) -> Iterator[Choice]:
    """The drafts: no other campaign takes leads."""
    for one in everything(client):
        if one.name and one.is_open:
            yield Choice(
                "puffle_campaign", one.name, one.id, {"channel": one.type} if one.type else {}, f"{one.type} draft"
            )
