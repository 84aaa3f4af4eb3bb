"""How Inbox is opened: what the registry's entry stands for. Asks nothing."""

from collections.abc import Iterator, Mapping

from bridge.api import Client
from bridge.api.scalars import mapping, text
from bridge.destinations.base import Choice
from bridge.destinations.inbox import reading
from bridge.destinations.inbox.destination import InboxDestination

__all__ = ["destination", "headers", "targets"]

destination = InboxDestination


def headers(values: Mapping[str, str]) -> dict[str, str]:
    """The header that says who asks, from the values of Inbox's variables."""
    return {"Authorization": f"Bearer {values['INBOX_API_KEY']}"}


def workspace(client: Client) -> str:
    """The name of the team that the key opens."""
    return text(mapping(client.get("/team").data).get("name"))


def targets(client: Client) -> Iterator[Choice]:
    """The campaigns that still take leads; none where Inbox lists none under this key."""
    for one in reading.campaigns(client) or ():
        if one.name and one.status != "completed":
            yield Choice("inbox_campaign", one.name, one.id, note=one.status)
