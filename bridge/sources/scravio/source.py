"""Scravio as a source of leads. How they come (pages, pages ahead of their use, export files) is its own matter."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bridge.errors import StopRequested, VendorError
from bridge.lazy import dataclass
from bridge.model import Source as Wanted
from bridge.model import SourceCampaign
from bridge.sources.base import Account, LeadPage, NotReady, Reader, Wants, look_of
from bridge.sources.scravio.client import Scravio
from bridge.sources.scravio.exporting import Exporting, Plan, Request, file_pages
from bridge.sources.scravio.prefetching import Prefetcher
from bridge.sources.scravio.table import UnreadableError


@dataclass(frozen=True, slots=True)
class ScravioSource:
    """Scravio under one key. `at_once` bounds the requests that read ahead; no `exporting`: by pages only."""

    api: Scravio
    at_once: int = 4
    exporting: Exporting | None = None
    name: str = "scravio"
    title: str = "Scravio"

    def account(self) -> Account:
        """Who the key belongs to."""
        return self.api.me()

    def campaigns(self, wanted: Wanted) -> Iterator[SourceCampaign]:
        """What Scravio lists. Only what it surely understands as we do is left to it: a single status, and `q`."""
        status = wanted.status[0] if len(wanted.status) == 1 else None
        return self.api.campaigns(
            status=status, q=wanted.q or None, created_from=wanted.created_from, created_to=wanted.created_to
        )

    def campaign(self, campaign_id: str) -> SourceCampaign:
        """One campaign as its detail reports it."""
        return self.api.campaign(campaign_id)

    def lead_pages(self, campaign: SourceCampaign, wants: Wants) -> Iterator[LeadPage]:
        """The leads by pages, each asked for when it is needed."""
        return self.api.lead_pages(campaign, wants)

    @contextmanager
    def ahead(self, campaigns: Sequence[SourceCampaign], wants: Wants) -> Iterator[Reader]:
        """A reader whose pages are read ahead, and that reads from export files where these take fewer requests."""
        exporting = self.exporting if wants.only_email else None
        plans = {one.id: exporting.plan(one, look_of(one, wants)) if exporting else Plan() for one in campaigns}
        paged = [one for one in campaigns if not (plans[one.id].request or plans[one.id].wait)]
        with Prefetcher(self.api, paged, wants, self.at_once) as prefetched:
            yield _Reader(self, prefetched, {one.id for one in paged}, plans)


@dataclass(slots=True)
class _Reader:
    """Reads each campaign once as planned, and by pages if it is asked for again."""

    source: ScravioSource
    prefetched: Prefetcher
    paged: set[str]
    plans: dict[str, Plan]

    def campaign(self, campaign_id: str) -> SourceCampaign:
        """The detail, as it was read behind the last page where that was read ahead."""
        if campaign_id in self.paged:
            return self.prefetched.detail(campaign_id)
        return self.source.campaign(campaign_id)

    def lead_pages(self, campaign: SourceCampaign, wants: Wants) -> Iterator[LeadPage]:
        """The leads as planned. Raises NotReady where they are to be read by a later run."""
        plan = self.plans.pop(campaign.id, Plan())
        if plan.wait:
            raise NotReady(plan.wait)
        if plan.note:
            yield LeadPage((), 0, notes=(plan.note,))
        if plan.request is not None and self.source.exporting is not None:
            yield from self._exported(self.source.exporting, plan.request, campaign, wants)
        elif self.prefetched.is_unread(campaign.id):
            yield from self.prefetched.pages(campaign)
        else:
            self.paged.discard(campaign.id)
            yield from self.source.lead_pages(campaign, wants)

    def _exported(
        self, exporting: Exporting, request: Request, campaign: SourceCampaign, wants: Wants
    ) -> Iterator[LeadPage]:
        with tempfile.TemporaryDirectory(prefix="leadbridge-") as folder:
            try:
                file = exporting.fetched(campaign, request, Path(folder) / "export.csv")
            except UnreadableError as error:
                why = f"because its export cannot be used: {error}."
            except VendorError as error:
                if isinstance(error, StopRequested) or error.vendor != self.source.name:
                    raise
                why = f"because its export was not received: {error.message}"
            else:
                yield from file_pages(file, campaign)
                return
        yield LeadPage((), 0, notes=(f'"{campaign.title}" is read by pages, {why}',))
        yield from self.source.lead_pages(campaign, wants)
