"""Custom tags on accounts and campaigns.

The document calls the resource of a mapping a UUID, but an account has only its address: here it gets a UUID made of
it, and both are understood as a resource's id.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bridge.sandbox.instantly.accounts import FILTERS
from bridge.sandbox.instantly.call import Call, SchemaError, Table, among, find, keep, problem
from bridge.sandbox.instantly.records import Campaign, Document, Mailbox
from bridge.sandbox.wire import Row, stamp

_ACCOUNT = 1  # of `resource_type`; 2 is a campaign
_WHAT = "Custom tag"


def _names(one: Mailbox | Campaign) -> list[str]:
    """What a resource may be called, its id first."""
    return [one.id] if isinstance(one, Campaign) else [str(uuid5(NAMESPACE_URL, one.email)), one.email]


def _resources(call: Call) -> list[Mailbox | Campaign]:
    return [*call.workspace.mailboxes, *call.workspace.campaigns]


def _tags(call: Call) -> Row:
    resources = call.query.get("resource_ids", "")
    borne = {ref for one in _resources(call) if among(resources, *_names(one)) for ref in one.tags}
    chosen = call.kept(
        call.workspace.tags,
        search=lambda text, tag: text.lower() in f"{tag['label']} {tag['description'] or ''}".lower(),
        resource_ids=lambda listed, tag: tag.id in borne or not listed,
        tag_ids=lambda listed, tag: among(listed, tag.id),
    )
    return call.page(chosen)


def _create(call: Call) -> Row:
    made: Row = {"id": call.workspace.ids.at(call.now), "organization_id": call.workspace.id, "description": None}
    tag = _set(call, Document(made | {"timestamp_created": stamp(call.now)}))
    call.workspace.tags.append(tag)
    return tag


def _set(call: Call, tag: Document) -> Document:
    changed = {name: call.body[name] for name in ("label", "description") if name in call.body}
    if "label" in changed:
        changed["label"] = changed["label"].strip()
        if any(one is not tag and one["label"] == changed["label"] for one in call.workspace.tags):
            raise problem(400, "A tag with this label already exists")
    tag |= changed | {"timestamp_updated": stamp(call.now)}
    return tag


def _delete(call: Call) -> Row:
    gone = call.removed(call.workspace.tags, _WHAT)
    for one in _resources(call):
        one.tags = tuple(ref for ref in one.tags if ref != gone.id)
    return gone


def _toggle(call: Call) -> Row:
    body = call.body
    tags = [find(call.workspace.tags, ref, _WHAT).id for ref in body["tag_ids"]]
    for one in _chosen(call):
        others = [ref for ref in one.tags if ref not in tags]
        one.tags = (*others, *tags) if body["assign"] else tuple(others)
    return {"success": True}


_CHOSEN: Mapping[str, Callable[[Any, Mailbox | Campaign], bool]] = {
    "excluded": lambda refs, one: set(refs).isdisjoint(_names(one)),
    "some": lambda refs, one: not refs or not refs.isdisjoint(one.tags or ("no-tag",)),
    "tag_ids_all": lambda refs, one: set(refs) <= set(one.tags),
    "search": lambda text, one: text.lower() in (one.email if isinstance(one, Mailbox) else one.name.lower()),
    "filter": lambda name, one: not name or not isinstance(one, Mailbox) or FILTERS[name](one),
}


def _chosen(call: Call) -> list[Mailbox | Campaign]:
    """The resources that a body of `toggle-resource` names, or all that its filters leave."""
    body = call.body
    kind = Mailbox if body["resource_type"] == _ACCOUNT else Campaign
    every = [one for one in _resources(call) if isinstance(one, kind)]
    if not body.get("selected_all"):
        if "resource_ids" not in body:
            raise SchemaError("body must have required property 'resource_ids'")
        return [one for one in every if not set(body["resource_ids"]).isdisjoint(_names(one))]
    result = body.get("filter") or {}
    result = {"filter": result} if isinstance(result, str) else result
    some = {*result.get("tag_ids", ()), *({result["tag_id"]} if "tag_id" in result else ())}
    asked = {**result, "excluded": body.get("excluded_resource_ids", ()), "some": some}
    return list(keep(every, asked | ({"search": body["search"]} if "search" in body else {}), _CHOSEN))


def _mappings(call: Call) -> Row:
    known = {tag.id: tag for tag in call.workspace.tags}
    chosen = call.kept(_resources(call), resource_ids=lambda listed, one: among(listed, *_names(one)))
    return call.page(_mapping(call, known[ref], one) for one in chosen for ref in one.tags if ref in known)


def _mapping(call: Call, tag: Document, one: Mailbox | Campaign) -> Row:
    resource = _names(one)[0]
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{tag.id} {resource}")),
        "tag_id": tag.id,
        "resource_id": resource,
        "resource_type": 2 if isinstance(one, Campaign) else _ACCOUNT,
        "timestamp_created": max(tag["timestamp_created"], stamp(one.created)),
        "organization_id": call.workspace.id,
    }


TABLE: Table = {
    "GET custom-tags": _tags,
    "POST custom-tags": _create,
    "POST custom-tags/toggle-resource": _toggle,
    "GET custom-tags/{id}": lambda call: call.one(call.workspace.tags, _WHAT),
    "PATCH custom-tags/{id}": lambda call: _set(call, call.one(call.workspace.tags, _WHAT)),
    "DELETE custom-tags/{id}": _delete,
    "GET custom-tag-mappings": _mappings,
}
