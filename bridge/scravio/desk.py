"""Scravio's service desk: what may be asked of it beyond reading leads, under one key. Asks nothing itself."""

from dataclasses import dataclass

import httpx

from bridge.api import Client
from bridge.scravio.campaigns import Campaigns
from bridge.scravio.credits import Credits
from bridge.scravio.downloads import Downloads
from bridge.scravio.exports import Exports
from bridge.scravio.jobs import Jobs
from bridge.scravio.validation import Validations


@dataclass(frozen=True, slots=True)
class Desk:
    """The counters of the desk; `client` is shared with the reading of leads, so both keep one pace."""

    client: Client
    validations: Validations
    exports: Exports
    jobs: Jobs
    campaigns: Campaigns
    credits: Credits
    downloads: Downloads


def open_desk(client: Client, base_url: str, transport: httpx.BaseTransport | None = None) -> Desk:
    """The desk behind a client; `transport` replaces the network for downloads."""
    return Desk(
        client,
        Validations(client),
        Exports(client),
        Jobs(client),
        Campaigns(client),
        Credits(client),
        Downloads(base_url, transport),
    )
