"""Webhooks, and the events that are delivered to them: no signature, three tries in 30 seconds, then disabled.

Delivering is left to `Sandbox.deliver_due`, which does it outside the lock; here is what is due and what came of
it. The names of events differ between subscription and payload (instantly.md §1.7, pitfalls 26 and 27).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from bridge.sandbox.instantly.call import Call, Table
from bridge.sandbox.instantly.contract import operations
from bridge.sandbox.instantly.records import Campaign, Document, Event, Person, Try, Webhook
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.wire import Row, stamp

_WAITS = (timedelta(seconds=10), timedelta(seconds=20))  # before the second and the third try
_FIELDS = ("campaign", "name", "target_hook_url", "event_type", "custom_interest_value", "headers")
_RECEIVED = 2


def announce(workspace: Workspace, event: Event, person: Person, mail: Document | None) -> None:
    """Queue an event for every webhook that wants it."""
    wanting = _wanting(workspace, event.kind, event.place)
    payload = _payload(workspace, event, person, mail) if wanting else {}
    workspace.tries += [Try(webhook, payload, event.at, workspace.ids.at(event.at)) for webhook in wanting]


def announce_failure(workspace: Workspace, campaign: Campaign, account: str, at: datetime) -> None:
    """Queue that an account of this campaign cannot send; the event has no lead."""
    payload: Row = {"timestamp": stamp(at), "event_type": "account_error", "workspace": workspace.id}
    payload |= {"campaign_id": campaign.id, "campaign_name": campaign.name, "email_account": account}
    wanting = _wanting(workspace, "account_error", campaign.id)
    workspace.tries += [Try(webhook, payload, at, workspace.ids.at(at)) for webhook in wanting]


def _wanting(workspace: Workspace, kind: str, place: str) -> list[Webhook]:
    return [
        webhook
        for webhook in workspace.webhooks
        if webhook.facts.get("event_type") in {"all_events", kind}
        and webhook.status == 1
        and webhook.facts.get("campaign") in {None, place}
    ]


def due(workspace: Workspace, now: datetime) -> list[Try]:
    """The tries whose time has come; each is given out once."""
    tries = [one for one in workspace.tries if one.due <= now and one.webhook.status == 1]
    workspace.tries = [one for one in workspace.tries if one not in tries]
    return tries


def delivered(workspace: Workspace, one: Try, code: int, now: datetime) -> None:
    """Write down what came of a try; a failed one is followed by the next, the last one disables the webhook."""
    success, retry_at = _success(code), None
    if not success and one.number < len(_WAITS):
        retry_at = now + _WAITS[one.number]
        workspace.tries.append(replace(one, due=retry_at, number=one.number + 1))
    elif not success:
        one.webhook.status, one.webhook.failed_at = -1, now
    made: Row = {
        "id": workspace.ids.at(now),
        "timestamp_created": stamp(now),
        "timestamp_created_date": now.date().isoformat(),
        "organization_id": workspace.id,
        "payload": one.payload,
        "success": success,
        "retry_count": one.number,
        "will_retry": retry_at is not None,
        "webhook_url": one.url,
        "status_code": code or None,
        "error_message": None if success else f"status {code}" if code else "no answer",
        "timestamp_next_retry": stamp(retry_at) if retry_at else None,
        "retry_group_id": one.group,
        "retry_successful": success if one.number else None,
        "lead_email": one.payload.get("lead_email"),
        "response_time_ms": 1,
    }
    workspace.deliveries.append(Document(made))


def _success(code: int) -> bool:
    return HTTPStatus.OK <= code < HTTPStatus.MULTIPLE_CHOICES


def _payload(workspace: Workspace, event: Event, person: Person, mail: Document | None) -> Row:
    kind = {"email_link_clicked": "link_clicked"}.get(event.kind, event.kind)
    campaign = workspace.campaign(event.place)
    result: Row = {
        "timestamp": stamp(event.at),
        "event_type": "auto_reply_received" if event.automatic else kind,
        "workspace": workspace.id,
        "campaign_id": campaign.id if campaign else None,
        "campaign_name": campaign.name if campaign else None,
        "lead_email": event.email,
        "email_account": event.account,
        "step": event.step + 1,
        "variant": event.variant + 1,
        "is_first": event.first,
    }
    if mail is not None:
        what = "reply" if mail["ue_type"] == _RECEIVED else "email"
        result |= {"email_id": mail.id, f"{what}_subject": mail["subject"], f"{what}_text": mail["body"]["text"]}
    known = {name: value for name, value in person.posted.items() if name != "custom_variables" and value is not None}
    return dict(person.posted.get("custom_variables") or {}) | known | result


def _shown(call: Call, one: Webhook) -> Row:
    result = {"id": one.id, "organization": call.workspace.id, "timestamp_created": stamp(one.created)}
    failed = stamp(one.failed_at) if one.failed_at else None
    facts = {name: one.facts.get(name) for name in _FIELDS}
    if facts["event_type"] is None:
        del facts["event_type"]  # its enum has no null, although its type has
    return result | facts | {"status": one.status, "timestamp_error": failed}


def _webhook(call: Call) -> Webhook:
    return call.one(call.workspace.webhooks, "Webhook")


def _list(call: Call) -> Row:
    chosen = call.kept(
        call.workspace.webhooks,
        campaign=lambda wanted, one: one.facts.get("campaign") == wanted,
        event_type=lambda wanted, one: one.facts.get("event_type") == wanted,
    )
    return call.page(_shown(call, one) for one in chosen)


def _create(call: Call) -> Row:
    if call.body.get("campaign"):
        call.campaign(call.body["campaign"])
    made = Webhook(call.workspace.ids.at(call.now), call.now, dict(call.body))
    call.workspace.webhooks.append(made)
    return _shown(call, made)


def _set(call: Call, *, resumed: bool = False) -> Row:
    changed = _webhook(call)
    changed.facts |= call.body or {}
    if resumed:
        changed.status, changed.failed_at = 1, None
    return _shown(call, changed)


def _test(call: Call) -> Row:
    payload = {"timestamp": stamp(call.now), "event_type": "test", "workspace": call.workspace.id}
    code = call.post(Try(_webhook(call), payload, call.now, ""))
    result: Row = {"success": _success(code), "response_time_ms": 1, "status_code": code}
    if _success(code):
        return result | {"message": "Test payload delivered"}
    return result | {"message": "Test payload was not taken", "error": f"status {code}"}


def _event_types(_call: Call) -> Row:
    body = operations()["POST webhooks"].body or {}
    names = body["properties"]["event_type"]["enum"]
    known = [{"id": name, "label": name.replace("_", " ").capitalize(), "type": "system"} for name in names]
    return {"event_types": known}


def _made(call: Call) -> list[Document]:
    """The tries that were made, on the days that are asked for."""
    return call.kept(
        call.workspace.deliveries,
        "success",
        search=lambda text, one: text in {one["webhook_url"], one["lead_email"]},
        **{
            "from": lambda start, one: start <= one["timestamp_created_date"],
            "to": lambda end, one: one["timestamp_created_date"] <= end,
        },
    )


def _counts(tries: Sequence[Document]) -> Row:
    total, good = len(tries), sum(one["success"] for one in tries)
    result: Row = {"total_events": total, "successful_events": good, "failed_events": total - good}
    return result | {"success_rate": 100 * good / total if total else 0}


def _summary(call: Call) -> Row:
    result = _counts(_made(call))
    return result | {"failure_rate": 100 - result["success_rate"] if result["total_events"] else 0}


def _summary_by_date(call: Call) -> Row:
    by_date: dict[str, list[Document]] = {}
    for one in _made(call):
        by_date.setdefault(one["timestamp_created_date"], []).append(one)
    return {"items": [{"date": date} | _counts(tries) for date, tries in sorted(by_date.items())]}


TABLE: Table = {
    "GET webhooks": _list,
    "POST webhooks": _create,
    "GET webhooks/event-types": _event_types,
    "GET webhooks/{id}": lambda call: _shown(call, _webhook(call)),
    "PATCH webhooks/{id}": _set,
    "DELETE webhooks/{id}": lambda call: _shown(call, call.removed(call.workspace.webhooks, "Webhook")),
    "POST webhooks/{id}/test": _test,
    "POST webhooks/{id}/resume": lambda call: _set(call, resumed=True),
    "GET webhook-events": lambda call: call.page(_made(call)),
    "GET webhook-events/summary": _summary,
    "GET webhook-events/summary-by-date": _summary_by_date,
    "GET webhook-events/{id}": lambda call: call.one(call.workspace.deliveries, "Webhook event"),
}
