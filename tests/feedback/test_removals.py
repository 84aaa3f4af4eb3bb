"""An operator takes an entry that came from an event off the list: with a reason, and without being overruled."""

from datetime import timedelta

import pytest

from bridge import ledger
from bridge.ledger.events import consequences, recording
from bridge.ledger.people import looking, removals, secrecy, suppressions
from bridge.ledger.upkeep import erasing
from bridge.ledger.upkeep.migrate import upgrade
from bridge.model import EventKind, ReportedEvent, State, Witness
from tests.cli.conftest import configure, folder, leadbridge
from tests.ledger.conftest import NOW, PLACE, Bench

__all__ = ["configure", "folder", "leadbridge"]
HOUR = timedelta(hours=1)


def hear(db, one, kind, at, witness=Witness.LEADS):
    """An event is reported at an hour after NOW; what follows from it is taken. How many entries are new."""
    now = NOW + at * HOUR
    recording.record(db, [ReportedEvent(kind, PLACE, one.address, witness, now, delivery_id=one.id)], now)
    return consequences.act(db, 1, [kind], now=now, storage="plain")


def listed(db, one):
    return one.address in ledger.suppressed(db, [one.address], "default")


@pytest.mark.parametrize("kind", [EventKind.BOUNCED, EventKind.UNSUBSCRIBED])
def test_the_same_event_has_no_second_consequence_and_a_new_one_has(db, delivered, kind):
    """A status is dated by any change of the lead: only a webhook's own time shows a new event."""
    (one,) = delivered(1)
    assert hear(db, one, kind, 1) >= 1
    suppressions.remove(db, one.address, reason="typo at their provider", now=NOW + 2 * HOUR)
    assert not listed(db, one)
    for at, witness in ((3, Witness.LEADS), (1, Witness.WEBHOOK), (4, Witness.LEADS)):
        assert hear(db, one, kind, at, witness) == 0
    assert not listed(db, one)
    assert hear(db, one, kind, 5, Witness.WEBHOOK) >= 1
    assert listed(db, one)
    assert hear(db, one, kind, 5, Witness.WEBHOOK) == 0


def test_a_removal_is_kept_with_both_reasons(db, delivered):
    """Until the person is erased; a new hash key finds it again."""
    (one,) = delivered(1)
    hear(db, one, EventKind.BOUNCED, 1)
    (entry,) = suppressions.entries_about(db, one.address)
    assert removals.needs_reason(db, entry)
    suppressions.remove(db, one.address, reason="typo at their provider", now=NOW + 2 * HOUR)
    for _ in range(2):
        (kept,) = looking.of_person(db, one.address)
        assert (kept.origin, kept.reason, kept.removed_at) == (
            "instantly:bounced", "typo at their provider", NOW + 2 * HOUR,
        )  # fmt: skip
        assert kept.said.startswith("bounced on ")
        assert looking.removed(db, "") == [kept]
        assert looking.removed(db, "another") == []
        secrecy.rekey(db, "")
    erasing.begin_erasure(db, [one.address], "them", NOW)
    assert looking.removed(db, "") == []


def test_the_verb_wants_a_reason_and_shows_it(folder, configure, leadbridge):
    """For what an event put there, or would have: without one nothing is removed. `explain` and `list` say both."""
    configure()
    (folder / "data").mkdir()
    db = ledger.Database(f"sqlite:///{folder}/data/bridge.db")
    upgrade(db)
    bench = Bench(db)
    bench.record([bench.lead(1), bench.lead(2)])
    batch = bench.claim()
    bench.settle(batch, State.DELIVERED)
    one, two = sorted(batch.deliveries, key=lambda delivery: delivery.id)
    leadbridge("suppress", "add", two.address, "free.example")
    for delivery in (one, two):
        hear(db, delivery, EventKind.UNSUBSCRIBED, 1)
        refused = leadbridge("suppress", "remove", delivery.address)
        assert (refused.exit_code, listed(db, delivery)) == (2, True)
        assert f"leadbridge suppress remove {delivery.address} --reason" in refused.stderr
    assert leadbridge("suppress", "remove", "free.example").exit_code == 0
    assert leadbridge("suppress", "remove", one.address, "--reason", "asked us to write again").exit_code == 0
    assert not listed(db, one)
    story = " ".join(leadbridge("explain", one.address).stdout.split())
    assert "asked us to write again" in story
    assert "opted out on 2026-11-20" in story
    assert "unsubscribed (learnt by poll, lifted)" in story
    _, reported = leadbridge.json("explain", one.address)
    assert reported["leads"][0]["removed_from_list"][0]["reason"] == "asked us to write again"
    assert [row["value"] for row in leadbridge.json("suppress", "list", "--removed")[1]["removed"]] == [
        one.address, "free.example",
    ]  # fmt: skip
    assert "asked us to write" in " ".join(leadbridge("suppress", "list", "--removed").stdout.split())
    db.close()
