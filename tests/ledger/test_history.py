"""What a delivery shows on its own has no row of history, and no reader of the history sees the difference."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.ledger import facts
from bridge.ledger.core import history
from bridge.ledger.core.audits import Note, note_audit
from bridge.ledger.views import stories
from bridge.model import PROBLEM_ERASED, Lead, Origin, Outcome, Reason, State
from tests.ledger.conftest import NOW


def reported(bench, number):
    (found,) = stories.lead_stories(bench.db, stories.leads_with_source_id(bench.db, f"{number:024x}"))
    (delivery,) = found.deliveries
    return [(one.at, one.state, one.reason, one.origin, one.detail, one.batch_id) for one in delivery.events]


def count(bench, table):
    with bench.db.read() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()


def test_a_lead_that_its_batch_delivered_has_its_move_without_a_row(bench):
    """The story is the one that was reported while every move had a row."""
    bench.record([bench.lead(1)])
    batch = bench.claim()
    bench.now = NOW + timedelta(minutes=2)
    bench.settle(batch, State.DELIVERED)
    assert count(bench, "event") == 0
    assert reported(bench, 1) == [(bench.now, "delivered", "created", "api", "", batch.id)]


def test_the_move_stands_between_what_came_before_and_what_an_audit_noted_later(bench):
    """In the order in which it happened, also where all of it has one time."""
    bench.record([bench.lead(1)])
    first = bench.claim()
    bench.settle(first, State.READY, Reason.UNEXPLAINED, origin=Origin.INFERRED)
    bench.now += timedelta(hours=1)
    second = bench.claim()
    bench.settle(second, State.DELIVERED)
    (delivery,) = second.deliveries
    note_audit(bench.db, bench.recording(), [Note(delivery.id, "r", "active", None, "seen")])
    assert [(state, reason, batch) for _, state, reason, _, _, batch in reported(bench, 1)] == [
        ("ready", "unexplained", first.id),
        ("delivered", "created", second.id),
        ("delivered", "created", 0),
    ]


def test_an_erasure_keeps_the_move_that_it_writes_over(bench):
    """Once, also where it is erased twice."""
    bench.record([bench.lead(1)])
    batch = bench.claim()
    bench.settle(batch, State.DELIVERED)
    for _ in range(2):
        with bench.db.write() as connection:
            history.keep(connection, [one.id for one in batch.deliveries])
    assert count(bench, "event") == 1
    assert reported(bench, 1) == [(NOW, "delivered", "created", "api", "", batch.id)]


@pytest.mark.parametrize("detail", ["found later", ""])
def test_whatever_is_not_plain_keeps_its_row(bench, detail):
    """A lookup that found the lead, or words of the vendor, are rows as before, and are reported once."""
    bench.record([bench.lead(1)])
    batch = bench.claim()
    (one,) = batch.deliveries
    outcome = Outcome(one.id, State.DELIVERED, Reason.CREATED, Origin.LOOKUP, remote_id="r", detail=detail)
    ledger.record_outcomes(bench.db, bench.recording(), [outcome], batch_id=batch.id)
    assert count(bench, "event") == 1
    assert reported(bench, 1) == [(NOW, "delivered", "created", "lookup", detail, batch.id)]


FACTS: dict[str, object] = {
    **dict.fromkeys(("source_type", "email_source", "phone", "username", "website", "keyword"), "t"),
    "platform": "x",
    "email": "jane@a.example",
    "full_name": "Jane \ud800",
    "biography": "a\x00b",
    "country": "DE",
    "followers": 0,
    "following": 2,
    "posts": 3,
    "is_private": False,
    "is_verified": True,
    "is_valid": False,
    "city": "Kiel",
    "validation": "valid",
    "checked_at": NOW,
    "scraped_at": NOW,
    "extra": {"linkedinHeadline": "h"},
}


def test_facts_come_back_from_either_form():
    """A list, an object of an earlier version, one that is shorter: all of them are the lead."""
    lead = Lead("i", "c", **FACTS)
    listed, named = facts.dump_lead(lead), facts.dump_lead(lead, listed=False)
    assert facts.load_lead("i", "c", listed) == facts.load_lead("i", "c", named) == lead
    assert facts.named_facts(listed) == facts.named_facts(named)
    assert facts.load_lead("i", "c", '["x","","jane@a.example"]') == Lead(
        "i", "c", platform="x", email="jane@a.example"
    )


def test_the_places_of_facts_are_those_of_stored_ledgers():
    """A fact that moved to another place would be read as another fact: new ones go to the end."""
    lead = Lead("i", "c", **FACTS | {"full_name": "Jane", "biography": "b"})
    instant = int(NOW.timestamp() * 1000)
    assert json.loads(facts.dump_lead(lead)) == [
        "x", "t", "jane@a.example", "t", "t", "t", "Jane", "b", 0, 2, 3, "t", False, True, None,
        "DE", "Kiel", "valid", False, instant, "t", instant, {"linkedinHeadline": "h"},
    ]  # fmt: skip


def test_what_sql_looks_into_keeps_its_names(bench):
    """A problem, and an address that cannot be read."""
    assert f'"problem":"{PROBLEM_ERASED}"' in facts.dump_lead(Lead("", "", problem=PROBLEM_ERASED))
    bench.record([bench.lead(1, email="jane at example"), bench.lead(2)])
    assert len(stories.leads_as_scraped(bench.db, "jane at example")) == 1


def test_a_lead_that_an_earlier_version_stored_has_not_changed(bench):
    """Its facts have the other form, and so had its digest: reading it again moves no revision, pruned or not."""
    lead = bench.lead(1)
    bench.record([lead])
    named = facts.dump_lead(lead, listed=False)
    with bench.db.write() as connection:
        update = "UPDATE lead SET facts = :facts, digest = :digest"
        connection.execute(sa.text(update), {"facts": named, "digest": facts.digest(named)})
    assert bench.record([lead]) == 0
    with bench.db.write() as connection:
        connection.exec_driver_sql("UPDATE lead SET facts = ''")
    assert bench.record([lead]) == 0
    assert bench.record([bench.lead(1, username="other")]) == 1


@pytest.mark.parametrize("size", [90, 91, 99, 100, 181])
def test_a_page_of_any_size_is_stored_whole(bench, size):
    """SQLite takes 90 leads to a statement, and 99 ready deliveries: each has its own facts, and known ones stay."""
    leads = [bench.lead(number) for number in range(size)]
    assert bench.record(leads) == size
    assert bench.record([*leads, bench.lead(size)]) == 1
    stored = [one.lead for some in ledger.stored_leads(bench.db, bench.campaign()) for one in some]
    assert stored == [*leads, bench.lead(size)]
    assert sorted(one.address for one in bench.claim().deliveries) == sorted(one.email for one in stored)
