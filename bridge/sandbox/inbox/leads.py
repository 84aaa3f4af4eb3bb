"""Leads of the sandbox's Inbox: add, update, cancel (inbox.md §2.5 to §2.7). An answer counts, and names no lead."""

import re
from collections import Counter

from bridge.sandbox.inbox.call import Call, Table
from bridge.sandbox.inbox.team import Campaign, InboxLead, new_id
from bridge.sandbox.wire import Row

_HANDLE = re.compile(r"[a-z0-9_]{1,15}")
_ARRAYS = ("leads", "usernames", "platformIds", "externalIds")
_ID = {"type": "string", "minLength": 1}
_LEAD = {
    "type": "object",
    "properties": {"username": _ID, "platformId": _ID, "externalId": _ID, "platform": {"enum": ["twitter"]}, "data": {
        "type": "object"}},
    "additionalProperties": False,
}  # fmt: skip
_BODY = {
    "properties": {
        "platform": {"enum": ["twitter"]},
        **{name: {"type": "array", "minItems": 1, "maxItems": 2000, "items": _ID} for name in _ARRAYS[1:]},
        "leads": {"type": "array", "minItems": 1, "maxItems": 2000, "items": _LEAD},
    }
}
_WHICH = {"by": {"enum": ["platformId", "username", "externalId"]}, "platform": {"enum": ["twitter"]}}


def _add(call: Call) -> Row:
    campaign, body = call.campaign(), call.body(_BODY)
    given = [name for name in _ARRAYS if name in body]
    if len(given) != 1:
        raise call.refuse(400, "Exactly one of platformIds, usernames, externalIds, leads is needed")
    rows = body["leads"] if given == ["leads"] else [{given[0].removesuffix("s"): one} for one in body[given[0]]]
    _judge(call, campaign, rows)
    call.book.posted(campaign.id, [])
    counts = Counter(_put(call, campaign, row) for row in rows)
    return {name: counts[name] for name in ("added", "skipped", "failed")}


def _judge(call: Call, campaign: Campaign, rows: list[Row]) -> None:
    """Refuse the whole call for what is wrong in one row, before anything is written."""
    habits = call.team.habits
    if habits.refuses_completed and campaign.status == "completed":
        raise call.refuse(409, "Campaign is completed")
    for at, row in enumerate(rows):
        if sum(name in row for name in ("username", "platformId", "externalId")) != 1:
            raise call.refuse(400, f"body/leads/{at} needs one of platformId, username, externalId")
        strange = sorted(row.get("data", {}).keys() - campaign.columns.keys())
        if strange and habits.refuses_unknown_columns:
            raise call.refuse(400, f"body/leads/{at}/data: unknown column {strange[0]}")


def _put(call: Call, campaign: Campaign, row: Row) -> str:
    """Add one lead: which counter it falls into."""
    handle = _handle(call, row.get("username", ""))
    if not _HANDLE.fullmatch(handle) or not call.team.resolves(handle):
        return "failed"
    data = {name: value for name, value in row.get("data", {}).items() if name in campaign.columns}
    if handle in campaign.leads:
        if call.team.habits.updates_skipped:
            campaign.leads[handle].data |= data
        return "skipped"
    campaign.leads[handle] = InboxLead(handle, data)
    call.book.created(campaign.id, handle)
    return "added"


def _handle(call: Call, username: str) -> str:
    if not call.team.habits.reads_spellings:
        return username
    return username.strip().rstrip("/").rpartition("/")[2].lstrip("@").lower()


def _lead(call: Call, by: object) -> InboxLead:
    """The lead that the path names, by its handle; the sandbox knows no numbers of X accounts."""
    found = call.campaign().leads.get(_handle(call, call.params["lead"])) if by == "username" else None
    if found is None:
        raise call.refuse(404, "Lead not found")
    return found


def _update(call: Call) -> Row:
    body = call.body({"required": ["data"], "properties": {**_WHICH, "data": {"type": "object"}}})
    lead = _lead(call, body.get("by"))
    lead.data |= body["data"]
    return {"prospect": {"platform": "twitter", "username": lead.username, "externalId": new_id(lead.username)}}


def _shown(call: Call) -> Row:
    if not call.team.habits.shows_leads:
        raise call.refuse(404, "Not found")
    lead = _lead(call, call.request.query.get("by"))
    return {"prospect": {"platform": "twitter", "username": lead.username}, "data": lead.data}


def _threads(call: Call) -> list[Row]:
    """The threads with a person, by any of the accounts that are named (inbox.md §4)."""
    name = call.request.query.get("username", "").lower()
    found = [one for one in call.team.campaigns if name in one.leads and one.leads[name].contacted]
    return [{"id": new_id(f"thread {one.id} {name}"), "username": name} for one in found]


def _cancel(call: Call) -> Row:
    _lead(call, call.body({"properties": _WHICH}).get("by")).cancelled = True
    return {"success": True}


TABLE: Table = {
    "POST campaigns/v2/{campaign}/leads": _add,
    "GET campaigns/v2/{campaign}/leads/{lead}": _shown,
    "PATCH campaigns/v2/{campaign}/leads/{lead}": _update,
    "GET threads/lookup-by-username": _threads,
    "POST campaigns/v2/{campaign}/leads/{lead}/cancel": _cancel,
}
