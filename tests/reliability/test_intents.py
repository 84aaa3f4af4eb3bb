"""Every kind of write whose answer may be lost, in any history: done at most once, accounted for, paid for, ended."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from bridge import ledger
from bridge.errors import AnswerLost, Busy, Denied, Refused, Unavailable
from bridge.ledger import Database
from bridge.ledger import intent as intents
from bridge.ledger.intent import DROPPED, PENDING, UNSURE, Answer, Kind, Planned, Stage
from bridge.model import Origin, Outcome, Reason, State
from bridge.sync.intents import Sight, call, settle
from tests.ledger.conftest import Bench

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
WAIT = 30.0
KINDS = st.sampled_from([kind for kind in Kind if kind is not Kind.PUSH])
LONG = "BRIDGE_TEST_LONG" in os.environ


class CrashError(BaseException):
    """The process is gone: nothing after this line runs."""


@dataclass
class Vendor:
    """What the vendor did, by the intent that asked for it: when it can be seen, and what it costs."""

    seen_at: dict[int, datetime] = field(default_factory=dict)
    costs: dict[int, int] = field(default_factory=dict)

    def take(self, number: int, cost: int, at: datetime) -> None:
        assert number not in self.seen_at, "asked for twice"
        self.seen_at[number], self.costs[number] = at, cost


class Histories(RuleBasedStateMachine):
    """Two processes share a ledger; calls are lost, late or refused; processes die; an operator gives up."""

    url = ""
    seen = Bundle("seen")

    def __init__(self):
        super().__init__()
        self.now = START
        self.processes = [Database(self.url), Database(self.url)]
        for db in self.processes:
            db.clock = lambda: self.now
        with self.processes[0].write() as connection:
            for name in ("intent", "delivery", "claim", "event", "lead", "route_lease", "route"):
                connection.exec_driver_sql(f"DELETE FROM {name}")
        self.vendor = Vendor()
        self.bench, self.leads, self.took = Bench(self.processes[0]), 0, set()

    def teardown(self):
        try:
            self.every_intent_ends()
        finally:
            for db in self.processes:
                db.close()

    # -------------------------------------------------------------------------------------------------- what happens

    @rule(
        who=st.integers(0, 1),
        kind=KINDS,
        subject=st.sampled_from("ab"),
        cost=st.integers(0, 5),
        surcharge=st.integers(0, 3),
        late=st.integers(0, int(WAIT) - 1),
        fate=st.sampled_from(
            (
                *("taken", "lost done", "lost", "refused", "denied", "unavailable", "busy", "ledger away"),
                *("dies before", "dies after", "dies with the answer"),
            )
        ),
    )
    def write(self, who, kind, subject, cost, surcharge, late, fate):
        """One process begins, calls and records; at some point it may die or hear nothing."""
        db, named = self.processes[who], "" if kind is Kind.TEST_LEAD else subject
        held = [one.subject for one in self.all(kind) if one.held]
        planned = Planned(kind, self.now, self.now, subject=named, cost=cost)
        number = intents.plan(db, planned)
        assert bool(number) == (named not in held)
        if number:
            try:
                paid = call(db, number, lambda: self.ask(number, cost + surcharge, late, fate))
                if fate != "dies with the answer":
                    intents.note(db, number, Answer(Stage.ASKED, reserved=paid, remote_id="x"), self.now)
            except (AnswerLost, Refused, Denied, Unavailable, Busy, CrashError):
                pass

    def ask(self, number, cost, late, fate):
        if fate in ("taken", "lost done", "dies after", "dies with the answer"):
            # An answer that came shows what is there; one that was lost may be about something that shows later.
            lag = 0 if fate == "taken" else late
            self.vendor.take(number, cost, self.now + timedelta(seconds=lag))
        if fate.startswith("dies") and fate != "dies with the answer":
            raise CrashError
        errors = {"refused": Refused, "denied": Denied, "unavailable": Unavailable}
        if fate.startswith("lost"):
            raise AnswerLost("lost")
        if fate == "busy":
            raise Busy("the lease is lost")
        if fate == "ledger away":
            raise Unavailable("away", vendor="ledger")
        if fate in errors:
            raise errors[fate](fate)
        return cost

    @rule(seconds=st.sampled_from([1, 10, 29, 31, 300]))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(who=st.integers(0, 1), kind=KINDS)
    def a_process_takes_over(self, who, kind):
        """It holds the lease now: no call of an earlier holder is under way."""
        intents.abandoned(self.processes[who], kind, self.now)

    @rule(target=seen, kind=KINDS)
    def a_process_reads(self, kind):
        """What it acts upon may be out of date by then."""
        return multiple(*(one for one in self.all(kind) if one.stage is Stage.DOUBT))

    @rule(who=st.integers(0, 1), doubtful=seen, sight=st.sampled_from([None, Sight.UNREAD, Sight.HIDDEN]))
    def asks(self, who, doubtful, sight):
        settle(self.processes[who], doubtful, lambda one: self.question(one, sight), WAIT)

    @rule(who=st.integers(0, 1), kind=KINDS)
    def asks_twice(self, who, kind):
        for one in self.all(kind):
            if one.stage is Stage.DOUBT:
                settle(self.processes[who], one, self.question, WAIT, self.sleep)

    def question(self, one, sight=None):
        seen_at = self.vendor.seen_at.get(one.id)
        if sight is Sight.UNREAD or seen_at is None or seen_at > self.now:
            return sight or Sight.ABSENT
        return Answer(Stage.ASKED, reserved=self.vendor.costs[one.id], remote_id="x")

    def sleep(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(kind=KINDS, returned=st.integers(0, 2), keeps=st.booleans())
    def the_vendor_finishes(self, kind, returned, keeps):
        for one in self.all(kind):
            if one.stage is Stage.ASKED:
                used = max(0, self.vendor.costs[one.id] - returned)
                self.vendor.costs[one.id] = used
                answer = Answer(result="completed", used=used, keeps=keeps)
                intents.note(self.processes[0], one.id, answer, self.now)

    @rule(kind=KINDS, data=st.data())
    def an_operator_gives_up(self, kind, data):
        pending = [one.id for one in self.all(kind) if one.stage in PENDING]
        if pending:
            intents.give_up(self.processes[1], data.draw(st.sampled_from(pending)), "asked to")

    @rule(who=st.integers(0, 1), number=st.integers(1, 9))
    def a_late_holder_believes_that_nothing_happened(self, who, number):
        """It was frozen since its call: what is known by now stays."""
        taken = [one.id for kind in Kind for one in self.all(kind) if one.stage in (Stage.ASKED, Stage.SETTLED)]
        for one in taken[:number]:
            intents.drop(self.processes[who], one, "late")

    # -------------------------------------------------------------------------- pushes: deliveries carry the question

    @rule(
        new=st.integers(0, 2),
        fate=st.sampled_from(("taken", "lost done", "lost", "denied", "dies before", "dies after")),
    )
    def push(self, new, fate):
        """A batch of what is ready goes out; whatever its deliveries wait for, it carries none that the vendor took."""
        bench = self.bench
        self.hold_the_route()
        self.leads += new
        bench.record([bench.lead(self.leads - at) for at in range(new)])
        batch = bench.claim(limit=2)
        if batch is None:
            return
        if fate in ("taken", "lost done", "dies after"):
            ids = {one.id for one in batch.deliveries}
            assert not ids & self.took, "sent twice"
            self.took |= ids
            self.vendor.take(batch.id, 0, self.now)
        if fate == "taken":
            bench.settle(batch, State.DELIVERED)
        elif fate.startswith("lost"):
            outcomes = [Outcome(one.id, State.IN_DOUBT, Reason.ANSWER_LOST, Origin.LOCAL) for one in batch.deliveries]
            ledger.record_outcomes(bench.db, bench.recording(), outcomes, batch_id=batch.id, result="lost")
        elif fate == "denied":
            ledger.put_back(bench.db, bench.recording(), batch.id, batch.deliveries, Reason.DENIED, fate)

    @rule(most=st.integers(1, 3), give_up=st.booleans())
    def pushes_are_asked_about(self, most, give_up):
        """The next holder asks for some of the deliveries in doubt; an operator may give them up."""
        self.settle_pushes(most, give_up=give_up)

    def settle_pushes(self, most, *, give_up=False):
        bench, number = self.bench, self.hold_the_route()
        ledger.abandoned_to_doubt(bench.db, bench.recording())
        doubts = [one.delivery.id for one in ledger.doubts(bench.db, number)][:most]
        found = (State.FAILED, Reason.GIVEN_UP) if give_up else (State.DELIVERED, Reason.CREATED)
        certain = [Outcome(one, *found, Origin.LOOKUP) for one in doubts if give_up or one in self.took]
        ledger.record_outcomes(bench.db, bench.recording(), certain)
        leads = ledger.leads_of(bench.db, [] if give_up else [one for one in doubts if one not in self.took])
        absent = [(one, bench.deliver(stored.lead)) for one, stored in leads.items()]
        ledger.settle_absent(bench.db, bench.recording(), absent, bench.key)

    def hold_the_route(self):
        """Another process takes over: a later epoch, and a lease that outlasts this history."""
        self.bench.now = self.now
        number, epoch = self.bench.route()
        with self.bench.db.write() as connection:
            connection.execute(sa.text("UPDATE route_lease SET epoch = epoch + 1, expires_at = 9999999999999"))
        self.bench.routes["fitness"] = (number, epoch + 1)
        return number

    @invariant()
    def a_push_is_as_unsure_as_its_deliveries(self):
        """Open or in doubt until the last delivery that its call left unknown is certain; what was done is counted."""
        with self.bench.db.read() as connection:
            states = connection.execute(sa.text("SELECT batch_id, state FROM delivery")).all()
        for one in self.all(Kind.PUSH):
            unsure = {row.state for row in states if row.batch_id == one.id} & {"sending", "in_doubt"}
            assert (one.stage in UNSURE) == bool(unsure)
            assert not (one.id in self.vendor.seen_at and one.result == "denied")

    # ------------------------------------------------------------------------------------------------ what must hold

    def all(self, kind):
        return intents.intents(self.processes[0], kind)

    @invariant()
    def every_effect_is_accounted_for_and_paid(self):
        """Nothing that the vendor did was dropped, and no intent says that it cost less than it did."""
        for kind in Kind:
            for one in self.all(kind):
                if one.id in self.vendor.seen_at:
                    assert one.result != DROPPED
                    known = one.stage in (Stage.ASKED, Stage.SETTLED)
                    assert not known or one.charge >= self.vendor.costs[one.id]
                    assert not one.cost_known or one.stage is Stage.SETTLED

    @invariant()
    def a_subject_is_held_once(self):
        for kind in Kind:
            held = [one.subject for one in self.all(kind) if one.held]
            assert len(held) == len(set(held))
            assert "" not in held
            assert all(one.held for one in self.all(kind) if one.stage in PENDING and one.subject)

    def every_intent_ends(self):
        """With a vendor that answers and time that passes, no doubt stays."""
        self.settle_pushes(10_000)
        assert [one for one in self.all(Kind.PUSH) if one.stage in PENDING] == []
        for kind in set(Kind) - {Kind.PUSH}:
            intents.abandoned(self.processes[0], kind, self.now)
            self.now += timedelta(seconds=WAIT)
            self.asks_twice(0, kind)
            self.the_vendor_finishes(kind, 0, keeps=False)
            assert [one for one in self.all(kind) if one.stage in PENDING] == []
        self.every_effect_is_accounted_for_and_paid()


def test_no_history_does_a_write_twice_or_loses_one(db):
    """Crashes, lost and late answers, two processes and an operator who gives up, over all kinds."""
    machine = type("Here", (Histories,), {"url": db.url.render_as_string(hide_password=False)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=200 if LONG else {"sqlite": 15, "postgresql": 5}[db.dialect],
            stateful_step_count=30 if LONG else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
