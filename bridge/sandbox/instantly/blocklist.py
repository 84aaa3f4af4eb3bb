"""The block list. Whether an entry that is there is made again is not documented: here it is left alone."""

from bridge.sandbox.instantly.call import Call, SchemaError, Table
from bridge.sandbox.instantly.records import Block
from bridge.sandbox.wire import Row, stamp


def _shown(call: Call, one: Block) -> Row:
    result = {"id": one.id, "timestamp_created": stamp(one.created), "organization_id": call.workspace.id}
    return result | {"bl_value": one.value, "is_domain": one.is_domain}


def _entries(call: Call) -> Row:
    chosen = call.kept(
        call.workspace.blocked,
        search=lambda text, one: text.lower() in one.value,
        domains_only=lambda wanted, one: one.is_domain or not wanted,
    )
    return call.page(_shown(call, one) for one in chosen)


def _create_many(call: Call) -> Row:
    known = {one.value for one in call.workspace.blocked}
    values = [value.strip().lower() for value in call.body["bl_values"]]
    good = [value for value in dict.fromkeys(values) if _fits(value)]
    made = [call.workspace.block(value, call.now) for value in good if value not in known]
    result = {"valid_count": len(good), "invalid_count": len(values) - len(good)}
    return {"items": [_shown(call, one) for one in made], **result}


def _create(call: Call) -> Row:
    value = call.body["bl_value"].strip().lower()
    if not _fits(value):
        raise SchemaError("body/bl_value must be an email address or a domain")
    there = next((one for one in call.workspace.blocked if one.value == value), None)
    return _shown(call, there or call.workspace.block(value, call.now))


def _fits(value: str) -> bool:
    return "." in value and " " not in value


_WHAT = "Block list entry"
TABLE: Table = {
    "GET block-lists-entries": _entries,
    "POST block-lists-entries": _create,
    "POST block-lists-entries/bulk-create": _create_many,
    "GET block-lists-entries/{id}": lambda call: _shown(call, call.one(call.workspace.blocked, _WHAT)),
    "DELETE block-lists-entries/{id}": lambda call: _shown(call, call.removed(call.workspace.blocked, _WHAT)),
}
