"""`status` does not judge an unchanged bridge.toml again: the same output, and the same words for what is wrong."""

import json

import pytest

from bridge import ledger
from bridge.config.outline import KEPT
from bridge.ledger.marks import Memory

VERBS = [("status",), ("status", "--json"), ("status", "fitness"), ("status", "unknown"), ("--client", "x", "status")]
VERBS += [("explain", "@creator1"), ("rejects",), ("runs",), ("delivered",), ("report", "--month", "2026-10")]


def kept(folder):
    """What the ledger keeps of bridge.toml."""
    db = ledger.Database(f"sqlite:///{folder}/data/bridge.db", to_read=True)
    owner, name = KEPT
    found = Memory(db, owner).recall(name)
    db.close()
    return found


@pytest.fixture
def both(leadbridge, folder):
    """Runs a command with what the ledger keeps, and without it."""

    def run(*words):
        owner, name = KEPT
        db, facts, found = ledger.Database(f"sqlite:///{folder}/data/bridge.db"), kept(folder), []
        assert facts
        for said in ({}, facts):
            Memory(db, owner).keep(name, said)
            done = leadbridge(*words)
            found.insert(0, (done.exit_code, done.stdout, done.stderr))
        db.close()
        return found

    return run


@pytest.mark.usefixtures("vendors")
def test_status_says_the_same_with_and_without_what_is_kept(leadbridge, configure, both, folder):
    """Every verb that only looks prints the same, and a bridge.toml that is wrong now is refused in the same words."""
    configure("fitness", "yoga", more='pace = { per_day = 3 }\nevery = "1h"\n')
    assert leadbridge("sync", "--yes").exit_code == 0
    for words in VERBS:
        light, whole = both(*words)
        assert light == whole
    for broken in ("[[routes", '[[routes]]\nnane = "x"\n', "http = { port = 0 }\n", "\ufeff\n"):
        (folder / "bridge.toml").write_text(broken)
        light, whole = both("status")
        assert light == whole
        assert light[0] == 2


@pytest.mark.usefixtures("vendors")
def test_a_command_that_only_looks_keeps_nothing(leadbridge, configure, both, folder):
    """A changed file is shown as it is now; the next command that writes keeps it, and only that one."""
    configure("fitness")
    assert leadbridge("sync", "--yes").exit_code == 0
    configure("fitness", "yoga")
    for _ in range(2):
        light, whole = both("status")
        assert light == whole
        assert "yoga" in light[1]
    assert "yoga" not in json.dumps(kept(folder))
    assert leadbridge("sync", "--yes").exit_code == 0
    assert "yoga" in json.dumps(kept(folder))
