"""The leads of a workspace live: whatever happens to them is reported in every place where the vendor shows it."""

from datetime import timedelta

import pytest

from bridge.sandbox import small_world
from bridge.sandbox.instantly import life
from bridge.sandbox.instantly.life import Lags, Manners
from bridge.sandbox.worlds import enliven
from tests.sandbox.conftest import NOW, instantly_of

LIVELY = Manners(bounces=0.1, replies=0.2, unsubscribes=0.1, automatic=0.1)


def grown(workspace, leads=200, limit=100):
    """A campaign of so many leads that sends to so many a day."""
    campaign = workspace.campaigns[0]
    campaign.settings["daily_limit"] = limit
    for number in range(leads):
        workspace.add_person(campaign, f"lead{number}@example.com", NOW)
    return campaign


def begun(workspace, **terms):
    campaign = grown(workspace)
    return campaign, life.begin(workspace, NOW, **({"ordinary": LIVELY} | terms))


def counted(instantly, campaign):
    (row,) = instantly.get("/campaigns/analytics", params={"ids": campaign.id}).json()
    return row


def listed(instantly, campaign, name):
    asked, found = {"campaign": campaign.id, "filter": name, "limit": 100}, []
    while True:
        page = instantly.post("/leads/list", json=asked).json()
        found += page["items"]
        if "next_starting_after" not in page:
            return found
        asked["starting_after"] = page["next_starting_after"]


def test_a_life_is_the_same_however_often_it_is_looked_at():
    """Once after a month or every hour: the same events at the same times, and no mail on a weekend or at night."""
    reported = []
    for looks in (1, 24 * 30):
        workspace = small_world(NOW).instantly
        _, lived = begun(workspace)
        for look in range(1, looks + 1):
            lived.advance(workspace, NOW + timedelta(days=30) * look / looks)
        reported.append([(one.kind, one.at, one.email, one.step) for one in workspace.events])
    assert reported[0] == reported[1]
    sent = [at for kind, at, _, _ in reported[0] if kind == "email_sent"]
    assert all(at.weekday() < 5 and 9 <= at.hour < 17 for at in sent)
    assert max(sum(at.date() == day for at in sent) for day in {at.date() for at in sent}) == 100


def test_every_view_shows_the_same_life(sandbox, instantly, workspace, clock):
    """Analytics, filters of leads, daily counts, inbox and webhooks agree; the document allows every answer."""
    payloads = []
    sandbox.post = lambda one: payloads.append(one.payload) or 200
    instantly.post("/webhooks", json={"event_type": "all_events", "target_hook_url": "https://x.example/1"})
    campaign, _ = begun(workspace)
    clock.sleep(30 * 86_400)
    row, days = counted(instantly, campaign), instantly.get("/campaigns/analytics/daily").json()
    sandbox.deliver_due()
    reported = [one["event_type"] for one in payloads]
    bounced, replied = (listed(instantly, campaign, f"FILTER_VAL_{name}") for name in ("BOUNCED", "REPLIED"))
    assert len(bounced) == row["bounced_count"] == reported.count("email_bounced") > 10
    assert len(replied) == row["reply_count_unique"] == reported.count("reply_received") > 20
    assert len(listed(instantly, campaign, "FILTER_VAL_UNSUBSCRIBED")) == row["unsubscribed_count"] > 5
    assert row["contacted_count"] == sum(day["contacted"] for day in days) == 200
    assert all(one["status"] == -1 and one["timestamp_last_contact"] for one in bounced)
    assert row["completed_count"] + row["bounced_count"] + row["unsubscribed_count"] == 200
    asked = {"email_type": "received", "lead": replied[0]["email"]}
    mails = [one for one in instantly.get("/emails", params=asked).json()["items"] if not one["is_auto_reply"]]
    assert [one["timestamp_email"] for one in mails] == [replied[0]["timestamp_last_reply"]]
    interested = listed(instantly, campaign, "FILTER_LEAD_NOT_INTERESTED")
    assert {one["lt_interest_status"] for one in interested} == {-1}
    assert "lead_not_interested" in reported
    assert instantly.get("/webhook-events", params={"limit": 100}).json()["next_starting_after"]


def test_views_are_behind_and_contradict_each_other(instantly, workspace, clock):
    """The webhook comes first, the lead later, the analytics last; these may shrink and count mails as contacts."""
    lags = Lags(leads=600, emails=1_200, analytics=7_200, flickers=True)
    campaign, lived = begun(workspace, lags=lags, counts_emails=True)
    campaign.settings["daily_limit"] = 1_000
    clock.moment = NOW + timedelta(hours=4)  # most mails of the first day have gone
    shown = counted(instantly, campaign)["contacted_count"], counted(instantly, campaign)["contacted_count"]
    happened = sum(one.kind == "email_sent" for one in workspace.events)
    assert happened > len(listed(instantly, campaign, "FILTER_VAL_CONTACTED")) > shown[0] > shown[1]
    campaign.steps = (("Hi", "Hello"), ("Hi", "Again"))
    lived.advance(workspace, NOW + timedelta(days=30))
    clock.moment = NOW + timedelta(days=31)
    assert len(listed(instantly, campaign, "FILTER_VAL_CONTACTED")) == 200
    assert counted(instantly, campaign)["contacted_count"] == counted(instantly, campaign)["emails_sent_count"]


def test_a_sender_that_fails_touches_no_lead(sandbox, instantly, workspace, clock):
    """The account shows its error and a webhook shows it; nothing goes out on that day, and no one bounced."""
    payloads = []
    sandbox.post = lambda one: payloads.append(one.payload) or 200
    instantly.post("/webhooks", json={"event_type": "account_error", "target_hook_url": "https://x.example/1"})
    begun(workspace, sender_fails=1.0)
    clock.sleep(3 * 86_400 + 6 * 3_600)
    account = instantly.get("/accounts/sender@sandbox.example").json()
    assert (account["status"], account["status_message"]["code"]) == (-3, "EENVELOPE")
    sandbox.deliver_due()
    assert [one["event_type"] for one in payloads] == ["account_error"]
    assert (workspace.events, {one.status for one in workspace.people()}) == ([], {1})


def test_the_vendor_protects_a_campaign_and_a_paused_one_waits(instantly, workspace, clock):
    """Too many bounces give it the status -2, and nothing more goes out until someone resumes it."""
    campaign, lived = begun(workspace, ordinary=Manners(bounces=0.3), protects_at=0.05)
    clock.sleep(10 * 86_400)
    assert instantly.get(f"/campaigns/{campaign.id}").json()["status"] == -2
    contacted = counted(instantly, campaign)["contacted_count"]
    assert 50 <= contacted < 150
    lived.protects_at = None
    instantly.post(f"/campaigns/{campaign.id}/activate", json={})
    clock.sleep(10 * 86_400)
    assert counted(instantly, campaign)["contacted_count"] == 200


def test_the_demos_sources_bounce_differently(demo):
    """A campaign's leads live by its plan, whatever spelling they are delivered in; lists never send."""
    world = demo.world
    campaign, inbox = world.instantly.campaigns[0], world.instantly.lists[0]
    campaign.settings["daily_limit"] = 1_000
    lived = enliven(world, NOW)
    sources = world.scravio.campaigns
    for place, source in ((campaign, 0), (campaign, 1), (inbox, 2)):
        for index in range(sources[source].crowd.size):
            email = str(sources[source].crowd.row(index)["email"] or "").strip()
            if email:
                world.instantly.add_person(place, email.upper(), NOW)
    lived.advance(world.instantly, NOW + timedelta(days=20))
    bounced = [one.email for one in world.instantly.events if one.kind == "email_bounced"]
    yoga = {str(sources[1].crowd.row(index)["email"]).strip().upper() for index in range(sources[1].crowd.size)}
    assert len(yoga.intersection(bounced)) > 3 * len(set(bounced) - yoga)
    assert {one.place for one in world.instantly.events} == {campaign.id}


@pytest.mark.parametrize("speed", [1, 86_400])
def test_a_life_can_pass_faster_than_the_clock(sandbox, workspace, clock, speed):
    """A day in a second: the same events in the same order, none later than now."""
    sandbox.mutate("life", {"speed": speed, "ordinary": {"bounces": 0.2}})
    grown(workspace)
    clock.sleep(10 * 86_400 / speed)
    with instantly_of(sandbox) as instantly:
        assert counted(instantly, workspace.campaigns[0])["contacted_count"] == 200
    assert NOW < max(one.at for one in workspace.events) <= clock.now()


def test_a_day_may_take_a_second(workspace):
    """However fast time passes, a lead that came long before is met now."""
    grown(workspace, leads=1)
    begun_at = NOW + timedelta(days=400)
    lived = life.begin(workspace, begun_at, speed=86_400 * 10)
    lived.advance(workspace, begun_at + timedelta(seconds=1))
    assert [one.kind for one in workspace.events][:1] == ["email_sent"]
