"""Two processes on one ledger: whatever one does in the middle of the other's transaction, no one goes twice."""

import os
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.errors import Busy
from bridge.ledger.core import campaigns, claims, decisions, holders, leads, leases
from bridge.ledger.core.holders import Holder
from bridge.ledger.people import suppressions
from bridge.model import Deliver, Fields, Hold, Origin, Outcome, Place, Reason, SourceCampaign, State

SECOND = Place("instantly", "ws", "campaign", "c2")
ELSEWHERE_PLACE = Place("instantly", "ws2", "campaign", "c9")
THIRD = Place("instantly", "ws", "campaign", "c3")
ELSEWHERE = Holder("elsewhere", 1, "1")


@pytest.fixture
def other_process(bench):
    """Another process's way to the same ledger."""
    database = ledger.Database(bench.db.url.render_as_string(hide_password=False))
    yield database
    database.close()


class Meanwhile:
    """Lets another process act while a transaction of ours is under way; `had_to_wait` says that it could not."""

    def __init__(self, monkeypatch, pool):
        self._monkeypatch = monkeypatch
        self._pool = pool
        self._begun = False
        self._acting = None
        self.had_to_wait = False

    def before(self, owner, name, action):
        """Begin `action` just before `owner.name` runs for the first time, and go on if it has to wait for us."""
        real = getattr(owner, name)

        def interrupted(*args, **options):
            if not self._begun:
                self._begun = True
                self._acting = self._pool.submit(action)
                self.had_to_wait = bool(wait([self._acting], timeout=0.5).not_done)
            return real(*args, **options)

        self._monkeypatch.setattr(owner, name, interrupted)

    def end(self):
        """What came of it, once the other process has done it all."""
        assert self._begun, "the moment never came"
        return self._acting.result(timeout=20)


@pytest.fixture
def meanwhile(monkeypatch, other_process):
    with ThreadPoolExecutor(1) as pool:
        yield Meanwhile(monkeypatch, pool)


def addresses(batch):
    return [delivery.address for delivery in batch.deliveries] if batch else []


def refuse(bench, database, batch):
    outcomes = [Outcome(one.id, State.REFUSED, Reason.BLOCKLIST, Origin.API) for one in batch.deliveries]
    ledger.record_outcomes(database, bench.recording(), outcomes, batch_id=batch.id)


def take_over(bench, database):
    number, epoch = bench.route()
    leases.release(database, number, epoch)
    return leases.acquire(database, number, ELSEWHERE)


# ------------------------------------------------------------------------------------------------------ interleavings


def test_who_is_held_for_an_owner_that_frees_meanwhile_is_woken(bench, other_process, meanwhile):
    """Route two holds its lead as a duplicate at the moment the owner is refused: it is asked again."""
    bench.record([bench.lead(1, "a@one.example")])
    first = bench.claim()
    bench.record([bench.lead(2, "a@one.example")], route="two")
    meanwhile.before(claims, "_hold", lambda: refuse(bench, other_process, first))
    assert bench.claim(route="two", place=SECOND) is None
    meanwhile.end()
    assert bench.redecide_stale("two") == 1
    assert addresses(bench.claim(route="two", place=SECOND)) == ["a@one.example"]


def test_who_is_held_for_another_channel_is_woken_too(bench, other_process, meanwhile):
    """Also across workspaces: a route that looks everywhere holds its lead at the moment the owner is refused."""
    bench.record([bench.lead(1, "a@one.example")])
    first = bench.claim()
    bench.record([bench.lead(2, "a@one.example")], route="two")
    meanwhile.before(claims, "_hold", lambda: refuse(bench, other_process, first))
    assert bench.claim(route="two", place=ELSEWHERE_PLACE, dedupe="everywhere") is None
    meanwhile.end()
    assert bench.redecide_stale("two") == 1


def test_a_narrow_claim_during_a_refusal_inherits_the_wide_scope(bench, other_process, meanwhile):
    """A delivery that goes out while the first owner is refused is the one that the workspace knows afterwards."""
    bench.record([bench.lead(1, "a@one.example")])
    first = bench.claim()
    bench.record([bench.lead(2, "a@one.example")], route="two")
    meanwhile.before(claims, "_send", lambda: refuse(bench, other_process, first))
    assert addresses(bench.claim(route="two", place=SECOND, dedupe="target")) == ["a@one.example"]
    meanwhile.end()
    bench.record([bench.lead(3, "a@one.example")], route="three")
    assert bench.claim(route="three", place=THIRD) is None


def test_two_processes_see_a_campaign_for_the_first_time(bench, other_process, meanwhile):
    """Both may note it at once: it has one number, and neither of them fails."""
    campaign = SourceCampaign(id="k9", title="New", status="fully_completed")
    meanwhile.before(campaigns, "_store_moved", lambda: ledger.note_campaigns(other_process, [campaign]))
    mine = ledger.note_campaigns(bench.db, [campaign])
    assert meanwhile.end()["k9"].no == mine["k9"].no


def test_two_routes_sweep_one_campaign_at_once(bench, other_process, meanwhile):
    """Both store the same page: each lead is there once, and each route has decided it."""
    entry, lead = bench.campaign(), bench.lead(1)
    decided = [(lead, bench.deliver(lead))]
    deciding = bench.deciding("two")
    meanwhile.before(leads, "bump_revision", lambda: ledger.record_page(other_process, deciding, entry, decided))
    ledger.record_page(bench.db, bench.deciding("one"), entry, decided)
    meanwhile.end()
    assert ledger.leads_in(bench.db, entry.no) == 1
    assert bench.states("one") == bench.states("two") == {"ready": 1}


def test_the_numbers_add_up_while_another_process_writes(bench, other_process):
    """Known leads and leads by state are counted at one moment, whatever is written between two statements."""
    bench.record([bench.lead(1)])
    entry, lead = bench.campaign(), bench.lead(2)
    written = []

    def write_once(_connection, _cursor, statement, *_):
        if "delivery" in statement and not written:
            written.append(statement)
            ledger.record_page(other_process, bench.deciding(), entry, [(lead, bench.deliver(lead))])

    sa.event.listen(bench.db.engine, "after_cursor_execute", write_once)
    try:
        counted = ledger.tally(bench.db, bench.route()[0])
    finally:
        sa.event.remove(bench.db.engine, "after_cursor_execute", write_once)
    assert written
    assert counted.known == sum(counted.states.values())
    assert bench.states() == {"ready": 2}


def put_back_unexplained(bench):
    """The lead was sent once, and no one knows what became of it: it is ready, and keeps its claims."""
    bench.settle(bench.claim(), State.READY, Reason.UNEXPLAINED)
    bench.now += timedelta(days=1)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("leased", [True, False])
@pytest.mark.parametrize("before", [lambda bench: None, put_back_unexplained], ids=["never_sent", "sent_before"])
def test_a_claim_between_the_two_statements_of_a_page_keeps_its_claims(bench, other_process, meanwhile, before, leased):
    """A page whose address changed frees nothing of what another thread claims in its middle: no second route goes."""
    bench.record([bench.lead(1, "a@one.example")])
    bench.record([bench.lead(2, "a@one.example")], route="two")
    bench.record([bench.lead(3, "b@one.example")], route="three")
    before(bench)
    claiming = bench.claiming()
    meanwhile.before(decisions, "_moved_since", lambda: ledger.claim(other_process, claiming, limit=9))
    deciding, moved = bench.deciding(), bench.lead(1, "b@one.example")
    deciding = deciding if leased else replace(deciding, epoch=0)
    ledger.record_page(bench.db, deciding, bench.campaign(), [(moved, bench.deliver(moved))])
    batch = meanwhile.end()
    # Where the page came first, the lead that was sent before is asked for first, and keeps its old claim.
    kept = [delivery.person for delivery in batch.deliveries] if batch else ["a@one.example"]
    assert bench.states() == ({"sending": 1} if batch else {"in_doubt": 1})
    assert len(kept) == 1
    for route, person in {"two": "a@one.example", "three": "b@one.example"}.items():
        assert (bench.claim(route=route, place=SECOND) is None) == (person in kept), "one goes, and one alone"


def test_who_is_erased_while_a_block_list_is_copied_stays_erased(bench, other_process, meanwhile):
    """An entry that was there as a copy is not taken over any more: no address comes back in plain."""
    copied = suppressions.Suppression("address", "a@one.example", "", suppressions.block_list("instantly"), "ws")
    suppressions.add(bench.db, [copied], now=bench.now)
    erase = replace(copied, origin=suppressions.ERASED)
    meanwhile.before(suppressions, "_is_stronger", lambda: suppressions.add(other_process, [erase], now=bench.now))
    suppressions.add(bench.db, [replace(copied, origin="operator")], now=bench.now)
    meanwhile.end()
    (entry,) = next(suppressions.entries(bench.db))
    assert (entry.origin, entry.value) == (suppressions.ERASED, "")


# -------------------------------------------------------------------------------------------------------- late holders


def test_a_takeover_waits_until_the_late_page_is_written(bench, other_process, meanwhile):
    """A holder cannot be overtaken inside its transaction: what it wrote is there before the next one claims."""
    bench.record([bench.lead(1, "a@one.example")])
    bench.key = "rules-2"
    meanwhile.before(decisions.Writing, "flush", lambda: take_over(bench, other_process))
    bench.record([bench.lead(1, "a@one.example")], decision=Hold(Reason.PLATFORM))
    assert meanwhile.had_to_wait
    epoch = meanwhile.end()
    assert bench.claim(epoch=epoch) is None
    assert bench.states() == {"held": 1}


def test_a_late_page_is_refused(bench):
    """A page of a holder that was replaced would overwrite what its successor sends by now."""
    bench.record([bench.lead(1, "a@one.example")])
    assert bench.claim(epoch=take_over(bench, bench.db))
    bench.key = "rules-old"
    with pytest.raises(Busy):
        bench.record([bench.lead(1, "a@one.example")], decision=Hold(Reason.PLATFORM))
    assert bench.states() == {"sending": 1}
    bench.record([bench.lead(2, "a@one.example")], route="other")
    assert bench.claim(route="other", place=SECOND) is None


def test_late_decisions_about_stored_leads_are_refused(bench):
    """The same holds for leads that are decided from the ledger."""
    bench.record([bench.lead(1, "a@one.example"), bench.lead(2, "A@one.example")])
    bench.settle(bench.claim(), State.REFUSED, Reason.BLOCKLIST)
    take_over(bench, bench.db)
    with pytest.raises(Busy):
        bench.redecide_stale()
    assert bench.states() == {"held": 1, "refused": 1}


@pytest.mark.parametrize("step", ["record_outcomes", "put_back", "abandoned_to_doubt", "note_absent", "settle_absent"])
def test_a_late_holder_records_nothing(bench, step):
    """What became of a call is recorded by the present holder alone; the late one leaves every delivery as it was."""
    bench.record([bench.lead(1)])
    batch = bench.claim()
    (delivery,) = batch.deliveries
    take_over(bench, bench.db)
    outcome = Outcome(delivery.id, State.DELIVERED, Reason.CREATED, Origin.API)
    arguments = {
        "record_outcomes": [[outcome]],
        "put_back": [batch.id, batch.deliveries, Reason.DENIED, "denied"],
        "abandoned_to_doubt": [],
        "note_absent": [[delivery.id]],
        "settle_absent": [[(delivery.id, Deliver(delivery.address, Fields()))], bench.key],
    }
    with pytest.raises(Busy):
        getattr(ledger, step)(bench.db, bench.recording(), *arguments[step])
    assert bench.states() == {"sending": 1}


def test_a_living_holder_is_respected_on_systems_without_proc(db, monkeypatch, tmp_path):
    """Where the system shows no start times, no one of this host is taken for gone before the lease runs out."""
    monkeypatch.setattr(holders, "Path", lambda path: tmp_path / str(path).lstrip("/"))
    holders.myself.cache_clear()
    try:
        me = holders.myself()
        route_no = ledger.route_number(db, "fitness")
        parent = os.getppid()
        leases.acquire(db, route_no, Holder(me.host, parent, holders.started(parent)))
        with pytest.raises(Busy, match=f"Process {parent}"):
            leases.acquire(db, route_no, me)
    finally:
        holders.myself.cache_clear()
