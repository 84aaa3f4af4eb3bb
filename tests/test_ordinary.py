"""What is said of an ordinary text at a glance is what the closer look shows: the same decision, reason and fields."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.hygiene import domains, email, names, ordinary
from bridge.model import Deliver, Lead, Mapped, Route, Rules, SourceCampaign, Target
from bridge.rules import decider, mapping
from bridge.sandbox.people import IDENTITY, NUMBER, SCRAPED, Style, draft
from bridge.sources.scravio.reading import read_lead
from bridge.templates import FIELDS
from tests.hygiene.hostile import addresses, hostile_texts

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CAMPAIGN = SourceCampaign("c1", "Fitness {{x}} DE", "INSTAGRAM_HASHTAG", "fully_completed")
TARGET = Target("instantly", "campaign", "Fitness Q4")
ALL = {name: f"{{{name}}}" for name in FIELDS if name != "language"}  # a model, which no glance concerns
ROUTES = (
    Route("usual", TARGET),
    Route(
        "everything",
        TARGET,
        rules=Rules(role_addresses="allow", disposable="allow", typo_domains="allow", max_validation_age=None),
        fields=Mapped({"personalization": "Hi {first_name|there}, loved {username}", "company_name": "{company}"}, ALL),
    ),
)
PLATFORMS = ("instagram", "tiktok", "youtube", "x", "linkedin", "facebook")
DECIDERS = tuple(map(decider, ROUTES))
BY_TEMPLATES = decider(Route("overridden", TARGET, overrides={":absent": ("Ann", "Other")}))


def decisions(leads):
    return [judge.decide(lead, CAMPAIGN, NOW) for judge in DECIDERS for lead in leads]


@pytest.fixture
def closer(monkeypatch):
    """Decides as if no text were ordinary."""

    def decided(leads):
        with monkeypatch.context() as looks:
            looks.setattr(ordinary, "address", lambda text: "")
            for glance in ("link", "name"):
                looks.setattr(ordinary, glance, lambda text: None)
            looks.setattr(ordinary, "is_sentence", lambda text, limit: False)
            looks.setattr(ordinary, "is_handle", lambda text: False)
            looks.setattr(domains, "_begins_like_none", lambda local: False)
            forget()
            found = decisions(leads)
        forget()
        return found

    return decided


def written_out(lead):
    """Whether the usual fields, which are written out, are what their templates make."""
    return DECIDERS[0].fields(lead, CAMPAIGN, None) == BY_TEMPLATES.fields(lead, CAMPAIGN, None)


def forget():
    for cached in (email._read, names._read, names._judged_behind, mapping._repeated, mapping._short):
        cached.cache_clear()


def people(count):
    """People of all platforms, one in ten of them awkward."""
    style, checked = Style(awkward=0.1, email=1.0), NOW - timedelta(days=5)
    for slot in range(count):
        row = draft("ordinary", slot, style, PLATFORMS[slot % 6], "yoga" if slot % 2 else None, checked)
        text = json.dumps(row | {"campaignId": "c1"})
        for mark, value in {NUMBER: str(slot), IDENTITY: f"{slot:024x}", SCRAPED: "2026-11-15T08:00:00.000Z"}.items():
            text = text.replace(json.dumps(mark)[1:-1], value)
        yield read_lead(json.loads(text), "c1")


PEOPLE = 5_000 if "BRIDGE_TEST_LONG" in os.environ else 1_500


def test_thousands_of_people_are_decided_alike(closer):
    """Of thousands of people each gets the same decision, reason and fields at a glance and on a closer look."""
    leads = list(people(PEOPLE))
    leads += [replace(lead, validation="valid", is_valid=True, checked_at=NOW) for lead in leads]
    found = decisions(leads)
    assert found == closer(leads)
    assert all(written_out(lead) for lead in leads)
    assert sum(isinstance(one, Deliver) for one in found) > PEOPLE


LINKS = st.sampled_from(
    ["https://jane.example/shop", "linktr.ee/jane", "http://a.instagram.com", "x.co?utm_source=1", "L.INSTAGRAM.com"]
)
TEXTS = hostile_texts | st.sampled_from(["Jane Miller", "JANE MILLER", "null", "Anna Schneider", "jane.moves", "-x"])
LEADS = st.builds(
    Lead,
    id=st.just("1"),
    campaign_id=st.just("c1"),
    platform=st.sampled_from(PLATFORMS),
    email=addresses | hostile_texts | st.builds("{}{}".format, hostile_texts, addresses),
    username=TEXTS,
    full_name=TEXTS | st.builds("{} {}".format, st.sampled_from(["Jane", "Anna", "grace"]), TEXTS),
    biography=TEXTS,
    phone=TEXTS,
    website=LINKS | hostile_texts | st.builds("{}{}".format, LINKS, hostile_texts) | st.from_regex(ordinary._LINK),
    is_business=st.sampled_from([None, True]),
    country=TEXTS,
    validation=st.just("valid"),
    checked_at=st.just(NOW),
    keyword=TEXTS,
    extra=st.just({}),
)


@settings(
    deadline=None,
    max_examples=300 if "BRIDGE_TEST_LONG" in os.environ else 120,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(LEADS)
def test_whatever_is_scraped_is_decided_alike(closer, lead):
    """Hostile texts in every place, and ordinary ones beside them: the glance never shows anything else."""
    assert decisions([lead]) == closer([lead])
    assert written_out(lead)
