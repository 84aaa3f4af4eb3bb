import json
from pathlib import Path

import pytest

from tests.contract.make_slim import OPERATIONS, SLIM, written

FULL = Path(__file__).parents[3] / "shared" / "api" / "instantly-openapi.json"


@pytest.mark.shared
def test_the_slim_document_is_what_the_full_one_gives():
    """Nobody edits the slim document by hand: made again from the vendor's, it is the same."""
    if not FULL.exists():
        pytest.skip(f"the vendor's full document is not beside the project ({FULL})")
    assert SLIM.read_text() == written(json.loads(FULL.read_text()))


def test_the_slim_document_holds_every_operation_and_no_prose():
    """Each operation is there, each reference leads somewhere, and no description or example is left."""
    document = json.loads(SLIM.read_text())
    assert all(method.lower() in document["paths"][path] for method, path in OPERATIONS)
    for pointer in _references(document):
        assert pointer.removeprefix("#/components/schemas/") in document["components"]["schemas"]
    text = SLIM.read_text()
    assert not any(f'"{word}": "' in text for word in ("description", "summary", "example", "x-enumDescriptions"))


def _references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
