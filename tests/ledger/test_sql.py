"""SQL text through the ledger's own few functions: lists, pieces and frozen values, the same on both databases."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bridge.ledger
from bridge.ledger.sql import pages, read, rows
from bridge.model import State


@dataclass(frozen=True)
class Sample:
    number: int
    known: bool
    at: datetime | None
    never: datetime | None
    document: Mapping[str, Any]
    state: State
    given: str = "default"


def test_columns_are_read_by_the_types_of_the_fields(bench):
    """A sum is an int, an instant aware or None, a document a dict, a word its enum; no column leaves the default."""
    query = """SELECT SUM(no) AS number, 1 AS known, 1000 AS at, 0 AS never, '{"a": 1}' AS document,
        'held' AS state FROM (SELECT 2 AS no UNION ALL SELECT 3 AS no) numbers"""
    assert read(bench.db, Sample, query) == [
        Sample(5, True, datetime.fromtimestamp(1, UTC), None, {"a": 1}, State.HELD),
    ]
    assert type(read(bench.db, Sample, query)[0].state) is State


def test_an_empty_list_matches_nothing_and_pieces_come_to_an_end(bench):
    """IN over no value holds for no text and no number, and pages give every row once."""
    with bench.db.read() as connection:
        for column in ("name", "no"):
            assert not rows(connection, f"SELECT * FROM route WHERE {column} IN :some", some=[])
    numbers = " UNION ALL ".join(f"SELECT {number} AS id" for number in range(1, 6))
    query = f"SELECT id FROM ({numbers}) numbers WHERE id > :after ORDER BY id LIMIT :size"
    assert [[row["id"] for row in some] for some in pages(bench.db, query, size=2)] == [[1, 2], [3, 4], [5]]


def test_the_ledgers_page_looks_where_mypy_looks():
    """A name that passes the types is found at run time: the same modules are searched."""
    page = ast.parse(Path(bridge.ledger.__file__).read_text())
    typed = {node.module for node in ast.walk(page) if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"}
    assert typed == {f"bridge.ledger.{module}" for module in bridge.ledger._MODULES.split()}
