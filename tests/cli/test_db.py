"""`leadbridge db backup`, `db copy` and `db prune`: what they say, write and refuse."""

import sqlite3
from dataclasses import replace

import pytest

from bridge import ledger
from bridge.ledger import Database
from bridge.ledger.core import holders, leases
from tests.cli.conftest import unwrapped


@pytest.fixture
def synced(leadbridge, configure, vendors):
    configure()
    assert leadbridge("sync", "--yes").exit_code == 0
    return vendors


def test_a_backup_is_a_ledger_of_its_own(leadbridge, synced, folder, monkeypatch):
    """It never overwrites, and the command works on it as on the ledger."""
    result = leadbridge("db", "backup", "back.db")
    assert result.exit_code == 0, result.output
    assert "checked" in unwrapped(result.stdout)
    again = leadbridge("db", "backup", "back.db")
    assert again.exit_code == 2
    assert "back.db already exists: it is not changed." in unwrapped(again.stderr)
    before = leadbridge.json("status")[1]["routes"][0]["states"]
    monkeypatch.setenv("BRIDGE_DATABASE_URL", f"sqlite:///{folder}/back.db")
    assert leadbridge.json("status")[1]["routes"][0]["states"] == before
    del synced


def test_a_copy_is_compared_and_the_next_step_reported(leadbridge, synced, folder):
    """Into another file as into PostgreSQL; a second time it is refused, and so is the ledger itself."""
    result = leadbridge("db", "copy", "--to", "sqlite:///other.db")
    assert result.exit_code == 0, result.output
    assert "all are the same" in unwrapped(result.stdout)
    assert "BRIDGE_DATABASE_URL" in result.stdout
    with sqlite3.connect(folder / "other.db") as connection:
        assert connection.execute("SELECT COUNT(*) FROM lead").fetchone() == (10,)
    connection.close()
    assert "holds a ledger already" in unwrapped(leadbridge("db", "copy", "--to", "sqlite:///other.db").stderr)
    assert "is the ledger itself" in unwrapped(leadbridge("db", "copy", "--to", "sqlite:///data/bridge.db").stderr)
    del synced


def test_a_route_at_work_is_not_copied(leadbridge, synced):
    """The lease of a living process: exit 2, and what to stop."""
    db = Database("sqlite:///data/bridge.db")
    number = ledger.route_names(db)["fitness"]
    leases.acquire(db, number, replace(holders.myself(), host="elsewhere"))
    db.close()
    result = leadbridge("db", "copy", "--to", "sqlite:///other.db")
    assert result.exit_code == 2
    assert "Stop `leadbridge run`" in unwrapped(result.stderr)
    del synced


def test_passwords_are_not_shown(leadbridge, synced):
    """Whatever goes wrong with the other database, its password stays out of the message."""
    url = "postgresql://bridge:sesame@127.0.0.1:1/bridge"
    result = leadbridge("db", "copy", "--to", url)
    assert result.exit_code == 1
    assert "sesame" not in result.output
    assert "does not answer" in unwrapped(result.stderr)
    del synced


@pytest.mark.parametrize("words", [("backup", "x.db"), ("copy", "--to", "sqlite:///x.db")])
def test_nothing_stored_yet_is_one_sentence(leadbridge, configure, words):
    """Before the first sync there is nothing to back up or copy."""
    configure()
    result = leadbridge("db", *words)
    assert result.exit_code == 2
    assert "There is nothing to" in unwrapped(result.stderr)


def test_prune_says_what_it_did(leadbridge, synced, configure):
    """Counted first, then done; `--vacuum` gives the space back."""
    assert "facts of 0 leads would be pruned" in unwrapped(leadbridge("db", "prune", "--dry-run").stdout)
    with sqlite3.connect("data/bridge.db") as connection:
        connection.execute("UPDATE delivery SET sent_at = 1, decided_at = 1")
        connection.execute("UPDATE lead SET first_seen_at = 1")
    connection.close()
    configure(more="[privacy]\nkeep_facts_days = 1\n")
    assert "facts of 10 leads would be pruned: settled or held more than 1 day ago" in unwrapped(
        leadbridge("db", "prune", "--dry-run").stdout
    )
    reported = unwrapped(leadbridge("db", "prune", "--vacuum").stdout)
    assert "facts of 10 leads pruned" in reported
    assert "file: from" in reported
    (lead,) = [one for one in _explained(leadbridge, synced) if one["facts"] != "kept"][:1]
    assert lead["facts"].startswith("pruned")
    assert lead["deliveries"][0]["history"][-1]["state"] == "delivered"


def _explained(leadbridge, vendors):
    instantly = vendors.world.instantly
    for person in instantly.people(instantly.campaign("Fitness Q4").id):
        yield from leadbridge.json("explain", person.email)[1]["leads"]
