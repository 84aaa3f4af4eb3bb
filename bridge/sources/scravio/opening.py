"""How Scravio is opened: what the registry's entry stands for. Asks nothing."""

from collections.abc import Mapping

from bridge.sources.scravio import client


def headers(values: Mapping[str, str]) -> dict[str, str]:
    """The headers that say who asks, from the values of Scravio's variables."""
    return client.headers(values["SCRAVIO_API_KEY"], values["SCRAVIO_ACCESS_TOKEN"], values["SCRAVIO_WORKSPACE_ID"])
