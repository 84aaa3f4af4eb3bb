"""A broken database, a full disk, a jumping clock and absurd answers: a clear error or a held lead, nothing lost."""

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.errors import ConfigProblem, Unavailable
from bridge.ledger import database, limits
from tests.harness import route


def states(report):
    return {state: count for state, count in report.tally.states.items() if count}


@pytest.fixture
def sqlite_file(database_url):
    if not database_url.startswith("sqlite"):
        pytest.skip("only a file can be damaged, locked or full like this")
    return database_url.removeprefix("sqlite:///")


def test_a_damaged_database_is_one_sentence(operator, sqlite_file):
    """Bytes that are no database are reported as such, with what to do."""
    Path(sqlite_file).write_bytes(b"this is no database at all" * 100)
    with pytest.raises(ConfigProblem, match="damaged") as caught:
        operator.sync()
    assert "backup" in caught.value.hint


def test_a_locked_database_is_unavailable_and_the_next_run_carries_on(operator, sqlite_file, monkeypatch):
    """Another program that keeps the file to itself is waited for, then named; nothing is lost."""
    monkeypatch.setattr(limits, "BUSY_SECONDS", 0.2)
    other = sqlite3.connect(sqlite_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        operator.sync()
    other.execute("ROLLBACK")
    other.close()
    assert states(operator.sync_one()) == {"delivered": 10}


def test_a_full_disk_loses_nothing_and_sends_no_one_twice(make_operator, sqlite_file):
    """No room in the middle of a run is reported; with room again the next run ends the job."""
    operator = make_operator("First", leads=400)
    with operator.app(route()) as app:
        engine = app.db.engine
        sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=90"))
        app.db.close()  # with its writer: every connection from here on has little room
        (report,) = app.sync(app.configuration.routes)
    assert report.status == "failed"
    assert "disk" in report.error
    assert "is full" in report.error
    assert "Free space on it" in report.hint
    for _ in range(3):
        operator.clock.forward(minutes=2)
        report = operator.sync_one()
    assert states(report) == {"delivered": 400}
    operator.assert_promises()


def test_a_clock_that_jumps_back_does_not_stop_the_bridge(operator):
    """An hour back between two runs: what is new is still picked up."""
    operator.sync()
    operator.clock.forward(hours=-1)
    campaign = operator.sandbox.world.scravio.campaign("Fitness creators")
    campaign.add_lead(email="new@person.example")
    campaign.touch(operator.clock.now())
    assert operator.sync_one().tally.states["delivered"] == 11


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize("kind", ["nested", "garbage", "html", "empty", "truncated"])
@pytest.mark.parametrize("path", ["/api/auth/me", "/api/campaigns", "*/leads", "/api/v2/workspaces/current"])
def test_absurd_answers_to_reads_end_in_a_sentence(operator, kind, path):
    """Deep nesting, other encodings, HTML, nothing: the route fails with words, and the next run succeeds."""
    operator.sandbox.faults.add(kind, path=path)
    report = operator.sync_one()
    assert report.status in ("failed", "blocked")
    assert report.error
    assert "Traceback" not in report.error
    operator.sandbox.faults.clear()
    assert states(operator.sync_one()) == {"delivered": 10}


@pytest.mark.usefixtures("quick_retries")
def test_a_body_of_fifty_megabytes_is_not_read_to_its_end(operator):
    """Answers have a size limit."""
    operator.sandbox.faults.add("oversized", path="*/leads", size=50 * 1024 * 1024)
    report = operator.sync_one()
    assert report.status == "failed"
    assert "larger than" in report.error


def test_hostile_text_in_every_field_is_held_or_sent_harmless(operator):
    """NUL, lone surrogates and templates in a row: the lead is stored, and what goes out is text."""
    nasty = "a\x00b\ud83d{{x}}{%y%}\u202e"
    campaign = operator.sandbox.world.scravio.campaign("Fitness creators")
    campaign.lead(0).update(
        username=nasty, fullName=nasty, biography=nasty, keyword=nasty, country=nasty, externalUrl=nasty
    )
    campaign.lead(1).update(email=nasty, emailValidation={"status": nasty, "isValid": True})
    campaign.update(title=nasty)
    report = operator.sync_one()
    assert states(report) == {"delivered": 9, "held": 1}
    for person in operator.sandbox.world.instantly.people(operator.target().id):
        assert "{" not in str(person.posted["custom_variables"]["source_campaign"])


def test_a_page_of_many_thousand_rows_is_stored_whole(make_operator):
    """A server that ignores the page size does not bring the bridge down."""
    operator = make_operator("First", leads=5_000)
    operator.sandbox.world.scravio.habits.lead_page_cap = 100_000

    def all_at_once(request):
        if request.path.endswith("/leads"):
            request.set_parameter("perPage", "100000")
        return False

    operator.sandbox.faults.add("delay", when=all_at_once)
    report = operator.sync_one(route(per_domain=0))
    assert report.tally.known == 5_000
    assert report.tally.states["delivered"] == 5_000
    assert operator.calls("GET /api/campaigns/{id}/leads") == 1


def test_writers_in_one_process_take_turns(db):
    """Threads of one process never lock each other out."""
    number, errors = ledger.route_number(db, "r"), []

    def write():
        try:
            for _ in range(20):
                ledger.start_run(db, number, database.moment(1))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(ledger.past_runs(db, limit=100)) == 80
