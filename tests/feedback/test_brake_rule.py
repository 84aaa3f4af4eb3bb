"""The brake in any history: what goes from a stopped source campaign, what stops it again, and what never does."""

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bridge import ledger
from bridge.ledger.core import braking
from bridge.ledger.core.braking import Figures
from bridge.ledger.events import recording
from bridge.ledger.upkeep.migrate import upgrade
from bridge.model import Brake, EventKind, Reason, ReportedEvent, State, Witness
from bridge.sync.braking import decide, judged
from tests.conftest import LONG
from tests.ledger.conftest import NOW, PLACE, Bench

LIMITS = Brake(warn=0.1, stop=0.3, least=4)


@dataclass
class Known:
    """A lead as the machine knows it; `sent` is when it was claimed, `reached` that an event of it was learnt."""

    checked: datetime
    sent: datetime | None = None
    delivery: int = 0
    reached: bool = False
    bounced: bool = False


class Braked(RuleBasedStateMachine):
    """One source campaign on one route: leads come, are validated again, go and bounce."""

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        self.db = ledger.Database(f"sqlite:///{Path(self.folder.name)}/bridge.db")
        upgrade(self.db)
        self.bench = Bench(self.db)
        self.leads = {}
        self.since = self.stopped = None

    def _pass(self):
        self.bench.now += timedelta(hours=1)

    def _record(self, numbers):
        self.bench.record([self.bench.lead(n, validation="valid", checked_at=self.leads[n].checked) for n in numbers])

    @rule(count=st.integers(1, 6), fresh=st.booleans())
    def leads_come(self, count, fresh):
        self._pass()
        new = range(len(self.leads), len(self.leads) + count)
        self.leads |= {n: Known(self.bench.now if fresh else NOW - timedelta(days=9)) for n in new}
        self._record(new)

    @rule(some=st.sets(st.integers(0, 30), max_size=4))
    def some_are_validated_again(self, some):
        self._pass()
        waiting = [n for n in some if n in self.leads and self.leads[n].sent is None]
        for number in waiting:
            self.leads[number].checked = self.bench.now
        self._record(waiting)

    @rule()
    def a_batch_goes(self):
        """All that may go does, and of a stopped campaign only what was validated after the stop."""
        self._pass()
        self.bench.redecide_stale()
        batch = self.bench.claim(place=PLACE)
        for delivery in batch.deliveries if batch else ():
            known = self.leads[int(delivery.address[1:].partition("@")[0])]
            known.sent, known.delivery = self.bench.now, delivery.id
        if batch:
            self.bench.settle(batch, State.DELIVERED)
        waiting = [one for one in self.leads.values() if one.sent is None]
        assert all(one.sent is None or one.sent < self.bench.now or self._may_go(one) for one in self.leads.values())
        assert not [one for one in waiting if self._may_go(one)]
        assert self.bench.reasons().get(Reason.SOURCE_BRAKED, 0) == len(waiting)

    def _may_go(self, one):
        return self.stopped is None or one.checked > self.stopped

    @rule(bounces=st.integers(0, 6))
    def it_is_learnt_what_became_of_them(self, bounces):
        self._pass()
        for number, one in self.leads.items():
            if one.sent and not one.reached:
                one.reached, one.bounced, bounces = True, bounces > 0, bounces - 1
                kinds = (EventKind.CONTACTED, *((EventKind.BOUNCED,) if one.bounced else ()))
                reported = [
                    ReportedEvent(kind, PLACE, f"p{number}@site{number}.example", Witness.LEADS, self.bench.now,
                         delivery_id=one.delivery) for kind in kinds
                ]  # fmt: skip
                recording.record(self.db, reported, self.bench.now)

    @rule()
    def the_brake_decides(self):
        """It stops exactly on proof by leads sent since the last stop or release; deciding again changes nothing."""
        self._pass()
        counted = [one for one in self.leads.values() if one.reached and (not self.since or one.sent > self.since)]
        bounced = sum(one.bounced for one in counted)
        proven = judged(Figures(1, "fitness", 1, "k1", "", bounced, len(counted)), LIMITS) == "stop"
        decide(self.db, self.bench.route()[0], LIMITS, self.bench.now)
        if proven:
            self.since = self.stopped = self.bench.now
        before = braking.stopped(self.db, [])
        assert [one.stopped_at for one in before] == ([self.stopped] if self.stopped else [])
        assert not decide(self.db, self.bench.route()[0], LIMITS, self.bench.now + timedelta(minutes=1))["stop"]
        assert braking.stopped(self.db, []) == before

    @rule()
    def an_operator_releases_it(self):
        self._pass()
        assert braking.release(self.db, "k1", [], self.bench.now) == (self.stopped is not None)
        if self.stopped:
            self.since, self.stopped = self.bench.now, None

    def teardown(self):
        if hasattr(self, "db"):
            self.db.close()
            self.folder.cleanup()


TestBraked = Braked.TestCase
TestBraked.settings = settings(max_examples=200 if LONG else 10, stateful_step_count=20, deadline=None)


def test_a_call_under_way_when_the_stop_is_made_is_no_evidence_for_the_next(bench, db):
    """Its leads were claimed before the stop, though their answer and their bounces came after it."""
    number = bench.route()[0]
    bench.record([bench.lead(n, checked_at=NOW) for n in range(6)])
    batch = bench.claim()
    braking.stop(
        db, Figures(number, "fitness", bench.campaign().no, "k1", "k1", 6, 60), bench.now + timedelta(minutes=1)
    )
    bench.now += timedelta(minutes=2)
    bench.settle(batch, State.DELIVERED)
    reported = [
        ReportedEvent(EventKind.BOUNCED, PLACE, one.address, Witness.LEADS, bench.now, delivery_id=one.id)
        for one in batch.deliveries
    ]
    recording.record(db, reported, bench.now)
    assert braking.figures(db, number, bench.now) == []
    assert braking.stopped(db, [])[0].sent_since == 0
