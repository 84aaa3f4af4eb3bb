"""Single steps of an operator anywhere in a history: nobody twice, every number adds up, everybody goes in the end."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from bridge.model import State
from bridge.sync import Wanted
from tests.reliability.test_histories import History, _emptied


class Steps(History):
    """A history in which somebody also types settle, retry and reconcile."""

    @rule()
    def doubts_are_settled(self):
        with self.operator.app(self.route) as app:
            app.settle(app.configuration.routes)

    @rule(states=st.sampled_from([(State.FAILED,), (State.REFUSED,), (State.FAILED, State.REFUSED)]))
    def what_was_given_up_is_put_back(self, states):
        with self.operator.app(self.route) as app:
            app.retry(app.configuration.routes, Wanted(states))

    @rule(repair=st.booleans())
    def ledger_and_target_are_compared(self, repair):
        before = self.operator.people()
        with self.operator.app(self.route) as app:
            (step,) = app.reconcile(app.configuration.routes, repair=repair)
        assert self.operator.people() == before
        for place in step.found.places:
            gone = {one.address for one in place.differences if one.kind == "gone_from_target"}
            assert gone.isdisjoint(before)

    @rule(fault=st.sampled_from(["status", "html", "truncated", "cut"]), nth=st.integers(1, 3))
    def a_comparison_goes_wrong(self, fault, nth):
        with self.fault(kind=fault, vendor="instantly", nth=nth):
            self.ledger_and_target_are_compared(repair=True)


@pytest.mark.usefixtures("quick_retries")
def test_no_step_breaks_a_promise(database_url, sqlite_template):
    """Whatever is typed in between, the storm ends as without it."""

    def machine():
        _emptied(database_url, sqlite_template)
        return Steps(database_url)

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
