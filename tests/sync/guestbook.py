"""The source of docs/add-a-vendor.md: a guestbook in memory, whose pages are campaigns."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from bridge.config.table import Text
from bridge.config.vendor import Vendor, folder
from bridge.config.vendor_tables import PaceTable, SourceTable
from bridge.errors import Refused
from bridge.model import Lead, Source, SourceCampaign
from bridge.sources.access import Access
from bridge.sources.base import Account, LeadPage, Wants

PAGES = {"may": ["ann@example.com", "bob@example.org"], "june": ["eve@example.net"]}


class Guestbook:
    """The guests on each page, all of them valid."""

    name, title = "guestbook", "the guestbook"

    def account(self) -> Account:
        return Account()

    def campaigns(self, wanted: Source) -> Iterator[SourceCampaign]:
        return (self.campaign(f"guestbook:{page}") for page in PAGES)

    def campaign(self, campaign_id: str) -> SourceCampaign:
        page = campaign_id.removeprefix("guestbook:")
        if page not in PAGES:
            raise Refused(f"The page {page} is gone.", vendor=self.name, status=404)
        return SourceCampaign(campaign_id, page, "GUESTS", fingerprint={"guests": len(PAGES[page])})

    def lead_pages(self, campaign: SourceCampaign, wants: Wants) -> Iterator[LeadPage]:
        guests = PAGES[campaign.title]
        yield LeadPage(tuple(Lead(one, campaign.id, email=one, validation="valid") for one in guests), 1)


def source(access: Access, wanted: Source) -> Guestbook:
    return Guestbook()


class GuestbookSelection(SourceTable):
    KEY: ClassVar = "guestbook"

    guestbook: Text = Field("", description="Pages of the guestbook; * and ? stand for any text.")


PACE, SOURCES = PaceTable, GuestbookSelection

GUESTBOOK = Vendor(
    name="guestbook",
    title="the guestbook",
    tables=folder("tests.sync.guestbook"),
    code=folder("tests.sync.guestbook"),
)
