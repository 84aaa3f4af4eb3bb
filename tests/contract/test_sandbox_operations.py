"""Each operation of the sandbox's Instantly, asked and answered as the vendor's document allows."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bridge.sandbox import Sandbox, demo_world
from bridge.sandbox.instantly.happening import KINDS, happen
from tests.contract.make_slim import OPERATIONS
from tests.contract.schema import ContractTransport

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEADERS = {"Authorization": "Bearer sandbox-key", "User-Agent": "leadbridge-tests/1"}
TAKER = "https://hooks.example/instantly"
ACCOUNT = {
    "email": "jo@sender.example", "first_name": "Jo", "last_name": "Doe", "provider_code": 1,
    "imap_username": "jo", "imap_password": "x", "imap_host": "imap.sender.example", "imap_port": 993,
    "smtp_username": "jo", "smtp_password": "x", "smtp_host": "smtp.sender.example", "smtp_port": 587,
}  # fmt: skip
HOURS = {"name": "Day", "timing": {"from": "09:00", "to": "17:00"}, "days": {"1": True}, "timezone": "Europe/Belgrade"}


class Asking:
    """Calls that must succeed; what the clock says can be moved."""

    def __init__(self):
        self.moment = NOW
        self.sandbox = Sandbox(demo_world(NOW), clock=lambda: self.moment)
        transport = ContractTransport(self.sandbox.transport())
        self._client = httpx.Client(transport=transport, base_url="https://vendor.example/api/v2", headers=HEADERS)

    def __call__(self, method, path, body=None, **query):
        answer = self._client.request(method, path, json=body, params=query)
        assert answer.is_success, answer.text
        return answer.json()

    def close(self):
        self._client.close()


@pytest.fixture
def ask():
    asking = Asking()
    yield asking
    asking.close()


def leads(ask, campaign, lead_list):
    made = ask("POST", "leads", {"campaign": campaign, "email": "jane@example.com", "first_name": "Jane"})
    other = ask("POST", "leads", {"list_id": lead_list, "first_name": "Jo", "lt_interest_status": 2})
    ask("PATCH", f"leads/{made['id']}", {"custom_variables": {"followers": 7}, "lt_interest_status": 1})
    ask("GET", f"leads/{made['id']}")
    ask("POST", "leads/add", {"list_id": lead_list, "leads": [{"email": "a@example.com"}, {"email": "b@example.com"}]})
    ask("POST", "leads/merge", {"lead_id": other["id"], "destination_lead_id": made["id"]})
    ask("POST", "leads/update-interest-status", {"lead_email": "jane@example.com", "interest_value": None})
    job = ask("POST", "leads/move", {"list_id": lead_list, "to_campaign_id": campaign, "check_duplicates": True})
    for seconds in (0, 0.6, 2):
        ask.moment = NOW + timedelta(seconds=seconds)
        ask("GET", f"background-jobs/{job['id']}", data_fields="moved_leads")
    ask("GET", "background-jobs", status="success", sort_order="desc", type="move-leads", limit=1)
    ask("POST", "leads/list", {"filter": "FILTER_VAL_NOT_CONTACTED", "distinct_contacts": True, "limit": 2})
    ask("DELETE", f"leads/{ask('POST', 'leads/list', {'contacts': ['b@example.com']})['items'][0]['id']}")
    ask("DELETE", "leads", {"campaign_id": campaign, "status": 1, "limit": 1})


def campaigns(ask):
    made = ask("POST", "campaigns", {"name": "New", "campaign_schedule": {"schedules": [HOURS]}, "pl_value": 10})
    path = f"campaigns/{made['id']}"
    ask("PATCH", path, {"daily_limit": 20, "email_list": ["sender@sandbox.example"]})
    ask("POST", f"{path}/variables", {"variables": ["platform"]})
    for step in ("activate", "pause"):
        ask("POST", f"{path}/{step}", {})
    ask("DELETE", f"campaigns/{ask('POST', f'{path}/duplicate', {})['id']}")
    for read in (path, f"{path}/sending-status", "campaigns", "campaigns/count-launched"):
        ask("GET", read)
    ask("GET", "campaigns/search-by-contact", search="jane@example.com", sort_column="name", sort_order="desc")


def what_happened(ask, campaign):
    workspace = ask.sandbox.world.instantly
    for number, kind in enumerate((*KINDS, "reply_received")):
        person = next(workspace.people(campaign))
        happen(workspace, person, kind, NOW + timedelta(minutes=number), automatic=number >= len(KINDS))
    asked = {"start_date": "2026-11-01", "end_date": "2026-12-01"}
    ask("GET", "campaigns/analytics", ids=[campaign], exclude_total_leads_count=True)
    ask("GET", "campaigns/analytics/overview", id=campaign, expand_crm_events=True, **asked)
    ask("GET", "campaigns/analytics/daily", campaign_id=campaign, **asked)
    ask("GET", "campaigns/analytics/steps", campaign_id=campaign, include_opportunities_count=True)
    ask("GET", "accounts/analytics/daily", emails=["sender@sandbox.example"])


def emails(ask):
    (first, *_) = ask("GET", "emails", email_type="received", is_unread=True, latest_of_thread=True)["items"]
    ask("GET", "emails/unread/count")
    ask("GET", f"emails/{first['id']}")
    ask("PATCH", f"emails/{first['id']}", {"is_unread": 0, "reminder_ts": "2026-12-01T09:00:00Z"})
    ask("POST", f"emails/threads/{first['thread_id']}/mark-as-read")
    body = {"subject": "Re", "body": {"text": "Hi"}, "eaccount": "sender@sandbox.example"}
    ask("DELETE", f"emails/{ask('POST', 'emails/reply', body | {'reply_to_uuid': first['id']})['id']}")


def accounts(ask):
    email = ask("POST", "accounts", ACCOUNT)["email"]
    ask("PATCH", f"accounts/{email}", {"daily_limit": 40, "warmup": {"limit": 20, "increment": "2"}})
    for step in ("pause", "resume", "mark-fixed"):
        ask("POST", f"accounts/{email}/{step}")
    ask("POST", "accounts/pause", {"emails": [email, "nobody@sender.example"]})
    for step in ("enable", "disable"):
        ask("POST", f"accounts/warmup/{step}", {"emails": [email]})
    ask("POST", "accounts/warmup-analytics", {"emails": [email]})
    ask("GET", "accounts", include_tags=True, sort_by="email", sort_order="asc", skip=1, limit=1)
    ask("GET", "account-campaign-mappings/sender@sandbox.example")
    ask("GET", f"accounts/{email}")
    ask("DELETE", f"accounts/{email}")


def lists_and_blocks(ask):
    made = ask("POST", "lead-lists", {"name": "New", "has_enrichment_task": True})
    ask("PATCH", f"lead-lists/{made['id']}", {"name": "Newer"})
    for read in (f"lead-lists/{made['id']}", f"lead-lists/{made['id']}/verification-stats", "lead-lists"):
        ask("GET", read)
    ask("DELETE", f"lead-lists/{made['id']}")
    ask("POST", "block-lists-entries/bulk-create", {"bl_values": ["x.example"]})
    entry = ask("POST", "block-lists-entries", {"bl_value": "y.example"})
    for read in ("block-lists-entries", f"block-lists-entries/{entry['id']}"):
        ask("GET", read)
    ask("DELETE", f"block-lists-entries/{entry['id']}")


def webhooks(ask):
    made = ask("POST", "webhooks", {"target_hook_url": TAKER, "event_type": "all_events", "headers": {"X-S": "s"}})
    ask("POST", "webhooks", {"target_hook_url": TAKER, "custom_interest_value": 9})
    path = f"webhooks/{made['id']}"
    ask("PATCH", path, {"name": "Ours"})
    for step in ("test", "resume"):
        ask("POST", f"{path}/{step}")
    for read in (path, "webhooks", "webhooks/event-types"):
        ask("GET", read)
    return path


def webhook_events(ask):
    (first,) = ask("GET", "webhook-events", limit=1, success=True)["items"]
    ask("GET", f"webhook-events/{first['id']}")
    for read in ("webhook-events/summary", "webhook-events/summary-by-date"):
        ask("GET", read, **{"from": "2026-11-01", "to": "2026-12-01"})


def tags(ask, campaign):
    made = ask("POST", "custom-tags", {"label": " Team A "})
    for kind, resource in ((1, "sender@sandbox.example"), (2, campaign)):
        reported = {"tag_ids": [made["id"]], "resource_type": kind, "resource_ids": [resource], "assign": True}
        assert ask("POST", "custom-tags/toggle-resource", reported) == {"success": True}
    ask("PATCH", f"custom-tags/{made['id']}", {"description": "those of A"})
    for read in ("custom-tags", f"custom-tags/{made['id']}", "custom-tag-mappings"):
        assert ask("GET", read)
    ask("DELETE", f"custom-tags/{made['id']}")


def test_every_operation_is_asked_and_answered_as_documented(ask):
    """All of them, each judged in both directions; anyone who adds one to the sandbox has to add it here."""
    workspace = ask.sandbox.world.instantly
    campaign, lead_list = workspace.campaigns[0].id, workspace.lists[0].id
    webhook = webhooks(ask)
    leads(ask, campaign, lead_list)
    campaigns(ask)
    what_happened(ask, campaign)
    emails(ask)
    accounts(ask)
    lists_and_blocks(ask)
    webhook_events(ask)
    tags(ask, campaign)
    for read in ("workspaces/current", "workspace-billing/plan-details"):
        ask("GET", read)
    ask("DELETE", webhook)
    left = ask("POST", "campaigns", {"name": "To delete", "campaign_schedule": {"schedules": [HOURS]}})
    ask("DELETE", f"campaigns/{left['id']}")
    asked = {tuple(name.split(" ")[1:]) for name in ask.sandbox.report()["requests"]}
    assert asked == set(OPERATIONS)
