"""Which leads a body of `leads/list` or `leads/move` speaks of. Unknown fields select nothing out (pitfall 5)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from operator import eq, gt, lt
from typing import Any

from bridge.sandbox.instantly.call import Call, keep
from bridge.sandbox.instantly.records import Person
from bridge.sandbox.wire import Row

Test = Callable[[Person], bool]


def selected(call: Call, body: Row) -> Iterator[Person]:
    """The leads that a body's filters leave, by ascending id, beginning after `starting_after`."""
    place = body.get("campaign") or body.get("list_id")
    after = "" if body.get("distinct_contacts") else body.get("starting_after", "")
    candidates: Iterable[Person] = call.workspace.people(place, after)
    if "contacts" in body:
        found = {one for contact in body["contacts"] for one in call.workspace.of_email(contact)}
        chosen = [one for one in found if one.id > after and place in {None, one.place}]
        candidates = sorted(chosen, key=lambda one: one.id)
    visible = call.now - timedelta(seconds=call.workspace.habits.lookup_lag)
    queries: Mapping[str, Callable[[Any, Person], bool]] = {
        "queries": lambda queries, one: all(_answers(query, one, call.now) for query in queries)
    }
    return keep((one for one in candidates if one.created <= visible), body, {**_TESTS, **queries})


def distinct(people: Iterable[Person], after: str) -> list[Person]:
    """One lead of each address, by address, those behind `after`; leads without one are no contacts."""
    first: dict[str, Person] = {}
    for one in people:
        if one.email.lower() > after.lower():
            first.setdefault(one.email.lower(), one)
    return [first[email] for email in sorted(first)]


def _has(name: str, wanted: int) -> Test:
    return lambda one: getattr(one, name) == wanted


_FILTERS: Mapping[str, Test] = {
    "FILTER_VAL_CONTACTED": lambda one: one.activity.contacted_at is not None,
    "FILTER_VAL_NOT_CONTACTED": lambda one: one.activity.contacted_at is None,
    "FILTER_VAL_COMPLETED": _has("status", 3),
    "FILTER_VAL_UNSUBSCRIBED": _has("status", -2),
    "FILTER_VAL_ACTIVE": _has("status", 1),
    "FILTER_VAL_BOUNCED": _has("status", -1),
    "FILTER_VAL_SKIPPED": _has("status", -3),
    "FILTER_LEAD_INTERESTED": _has("interest", 1),
    "FILTER_LEAD_NOT_INTERESTED": _has("interest", -1),
    "FILTER_LEAD_MEETING_BOOKED": _has("interest", 2),
    "FILTER_LEAD_MEETING_COMPLETED": _has("interest", 3),
    "FILTER_LEAD_CLOSED": _has("interest", 4),
    "FILTER_LEAD_OUT_OF_OFFICE": _has("interest", 0),
    "FILTER_LEAD_WRONG_PERSON": _has("interest", -2),
    "FILTER_LEAD_LOST": _has("interest", -3),
    "FILTER_LEAD_NO_SHOW": _has("interest", -4),
    # The document's Lead has no interest of a custom label.
    "FILTER_LEAD_CUSTOM_LABEL_POSITIVE": lambda _one: False,
    "FILTER_LEAD_CUSTOM_LABEL_NEGATIVE": lambda _one: False,
    "FILTER_VAL_RISKY": _has("verification", -2),
    "FILTER_VAL_INVALID": _has("verification", -1),
    "FILTER_VAL_VALID": _has("verification", 1),
    "FILTER_VAL_IN_SUBSEQUENCE": lambda _one: False,
    "FILTER_VAL_OPENED_NO_REPLY": lambda one: one.activity.opens > 0 and one.activity.replies == 0,
    "FILTER_VAL_COMPLETED_NO_REPLY": lambda one: one.status == 3 and one.activity.replies == 0,  # noqa: PLR2004
    "FILTER_VAL_NO_OPENS": lambda one: one.activity.opens == 0,
    "FILTER_VAL_REPLIED": lambda one: one.activity.replies > 0,
    "FILTER_VAL_LINK_CLICKED": lambda one: one.activity.clicks > 0,
}
# What a smart view's action counts, and when it last happened. "lead-status" is taken for the field `status`.
_ACTIONS: Mapping[str, tuple[str, str]] = {
    "reply": ("replies", "replied_at"),
    "email-open": ("opens", "opened_at"),
    "last-contacted": ("sent", "contacted_at"),
    "link-click": ("clicks", "clicked_at"),
    "lead-status": ("sent", "status_at"),
    "lead-status-change": ("sent", "status_at"),
}
_CONDITIONS: Mapping[str, Callable[[Any, Any], bool]] = {"more": gt, "less": lt, "equal": eq}


def _answers(query: Row, one: Person, now: datetime) -> bool:
    count, when = _ACTIONS[query["actionType"]]
    days, times, status = (query["values"].get(name) for name in ("occurrence-days", "occurrence-count", "lead-status"))
    last = getattr(one.activity, when)
    if when == "status_at":
        last = max((at for at in (last, one.activity.interest_at) if at), default=None)
    if days is not None and (last is None or last < now - timedelta(days=days)):
        return False
    if times:
        holds = _CONDITIONS[times.get("condition", "equal")]
        if not holds(getattr(one.activity, count), times.get("count", 0)):
            return False
    if status:
        return bool((one.status == status.get("status")) == (status.get("condition", "is") == "is"))
    return days is not None or bool(times) or last is not None


def _named(person: Person) -> str:
    posted = person.posted
    return f"{person.email} {posted.get('first_name') or ''} {posted.get('last_name') or ''}".lower()


_TESTS: Mapping[str, Callable[[Any, Person], bool]] = {
    "in_campaign": lambda wanted, one: (one.kind == "campaign") == wanted,
    "in_list": lambda wanted, one: (one.kind == "list") == wanted,
    "ids": lambda ids, one: one.id in ids,
    "excluded_ids": lambda ids, one: one.id not in ids,
    "search": lambda text, one: text.lower() in _named(one),
    "filter": lambda name, one: _FILTERS[name](one),
    "organization_user_ids": lambda ids, one: one.posted.get("assigned_to") in ids,
    # Nothing in the sandbox is enriched, behind a mail gateway, a website's visitor or in a saved view.
    "enrichment_status": lambda _wanted, _one: False,
    "esg_code": lambda wanted, _one: wanted in {"all", "none"},
    "is_website_visitor": lambda wanted, _one: not wanted,
    "smart_view_id": lambda _view, _one: False,
    "esp_code": lambda _code, _one: False,
}
