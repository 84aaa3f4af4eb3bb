"""The calls to Scravio: account, campaigns and leads, page by page. Only reads, and keeps no more than two pages."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Generic, Protocol, Self, TypeVar
from urllib.parse import quote

import structlog

from bridge.api import Client, bodies
from bridge.errors import Unavailable
from bridge.lazy import dataclass
from bridge.model import Lead, SourceCampaign
from bridge.sources.base import EMAIL, Account, LeadPage, Totals, Wants
from bridge.sources.scravio import rows
from bridge.sources.scravio.reading import (
    platform_of,
    read_account,
    read_campaign,
    read_lead,
    read_rows,
    read_totals,
    unwrapped,
)

PER_PAGE = 100
"""Asked for; documented as the most for campaigns, unknown for leads. What is granted counts (scravio.md §4)."""

MOST_PAGES = 100_000
"""A million leads, the most a campaign may have, ten to a page."""

Row = TypeVar("Row", Lead, "SourceCampaign | None")
log = structlog.get_logger(__name__)


def headers(api_key: str, access_token: str = "", workspace_id: str = "") -> dict[str, str]:
    """The headers that say who asks: the key, or a user's token where there is no key, and the workspace if named."""
    said = {"X-API-Key": api_key} if api_key else {"Authorization": f"Bearer {access_token}"}
    return {**said, "X-Workspace-Id": workspace_id} if workspace_id else said


class Scravio:
    """Scravio under one key. Every call raises the VendorErrors of `Client`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def me(self) -> Account:
        """Who the key belongs to, and whether addresses come masked."""
        account = read_account(self._client.get("/auth/me").data)
        if account is None:
            raise _nonsense("GET /auth/me")
        return account

    def campaigns(
        self,
        *,
        status: str | None = None,
        type: str | None = None,  # noqa: A002 - the vendor's word
        q: str | None = None,
        sort_by: str | None = None,
        order: str | None = None,
        created_from: datetime | None = None,
        created_to: datetime | None = None,
    ) -> Iterator[SourceCampaign]:
        """Every campaign the filters let through, each once; a row without an id is left out, and logged.

        Raises Unavailable where the list ends although more was to come: who is missing then is not known to be gone.
        """
        asked = {
            "status": status,
            "type": type,
            "q": q,
            "sortBy": sort_by,
            "order": order,
            "from": created_from.isoformat() if created_from else None,
            "to": created_to.isoformat() if created_to else None,
        }
        seen: set[str] = set()
        for page in self._pages("/campaigns", asked, read_campaign, None):
            if not page.rows:
                raise Unavailable(
                    "Scravio's answer to GET /campaigns may be incomplete: its pages end before its own count.",
                    hint="Run the same command again later.",
                    vendor="scravio",
                )
            for campaign in page.rows:
                if campaign is None:
                    log.warning("campaign_unreadable", page=page.number)
                elif campaign.id not in seen:
                    seen.add(campaign.id)
                    yield campaign

    def campaign(self, campaign_id: str) -> SourceCampaign:
        """One campaign with all its counts. Raises Refused with status 404 where it is gone or not yours."""
        path = f"/campaigns/{quote(campaign_id, safe='')}"
        campaign = read_campaign(unwrapped(self._client.get(path).data, "campaign"))
        if campaign is None or campaign.id != campaign_id:
            raise _nonsense(f"GET {path}")
        return campaign

    def lead_page(self, campaign_id: str, number: int, wants: Wants = EMAIL, kind: str = "") -> LeadPage:
        """One page of the campaign's leads that are wanted, oldest first; without leads behind the last one.

        `kind` is the type of the campaign: it decides the platform where Scravio leaves that out.
        """
        # The default order (hasEmail) is no stable one: scravio.md §4.
        asked = {**_filter(wants, kind), "sortBy": "scrapedAt", "order": "asc"}
        path = _leads_path(campaign_id)
        page = self._page(path, asked, lambda row: read_lead(row, campaign_id, kind), number, rows.decoded)
        totals = page.totals
        return LeadPage(tuple(page.rows), number, totals.total_count, totals.total_pages, totals.per_page)

    def lead_pages(
        self, campaign: SourceCampaign, wants: Wants = EMAIL, fetch: Callable[[int], LeadPage] | None = None
    ) -> Iterator[LeadPage]:
        """The campaign's leads that are wanted, oldest first, a page at a time.

        Rows may move while a campaign grows: a lead can come twice. How many leads there should be by the campaign's
        own count costs a request only where the totals of a full page claim fewer. `fetch` is asked for the pages in
        place of `lead_page`, in order: who reads ahead has them already.
        """
        ask = fetch or (lambda number: self.lead_page(campaign.id, number, wants, campaign.type))
        expected = campaign.emails if wants.only_email else campaign.profiles if "email" in wants.identities else None
        yield from _in_order(_leads_path(campaign.id), ask, expected)

    def _pages(
        self, path: str, asked: dict[str, Any], read: Callable[[Any], Row], expected: int | None
    ) -> Iterator["_Page[Row]"]:
        yield from _in_order(path, lambda number: self._page(path, asked, read, number), expected)

    def _page(
        self,
        path: str,
        asked: dict[str, Any],
        read: Callable[[Any], Row],
        number: int,
        decode: Callable[[bytes], Any] = bodies.decoded,
    ) -> "_Page[Row]":
        body = self._client.get(path, {**asked, "page": number, "perPage": PER_PAGE}, decode).data
        found = read_rows(body)
        if found is None:
            raise _nonsense(f"GET {path}")
        return _Page([read(row) for row in found], number, read_totals(body))


@dataclass(frozen=True, slots=True)
class _Page(Generic[Row]):
    rows: list[Row]
    number: int
    totals: Totals

    @property
    def ids(self) -> list[str]:
        """The ids of its rows, "" for one that cannot be read."""
        return [row.id if row else "" for row in self.rows]

    def emptied(self) -> Self:
        """The same page without its rows."""
        return replace(self, rows=[])


class _Paged(Protocol):
    """What is needed of a page to know whether another follows."""

    @property
    def ids(self) -> list[str]: ...
    @property
    def totals(self) -> Totals: ...
    def emptied(self) -> Self: ...


Paged = TypeVar("Paged", bound=_Paged)


def _in_order(path: str, ask: Callable[[int], Paged], expected: int | None) -> Iterator[Paged]:
    """Every page that is not empty, until the end. The same page twice running ends it: `page` was ignored.

    Where nothing follows a full page, or comes at all, although more was promised, the last page is an empty one.
    """
    so_far, before, full = 0, None, True
    for number in range(1, MOST_PAGES + 1):
        page = ask(number)
        ids = page.ids
        if not ids or ids == before:
            promised = expected if page.totals.total_count is None else page.totals.total_count
            if full and (promised or 0) > so_far:
                yield page.emptied()
            return
        yield page
        so_far, before, full = so_far + len(ids), ids, _is_full(page.totals, len(ids))
        if is_last(number, len(ids), so_far, page.totals, expected):
            return
    raise Unavailable(f"GET {path} never ends: {MOST_PAGES} pages and still more.", vendor="scravio")


def _is_full(totals: Totals, rows: int) -> bool:
    return totals.per_page is None or rows >= totals.per_page


def is_last(number: int, rows: int, so_far: int, totals: Totals, expected: int | None) -> bool:
    """Whether nothing follows page `number` with its `rows`, after `so_far` rows in all.

    Believes the totals where they agree with what was read, so that n leads cost n/100 requests. Where they are
    missing or contradict it, the next page is asked for while this one is full: an empty page is the only sure end.
    """
    full = _is_full(totals, rows)
    if totals.total_pages is not None and number < totals.total_pages:
        return False
    if totals.total_count is None or so_far > totals.total_count:
        return not full
    if so_far < totals.total_count:
        return False
    return not (full and expected is not None and expected > so_far)


def _filter(wants: Wants, kind: str) -> dict[str, Any]:
    """Scravio filters by one platform at most, and knows no "or": what else is wanted needs every lead.

    Leads that do not name their platform might be filtered out: those of the campaign's own are not filtered.
    """
    if wants.only_email:
        return {"hasEmail": True}
    wanted = next(iter(wants.identities)) if len(wants.identities) == 1 else platform_of(kind)
    return {} if wanted == platform_of(kind) else {"platform": wanted}


def _leads_path(campaign_id: str) -> str:
    return f"/campaigns/{quote(campaign_id, safe='')}/leads"


def _nonsense(request: str) -> Unavailable:
    return Unavailable(
        f"Scravio answered {request} with JSON of an unknown shape.",
        hint="Check SCRAVIO_BASE_URL, then run `leadbridge check`.",
        vendor="scravio",
        status=200,
    )
