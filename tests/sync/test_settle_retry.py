"""The single steps: settle turns doubt into certainty and no more; retry puts back in line what was given up."""

from datetime import timedelta

import pytest

from bridge import ledger
from bridge.ledger.core.outcomes import MOST_ATTEMPTS
from bridge.ledger.views import stories
from bridge.model import State
from bridge.operations.retry import Wanted
from tests.harness import route

REFUSED = Wanted([State.REFUSED])


def settle(operator, *routes):
    with operator.app(*(routes or (route(),))) as app:
        (step,) = app.settle(app.configuration.routes)
    return step


def retry(operator, wanted=None, *routes):
    with operator.app(*(routes or (route(),))) as app:
        (step,) = app.retry(app.configuration.routes, wanted or Wanted())
    return step


def lose_an_answer(operator, *, commit, **options):
    rule = operator.sandbox.faults.add("cut", path="*/leads/add", commit=commit, times=1)
    report = operator.sync_one(**options)
    operator.sandbox.faults.remove(rule)
    assert report.tally.states["in_doubt"]


def states(operator, name="fitness"):
    db = ledger.Database(operator.database_url)
    tally = ledger.tally(db, ledger.route_names(db)[name])
    db.close()
    assert tally.known == sum(tally.states.values())
    return {state: count for state, count in tally.states.items() if count}


def block(operator, *addresses):
    operator.block(*addresses)


def unblock_all(operator):
    operator.sandbox.world.instantly.blocked.clear()


def suppress(operator, address):
    db = ledger.Database(operator.database_url)
    ledger.suppress(db, address, kind="email", reason="asked", origin="test", now=operator.clock.now())
    db.close()


def scraped(operator, index):
    return operator.sandbox.world.scravio.campaign("Fitness creators").lead(index).row["email"]


# ---------------------------------------------------------------------------------------------------------- settle


def test_a_lost_answer_is_settled_without_a_sync(operator):
    """What our lost call created is delivered; Scravio is not asked, nothing is posted."""
    lose_an_answer(operator, commit=True)
    operator.forget_calls()
    step = settle(operator)
    assert (step.status, step.found.became, step.found.left) == ("ok", {("delivered", "created"): 10}, 0)
    assert step.found.ask_at is None
    assert operator.calls("scravio") == operator.calls("leads/add") == 0
    operator.assert_promises()


def test_what_did_not_arrive_is_ready_and_not_sent(operator):
    """Absent counts once it is old enough and two lookups agree; then it is ready, and waits for a sync."""
    lose_an_answer(operator, commit=False)
    lost_at = operator.clock.now()
    step = settle(operator)
    assert (step.status, step.found.became, step.found.left) == ("partial", {}, 10)
    assert step.found.ask_at == lost_at.replace(microsecond=0) + timedelta(seconds=30)
    operator.clock.moment = step.found.ask_at
    step = settle(operator)
    assert (step.status, step.found.became) == ("ok", {("ready", "absent"): 10})
    assert operator.people() == []
    assert operator.sync_one().sent == 10
    operator.assert_promises()


def test_nothing_in_doubt_asks_no_one(operator):
    """Without doubts settle costs no request."""
    operator.sync()
    operator.forget_calls()
    step = settle(operator)
    assert (step.status, step.found.became, step.found.left) == ("ok", {}, 0)
    assert operator.calls("") == 0


@pytest.mark.usefixtures("quick_retries")
def test_a_target_that_does_not_answer_leaves_the_doubts(operator):
    """A lookup that fails is reported; every doubt stays, with when to ask again."""
    lose_an_answer(operator, commit=True)
    operator.sandbox.faults.add("status", path="*/leads/list", code=503)
    step = settle(operator)
    assert (step.status, step.found.left) == ("failed", 10)
    assert step.error
    assert states(operator) == {"in_doubt": 10}


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_learnt_before_a_lookup_failed_is_kept(make_operator):
    """Each answer is recorded before the next question: the third fails, and the first two settled their leads."""
    operator = make_operator("Fitness creators", leads=250)
    lose_an_answer(operator, commit=True)
    operator.sandbox.faults.add("status", path="*/leads/list", code=503, when=_from_the_third())
    step = settle(operator)
    assert (step.status, step.found.became, step.found.left) == ("failed", {("delivered", "created"): 200}, 50)
    operator.assert_promises()


def _from_the_third():
    asked = []

    def fails(request):
        asked.append(request)
        return len(asked) > 2

    return fails


def test_settling_writes_no_run(operator):
    """`runs` keeps showing of whole runs only."""
    operator.sync()
    settle(operator)
    retry(operator)
    db = ledger.Database(operator.database_url)
    assert [run.status for run in ledger.past_runs(db)] == ["ok"]
    db.close()


# ----------------------------------------------------------------------------------------------------------- retry


def refuse_two(operator):
    block(operator, scraped(operator, 0), scraped(operator, 1))
    assert operator.sync_one().tally.states["refused"] == 2


def test_refused_leads_are_put_back_only_when_named(operator):
    """Without --refused they stay; with it they are ready, and the next sync sends them, once."""
    refuse_two(operator)
    unblock_all(operator)
    step = retry(operator)
    assert (step.found.put_back, step.found.left) == (0, {"failed": 0, "refused": 2})
    step = retry(operator, REFUSED)
    assert (step.found.ready, step.found.held, step.found.left["refused"]) == (2, {}, 0)
    assert states(operator) == {"delivered": 8, "ready": 2}
    assert operator.sync_one().sent == 2
    assert len(operator.people()) == 10
    operator.assert_promises()


def test_a_reason_chooses_among_them(operator):
    """--reason takes those alone."""
    refuse_two(operator)
    assert retry(operator, Wanted([State.REFUSED], "invalid_email")).found.put_back == 0
    assert retry(operator, Wanted([State.REFUSED], "blocklist")).found.put_back == 2


def test_what_the_rules_hold_by_now_is_held_and_explained(operator):
    """Suppressed meanwhile, or out of the rules: held, never ready."""
    refuse_two(operator)
    unblock_all(operator)
    suppress(operator, scraped(operator, 0))
    step = retry(operator, REFUSED)
    assert (step.found.ready, step.found.held) == (1, {"suppressed": 1})
    assert states(operator) == {"delivered": 8, "held": 1, "ready": 1}
    assert operator.sync_one().sent == 1
    assert scraped(operator, 0) not in operator.people()


def test_a_refused_lead_does_not_take_its_place_back(make_operator):
    """Its claim passed to another spelling of the person: the retry ends held, and no one is there twice."""
    operator = make_operator("First", "Second", leads=1)
    account = operator.sandbox.world.scravio
    account.campaign("First").lead(0).update(email="jane.doe@gmail.com")
    account.campaign("Second").lead(0).update(email="janedoe+x@gmail.com")
    block(operator, "janedoe+x@gmail.com")
    operator.sync()
    assert states(operator) == {"refused": 1, "delivered": 1}
    unblock_all(operator)
    assert retry(operator, REFUSED).found.ready == 1
    operator.sync()
    assert states(operator) == {"held": 1, "delivered": 1}
    assert operator.people() == ["jane.doe@gmail.com"]
    operator.assert_promises()


def fail_one(operator):
    """A lead that no answer ever explains: its target swallows it without a word."""
    with operator.app(route()) as app:
        app.sync(app.configuration.routes, limit=9)
    operator.sandbox.world.instantly.lead_limit = 9
    for _ in range(MOST_ATTEMPTS):
        operator.sync(transport=_Roomy(operator.sandbox))
        operator.clock.forward(hours=7)
    assert states(operator) == {"delivered": 9, "failed": 1}


def test_a_failed_lead_starts_again(operator):
    """Attempts are forgotten but for one, the claim was kept, and the history says who put it back."""
    fail_one(operator)
    operator.sandbox.world.instantly.lead_limit = 100
    step = retry(operator)
    assert (step.status, step.found.ready, step.found.held) == ("ok", 1, {})
    db = ledger.Database(operator.database_url)
    ids = [one for page in ledger.entries_of_place(db, 1) for one in page if one.state is State.READY]
    numbers = [stored.id for stored in ledger.leads_of(db, [ids[0].id]).values()]
    ((delivery,),) = [story.deliveries for story in stories.lead_stories(db, numbers)]
    db.close()
    assert delivery.attempts == 1
    assert delivery.events[-1].state == "ready"
    assert delivery.events[-1].detail == "put back by `leadbridge retry`; it was failed: attempts_spent"
    assert operator.sync_one().sent == 1
    assert states(operator) == {"delivered": 10}
    operator.assert_promises()


def test_a_failed_lead_that_is_held_gives_its_claim_up(operator):
    """The target is asked first; once it was absent and the rules hold it, another delivery of the person may go."""
    fail_one(operator)
    (failed,) = set(_all_scraped(operator)) - set(operator.people())
    strict = route(min_followers=10**9)
    assert retry(operator, None, strict).found.asked == 1
    assert states(operator) == {"delivered": 9, "in_doubt": 1}
    settle(operator, strict)
    assert states(operator) == {"delivered": 9, "held": 1}
    operator.sandbox.world.instantly.lead_limit = 100
    operator.sync(route("other", ref="Scravio inbox", kind="list"))
    assert operator.people("Scravio inbox") == [failed]


@pytest.mark.parametrize("step", [settle, retry])
def test_a_step_is_busy_beside_a_sync(operator, step):
    """Both need the lease; the one that comes second says who holds it, and does nothing."""
    seen = []

    def meanwhile(_request):
        if not seen:
            seen.append(step(operator))
        return False

    operator.sandbox.faults.add("delay", path="*/leads/add", when=meanwhile)
    assert operator.sync_one().sent == 10
    assert (seen[0].status, seen[0].found) == ("busy", None)


def _all_scraped(operator):
    crowd = operator.sandbox.world.scravio.campaign("Fitness creators").crowd
    return [crowd.row(index)["email"] for index in range(crowd.size)]


class _Roomy:
    """Lies about the room of the plan, so that the last lead is offered again and again without a word of it."""

    def __init__(self, sandbox):
        self.inner = sandbox.transport()

    def handle_request(self, request):
        response = self.inner.handle_request(request)
        body = response.read()
        for field in (b'"remaining_in_plan":0', b'"current_lead_count":9'):
            body = body.replace(field, field.rpartition(b":")[0] + b":1")
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        return type(response)(response.status_code, headers=headers, content=body)

    def close(self):
        self.inner.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
