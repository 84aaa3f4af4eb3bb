import json
import tracemalloc
from itertools import islice

import pytest

from bridge.sandbox import Sandbox, bench_world, demo_world
from bridge.sandbox.book import person_of
from bridge.sandbox.people import masked, respelled
from tests.sandbox.conftest import NOW, scravio_of


def rows_of(campaign):
    return [campaign.lead(index).row for index in range(campaign.crowd.size)]


def demo_rows():
    return [row for campaign in demo_world(NOW).scravio.campaigns for row in rows_of(campaign)]


def test_the_same_arguments_give_the_same_world():
    """Ids, people and times repeat; another seed gives others."""
    assert demo_rows() == demo_rows()
    assert demo_rows() != [row for one in demo_world(NOW, seed=8).scravio.campaigns for row in rows_of(one)]


def test_a_demo_lead_is_one_person_with_an_id_of_its_own():
    """Ids are 24 hex digits and unique, and no mark of a draft is left in any text."""
    rows = demo_rows()
    assert len({row["_id"] for row in rows}) == len(rows)
    assert all(len(row["_id"]) == 24 and int(row["_id"], 16) for row in rows)
    assert not any(mark in json.dumps(row, ensure_ascii=False) for row in rows for mark in "\ue000\ue001\ue002")


def test_the_demo_holds_everything_that_scraped_leads_were_seen_to_hold():
    """Six platforms, every validation state, masked, role, free-mail, styled names, templates in biographies."""
    rows = demo_rows()
    emails = [row["email"] or "" for row in rows]
    assert {row["platform"] for row in rows} == {"instagram", "tiktok", "youtube", "linkedin", "x", "facebook"}
    assert {(row["emailValidation"] or {}).get("status") for row in rows} == {"valid", "invalid", "pending", None}
    assert 0.5 < sum(map(bool, emails)) / len(emails) < 0.7
    assert sum("@gmail.com" in email for email in emails) > 80
    assert any(email.startswith(("info@", "booking@", "contact@")) for email in emails)
    assert any("***" in email for email in emails)
    assert any("{{" in (row.get("biography") or "") for row in rows)
    assert any(isinstance(row["followerCount"], str) for row in rows)
    assert any("\U0001d400" <= letter <= "\U0001d433" for row in rows for letter in row["fullName"] or "")


def test_the_same_person_stands_in_several_demo_campaigns_in_other_spellings():
    """Folding dots, tags, case and blanks brings them together."""
    seen = {}
    for campaign in demo_world(NOW).scravio.campaigns:
        for row in rows_of(campaign):
            if row["email"] and "***" not in row["email"]:
                seen.setdefault(person_of(row["email"]), set()).add((campaign.id, row["email"]))
    repeated = [spellings for spellings in seen.values() if len({campaign for campaign, _ in spellings}) > 1]
    assert len(repeated) >= 6
    assert all(len({email for _, email in spellings}) > 1 for spellings in repeated)


@pytest.mark.parametrize("way", range(6))
def test_another_spelling_is_still_the_same_person(way):
    """Each way of respelling differs in text and not in person."""
    assert respelled("jane.doe7@gmail.com", way) != "jane.doe7@gmail.com"
    assert person_of(respelled("jane.doe7@gmail.com", way)) == person_of("jane.doe7@gmail.com")


def test_a_masked_address_hides_all_but_two_letters():
    """As the masks of Scravio's free accounts are said to look."""
    assert masked("jane.doe@gmail.com") == "j***@g***.com"


def test_a_large_world_is_served_from_little_memory():
    """A million leads exist only while they are asked for."""
    tracemalloc.start()
    world = bench_world(10, 100_000, now=NOW)
    sandbox = Sandbox(world, clock=lambda: NOW)
    with scravio_of(sandbox) as client:
        for campaign in islice(world.scravio.campaigns, 3):
            page = {"perPage": 100, "page": 999, "hasEmail": "true", "sortBy": "scrapedAt", "order": "asc"}
            items = client.get(f"/campaigns/{campaign.id}/leads", params=page).json()["items"]
            assert items[0]["email"]
            assert len({item["_id"] for item in items}) == 100
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000


def test_a_bench_world_has_the_share_of_valid_leads_that_was_asked_for():
    """Evenly spread, so that figures can be foretold; no one appears twice."""
    rows = [
        row
        for campaign in bench_world(2, 1_000, now=NOW, valid_share=0.6).scravio.campaigns
        for row in rows_of(campaign)
    ]
    valid = sum((row["emailValidation"] or {}).get("status") == "valid" for row in rows)
    assert abs(valid / len(rows) - 0.6) < 0.01
    assert len({person_of(row["email"]) for row in rows}) == len(rows)
