"""Campaigns: new ones are drafts, activating is a call of its own, and a change replaces lists whole (pitfall 23)."""

from collections.abc import Mapping
from copy import deepcopy
from itertools import chain, repeat

from bridge.sandbox.instantly.call import Call, SchemaError, Table, among
from bridge.sandbox.instantly.lists import named
from bridge.sandbox.instantly.records import Campaign
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.wire import Row, stamp

_DRAFT, _ACTIVE, _PAUSED = 0, 1, 2
_SENDING: Mapping[int, str] = {
    -99: "campaign_account_suspended", -2: "campaign_bounce_protect", -1: "campaign_accounts_unhealthy",
    0: "campaign_draft", 1: "healthy", 2: "campaign_paused", 3: "campaign_completed",
    4: "campaign_running_subsequences",
}  # fmt: skip
_WORKDAYS = {str(day): day not in {0, 6} for day in range(7)}
_HOURS = {
    "name": "Working hours", "timing": {"from": "09:00", "to": "17:00"}, "days": _WORKDAYS,
    "timezone": "Europe/Belgrade",
}  # fmt: skip


def _shown(call: Call, campaign: Campaign) -> Row:
    """Schema `Campaign`: only sequences[0] counts (instantly.md §1.4)."""
    steps = [
        {"type": "email", "delay": delay, "variants": [{"subject": subject, "body": body}]}
        for (subject, body), delay in zip(campaign.steps, chain(campaign.delays, repeat(2)), strict=False)
    ]
    return {
        "id": campaign.id,
        "name": campaign.name,
        "status": campaign.status,
        "campaign_schedule": {"start_date": None, "end_date": None, "schedules": [_HOURS]},
        "sequences": [{"steps": steps}],
        "timestamp_created": stamp(campaign.created),
        "timestamp_updated": stamp(campaign.updated or campaign.created),
        "email_list": ["sender@sandbox.example"],
        "daily_limit": 50,
        "stop_on_reply": True,
        "open_tracking": False,
        "core_variables": {},
        "custom_variables": dict(campaign.variables),
        "organization": call.workspace.id,
        "owned_by": call.workspace.owner,
        **campaign.settings,
    }


def _campaigns(call: Call) -> Row:
    chosen = call.kept(
        call.workspace.campaigns,
        "status",
        search=lambda text, one: text.lower() in one.name.lower(),
        exclude_status=lambda unwanted, one: one.status != unwanted,
        tag_ids=lambda listed, one: among(listed, *one.tags),
        ai_sales_agent_id=lambda wanted, one: one.settings.get("ai_sdr_id") == wanted,
    )
    return call.page(_shown(call, one) for one in chosen)


def _by_contact(call: Call) -> Row:
    query = call.query
    column, order = query.get("sort_column", "timestamp_created"), query.get("sort_order", "asc")
    # The document gives the words of both only in prose.
    for name, value, words in (("column", column, ("timestamp_created", "name")), ("order", order, ("asc", "desc"))):
        if value not in words:
            raise SchemaError(f"querystring/sort_{name} is not known")
    places = {one.place for one in call.workspace.of_email(query.get("search", ""))}
    found = [_shown(call, one) for one in call.workspace.campaigns if one.id in places]
    return {"items": sorted(found, key=lambda row: str(row[column]), reverse=order == "desc")}


def _set(call: Call, campaign: Campaign) -> Row:
    campaign.name = named(call.body) if "name" in call.body else campaign.name
    campaign.settings |= {name: value for name, value in call.body.items() if name != "name"}
    campaign.updated = call.now
    return _shown(call, campaign)


def _turned(call: Call, status: int) -> Row:
    campaign = call.campaign()
    campaign.status, campaign.updated = status, call.now
    return _shown(call, campaign)


def _duplicate(call: Call) -> Row:
    """The steps and settings under another name, as a draft without leads."""
    original = call.campaign()
    name = (call.body or {}).get("name") or f"{original.name} (copy)"
    copy = call.workspace.add_campaign(name, _DRAFT, call.now, *original.steps)
    copy.delays, copy.settings = original.delays, deepcopy(original.settings)
    copy.variables = dict(original.variables)
    return _shown(call, copy)


def _variables(call: Call) -> Row:
    campaign = call.campaign()
    call.workspace.widen(campaign.id, call.body["variables"])
    return _shown(call, campaign)


def _sending_status(call: Call) -> Row:
    """Why a campaign sends or does not: the fields that are always present, what it did today, and set follow-ups."""
    campaign = call.campaign()
    code = campaign.sending or _SENDING[campaign.status]
    tracking = {"current_status_code": code, "issue_first_seen_at": None, "consecutive_loops_with_issue": 0}
    diagnostics: Row = {"campaign_id": campaign.id, "last_updated": stamp(call.now), "status": code}
    diagnostics["issue_tracking"] = tracking
    if campaign.follow_ups is not None:
        diagnostics["follow_ups_waiting"] = {"count": campaign.follow_ups, "earliest_wait_time_seconds": None}
    if code != "out_of_schedule":
        diagnostics |= _today(call, campaign)
    summary = {"status": code, "status_message": f"Status of this campaign: {code.replace('_', ' ')}."}
    if call.query.get("with_ai_summary"):
        summary["ai_summary"] = f"In short: {code.replace('_', ' ')}."
    return {"diagnostics": diagnostics, "summary": summary}


def _today(call: Call, campaign: Campaign) -> Row:
    """What has gone out today, and the campaign's limits."""
    shown, workspace = _shown(call, campaign), call.workspace
    mails = [one for one in workspace.events if (one.place, one.kind) == (campaign.id, "email_sent")]
    mails = [one for one in mails if one.at.date() == call.now.date()]
    begun, limit, fresh = sum(one.first for one in mails), shown["daily_limit"], shown.get("daily_max_leads")
    return {
        "campaign_daily_limit": {"limit": limit or 0, "sent": len(mails), "limit_hit": len(mails) >= (limit or 10**9)},
        "new_lead_limit": {
            "enabled": fresh is not None,
            "limit": fresh,
            "contacted": begun,
            "limit_hit": fresh is not None and begun >= fresh,
        },
    }


def set_status(workspace: Workspace, campaign: str, status: int) -> None:
    """The control `target`: give a campaign, by id or name, another status. Raises LookupError."""
    found = workspace.campaign(campaign)
    if found is None:
        raise LookupError(f"no Instantly campaign {campaign!r}")
    found.status = int(status)


TABLE: Table = {
    "GET campaigns": _campaigns,
    "POST campaigns": lambda call: _set(call, call.workspace.add_campaign(named(call.body), _DRAFT, call.now)),
    "GET campaigns/search-by-contact": _by_contact,
    "GET campaigns/count-launched": lambda call: {
        "count": sum(one.status != _DRAFT for one in call.workspace.campaigns)
    },
    "GET campaigns/{id}": lambda call: _shown(call, call.campaign()),
    "PATCH campaigns/{id}": lambda call: _set(call, call.campaign()),
    "DELETE campaigns/{id}": lambda call: _shown(call, call.workspace.remove_place(call.campaign())),
    "POST campaigns/{id}/activate": lambda call: _turned(call, _ACTIVE),
    "POST campaigns/{id}/pause": lambda call: _turned(call, _PAUSED),
    "POST campaigns/{id}/duplicate": _duplicate,
    "POST campaigns/{id}/variables": _variables,
    "GET campaigns/{id}/sending-status": _sending_status,
}
