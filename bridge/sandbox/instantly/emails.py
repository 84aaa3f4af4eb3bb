"""The unified inbox. Reading it is limited to 20 requests a minute, which the door counts."""

from typing import Any

from bridge.sandbox.instantly.call import Call, Table, find, problem
from bridge.sandbox.instantly.records import Mail
from bridge.sandbox.wire import moment, stamp

_SENT, _RECEIVED, _MANUAL, _SCHEDULED = 1, 2, 3, 4
_TYPES = {"sent": _SENT, "received": _RECEIVED, "manual": _MANUAL}


def _shown(call: Call, one: Mail) -> dict[str, Any]:
    received = one.type == _RECEIVED
    parts = {"text": one.text, "html": f"<div>{one.text}</div>"}
    return {
        "id": one.id,
        "timestamp_created": stamp(one.at),
        "timestamp_email": stamp(one.at),
        "message_id": f"<{one.id}@sandbox.example>",
        "subject": one.subject,
        "from_address_email": (one.lead if received else one.account) or None,
        "to_address_email_list": one.account if received else one.lead,
        "body": {} if call.query.get("preview_only") else parts,
        "organization_id": call.workspace.id,
        "campaign_id": one.campaign,
        "list_id": one.list_id,
        "lead": one.lead,
        "lead_id": one.lead_id,
        "eaccount": one.account,
        "ue_type": one.type,
        "step": one.step,
        "is_unread": int(one.unread),
        "is_auto_reply": int(one.automatic),
        "is_focused": int(not one.automatic),
        "i_status": one.interest,
        "reminder_ts": one.reminder,
        "thread_id": one.thread,
        "content_preview": one.text[:100],
    }


def _emails(call: Call) -> dict[str, Any]:
    chosen = [one for one in call.workspace.mails if _passes(call, one)]
    if call.query.get("latest_of_thread"):
        latest = {one.thread: one for one in sorted(chosen, key=lambda one: one.id)}
        chosen = list(latest.values())
    descending = call.query.get("sort_order", "desc") == "desc"
    chosen.sort(key=lambda one: one.id, reverse=descending)
    return call.page([_shown(call, one) for one in chosen], descending=descending)


def _passes(call: Call, one: Mail) -> bool:
    query, accounts = call.query, call.several("eaccount")
    exact = (("campaign_id", one.campaign), ("list_id", one.list_id), ("i_status", one.interest), ("lead", one.lead))
    return (
        all(query.get(name, value) == value for name, value in exact)
        and (not accounts or one.account in accounts)
        and query.get("is_unread", one.unread) == one.unread
        and query.get("has_reminder", bool(one.reminder)) == bool(one.reminder)
        and ("email_type" not in query or _TYPES[query["email_type"]] == one.type)
        and (query.get("mode", "emode_all") == "emode_all" or (query["mode"] == "emode_others") == one.automatic)
        and (not query.get("scheduled_only") or one.type == _SCHEDULED)
        and (not query.get("marked_as_done"))
        and not query.get("assigned_to")  # nobody is assigned to a mail in the sandbox
        and query.get("company_domain", "") in {"", one.lead.rpartition("@")[2]}
        and _between(call, one)
        and _found(query.get("search", ""), one)
    )


def _between(call: Call, one: Mail) -> bool:
    start, end = call.time("min_timestamp_created"), call.time("max_timestamp_created")
    at = moment(stamp(one.at))  # as it is shown: in milliseconds
    return (start is None or at >= start) and (end is None or at <= end)


def _found(search: str, one: Mail) -> bool:
    if search.startswith("thread:"):
        return one.thread == search.removeprefix("thread:")
    return search.lower() in {"", one.lead.lower()}


def _mail(call: Call) -> Mail:
    return find(call.workspace.mails, call.holes["id"], "Email")


def _update(call: Call) -> dict[str, Any]:
    mail = _mail(call)
    mail.unread = bool(call.body.get("is_unread", mail.unread))
    mail.reminder = call.body.get("reminder_ts", mail.reminder)
    return _shown(call, mail)


def _delete(call: Call) -> dict[str, Any]:
    gone = _mail(call)
    call.workspace.mails.remove(gone)
    return _shown(call, gone)


def _mark_read(call: Call) -> dict[str, Any]:
    for one in call.workspace.mails:
        if one.thread == call.holes["thread_id"]:
            one.unread = False
    return {"success": True}


def _reply(call: Call) -> dict[str, Any]:
    body = call.body
    to = find(call.workspace.mails, body["reply_to_uuid"], "Email")
    if all(one.email != body["eaccount"] for one in call.workspace.mailboxes):
        raise problem(404, "Account not found")
    text = body["body"].get("text") or body["body"].get("html") or ""
    sent = Mail(
        call.workspace.ids.at(call.now), call.now, _MANUAL, body["subject"], text, body["eaccount"], to.lead,
        to.lead_id, to.campaign, to.list_id, to.thread, reminder=body.get("reminder_ts"),
    )  # fmt: skip
    call.workspace.mails.append(sent)
    return _shown(call, sent)


TABLE: Table = {
    "GET emails": _emails,
    "GET emails/unread/count": lambda call: {"count": sum(one.unread for one in call.workspace.mails)},
    "GET emails/{id}": lambda call: _shown(call, _mail(call)),
    "PATCH emails/{id}": _update,
    "DELETE emails/{id}": _delete,
    "POST emails/threads/{thread_id}/mark-as-read": _mark_read,
    "POST emails/reply": _reply,
}
