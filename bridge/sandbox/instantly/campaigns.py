"""Campaigns: new ones are drafts, activating is a call of its own, and a change replaces lists whole (pitfall 23)."""

from typing import Any

from bridge.sandbox.instantly.call import Call, Table
from bridge.sandbox.instantly.contract import Misfit
from bridge.sandbox.instantly.lists import named
from bridge.sandbox.instantly.records import Campaign
from bridge.sandbox.instantly.shapes import sending_status, shown_campaign
from bridge.sandbox.wire import dumps, loads

_DRAFT, _ACTIVE, _PAUSED = 0, 1, 2
_SORTS = ("timestamp_created", "name")


def _shown(call: Call, campaign: Campaign) -> dict[str, Any]:
    return shown_campaign(campaign, call.workspace)


def _campaigns(call: Call) -> dict[str, Any]:
    query, tags = call.query, call.several("tag_ids")
    search = query.get("search", "").lower()
    chosen = [
        one
        for one in sorted(call.workspace.campaigns, key=lambda one: one.id)
        if search in one.name.lower()
        and query.get("status", one.status) == one.status
        and query.get("exclude_status") != one.status
        and (not tags or not tags.isdisjoint(one.tags))
        and query.get("ai_sales_agent_id") in {None, one.settings.get("ai_sdr_id")}
    ]
    return call.page([_shown(call, one) for one in chosen])


def _by_contact(call: Call) -> dict[str, Any]:
    query = call.query
    column, order = query.get("sort_column", "timestamp_created"), query.get("sort_order", "asc")
    if column not in _SORTS or order not in {"asc", "desc"}:
        raise Misfit(f"querystring/{'sort_column' if column not in _SORTS else 'sort_order'} is not known")
    places = {one.place for one in call.workspace.of_email(query.get("search", ""))}
    found = [_shown(call, one) for one in call.workspace.campaigns if one.id in places]
    return {"items": sorted(found, key=lambda row: str(row[column]), reverse=order == "desc")}


def _count_launched(call: Call) -> dict[str, Any]:
    return {"count": sum(one.status != _DRAFT for one in call.workspace.campaigns)}


def _create(call: Call) -> dict[str, Any]:
    made = call.workspace.add_campaign(named(call.body), _DRAFT, call.now)
    return _set(call, made, call.body)


def _update(call: Call) -> dict[str, Any]:
    if "name" in call.body:
        named(call.body)
    return _set(call, call.campaign(), call.body)


def _set(call: Call, campaign: Campaign, facts: dict[str, Any]) -> dict[str, Any]:
    campaign.name = facts.get("name", campaign.name)
    campaign.settings |= {name: value for name, value in facts.items() if name != "name"}
    campaign.updated = call.now
    return _shown(call, campaign)


def _delete(call: Call) -> dict[str, Any]:
    gone = call.campaign()
    for person in list(call.workspace.people(gone.id)):
        call.workspace.remove_person(person)
    call.workspace.campaigns.remove(gone)
    return _shown(call, gone)


def _turned(call: Call, status: int) -> dict[str, Any]:
    campaign = call.campaign()
    campaign.status, campaign.updated = status, call.now
    return _shown(call, campaign)


def _duplicate(call: Call) -> dict[str, Any]:
    """The steps and settings under another name, as a draft without leads."""
    original = call.campaign()
    name = (call.body or {}).get("name") or f"{original.name} (copy)"
    copy = call.workspace.add_campaign(name, _DRAFT, call.now, *original.steps)
    copy.delays, copy.settings = original.delays, loads(dumps(original.settings).encode())
    copy.variables = dict(original.variables)
    return _shown(call, copy)


def _variables(call: Call) -> dict[str, Any]:
    campaign = call.campaign()
    campaign.variables = dict.fromkeys(call.body["variables"], "") | campaign.variables
    return _shown(call, campaign)


TABLE: Table = {
    "GET campaigns": _campaigns,
    "POST campaigns": _create,
    "GET campaigns/search-by-contact": _by_contact,
    "GET campaigns/count-launched": _count_launched,
    "GET campaigns/{id}": lambda call: _shown(call, call.campaign()),
    "PATCH campaigns/{id}": _update,
    "DELETE campaigns/{id}": _delete,
    "POST campaigns/{id}/activate": lambda call: _turned(call, _ACTIVE),
    "POST campaigns/{id}/pause": lambda call: _turned(call, _PAUSED),
    "POST campaigns/{id}/duplicate": _duplicate,
    "POST campaigns/{id}/variables": _variables,
    "GET campaigns/{id}/sending-status": lambda call: sending_status(call.campaign(), call.now),
}
