"""Any history of pushes, moves, lost answers, crashes and hands: no person is in a campaign twice, places are true."""

import os
from collections import Counter

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from bridge import ledger
from bridge.errors import BridgeError
from bridge.ledger.core import leases
from tests.harness import Operator, good_world, quick_pauses, route
from tests.sync.test_promoting import CAMPAIGN, LIST, JobKiller, Killed, Network, habits, inbox, promote, query

LONG = "BRIDGE_TEST_LONG" in os.environ
FATES = st.sampled_from(["", "", "lost before", "lost after", "dies before", "dies after", "dies at the job"])
DEDUPE = st.sampled_from(["target", "campaigns", "workspace"])


class Histories(RuleBasedStateMachine):
    """One list, one campaign, two routes over the same six people."""

    url = ""

    def __init__(self):
        super().__init__()
        db = ledger.Database(self.url)
        with db.write() as connection:
            for name in ("pending_change", "intent", "delivery", "claim", "event", "lead", "campaign", "route_lease"):
                connection.execute(sa.text(f"DELETE FROM {name}"))
            for name in ("route", "route_campaign", "binding", "place", "scope", "run", "vendor_event"):
                connection.execute(sa.text(f"DELETE FROM {name}"))
        db.close()
        self.operator = Operator(self.url, good_world("First", leads=6))
        self.by_hand = set()

    @rule(dedupe=DEDUPE, limit=st.sampled_from([2, None]))
    def fills_the_list(self, dedupe, limit):
        self.operator.sync_one(inbox(dedupe=dedupe), limit=limit)
        self.operator.clock.forward(seconds=20)

    @rule(dedupe=DEDUPE, limit=st.sampled_from([1, None]))
    def fills_the_campaign(self, dedupe, limit):
        self.operator.sync_one(route(dedupe=dedupe), limit=limit)
        self.operator.clock.forward(seconds=20)

    @rule(dedupe=DEDUPE, limit=st.sampled_from([1, 3, None]), fate=FATES, lag=st.sampled_from([0, 10]))
    def promotes(self, dedupe, limit, fate, lag):
        habits(self.operator).job_lag = lag
        network = JobKiller(self.operator) if fate == "dies at the job" else Network(self.operator, fate)
        try:
            promote(self.operator, inbox(dedupe=dedupe), limit=limit, transport=network if fate else None)
        except BridgeError:
            pass  # nothing was delivered to the list yet
        except Killed:
            self.operator.clock.forward(seconds=leases.LEASE_SECONDS + 60)
        self.operator.clock.forward(seconds=20)

    @rule(breaks=st.sampled_from([None, None, 1]), keeps=st.booleans())
    def the_vendor_has_other_habits(self, breaks, keeps):
        habits(self.operator).job_breaks_after, habits(self.operator).move_keeps_id = breaks, keeps

    @rule(which=st.integers(0, 5))
    def a_person_moves_a_lead(self, which):
        world = self.operator.sandbox.world.instantly
        listed = list(world.people(self.operator.target(LIST).id))
        here = self.operator.people(CAMPAIGN)
        if which < len(listed) and listed[which].email not in here:
            self.by_hand.add(listed[which].email)
            world.change_person(listed[which], place=self.operator.target().id, kind="campaign")

    def teardown(self):
        habits(self.operator).job_breaks_after, habits(self.operator).job_lag = None, 0
        for dedupe in ("target", "workspace"):
            self.operator.clock.forward(minutes=2)
            self.operator.sync_one(inbox(dedupe=dedupe))
            self.operator.sync_one(route(dedupe=dedupe))
        self.operator.clock.forward(minutes=2)
        promote(self.operator)
        self.operator.clock.forward(minutes=2)
        self.operator.sync_one(inbox())
        campaign = Counter(self.operator.people(CAMPAIGN))
        assert max(campaign.values()) == 1
        assert not query(self.operator, "SELECT 1 FROM pending_change")
        text = """
            SELECT d.address, place.kind FROM delivery d JOIN place ON place.no = d.place_no WHERE d.state = 'delivered'
        """
        for address, kind in query(self.operator, text):
            here = self.operator.people(CAMPAIGN if kind == "campaign" else LIST)
            assert address in here or address in self.by_hand, (address, kind)
        self.operator.assert_promises()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_history_puts_a_person_into_a_campaign_twice(database_url):
    """And in the end every delivered lead is where the ledger says, but for those that were moved by hand."""
    machine = type("Here", (Histories,), {"url": database_url})
    with quick_pauses(attempts=2):
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=80 if LONG else 1,
                stateful_step_count=12 if LONG else 6,
                deadline=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
