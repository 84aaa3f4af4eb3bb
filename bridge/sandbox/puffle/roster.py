"""The roster of a campaign: listed, added to, edited, removed (puffle.md §2). Written only while it is a draft."""

import re
from math import ceil

from bridge.sandbox.puffle.call import Call, Table
from bridge.sandbox.puffle.workspace import IDENTITY, WORDS, Campaign, identity_key
from bridge.sandbox.schema import Schema
from bridge.sandbox.wire import Row, stamp

_TEXT: Schema = {"type": ["string", "null"]}
_FIELDS: dict[str, Schema] = dict.fromkeys(("email", "linkedin_url", *WORDS), _TEXT)
_UUID: Schema = {"type": "string", "format": "uuid"}
_ADD: Schema = {
    "type": "object",
    "required": ["prospects"],
    "properties": {
        "prospects": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1000,
            "items": {
                "type": "object",
                "properties": {**_FIELDS, "custom_fields": {"type": ["object", "null"]}},
            },
        }
    },
}
_EDIT: Schema = {
    "type": "object",
    "required": ["prospect_id", "updates"],
    "properties": {"prospect_id": _UUID, "updates": {"type": "object", "properties": {**_FIELDS, "name": _TEXT}}},
}
_REMOVE: Schema = {
    "type": "object",
    "properties": {
        "prospect_ids": {"type": "array", "minItems": 1, "maxItems": 500, "items": _UUID},
        "all": {"type": "boolean"},
    },
}
_GOOD = {
    "email": re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"),
    "linkedin_url": re.compile(r"https?://(?:[a-z]+\.)?linkedin\.com/\S+", re.IGNORECASE),
}
_LARGEST_PAGE = 200


def _list(call: Call) -> Row:
    found, wanted = call.campaign(), call.request.query.get("status", "")
    page, limit = call.number("page", 1, 2**53), call.number("limit", 100, _LARGEST_PAGE)
    rows = [row for row in found.rows.values() if wanted in {"", row["status"]}]
    if call.workspace.habits.order == "newest":
        rows.reverse()
    elif call.workspace.habits.order == "id":
        rows.sort(key=lambda row: str(row["id"]))
    shown = rows[(page - 1) * limit : page * limit] if page <= ceil(len(rows) / limit) else []
    return {"prospects": shown, "total": len(rows), "page": page, "limit": limit}


def _add(call: Call) -> Row:
    found = call.draft()
    body, name = call.body(_ADD), IDENTITY[found.type]
    sent = [str(row.get(name) or "") for row in body["prospects"]]
    call.book.posted(found.id, [key for key in sent if key])
    imported = duplicates = 0
    wrong = next((n for n, row in enumerate(body["prospects"]) if not _fits(call, row, name)), None)
    if wrong is not None and not call.workspace.habits.partial:
        raise _lacks(call, found, wrong)
    for row, key in zip(body["prospects"][:wrong], sent, strict=False):
        if identity_key(key) in found.rows:
            duplicates += 1
            continue
        imported += 1
        call.workspace.add_row(found, key, call.now, source="api", **_kept(row, name))
        call.book.created(found.id, key)
    if wrong is not None:
        raise _lacks(call, found, wrong)
    return {"imported": imported, "duplicates": duplicates}


def _fits(call: Call, row: Row, name: str) -> bool:
    values = (row.get("custom_fields") or {}).values()
    flat = call.workspace.habits.custom_values == "any" or all(isinstance(value, str) for value in values)
    return flat and bool(_GOOD[name].fullmatch(str(row.get(name) or "").strip()))


def _lacks(call: Call, found: Campaign, index: int) -> Exception:
    return call.refuse(400, f"prospects[{index}]: {IDENTITY[found.type]} is required for {found.type} campaigns")


def _kept(row: Row, name: str) -> Row:
    """What is stored beside the identity: the other one only where it is valid."""
    other = next(field for field in _GOOD if field != name)
    kept = {field: row.get(field) for field in (*WORDS, "custom_fields")}
    good = _GOOD[other].fullmatch(str(row.get(other) or "").strip())
    return kept | ({other: row[other]} if good else {})


def _edit(call: Call) -> Row:
    found, body = call.draft(), call.body(_EDIT)
    for row in found.rows.values():
        if row["id"] == body["prospect_id"].lower():
            row.update(body["updates"], updated_at=stamp(call.now))
            return {"prospect": row}
    raise call.refuse(404, "Prospect not found")


def _remove(call: Call) -> Row:
    found, body = call.draft(), call.body(_REMOVE)
    if body.get("all"):
        found.rows.clear()
        return {"deleted": "all"}
    if "prospect_ids" not in body:
        raise call.refuse(400, "Either prospect_ids or all is required")
    gone = [key for key, row in found.rows.items() if row["id"] in {one.lower() for one in body["prospect_ids"]}]
    for key in gone:
        del found.rows[key]
    return {"deleted": len(gone)}


TABLE: Table = {
    "GET campaigns/{id}/leads": _list,
    "POST campaigns/{id}/leads": _add,
    "PATCH campaigns/{id}/leads": _edit,
    "DELETE campaigns/{id}/leads": _remove,
}
