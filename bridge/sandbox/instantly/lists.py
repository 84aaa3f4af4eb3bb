"""Lead lists. Their listing goes on by creation time."""

from collections import Counter
from typing import Any

from bridge.sandbox.instantly.call import Call, Table
from bridge.sandbox.instantly.contract import Misfit
from bridge.sandbox.instantly.records import LeadList
from bridge.sandbox.wire import stamp

_VERIFIED = {1: "verified", -1: "invalid", -2: "risky", -3: "catch_all", -4: "job_change"}
_PENDING = {11: "verification_job_pending_user", 12: "verification_job_pending_leadfinder"}


def named(body: Any) -> str:
    """The name in a body that has one; an empty one is refused, which the document leaves open."""
    if not body["name"].strip():
        raise Misfit("body/name must NOT have fewer than 1 characters")
    return str(body["name"])


def _shown(call: Call, one: LeadList) -> dict[str, Any]:
    workspace = call.workspace
    told = {"id": one.id, "organization_id": workspace.id, "has_enrichment_task": one.enriches, "name": one.name}
    return told | {"owned_by": one.owner or workspace.owner, "timestamp_created": stamp(one.created)}


def _lists(call: Call) -> dict[str, Any]:
    search, enriches = call.query.get("search", "").lower(), call.query.get("has_enrichment_task")
    chosen = [
        one
        for one in call.workspace.lists
        if search in one.name.lower() and (enriches is None or bool(one.enriches) == enriches)
    ]
    return call.page([_shown(call, one) for one in chosen], "timestamp_created")


def _create(call: Call) -> dict[str, Any]:
    made = call.workspace.add_list(named(call.body), call.now)
    return _shown(call, _changed(made, call.body))


def _update(call: Call) -> dict[str, Any]:
    if "name" in call.body:
        named(call.body)
    return _shown(call, _changed(call.lead_list(), call.body))


def _changed(one: LeadList, body: dict[str, Any]) -> LeadList:
    one.name = body.get("name", one.name)
    one.owner = body.get("owned_by", one.owner)
    one.enriches = body.get("has_enrichment_task", one.enriches)
    return one


def _delete(call: Call) -> dict[str, Any]:
    gone = call.lead_list()
    for person in list(call.workspace.people(gone.id)):
        call.workspace.remove_person(person)
    call.workspace.lists.remove(gone)
    return _shown(call, gone)


def _verification(call: Call) -> dict[str, Any]:
    people = list(call.workspace.people(call.lead_list().id))
    counts = Counter(one.verification for one in people)
    stats = {name: counts[status] for status, name in (_VERIFIED | _PENDING).items()}
    return {"stats": stats, "total_leads": len(people)}


TABLE: Table = {
    "GET lead-lists": _lists,
    "POST lead-lists": _create,
    "GET lead-lists/{id}": lambda call: _shown(call, call.lead_list()),
    "PATCH lead-lists/{id}": _update,
    "DELETE lead-lists/{id}": _delete,
    "GET lead-lists/{id}/verification-stats": _verification,
}
