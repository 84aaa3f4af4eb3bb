"""Writes `instantly-slim.json` from the vendor's full OpenAPI document: the operations we use, names and types only.

    python tests/contract/make_slim.py path/to/instantly-openapi.json

Prose, examples and vendor extensions are left out; every `$ref` that is left leads to a schema in the same file.
"""

import json
import sys
from pathlib import Path

SLIM = Path(__file__).with_name("instantly-slim.json")
OPERATIONS = (
    ("POST", "/api/v2/leads/add"),
    ("POST", "/api/v2/leads/list"),
    ("GET", "/api/v2/leads/{id}"),
    ("DELETE", "/api/v2/leads/{id}"),
    ("GET", "/api/v2/campaigns"),
    ("GET", "/api/v2/campaigns/analytics"),
    ("GET", "/api/v2/campaigns/{id}"),
    ("GET", "/api/v2/campaigns/{id}/sending-status"),
    ("GET", "/api/v2/accounts"),
    ("GET", "/api/v2/lead-lists"),
    ("POST", "/api/v2/lead-lists"),
    ("GET", "/api/v2/lead-lists/{id}"),
    ("GET", "/api/v2/block-lists-entries"),
    ("POST", "/api/v2/block-lists-entries/bulk-create"),
    ("GET", "/api/v2/workspaces/current"),
    ("GET", "/api/v2/workspace-billing/plan-details"),
)
_PROSE = {"description", "summary", "example", "examples", "title", "tags"}


def slim(document):
    """The reduced document as a Python value."""
    paths = {}
    for method, path in OPERATIONS:
        paths.setdefault(path, {})[method.lower()] = _operation(document["paths"][path][method.lower()])
    schemas = {name: _bare(document["components"]["schemas"][name]) for name in sorted(_referenced(paths, document))}
    return {"openapi": document["openapi"], "components": {"schemas": schemas}, "paths": paths}


def _operation(operation):
    kept = {key: operation[key] for key in ("parameters", "requestBody", "responses") if key in operation}
    return _bare(kept)


def _bare(value, *, of_names=False):
    # Below `properties` the keys are names of fields, and a field may well be called "description".
    if isinstance(value, dict):
        return {
            key: _bare(inner, of_names=key == "properties" and not of_names)
            for key, inner in value.items()
            if of_names or (key not in _PROSE and not key.startswith("x-"))
        }
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
    """The reduced document as the file holds it."""
    return json.dumps(slim(document), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SLIM.write_text(written(json.loads(Path(sys.argv[1]).read_text())))
