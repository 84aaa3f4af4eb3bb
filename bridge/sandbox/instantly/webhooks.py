"""Webhooks, and the events that are delivered to them: no signature, three tries in 30 seconds, then disabled.

Delivering is left to `Sandbox.deliver_due`, which does it outside the lock; here stands what is due and what came of
it. The names of events differ between subscription and payload (instantly.md §1.7, pitfalls 26 and 27).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from bridge.sandbox.instantly.call import Call, Table, find
from bridge.sandbox.instantly.records import Delivery, Event, Mail, Person, Webhook
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.wire import stamp

EVENT_TYPES = (
    "all_events", "email_sent", "email_opened", "email_link_clicked", "reply_received", "email_bounced",
    "lead_unsubscribed", "campaign_completed", "account_error", "lead_neutral", "lead_interested",
    "lead_not_interested", "lead_meeting_booked", "lead_meeting_completed", "lead_closed", "lead_out_of_office",
    "lead_wrong_person", "lead_no_show", "supersearch_enrichment_completed",
)  # fmt: skip
_WAITS = (timedelta(seconds=10), timedelta(seconds=20))  # before the second and the third try
_FIELDS = ("campaign", "name", "target_hook_url", "event_type", "custom_interest_value", "headers")


# ------------------------------------------------------------------------------------------------- what is delivered


def announce(workspace: Workspace, event: Event, person: Person, mail: Mail | None) -> None:
    """Queue an event for every webhook that wants it."""
    for webhook in workspace.webhooks:
        wanted = webhook.facts.get("event_type") in {"all_events", event.kind}
        if wanted and webhook.status == 1 and webhook.facts.get("campaign") in {None, event.place}:
            queue(workspace, webhook, _payload(workspace, event, person, mail), event.at)


def queue(workspace: Workspace, webhook: Webhook, payload: dict[str, Any], at: datetime) -> Delivery:
    """Put the first try of a delivery into the queue."""
    delivery = Delivery(workspace.ids.at(at), webhook, payload, at, workspace.ids.at(at))
    workspace.deliveries.append(delivery)
    return delivery


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
        again = queue(workspace, delivery.webhook, delivery.payload, now)
        again.due, again.group, again.tries = delivery.retry_at, delivery.group, delivery.tries + 1
    else:
        delivery.webhook.status, delivery.webhook.failed_at = -1, now


def taken(_delivery: Delivery) -> int:
    """A receiver that takes every payload, without being called: what the sandbox supposes by itself."""
    return 200


def _payload(workspace: Workspace, event: Event, person: Person, mail: Mail | None) -> dict[str, Any]:
    kind = {"email_link_clicked": "link_clicked"}.get(event.kind, event.kind)
    campaign = workspace.campaign(event.place)
    told: dict[str, Any] = {
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
        told |= {"email_id": mail.id, f"{'reply' if mail.type == 2 else 'email'}_subject": mail.subject}  # noqa: PLR2004
        told |= {f"{'reply' if mail.type == 2 else 'email'}_text": mail.text}  # noqa: PLR2004 - 2 is "received"
    known = {name: value for name, value in person.posted.items() if name != "custom_variables" and value is not None}
    return dict(person.posted.get("custom_variables") or {}) | known | told


# --------------------------------------------------------------------------------------------------------- operations


def _shown(call: Call, one: Webhook) -> dict[str, Any]:
    told = {"id": one.id, "organization": call.workspace.id, "timestamp_created": stamp(one.created)}
    failed = stamp(one.failed_at) if one.failed_at else None
    facts = {name: one.facts.get(name) for name in _FIELDS}
    if facts["event_type"] is None:
        del facts["event_type"]  # its enum has no null, although its type has
    return told | facts | {"status": one.status, "timestamp_error": failed}


def _webhook(call: Call) -> Webhook:
    return find(call.workspace.webhooks, call.holes["id"], "Webhook")


def _list(call: Call) -> dict[str, Any]:
    query = call.query
    chosen = [
        one
        for one in call.workspace.webhooks
        if query.get("campaign") in {None, one.facts.get("campaign")}
        and query.get("event_type") in {None, one.facts.get("event_type")}
    ]
    return call.page([_shown(call, one) for one in chosen])


def _create(call: Call) -> dict[str, Any]:
    if call.body.get("campaign"):
        call.campaign(call.body["campaign"])
    made = Webhook(call.workspace.ids.at(call.now), call.now, dict(call.body))
    call.workspace.webhooks.append(made)
    return _shown(call, made)


def _update(call: Call) -> dict[str, Any]:
    changed = _webhook(call)
    changed.facts |= call.body
    return _shown(call, changed)


def _delete(call: Call) -> dict[str, Any]:
    gone = _webhook(call)
    call.workspace.webhooks.remove(gone)
    return _shown(call, gone)


def _resume(call: Call) -> dict[str, Any]:
    resumed = _webhook(call)
    resumed.status, resumed.failed_at = 1, None
    return _shown(call, resumed)


def _test(call: Call) -> dict[str, Any]:
    webhook = _webhook(call)
    payload = {"timestamp": stamp(call.now), "event_type": "test", "workspace": call.workspace.id}
    delivery = Delivery(call.workspace.ids.at(call.now), webhook, payload, call.now, call.workspace.ids.at(call.now))
    delivery.code, delivery.made = call.post(delivery), call.now
    told: dict[str, Any] = {"success": delivery.success, "response_time_ms": 1, "status_code": delivery.code}
    if delivery.success:
        return told | {"message": "Test payload delivered"}
    return told | {"message": "Test payload was not taken", "error": f"status {delivery.code}"}


def _event_types(_call: Call) -> dict[str, Any]:
    known = [{"id": name, "label": name.replace("_", " ").capitalize(), "type": "system"} for name in EVENT_TYPES]
    return {"event_types": known}


def _shown_event(call: Call, one: Delivery) -> dict[str, Any]:
    at = one.made or one.due
    return {
        "id": one.id,
        "timestamp_created": stamp(at),
        "timestamp_created_date": at.date().isoformat(),
        "organization_id": call.workspace.id,
        "payload": one.payload,
        "success": one.success,
        "retry_count": one.tries,
        "will_retry": one.retry_at is not None,
        "webhook_url": one.webhook.facts["target_hook_url"],
        "status_code": one.code or None,
        "error_message": None if one.success else "no answer" if not one.code else f"status {one.code}",
        "timestamp_next_retry": stamp(one.retry_at) if one.retry_at else None,
        "retry_group_id": one.group,
        "retry_successful": one.success if one.tries else None,
        "lead_email": one.payload.get("lead_email"),
        "response_time_ms": 1,
    }


def _made(call: Call) -> Iterable[Delivery]:
    start, end = call.query.get("from", ""), call.query.get("to", "9999-12-31")
    for one in call.workspace.deliveries:
        if one.made is not None and start <= one.made.date().isoformat() <= end:
            yield one


def _events(call: Call) -> dict[str, Any]:
    search, success = call.query.get("search"), call.query.get("success")
    chosen = [
        one
        for one in _made(call)
        if success in {None, one.success}
        and search in {None, one.webhook.facts["target_hook_url"], one.payload.get("lead_email")}
    ]
    return call.page([_shown_event(call, one) for one in sorted(chosen, key=lambda one: one.id)])


def _event(call: Call) -> dict[str, Any]:
    made = [one for one in call.workspace.deliveries if one.made is not None]
    return _shown_event(call, find(made, call.holes["id"], "Webhook event"))


def _counts(tries: Iterable[Delivery]) -> dict[str, Any]:
    counts = Counter(one.success for one in tries)
    total = counts.total()
    told: dict[str, Any] = {"total_events": total, "successful_events": counts[True], "failed_events": counts[False]}
    return told | {"success_rate": 100 * counts[True] / total if total else 0}


def _summary(call: Call) -> dict[str, Any]:
    told = _counts(_made(call))
    return told | {"failure_rate": 100 - told["success_rate"] if told["total_events"] else 0}


def _summary_by_date(call: Call) -> dict[str, Any]:
    by_date: dict[str, list[Delivery]] = {}
    for one in _made(call):
        by_date.setdefault((one.made or one.due).date().isoformat(), []).append(one)
    return {"items": [{"date": date} | _counts(tries) for date, tries in sorted(by_date.items())]}


TABLE: Table = {
    "GET webhooks": _list,
    "POST webhooks": _create,
    "GET webhooks/event-types": _event_types,
    "GET webhooks/{id}": lambda call: _shown(call, _webhook(call)),
    "PATCH webhooks/{id}": _update,
    "DELETE webhooks/{id}": _delete,
    "POST webhooks/{id}/test": _test,
    "POST webhooks/{id}/resume": _resume,
    "GET webhook-events": _events,
    "GET webhook-events/summary": _summary,
    "GET webhook-events/summary-by-date": _summary_by_date,
    "GET webhook-events/{id}": _event,
}
