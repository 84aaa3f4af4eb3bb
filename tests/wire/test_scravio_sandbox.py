"""Scravio's client against the sandbox: whole campaigns, the account, and what each costs."""

from datetime import UTC, datetime

import pytest

from bridge.api import Client, Throttle
from bridge.errors import Denied
from bridge.sandbox import Sandbox, small_world
from bridge.sources.scravio.client import Scravio, headers

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def sandbox():
    return Sandbox(small_world(NOW, "First", "Second", leads=250), lambda: NOW, lambda _: None)


def scravio_of(sandbox, said):
    throttle = Throttle(1_000_000)
    return Scravio(Client("scravio", "https://s.example/api", said, throttle=throttle, transport=sandbox.transport()))


@pytest.fixture
def scravio(sandbox):
    return scravio_of(sandbox, headers(sandbox.keys.scravio))


def test_a_campaign_is_read_whole_with_the_fewest_requests(sandbox, scravio):
    """Every lead with an e-mail comes once, oldest first, a hundred a request."""
    campaign = next(scravio.campaigns())
    pages = list(scravio.lead_pages(campaign))
    leads = [lead for page in pages for lead in page.leads]
    assert len({lead.id for lead in leads}) == len(leads) == pages[0].total_count
    assert leads == sorted(leads, key=lambda lead: lead.scraped_at)
    assert all(lead.email and not lead.problem for lead in leads)
    assert len(pages) == -(-len(leads) // 100)
    assert sum(count for name, count in sandbox.report()["requests"].items() if "/leads" in name) == len(pages)


def test_list_and_detail_agree(scravio):
    """What both report of a campaign is the same, so a sweep that ends sees the campaign it began with."""
    for listed in scravio.campaigns(status="fully_completed"):
        detail = scravio.campaign(listed.id)
        assert (detail.title, detail.status, detail.validating) == (listed.title, listed.status, listed.validating)
        assert all(detail.fingerprint[key] == value for key, value in listed.fingerprint.items())


def test_the_account_is_read(scravio):
    """The account's e-mails are not masked, and its credits are known."""
    account = scravio.me()
    assert account.email_masked is False
    assert account.credits is not None


def test_a_token_is_a_key_too(sandbox):
    """Version 1.1 takes a user's token and a workspace."""
    said = headers("", sandbox.keys.access_token, sandbox.keys.workspace)
    assert scravio_of(sandbox, said).me().email_masked is False


def test_a_wrong_key_is_denied(sandbox):
    """401 names the variable to fix."""
    with pytest.raises(Denied) as caught:
        scravio_of(sandbox, headers("sk_live_wrong")).me()
    assert "SCRAVIO_API_KEY" in caught.value.hint
    assert "sk_live_wrong" not in str(caught.value)
