"""The contract of every destination, kept by Instantly campaigns and lists over the sandbox."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.destinations.base import Answer, Destination
from bridge.errors import AnswerLost, Denied
from bridge.model import Fields, Lead, Origin, Place, Reason, State
from tests.destinations.conftest import CAMPAIGN, LIST, NOW, Stage
from tests.destinations.contract import (
    ADDRESSES,
    AuditContract,
    DestinationContract,
    EmailContract,
    ForesightContract,
    LookupContract,
)


class InstantlyContract(DestinationContract, EmailContract, LookupContract, AuditContract, ForesightContract):
    """Instantly has every ability."""


class TestCampaign(InstantlyContract):
    @pytest.fixture
    def stage(self, aimed):
        return aimed(CAMPAIGN)


class TestList(InstantlyContract):
    @pytest.fixture
    def stage(self, aimed):
        return aimed(LIST)


class TestTargetScope(InstantlyContract):
    @pytest.fixture
    def stage(self, aimed):
        return aimed(CAMPAIGN, dedupe="target")


def push(stage, *addresses, **terms):
    return stage.destination.push(stage.deliveries(*addresses, **terms))


def test_it_is_a_destination(stage):
    """The class has what the protocol asks for."""
    destination: Destination = stage.destination
    assert destination.name == 'Instantly campaign "Fitness Q4"'
    assert destination.batch_size == 1000


def test_an_answer_shows_its_numbers_and_time(stage):
    """Counters, plan room and the vendor's time at the call's begin come with the outcomes."""
    stage.workspace.lead_limit = 10
    answer = push(stage, *ADDRESSES)
    assert isinstance(answer, Answer)
    assert (answer.counted["total_sent"], answer.counted["leads_uploaded"]) == (3, 3)
    assert (answer.room, answer.mismatch) == (7, "")
    assert abs(answer.began - NOW) < timedelta(seconds=30)


def test_a_clean_batch_costs_one_request(stage):
    """Where everyone was created nothing is looked up."""
    deliveries = stage.deliveries(*ADDRESSES)
    before = sum(stage.requests().values())
    stage.destination.push(deliveries)
    assert sum(stage.requests().values()) == before + 1


def test_the_clock_is_instantlys(stage):
    """The vendor's clock is taken from its answers."""
    stage.sandbox.skew = timedelta(days=2)
    stage.destination.check()
    assert abs(stage.destination.clock() - NOW - timedelta(days=2)) < timedelta(seconds=30)


# ------------------------------------------------------------------------------------------------- dedupe scopes


@pytest.mark.parametrize(
    ("dedupe", "elsewhere", "state", "reason"),
    [
        ("target", CAMPAIGN, State.DELIVERED, Reason.CREATED),
        ("target", LIST, State.DELIVERED, Reason.CREATED),
        ("campaigns", CAMPAIGN, State.DUPLICATE, Reason.IN_CAMPAIGN),
        ("campaigns", LIST, State.DELIVERED, Reason.CREATED),
        ("lists", CAMPAIGN, State.DELIVERED, Reason.CREATED),
        ("lists", LIST, State.DUPLICATE, Reason.IN_LIST),
        ("workspace", CAMPAIGN, State.DUPLICATE, Reason.IN_CAMPAIGN),
        ("workspace", LIST, State.DUPLICATE, Reason.IN_LIST),
    ],
)
def test_each_scope_sets_its_own_flag(aimed, dedupe, elsewhere, state, reason):
    """instantly.md pitfalls 2 and 3: campaigns means any campaign, the workspace counts lists too, target is alone."""
    stage = aimed(CAMPAIGN, dedupe=dedupe)
    other = stage.workspace.add_campaign("Other", 1, NOW)
    where = other if elsewhere is CAMPAIGN else stage.spot(LIST)
    stage.workspace.add_person(where, "jane@example.com", NOW - timedelta(days=3))
    (outcome,) = push(stage, "jane@example.com")
    assert (outcome.state, outcome.reason) == (state, reason)
    if state is State.DUPLICATE:
        assert outcome.origin is Origin.LOOKUP
        assert where.id in outcome.detail


def test_a_duplicate_is_left_as_it_is(stage):
    """instantly.md pitfall 4: pushing over an existing lead changes nothing of it, and is not called a success."""
    before = stage.put("jane@example.com")
    (outcome,) = push(stage, "jane@example.com", fields=Fields(first_name="Janet"))
    assert (outcome.state, outcome.reason, outcome.remote_id) == (State.DUPLICATE, Reason.IN_TARGET, before.id)
    assert outcome.detail == "created 2026-11-17 12:00 UTC"
    assert stage.workspace.person(before.id).posted == {}


@pytest.mark.parametrize("skips_first", [True, False])
def test_skipped_or_duplicated_the_target_comes_first(aimed, skips_first):
    """Whichever counter a lead falls into that stands here and elsewhere: it is reported as standing here."""
    stage = aimed(CAMPAIGN)
    stage.workspace.habits.skips_before_duplicates = skips_first
    stage.put("jane@example.com")
    stage.put("jane@example.com", LIST)
    (outcome,) = push(stage, "jane@example.com")
    assert (outcome.state, outcome.reason) == (State.DUPLICATE, Reason.IN_TARGET)


# ------------------------------------------------------------------------------------------------------ block list


@pytest.mark.parametrize("value", ["jane@example.com", "example.com"])
def test_blocked_people_are_refused_with_their_reason(stage, value):
    """A mixed batch: who is on the block list is looked up there, by address and by domain."""
    stage.workspace.block(value, NOW)
    stage.put("joe@example.org")
    outcomes = push(stage, *ADDRESSES)
    assert (outcomes[0].state, outcomes[0].reason, outcomes[0].origin) == (
        State.REFUSED,
        Reason.BLOCKLIST,
        Origin.LOOKUP,
    )
    assert [outcome.state for outcome in outcomes[1:]] == [State.DUPLICATE, State.DELIVERED]


def test_only_blocked_people_need_no_lookup(stage):
    """Where the block list alone explains everyone left, nothing more is asked."""
    stage.workspace.block("example.com", NOW)
    deliveries = stage.deliveries(*ADDRESSES)
    before = sum(stage.requests().values())
    outcomes = stage.destination.push(deliveries)
    assert (outcomes[0].reason, outcomes[0].origin) == (Reason.BLOCKLIST, Origin.INFERRED)
    assert sum(stage.requests().values()) == before + 1


def test_a_key_without_the_block_lists_scope_leaves_it_to_the_counters(stage):
    """The block list is an advisory read: without it the counters say what they can."""
    stage.workspace.block("jane@example.com", NOW)
    stage.put("joe@example.org")
    stage.sandbox.faults.add("status", path="*/block-lists-entries", code=403)
    outcomes = push(stage, *ADDRESSES)
    assert (outcomes[0].reason, outcomes[0].origin) == (Reason.BLOCKLIST, Origin.INFERRED)


def test_a_large_batch_reads_the_block_list_instead_of_searching(stage):
    """At most two hundred searches a batch: beyond, the list itself is read and compared here."""
    for number in range(250):
        stage.workspace.block(f"person{number:04}@example.com", NOW)
    stage.put("person0500@example.com")
    outcomes = stage.destination.push(stage.people(1000))
    assert stage.requests()["GET /api/v2/block-lists-entries"] == 3
    assert [one.reason for one in outcomes].count(Reason.BLOCKLIST) == 250
    assert outcomes[500].reason is Reason.IN_TARGET


# ------------------------------------------------------------------------------------------------- faulty and full


def test_faulty_addresses_are_refused_where_nothing_else_explains_them(stage):
    """What Instantly counts as invalid is refused when no other counter could mean the same lead."""
    outcomes = push(stage, "jane@example.com", "not an address", "joe@example")
    assert [outcome.state for outcome in outcomes] == [State.DELIVERED, State.REFUSED, State.REFUSED]
    assert (outcomes[1].reason, outcomes[1].origin) == (Reason.INVALID_EMAIL, Origin.INFERRED)


def test_a_full_plan_leaves_the_rest_ready(stage):
    """instantly.md pitfalls 13 and 14: who found no room any more stays ready, and the room is reported as none."""
    stage.workspace.lead_limit = 2
    answer = push(stage, *ADDRESSES)
    assert [outcome.state for outcome in answer] == [State.DELIVERED, State.DELIVERED, State.READY]
    assert (answer[2].reason, answer[2].detail, answer.room) == (Reason.DENIED, "plan room used up", 0)
    assert answer.mismatch


def test_a_lookup_that_fails_loses_no_one(stage):
    """Created leads stay created when the lookup of the others fails; the others are in doubt."""
    stage.put("joe@example.org")
    stage.sandbox.faults.add("status", path="*/leads/list", code=500)
    outcomes = push(stage, *ADDRESSES)
    assert [outcome.state for outcome in outcomes] == [State.DELIVERED, State.IN_DOUBT, State.DELIVERED]
    assert outcomes[1].reason is Reason.LOOKUP_FAILED


def test_a_target_that_is_gone_is_denied(stage):
    """A campaign deleted between check and push needs a person."""
    deliveries = stage.deliveries(*ADDRESSES)
    stage.workspace.campaigns.clear()
    with pytest.raises(Denied, match="is gone"):
        stage.destination.push(deliveries)


# ------------------------------------------------------------------------------------------------------ the request


def test_the_place_is_the_deliverys_and_not_the_configurations(stage):
    """A delivery goes to the target it was claimed for, whatever the configuration says now."""
    deliveries = stage.deliveries(*ADDRESSES)
    stage.aim(LIST).push(deliveries)
    assert (stage.held(CAMPAIGN), stage.held(LIST)) == (sorted(ADDRESSES), [])


def test_a_batch_goes_to_one_place(stage):
    """Deliveries of two places in one batch are a mistake of ours."""
    here, there = stage.deliveries("jane@example.com"), Stage(LIST).deliveries("joe@example.org")
    with pytest.raises(ValueError, match="one place"):
        stage.destination.push([*here, *there])


def test_the_body_holds_what_is_filled_and_nothing_else(stage):
    """instantly.md pitfall 25: known keys only, empty ones left out, variables only scalars."""
    variables = {"a": "x", "b": "", "c": None, "d": 0, "e": False, "f": float("nan"), "g": ["x"], "h": 1.5}
    (delivery,) = stage.deliveries("jane@example.com", fields=Fields(first_name="Jane", variables=variables))
    assert stage.destination.body(delivery) == {
        "email": "jane@example.com",
        "first_name": "Jane",
        "custom_variables": {"a": "x", "d": 0, "e": False, "h": 1.5},
    }


@pytest.mark.parametrize(
    ("terms", "flags"),
    [
        ({"dedupe": "target"}, {}),
        ({"dedupe": "campaigns"}, {"skip_if_in_campaign": True}),
        ({"dedupe": "lists"}, {"skip_if_in_list": True}),
        ({"dedupe": "workspace"}, {"skip_if_in_workspace": True}),
        ({"dedupe": "target", "verify_on_import": True}, {"verify_leads_on_import": True}),
    ],
)
def test_the_flags_are_those_of_the_route(aimed, terms, flags):
    """Exactly the flag of the scope, and verification (which costs credits) only when asked for."""
    stage = aimed(LIST, **terms)
    request = dict(stage.destination.request(stage.deliveries("jane@example.com")))
    assert request.pop("leads") == [{"email": "jane@example.com", "first_name": "Jane"}]
    assert request.pop("list_id") == stage.spot().id
    assert request == flags


# ---------------------------------------------------------------------------------------------------------- recheck


@pytest.mark.parametrize(("dedupe", "state"), [("workspace", State.DUPLICATE), ("target", State.IN_DOUBT)])
def test_who_stands_elsewhere_meanwhile_is_not_sent_again(aimed, dedupe, state):
    """In a wider scope a person in doubt who stands elsewhere is a duplicate; in the target's own scope absent."""
    stage = aimed(CAMPAIGN, dedupe=dedupe)
    deliveries = stage.deliveries("jane@example.com")
    stage.put("jane@example.com", LIST)
    assert [outcome.state for outcome in stage.destination.recheck(deliveries)] == [state]


def test_presence_without_a_call_of_ours_is_a_duplicate(stage):
    """A delivery that was never asked for cannot be what stands there."""
    stage.put("jane@example.com", ago=timedelta(0))
    (outcome,) = stage.destination.recheck(stage.deliveries("jane@example.com", asked=False))
    assert (outcome.state, outcome.reason) == (State.DUPLICATE, Reason.IN_TARGET)


def test_another_workspaces_doubts_cannot_be_asked(stage):
    """A key of another workspace shows no one: that is not absence."""
    (delivery,) = stage.deliveries("jane@example.com")
    elsewhere = Place("instantly", "another", "campaign", delivery.place.id)
    with pytest.raises(Denied, match="another"):
        stage.destination.recheck([replace(delivery, place=elsewhere)])


def test_more_than_a_page_is_looked_up(stage):
    """instantly.md pitfall 6: lookups ask for a hundred at a time and find everyone."""
    deliveries = stage.people(250)
    stage.lose_answer(committed=True)
    with pytest.raises(AnswerLost):
        stage.destination.push(deliveries)
    outcomes = stage.destination.recheck(deliveries)
    assert {outcome.state for outcome in outcomes} == {State.DELIVERED}
    assert stage.requests()["POST /api/v2/leads/list"] == 3


def test_a_lead_without_an_address_has_no_identity_here(stage):
    """Instantly reaches people by e-mail alone."""
    assert stage.destination.identity(Lead("1", "c", platform="x", username="jane")) is None
