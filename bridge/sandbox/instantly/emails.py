"""The unified inbox. Reading it is limited to 20 requests a minute, which the door counts."""

from datetime import datetime, timedelta
from typing import Any

from bridge.sandbox.instantly.call import Call, Table, among, find, problem
from bridge.sandbox.instantly.records import Document
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.wire import Row, moment, stamp

SENT, RECEIVED, MANUAL, _SCHEDULED = 1, 2, 3, 4  # by a campaign, from a lead, by hand
_TYPES = {"sent": SENT, "received": RECEIVED, "manual": MANUAL}


def put(workspace: Workspace, at: datetime, kind: int, text: str, **facts: Any) -> Document:
    """A new mail of the inbox, as schema `Email`; `facts` are those of its fields that follow from no other."""
    identity, lead, account = workspace.ids.at(at), facts["lead"], facts["eaccount"]
    mail: Row = {
        "id": identity,
        "timestamp_created": stamp(at),
        "timestamp_email": stamp(at),
        "message_id": f"<{identity}@sandbox.example>",
        "from_address_email": (lead if kind == RECEIVED else account) or None,
        "to_address_email_list": account if kind == RECEIVED else lead,
        "body": {"text": text, "html": f"<div>{text}</div>"},
        "organization_id": workspace.id,
        "ue_type": kind,
        "step": None,
        "is_unread": int(kind == RECEIVED),
        "is_auto_reply": 0,
        "is_focused": 1,
        "i_status": None,
        "reminder_ts": None,
        "content_preview": text[:100],
    }
    workspace.mails.append(Document(mail | facts))
    return workspace.mails[-1]


def _emails(call: Call) -> Row:
    start, end = call.time("min_timestamp_created"), call.time("max_timestamp_created")
    life = call.workspace.life
    known = call.now - timedelta(seconds=life.lags.emails) if life else None
    chosen = call.kept(
        [one for one in call.workspace.mails if known is None or moment(one["timestamp_email"]) <= known],
        "campaign_id", "list_id", "i_status", "lead", "is_unread",
        eaccount=lambda listed, one: among(listed, one["eaccount"]),
        has_reminder=lambda wanted, one: bool(one["reminder_ts"]) == wanted,
        email_type=lambda name, one: one["ue_type"] == _TYPES[name],
        mode=lambda mode, one: mode == "emode_all" or (mode == "emode_others") == one["is_auto_reply"],
        scheduled_only=lambda wanted, one: not wanted or one["ue_type"] == _SCHEDULED,
        marked_as_done=lambda wanted, _one: not wanted,
        assigned_to=lambda wanted, _one: not wanted,  # no mail of the sandbox is assigned
        company_domain=lambda wanted, one: wanted in {"", one["lead"].rpartition("@")[2]},
        search=_found,
        min_timestamp_created=lambda _text, one: start is None or moment(one["timestamp_email"]) >= start,
        max_timestamp_created=lambda _text, one: end is None or moment(one["timestamp_email"]) <= end,
    )  # fmt: skip
    if call.query.get("latest_of_thread"):
        chosen = list({one["thread_id"]: one for one in sorted(chosen, key=lambda one: one.id)}.values())
    bodies: Row = {"body": {}} if call.query.get("preview_only") else {}
    return call.page((one | bodies for one in chosen), descending=call.query.get("sort_order") != "asc")


def _found(search: str, one: Document) -> bool:
    if search.startswith("thread:"):
        return bool(one["thread_id"] == search.removeprefix("thread:"))
    return search.lower() in {"", one["lead"].lower()}


def _update(call: Call) -> Row:
    mail = call.one(call.workspace.mails, "Email")
    mail["is_unread"] = int(call.body.get("is_unread", mail["is_unread"]) or 0)
    mail["reminder_ts"] = call.body.get("reminder_ts", mail["reminder_ts"])
    return mail


def _mark_read(call: Call) -> Row:
    for one in call.workspace.mails:
        if one["thread_id"] == call.params["thread_id"]:
            one["is_unread"] = 0
    return {"success": True}


def _reply(call: Call) -> Row:
    body = call.body
    to = find(call.workspace.mails, body["reply_to_uuid"], "Email")
    if all(one.email != body["eaccount"] for one in call.workspace.mailboxes):
        raise problem(404, "Account not found")
    text = body["body"].get("text") or body["body"].get("html") or ""
    facts = {name: to[name] for name in ("lead", "lead_id", "campaign_id", "list_id", "thread_id")}
    facts |= {"subject": body["subject"], "eaccount": body["eaccount"], "reminder_ts": body.get("reminder_ts")}
    return put(call.workspace, call.now, MANUAL, text, **facts)


TABLE: Table = {
    "GET emails": _emails,
    "GET emails/unread/count": lambda call: {"count": sum(one["is_unread"] for one in call.workspace.mails)},
    "GET emails/{id}": lambda call: call.one(call.workspace.mails, "Email"),
    "PATCH emails/{id}": _update,
    "DELETE emails/{id}": lambda call: call.removed(call.workspace.mails, "Email"),
    "POST emails/threads/{thread_id}/mark-as-read": _mark_read,
    "POST emails/reply": _reply,
}
