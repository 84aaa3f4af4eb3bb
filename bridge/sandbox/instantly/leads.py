"""Leads that are there: finding, changing, deleting. New ones come by `addleads`; `leadfilters` says who is meant."""

import re
from itertools import islice
from typing import Any

from bridge.sandbox.instantly.call import Call, SchemaError, Table, cut, problem
from bridge.sandbox.instantly.happening import INTERESTS, happen
from bridge.sandbox.instantly.leadfilters import distinct, selected
from bridge.sandbox.instantly.records import Person
from bridge.sandbox.wire import Response, Row, answer, dumps, stamp

_LARGEST_PAGE = 100
_CORE = ("first_name", "last_name", "company_name", "job_title", "phone", "website", "personalization")


def shown(call: Call, person: Person) -> Row:
    """Schema `Lead`; the core keys inside `payload` are camelCase (instantly.md §1.3)."""
    posted, done = person.posted, person.activity
    core = {name: posted.get(name) for name in _CORE}
    filled = {
        re.sub(r"_(.)", lambda found: found[1].upper(), name): value
        for name, value in core.items()
        if value is not None
    }
    times = {"contact": done.contacted_at, "open": done.opened_at, "click": done.clicked_at, "reply": done.replied_at}
    optional = {"verification_status": person.verification, "lt_interest_status": person.interest}
    return {
        "id": person.id,
        "timestamp_created": stamp(person.created),
        "timestamp_updated": stamp(person.updated or person.created),
        "organization": call.workspace.id,
        "campaign": person.place if person.kind == "campaign" else None,
        "list_id": person.place if person.kind == "list" else None,
        "status": person.status,
        "email": person.email or None,
        **core,
        "payload": filled | (posted.get("custom_variables") or {}),
        "email_open_count": done.opens,
        "email_reply_count": done.replies,
        "email_click_count": done.clicks,
        "company_domain": person.email.rpartition("@")[2],
        "status_summary": {},
        "upload_method": "api",
        **{
            f"timestamp_last_{name}": stamp(at) if at else None
            for name, at in (times | {"interest_change": done.interest_at}).items()
        },
        **{name: posted[name] for name in ("pl_value_lead", "assigned_to") if name in posted},
        **{name: value for name, value in optional.items() if value is not None},
    }


def _list(call: Call) -> Row:
    body = call.body
    limit = int(body.get("limit", 10))
    if limit > _LARGEST_PAGE:
        return {"items": []}  # instantly.md pitfall 6
    people = selected(call, body)
    by_contact = bool(body.get("distinct_contacts"))
    rows = distinct(people, body.get("starting_after", ""))[: limit + 1] if by_contact else islice(people, limit + 1)
    return cut([shown(call, one) for one in rows], limit, "email" if by_contact else "id")


def _update(call: Call) -> Row:
    """Custom variables are added to those that are there; neither the address nor the status can be changed."""
    person, body = call.person(), dict(call.body)
    posted = person.posted
    if "custom_variables" in body:
        body["custom_variables"] = (posted.get("custom_variables") or {}) | body["custom_variables"]
        call.workspace.widen(person.place, body["custom_variables"])
    if "lt_interest_status" in body:
        person = _interested(call, person, body.pop("lt_interest_status"))
    facts = dumps(posted | body).encode()
    return shown(call, call.workspace.change_person(person, facts=facts, updated=call.now))


def _interested(call: Call, person: Person, interest: int | None) -> Person:
    kind = next((kind for kind, value in INTERESTS.items() if value == interest), None)
    if kind is None:
        raise SchemaError("body/interest_value must be equal to one of the allowed values")
    return happen(call.workspace, person, kind, call.now)


def _interest(call: Call) -> Response:
    body: dict[str, Any] = call.body
    places = {body[name] for name in ("campaign_id", "list_id") if body.get(name)}
    chosen = [one for one in call.workspace.of_email(body["lead_email"]) if not places or one.place in places]
    if not chosen:
        raise problem(404, "Lead not found")
    for person in chosen:
        _interested(call, person, body["interest_value"])
    return answer({"message": "Lead interest status update background job submitted"}, 202)


def _merge(call: Call) -> Row:
    gone, kept = call.person(call.body["lead_id"]), call.person(call.body["destination_lead_id"])
    if gone.id == kept.id:
        raise SchemaError("A lead cannot be merged into itself")
    call.workspace.remove_person(gone)
    facts = dumps(gone.posted | kept.posted).encode()
    return shown(call, call.workspace.change_person(kept, facts=facts, updated=call.now))


def _delete_many(call: Call) -> Row:
    body = call.body
    place = call.place(body.get("campaign_id"), body.get("list_id"))
    if place is None:
        raise SchemaError("body must have required property 'campaign_id'")
    chosen = [
        one
        for one in call.workspace.people(place.id)
        if body.get("status") in {None, one.status} and ("ids" not in body or one.id in body["ids"])
    ][: body.get("limit")]
    for person in chosen:
        call.workspace.remove_person(person)
    return {"count": len(chosen)}


TABLE: Table = {
    "POST leads/list": _list,
    "GET leads/{id}": lambda call: shown(call, call.person()),
    "PATCH leads/{id}": _update,
    "POST leads/update-interest-status": _interest,
    "POST leads/merge": _merge,
    "DELETE leads/{id}": lambda call: shown(call, call.workspace.remove_person(call.person())),
    "DELETE leads": _delete_many,
}
