"""The longer JSON answers of Instantly, as its document's schemas have them. Decides nothing."""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain, repeat
from typing import Any

from bridge.sandbox.instantly.records import Campaign, Mailbox, Person
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.wire import stamp

CLOUDFLARE = (
    b"<!DOCTYPE html><html><head><title>Access denied | Cloudflare</title>"
    b"</head><body><h1>Error 1010</h1><p>The owner of this website has banned your access based on your browser's "
    b"signature.</p></body></html>"
)
CORE = ("first_name", "last_name", "company_name", "job_title", "phone", "website", "personalization")
_SENDING: Mapping[int, str] = {
    -99: "campaign_account_suspended", -2: "campaign_bounce_protect", -1: "campaign_accounts_unhealthy",
    0: "campaign_draft", 1: "healthy", 2: "campaign_paused", 3: "campaign_completed",
    4: "campaign_running_subsequences",
}  # fmt: skip
_WORKDAYS = {str(day): day not in {0, 6} for day in range(7)}


def stamped(at: datetime | None) -> str | None:
    """A timestamp that may be absent."""
    return stamp(at) if at else None


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
        "timestamp_updated": stamp(campaign.updated or campaign.created),
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
    """Schema `Account`."""
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
        "warmup_status": mailbox.warming,
        "warmup": {"limit": 30, "increment": "disabled", "reply_rate": 30},
        "stat_warmup_score": 100 if mailbox.warming == 1 else None,
        "provider_code": mailbox.provider,
        "setup_pending": False,
        "is_managed_account": False,
    } | mailbox.settings


def shown_person(person: Person, workspace_id: str) -> dict[str, Any]:
    """Schema `Lead`; the core keys inside `payload` are camelCase (instantly.md §1.3)."""
    posted, done = person.posted, person.activity
    core = {name: posted.get(name) for name in CORE}
    shown: dict[str, Any] = {
        "id": person.id,
        "timestamp_created": stamp(person.created),
        "timestamp_updated": stamp(person.updated or person.created),
        "organization": workspace_id,
        "campaign": person.place if person.kind == "campaign" else None,
        "list_id": person.place if person.kind == "list" else None,
        "status": person.status,
        "email": person.email or None,
        **core,
        "payload": _payload(core, posted.get("custom_variables") or {}),
        "email_open_count": done.opens,
        "email_reply_count": done.replies,
        "email_click_count": done.clicks,
        "company_domain": person.email.rpartition("@")[2],
        "status_summary": {},
        "upload_method": "api",
        "timestamp_last_contact": stamped(done.contacted_at),
        "timestamp_last_open": stamped(done.opened_at),
        "timestamp_last_click": stamped(done.clicked_at),
        "timestamp_last_reply": stamped(done.replied_at),
        "timestamp_last_interest_change": stamped(done.interest_at),
    }
    shown |= {name: posted[name] for name in ("pl_value_lead", "assigned_to") if name in posted}
    optional = {"verification_status": person.verification, "lt_interest_status": interest_of(person)}
    return shown | {name: value for name, value in optional.items() if value is not None}


def interest_of(person: Person) -> int | None:
    """The interest of a lead, as it was set since or posted with it; None stands for the plain status "Lead"."""
    done = person.activity
    return done.interest if done.interest_at else person.posted.get("lt_interest_status")


def _payload(core: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    filled = {_camel(name): value for name, value in core.items() if value is not None}
    return filled | dict(variables)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def sending_status(campaign: Campaign, now: datetime) -> dict[str, Any]:
    """Why a campaign sends or does not; the fields that are always present, and the follow-ups where they are set."""
    code = campaign.sending or _SENDING[campaign.status]
    tracking = {"current_status_code": code, "issue_first_seen_at": None, "consecutive_loops_with_issue": 0}
    diagnostics = {"campaign_id": campaign.id, "last_updated": stamp(now), "status": code, "issue_tracking": tracking}
    if campaign.follow_ups is not None:
        diagnostics["follow_ups_waiting"] = {"count": campaign.follow_ups, "earliest_wait_time_seconds": None}
    message = f"Status of this campaign: {code.replace('_', ' ')}."
    return {"diagnostics": diagnostics, "summary": {"status": code, "status_message": message}}
