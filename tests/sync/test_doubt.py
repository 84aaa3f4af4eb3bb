"""Nothing is believed too early, and nothing is sent past what a run cannot know."""

import pytest
import sqlalchemy as sa

from bridge import ledger
from tests.harness import route

pytestmark = pytest.mark.usefixtures("quick_retries")


def lose_an_answer(operator, *, commit, **options):
    rule = operator.sandbox.faults.add("cut", vendor="instantly", path="*/leads/add", commit=commit, times=1)
    report = operator.sync_one(**options)
    operator.sandbox.faults.remove(rule)
    assert report.tally.states["in_doubt"]


def scraped(operator, *indices):
    campaign = operator.sandbox.world.scravio.campaign("First")
    return [campaign.lead(index).row["email"] for index in indices]


def take_the_route_over(db):
    """Another process is the holder from now on."""
    with db.write() as connection:
        connection.execute(sa.text("UPDATE route_lease SET epoch = epoch + 1"))


# ------------------------------------------------------------------------------------------------- when to believe it


def test_nothing_is_absent_before_the_doubt_wait(make_operator, states):
    """A lookup that comes too early shows no one; what our call created is found once the wait is over."""
    operator = make_operator("First", leads=3)
    operator.sandbox.world.instantly.habits.lookup_lag = 20.0
    lose_an_answer(operator, commit=True)
    operator.clock.forward(seconds=2)
    assert states(operator.sync_one()) == {"in_doubt": 3}
    operator.clock.forward(seconds=40)
    assert states(operator.sync_one()) == {"delivered": 3}
    assert operator.calls("leads/add") == 1


def test_absence_counts_only_when_a_second_lookup_agrees(make_operator, states):
    """The first lookup is still blind, the second one sees: nothing is sent again."""
    operator = make_operator("First", leads=3)
    operator.sandbox.world.instantly.habits.lookup_lag = 31.5
    lose_an_answer(operator, commit=True)
    operator.clock.forward(seconds=31)
    assert states(operator.sync_one()) == {"delivered": 3}
    assert operator.calls("leads/add") == 1


def test_nothing_is_sent_past_doubt_that_cannot_be_settled(make_operator, states):
    """While lookups fail, leads that are new are read and stay ready; no further call goes out."""
    operator = make_operator("First", leads=3)
    lose_an_answer(operator, commit=True, limit=1)
    operator.sandbox.faults.add("status", vendor="instantly", path="*/leads/list", code=500)
    operator.clock.forward(seconds=60)
    assert states(operator.sync_one()) == {"in_doubt": 1, "ready": 2}
    assert operator.calls("leads/add") == 1


@pytest.mark.parametrize("change", ["suppressed", "too_few_followers"])
def test_what_did_not_arrive_is_decided_again(make_operator, ledger_of, states, change):
    """Suppressed in the meantime, or held by tighter rules: an absent lead is held and not sent again."""
    operator = make_operator("First", leads=1)
    lose_an_answer(operator, commit=False)
    rules = {}
    if change == "suppressed":
        (address,) = scraped(operator, 0)
        now = operator.clock.now()
        ledger.suppress(ledger_of(operator), address, kind="address", reason="asked", origin="test", now=now)
    else:
        rules = {"min_followers": 10**9}
    operator.clock.forward(seconds=60)
    with operator.app(route(**rules)) as app:
        (step,) = app.settle(app.configuration.routes)
    assert step.found.became == {("held", change): 1}
    assert states(operator.sync_one(route(**rules))) == {"held": 1}
    assert operator.calls("leads/add") == 1
    assert operator.people() == []


def test_what_the_first_of_two_calls_created_is_ours(make_operator, retold, states):
    """Two answers did not explain it, and it stands there since the first call: delivered, no duplicate."""
    operator = make_operator("First", leads=1)
    operator.sandbox.world.instantly.habits.lookup_lag = 20 * 60.0
    silent = retold(operator, "/leads/add", _without_a_word)
    for _ in range(2):
        assert states(operator.sync_one(transport=silent)) == {"ready": 1}
        operator.clock.forward(minutes=5)
    operator.clock.forward(minutes=30)
    report = operator.sync_one()
    assert states(report) == {"delivered": 1}
    assert operator.calls("leads/add") == 3
    assert len(operator.people()) == 1


def _without_a_word(answer):
    counters = {name: 0 for name in answer if name.endswith(("_leads", "_count")) or name == "in_blocklist"}
    return answer | counters | {"leads_uploaded": 0, "created_leads": []}


# --------------------------------------------------------------------------------------------------- before each call


def test_the_same_name_for_another_campaign_blocks(make_operator):
    """A target that was deleted and made again under its old name is not filled before a person has confirmed it."""
    operator = make_operator("First", "Second", leads=2)
    operator.sync(limit=2)
    instantly = operator.sandbox.world.instantly
    instantly.campaigns.remove(operator.target())
    instantly.add_campaign("Fitness Q4", 1, operator.clock.now())
    report = operator.sync_one()
    assert report.status == "blocked"
    assert "now means another campaign" in report.error
    assert operator.people() == []


@pytest.mark.parametrize("path", ["/api/campaigns/*/leads", "*/plan-details"])
def test_a_run_that_lost_its_route_sends_nothing_and_is_ended(make_operator, ledger_of, path):
    """Lost while it read, or before its claim: the run is busy, also in the list of runs, and nothing went out."""
    operator = make_operator("First", leads=3)
    db = ledger_of(operator)

    def steal(_request):
        take_the_route_over(db)
        return False

    operator.sandbox.faults.add("delay", path=path, when=steal)
    assert operator.sync_one().status == "busy"
    assert operator.calls("leads/add") == 0
    assert [run.status for run in ledger.past_runs(db)] == ["busy"]


def test_a_run_that_lost_its_route_after_the_claim_sends_nothing(make_operator, ledger_of, monkeypatch):
    """The guard before the call itself has the last word."""
    operator = make_operator("First", leads=3)
    db, claim = ledger_of(operator), ledger.claim

    def claim_and_lose(*args, **options):
        batch = claim(*args, **options)
        take_the_route_over(db)
        return batch

    monkeypatch.setattr(ledger, "claim", claim_and_lose)
    assert operator.sync_one().status == "busy"
    assert operator.calls("leads/add") == 0


@pytest.mark.parametrize(("room", "calls"), [(0, 0), (2, 1)])
def test_no_more_is_sent_than_the_plan_holds(make_operator, states, room, calls):
    """A plan that is full, or becomes full, stops the route before a call that could not create anybody."""
    operator = make_operator("First", leads=5)
    operator.sandbox.world.instantly.lead_limit = room
    report = operator.sync_one()
    assert report.status == "blocked"
    assert f"{5 - room} leads stay ready" in report.error
    assert states(report) == {state: count for state, count in {"delivered": room, "ready": 5 - room}.items() if count}
    assert operator.calls("leads/add") == calls


def test_lone_refusals_beside_an_answered_batch_are_refused(make_operator, states):
    """A target that took others in the same run means it: more than twenty it does not take stop the route, refused."""
    operator = make_operator("First", leads=60)
    bad = [address.encode() for address in scraped(operator, *range(30, 60))]
    operator.sandbox.faults.add(
        "status", code=400, path="*/leads/add", when=lambda request: any(one in request.body for one in bad)
    )
    report = operator.sync_one()
    assert report.status == "blocked"
    assert states(report) == {"delivered": 30, "refused": 21, "ready": 9}
    operator.assert_promises()
