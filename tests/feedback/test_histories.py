"""Whatever happens in whatever order, and wherever a round is killed: no event is lost, none is doubled."""

import random
import tempfile
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bridge import ledger
from bridge.ledger.upkeep.migrate import upgrade
from bridge.model import EventKind
from tests.conftest import LONG
from tests.feedback.conftest import Loop
from tests.harness import Operator, good_world

LEADS = 6
KINDS = {
    "email_sent": EventKind.CONTACTED,
    "email_opened": EventKind.OPENED,
    "reply_received": EventKind.REPLIED,
    "email_bounced": EventKind.BOUNCED,
    "lead_unsubscribed": EventKind.UNSUBSCRIBED,
    "lead_interested": EventKind.INTERESTED,
}
FINAL = {"email_bounced", "lead_unsubscribed"}


class Killed(BaseException):
    """The process ends here: nothing below may catch it."""


class Mortal(httpx.BaseTransport):
    """Lets so many requests through, and then the process dies."""

    def __init__(self, inner, lives):
        self.inner, self.lives = inner, lives

    def handle_request(self, request):
        self.lives -= 1
        if self.lives < 0:
            raise Killed
        return self.inner.handle_request(request)


class Feedback(RuleBasedStateMachine):
    """Leads that things happen to, rounds that are killed at a request or at a commit, and what is true of it."""

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{Path(self.folder.name)}/bridge.db"
        self.db = ledger.Database(url)
        upgrade(self.db)
        operator = Operator(url, good_world("Fitness creators", leads=1))
        self.db.clock = operator.clock.now
        self.loop = Loop(operator, self.db)
        self.loop.deliver("fitness", LEADS)
        self.true = {index: set() for index in range(LEADS)}
        self.reported = 0
        self.dead = set()

    def _happens(self, which, kind):
        if which in self.dead:
            return
        self.loop.happen("fitness", [which], kind)
        self.true[which].add(KINDS[kind])
        self.dead |= {which} if kind in FINAL else set()

    @rule(which=st.integers(0, LEADS - 1), kind=st.sampled_from(sorted(KINDS)))
    def something_happens(self, which, kind):
        self._happens(which, kind)

    @rule()
    def a_round(self):
        self.reported += sum(self.loop.one().events.values())

    @rule(lives=st.integers(0, 6))
    def a_round_that_dies_at_a_request(self, lives):
        door = Mortal(self.loop.operator.sandbox.transport(), lives)
        before = self._rows()
        try:
            self.reported += sum(self.loop.one(transport=door).events.values())
        except Killed:
            self.reported += self._rows() - before

    @rule(commits=st.integers(0, 12))
    def a_round_that_dies_at_a_commit(self, commits):
        left = [commits]

        def count(_connection):
            left[0] -= 1
            if left[0] == 0:
                raise Killed

        before = self._rows()
        sa.event.listen(sa.Engine, "commit", count)
        try:
            self.reported += sum(self.loop.one().events.values())
        except Killed:
            self.reported += self._rows() - before
        finally:
            sa.event.remove(sa.Engine, "commit", count)

    def _rows(self):
        with self.db.read() as connection:
            return connection.exec_driver_sql("SELECT count(*) FROM vendor_event").scalar()

    def teardown(self):
        if not hasattr(self, "loop"):
            return
        for _ in range(3):
            self.reported += sum(self.loop.one().events.values())
        self.loop.operator.clock.forward(days=2)
        for _ in range(3):
            self.reported += sum(self.loop.one().events.values())
        known = self.loop.events("fitness")
        assert {index: known.get(index, set()) for index in self.true} == self.true
        assert self.reported == self._rows() == sum(map(len, self.true.values()))
        gone = {EventKind.BOUNCED, EventKind.UNSUBSCRIBED}
        assert self.loop.suppressed("fitness") == [index for index, kinds in self.true.items() if kinds & gone]
        self.db.close()
        self.folder.cleanup()


Feedback.TestCase.settings = settings(
    max_examples=60 if LONG else 8,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestFeedback = Feedback.TestCase


@pytest.mark.parametrize("seed", range(2))
def test_two_rounds_beside_each_other_show_each_event_once(loop, seed):
    """While one host reads the workspace, another finds it taken, says so, and loses nothing."""
    loop.deliver("fitness", 10)
    for index in random.Random(seed).sample(range(10), 5):
        loop.happen("fitness", [index], "email_bounced")
    inner, seen = loop.operator.sandbox.transport(), []

    class Beside(httpx.BaseTransport):
        def handle_request(self, request):
            if not seen:
                seen.append("begun")
                seen.append(loop.one())
            return inner.handle_request(request)

    heard = loop.one(transport=Beside())
    assert seen[1].status == "busy"
    assert (heard.status, heard.events[EventKind.BOUNCED], heard.suppressed) == ("ok", 5, 5)
