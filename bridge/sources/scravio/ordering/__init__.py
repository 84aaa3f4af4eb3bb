"""Scravio's service desk: what may be asked of it beyond reading leads, under one key. Asks nothing itself."""

import httpx

from bridge.api import Client
from bridge.lazy import dataclass
from bridge.sources.scravio.downloads import Downloads
from bridge.sources.scravio.exports import Exports
from bridge.sources.scravio.ordering.campaigns import Campaigns
from bridge.sources.scravio.ordering.credits import Credits
from bridge.sources.scravio.ordering.jobs import Jobs
from bridge.sources.scravio.ordering.validation import Validations


@dataclass(frozen=True, slots=True)
class Ordering:
    """The counters of the desk; `client` is shared with the reading of leads, so both keep one pace."""

    client: Client
    validations: Validations
    exports: Exports
    jobs: Jobs
    campaigns: Campaigns
    credits: Credits
    downloads: Downloads


def open_ordering(client: Client, base_url: str, transport: httpx.BaseTransport | None = None) -> Ordering:
    """The desk behind a client; `transport` replaces the network for downloads."""
    return Ordering(
        client,
        Validations(client),
        Exports(client),
        Jobs(client),
        Campaigns(client),
        Credits(client),
        Downloads(base_url, transport),
    )
