"""Pages are read to their true end, with as few requests as the totals allow, however the totals lie."""

import math
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.api import Client, Throttle
from bridge.errors import Refused, Unavailable
from bridge.model import SourceCampaign
from bridge.sources.base import Wants, look_of
from bridge.sources.scravio.client import Scravio, headers
from tests.wire.conftest import Wire


class Shelf:
    """Serves `count` rows in pages of at most `granted`, with totals as `lie` makes them."""

    def __init__(self, count, granted=100, lie=lambda totals: totals, *, deaf=False):
        self.rows = [{"_id": f"id{n}", "email": f"p{n}@example.com"} for n in range(count)]
        self.granted, self.lie, self.deaf = granted, lie, deaf
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        page = 1 if self.deaf else int(request.url.params["page"])
        size = min(int(request.url.params["perPage"]), self.granted)
        totals = {
            "totalCount": len(self.rows),
            "totalPages": math.ceil(len(self.rows) / size),
            "currentPage": page,
            "perPage": size,
        }
        rows = self.rows[(page - 1) * size : page * size]
        return httpx.Response(200, json={"items": rows, "pagination": self.lie(totals)})


def scravio_over(wire):
    transport = httpx.MockTransport(wire)
    return Scravio(
        Client("scravio", "https://s.example/api", {}, throttle=Throttle(1_000_000), transport=transport, patience=0)
    )


def sweep(shelf, expected=None):
    pages = list(scravio_over(shelf).lead_pages(SourceCampaign("c1", emails=expected)))
    return [lead.id for page in pages for lead in page.leads]


def everything(shelf):
    return [row["_id"] for row in shelf.rows]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 200, 450])
@pytest.mark.parametrize("granted", [10, 20, 100])
def test_honest_totals_cost_the_fewest_requests(count, granted):
    """Reading n leads in pages of g costs n/g requests, and an empty campaign one."""
    shelf = Shelf(count, granted)
    assert sweep(shelf, expected=count) == everything(shelf)
    assert len(shelf.requests) == max(1, math.ceil(count / granted))


@settings(deadline=None, max_examples=120)
@given(
    count=st.integers(0, 120),
    granted=st.sampled_from([7, 10, 20, 50, 100]),
    missing=st.sets(st.sampled_from(["totalCount", "totalPages", "perPage", "currentPage"])),
    more=st.integers(0, 40),
)
def test_totals_that_are_missing_or_too_high_lose_nothing(count, granted, missing, more):
    """Without totals, or with ones that promise more than there is, every row is read and the end is found."""

    def lie(totals):
        lied = {**totals, "totalCount": totals["totalCount"] + more, "totalPages": totals["totalPages"] + more // 10}
        return {name: value for name, value in lied.items() if name not in missing}

    shelf = Shelf(count, granted, lie)
    assert sweep(shelf) == everything(shelf)
    assert len(shelf.requests) <= math.ceil(count / granted) + 2


@pytest.mark.parametrize(
    "lie",
    [
        lambda t: {**t, "totalPages": 1},
        lambda t: {**t, "totalPages": 0, "totalCount": 0},
        lambda t: {**t, "totalPages": None, "totalCount": None},
        lambda t: {**t, "totalPages": "1", "totalCount": "20"},
        lambda t: {**t, "totalPages": -1, "totalCount": 1.5},
        lambda t: None,
        lambda t: [],
    ],
)
def test_totals_that_contradict_the_rows_are_not_believed(lie):
    """Totals below what was already read do not end a sweep while its pages are full."""
    shelf = Shelf(55, 20, lie)
    assert sweep(shelf, expected=55) == everything(shelf)


def test_the_campaigns_own_count_uncovers_totals_that_end_on_a_full_page():
    """Totals that agree with a first full page are doubted only when the campaign says there should be more."""
    shelf = Shelf(250, 100, lambda t: {**t, "totalPages": 1, "totalCount": 100})
    assert len(sweep(shelf)) == 100
    assert sweep(shelf, expected=250) == everything(shelf)


def test_a_server_that_ignores_page_ends_the_sweep():
    """The same rows twice running are the end, not a campaign without end."""
    shelf = Shelf(500, 100, deaf=True)
    assert len(sweep(shelf)) == 100
    assert len(shelf.requests) == 2


def test_a_sweep_asks_for_addresses_in_a_stable_order():
    """Asked are leads with an e-mail, a hundred a page, oldest first."""
    shelf = Shelf(1)
    sweep(shelf)
    assert shelf.requests[0].url.path == "/api/campaigns/c1/leads"
    assert dict(shelf.requests[0].url.params) == {
        "hasEmail": "true",
        "sortBy": "scrapedAt",
        "order": "asc",
        "page": "1",
        "perPage": "100",
    }


@pytest.mark.parametrize(
    ("identities", "asked", "word"),
    [({"email"}, {"hasEmail": "true"}, "hasEmail"), ({"x"}, {"platform": "x"}, "x"), ({"email", "x"}, {}, "email+x")],
)
def test_leads_are_asked_for_as_routes_can_use_them(identities, asked, word):
    """For e-mail only those with one; for one platform its leads; for both everything, and the look says which."""
    wire = Wire(httpx.Response(200, json={"items": []}))
    wants = Wants(frozenset(identities))
    list(scravio_over(wire).lead_pages(SourceCampaign("c1"), wants))
    query = dict(wire.requests[0].url.params)
    assert {name: query[name] for name in ("hasEmail", "platform") if name in query} == asked
    reported = look_of(SourceCampaign("c1", fingerprint={"status": "done"}), wants)
    assert reported == f'{{"asked":"{word}","status":"done"}}'


def test_broken_rows_do_not_end_a_page():
    """A page keeps every row: broken ones as leads with a problem."""
    wire = Wire(httpx.Response(200, json={"items": [None, {"_id": "1"}, "x"], "pagination": {"totalCount": 3}}))
    leads = next(scravio_over(wire).lead_pages(SourceCampaign("c1"))).leads
    assert [bool(lead.problem) for lead in leads] == [True, False, True]


@pytest.mark.parametrize("body", [{"error": "no"}, {"items": 7}, "fine", {"data": []}])
def test_a_200_without_a_list_is_no_empty_campaign(body):
    """instantly.md pitfall 10 holds here too: an error inside a 200 must not look like a campaign without leads."""
    with pytest.raises(Unavailable, match="unknown shape"):
        list(scravio_over(Wire(httpx.Response(200, json=body))).lead_pages(SourceCampaign("c1")))


@pytest.mark.parametrize("body", [{"items": None}, {"items": []}, [], {"data": {"items": []}}])
def test_an_empty_list_is_an_empty_campaign(body):
    """Every way to say that there is nothing costs one request."""
    wire = Wire(httpx.Response(200, json=body))
    assert list(scravio_over(wire).lead_pages(SourceCampaign("c1"))) == []
    assert len(wire.requests) == 1


def test_campaigns_come_once_each_with_the_filters_asked():
    """A campaign that moved to the next page is not given twice; unset filters are not sent."""
    first = {
        "items": [{"_id": "a"}, {"_id": "b"}, {"title": "no id"}],
        "pagination": {"totalCount": 4, "totalPages": 2},
    }
    second = {"items": [{"_id": "b"}, {"_id": "c"}], "pagination": {"totalCount": 4, "totalPages": 2}}
    wire = Wire(httpx.Response(200, json=first), httpx.Response(200, json=second), httpx.Response(200, json=[]))
    scravio = scravio_over(wire)
    since = datetime(2026, 10, 1, tzinfo=UTC)
    assert [c.id for c in scravio.campaigns(status="fully_completed", created_from=since)] == ["a", "b", "c"]
    assert dict(wire.requests[0].url.params) == {
        "status": "fully_completed",
        "from": "2026-10-01T00:00:00+00:00",
        "page": "1",
        "perPage": "100",
    }


@pytest.mark.parametrize("wrap", [lambda c: c, lambda c: {"campaign": c}])
def test_one_campaign_in_both_wrappers(wrap):
    """The detail is read bare or wrapped, and its id cannot leave its place in the path."""
    wire = Wire(httpx.Response(200, json=wrap({"_id": "a/../b", "title": "T"})))
    assert scravio_over(wire).campaign("a/../b").title == "T"
    assert wire.requests[0].url.raw_path == b"/api/campaigns/a%2F..%2Fb"


@pytest.mark.parametrize("body", [{}, {"campaign": None}, {"_id": "another"}, [], "x"])
def test_another_campaign_is_not_taken_for_the_one_asked(body):
    """An answer without the campaign that was asked for is nonsense, not a fact."""
    with pytest.raises(Unavailable):
        scravio_over(Wire(httpx.Response(200, json=body))).campaign("a")


def test_a_campaign_that_is_gone_is_distinguished():
    """404 is Refused with its status."""
    with pytest.raises(Refused) as caught:
        scravio_over(Wire(httpx.Response(404, json={"message": "Campaign not found"}))).campaign("a")
    assert caught.value.status == 404


def test_an_account_of_unknown_shape_is_nonsense():
    """A 200 that shows nothing of the account is not taken for an unmasked one."""
    with pytest.raises(Unavailable):
        scravio_over(Wire(httpx.Response(200, json=[]))).me()


def test_headers_of_every_kind():
    """The key, or the token where there is no key; the workspace only if named."""
    assert headers("k") == {"X-API-Key": "k"}
    assert headers("", "t", "ws") == {"Authorization": "Bearer t", "X-Workspace-Id": "ws"}
    assert headers("k", "t") == {"X-API-Key": "k"}


def test_a_list_of_campaigns_that_ends_before_its_own_count_is_not_whole():
    """Who looks for a campaign it may have created must not take that for absence; an honest end is one."""
    pages = [{"items": [{"_id": "a" * 24}], "pagination": {"totalCount": 2, "perPage": 1}}, {"items": []}]
    pages[1]["pagination"] = {"totalCount": 2, "perPage": 1}
    with pytest.raises(Unavailable, match="before its own count"):
        list(scravio_over(lambda _: httpx.Response(200, json=pages.pop(0))).campaigns())
    honest = {"items": [], "pagination": {"totalCount": 0}}
    assert list(scravio_over(lambda _: httpx.Response(200, json=honest)).campaigns()) == []
