"""The pace of a route: how many leads go, which go first, and what is said of those that wait."""

from dataclasses import replace

import pytest

from bridge.model import Pace
from tests.harness import START, route


def paced(name="fitness", **pace):
    return replace(route(name), pace=Pace(**pace))


def test_no_more_leads_of_the_route_go_in_a_day_than_per_day(make_operator):
    """Ten leads at four a day: four, none more on that day, four, two; every one of them is accounted for."""
    operator, one = make_operator("Fitness creators"), paced(per_day=4, timezone="America/New_York")
    sent = []
    for hours in (0, 1, 16, 24):  # START is noon UTC: New York's next day begins at five
        operator.clock.forward(hours=hours)
        report = operator.sync_one(one)
        waiting = report.tally.reasons.get("paced", 0)
        assert report.status == "ok"
        assert report.tally.states["ready"] == waiting == 10 - len(operator.people())
        sent.append(report.sent)
    assert sent == [4, 0, 4, 2]
    operator.assert_promises()


@pytest.mark.parametrize("lost", [True, False])
def test_a_lead_whose_answer_was_lost_counts_as_gone(make_operator, lost):
    """A call that is lost after it took effect uses the day up, and one that did not reach the target uses nothing."""
    operator, one = make_operator("Fitness creators"), paced(per_day=6)
    operator.sandbox.faults.add("cut", vendor="instantly", path="*/leads/add", commit=lost, times=1)
    operator.sync_one(one)
    for _ in range(3):
        operator.clock.forward(minutes=10)
        operator.sync_one(one)
    assert len(operator.people()) == 6
    operator.assert_promises()


def test_duplicates_use_nothing_of_the_day(make_operator):
    """Of ten leads five are in the target already: the others go, up to the limit of the day."""
    operator = make_operator("Fitness creators")
    for number in range(5):
        address = operator.world.scravio.campaigns[0].lead(number).row["email"]
        operator.sandbox.world.instantly.add_person(operator.target(), address, START)
    report = operator.sync_one(paced(per_day=4))
    assert (report.sent, report.tally.states["duplicate"], report.tally.states["ready"]) == (4, 5, 1)


def test_a_removed_pace_leaves_no_trace(make_operator):
    """Without `pace` the next run sends the rest, and no lead says that it waits."""
    operator = make_operator("Fitness creators")
    operator.sync_one(paced(per_day=4))
    report = operator.sync(route(), limit=2)[0]
    assert (report.sent, dict(report.tally.reasons)) == (2, {"created": 6, "ok": 4})
    assert operator.sync_one(route()).sent == 4


def test_the_newest_campaign_goes_first(make_operator):
    """With order = "newest" the leads of the latest source campaign go before those of the others."""
    operator = make_operator("Old", "New", leads=5)
    operator.sync_one(paced(per_day=5, order="newest"))
    newest = max(operator.world.scravio.campaigns, key=lambda one: one.facts["createdAt"])
    assert operator.people() == sorted(newest.lead(number).row["email"].lower() for number in range(5))
