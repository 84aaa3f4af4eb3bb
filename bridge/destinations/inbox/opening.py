"""How Inbox is opened: what the registry's entry stands for. Asks nothing by itself."""

from collections.abc import Mapping

from bridge.destinations.inbox.destination import InboxDestination

__all__ = ["destination", "headers"]

destination = InboxDestination


def headers(values: Mapping[str, str]) -> dict[str, str]:
    """The header that says who asks, from the values of Inbox's variables."""
    return {"Authorization": f"Bearer {values['INBOX_API_KEY']}"}
