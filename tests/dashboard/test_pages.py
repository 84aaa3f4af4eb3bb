"""The pages of a route, of leads and of one lead, in process on a lived ledger."""

import csv
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from bridge import ledger
from bridge.daemon.web.dashboard.overview import overview
from bridge.daemon.web.dashboard.route_page import route_page
from bridge.daemon.web.dashboard.sources_page import AskedReport, sources_page
from bridge.ledger.core.holders import myself
from bridge.ledger.core.leases import acquire
from bridge.ledger.sql import rows
from bridge.ledger.views import activity, leads
from bridge.ledger.views.health import portions
from bridge.ledger.views.leads import Filter
from bridge.model import State
from docs.dashboard_world import ROUTES
from tests.dashboard.poison import poison

CAMPAIGN = "65f000070000000000000000"


def addresses(db):
    with db.read() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT person FROM lead WHERE person LIKE '%@%'")]


def test_the_funnel_and_the_reasons_add_up(site):
    """What the route's page counts is what the ledger counts: read is the sum of the states."""
    here = site("")
    page = here.get("/route?name=fitness").text
    counted = {one.reason: one.leads for one in portions(here.around.db) if one.route == "fitness"}
    known = sum(counted.values())
    assert f'<span class="name">read</span><span class="n">{known:,}</span>' in page
    for reason, count in counted.items():
        if reason != "created":
            assert f"reason={reason}" in page
            assert f">{count:,}<span" in page


def test_a_reason_names_the_key_that_would_change_it(site):
    """With the value that the route has now."""
    page = site("").get("/route?name=fitness").text
    assert "rules.validation_request = &#34;never&#34;" in page
    assert "rules.max_validation_age = &#34;90d&#34;" in page


def test_a_route_of_no_name_is_not_found(site):
    """Whatever the name holds."""
    for name in ("", "nothing", "<script>alert(1)</script>"):
        answer = site("").get("/route", params={"name": name})
        assert (answer.status_code, "<script>alert" in answer.text) == (404, False)


def test_an_address_without_a_page_shows_a_way_back(site):
    """Not two bare words."""
    answer = site("").get("/nope")
    assert (answer.status_code, 'href="/">To the overview' in answer.text) == (404, True)


def test_the_filters_offer_the_words_of_the_table(site):
    """A reason and an event are chosen by the words that the list shows them with."""
    page = site("").get("/leads").text
    assert ">the address was never validated</option>" in page
    assert ">automatic reply</option>" in page


def pages(db, wanted, size):
    found, cursor = [], ""
    while True:
        page = leads.page(db, wanted, portions(db), cursor=cursor, size=size)
        found += page.rows
        cursor = page.cursor
        if not cursor:
            return found


WANTED = [
    Filter(),
    Filter(("fitness",)),
    Filter(("fitness", "acme/marathon"), state="held"),
    Filter(reason="not_validated"),
    Filter(campaign=CAMPAIGN),
    Filter(("fitness",), state="delivered", campaign=CAMPAIGN),
    Filter(event="contacted"),
    Filter(event="contacted", campaign=CAMPAIGN),
    Filter(("acme/marathon",), event="contacted", state="delivered"),
    Filter(state="nothing"),
]


def meant(one, wanted):
    of_route = wanted.routes is None or one.route in wanted.routes
    of_kind = wanted.state in ("", one.state) and wanted.reason in ("", one.reason)
    return of_route and of_kind and wanted.event in ("", *one.kinds) and wanted.campaign in ("", one.campaign)


@pytest.mark.parametrize("few", [0, leads.FEW], ids=["by windows", "by portions"])
def test_pages_of_any_size_show_each_lead_once(db, lived_rows, few, monkeypatch):
    """By portions, by a campaign's index or by events, in small windows: the leads of one plain SELECT."""
    monkeypatch.setattr(leads, "FEW", few)
    monkeypatch.setattr(leads, "WINDOW", 40)
    monkeypatch.setattr(leads, "MOST_ROWS", 80)
    every = lived_rows(db)
    for wanted in WANTED:
        for size in (7, 50):
            found = [one.id for one in pages(db, wanted, size)]
            assert sorted(found) == sorted(one.id for one in every if meant(one, wanted)), wanted


def test_a_made_up_lead_is_not_found(site):
    """Before the login too, a number of any length reaches a page of ours."""
    here = site()
    assert here.get(f"/leads/{'9' * 5000}", follow_redirects=False).status_code == 303
    here.login()
    assert [here.get(f"/leads/{number}").status_code for number in ("9" * 5000, "x", "0", "999999")] == [404] * 4


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 40, "1 2 3", "9999999999999999999 x", "' OR 1=1"])
def test_a_made_up_cursor_is_no_error(site, cursor):
    """It comes from the address of a page."""
    here = site("")
    for query in ({}, {"campaign": CAMPAIGN}, {"event": "contacted"}, {"q": "a"}):
        assert here.get("/leads", params={**query, "cursor": cursor}).status_code == 200


def test_a_search_finds_by_address_handle_id_and_name(site):
    """Each alone finds the lead; an address in another spelling too."""
    here = site("")
    (one, *_) = leads.page(here.around.db, Filter(state="delivered"), portions(here.around.db)).rows
    for query in (one.address, one.address.upper(), f"@{one.username}", one.lead_id, one.name):
        answer = here.get("/leads", params={"q": query})
        assert f"/leads/{one.number}" in answer.text, query


def test_a_search_by_name_goes_on_where_it_stopped(db, lived_rows, monkeypatch):
    """A window at a time, to the oldest lead: each name once."""
    lived_rows(db)
    everyone = leads.named(db, "a", size=1_000)[0]
    monkeypatch.setattr(leads, "WINDOW", 30)
    monkeypatch.setattr(leads, "MOST_NAMES", 60)
    found, cursor = leads.named(db, "a", size=20)
    while cursor:
        more, cursor = leads.named(db, "a", cursor=cursor, size=20)
        found += more
    assert found == everyone
    assert len(everyone) > 100


def test_an_address_without_its_sign_is_masked_too(site):
    """A scraped "jane at example" is masked on the list, in its story and in the CSV, and shown after the click."""
    here = site("")
    with here.around.db.read() as connection:
        (found,) = rows(connection, "SELECT id, facts FROM lead WHERE facts LIKE '% at %.example%' LIMIT 1")
    raw = re.search(r"[^\"]+ at [^\"]+\.example", found["facts"])[0]
    for path in (f"/leads/{found['id']}", "/leads?reason=email_malformed", "/leads.csv?reason=email_malformed"):
        assert raw not in here.get(path).text
    assert raw in here.get(f"/leads/{found['id']}?reveal=1").text


def test_addresses_are_masked_until_a_click(site):
    """On every page, in the CSV and in malformed ones; `reveal` shows them and is a line of the log."""
    here = site("")
    shown = addresses(here.around.db)
    known = {one for one in shown if not one.startswith("info@")}
    for path in ("/", "/route?name=fitness", "/leads", "/leads.csv", "/leads/3", "/leads?q=a", "/leads?state=held"):
        text = here.get(path).text
        assert [one for one in known if one in text] == [], path
    assert any(one in here.get("/leads?reveal=1&state=delivered").text for one in known)
    assert any(one in here.get("/leads.csv?reveal=1").text for one in known)


def test_the_csv_is_what_is_shown(site):
    """The filtered list, whole, with one line for each lead."""
    here = site("")
    text = here.get("/leads.csv?route=fitness&state=held").text
    rows = list(csv.DictReader(text.removeprefix("\ufeff").splitlines()))
    held = [one for one in portions(here.around.db) if (one.route, one.state) == ("fitness", State.HELD)]
    assert len(rows) == sum(one.leads for one in held)
    assert {(row["route"], row["state"]) for row in rows} == {("fitness", "held")}


def test_a_leads_page_shows_its_whole_story(site):
    """Each delivery with its target, every move and every event, as `explain` has them."""
    here = site("")
    found = leads.page(here.around.db, Filter(("fitness",), event="replied"), portions(here.around.db)).rows
    page = here.get(f"/leads/{found[0].number}").text
    for word in ("Fitness Q4", "sent", "delivered: the target created it", "<strong>replied</strong>", "batch"):
        assert word in page
    assert here.get("/leads/99999999").status_code == 404
    assert here.get("/leads/99999999999999999999999").status_code == 404


def test_every_page_is_small_and_asks_nothing_of_others(site):
    """Under 60 kB with all that it loads, whole URLs of ours alone, no inline script or style."""
    here = site("")
    files = sum(len(here.get(f"/static/{name}").content) for name in ("dashboard.css", "dashboard.js", "icon.svg"))
    for path in ("/", "/route?name=fitness", "/leads", "/leads?q=a", "/leads/3", "/sources"):
        page = here.get(path).text
        assert len(page.encode()) + files < 60_000, path
        assert re.findall(r'(?:href|src|action)="(?!/|#)([^"]*)"', page) == []
        assert not re.search(r"<style|style=|<script>|\bon[a-z]+=", page)


class Tags(HTMLParser):
    """The tags of a page, and the attributes that lead somewhere or act."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, [name for name, _ in attrs if name.startswith("on") or name == "style"]))
        for name, value in attrs:
            if name in ("href", "src", "action", "data-live"):
                assert value.startswith(("/", "#")), (tag, name, value)
                assert not value.startswith(("//", "/\\")), (tag, name, value)


def test_hostile_texts_are_only_text(site):
    """Every page of a ledger where all that comes from outside is hostile: no tag, no handler, no address of theirs."""
    here = site()
    here.login()
    poison(here.around.db)
    paths = ["/", "/route?name=fitness", "/leads", "/leads?reveal=1", "/leads?q=<img src=x>", "/sources", "/actions"]
    paths += [f"/leads/{number}?reveal=1" for number in range(1, 40)]
    for path in [*paths, "/sources?by=keyword", "/act/release?route=fitness&campaign=<img>"]:
        answer = here.get(path)
        found = Tags(answer.text).found
        assert {tag for tag, _ in found}.isdisjoint({"iframe", "object", "embed", "b", "base", "style"}), path
        assert [tag for tag, _ in found].count("script") == 1, path
        assert [tag for tag, acts in found if acts] == [], path
        assert [tag for tag, _ in found].count("img") == answer.text.count('<img src="/sources/'), path
    rows = list(csv.reader(here.get("/leads.csv?reveal=1").text.removeprefix("\ufeff").splitlines()))
    assert {len(row) for row in rows} == {13}
    assert [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t")] == []


def test_a_batch_that_did_not_add_up_is_shown_with_what_the_answer_said(site):
    """On its route's page alone, with its number and how many were sent."""
    here = site("")
    with here.around.db.write() as connection:
        connection.exec_driver_sql("UPDATE intent SET detail = 'sent 9, counted 8' WHERE kind = 'push' AND id = 1")
    assert [one.detail for one in activity.mismatched(here.around.db, "fitness")] == ["sent 9, counted 8"]
    page = here.get("/route?name=fitness").text
    assert "Batches that did not add up" in page
    assert "sent 9, counted 8" in page
    assert "did not add up" not in here.get("/route?name=founders").text


def test_a_run_under_way_shows_how_far_it_is(site):
    """The leads of its batches so far, and those without an answer yet, by who runs it."""
    here = site("")
    db = here.around.db
    number = ledger.start_run(db, 1, db.now())
    acquire(db, 1, myself())
    with db.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO intent (kind, state, result, route_no, run_id, emails) VALUES "
            f"('push', 'settled', 'answered', 1, {number}, 100), ('push', 'open', '', 1, {number}, 40)"
        )
    page = here.get("/route?name=fitness").text
    assert "A run is under way" in page
    assert "140 leads sent in 2 batches, 40 of them without an answer yet" in " ".join(page.split())


def test_every_page_reads_the_same_on_both_databases(db, lived_rows):
    """Cards, funnel, reactions by day and the bounce rate: what an integer division or a sum could make different."""
    every = lived_rows(db)
    found = overview(db, ROUTES)
    for card in found.cards:
        its = [one for one in every if one.route == card.one.name]
        assert card.delivered == sum(one.state == "delivered" for one in its)
        assert card.replies == sum("replied" in one.kinds for one in its)
        assert route_page(db, card).funnel[0].leads == len(its)
    new = activity.new_since(db, datetime(2026, 1, 1, tzinfo=UTC))
    assert new == {route.name: sum(one.route == route.name for one in every) for route in ROUTES}
    bounced = activity.reached_by_day(db, [], datetime(2026, 1, 1, tzinfo=UTC))
    assert sum(one.bounced for one in bounced) == sum("bounced" in one.kinds for one in every)
    assert sources_page(db, AskedReport(), ROUTES, None).report.total().counts["delivered"] > 0
