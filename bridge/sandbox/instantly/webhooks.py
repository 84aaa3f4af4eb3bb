"""Webhooks, and the events that are delivered to them: no signature, three tries in 30 seconds, then disabled.

Delivering is left to `Sandbox.deliver_due`, which does it outside the lock; here stands what is due and what came of
it. The names of events differ between subscription and payload (instantly.md §1.7, pitfalls 26 and 27).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from bridge.sandbox.instantly.call import Call, Table
from bridge.sandbox.instantly.contract import operations
from bridge.sandbox.instantly.records import Delivery, Document, Event, Person, Webhook
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.wire import Row, stamp

_WAITS = (timedelta(seconds=10), timedelta(seconds=20))  # before the second and the third try
_FIELDS = ("campaign", "name", "target_hook_url", "event_type", "custom_interest_value", "headers")
_RECEIVED = 2


# ------------------------------------------------------------------------------------------------- what is delivered


def announce(workspace: Workspace, event: Event, person: Person, mail: Document | None) -> None:
    """Queue an event for every webhook that wants it."""
    for webhook in workspace.webhooks:
        wanted = webhook.facts.get("event_type") in {"all_events", event.kind}
        if wanted and webhook.status == 1 and webhook.facts.get("campaign") in {None, event.place}:
            workspace.deliveries.append(_try(workspace, webhook, _payload(workspace, event, person, mail), event.at))


def _try(workspace: Workspace, webhook: Webhook, payload: Row, at: datetime) -> Delivery:
    """The first try of a delivery."""
    return Delivery(workspace.ids.at(at), webhook, payload, at, workspace.ids.at(at))


def due(workspace: Workspace, now: datetime) -> list[Delivery]:
    """The tries whose time has come; each is given out once."""
    waiting = (one for one in workspace.deliveries if one.code is None and not one.under_way)
    tries = [one for one in waiting if one.due <= now and one.webhook.status == 1]
    for one in tries:
        one.under_way = True
    return tries


def delivered(workspace: Workspace, delivery: Delivery, code: int, now: datetime) -> None:
    """Write down what came of a try; a failed one is followed by the next, the last one disables the webhook."""
    delivery.code, delivery.made = code, now
    if delivery.success:
        return
    if delivery.tries < len(_WAITS):
        delivery.retry_at = now + _WAITS[delivery.tries]
        again = _try(workspace, delivery.webhook, delivery.payload, delivery.retry_at)
        again.group, again.tries = delivery.group, delivery.tries + 1
        workspace.deliveries.append(again)
    else:
        delivery.webhook.status, delivery.webhook.failed_at = -1, now


def _payload(workspace: Workspace, event: Event, person: Person, mail: Document | None) -> Row:
    kind = {"email_link_clicked": "link_clicked"}.get(event.kind, event.kind)
    campaign = workspace.campaign(event.place)
    told: Row = {
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
        told |= {"email_id": mail.id, f"{what}_subject": mail["subject"], f"{what}_text": mail["body"]["text"]}
    known = {name: value for name, value in person.posted.items() if name != "custom_variables" and value is not None}
    return dict(person.posted.get("custom_variables") or {}) | known | told


# --------------------------------------------------------------------------------------------------------- operations


def _shown(call: Call, one: Webhook) -> Row:
    told = {"id": one.id, "organization": call.workspace.id, "timestamp_created": stamp(one.created)}
    failed = stamp(one.failed_at) if one.failed_at else None
    facts = {name: one.facts.get(name) for name in _FIELDS}
    if facts["event_type"] is None:
        del facts["event_type"]  # its enum has no null, although its type has
    return told | facts | {"status": one.status, "timestamp_error": failed}


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
    delivery = _try(call.workspace, _webhook(call), payload, call.now)
    delivery.code = call.post(delivery)
    told: Row = {"success": delivery.success, "response_time_ms": 1, "status_code": delivery.code}
    if delivery.success:
        return told | {"message": "Test payload delivered"}
    return told | {"message": "Test payload was not taken", "error": f"status {delivery.code}"}


def _event_types(_call: Call) -> Row:
    body = operations()["POST webhooks"].body or {}
    names = body["properties"]["event_type"]["enum"]
    known = [{"id": name, "label": name.replace("_", " ").capitalize(), "type": "system"} for name in names]
    return {"event_types": known}


def _shown_event(call: Call, one: Delivery) -> Row:
    at = one.made or one.due
    return {
        "id": one.id,
        "timestamp_created": stamp(at),
        "timestamp_created_date": _date(one),
        "organization_id": call.workspace.id,
        "payload": one.payload,
        "success": one.success,
        "retry_count": one.tries,
        "will_retry": one.retry_at is not None,
        "webhook_url": one.url,
        "status_code": one.code or None,
        "error_message": None if one.success else "no answer" if not one.code else f"status {one.code}",
        "timestamp_next_retry": stamp(one.retry_at) if one.retry_at else None,
        "retry_group_id": one.group,
        "retry_successful": one.success if one.tries else None,
        "lead_email": one.payload.get("lead_email"),
        "response_time_ms": 1,
    }


def _made(call: Call) -> list[Delivery]:
    """The tries that were made, on the days that are asked for."""
    return call.kept(
        [one for one in call.workspace.deliveries if one.made is not None],
        **{"from": lambda start, one: start <= _date(one), "to": lambda end, one: _date(one) <= end},
    )


def _date(one: Delivery) -> str:
    return (one.made or one.due).date().isoformat()


def _events(call: Call) -> Row:
    search, success = call.query.get("search"), call.query.get("success")
    return call.page(
        _shown_event(call, one)
        for one in _made(call)
        if success in {None, one.success} and search in {None, one.url, one.payload.get("lead_email")}
    )


def _counts(tries: Iterable[Delivery]) -> Row:
    counts = Counter(one.success for one in tries)
    total = counts.total()
    told: Row = {"total_events": total, "successful_events": counts[True], "failed_events": counts[False]}
    return told | {"success_rate": 100 * counts[True] / total if total else 0}


def _summary(call: Call) -> Row:
    told = _counts(_made(call))
    return told | {"failure_rate": 100 - told["success_rate"] if told["total_events"] else 0}


def _summary_by_date(call: Call) -> Row:
    made = _made(call)
    dates = sorted({_date(one) for one in made})
    return {"items": [{"date": date} | _counts(one for one in made if _date(one) == date) for date in dates]}


TABLE: Table = {
    "GET webhooks": _list,
    "POST webhooks": _create,
    "GET webhooks/event-types": _event_types,
    "GET webhooks/{id}": lambda call: _shown(call, _webhook(call)),
    "PATCH webhooks/{id}": _set,
    "DELETE webhooks/{id}": lambda call: _shown(call, call.taken_out(call.workspace.webhooks, "Webhook")),
    "POST webhooks/{id}/test": _test,
    "POST webhooks/{id}/resume": lambda call: _set(call, resumed=True),
    "GET webhook-events": _events,
    "GET webhook-events/summary": _summary,
    "GET webhook-events/summary-by-date": _summary_by_date,
    "GET webhook-events/{id}": lambda call: _shown_event(call, call.one(_made(call), "Webhook event")),
}
