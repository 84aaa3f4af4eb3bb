"""A preview against both vendors and a real ledger: whatever it meets, it asks and changes nothing."""

import json
import tempfile

import pytest
import sqlalchemy as sa

from bridge import ledger, preview
from bridge.errors import ConfigProblem
from bridge.hygiene import email
from bridge.ledger.tables import metadata
from bridge.preview.sampling import sample
from bridge.sandbox.faults import Rule
from tests.harness import Operator, good_world, route

READS = ("GET ", "POST /api/v2/leads/list")


@pytest.fixture
def operator(database_url):
    return Operator(database_url, good_world("Fitness creators", leads=30))


def rows(operator):
    """Every row of every table."""
    db = ledger.Database(operator.database_url)
    with db.read() as connection:
        found = {
            name: sorted(map(repr, connection.execute(sa.select(table)))) for name, table in metadata.tables.items()
        }
    db.close()
    return found


def asked(operator):
    return [name.split(" ", 1)[1] for name in operator.sandbox.report()["requests"]]


def test_nothing_is_written_at_any_time(operator):
    """Before the first sync, with leads waiting, and after it: same rows, same people, reads alone, lawful ones."""
    for limit in (0, 5, None):
        if limit != 0:
            operator.sync(limit=limit)
        operator.forget_calls()
        before, people = rows(operator), operator.people()
        with operator.app(route()) as app:
            (found,) = preview.run(app, app.configuration.routes, 2)
        assert rows(operator) == before
        assert operator.people() == people
        assert all(name.startswith(READS) for name in asked(operator))
        json.dumps(found.document())


def test_a_preview_under_faults_is_a_preview(operator, quick_retries):
    """Each read of the target that fails costs its own answer; nothing is written then either."""
    operator.sync(limit=3)
    before = rows(operator)
    for path in (
        "*/leads/list",
        "*/block-lists-entries",
        "*/accounts",
        "*/plan-details",
        "*/campaigns/*",
        "*/campaigns",
    ):
        operator.sandbox.faults.clear()
        operator.sandbox.faults.put(Rule("status", "instantly", path=path, code=403, commit=False))
        with operator.app(route()) as app:
            (found,) = preview.run(app, app.configuration.routes, 2)
        assert found.error or found.outlook.notes
    assert rows(operator) == before


def test_a_sample_is_taken_without_a_trace(operator):
    """Looking for a lead to try stores nothing, before the first sync and after it."""
    for synced in (False, True):
        if synced:
            operator.sync()
        before = rows(operator)
        with operator.app(route()) as app:
            found = sample(app, route(), email.read("me@example.com"))
        assert found.lead_id
        assert rows(operator) == before


def test_a_preview_without_room_for_its_copy_says_so(operator, tmp_path, monkeypatch):
    """One sentence that names the way out, no traceback; a folder that is there is left as it was."""
    operator.sync(limit=3)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(ConfigProblem, match="copy of the ledger") as raised, operator.app(route()) as app:
        preview.run(app, app.configuration.routes, 1)
    assert "TMPDIR" in raised.value.hint
    (tmp_path / "there").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there"))
    with operator.app(route()) as app:
        preview.run(app, app.configuration.routes, 1)
    assert list((tmp_path / "there").iterdir()) == []
