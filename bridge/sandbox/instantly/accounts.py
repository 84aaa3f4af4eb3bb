"""Sending accounts: limits, warm-up, pausing. Warm-up is switched by a background job."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from bridge.sandbox.instantly import jobs
from bridge.sandbox.instantly.call import Call, SchemaError, Table, among, cut, keep, problem
from bridge.sandbox.instantly.records import Mailbox
from bridge.sandbox.wire import Row, stamp

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


def _shown(call: Call, mailbox: Mailbox) -> Row:
    """Schema `Account`."""
    first, _, last = mailbox.email.partition("@")[0].partition(".")
    tags = [tag for tag in call.workspace.tags if tag.id in mailbox.tags]
    labels = [{name: tag[name] for name in ("id", "label", "description")} for tag in tags]
    return {
        "email": mailbox.email,
        "timestamp_created": stamp(mailbox.created),
        "timestamp_updated": stamp(mailbox.created),
        "first_name": first.title(),
        "last_name": last.title(),
        "organization": call.workspace.id,
        "status": mailbox.status,
        "daily_limit": mailbox.daily_limit,
        "enable_slow_ramp": mailbox.slow_ramp,
        "warmup_status": mailbox.warming,
        "warmup": {"limit": 30, "increment": "disabled", "reply_rate": 30},
        "stat_warmup_score": 100 if mailbox.warming == 1 else None,
        "provider_code": mailbox.provider,
        "setup_pending": False,
        "is_managed_account": False,
        **mailbox.settings,
        **({"tags": labels} if call.query.get("include_tags") else {}),
    }


def _accounts(call: Call) -> Row:
    query = call.query
    chosen = call.kept(
        call.workspace.mailboxes,
        "status",
        search=lambda text, one: text.lower() in one.email.lower(),
        provider_code=lambda wanted, one: one.provider == wanted,
        tag_ids=lambda listed, one: among(listed, *one.tags),
        tag_ids_all=lambda listed, one: all(among(tag, *one.tags) for tag in listed.split(",")),
        filter=lambda name, one: FILTERS[name](one),
    )
    rows = [_shown(call, one) | {"cursor": f"{stamp(one.created)}&{one.email}"} for one in chosen]
    column, skip, limit = query.get("sort_by"), query.get("skip", 0), query.get("limit", 10)
    if column:
        descending = query.get("sort_order") != "asc"
        rows.sort(key=lambda row: (row[column] is not None, row[column]), reverse=descending)
        page = {"items": rows[skip : skip + limit]}  # sorted otherwise, it goes on by `skip` alone
    else:
        rows = [row for row in rows if row["cursor"] > query.get("starting_after", "")]
        page = cut(sorted(rows, key=lambda row: str(row["cursor"]))[skip:], limit, "cursor")
    for row in page["items"]:
        del row["cursor"]
    return page


def _create(call: Call) -> Row:
    email = call.body["email"].lower()
    if any(one.email == email for one in call.workspace.mailboxes):
        raise problem(400, "Account already exists")
    return _set(call, call.workspace.add_mailbox(email, call.now, provider=call.body["provider_code"]), call.body)


def _set(call: Call, mailbox: Mailbox, facts: Row, status: int | None = None) -> Row:
    if facts.get("reply_to") is not None and not _CONTACT.fullmatch(facts["reply_to"]):
        raise SchemaError('must match format "email"', "body/reply_to")  # an Account's is one, a new one's is any text
    mailbox.status = mailbox.status if status is None else status
    mailbox.daily_limit = facts.get("daily_limit", mailbox.daily_limit)
    mailbox.slow_ramp = bool(facts.get("enable_slow_ramp", mailbox.slow_ramp))
    mailbox.settings |= {name: facts[name] for name in _KEPT if name in facts}
    if facts.get("remove_tracking_domain"):
        mailbox.settings |= {"tracking_domain_name": None, "tracking_domain_status": None}
    return _shown(call, mailbox)


def _delete(call: Call) -> Row:
    gone = call.mailbox()
    call.workspace.mailboxes.remove(gone)
    return _shown(call, gone)


def _pause_many(call: Call) -> Row:
    wanted = dict.fromkeys(call.body["emails"])
    known = {one.email: one for one in call.workspace.mailboxes if one.email in wanted and one.status != _PAUSED}
    for one in known.values():
        one.status = _PAUSED
    return {
        "paused_emails": [email for email in wanted if email in known],
        "failed_emails": [email for email in wanted if email not in known],
    }


def _warm(call: Call, status: int) -> Row:
    """A job that sets the warm-up of the accounts that are named, or of all that the filters leave."""
    body, mailboxes = call.body, call.workspace.mailboxes
    asked = {name: value for name, value in (body.get("filter") or {}).items() if value}
    asked |= {name: body[name] for name in ("excluded_emails", "search") if name in body}
    tests: Mapping[str, Callable[[str, Mailbox], bool]] = {
        "excluded_emails": lambda emails, one: one.email not in emails,
        "search": lambda text, one: text in one.email,
        "filter": lambda name, one: FILTERS[name](one),
        "tag_id": lambda tag, one: tag in one.tags,
    }
    every = keep(mailboxes, asked, tests) if body.get("include_all_emails") else ()
    emails = {*body.get("emails", ()), *(one.email for one in every)}
    chosen = [one for one in mailboxes if one.email in emails]

    def work(_now: datetime) -> Row:
        for one in chosen:
            one.warming = status
        return {"success_count": len(chosen), "failed_count": 0, "total_to_process": len(chosen)}

    return jobs.start(call, "update-warmup-accounts", "workspace", call.workspace.id, work)


def _campaigns_of(call: Call) -> Row:
    email = call.mailbox().email
    return call.page(
        (
            {"campaign_id": one.id, "campaign_name": one.name, "timestamp_created": stamp(one.created)}
            | {"status": one.status}
            for one in call.workspace.campaigns
            if email in one.settings.get("email_list", ["sender@sandbox.example"])
        ),
        "campaign_id",
    )


TABLE: Table = {
    "GET accounts": _accounts,
    "POST accounts": _create,
    "POST accounts/pause": _pause_many,
    "POST accounts/warmup/enable": lambda call: _warm(call, 1),
    "POST accounts/warmup/disable": lambda call: _warm(call, 0),
    "GET accounts/{email}": lambda call: _shown(call, call.mailbox()),
    "PATCH accounts/{email}": lambda call: _set(call, call.mailbox(), call.body),
    "DELETE accounts/{email}": _delete,
    "POST accounts/{email}/pause": lambda call: _set(call, call.mailbox(), {}, _PAUSED),
    "POST accounts/{email}/resume": lambda call: _set(call, call.mailbox(), {}, _ACTIVE),
    "POST accounts/{email}/mark-fixed": lambda call: _set(call, call.mailbox(), {}, _ACTIVE),
    "GET account-campaign-mappings/{email}": _campaigns_of,
}
