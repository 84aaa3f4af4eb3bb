"""What users of the Python SDK do; its own models read the answers. Run by `__main__` in the SDK's environment."""

import json
import os
import time
import urllib.request

import instantlyai

URL = os.environ["SANDBOX_URL"]
HOURS = {"name": "Day", "timing": {"from": "09:00", "to": "17:00"}, "days": {"1": True}, "timezone": "Europe/Belgrade"}


def happens(**event):
    request = urllib.request.Request(
        f"{URL}/__sandbox__/mutate", json.dumps({"event": event}).encode(), {"Content-Type": "application/json"}
    )
    assert json.load(urllib.request.urlopen(request)) == {"ok": True}


def finished(client, job):
    for _ in range(50):
        job = client.background_jobs.retrieve(str(job.id))
        if job.status.value in {"success", "failed"}:
            return job
        time.sleep(0.2)
    raise AssertionError("the job never ends")


def lists_and_uploads(client, campaign):
    lead_list = client.lead_lists.create(name="From the SDK", has_enrichment_task=True)
    assert lead_list.has_enrichment_task is True
    assert [one.name for one in client.lead_lists.list(search="sdk", has_enrichment_task=True)] == ["From the SDK"]
    rows = [{"email": f"sdk{number}@people.example", "first_name": "Jo"} for number in range(25)]
    reported = client.leads.bulk_add(list_id=str(lead_list.id), leads=[*rows, rows[0], {"email": "broken"}])
    assert (reported.leads_uploaded, reported.duplicate_email_count, reported.invalid_email_count) == (25, 1, 1)
    found = list(client.leads.list(list_id=str(lead_list.id), limit=10))
    assert len({one.id for one in found}) == 25
    one = client.leads.create(campaign=campaign, email="single@people.example", custom_variables={"niche": "yoga"})
    changed = client.leads.update(str(one.id), phone="+15550100", custom_variables={"vip": True})
    assert (changed.phone, changed.payload.model_dump()["vip"]) == ("+15550100", True)
    return str(lead_list.id)


def moves(client, lead_list, campaign):
    client.leads.bulk_add(campaign_id=campaign, leads=[{"email": "sdk3@people.example"}])
    job = client.leads.move(list_id=lead_list, to_campaign_id=campaign, check_duplicates=True)
    done = finished(client, job)
    assert (done.status.value, done.data.model_dump()["moved_leads"]) == ("success", 24)
    assert [one.email for one in client.leads.list(list_id=lead_list)] == ["sdk3@people.example"]
    assert client.leads.bulk_delete(list_id=lead_list)["count"] == 1
    assert len(list(client.background_jobs.list(status="success", type="move-leads"))) == 1


def filters(client, campaign):
    happens(email="sdk1@people.example", kind="email_sent")
    happens(email="sdk1@people.example", kind="reply_received", text="Tell me more")
    happens(email="sdk2@people.example", kind="email_bounced")
    replied = client.leads.list(campaign=campaign, filter="FILTER_VAL_REPLIED")
    assert [one.email for one in replied] == ["sdk1@people.example"]
    asked = [{"actionType": "reply", "values": {"occurrence-days": 1}}]
    assert [one.email for one in client.leads.list(queries=asked)] == ["sdk1@people.example"]
    assert client.leads.update_interest_status(lead_email="sdk1@people.example", interest_value=1)["message"]
    (mail,) = client.emails.list(email_type="received", lead="sdk1@people.example")
    assert (mail.body.text, client.emails.unread_count()["count"]) == ("Tell me more", 1)
    assert client.emails.mark_thread_read(str(mail.thread_id))["success"]
    found = client.campaigns.search_by_contact(search="sdk1@people.example")
    assert [one["id"] for one in found["items"]] == [campaign]


def campaigns(client):
    made = client.campaigns.create(name="From the SDK", campaign_schedule={"schedules": [HOURS]}, daily_limit=30)
    assert made.status.value == 0
    ref = str(made.id)
    assert client.campaigns.update(ref, email_list=["sender@sandbox.example"]).email_list == ["sender@sandbox.example"]
    assert client.campaigns.activate(ref).status.value == 1
    assert client.campaigns.pause(ref).status.value == 2
    assert client.campaigns.count_launched()["count"] >= 1
    assert client.campaigns.duplicate(ref).name == "From the SDK (copy)"
    assert "status" in str(client.campaigns.sending_status(ref))
    assert [one.name for one in client.campaigns.list(search="from the sdk", status=0)] == ["From the SDK (copy)"]
    return ref


def analytics(client, campaign, other):
    rows = client.campaigns.analytics(ids=[campaign, other])
    reported = {str(row.campaign_id): row for row in rows}
    assert reported.keys() == {campaign, other}
    assert (
        reported[campaign].reply_count,
        reported[campaign].reply_count_unique,
        reported[campaign].bounced_count,
    ) == (1, 1, 1)
    assert client.campaigns.analytics_overview(id=campaign).total_interested == 1
    assert [row["sent"] for row in client.campaigns.analytics_daily(campaign_id=campaign)] == [1]
    assert client.campaigns.analytics_steps(campaign_id=campaign)


def accounts_tags_and_blocks(client, campaign):
    email = "sender@sandbox.example"
    assert [one.email for one in client.accounts.list(status=1, filter="ACC_FILTER_W_ACTIVE")] == [email]
    assert client.accounts.update(email, daily_limit=42).daily_limit == 42
    assert client.accounts.pause(email).status.value == 2
    assert client.accounts.resume(email).status.value == 1
    finished(client, client.accounts.disable_warmup(emails=[email]))
    assert client.accounts.retrieve(email).warmup_status.value == 0
    tag = client.custom_tags.create(label="Ours")
    client.custom_tags.toggle_resource(tag_ids=[str(tag.id)], resource_type=2, resource_ids=[campaign], assign=True)
    assert [str(one.id) for one in client.campaigns.list(tag_ids=str(tag.id))] == [campaign]
    client.block_list_entries.bulk_create(bl_values=["blocked.example"])
    assert [one.bl_value for one in client.block_list_entries.list(search="blocked.ex")] == ["blocked.example"]
    assert client.workspaces.retrieve().name == "Sandbox workspace"


def webhooks(client):
    made = client.webhooks.create(target_hook_url="http://127.0.0.1:9/", event_type="email_sent", name="Ours")
    ref = str(made.id)
    assert [str(one.id) for one in client.webhooks.list(event_type="email_sent")] == [ref]
    assert client.webhooks.test(ref)["success"] is False
    assert client.webhooks.update(ref, name="Theirs").name == "Theirs"
    happens(email="sdk1@people.example", kind="email_sent")
    time.sleep(1)  # it is delivered by and by
    (event,) = client.webhook_events.list(success=False)
    assert (event.lead_email, event.will_retry) == ("sdk1@people.example", True)
    assert client.webhook_events.summary()["failed_events"] == 1
    assert client.webhooks.resume(ref).status == 1
    assert client.webhooks.event_types()["event_types"]
    client.webhooks.delete(ref)


def refusals(client):
    for call, error in (
        (lambda: client.lead_lists.create(name=""), instantlyai.ValidationError),
        (lambda: client.leads.retrieve("019ffad2-9c4e-7be6-8364-ed444afb02d5"), instantlyai.NotFoundError),
    ):
        try:
            call()
        except error:
            continue
        raise AssertionError(f"{error.__name__} did not come")


def main():
    with instantlyai.Instantly(base_url=URL) as client:
        campaign = next(str(one.id) for one in client.campaigns.list() if one.name == "Fitness Q4")
        lead_list = lists_and_uploads(client, campaign)
        moves(client, lead_list, campaign)
        filters(client, campaign)
        other = campaigns(client)
        analytics(client, campaign, other)
        accounts_tags_and_blocks(client, campaign)
        webhooks(client)
        refusals(client)


if __name__ == "__main__":
    main()
