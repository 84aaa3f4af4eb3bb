"""What happened to leads, as analytics, inbox and webhooks report it; accounts, campaigns and tags as they are set."""

from datetime import timedelta

import pytest

from bridge.sandbox.instantly.happening import happen
from tests.sandbox.conftest import NOW

OPTIONAL = (
    "open_count_unique", "open_count_unique_by_step", "reply_count_unique", "reply_count_unique_by_step",
    "reply_count_automatic", "reply_count_automatic_unique", "reply_count_automatic_unique_by_step",
    "link_click_count_unique", "link_click_count_unique_by_step",
)  # fmt: skip


@pytest.fixture
def campaign(workspace):
    return workspace.campaigns[0]


@pytest.fixture
def jane(workspace, campaign):
    """Written to in two steps, opened three times, one reply of a machine and two of her own, interested."""
    person = workspace.add_person(campaign, "jane@example.com", NOW - timedelta(days=5))
    history = (
        ("email_sent", 0, 0), ("email_opened", 0, 0), ("email_opened", 0, 0), ("email_sent", 1, 1),
        ("email_opened", 1, 1), ("reply_received", 1, 1), ("reply_received", 1, 1), ("lead_interested", 1, 1),
    )  # fmt: skip
    for kind, step, day in history:
        person = happen(workspace, person, kind, NOW - timedelta(days=3 - day), step=step)
    return happen(workspace, person, "reply_received", NOW - timedelta(days=1), automatic=True)


def test_analytics_count_all_leads_and_steps(instantly, campaign, jane):
    """The optional counters too; a machine's reply is none."""
    (row,) = instantly.get("/campaigns/analytics").json()
    assert (row["emails_sent_count"], row["contacted_count"], row["new_leads_contacted_count"]) == (2, 1, 1)
    assert (row["open_count"], row["open_count_unique"], row["open_count_unique_by_step"]) == (3, 1, 2)
    assert (row["reply_count"], row["reply_count_unique"], row["reply_count_automatic"]) == (2, 1, 1)
    assert all(isinstance(row[name], int) for name in OPTIONAL)
    reported = instantly.get("/campaigns/analytics/overview").json()
    assert (reported["total_interested"], reported["total_opportunities"], reported["total_closed"]) == (1, 1, 0)


def test_analytics_are_reported_by_day_and_by_step(instantly, jane):
    """A date is its midnight, at the end of a range too."""
    days = {row["date"]: (row["sent"], row["opened"]) for row in instantly.get("/campaigns/analytics/daily").json()}
    assert days == {"2026-11-17": (1, 2), "2026-11-18": (1, 1), "2026-11-19": (0, 0)}
    asked = {"start_date": "2026-11-18", "end_date": "2026-11-19"}
    assert [row["date"] for row in instantly.get("/campaigns/analytics/daily", params=asked).json()] == ["2026-11-18"]
    steps = instantly.get("/campaigns/analytics/steps", params={"include_opportunities_count": "true"}).json()
    assert [(row["step"], row["sent"], row["replies"], row["opportunities"]) for row in steps] == [
        ("0", 1, 0, 0),
        ("1", 1, 2, 1),
    ]


def test_the_inbox_holds_what_was_sent_and_received(instantly, jane):
    """Newest first, in one thread; auto-replies are marked and out of focus."""
    items = instantly.get("/emails", params={"lead": "jane@example.com"}).json()["items"]
    assert [item["ue_type"] for item in items] == [2, 2, 2, 1, 1]
    assert len({item["thread_id"] for item in items}) == 1
    assert [item["is_auto_reply"] for item in items] == [1, 0, 0, 0, 0]
    first = instantly.get("/emails", params={"limit": 2, "email_type": "received"}).json()
    rest = instantly.get("/emails", params={"email_type": "received", "starting_after": first["next_starting_after"]})
    assert len(rest.json()["items"]) == 1
    asked = {"min_timestamp_created": items[0]["timestamp_created"], "mode": "emode_others"}
    assert [item["id"] for item in instantly.get("/emails", params=asked).json()["items"]] == [items[0]["id"]]


# ----------------------------------------------------------------------------------------------------------- webhooks


@pytest.fixture
def posted(sandbox):
    """What receivers got; each answers with the status that stands under its address."""
    reported = []

    def post(delivery):
        url = delivery.webhook.facts["target_hook_url"]
        reported.append((url, delivery.payload))
        return int(url.rpartition("/")[2])

    sandbox.post = post
    return reported


def subscribed(instantly, status, **facts):
    facts = {"event_type": "all_events", "target_hook_url": f"https://hooks.example/{status}", **facts}
    return instantly.post("/webhooks", json=facts).json()["id"]


def test_an_event_goes_to_who_subscribed_to_it(sandbox, instantly, workspace, campaign, posted):
    """By kind and campaign; the payload's word for a click is not the subscription's (pitfall 26)."""
    other = workspace.add_campaign("Other", 1, NOW)
    subscribed(instantly, 200, campaign=campaign.id, event_type="email_link_clicked", headers={"X-Secret": "s"})
    for place in (campaign, other):
        person = workspace.add_person(place, f"a@{place.id}.example", NOW, facts=b'{"custom_variables":{"niche":"x"}}')
        for kind in ("email_sent", "email_link_clicked"):
            person = happen(workspace, person, kind, NOW)
    sandbox.deliver_due()
    ((_, payload),) = posted
    assert (payload["event_type"], payload["campaign_name"], payload["niche"]) == ("link_clicked", "Fitness Q4", "x")


def test_three_failures_in_thirty_seconds_disable_a_webhook(sandbox, instantly, workspace, campaign, clock, posted):
    """Each try is an event of its own; what happens later is not delivered, until it is resumed (pitfall 27)."""
    webhook = subscribed(instantly, 500)
    person = workspace.add_person(campaign, "jane@example.com", NOW)
    happen(workspace, person, "email_sent", NOW)
    for seconds in (0, 5, 5, 20, 30):
        clock.sleep(seconds)
        sandbox.deliver_due()
    events = instantly.get("/webhook-events", params={"success": "false"}).json()["items"]
    assert [(one["retry_count"], one["will_retry"]) for one in events] == [(0, True), (1, True), (2, False)]
    assert len({one["retry_group_id"] for one in events}) == 1
    reported = instantly.get(f"/webhooks/{webhook}").json()
    assert (reported["status"], reported["timestamp_error"] is not None, len(posted)) == (-1, True, 3)
    assert instantly.post(f"/webhooks/{webhook}/resume").json()["status"] == 1


def test_a_webhook_can_be_tried_out(instantly, posted):
    """The answer shows what the receiver said."""
    good, bad = subscribed(instantly, 204), subscribed(instantly, 410)
    assert instantly.post(f"/webhooks/{good}/test").json()["success"] is True
    reported = instantly.post(f"/webhooks/{bad}/test").json()
    assert (reported["success"], reported["status_code"], reported["error"]) == (False, 410, "status 410")


# ------------------------------------------------------------------------------------------- accounts and campaigns


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": -1}, ["broken"]),
        ({"provider_code": 3}, ["broken"]),
        ({"filter": "ACC_FILTER_PAUSED"}, ["resting"]),
        ({"filter": "ACC_FILTER_ERROR"}, ["broken"]),
        ({"filter": "ACC_FILTER_W_PAUSED"}, ["resting"]),
        ({"filter": "ACC_FILTER_W_ERROR"}, ["broken"]),
        ({"tag_ids": "x,y"}, ["broken", "resting"]),
        ({"tag_ids_all": "x,y"}, ["resting"]),
        ({"search": "REST"}, ["resting"]),
        ({"sort_by": "email", "sort_order": "desc", "limit": 2}, ["sender", "resting"]),
        ({"sort_by": "email", "sort_order": "asc", "skip": 1}, ["resting", "sender"]),
    ],
)
def test_accounts_are_filtered_and_sorted(instantly, workspace, query, found):
    """By status, provider, warm-up, tags and address."""
    workspace.add_mailbox("broken@x.example", NOW, status=-1, warming=-2, provider=3, tags=("x",))
    workspace.add_mailbox("resting@x.example", NOW, status=2, warming=0, tags=("x", "y"))
    items = instantly.get("/accounts", params=query).json()["items"]
    assert [item["email"].partition("@")[0] for item in items] == found


def test_warm_up_is_switched_by_a_job(instantly, workspace, clock):
    """Not before its time has come."""
    job = instantly.post("/accounts/warmup/disable", json={"include_all_emails": True}).json()
    assert workspace.mailboxes[0].warming == 1
    clock.sleep(2)
    assert instantly.get(f"/background-jobs/{job['id']}").json()["status"] == "success"
    assert instantly.get("/accounts/sender@sandbox.example").json()["warmup_status"] == 0


def test_a_campaign_is_made_as_a_draft_and_changed_whole(instantly, workspace):
    """Its lists are replaced, not merged (pitfall 23); activating is a call of its own."""
    hours = {"name": "Day", "timing": {"from": "09:00", "to": "17:00"}, "days": {"1": True}}
    schedule = {"schedules": [hours | {"timezone": "Europe/Belgrade"}]}
    body = {"name": "New", "campaign_schedule": schedule, "email_list": ["a@x.example", "b@x.example"]}
    american = {"schedules": [hours | {"timezone": "America/New_York"}]}
    assert instantly.post("/campaigns", json=body | {"campaign_schedule": american}).status_code == 400  # pitfall 20
    made = instantly.post("/campaigns", json=body).json()
    assert (made["status"], made["email_list"]) == (0, ["a@x.example", "b@x.example"])
    changed = instantly.patch(f"/campaigns/{made['id']}", json={"email_list": ["c@x.example"]}).json()
    assert (changed["email_list"], changed["name"]) == (["c@x.example"], "New")
    count = instantly.get("/campaigns/count-launched").json()["count"]
    assert instantly.post(f"/campaigns/{made['id']}/activate", json={}).json()["status"] == 1
    assert instantly.get("/campaigns/count-launched").json()["count"] == count + 1
    assert instantly.post(f"/campaigns/{made['id']}/pause", json={}).json()["status"] == 2


def test_campaigns_are_found_by_contact_and_by_tag(instantly, workspace, campaign):
    """An address names every campaign it stands in."""
    other = workspace.add_campaign("Another", 1, NOW)
    for place in (campaign, other, workspace.lists[0]):
        workspace.add_person(place, "jane@example.com", NOW)
    asked = {"search": "Jane@example.com", "sort_column": "name"}
    found = instantly.get("/campaigns/search-by-contact", params=asked).json()["items"]
    assert [item["name"] for item in found] == ["Another", "Fitness Q4"]
    tag = instantly.post("/custom-tags", json={"label": "A"}).json()["id"]
    assert instantly.post("/custom-tags", json={"label": " A "}).status_code == 400
    reported = {"tag_ids": [tag], "resource_type": 2, "resource_ids": [other.id]}
    instantly.post("/custom-tags/toggle-resource", json=reported | {"assign": True})
    assert [one["id"] for one in instantly.get("/campaigns", params={"tag_ids": tag}).json()["items"]] == [other.id]
    (mapping,) = instantly.get("/custom-tag-mappings", params={"resource_ids": other.id}).json()["items"]
    assert (mapping["tag_id"], mapping["resource_type"]) == (tag, 2)
    instantly.post("/custom-tags/toggle-resource", json=reported | {"assign": False})
    assert instantly.get("/campaigns", params={"tag_ids": tag}).json()["items"] == []


def test_lists_keep_whether_they_enrich(instantly):
    """And are found by it."""
    for name, enriches in (("A", True), ("B", False)):
        instantly.post("/lead-lists", json={"name": name, "has_enrichment_task": enriches})
    found = instantly.get("/lead-lists", params={"has_enrichment_task": "true"}).json()["items"]
    assert [(one["name"], one["has_enrichment_task"]) for one in found] == [("A", True)]
    assert len(instantly.get("/lead-lists", params={"has_enrichment_task": "false"}).json()["items"]) == 2
