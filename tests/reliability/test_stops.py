"""What only a person can fix stops one route: its rows stay ready, the others go on, and the next run continues."""

from dataclasses import replace

import pytest

from bridge.model import Source
from bridge.sync.report import overall
from tests.harness import route
from tests.reliability.rewritten import Rewritten, no_room_reported

ADD = "*/leads/add"
FIRST = route("first", source=Source(title=("First",)))
SECOND = route("second", ref="Scravio inbox", kind="list", source=Source(title=("Second",)))

pytestmark = pytest.mark.usefixtures("quick_retries")


@pytest.fixture
def busy(make_operator):
    """Two campaigns of ten, for a route to a campaign and one to a list."""
    return make_operator("First", "Second")


def instantly_of(operator):
    return operator.sandbox.world.instantly


def test_a_key_that_is_not_accepted_blocks_and_loses_no_one(busy, states):
    """401: every route is blocked, nothing was done, exit 1; with the key back the next run delivers."""
    kept = instantly_of(busy).keys.copy()
    instantly_of(busy).keys.clear()
    reports = busy.sync(FIRST, SECOND)
    assert [report.status for report in reports] == ["blocked", "blocked"]
    assert overall(reports) == ("blocked", 1)
    assert "INSTANTLY_API_KEY" in reports[0].hint
    assert [states(report) for report in reports] == [{"ready": 10}, {"ready": 10}]
    instantly_of(busy).keys.update(kept)
    assert [states(report) for report in busy.sync(FIRST, SECOND)] == [{"delivered": 10}, {"delivered": 10}]
    busy.assert_promises()


def test_a_lapsed_plan_blocks_and_loses_no_one(busy, states):
    """402 on nearly every request (instantly.md pitfall 11): blocked, rows ready, and on with it once it is paid."""
    instantly_of(busy).habits.plan_lapsed = True
    reports = busy.sync(FIRST, SECOND)
    assert ([report.status for report in reports], overall(reports)[1]) == (["blocked", "blocked"], 1)
    assert "plan" in reports[0].error
    assert states(reports[0]) == {"ready": 10}
    instantly_of(busy).habits.plan_lapsed = False
    assert states(busy.sync_one(FIRST)) == {"delivered": 10}


def test_a_missing_scope_blocks_and_names_it(busy, states):
    """403 in JSON: the key is known and may not add leads; the sentence says which request, the rows stay ready."""
    instantly_of(busy).keys["sandbox-key"] = frozenset({"all:read"})
    report = busy.sync_one(FIRST)
    assert (report.status, states(report)) == ("blocked", {"ready": 10})
    assert "POST /leads/add (403)" in report.error
    assert "leads:create" in report.error
    instantly_of(busy).keys["sandbox-key"] = frozenset({"all:all"})
    assert states(busy.sync_one(FIRST)) == {"delivered": 10}


@pytest.mark.parametrize("terms", [{"code": 401}, {"code": 402}, {"code": 403}, {"code": 403, "html": True}])
def test_turned_away_at_the_post_itself_no_one_is_in_doubt(busy, fault, states, terms):
    """The same answers to the post: nothing happened, no attempt is counted, and the other route goes on (exit 3)."""
    to_the_campaign = b"campaign_id"
    with fault(busy, "status", ADD, when=lambda request: to_the_campaign in request.body, **terms):
        reports = busy.sync(FIRST, SECOND)
    assert [states(report) for report in reports] == [{"ready": 10}, {"delivered": 10}]
    assert ([report.status for report in reports], overall(reports)) == (["blocked", "ok"], ("partial", 3))
    assert states(busy.sync_one(FIRST)) == {"delivered": 10}
    busy.assert_promises()


# ------------------------------------------------------------------------------------------------------- plan room


def test_a_plan_that_is_full_before_the_batch_stops_the_campaign_only(busy, states):
    """Nothing is posted for the campaign; lists do not count towards the plan and go on (instantly.md pitfall 13)."""
    instantly_of(busy).lead_limit = 0
    reports = busy.sync(FIRST, SECOND)
    assert [states(report) for report in reports] == [{"ready": 10}, {"delivered": 10}]
    assert ([report.status for report in reports], overall(reports)[1]) == (["blocked", "ok"], 3)
    assert "10 leads stay ready" in reports[0].error
    assert busy.calls("leads/add") == 1
    instantly_of(busy).lead_limit = 100
    assert states(busy.sync_one(FIRST)) == {"delivered": 10}


@pytest.mark.parametrize("habit", ["partial", "402"])
def test_a_plan_that_holds_some_is_filled_and_not_exceeded(busy, states, habit):
    """Room for four of ten: four go, six stay ready, whatever the vendor does with a batch too large."""
    instantly_of(busy).lead_limit = 4
    instantly_of(busy).habits.when_full = habit
    report = busy.sync_one(FIRST)
    assert (report.status, states(report)) == ("blocked", {"delivered": 4, "ready": 6})
    assert overall([report])[1] == 3
    instantly_of(busy).lead_limit = 100
    assert states(busy.sync_one(FIRST)) == {"delivered": 10}
    busy.assert_promises()


@pytest.mark.parametrize(("habit", "went"), [("partial", 4), ("402", 0)])
def test_a_plan_that_runs_out_within_a_batch_leaves_the_rest_ready(busy, fault, states, habit, went):
    """The room could not be read beforehand: the vendor cuts the batch or refuses it, and no one is lost."""
    instantly_of(busy).lead_limit = 4
    instantly_of(busy).habits.when_full = habit
    with fault(busy, "status", "*/plan-details", code=403):
        reports = busy.sync(FIRST, SECOND)
    expected = {"delivered": went, "ready": 10 - went} if went else {"ready": 10}
    assert [states(report) for report in reports] == [expected, {"delivered": 10}]
    assert (reports[0].status, overall(reports)[1]) == ("blocked", 3)
    assert any("room left in the plan is unknown" in warning for warning in reports[0].warnings)
    instantly_of(busy).lead_limit = 100
    assert states(busy.sync_one(FIRST)) == {"delivered": 10}
    busy.assert_promises()


def test_a_plan_that_runs_out_without_a_word_is_found_out(busy, states):
    """No counter and no room is reported: the rest goes back unexplained, the run exits 3, and later they go."""
    instantly_of(busy).lead_limit = 4
    transport = Rewritten(busy.sandbox, add=no_room_reported, plan_details=no_room_reported)
    report = busy.sync_one(FIRST, transport=transport)
    assert states(report) == {"delivered": 4, "ready": 6}
    assert report.tally.reasons == {"created": 4, "unexplained": 6}
    assert (report.unsound, report.status, overall([report])[1]) == (True, "partial", 3)
    assert any("does not add up" in warning for warning in report.warnings)
    instantly_of(busy).lead_limit = 100
    busy.clock.forward(minutes=1)
    assert states(busy.sync_one(FIRST, transport=transport)) == {"delivered": 10}
    busy.assert_promises()


def test_a_plan_that_ran_out_without_a_word_is_asked_before_the_next_batch(busy, states):
    """The answer shows no room, the plan does: after unexplained leads it is read again, and the route stops there."""
    asked = []

    def boastful_once(body):
        asked.append(1)
        if len(asked) == 1:
            body["subscriptions"]["outreach"]["current_lead_count"] -= 100

    instantly_of(busy).lead_limit = 4
    report = busy.sync_one(FIRST, transport=Rewritten(busy.sandbox, add=no_room_reported, plan_details=boastful_once))
    assert (report.status, states(report)) == ("blocked", {"delivered": 4, "ready": 6})
    assert (len(asked), busy.calls("leads/add")) == (2, 1)


# ---------------------------------------------------------------------------------------------------------- targets


def test_a_deleted_target_stops_its_route_alone(busy, states):
    """Gone before the run: blocked, with the nearest names; the other goes on, and this one once it is back."""
    gone = busy.target()
    instantly_of(busy).campaigns.remove(gone)
    reports = busy.sync(FIRST, SECOND)
    assert [states(report) for report in reports] == [{"ready": 10}, {"delivered": 10}]
    assert (reports[0].status, overall(reports)[1]) == ("blocked", 3)
    assert "does not exist" in reports[0].error
    instantly_of(busy).campaigns.append(gone)
    assert states(busy.sync_one(FIRST)) == {"delivered": 10}


def test_a_target_deleted_within_the_run_leaves_its_rows_ready(busy, states):
    """Gone between the look and the post: a 404 refuses no one."""

    def delete(request):
        if request.path.endswith("/plan-details"):
            instantly_of(busy).campaigns.remove(busy.target())
        return False

    busy.sandbox.faults.add("delay", when=delete)
    report = busy.sync_one(FIRST)
    assert (report.status, states(report)) == ("blocked", {"ready": 10})
    assert "is gone" in report.error


def test_a_new_target_under_an_old_name_waits_for_a_person(busy, states):
    """A campaign that was deleted and made again would write to everyone twice: its new id must be confirmed."""
    assert states(busy.sync_one(FIRST, limit=5)) == {"delivered": 5, "ready": 5}
    instantly_of(busy).campaigns.remove(busy.target())
    new = instantly_of(busy).add_campaign("Fitness Q4", 1, busy.clock.now())
    report = busy.sync_one(FIRST)
    assert (report.status, states(report)) == ("blocked", {"delivered": 5, "ready": 5})
    assert new.id in report.hint
    confirmed = replace(FIRST, target=replace(FIRST.target, ref=new.id))
    assert states(busy.sync_one(confirmed)) == {"delivered": 10}
    assert len(busy.people()) == 5


@pytest.mark.parametrize("status", [-2, -99], ids=["bounce protected", "suspended"])
@pytest.mark.parametrize("policy", ["warn", "refuse"])
def test_bounce_protection_and_suspension_always_stop_the_route(busy, states, status, policy):
    """Whatever the policy says no one is added; once the campaign runs again the next run continues."""
    busy.target().status = status
    wanted = replace(FIRST, target=replace(FIRST.target, when_not_active=policy))
    reports = busy.sync(wanted, SECOND)
    assert [states(report) for report in reports] == [{"ready": 10}, {"delivered": 10}]
    assert (reports[0].status, overall(reports)[1]) == ("blocked", 3)
    assert busy.people() == []
    busy.target().status = 1
    assert states(busy.sync_one(wanted)) == {"delivered": 10}


@pytest.mark.parametrize("status", [0, 2, 3], ids=["draft", "paused", "completed"])
@pytest.mark.parametrize(("policy", "expected"), [("warn", "delivered"), ("refuse", "ready")])
def test_an_inactive_campaign_is_left_to_the_policy(busy, states, status, policy, expected):
    """`warn`: leads are stored there and the run says they wait. `refuse`: blocked until it is active."""
    busy.target().status = status
    wanted = replace(FIRST, target=replace(FIRST.target, when_not_active=policy))
    report = busy.sync_one(wanted)
    assert states(report) == {expected: 10}
    assert report.status == ("ok" if policy == "warn" else "blocked")
    reported = report.warnings[0] if policy == "warn" else report.error
    assert 'campaign "Fitness Q4" is' in reported
    busy.target().status = 1
    assert states(busy.sync_one(wanted)) == {"delivered": 10}
    assert busy.calls("POST") == 1


def test_a_route_that_stops_midway_keeps_what_it_did(busy, states, fault):
    """One batch went, the next is denied: exit 3, since something was done, and the rest stays ready."""
    busy.sync_one(FIRST, limit=4)
    with fault(busy, "status", ADD, code=402):
        report = busy.sync_one(FIRST)
    assert (report.status, states(report)) == ("blocked", {"delivered": 4, "ready": 6})
    assert states(busy.sync_one(FIRST)) == {"delivered": 10}
    busy.assert_promises()
