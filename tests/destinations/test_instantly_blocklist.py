"""How the block list is asked: for as few people as the answer's count leaves open, and with the last word."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.model import Origin, Reason, State
from tests.destinations.conftest import JANE, JOE, LIST, NOW

SEARCHES = "GET /api/v2/block-lists-entries"
LOOKUPS = "POST /api/v2/leads/list"


def named(count):
    """People of a domain each, which a search for domains cannot spare."""
    return [f"person@{number:03}.example" for number in range(count)]


def test_three_blocked_among_many_duplicates_cost_few_searches(stage):
    """94 leads, 89 of them there already and 3 blocked: only the three that no one found are searched for."""
    people = named(94)
    for address in people[:89]:
        stage.put(address)
    for address in people[89:92]:
        stage.workspace.block(address, NOW)
    deliveries = stage.deliveries(*people)
    result = stage.destination.push(deliveries)
    assert [one.reason for one in result] == [Reason.IN_TARGET] * 89 + [Reason.BLOCKLIST] * 3 + [Reason.CREATED] * 2
    assert {one.origin for one in result[:92]} == {Origin.LOOKUP}
    assert result.mismatch == ""
    assert (stage.requests()[LOOKUPS], stage.requests()[SEARCHES]) == (2, 6)


def test_no_one_is_searched_for_where_the_answer_counts_no_one(stage):
    """Duplicates alone need no look at the block list."""
    stage.put(JANE)
    stage.destination.push(stage.deliveries(JANE, JOE))
    assert SEARCHES not in stage.requests()


@pytest.mark.parametrize("target", [None, LIST], ids=["in the target", "elsewhere"])
@pytest.mark.parametrize("value", [JANE, "example.com"])
def test_the_block_list_outranks_presence(stage, target, value):
    """Blocked and there already: where the unresolved do not make up the count, the found are searched for too."""
    stage.put(JANE, target)
    stage.put("ann@example.net")
    stage.workspace.block(value, NOW)
    stage.workspace.block(JOE, NOW)
    result = stage.destination.push(stage.deliveries(JANE, JOE, "ann@example.net"))
    assert [(one.state, one.reason, one.origin) for one in result] == [
        (State.REFUSED, Reason.BLOCKLIST, Origin.LOOKUP),
        (State.REFUSED, Reason.BLOCKLIST, Origin.LOOKUP),
        (State.DUPLICATE, Reason.IN_TARGET, Origin.LOOKUP),
    ]
    assert result.mismatch == ""


def test_what_an_earlier_call_created_stays_delivered_though_it_is_blocked_now(stage):
    """Delivered is what happened; the block list says who may come, not who came."""
    (jane, joe) = stage.deliveries(JANE, JOE)
    stage.put(JANE, ago=timedelta(0))
    stage.put(JOE)
    stage.workspace.block(JANE, NOW)
    result = stage.destination.push([replace(jane, attempts=2), joe])
    assert [one.state for one in result] == [State.DELIVERED, State.DUPLICATE]


def test_a_failed_lookup_leaves_the_blocked_in_doubt(stage):
    """Who was not looked up is not searched for either: asked again later, and no one is refused by a guess."""
    stage.put(JOE)
    stage.workspace.block(JANE, NOW)
    stage.sandbox.faults.add("status", path="*/leads/list", code=500)
    result = stage.destination.push(stage.deliveries(JANE, JOE))
    assert {(one.state, one.reason) for one in result} == {(State.IN_DOUBT, Reason.LOOKUP_FAILED)}
    assert SEARCHES not in stage.requests()
