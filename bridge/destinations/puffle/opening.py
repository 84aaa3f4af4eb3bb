"""How Puffle is opened: what the registry's entry stands for. Asks nothing by itself."""

from collections.abc import Mapping

from bridge.destinations.puffle.destination import PuffleDestination

__all__ = ["destination", "headers"]

destination = PuffleDestination


def headers(values: Mapping[str, str]) -> dict[str, str]:
    """The header that says who asks, from the values of Puffle's variables."""
    return {"Authorization": f"Bearer {values['PUFFLE_API_KEY']}"}
