"""Lead lists. Their listing goes on by creation time."""

from collections import Counter

from bridge.sandbox.instantly.call import Call, SchemaError, Table
from bridge.sandbox.instantly.records import LeadList
from bridge.sandbox.wire import Row, stamp

_VERIFIED = {
    1: "verified", -1: "invalid", -2: "risky", -3: "catch_all", -4: "job_change",
    11: "verification_job_pending_user", 12: "verification_job_pending_leadfinder",
}  # fmt: skip


def named(body: Row) -> str:
    """The name in a body that has one; an empty one is refused, which the document leaves open."""
    if not body["name"].strip():
        raise SchemaError("body/name must NOT have fewer than 1 characters")
    return str(body["name"])


def _shown(call: Call, one: LeadList) -> Row:
    workspace = call.workspace
    result = {"id": one.id, "organization_id": workspace.id, "has_enrichment_task": one.enriches, "name": one.name}
    return result | {"owned_by": one.owner or workspace.owner, "timestamp_created": stamp(one.created)}


def _lists(call: Call) -> Row:
    chosen = call.kept(
        call.workspace.lists,
        search=lambda text, one: text.lower() in one.name.lower(),
        has_enrichment_task=lambda wanted, one: bool(one.enriches) == wanted,
    )
    return call.page((_shown(call, one) for one in chosen), "timestamp_created")


def _set(call: Call, one: LeadList) -> Row:
    one.name = named(call.body) if "name" in call.body else one.name
    one.owner = call.body.get("owned_by", one.owner)
    one.enriches = call.body.get("has_enrichment_task", one.enriches)
    return _shown(call, one)


def _verification(call: Call) -> Row:
    people = list(call.workspace.people(call.lead_list().id))
    counts = Counter(one.verification for one in people)
    return {"stats": {name: counts[status] for status, name in _VERIFIED.items()}, "total_leads": len(people)}


TABLE: Table = {
    "GET lead-lists": _lists,
    "POST lead-lists": lambda call: _set(call, call.workspace.add_list(named(call.body), call.now)),
    "GET lead-lists/{id}": lambda call: _shown(call, call.lead_list()),
    "PATCH lead-lists/{id}": lambda call: _set(call, call.lead_list()),
    "DELETE lead-lists/{id}": lambda call: _shown(call, call.workspace.remove_place(call.lead_list())),
    "GET lead-lists/{id}/verification-stats": _verification,
}
