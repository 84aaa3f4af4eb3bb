"""Sending accounts: limits, warm-up, pausing. Warm-up is switched by a background job."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bridge.sandbox.instantly import jobs
from bridge.sandbox.instantly.call import Call, Table, problem
from bridge.sandbox.instantly.contract import Misfit
from bridge.sandbox.instantly.records import Mailbox
from bridge.sandbox.instantly.shapes import shown_account
from bridge.sandbox.wire import stamp

_ACTIVE, _PAUSED = 1, 2
_CONTACT = re.compile(r"[^\s@]+@[^\s@]+")
_KEPT = (
    "first_name", "last_name", "warmup", "tracking_domain_name", "tracking_domain_status", "sending_gap", "signature",
    "reply_to", "inbox_placement_test_limit",
)  # fmt: skip
FILTERS: Mapping[str, Callable[[Mailbox], bool]] = {
    "ACC_FILTER_PAUSED": lambda one: one.status == _PAUSED,
    "ACC_FILTER_ERROR": lambda one: one.status < 0,
    "ACC_FILTER_NO_CTD": lambda one: not one.settings.get("tracking_domain_name"),
    "ACC_FILTER_PW_ACCOUNTS": lambda _one: False,  # bought warm, or done for you: none is
    "ACC_FILTER_DFY": lambda _one: False,
    "ACC_FILTER_DFY_SETUP_PENDING": lambda _one: False,
    "ACC_FILTER_W_ACTIVE": lambda one: one.warming == 1,
    "ACC_FILTER_W_PAUSED": lambda one: one.warming == 0,
    "ACC_FILTER_W_ERROR": lambda one: one.warming < 0,
}


def _shown(call: Call, mailbox: Mailbox) -> dict[str, Any]:
    return shown_account(mailbox, call.workspace)


def _accounts(call: Call) -> dict[str, Any]:
    rows = [_row(call, one) for one in call.workspace.mailboxes if _passes(call, one)]
    column = call.query.get("sort_by")
    if column is None:
        rows.sort(key=_cursor)
    else:
        ascending = call.query.get("sort_order") == "asc"
        rows.sort(key=lambda row: (row[column] is not None, row[column]), reverse=not ascending)
    after, limit, skip = call.query.get("starting_after", ""), call.query.get("limit", 10), call.query.get("skip", 0)
    rows = [row for row in rows if column or _cursor(row) > after][skip:]
    more = {"next_starting_after": _cursor(rows[limit - 1])} if len(rows) > limit and not column else {}
    return {"items": rows[:limit]} | more


def _cursor(row: Mapping[str, Any]) -> str:
    return f"{row['timestamp_created']}&{row['email']}"


def _row(call: Call, one: Mailbox) -> dict[str, Any]:
    if not call.query.get("include_tags"):
        return _shown(call, one)
    known = [tag for tag in call.workspace.tags if tag.id in one.tags]
    told = [{"id": tag.id, "label": tag.label, "description": tag.description} for tag in known]
    return _shown(call, one) | {"tags": told}


def _passes(call: Call, one: Mailbox) -> bool:
    query, tags, every = call.query, call.several("tag_ids"), call.several("tag_ids_all")
    return (
        query.get("search", "").lower() in one.email.lower()
        and query.get("status", one.status) == one.status
        and query.get("provider_code", one.provider) == one.provider
        and (not tags or not tags.isdisjoint(one.tags))
        and every <= set(one.tags)
        and ("filter" not in query or FILTERS[query["filter"]](one))
    )


def _create(call: Call) -> dict[str, Any]:
    email = call.body["email"].lower()
    if any(one.email == email for one in call.workspace.mailboxes):
        raise problem(400, "Account already exists")
    made = call.workspace.add_mailbox(email, call.now, provider=call.body["provider_code"])
    return _shown(call, _set(made, call.body))


def _set(mailbox: Mailbox, facts: Mapping[str, Any]) -> Mailbox:
    if facts.get("reply_to") is not None and not _CONTACT.fullmatch(facts["reply_to"]):
        raise Misfit('must match format "email"', "body/reply_to")  # an Account's is one, a new one's is any text
    mailbox.daily_limit = facts.get("daily_limit", mailbox.daily_limit)
    mailbox.slow_ramp = bool(facts.get("enable_slow_ramp", mailbox.slow_ramp))
    mailbox.settings |= {name: facts[name] for name in _KEPT if name in facts}
    if facts.get("remove_tracking_domain"):
        mailbox.settings |= {"tracking_domain_name": None, "tracking_domain_status": None}
    return mailbox


def _delete(call: Call) -> dict[str, Any]:
    gone = call.mailbox()
    call.workspace.mailboxes.remove(gone)
    return _shown(call, gone)


def _turned(call: Call, status: int) -> dict[str, Any]:
    mailbox = call.mailbox()
    mailbox.status = status
    return _shown(call, mailbox)


def _pause_many(call: Call) -> dict[str, Any]:
    wanted = dict.fromkeys(call.body["emails"])
    known = {one.email: one for one in call.workspace.mailboxes if one.email in wanted and one.status != _PAUSED}
    for one in known.values():
        one.status = _PAUSED
    return {
        "paused_emails": [email for email in wanted if email in known],
        "failed_emails": [email for email in wanted if email not in known],
    }


def _warm(call: Call, status: int) -> dict[str, Any]:
    body = call.body
    wanted, excluded = set(body.get("emails", ())), set(body.get("excluded_emails", ()))
    told = body.get("filter") or {}
    name = told.get("filter")
    chosen = [
        one
        for one in call.workspace.mailboxes
        if one.email in wanted
        or (
            body.get("include_all_emails")
            and one.email not in excluded
            and body.get("search", "") in one.email
            and (not name or FILTERS[name](one))
            and ("tag_id" not in told or told["tag_id"] in one.tags)
        )
    ]

    def work(_now: datetime) -> dict[str, Any]:
        for one in chosen:
            one.warming = status
        return {"success_count": len(chosen), "failed_count": 0, "total_to_process": len(chosen)}

    return jobs.start(call, "update-warmup-accounts", "workspace", call.workspace.id, work)


def _campaigns_of(call: Call) -> dict[str, Any]:
    email = call.mailbox().email
    rows = [
        {
            "campaign_id": one.id,
            "campaign_name": one.name,
            "timestamp_created": stamp(one.created),
            "status": one.status,
        }
        for one in sorted(call.workspace.campaigns, key=lambda one: one.id)
        if email in one.settings.get("email_list", ["sender@sandbox.example"])
    ]
    return call.page(rows, "campaign_id")


TABLE: Table = {
    "GET accounts": _accounts,
    "POST accounts": _create,
    "POST accounts/pause": _pause_many,
    "POST accounts/warmup/enable": lambda call: _warm(call, 1),
    "POST accounts/warmup/disable": lambda call: _warm(call, 0),
    "GET accounts/{email}": lambda call: _shown(call, call.mailbox()),
    "PATCH accounts/{email}": lambda call: _shown(call, _set(call.mailbox(), call.body)),
    "DELETE accounts/{email}": _delete,
    "POST accounts/{email}/pause": lambda call: _turned(call, _PAUSED),
    "POST accounts/{email}/resume": lambda call: _turned(call, _ACTIVE),
    "POST accounts/{email}/mark-fixed": lambda call: _turned(call, _ACTIVE),
    "GET account-campaign-mappings/{email}": _campaigns_of,
}
