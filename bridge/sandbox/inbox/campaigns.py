"""Campaigns of the sandbox's Inbox: create, show, enable, rules, sequence, columns (inbox.md §2.1 to §2.4, §2.8, §2.9).

Names need not be unique. Nothing sends: a message goes out when a test says so (`team.Campaign.settings`).
"""

from typing import Any

from bridge.sandbox.inbox.call import Call, Table
from bridge.sandbox.inbox.team import Campaign, new_id
from bridge.sandbox.wire import Row, stamp

_TEXT = {"type": "string", "pattern": r"(?s)^.{1,255}$"}
_IDS = {"type": "array", "items": {"type": "string", "pattern": "^[0-9a-z]+$"}}
_RULES = {
    "type": "object",
    "properties": {
        "syncedListIds": _IDS,
        "excludedListIds": _IDS,
        "excludeContacted": {"type": "boolean"},
        "excludeMutuals": {"type": "boolean"},
        "columnMappings": {"type": "object"},
        "detachBehavior": {"enum": ["unlink"]},
    },
}
_SEGMENTS = {"static", "variable", "variation"}


def shown(one: Campaign) -> Row:
    """The campaign object of the seed page."""
    scope = [lead for lead in one.leads.values() if not lead.cancelled]
    return {
        "id": one.id, "name": one.name, "description": None, "status": one.status, "enabled": one.status == "active",
        "dryRun": False, "targetsCount": len(scope), "contactedCount": sum(lead.contacted for lead in scope),
        "repliedCount": 0, "completionRate": 0,
        "replyRate": 0, "hourlyMessageRate": 8, "scheduleTimezone": one.timezone,
        "scheduleHours": {str(day): {"start": 540, "end": 1020} for day in range(1, 6)}, "isBuildingPlan": False,
        "isSyncing": one.syncing, "scopeAssessedCount": max(0, len(scope) - one.unassessed),
        "accountLinkIds": list(one.senders), "rules": {"syncedLists": [], "excludedLists": [], **one.rules},
        "sequence": {"version": 1, "steps": one.steps}, "automations": [], "createdAt": stamp(one.created),
        "updatedAt": stamp(one.created), "pausedAt": None, "completedAt": None, "lastStartedAt": None, **one.settings,
    }  # fmt: skip


def _create(call: Call) -> Row:
    renamed = dict(call.team.habits.create_keys)
    timezone, rules = (renamed.get(name, name) for name in ("scheduleTimezone", "rules"))
    body = call.body(
        {
            "required": ["name", "accountLinkIds"],
            "properties": {
                "name": _TEXT,
                "accountLinkIds": {**_IDS, "minItems": 1},
                timezone: {"type": "string"},
                rules: _RULES,
            },
        }
    )
    known = {one.id for one in call.team.senders}
    if not known.issuperset(body["accountLinkIds"]):
        raise call.refuse(400, "Account link not found")
    made = call.team.add_campaign(body["name"], call.now)
    made.senders, made.timezone = list(body["accountLinkIds"]), body.get(timezone, "UTC")
    made.rules |= body.get(rules, {})
    return shown(made)


def _get(call: Call) -> Row:
    if not call.team.habits.gets_v2:
        raise call.refuse(404, "Not found")
    return shown(call.campaign())


def _switch(call: Call, status: str) -> Row:
    one = call.campaign()
    if status == "active" and not (one.leads and one.senders and one.steps):
        raise call.refuse(400, "Campaign needs at least one lead, one linked account and a valid sequence")
    one.status = status
    return shown(one)


def _rules(call: Call) -> Row:
    one = call.campaign()
    one.rules |= {name: value for name, value in call.body(_RULES).items() if name.startswith("exclude")}
    return {"success": True}


def _sequence(call: Call) -> Row:
    steps = call.body({"required": ["steps"], "properties": {"steps": {"type": "array"}}})["steps"]
    segments = [part for step in steps for part in step.get("data", {}).get("segments", ())]
    if any(part.get("type") not in _SEGMENTS for part in segments):
        raise call.refuse(400, "body/steps: unknown segment type")
    one = call.campaign()
    one.steps = [{"id": new_id(f"{one.id} {rank}"), "rank": rank, **step} for rank, step in enumerate(steps)]
    return {"version": 2, "steps": one.steps}


def _column(call: Call, column_id: str) -> Row:
    created = stamp(call.campaign().created)
    name = call.campaign().columns[column_id]
    return {"id": column_id, "name": name, "type": "text", "createdAt": created, "updatedAt": None, "description": None}


def _rename(call: Call) -> Row:
    body, columns = call.body({"properties": {"name": _TEXT, "description": {}}}), call.campaign().columns
    if call.params["column"] not in columns:
        raise call.refuse(404, "Column not found")
    columns[call.params["column"]] = body.get("name", columns[call.params["column"]])
    return _column(call, call.params["column"])


def _unlisted(table: Table) -> dict[str, Any]:
    """Operations that no page documents: absent in a team whose habits say so."""

    def absent(handler: Any) -> Any:
        def answer(call: Call) -> Row:
            if not call.team.habits.lists:
                raise call.refuse(404, "Not found")
            return dict(handler(call))

        return answer

    return {name: absent(handler) for name, handler in table.items()}


TABLE: Table = {
    "POST campaigns/v2": _create,
    "GET campaigns/v2/{campaign}": _get,
    "GET campaigns/{campaign}": lambda call: shown(call.campaign()),
    "POST campaigns/v2/{campaign}/enable": lambda call: _switch(call, "active"),
    "POST campaigns/v2/{campaign}/disable": lambda call: _switch(call, "paused"),
    "PATCH campaigns/v2/{campaign}/rules": _rules,
    "PUT campaigns/v2/{campaign}/sequence": _sequence,
    "PATCH campaigns/v2/{campaign}/columns/{column}": _rename,
    **_unlisted(
        {
            "GET campaigns/v2": lambda call: call.page([shown(one) for one in reversed(call.team.campaigns)]),
            "GET campaigns/v2/{campaign}/columns": lambda call: call.page(
                [_column(call, one) for one in call.campaign().columns]
            ),
        }
    ),
}
