"""The unified inbox. Reading it is limited to 20 requests a minute, which the door counts."""

from bridge.sandbox.instantly.call import Call, Table, among, find, problem
from bridge.sandbox.instantly.records import Mail
from bridge.sandbox.wire import Row, moment, stamp

_SENT, _RECEIVED, _MANUAL, _SCHEDULED = 1, 2, 3, 4
_TYPES = {"sent": _SENT, "received": _RECEIVED, "manual": _MANUAL}


def _shown(call: Call, one: Mail) -> Row:
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


def _emails(call: Call) -> Row:
    start, end = call.time("min_timestamp_created"), call.time("max_timestamp_created")
    chosen = call.kept(
        call.workspace.mails,
        campaign_id=lambda wanted, one: one.campaign == wanted,
        list_id=lambda wanted, one: one.list_id == wanted,
        i_status=lambda wanted, one: one.interest == wanted,
        lead=lambda wanted, one: one.lead == wanted,
        eaccount=lambda listed, one: among(listed, one.account),
        is_unread=lambda wanted, one: one.unread == wanted,
        has_reminder=lambda wanted, one: bool(one.reminder) == wanted,
        email_type=lambda name, one: one.type == _TYPES[name],
        mode=lambda mode, one: mode == "emode_all" or (mode == "emode_others") == one.automatic,
        scheduled_only=lambda wanted, one: not wanted or one.type == _SCHEDULED,
        marked_as_done=lambda wanted, _one: not wanted,
        assigned_to=lambda wanted, _one: not wanted,  # no mail of the sandbox is assigned
        company_domain=lambda wanted, one: wanted in {"", one.lead.rpartition("@")[2]},
        search=_found,
        # Compared as it is shown, in milliseconds.
        min_timestamp_created=lambda _text, one: start is None or moment(stamp(one.at)) >= start,
        max_timestamp_created=lambda _text, one: end is None or moment(stamp(one.at)) <= end,
    )
    if call.query.get("latest_of_thread"):
        chosen = list({one.thread: one for one in sorted(chosen, key=lambda one: one.id)}.values())
    return call.page((_shown(call, one) for one in chosen), descending=call.query.get("sort_order") != "asc")


def _found(search: str, one: Mail) -> bool:
    if search.startswith("thread:"):
        return one.thread == search.removeprefix("thread:")
    return search.lower() in {"", one.lead.lower()}


def _update(call: Call) -> Row:
    mail = call.one(call.workspace.mails, "Email")
    mail.unread = bool(call.body.get("is_unread", mail.unread))
    mail.reminder = call.body.get("reminder_ts", mail.reminder)
    return _shown(call, mail)


def _mark_read(call: Call) -> Row:
    for one in call.workspace.mails:
        if one.thread == call.holes["thread_id"]:
            one.unread = False
    return {"success": True}


def _reply(call: Call) -> Row:
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
    "GET emails/{id}": lambda call: _shown(call, call.one(call.workspace.mails, "Email")),
    "PATCH emails/{id}": _update,
    "DELETE emails/{id}": lambda call: _shown(call, call.taken_out(call.workspace.mails, "Email")),
    "POST emails/threads/{thread_id}/mark-as-read": _mark_read,
    "POST emails/reply": _reply,
}
