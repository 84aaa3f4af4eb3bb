"""`leadbridge sync` against the sandbox on a port: the document, the exit codes, the accounting."""

from dataclasses import replace

import pytest

from bridge.cli.running import sync
from bridge.ledger import Tally
from bridge.model import State
from bridge.sandbox.faults import Rule
from bridge.sync import Report
from tests.cli.conftest import unwrapped

ROUTE_KEYS = {
    "route", "client", "status", "run_id", "campaigns_seen", "campaigns_swept", "leads_read", "leads_known", "states",
    "reasons", "requests", "seconds", "error",
}  # fmt: skip
STATES = {state.value for state in State}


def test_the_document_is_as_documented(leadbridge, configure, vendors):
    """One JSON document on stdout with every documented key, whose states add up to the leads known."""
    configure()
    code, document = leadbridge.json("sync", "--yes")
    assert code == 0
    assert document.keys() == {"status", "routes"}
    assert document["status"] == "ok"
    (route,) = document["routes"]
    assert route.keys() >= ROUTE_KEYS
    assert route["states"].keys() == STATES
    assert sum(route["states"].values()) == route["leads_known"] > 0
    assert route["requests"].keys() >= {"scravio", "instantly"}
    assert route["states"]["delivered"] == vendors.report()["instantly"]["lead_count"]
    assert route["error"] is None


def test_logs_and_progress_stay_off_stdout(leadbridge, configure, vendors):
    """Stdout holds the document alone; the log line is on stderr and holds no key and no address."""
    configure()
    result = leadbridge("sync", "--yes", "--json")
    assert result.stdout.startswith("{")
    assert '"event": "run"' in result.stderr
    for secret in (vendors.keys.scravio, vendors.keys.instantly):
        assert secret not in result.output


def test_the_table_counts_what_the_document_counts(leadbridge, configure, vendors):
    """A person sees one line for the route, the sum that adds up, and the reasons in words, within 80 columns."""
    configure()
    result = leadbridge("sync", "--yes")
    assert result.exit_code == 0
    delivered = vendors.report()["instantly"]["lead_count"]
    known = sum(leadbridge.json("status")[1]["routes"][0]["states"].values())
    assert f"fitness: known {known} = {delivered} delivered + " in result.stdout
    assert f"delivered {delivered} in" in unwrapped(result.stdout)
    assert "the address was validated as bad (validation_invalid)" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_nothing_new_says_so(leadbridge, configure, vendors):
    """A second sync reads no lead, posts nothing, and says that there was nothing new."""
    configure()
    leadbridge("sync", "--yes")
    before = vendors.report()["instantly"]["lead_count"]
    result = leadbridge("sync", "--yes")
    assert result.exit_code == 0
    assert "Nothing new: 1 campaign looked at" in result.stdout
    assert vendors.report()["instantly"]["lead_count"] == before


def test_limit_sends_at_most_so_many(leadbridge, configure, vendors):
    """--limit bounds what goes; the rest stays ready."""
    configure()
    code, document = leadbridge.json("sync", "--yes", "--limit", "2")
    assert code == 0
    assert vendors.report()["instantly"]["lead_count"] == 2
    assert document["routes"][0]["states"]["ready"] > 0


def test_only_the_named_routes_run(leadbridge, configure, vendors):
    """Routes named on the command line run, in the order of the file and whatever their case; others do not."""
    configure("one", "two", "three")
    _, document = leadbridge.json("sync", "--yes", "THREE", "one")
    assert [route["route"] for route in document["routes"]] == ["one", "three"]


def test_every_route_blocked_is_1(leadbridge, configure, vendors):
    """A target that does not exist blocks the route: exit code 1, with the document and a hint."""
    configure(target="No such campaign")
    code, document = leadbridge.json("sync", "--yes")
    assert code == 1
    assert document["status"] == "blocked"
    assert "No such campaign" in document["routes"][0]["error"]
    result = leadbridge("sync", "--yes")
    assert result.exit_code == 1
    assert "✗ blocked" in result.stdout


def test_one_route_blocked_beside_a_good_one_is_3(leadbridge, configure, vendors):
    """Something was done and something was not: exit code 3, status partial."""
    configure("good", more='\n[[routes]]\nname = "bad"\ntarget = { instantly_list = "No such list" }\n')
    code, document = leadbridge.json("sync", "--yes")
    assert code == 3
    assert document["status"] == "partial"
    assert [route["status"] for route in document["routes"]] == ["ok", "blocked"]


def test_a_lost_answer_is_reported_as_doubt(leadbridge, configure, vendors):
    """An answer that is lost leaves its leads in doubt, and the next sync settles them without sending twice."""
    configure()
    vendors.faults.put(Rule("cut", "instantly", "POST", "*/leads/add", nth=1, commit=True))
    code, document = leadbridge.json("sync", "--yes")
    (route,) = document["routes"]
    assert route["status"] == "partial"
    assert route["states"]["in_doubt"] > 0
    assert code in (1, 3)
    status = leadbridge("status")
    assert "in doubt since" in status.stdout
    assert "next: leadbridge sync fitness" in status.stdout
    held = vendors.report()["instantly"]["lead_count"]
    assert leadbridge("sync", "--yes").exit_code == 0
    assert vendors.report()["instantly"]["lead_count"] == held
    assert "in doubt" not in leadbridge("status").stdout


def test_a_busy_route_is_no_failure(leadbridge, configure, vendors, bench):
    """A route that another process holds is exit code 0; it says so, and its numbers stand as the ledger has them."""
    configure()
    bench.record([bench.lead(1)])
    code, document = leadbridge.json("sync", "--yes")
    assert (code, document["status"]) == (0, "ok")
    (route,) = document["routes"]
    assert (route["status"], route["leads_known"]) == ("busy", 1)
    assert "another process holds the route" in unwrapped(leadbridge("sync", "--yes").stdout)


@pytest.mark.parametrize("changes", [{"unsound": True}, {"tally": Tally(3, {"held": 2}, {"no_reply": 2})}])
def test_numbers_that_do_not_add_up_never_end_well(changes):
    """A mismatch of the vendor's counters, or a ledger that does not add up, is exit code 3 whatever else is said."""
    sound = Report("fitness", "ok", Tally(2, {"held": 2}, {"no_reply": 2}))
    assert sync.verdict([sound]) == ("ok", 0)
    assert sync.verdict([sound, replace(sound, **changes)]) == ("partial", 3)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_every_width_is_served(leadbridge, configure, vendors, width):
    """No terminal is too narrow or too wide."""
    configure("fitness", "a route with a name of some length")
    leadbridge.runner.env["COLUMNS"] = str(width)
    for arguments in (["sync", "--yes"], ["status"], ["runs"], ["rejects"]):
        result = leadbridge(*arguments)
        assert result.exit_code == 0
        assert max(map(len, result.stdout.splitlines())) <= width


def test_a_broken_ledger_still_prints_a_document(leadbridge, configure, vendors, folder, monkeypatch):
    """A ledger that fails in the middle is exit code 1, with a document that says so."""
    monkeypatch.setattr("bridge.ledger.limits.BUSY_SECONDS", 0.1)
    configure()
    leadbridge("sync", "--yes")
    holder = _hold_writing(folder / "data" / "bridge.db")
    try:
        code, document = leadbridge.json("sync", "--yes")
    finally:
        holder.close()
    assert code == 1
    assert document["status"] == "failed"
    assert "held a lock" in document["error"]


def _hold_writing(path):
    import sqlite3  # noqa: PLC0415 - this test alone plays the other process

    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def test_a_limit_says_who_waits(leadbridge, configure, vendors):
    """After `--limit` the rest is counted, with the command that sends it."""
    configure()
    reported = unwrapped(leadbridge("sync", "--yes", "--limit", "2").stdout)
    assert "more wait because of --limit 2; run `leadbridge sync fitness` for the rest." in reported
    assert "more wait" not in leadbridge("sync", "--yes").stdout
