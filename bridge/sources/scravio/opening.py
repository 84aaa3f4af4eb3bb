"""How Scravio is opened: what the registry's entry stands for. Asks nothing."""

from collections.abc import Mapping

from bridge.model import Source as Wanted
from bridge.sources.access import Access
from bridge.sources.scravio import client
from bridge.sources.scravio.client import Scravio
from bridge.sources.scravio.exporting import Exporting
from bridge.sources.scravio.ordering import Ordering, open_ordering
from bridge.sources.scravio.ordering.validation import Validations
from bridge.sources.scravio.source import ScravioSource


def headers(values: Mapping[str, str]) -> dict[str, str]:
    """The headers that say who asks, from the values of Scravio's variables."""
    return client.headers(values["SCRAVIO_API_KEY"], values["SCRAVIO_ACCESS_TOKEN"], values["SCRAVIO_WORKSPACE_ID"])


def source(access: Access, wanted: Wanted) -> ScravioSource:
    """The campaigns, read by pages or, where the source may have files made, by exports too."""
    del wanted
    api, extract = Scravio(access.client()), access.table.extract
    if access.memory is None or extract == "pages":
        return ScravioSource(api, access.table.at_once)
    desk = ordering(access)
    exporting = Exporting(desk.exports, desk.downloads, access.memory("scravio export"), extract)
    return ScravioSource(api, access.table.at_once, exporting)


def validating(access: Access) -> Validations:
    """What may be asked to validate the leads of a campaign."""
    return ordering(access).validations


def ordering(access: Access) -> Ordering:
    """What may be asked of Scravio beyond reading. Raises ConfigProblem where there is no key."""
    return open_ordering(access.client(), access.base_url, access.transport)
