"""How the named campaign or list is found, and what is said of the way it stands."""

import json

import httpx
import pytest

from bridge.destinations.instantly import plan_room
from bridge.errors import AnswerLost, Denied, Unavailable
from bridge.model import State
from tests.destinations.conftest import CAMPAIGN, LIST, NOW, Script

ID = "33333333-3333-3333-3333-333333333333"
WORKSPACE = {"id": "ws"}


# ----------------------------------------------------------------------------------------------------------- finding


@pytest.mark.parametrize("target", [CAMPAIGN, LIST])
@pytest.mark.parametrize("spell", [str, str.upper, str.lower, "  {}  ".format])
def test_a_name_is_found_in_two_requests(aimed, target, spell):
    """Case and blanks around a name do not matter; the workspace is asked only once for a key."""
    stage = aimed(target, ref=spell(target.ref))
    standing = stage.destination.check()
    assert standing.title == target.ref
    assert standing.place.workspace == stage.workspace.id
    assert sum(stage.requests().values()) == 2
    stage.aim(stage.target).check()
    assert sum(stage.requests().values()) == 3


@pytest.mark.parametrize("target", [CAMPAIGN, LIST])
def test_an_id_is_taken_as_one(aimed, target):
    """What looks like an id is asked for as one."""
    stage = aimed(target)
    spot = stage.spot()
    stage.aim(type(target)("instantly", target.kind, spot.id.upper()))
    assert (stage.destination.check().place.id, stage.destination.check().title) == (spot.id, target.ref)


def test_the_exact_name_comes_before_one_in_other_case(stage):
    """Of names that differ only in case the exact one is meant."""
    stage.workspace.add_campaign("FITNESS Q4", 1, NOW)
    assert stage.destination.check().title == "Fitness Q4"


def test_a_longer_name_is_not_the_name(stage):
    """The search finds parts of names too: they are not what was named."""
    stage.workspace.add_campaign("Fitness Q4 retarget", 1, NOW)
    assert stage.destination.check().title == "Fitness Q4"


def test_a_name_beyond_the_first_page_is_found(stage):
    """instantly.md pitfall 6: a hundred to a page, and the cursor is followed."""
    for number in range(150):
        stage.workspace.add_campaign(f"Copy {number} of Spring", 1, NOW)
    stage.workspace.add_campaign("Spring", 1, NOW)
    stage.aim(type(CAMPAIGN)("instantly", "campaign", "Spring"))
    assert stage.destination.check().title == "Spring"


@pytest.mark.parametrize("second", ["Fitness Q4", " Fitness Q4 "])
def test_an_ambiguous_name_lists_its_candidates(stage, second):
    """Two campaigns of one name: both ids with status and age, and the word to write in place of the name."""
    twin = stage.workspace.add_campaign(second, 2, NOW)
    with pytest.raises(Denied) as caught:
        stage.destination.check()
    assert f"{twin.id} (paused, created 2026-11-20)" in caught.value.message
    assert stage.spot().id in caught.value.message
    assert "instantly_campaign" in caught.value.hint


def test_a_missing_name_shows_the_nearest(aimed):
    """A typing mistake shows the names that exist, and where to fix it."""
    stage = aimed(CAMPAIGN, ref="Fitnes Q-4")
    with pytest.raises(Denied) as caught:
        stage.destination.check()
    assert '"Fitness Q4"' in caught.value.message
    assert "leadbridge check" in caught.value.hint


@pytest.mark.parametrize("target", [CAMPAIGN, LIST])
def test_a_missing_id_is_denied(aimed, target):
    """An id of nothing needs a person."""
    with pytest.raises(Denied, match="does not exist"):
        aimed(target, ref=ID).destination.check()


def test_a_search_that_finds_nothing_is_not_believed(scripted):
    """How the search treats special characters is unknown: the plain listing is looked at as well."""

    def listed(request):
        found = [] if "search" in request.url.params else [{"id": ID, "name": "100% (new)", "status": 1}]
        return {"items": found}

    wire = Script(campaigns=listed, workspaces_current=WORKSPACE)
    assert scripted(wire, CAMPAIGN, ref="100% (new)").check().place.id == ID


def test_hostile_names_do_not_reach_the_terminal(scripted):
    """Names in a message are foreign words: no control characters in them."""
    found = {"items": [{"id": ID, "name": "Fitness\x1b[31m Q4\u202e", "status": 1}]}
    wire = Script(campaigns=found, lead_lists={"items": []}, workspaces_current=WORKSPACE)
    with pytest.raises(Denied) as caught:
        scripted(wire).check()
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("body", [{}, {"id": ""}, [], {"error": "no"}])
def test_a_workspace_of_unknown_shape_is_unavailable(scripted, body):
    """instantly.md pitfall 10: nothing is claimed under a workspace that has no id."""
    with pytest.raises(Unavailable):
        scripted(Script(workspaces_current=body)).check()


def test_another_target_than_asked_is_not_taken(scripted):
    """An answer for another id is nonsense."""
    path = f"campaigns/{ID}".replace("/", "_").replace("-", "_")
    wire = Script(workspaces_current=WORKSPACE, **{path: {"id": "44444444-4444-4444-4444-444444444444"}})
    with pytest.raises(Unavailable):
        scripted(wire, CAMPAIGN, ref=ID).check()


def test_a_key_without_the_workspace_scope_is_denied(stage):
    """The workspace is one of the two reads that must work."""
    stage.workspace.keys["sandbox-key"] = frozenset({"campaigns:all", "leads:all"})
    with pytest.raises(Denied) as caught:
        stage.destination.check()
    assert "GET /workspaces/current" in caught.value.message


# ------------------------------------------------------------------------------------------------------------ status


@pytest.mark.parametrize("policy", ["warn", "refuse"])
@pytest.mark.parametrize("status", [-2, -99])
def test_a_stopped_campaign_takes_no_one(aimed, status, policy):
    """Suspended and bounce-protected campaigns are refused in any case (instantly.md §1.4)."""
    stage = aimed(CAMPAIGN, when_not_active=policy)
    stage.spot().status = status
    with pytest.raises(Denied, match="takes no leads"):
        stage.destination.establish()


@pytest.mark.parametrize("status", [-1, 0, 2, 3, 4])
def test_a_campaign_that_is_not_active_warns_or_refuses(aimed, status):
    """instantly.md pitfall 18: leads in a draft, paused or completed campaign just sit there; the route decides."""
    stage = aimed(CAMPAIGN)
    stage.spot().status = status
    (warning,) = stage.destination.check().warnings
    assert 'Instantly campaign "Fitness Q4" is ' in warning
    stage = aimed(CAMPAIGN, when_not_active="refuse")
    stage.spot().status = status
    with pytest.raises(Denied, match="when_not_active"):
        stage.destination.check()


@pytest.mark.parametrize("status", [99, None, "1", True])
def test_an_unknown_status_warns(scripted, status):
    """A status that no document knows is reported, and stops nothing."""
    found = {"items": [{"id": ID, "name": "Fitness Q4", "status": status}]}
    standing = scripted(Script(campaigns=found, workspaces_current=WORKSPACE), when_not_active="refuse").check()
    assert "unknown status" in standing.warnings[0]


def test_an_active_campaign_and_a_list_have_no_warning(aimed):
    """Nothing to say is nothing said."""
    assert aimed(CAMPAIGN).destination.check().warnings == ()
    standing = aimed(LIST).destination.establish()
    assert (standing.warnings, standing.status, standing.room) == ((), "open", None)


# --------------------------------------------------------------------------------------------------------- plan room


def test_establish_reads_the_plan_and_check_does_not(stage):
    """Room is a stored total less what campaigns hold; it costs a request only before a push."""
    stage.workspace.lead_limit = 10
    stage.put("jane@example.com")
    assert stage.destination.check().room is None
    assert stage.destination.establish().room == 9
    assert plan_room(stage.client) == 9


def test_the_plan_is_advisory(stage):
    """A key that may not read the plan warns, and goes on."""
    stage.workspace.keys["sandbox-key"] = frozenset({"workspaces:read", "campaigns:read", "leads:all"})
    standing = stage.destination.establish()
    assert standing.room is None
    assert "room left in the plan is unknown" in standing.warnings[0]
    assert stage.destination.push(stage.deliveries("jane@example.com"))[0].state is State.DELIVERED


@pytest.mark.parametrize(
    ("plans", "room"),
    [
        ({"outreach": {"total_lead_limit": 100, "current_lead_count": 120}}, -20),
        (
            {
                "outreach": {"total_lead_limit": 0, "current_lead_count": 5},
                "bundle": {"total_lead_limit": 100, "current_lead_count": 5},
            },
            95,
        ),
        ({"outreach": {"total_lead_limit": None, "current_lead_count": 5}}, None),
        ({"outreach": {"total_lead_limit": float("inf"), "current_lead_count": 5}}, None),
        ({}, None),
        (None, None),
    ],
)
def test_room_of_every_kind_of_plan(scripted, plans, room):
    """Own plan, bundle, over-full plan, and plans that show nothing."""
    body = httpx.Response(200, text=json.dumps({"subscriptions": plans}))
    wire = Script(workspace_billing_plan_details=body)
    assert plan_room(scripted(wire)._client) == room


# --------------------------------------------------------------------------------------------------------- variables


def test_the_variables_a_campaign_uses_are_named(stage):
    """instantly.md pitfall 24: names used without a fallback, in subject and body; not spintax, not the sender's."""
    stage.spot().steps = (
        ("Hi {{firstName}}", "{{RANDOM | Hello | Hey}} {{ followers }}, {{keyword|that}} {{sendingAccountFirstName}}"),
        ("{{firstName|there}}", "{{platform}}{{}} {broken {{x"),
    )
    assert stage.destination.check().variables == {"firstName", "followers", "platform"}


@pytest.mark.parametrize("sequences", [None, [], [None], [{"steps": 7}], [{"steps": [None, {"variants": [None]}]}]])
def test_texts_of_unknown_shape_name_no_variable(scripted, sequences):
    """A campaign without texts, or with odd ones, is no error."""
    found = {"items": [{"id": ID, "name": "Fitness Q4", "status": 1, "sequences": sequences}]}
    assert scripted(Script(campaigns=found, workspaces_current=WORKSPACE)).check().variables == frozenset()


# ---------------------------------------------------------------------------------------------------------- creating


def test_a_missing_list_is_made_once_where_that_is_allowed(aimed):
    """`check` only says that it would be made; `establish` makes it, and finds it from then on."""
    stage = aimed(LIST, ref="New list", create=True)
    standing = stage.destination.check()
    assert (standing.place.id, standing.status) == ("", "to be created")
    assert stage.workspace.lead_list("New list") is None
    made = stage.destination.establish()
    assert made.place == stage.destination.establish().place
    assert [one.name for one in stage.workspace.lists].count("New list") == 1


def test_a_missing_list_is_not_made_otherwise(aimed):
    """Without `create` a missing list needs a person."""
    with pytest.raises(Denied):
        aimed(LIST, ref="New list").destination.establish()


def test_a_missing_list_may_be_made(aimed):
    """The hint offers to have the list made, and never a campaign."""
    with pytest.raises(Denied) as caught:
        aimed(LIST, ref="Nowhere").destination.check()
    assert "create = true" in caught.value.hint
    with pytest.raises(Denied) as caught:
        aimed(CAMPAIGN, ref="Nowhere").destination.check()
    assert "create" not in caught.value.hint


@pytest.mark.parametrize("by_id", [False, True])
@pytest.mark.parametrize(("target", "noun"), [(CAMPAIGN, "lead list"), (LIST, "campaign")])
def test_a_target_of_the_other_kind_is_said_so(aimed, target, noun, by_id):
    """Who names a list as a campaign, or the reverse, is shown which line to change."""
    stage = aimed(target)
    found = (
        stage.workspace.add_list("Other kind", NOW)
        if target is CAMPAIGN
        else stage.workspace.add_campaign("Other kind", 1, NOW)
    )
    stage.aim(type(target)("instantly", target.kind, found.id if by_id else "Other kind"))
    with pytest.raises(Denied, match=f"is a {noun} in Instantly, not a") as caught:
        stage.destination.check()
    assert f"instead of instantly_{target.kind}" in caught.value.hint


def test_a_campaign_is_never_made(aimed):
    """Even where `create` is set by mistake."""
    with pytest.raises(Denied):
        aimed(CAMPAIGN, ref="New campaign", create=True).destination.establish()


def test_a_lost_answer_to_a_creation_makes_no_second_list(aimed):
    """instantly.md pitfall 7: the next run finds the list by its name."""
    stage = aimed(LIST, ref="New list", create=True)
    stage.sandbox.faults.add("cut", path="*/lead-lists", method="POST", commit=True, times=1)
    with pytest.raises(AnswerLost):
        stage.destination.establish()
    stage.destination.establish()
    assert [one.name for one in stage.workspace.lists].count("New list") == 1


def test_a_creation_without_an_id_is_a_lost_answer(scripted):
    """A 200 that shows no id does not say that nothing was made."""

    def lists(request):
        return {} if request.method == "POST" else {"items": []}

    wire = Script(lead_lists=lists, workspaces_current=WORKSPACE)
    with pytest.raises(AnswerLost):
        scripted(wire, LIST, create=True).establish()
