"""Every kind of write whose answer may be lost, in any history: done at most once, accounted for, paid for, ended."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from bridge.errors import AnswerLost, Busy, Denied, Refused, Unavailable
from bridge.ledger import Database
from bridge.ledger.intents import intent as intents
from bridge.ledger.intents.intent import DROPPED, PENDING, Answer, Kind, Planned, Stage
from bridge.sync.intents import Sight, call, settle

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
WAIT = 30.0
KINDS = st.sampled_from(list(Kind))
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
            connection.exec_driver_sql("DELETE FROM intent")
        self.vendor = Vendor()

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
        db, named = self.processes[who], "" if kind in (Kind.TEST_LEAD, Kind.PUSH) else subject
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
            # An answer that came tells what is there; one that was lost may be about something that shows later.
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
        for kind in Kind:
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
            max_examples=200 if LONG else 20,
            stateful_step_count=30 if LONG else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
