"""Whatever happens to the calls that spend, Scravio's own books never show more than the configuration allows."""

import os
import shutil
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.model import Budget
from tests.sync.test_validating import account, route, unvalidated

EXAMPLES = 50 if "BRIDGE_TEST_LONG" in os.environ else 12
FAULTS = st.sampled_from(
    [
        None,
        ("cut", True, 200),
        ("cut", False, 200),
        ("truncated", None, 200),
        ("html", True, 200),
        ("status", False, 429),
        ("status", False, 409),
        ("status", False, 402),
        ("status", False, 500),
        ("status", True, 503),
        ("connect", False, 200),
    ]
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["one", "two", "both"]), FAULTS, st.sampled_from([0, 1, 40, 200, 4_000, 90_000]), st.booleans()
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture
def folder(tmp_path, sqlite_template):
    shutil.copy(sqlite_template, tmp_path / "empty.db")
    return tmp_path


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, caps=st.tuples(st.integers(3, 12), st.integers(3, 12), st.integers(3, 12)), shown=st.booleans())
def test_no_history_of_lost_answers_spends_more_than_the_caps(folder, steps, caps, shown):
    """Two routes on two campaigns of four addresses; each call may be lost, refused or late. Three caps, all kept."""
    shutil.copy(folder / "empty.db", folder / "bridge.db")
    operator = unvalidated(f"sqlite:///{folder}/bridge.db", "One", "Two", leads=4, bad=1)
    account(operator).habits.account_scoped = shown
    budget = Budget(*caps)
    routes = {
        "one": route("one", budget=budget),
        "two": replace(route("two", ref="Scravio inbox", kind="list", dedupe="target", budget=budget)),
    }
    for which, fault, seconds, fails in steps:
        account(operator).habits.fails = fails
        if fault:
            kind, commit, code = fault
            more = {"code": code} if kind == "status" else {}
            operator.sandbox.faults.add(kind, "scravio", "*/validate", method="POST", commit=commit, times=1, **more)
        operator.sync(*(routes.values() if which == "both" else [routes[which]]))
        operator.clock.forward(seconds=seconds)
        books = account(operator).transactions
        taken = [one for one in books if one["type"] == "EMAIL_VALIDATION_DEDUCTION"]
        for campaign in operator.world.scravio.campaigns:
            assert account(operator).spent(campaign.id) <= budget.campaign
        days = {one["timestamp"][:10] for one in taken}
        for day in days:
            # Both routes may spend their own day's budget.
            assert -sum(one["amount"] for one in taken if one["timestamp"][:10] == day) <= 2 * budget.day
        assert account(operator).spent() <= 2 * budget.route
    operator.assert_promises()
