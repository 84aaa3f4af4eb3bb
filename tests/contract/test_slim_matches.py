import json
from pathlib import Path

import pytest

from tests.contract.make_slim import CONTRACT, OPERATIONS, SLIM, written

FULL = Path(__file__).parents[3] / "shared" / "api" / "instantly-openapi.json"


@pytest.mark.shared
def test_both_extracts_are_what_the_full_document_gives():
    """No one edits them by hand: made again from the vendor's, they are the same."""
    if not FULL.exists():
        pytest.skip(f"the vendor's full document is not beside the project ({FULL})")
    for path, text in written(json.loads(FULL.read_text())).items():
        assert path.read_text() == text, path.name


def test_the_slim_document_holds_every_operation_and_no_prose():
    """Each operation is there, each reference leads somewhere, and no description or example is left."""
    document = json.loads(SLIM.read_text())
    assert document["operations"].keys() == {f"{method} {path}" for method, path in OPERATIONS}
    for pointer in _references(document):
        assert pointer.removeprefix("#/components/schemas/") in document["schemas"]
    for text in (SLIM.read_text(), CONTRACT.read_text()):
        assert not any(f'"{word}":"' in text for word in ("description", "summary", "example", "x-enumDescriptions"))


def test_the_sandbox_judges_by_the_same_schemas_as_the_tests():
    """Parameters and bodies of both extracts agree, but for the one observed trap (pitfall 6)."""
    slim, rules = (json.loads(path.read_text())["operations"] for path in (SLIM, CONTRACT))
    assert slim.keys() == rules.keys()
    for name, operation in slim.items():
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        if name == "POST /api/v2/leads/list":
            del body["properties"]["limit"]["maximum"]
        assert rules[name].get("body") == body
        for place in ("query", "path"):
            known = {one["name"]: one["schema"] for one in operation.get("parameters", ()) if one["in"] == place}
            assert rules[name].get(place, {}) == known


def _references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
