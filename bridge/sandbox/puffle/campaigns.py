"""Campaigns and senders (puffle.md §3, §4): listed, created as drafts, changed, launched by Puffle's operator."""

from collections import Counter
from typing import Any

from bridge.sandbox.puffle.call import Call, Table
from bridge.sandbox.puffle.workspace import Campaign
from bridge.sandbox.schema import Schema
from bridge.sandbox.wire import Response, Row, answer, stamp

_IDS: Schema = {"type": "array", "items": {"type": "string", "format": "uuid"}}
_COMMON: dict[str, Schema] = {
    "name": {"type": "string", "minLength": 1},
    "sender_account_ids": _IDS,
    "skip_other_campaigns": {"type": "boolean"},
    "operating_hours": {"type": ["object", "null"]},
    "daily_limit": {"type": ["integer", "null"], "minimum": 1},
    "stop_on_reply": {"type": "boolean"},
    "open_tracking": {"type": "boolean"},
    "signature": {"type": ["string", "null"]},
}
_CREATE: Schema = {
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"type": "string", "enum": ["email", "linkedin"]}, **_COMMON},
}
_CHANGE: Schema = {
    "type": "object",
    "properties": {
        **_COMMON,
        "sequence_nodes": {"type": "array", "items": {"type": "object", "required": ["type"]}},
        "account_limits": {"type": "array", "items": {"type": "object"}},
    },
}
_ALWAYS = {"name", "operating_hours", "daily_limit"}
_SENDS = {"email": {"email"}, "linkedin": {"connection_request", "message"}}


def _shown(call: Call, one: Campaign, *, senders: bool = True) -> Row:
    workspace = call.workspace
    shown: Row = {"id": one.id, "user_id": workspace.user_id, "type": one.type, "name": one.name, "status": one.status}
    shown |= one.facts | {"stats": one.stats() if one.rows else None}
    if senders:
        shown["sender_accounts"] = [sender for sender in workspace.senders if sender["id"] in one.senders]
    return shown | {"created_at": stamp(one.created), "updated_at": stamp(one.created)}


def _list(call: Call) -> Row:
    order = {"active": 0, "paused": 1}
    found = sorted(call.workspace.campaigns, key=lambda one: order.get(one.status, 2))
    return {"campaigns": [_shown(call, one) | {"node_count": len(one.nodes)} for one in found]}


def _detail(call: Call) -> Row:
    one = call.campaign()
    by_node = {"__none__": dict(Counter(str(row["status"]) for row in one.rows.values()))} if one.rows else {}
    statuses = {name: count for name, count in one.stats().items() if name != "total"}
    shown: Row = {"campaign": _shown(call, one), "sequence_nodes": one.nodes}
    return shown | {"prospects_by_status": statuses, "prospects_by_node": by_node}


def _create(call: Call) -> Response:
    body = call.body(_CREATE)
    kind, name, senders = body["type"], body.get("name", "Untitled Campaign"), body.get("sender_account_ids", [])
    if any(one.name == name for one in call.workspace.campaigns):
        raise call.refuse(409, "A campaign with this name already exists")
    if not senders:
        raise call.refuse(400, "At least one connected sender account is required")
    _need_senders(call, kind, senders)
    made = call.workspace.add_campaign(name, call.now, kind, senders=senders)
    made.facts |= {field: body[field] for field in made.facts if field in body}
    shown = _shown(call, made, senders=False) | {"sequence_nodes": made.nodes}
    return answer({"campaign": shown}, call.workspace.habits.created)


def _need_senders(call: Call, kind: str, senders: list[str]) -> None:
    if not set(senders) <= set(call.workspace.senders_of(kind)):
        raise call.refuse(400, f"Sender accounts must be {kind} accounts")


def _change(call: Call) -> Row:
    one, body = call.campaign(), call.body(_CHANGE)
    allowed = (
        body if one.status == "draft" else {name: body[name] for name in body.keys() & _ALWAYS}
    )  # the rest: silence
    name = allowed.get("name", one.name)
    if any(other.name == name for other in call.workspace.campaigns if other is not one):
        raise call.refuse(409, "A campaign with this name already exists")
    if "sender_account_ids" in allowed:
        _need_senders(call, one.type, allowed["sender_account_ids"])
        one.senders = allowed["sender_account_ids"]
    if "sequence_nodes" in allowed:
        own = ("id", "campaign_id", "position")
        nodes = [{key: value for key, value in node.items() if key not in own} for node in allowed["sequence_nodes"]]
        call.workspace.put_nodes(one, nodes)
    one.name = name
    one.facts |= {field: allowed[field] for field in one.facts if field in allowed}
    return {"campaign": _shown(call, one), "sequence_nodes": one.nodes}


def _launch(call: Call) -> Row:
    one = call.campaign()
    pending = sum(row["status"] == "pending" for row in one.rows.values())
    sending = [node for node in one.nodes if node["type"] in _SENDS[one.type]]
    empty = any(not node.get("body") for node in sending if node["type"] != "connection_request")
    if one.status != "draft" or not one.senders or not pending or not sending or empty:
        raise call.refuse(400, "Campaign cannot be launched")
    one.status = "active"
    return {"success": True, "message": "Campaign launched", "runId": call.workspace.new_id()} | {
        "prospectsToProcess": pending
    }


def _moved(call: Call, before: str, after: str) -> Row:
    one = call.campaign()
    if one.status != before:
        raise call.refuse(400, f"Only {before} campaigns can be {'paused' if after == 'paused' else 'resumed'}")
    one.status = after
    return {"success": True, "status": after}


def _delete(call: Call) -> Row:
    call.workspace.campaigns.remove(call.campaign())
    return {"success": True}


def _senders(call: Call) -> Row:
    wanted: Any = call.request.query.get("type")
    return {"accounts": [one for one in call.workspace.senders if wanted in (None, one["type"])]}


TABLE: Table = {
    "GET campaigns": _list,
    "POST campaigns": _create,
    "GET campaigns/{id}": _detail,
    "PATCH campaigns/{id}": _change,
    "DELETE campaigns/{id}": _delete,
    "POST campaigns/{id}/launch": _launch,
    "POST campaigns/{id}/pause": lambda call: _moved(call, "active", "paused"),
    "POST campaigns/{id}/resume": lambda call: _moved(call, "paused", "active"),
    "GET senders": _senders,
}
