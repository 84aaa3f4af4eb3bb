"""`leadbridge reconcile`: table, document, CSV, exit codes; the ledger changes only with --repair."""

import csv
from io import StringIO

import pytest

from bridge.cli.repairing import reconcile
from bridge.operations.compare import Kind
from tests.cli.conftest import unwrapped
from tests.ledger.conftest import NOW


@pytest.fixture
def drifted(leadbridge, configure, vendors):
    """Delivered and then changed behind our back: one lead deleted, one bounced, one stranger."""
    configure()
    assert leadbridge("sync", "--yes").exit_code == 0
    instantly = vendors.world.instantly
    target = instantly.campaign("Fitness Q4")
    gone, bounced, *_ = sorted(instantly.people(target.id), key=lambda person: person.email)
    instantly.remove_person(gone)
    instantly.change_person(bounced, status=-1)
    instantly.add_person(target, "=cmd|stranger@example.com", NOW)
    return gone.email, bounced.email


def test_every_kind_has_its_words():
    """A kind without an explanation would be printed as a code."""
    assert list(reconcile.KINDS) == [str(kind) for kind in Kind]


def test_no_difference_is_zero(leadbridge, configure, vendors):
    """After a sync everything is where the ledger says; the second look says the same."""
    configure()
    leadbridge("sync", "--yes")
    for _ in range(2):
        result = leadbridge("reconcile")
        assert result.exit_code == 0, result.output
        assert "no difference" in unwrapped(result.stdout)
    code, document = leadbridge.json("reconcile")
    assert (code, document["status"], document["differences"]) == (0, "ok", [])
    assert set(document["counts"].values()) == {0}


def test_the_table_counts_and_names_and_says_what_next(leadbridge, drifted):
    """Counts by kind, each difference with both sides, the repair; exit code 3."""
    result = leadbridge("reconcile", env={"COLUMNS": "200"})
    reported = unwrapped(result.stdout)
    assert result.exit_code == 3
    for kind in ("gone_from_target", "only_in_target", "other_status"):
        assert f"1 {kind} {reconcile.KINDS[kind]}" in reported
    assert drifted[0] in reported
    assert "active bounced" in reported
    assert "leadbridge reconcile --repair" in reported


def test_the_document_has_all(leadbridge, drifted):
    """Counts, targets and every difference with the lead's id; looking twice finds the same."""
    code, document = leadbridge.json("reconcile", "fitness")
    assert (code, document["status"], document["repair"]) == (3, "different", False)
    assert {kind: count for kind, count in document["counts"].items() if count} == {
        "gone_from_target": 1, "only_in_target": 1, "other_status": 1,
    }  # fmt: skip
    (route,) = document["routes"]
    (target,) = route["targets"]
    assert target["expected"] == target["present"]
    gone, stranger, bounced = document["differences"]
    assert (gone["email"], gone["ledger"], bool(gone["lead_id"])) == (drifted[0], "delivered", True)
    assert (stranger["lead_id"], stranger["ledger"]) == ("", "nothing")
    assert (bounced["email"], bounced["ledger"], bounced["found"]) == (drifted[1], "active", "bounced")
    assert leadbridge.json("reconcile") == (code, document)


def test_csv_goes_to_a_file_or_to_stdout(leadbridge, drifted, folder):
    """All differences, harmless in a spreadsheet; the file is the owner's alone."""
    result = leadbridge("reconcile", "--csv", "-")
    rows = list(csv.DictReader(StringIO(result.stdout)))
    assert (result.exit_code, len(rows)) == (3, 3)
    assert tuple(rows[0]) == reconcile.COLUMNS
    assert {row["email"] for row in rows} == {*drifted, "'=cmd|stranger@example.com"}
    result = leadbridge("reconcile", "--csv", "drift.csv")
    assert "3 differences written to drift.csv." in result.stderr
    assert len((folder / "drift.csv").read_text(encoding="utf-8-sig").splitlines()) == 4
    assert (folder / "drift.csv").stat().st_mode & 0o077 == 0


def test_a_repair_is_noted_and_reported_by_status_and_explain(leadbridge, drifted):
    """What is noted is no difference any more, but for the stranger; status and explain report it in words."""
    code, document = leadbridge.json("reconcile", "--repair")
    assert (code, document["routes"][0]["targets"][0]["noted"]) == (3, 2)
    code, document = leadbridge.json("reconcile")
    assert [difference["kind"] for difference in document["differences"]] == ["only_in_target"]
    reported = unwrapped(leadbridge("status").stdout)
    assert "no longer in the target: 1 lead (first recorded" in reported
    assert "in the target, as last recorded: 1 bounced" in reported
    status = leadbridge.json("status")[1]["routes"][0]
    assert (status["gone_from_target"], status["remote_statuses"]) == (1, {"bounced": 1})
    assert "no longer in the target, recorded" in unwrapped(leadbridge("explain", drifted[0]).stdout)
    (lead,) = leadbridge.json("explain", drifted[1])[1]["leads"]
    (delivery,) = lead["deliveries"]
    assert (delivery["state"], delivery["remote_status"]) == ("delivered", "bounced")
    assert delivery["gone_from_target"] is None
    assert leadbridge("sync", "--yes").exit_code == 0
    assert leadbridge.json("status")[1]["routes"][0]["states"]["ready"] == 0


def test_a_target_that_cannot_be_read_is_one(leadbridge, drifted, vendors):
    """Nothing was compared: exit code 1, the cause is reported, and no one is called gone."""
    vendors.faults.add("status", path="*/leads/list", code=403)
    result = leadbridge("reconcile")
    assert result.exit_code == 1
    assert "could not be read" in unwrapped(result.stdout)
    code, document = leadbridge.json("reconcile", "--repair")
    assert (code, document["status"], document["differences"]) == (1, "unread", [])
    assert document["routes"][0]["targets"][0]["read"] is False


def test_a_busy_repair_is_not_a_clean_bill(leadbridge, drifted, monkeypatch):
    """A route that another process holds was not compared, and must not look like one without differences."""
    monkeypatch.setattr("bridge.ledger.core.leases.is_gone", lambda *_: False)
    from bridge import ledger  # noqa: PLC0415 - after the environment is set

    db = ledger.Database("sqlite:///data/bridge.db")
    number = ledger.route_names(db)["fitness"]
    epoch = ledger.core.leases.acquire(db, number, ledger.core.leases.Holder("another-host", 7, "1"))
    result = leadbridge("reconcile", "--repair")
    assert result.exit_code == 1
    assert "fitness is busy: Process 7 on another-host" in unwrapped(result.stdout)
    assert leadbridge("reconcile").exit_code == 3
    ledger.core.leases.release(db, number, epoch)
    db.close()


def test_a_retired_route_is_compared_when_named(leadbridge, drifted, configure):
    """bridge.toml has forgotten it; its deliveries are still there to be compared."""
    configure("another")
    assert leadbridge("reconcile").exit_code == 0
    code, document = leadbridge.json("reconcile", "fitness")
    assert (code, document["counts"]["gone_from_target"]) == (3, 1)


def test_before_any_sync_there_is_nothing_to_compare(leadbridge, configure, folder):
    """No key is needed and no file is made; a document is printed all the same."""
    configure()
    assert "Nothing is stored yet" in leadbridge("reconcile").stdout
    code, document = leadbridge.json("reconcile")
    assert (code, document["routes"]) == (0, [])
    assert not (folder / "data").exists()


def test_usage_is_two(leadbridge, configure, drifted):
    """An unknown route, and two outputs at once."""
    assert leadbridge("reconcile", "fitnes").exit_code == 2
    assert leadbridge("reconcile", "--csv", "-", "--json").exit_code == 2
