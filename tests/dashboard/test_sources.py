"""The page of sources: the report of the verb, sorted, with plots that run nothing."""

import html
import re
from datetime import UTC, datetime

from bridge.config.settings import Secret
from bridge.daemon.web.dashboard.sources_page import AskedReport, sources_page
from bridge.ledger.views.attribution import became
from bridge.reports.attribution import attribute, regrouped
from bridge.sandbox import Sandbox, demo_world
from bridge.sandbox.server import start
from docs.dashboard_world import ROUTES

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
COSTS = {"65f000070000000000000000": 120_000, "65f000070000000100000000": 90_000}


def test_the_page_has_the_figures_of_the_report(site):
    """Row by row those of `leadbridge report`, though the leads are read once for every plot."""
    db = site("").around.db
    found = sources_page(db, AskedReport(by="campaign"), ROUTES, COSTS)
    wanted = attribute(became(db, [], None), ["campaign"], COSTS)
    assert [(row.key, row.counts, row.credits) for row in found.report.rows] == [
        (row.key, row.counts, row.credits) for row in wanted.rows
    ]
    assert found.report.unspread == wanted.unspread
    whole = attribute(became(db, [], None), ["campaign", "platform"], COSTS)
    platforms = attribute(became(db, [], None), ["platform"], COSTS)
    again = regrouped(whole, ["platform"])
    assert [(row.key, row.counts, row.credits) for row in again.rows] == [
        (row.key, row.counts, row.credits) for row in platforms.rows
    ]


def test_a_column_sorts_highest_first(site):
    """A link in its head, and a group without a figure last."""
    here = site("")
    found = sources_page(here.around.db, AskedReport(by="campaign", sort="bounced"), ROUTES, None)
    bounced = [row.counts["bounced"] for row in found.rows]
    assert bounced == sorted(bounced, reverse=True)
    page = here.get("/sources?sort=bounced").text
    assert 'aria-sort="descending"' in page
    assert page.index("Yoga teachers") < page.index("Marathon fans")


def test_each_plot_is_said_in_words_and_runs_nothing(site):
    """A picture with its sentence and its figures; its own policy allows a style and nothing else."""
    here = site("")
    page = here.get("/sources").text
    pictures = re.findall(r'<img src="(/sources/[^"]+)" alt="([^"]+)"', page)
    assert [path.partition(".svg")[0] for path, _ in pictures] == [
        "/sources/platform", "/sources/followers", "/sources/bounces",
    ]  # fmt: skip
    assert "The brake stops at: 3 %" in page
    for path, words in pictures:
        assert len(words) > 20
        answer = here.get(path.replace("&amp;", "&"))
        assert answer.headers["content-type"] == "image/svg+xml"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert not re.search(r"<script|xlink:href=\"http|\bon[a-z]+=", answer.text)


def test_replies_per_credit_come_with_the_costs(site):
    """A further plot where the costs are known; else the page says what is missing."""
    here = site("")
    db = here.around.db
    assert next(iter(sources_page(db, AskedReport(), ROUTES, COSTS).plots)) == "credits"
    assert "Replies per credit are drawn when the costs have been read" in here.get("/sources").text


def test_the_costs_are_read_from_scravio(site):
    """The button of the page asks the vendor; its answer fills the credits, and is kept for the next visitors."""
    here = site("")
    vendors = Sandbox(demo_world(NOW), clock=lambda: NOW)
    for campaign, thousandths in COSTS.items():
        vendors.world.scravio.book("CAMPAIGN_RUN_DEDUCTION", -thousandths / 1000, NOW, campaign)
    with start(vendors) as served:
        found = {"SCRAVIO_API_KEY": vendors.keys.scravio, "SCRAVIO_BASE_URL": f"{served.url}/api"}
        around = here.around
        around.settings = around.settings.with_vendors({name: Secret(value) for name, value in found.items()})
        (button,) = re.findall(r'href="([^"]+)">Read the costs from Scravio', here.get("/sources").text)
        assert vendors.report()["requests"] == {}
        page = here.get(html.unescape(button)).text
        assert '<td class="n">120.0</td>' in page
        assert "/sources/credits.svg" in page
        assert "Read the costs from Scravio" not in page
        asked = vendors.report()["requests"]
        assert here.get("/sources?costs=1&by=platform").status_code == 200
        assert vendors.report()["requests"] == asked != {}


def test_costs_that_cannot_be_read_leave_the_report(site):
    """Scravio refuses the key: the table is there, without credits, and says that the costs are not in it."""
    here = site("")
    with start(Sandbox(demo_world(NOW), clock=lambda: NOW)) as served:
        found = {"SCRAVIO_API_KEY": "sk_live_wrong", "SCRAVIO_BASE_URL": f"{served.url}/api"}
        around = here.around
        around.settings = around.settings.with_vendors({name: Secret(value) for name, value in found.items()})
        page = here.get("/sources?costs=1").text
    assert "Costs are not shown" in page
    assert "/sources/credits.svg" not in page


def test_whatever_is_asked_for_the_page_answers(site):
    """Unknown groups, dates and columns are left out."""
    here = site("")
    for query in ({"by": "x"}, {"since": "yesterday"}, {"since": "2030-01-01"}, {"sort": "x"}, {"route": "<x>"}):
        assert here.get("/sources", params=query).status_code == 200
    assert here.get("/sources/nothing.svg").status_code == 404
