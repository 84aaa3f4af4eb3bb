"""Writes two extracts of the vendor's full OpenAPI document: names and types only, for the operations we use.

    python tests/contract/make_slim.py path/to/instantly-openapi.json

`instantly-slim.json` (beside this file) judges every request and answer of the tests; every `$ref` that is left leads
to a schema in the same file. `contract.json` (in the sandbox, which ships it) says which requests the sandbox accepts.
"""

import json
import re
import sys
from pathlib import Path

SLIM = Path(__file__).with_name("instantly-slim.json")
CONTRACT = Path(__file__).parents[2] / "bridge" / "sandbox" / "instantly" / "contract.json"
_OFFERED = """
    POST leads/add | POST leads/list | POST leads | DELETE leads | POST leads/move | POST leads/merge
    POST leads/update-interest-status | GET leads/{id} | PATCH leads/{id} | DELETE leads/{id}
    GET campaigns | POST campaigns | GET campaigns/count-launched | GET campaigns/search-by-contact
    GET campaigns/analytics | GET campaigns/analytics/overview | GET campaigns/analytics/daily
    GET campaigns/analytics/steps | GET campaigns/{id} | PATCH campaigns/{id} | DELETE campaigns/{id}
    POST campaigns/{id}/activate | POST campaigns/{id}/pause | POST campaigns/{id}/duplicate
    POST campaigns/{id}/variables | GET campaigns/{id}/sending-status
    GET accounts | POST accounts | POST accounts/pause | POST accounts/warmup/enable | POST accounts/warmup/disable
    POST accounts/warmup-analytics | GET accounts/analytics/daily | GET accounts/{email} | PATCH accounts/{email}
    DELETE accounts/{email} | POST accounts/{email}/pause | POST accounts/{email}/resume
    POST accounts/{email}/mark-fixed | GET account-campaign-mappings/{email}
    GET lead-lists | POST lead-lists | GET lead-lists/{id} | PATCH lead-lists/{id} | DELETE lead-lists/{id}
    GET lead-lists/{id}/verification-stats
    GET block-lists-entries | POST block-lists-entries | POST block-lists-entries/bulk-create
    GET block-lists-entries/{id} | DELETE block-lists-entries/{id}
    GET background-jobs | GET background-jobs/{id}
    GET emails | GET emails/unread/count | GET emails/{id} | PATCH emails/{id} | DELETE emails/{id}
    POST emails/threads/{thread_id}/mark-as-read | POST emails/reply
    GET webhooks | POST webhooks | GET webhooks/event-types | GET webhooks/{id} | PATCH webhooks/{id}
    DELETE webhooks/{id} | POST webhooks/{id}/test | POST webhooks/{id}/resume
    GET webhook-events | GET webhook-events/summary | GET webhook-events/summary-by-date | GET webhook-events/{id}
    GET custom-tags | POST custom-tags | POST custom-tags/toggle-resource | GET custom-tags/{id}
    PATCH custom-tags/{id} | DELETE custom-tags/{id} | GET custom-tag-mappings
    GET workspaces/current | GET workspace-billing/plan-details
"""
OPERATIONS = tuple(
    (method, f"/api/v2/{path}") for method, path in re.findall(r"(GET|POST|PATCH|DELETE) ([^\s|]+)", _OFFERED)
)
_PROSE = {"description", "summary", "example", "examples", "title", "tags"}
# Where the document's text names no scope: what its neighbours need.
_UNSAID = {
    "accounts": "accounts", "campaigns": "campaigns", "custom-tags": "custom_tags", "lead-lists": "lead_lists",
    "leads": "leads", "webhook-events": "webhook_events", "webhooks": "webhooks",
}  # fmt: skip
_UPDATES = {"update-interest-status", "toggle-resource", "enable", "disable", "test"}


def slim(document):
    """The reduced document as a Python value."""
    operations = {
        f"{method} {path}": _operation(document["paths"][path][method.lower()]) for method, path in OPERATIONS
    }
    named = sorted(_referenced(operations, document))
    schemas = {name: _bare(document["components"]["schemas"][name]) for name in named}
    return {"schemas": schemas, "operations": operations}


def contract(document):
    """What the sandbox judges requests by: scope, parameters, body of each operation; and the names of all others."""
    operations = {}
    for method, path in OPERATIONS:
        whole = document["paths"][path][method.lower()]
        reported = {"scope": _scope(method, path, whole.get("description", ""))}
        for place in ("query", "path"):
            known = {one["name"]: _bare(one["schema"]) for one in whole.get("parameters", ()) if one["in"] == place}
            reported |= {place: known} if known else {}
        if "requestBody" in whole:
            reported["body"] = _bare(whole["requestBody"]["content"]["application/json"]["schema"])
            reported |= {"required": True} if whole["requestBody"].get("required") else {}
        operations[f"{method} {path}"] = reported
    # The real one answers an empty page where more than 100 leads are asked for (instantly.md pitfall 6).
    del operations["POST /api/v2/leads/list"]["body"]["properties"]["limit"]["maximum"]
    every = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    return {"operations": operations, "elsewhere": sorted(every - operations.keys())}


def _scope(method, path, text):
    named = re.search(r"`([\w-]+:[\w-]+)`", text)
    if named:
        return named[1]
    steps = path.removeprefix("/api/v2/").split("/")
    return f"{_UNSAID[steps[0]]}:{'update' if steps[-1] in _UPDATES else 'read'}"


def _operation(operation):
    kept = {key: operation[key] for key in ("parameters", "requestBody", "responses") if key in operation}
    return _bare(kept)


def _bare(value, *, of_names=False):
    # Below `properties` the keys are names of fields, and a field may well be called "description".
    if isinstance(value, dict):
        bare = {
            key: _bare(inner, of_names=key == "properties" and not of_names)
            for key, inner in value.items()
            if of_names or (key not in _PROSE and not key.startswith("x-"))
        }
        if value.get("type") == "string" and "x-enumDescriptions" in value and "enum" not in value:
            bare["enum"] = list(value["x-enumDescriptions"])  # the values of `filter` stand only there
        return bare
    return [_bare(inner) for inner in value] if isinstance(value, list) else value


def _referenced(value, document):
    found, waiting = set(), [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            name = str(one.get("$ref", "")).removeprefix("#/components/schemas/")
            if name and name not in found:
                found.add(name)
                waiting.append(document["components"]["schemas"][name])
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return found


def written(document):
    """Both extracts as their files hold them: one line for each schema and operation, so that a change shows."""
    return {SLIM: _lines(slim(document)), CONTRACT: _lines(contract(document))}


def _lines(tables):
    parts = []
    for name, table in tables.items():
        rows = table if isinstance(table, list) else sorted(table.items())
        shown = [_line(row) if isinstance(row, str) else f"{json.dumps(row[0])}: {_line(row[1])}" for row in rows]
        start, end = "[]" if isinstance(table, list) else "{}"
        parts.append(f"{json.dumps(name)}: {start}\n" + ",\n".join(shown) + f"\n{end}")
    return "{" + ",\n".join(parts) + "}\n"


def _line(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    for target, text in written(json.loads(Path(sys.argv[1]).read_text())).items():
        target.write_text(text)
