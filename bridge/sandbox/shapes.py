"""The longer JSON answers of Instantly, as its document's schemas have them. Decides nothing."""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain, repeat
from typing import Any

from bridge.sandbox.wire import stamp
from bridge.sandbox.workspace import Campaign, Mailbox, Workspace

CLOUDFLARE = (
    b"<!DOCTYPE html><html><head><title>Access denied | Cloudflare</title>"
    b"</head><body><h1>Error 1010</h1><p>The owner of this website has banned your access based on your browser's "
    b"signature.</p></body></html>"
)
_SENDING: Mapping[int, str] = {
    -99: "campaign_account_suspended", -2: "campaign_bounce_protect", -1: "campaign_accounts_unhealthy",
    0: "campaign_draft", 1: "healthy", 2: "campaign_paused", 3: "campaign_completed",
    4: "campaign_running_subsequences",
}  # fmt: skip
_WORKDAYS = {str(day): day not in {0, 6} for day in range(7)}


def shown_campaign(campaign: Campaign, workspace: Workspace) -> dict[str, Any]:
    """Schema `Campaign`: only sequences[0] counts (instantly.md §1.4)."""
    steps = [
        {"type": "email", "delay": delay, "variants": [{"subject": subject, "body": body}]}
        for (subject, body), delay in zip(campaign.steps, chain(campaign.delays, repeat(2)), strict=False)
    ]
    hours = {"name": "Working hours", "timing": {"from": "09:00", "to": "17:00"}, "days": _WORKDAYS}
    shown = {
        "id": campaign.id,
        "name": campaign.name,
        "status": campaign.status,
        "campaign_schedule": {
            "start_date": None,
            "end_date": None,
            "schedules": [hours | {"timezone": "Europe/Belgrade"}],
        },
        "sequences": [{"steps": steps}],
        "timestamp_created": stamp(campaign.created),
        "timestamp_updated": stamp(campaign.created),
        "email_list": ["sender@sandbox.example"],
        "daily_limit": 50,
        "stop_on_reply": True,
        "open_tracking": False,
        "core_variables": {},
        "custom_variables": dict(campaign.variables),
        "organization": workspace.id,
        "owned_by": workspace.owner,
    }
    return shown | campaign.settings


def shown_account(mailbox: Mailbox, workspace: Workspace) -> dict[str, Any]:
    """Schema `Account`; the status of warming up and the provider are the same for all."""
    first, _, last = mailbox.email.partition("@")[0].partition(".")
    return {
        "email": mailbox.email,
        "timestamp_created": stamp(mailbox.created),
        "timestamp_updated": stamp(mailbox.created),
        "first_name": first.title(),
        "last_name": last.title(),
        "organization": workspace.id,
        "status": mailbox.status,
        "daily_limit": mailbox.daily_limit,
        "enable_slow_ramp": mailbox.slow_ramp,
        "warmup_status": 1,
        "provider_code": 2,
        "setup_pending": False,
        "is_managed_account": False,
    }


def shown_analytics(campaign: Campaign, leads: int) -> dict[str, Any]:
    """A row of the campaigns' analytics: who is in it, whom it has written to, and nothing that came of it."""
    nothing = (
        "open_count", "reply_count", "link_click_count", "bounced_count", "unsubscribed_count", "completed_count",
        "total_opportunities", "total_opportunity_value",
    )  # fmt: skip
    return {
        "campaign_name": campaign.name,
        "campaign_id": campaign.id,
        "campaign_status": campaign.status,
        "campaign_is_evergreen": False,
        "leads_count": leads,
        "contacted_count": campaign.contacted,
        "emails_sent_count": campaign.contacted,
        "new_leads_contacted_count": campaign.contacted,
        **dict.fromkeys(nothing, 0),
    }


def sending_status(campaign: Campaign, now: datetime) -> dict[str, Any]:
    """Why a campaign sends or does not; the fields that are always present, and the follow-ups where they are set."""
    code = campaign.sending or _SENDING[campaign.status]
    tracking = {"current_status_code": code, "issue_first_seen_at": None, "consecutive_loops_with_issue": 0}
    diagnostics = {"campaign_id": campaign.id, "last_updated": stamp(now), "status": code, "issue_tracking": tracking}
    if campaign.follow_ups is not None:
        diagnostics["follow_ups_waiting"] = {"count": campaign.follow_ups, "earliest_wait_time_seconds": None}
    message = f"Status of this campaign: {code.replace('_', ' ')}."
    return {"diagnostics": diagnostics, "summary": {"status": code, "status_message": message}}


def plan_details(workspace: Workspace) -> dict[str, Any]:
    """The plan: a stored total of leads in campaigns, and credits (instantly.md §1.5)."""
    outreach = {
        "plan_name": "Hypergrowth",
        "addons_qty": 0,
        "total_lead_limit": workspace.lead_limit,
        "current_lead_count": workspace.lead_count(),
        "base_lead_limit": workspace.lead_limit,
        "interval": "month",
        "current_period_end": None,
        "cancel_at_time": None,
        "price_in_dollars": 97,
        "product_id": "pid_hg_v1",
    }
    credit = {
        "plan_name": "Credits",
        "total_credits": 1_000,
        "available_credits": workspace.credits,
        "interval": "month",
    }
    subscriptions = {"outreach": outreach, "credits": credit}
    return {"organization_id": workspace.id, "organization_name": workspace.name, "subscriptions": subscriptions}
