"""Custom tags on accounts and campaigns.

The document calls the resource of a mapping a UUID, but an account has only its address: here it gets a UUID made of
it, and both are understood as a resource's id.
"""

from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bridge.sandbox.instantly.accounts import FILTERS
from bridge.sandbox.instantly.call import Call, Table, find, problem
from bridge.sandbox.instantly.contract import Misfit
from bridge.sandbox.instantly.records import Campaign, Mailbox, Tag
from bridge.sandbox.wire import stamp

_ACCOUNT = 1  # of `resource_type`; 2 is a campaign


def _resource_id(one: Mailbox | Campaign) -> str:
    return one.id if isinstance(one, Campaign) else str(uuid5(NAMESPACE_URL, one.email))


def _is_called(one: Mailbox | Campaign, refs: set[str]) -> bool:
    return _resource_id(one) in refs or (isinstance(one, Mailbox) and one.email in refs)


def _shown(call: Call, tag: Tag) -> dict[str, Any]:
    told = {"id": tag.id, "organization_id": call.workspace.id, "label": tag.label, "description": tag.description}
    changed = stamp(tag.updated or tag.created)
    return told | {"timestamp_created": stamp(tag.created), "timestamp_updated": changed}


def _tags(call: Call) -> dict[str, Any]:
    search, resources, wanted = (
        call.query.get("search", "").lower(), call.several("resource_ids"), call.several("tag_ids"),
    )  # fmt: skip
    borne = {ref for one in _resources(call) if _is_called(one, resources) for ref in one.tags}
    chosen = [
        tag
        for tag in call.workspace.tags
        if search in f"{tag.label} {tag.description or ''}".lower()
        and (not resources or tag.id in borne)
        and (not wanted or tag.id in wanted)
    ]
    return call.page([_shown(call, tag) for tag in chosen])


def _resources(call: Call) -> Iterator[Mailbox | Campaign]:
    yield from call.workspace.mailboxes
    yield from call.workspace.campaigns


def _create(call: Call) -> dict[str, Any]:
    label = _label(call, call.body["label"])
    made = Tag(call.workspace.ids.at(call.now), label, call.now, call.body.get("description"))
    call.workspace.tags.append(made)
    return _shown(call, made)


def _label(call: Call, text: str, own: Tag | None = None) -> str:
    if any(tag is not own and tag.label == text.strip() for tag in call.workspace.tags):
        raise problem(400, "A tag with this label already exists")
    return text.strip()


def _tag(call: Call) -> Tag:
    return find(call.workspace.tags, call.holes["id"], "Custom tag")


def _update(call: Call) -> dict[str, Any]:
    tag = _tag(call)
    if "label" in call.body:
        tag.label = _label(call, call.body["label"], tag)
    tag.description = call.body.get("description", tag.description)
    tag.updated = call.now
    return _shown(call, tag)


def _delete(call: Call) -> dict[str, Any]:
    gone = _tag(call)
    call.workspace.tags.remove(gone)
    for one in _resources(call):
        one.tags = tuple(ref for ref in one.tags if ref != gone.id)
    return _shown(call, gone)


def _toggle(call: Call) -> dict[str, Any]:
    body = call.body
    tags = [find(call.workspace.tags, ref, "Custom tag").id for ref in body["tag_ids"]]
    for one in _chosen(call):
        others = [ref for ref in one.tags if ref not in tags]
        one.tags = (*others, *tags) if body["assign"] else tuple(others)
    return {"success": True}


def _chosen(call: Call) -> list[Mailbox | Campaign]:
    body = call.body
    kind = Mailbox if body["resource_type"] == _ACCOUNT else Campaign
    every = [one for one in _resources(call) if isinstance(one, kind)]
    if not body.get("selected_all"):
        if "resource_ids" not in body:
            raise Misfit("body must have required property 'resource_ids'")
        return [one for one in every if _is_called(one, set(body["resource_ids"]))]
    excluded = set(body.get("excluded_resource_ids", ()))
    return [one for one in every if not _is_called(one, excluded) and _passes(body, one)]


def _passes(body: dict[str, Any], one: Mailbox | Campaign) -> bool:
    told = body.get("filter") or {}
    told = {"filter": told} if isinstance(told, str) else told
    search = body.get("search", told.get("search", "")).lower()
    some = {*told.get("tag_ids", ()), *({told["tag_id"]} if "tag_id" in told else ())}
    name = told.get("filter")
    return (
        search in (one.email if isinstance(one, Mailbox) else one.name.lower())
        and (not some or not some.isdisjoint(one.tags or ("no-tag",)))
        and set(told.get("tag_ids_all", ())) <= set(one.tags)
        and (not name or not isinstance(one, Mailbox) or FILTERS[name](one))
    )


def _mappings(call: Call) -> dict[str, Any]:
    wanted, known = call.several("resource_ids"), {tag.id: tag for tag in call.workspace.tags}
    rows = [
        _mapping(call, known[ref], one)
        for one in _resources(call)
        if not wanted or _is_called(one, wanted)
        for ref in one.tags
        if ref in known
    ]
    return call.page(sorted(rows, key=lambda row: str(row["id"])))


def _mapping(call: Call, tag: Tag, one: Mailbox | Campaign) -> dict[str, Any]:
    resource = _resource_id(one)
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{tag.id} {resource}")),
        "tag_id": tag.id,
        "resource_id": resource,
        "resource_type": 2 if isinstance(one, Campaign) else _ACCOUNT,
        "timestamp_created": stamp(max(tag.created, one.created)),
        "organization_id": call.workspace.id,
    }


TABLE: Table = {
    "GET custom-tags": _tags,
    "POST custom-tags": _create,
    "POST custom-tags/toggle-resource": _toggle,
    "GET custom-tags/{id}": lambda call: _shown(call, _tag(call)),
    "PATCH custom-tags/{id}": _update,
    "DELETE custom-tags/{id}": _delete,
    "GET custom-tag-mappings": _mappings,
}
