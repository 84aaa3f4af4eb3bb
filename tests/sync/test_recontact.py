"""`rules.recontact` refuses people that any route of the client contacted lately, and lets them go when it is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.model import Reason
from tests.harness import route


@pytest.fixture
def second():
    """A second route over the same people, to another target, that would take them again."""
    return lambda **rules: route("again", ref="Scravio inbox", kind="list", dedupe="target", **rules)


def test_who_was_contacted_lately_is_held_and_goes_when_the_time_is_over(operator, second):
    """Ten people went with the first route; the second holds them for 30 days, by their reason, and then sends."""
    first = operator.sync_one(route(dedupe="target"))
    again = second(recontact=timedelta(days=30), max_validation_age=None)
    held = operator.sync_one(again)
    assert held.sent == 0
    assert held.tally.reasons[Reason.RECENTLY_CONTACTED] == first.sent == 10
    operator.clock.forward(days=29)
    assert operator.sync_one(again).sent == 0
    operator.clock.forward(days=2)
    assert operator.sync_one(again).sent == 10


def test_without_the_rule_they_go_and_a_rule_that_is_taken_away_lets_them_go(operator, second):
    """The rule is no part of a decision: changing it decides no one again but those who it held."""
    operator.sync_one(route(dedupe="target"))
    again = second(recontact=timedelta(days=30))
    assert operator.sync_one(again).sent == 0
    assert operator.sync_one(replace(again, rules=replace(again.rules, recontact=None))).sent == 10
