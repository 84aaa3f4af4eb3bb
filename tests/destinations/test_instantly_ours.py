"""Whose a lead is that stands in the target, after an answer that did not list it and after one that was lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.errors import AnswerLost, Denied
from bridge.model import Origin, Place, Reason, State
from tests.destinations.conftest import CAMPAIGN, JANE, JOE, LIST, NOW, answer, batch, lead, script
from tests.destinations.contract import ADDRESSES

AGO = timedelta(seconds=30)


def again(deliveries, *, since=timedelta(0)):
    """The same deliveries in their second call, the first of which began so long before."""
    return [replace(one, attempts=2, asked_at=one.asked_at - since) for one in deliveries]


def pushed(scripted, counters, *leads, attempts=1, since=timedelta(0)):
    """The outcome of one call for Jane, where the target then holds these leads."""
    wire = script(answer(**counters), *leads)
    (delivery,) = batch(JANE)
    result = scripted(wire).push([replace(delivery, attempts=attempts, asked_at=NOW - since)])
    return result, result[0]


# --------------------------------------------------------------------------------------------- after a whole answer


def test_who_was_created_moments_ago_is_a_duplicate_all_the_same(stage):
    """What this call's answer counts as there already it did not create, and no other call of ours was made."""
    stage.destination.push(stage.deliveries(*ADDRESSES))
    result = stage.destination.push(stage.deliveries(*ADDRESSES))
    assert {(one.state, one.reason, one.origin) for one in result} == {
        (State.DUPLICATE, Reason.IN_TARGET, Origin.LOOKUP)
    }
    assert result.mismatch == ""


@pytest.mark.parametrize("skips_first", [True, False])
def test_what_an_earlier_call_created_is_ours(stage, skips_first):
    """Lost, not to be found for a while, called again and counted as skipped or duplicated: ours, under its id."""
    stage.workspace.habits.skips_before_duplicates = skips_first
    deliveries = stage.deliveries(*ADDRESSES)
    stage.lose_answer(committed=True)
    stage.workspace.habits.lookup_lag = 20.0
    with pytest.raises(AnswerLost):
        stage.destination.push(deliveries)
    assert {one.reason for one in stage.destination.recheck(deliveries)} == {Reason.ABSENT}
    stage.clock.moment += AGO
    result = stage.destination.push(again(deliveries))
    assert {(one.state, one.reason, one.origin) for one in result} == {(State.DELIVERED, Reason.CREATED, Origin.LOOKUP)}
    assert {one.remote_id for one in result} == {person.id for person in stage.workspace.people(stage.spot().id)}
    assert result.mismatch == ""


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (timedelta(minutes=9), State.DELIVERED),
        (timedelta(minutes=10, seconds=59), State.DELIVERED),
        (timedelta(minutes=10, seconds=61), State.DUPLICATE),
    ],
)
def test_an_earlier_call_created_no_one_before_it_began(stage, age, state):
    """In a second call: not older than the first, with a minute's tolerance."""
    deliveries = again(stage.deliveries(JANE), since=timedelta(minutes=10))
    stage.put(JANE, ago=age)
    (outcome,) = stage.destination.push(deliveries)
    assert outcome.state is state


def test_what_came_after_the_call_began_is_not_an_earlier_calls(scripted):
    """A creation time that lies past this call's beginning by more than the tolerance cannot be an earlier call's."""
    later = lead(JANE, created=NOW.replace(year=NOW.year + 50))
    _, outcome = pushed(scripted, {"skipped_count": 1}, later, attempts=2, since=AGO)
    assert outcome.state is State.DUPLICATE


def test_a_lead_of_unknown_age_is_nobodys(scripted):
    """Without a creation time nothing speaks for us, in a second call as in a first."""
    _, outcome = pushed(scripted, {"skipped_count": 1}, lead(JANE, created=None), attempts=2, since=AGO)
    assert (outcome.state, outcome.detail) == (State.DUPLICATE, "creation time unknown")


# ------------------------------------------------------------------------------------- what the counters contradict


@pytest.mark.parametrize(
    ("counters", "found", "said"),
    [
        ({"invalid_email_count": 1, "incomplete_count": 1}, 1, "counted 0 as there already, and 1 were found"),
        ({"skipped_count": 1, "in_blocklist": 1}, 2, "counted 1 as there already, and 2 were found"),
        ({"skipped_count": 1, "invalid_email_count": 1}, 2, "counted 1 as there already, and 2 were found"),
        ({"skipped_count": 2}, 2, ""),
        ({"skipped_count": 1, "duplicated_leads": 1}, 1, ""),
        ({"skipped_count": 1, "invalid_email_count": 1}, 1, ""),
        ({"skipped_count": 1, "invalid_email_count": 1}, 0, ""),
    ],
)
def test_duplicates_that_the_answer_did_not_count_are_a_mismatch(scripted, counters, found, said):
    """Counters that add up by themselves and still deny what the lookups found are shown; the unexplained deny nothing.

    Where one is left over, the counters decide about it as before.
    """
    old = NOW - timedelta(days=9)
    wire = script(answer(**counters), *(lead(one, created=old, key=one) for one in (JANE, JOE)[:found]))
    result = scripted(wire).push(batch(JANE, JOE))
    assert said in result.mismatch
    assert bool(result.mismatch) == bool(said)


def test_a_lookup_that_fails_contradicts_nothing(stage):
    """Who is in doubt may be among those the answer counted."""
    stage.put(JOE)
    stage.sandbox.faults.add("status", path="*/leads/list", code=500)
    assert stage.destination.push(stage.deliveries(*ADDRESSES)).mismatch == ""


# ---------------------------------------------------------------------------------------- after the target was deleted


def lost(stage, *, committed):
    deliveries = stage.deliveries(*ADDRESSES)
    stage.lose_answer(committed=committed)
    with pytest.raises(AnswerLost):
        stage.destination.push(deliveries)
    return deliveries


@pytest.mark.parametrize("target", [CAMPAIGN, LIST], ids=["campaign", "list"])
@pytest.mark.parametrize("dedupe", ["workspace", "target"])
def test_doubt_in_a_deleted_target_is_given_up(aimed, target, dedupe):
    """Found nowhere, and the target itself is gone: no one will ever know, so a person must say, and no one waits."""
    stage = aimed(target, dedupe=dedupe)
    deliveries = lost(stage, committed=False)
    place = deliveries[0].place
    stage.vanish()
    outcomes = stage.destination.recheck(deliveries)
    assert {(one.state, one.reason, one.origin) for one in outcomes} == {
        (State.FAILED, Reason.TARGET_GONE, Origin.LOOKUP)
    }
    assert all(place.id in one.detail for one in outcomes)


def test_who_is_still_listed_under_a_deleted_target_is_delivered(stage):
    """What becomes of a deleted campaign's leads is not documented: those that are shown are known."""
    deliveries = lost(stage, committed=True)
    stage.vanish()
    assert {one.state for one in stage.destination.recheck(deliveries)} == {State.DELIVERED}


def test_leads_of_a_target_that_cannot_be_listed_are_found_in_the_workspace(stage):
    """Should Instantly answer 404 to a listing of a deleted campaign, the whole workspace still reports its leads."""
    deliveries = lost(stage, committed=True)
    stage.vanish()
    stage.sandbox.faults.add("status", path="*/leads/list", code=404, nth=1)
    assert {one.state for one in stage.destination.recheck(deliveries)} == {State.DELIVERED}


def test_who_stands_elsewhere_meanwhile_is_a_duplicate_there(stage):
    """A deleted target does not hide who is in another campaign or list by now."""
    deliveries = lost(stage, committed=False)
    stage.put(JANE, LIST)
    stage.vanish()
    outcomes = stage.destination.recheck(deliveries)
    assert [(one.state, one.reason) for one in outcomes] == [
        (State.DUPLICATE, Reason.IN_LIST),
        (State.FAILED, Reason.TARGET_GONE),
        (State.FAILED, Reason.TARGET_GONE),
    ]


def test_doubts_of_a_target_that_exists_are_not_given_up_with_it(stage):
    """Of two targets one is gone: only its own doubts fail, the other's are absent."""
    gone = lost(stage, committed=False)
    other = stage.workspace.add_campaign("Other", 1, NOW)
    stage.vanish()
    there = replace(gone[0], id=9, place=replace(gone[0].place, id=other.id))
    outcomes = stage.destination.recheck([gone[1], there])
    assert [one.reason for one in outcomes] == [Reason.TARGET_GONE, Reason.ABSENT]


@pytest.mark.parametrize("code", [401, 403])
def test_a_target_that_may_not_be_read_is_not_gone(stage, code):
    """A key without the scope for campaigns proves nothing: a person must act."""
    deliveries = lost(stage, committed=False)
    stage.sandbox.faults.add("status", path="*/campaigns/*", code=code)
    with pytest.raises(Denied):
        stage.destination.recheck(deliveries)


def test_a_deleted_target_of_another_workspace_is_not_known_to_be_gone(stage):
    """The key cannot see it, whether it is there or not."""
    (delivery, *_) = lost(stage, committed=False)
    stage.vanish()
    with pytest.raises(Denied, match="another"):
        stage.destination.recheck(
            [replace(delivery, place=Place("instantly", "another", "campaign", delivery.place.id))]
        )
