"""A test lead: posted once to one's own address, known to the ledger, and no delivery of anybody's."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.errors import ConfigProblem
from bridge.hygiene import email
from bridge.model import Fields, Reason, State
from bridge.operations.test_lead import Attempt
from bridge.sandbox.faults import Rule
from tests.harness import route

ME = "me@example.com"


def try_lead(operator, to=ME, *, on=None, **options):
    on = on or route()
    with operator.app(on, **options) as app:
        place = app.destination(on).check().place
        return app.try_lead(on, Attempt(email.read(to), "lead-1", Fields(first_name="Jane"), place))


def trials(operator):
    db = ledger.Database(operator.database_url)
    found = ledger.trials_of_place(db, 1)
    db.close()
    return found


def tally(operator):
    with operator.app(route()) as app:
        number = ledger.route_names(app.db).get("fitness", 0)
        found = ledger.tally(app.db, number)
        return found.known, {state: count for state, count in found.states.items() if count}


def test_it_is_posted_with_the_fields_and_counts_as_nothing(operator):
    """One lead in the target under one's own address; the ledger knows a test lead, and no delivery or claim more."""
    operator.sync()
    before = tally(operator)
    step = try_lead(operator)
    assert (step.status, step.found.state, step.found.posted) == ("ok", State.DELIVERED, True)
    (mine,) = operator.sandbox.world.instantly.of_email(ME)
    assert mine.posted["first_name"] == "Jane"
    assert [(trial.address, trial.state, trial.remote_id) for trial in trials(operator)] == [
        (ME, State.DELIVERED, mine.id)
    ]
    assert tally(operator) == before
    operator.assert_promises()


def test_it_goes_although_one_stands_elsewhere(operator):
    """No skip flag: one's own address is in many campaigns. In the very target it stays as it is, and that is said."""
    workspace = operator.sandbox.world.instantly
    workspace.add_person(workspace.lead_list("Scravio inbox"), ME, operator.clock.now() - timedelta(days=3))
    assert try_lead(operator).found.state is State.DELIVERED
    step = try_lead(operator)
    assert (step.status, step.found.state, step.found.reason) == ("blocked", State.DUPLICATE, Reason.IN_TARGET)
    assert len(workspace.of_email(ME)) == 2


def test_the_first_push_is_still_the_first(operator):
    """A test before the first sync is not that sync's first push, and takes no one's place."""
    try_lead(operator)
    with operator.app(route()) as app:
        assert not ledger.has_pushed(app.db, ledger.route_number(app.db, "fitness"))
    report = operator.sync_one()
    assert report.sent == 10
    assert operator.people() == sorted([*(person for person in operator.people() if person != ME), ME])


def test_reconcile_knows_it(operator):
    """It is no stranger in the target, neither by its id nor, where the answer was lost, by its address."""
    operator.sync()
    try_lead(operator)
    operator.clock.forward(minutes=5)
    with operator.app(route()) as app:
        (step,) = app.reconcile([route()])
    (audit,) = step.found.places
    assert audit.differences == ()
    assert (audit.expected, audit.present, audit.trials) == (10, 10, 1)


@pytest.mark.parametrize(("committed", "state"), [(True, State.DELIVERED), (False, State.FAILED)])
def test_a_lost_answer_is_looked_up_and_never_repeated(operator, committed, state):
    """Found there: it arrived. Not found by two late lookups: it did not, and the next command posts it."""
    operator.sandbox.faults.put(Rule("cut", "instantly", path="*/leads/add", commit=committed, times=1))
    step = try_lead(operator)
    assert step.found.state is state
    assert operator.calls("leads/add") == 1
    assert try_lead(operator).found.state is (State.DUPLICATE if committed else State.DELIVERED)
    assert len(operator.sandbox.world.instantly.of_email(ME)) == 1


def test_what_cannot_be_looked_up_stays_in_doubt_until_it_can(operator):
    """The next command asks before it posts anything, and finds that it is there; until then reconcile knows it."""
    operator.sync()
    operator.sandbox.faults.put(Rule("cut", "instantly", path="*/leads/add", commit=True, times=1))
    operator.sandbox.faults.put(Rule("status", "instantly", path="*/leads/list", code=403, commit=False))
    step = try_lead(operator)
    assert (step.status, step.found.state) == ("partial", State.IN_DOUBT)
    assert "same command again" in step.hint
    operator.sandbox.faults.clear()
    with operator.app(route()) as app:
        operator.clock.forward(minutes=5)
        (audited,) = app.reconcile([route()])
    assert audited.found.differences == 0
    again = try_lead(operator)
    assert (again.status, again.found.state, again.found.posted) == ("ok", State.DELIVERED, False)
    assert operator.calls("leads/add") == 2  # the sync's and the first try's


def test_a_process_that_died_in_the_call_is_asked_about(operator):
    """A row that was left sending is looked up like a lost answer."""
    with operator.app(route()) as app:
        number = ledger.route_number(app.db, "fitness")
        place = app.destination(route()).check().place
        epoch = ledger.core.leases.acquire(app.db, number, ledger.core.holders.myself())
        recording = ledger.Recording(number, epoch, operator.clock.now())
        mine = email.read(ME)
        ledger.begin_trial(app.db, recording, place, mine.value, mine.person, "lead-1", operator.clock.now())
        ledger.core.leases.release(app.db, number, epoch)
    operator.sandbox.world.instantly.add_person(operator.target(), ME, operator.clock.now())
    step = try_lead(operator)
    assert (step.found.state, step.found.posted) == (State.DELIVERED, False)
    assert operator.calls("leads/add") == 0


@pytest.mark.parametrize("code", [401, 402, 403, 404, 400, 429, 503])
def test_a_refusal_posts_nothing_and_is_reported(operator, code, quick_retries):
    """Whatever the answer says, no one is in the target and the trial is closed; an unsure 5xx is looked up."""
    operator.sandbox.faults.put(Rule("status", "instantly", path="*/leads/add", code=code, commit=False))
    step = try_lead(operator)
    assert step.status in {"blocked", "failed"}
    assert operator.people() == []
    assert trials(operator) == []


def test_no_one_else_is_ever_tried_on(operator):
    """An address of a lead of the ledger, in any spelling, and a suppressed one are refused before any call."""
    operator.sync()
    known = operator.people()[0]
    operator.forget_calls()
    with pytest.raises(ConfigProblem, match="belongs to a lead"):
        try_lead(operator, known.upper())
    with operator.app(route()) as app:
        ledger.suppress(app.db, ME, kind="address", reason="", origin="operator", now=operator.clock.now())
    with pytest.raises(ConfigProblem, match="suppressed"):
        try_lead(operator)
    assert operator.calls("leads/add") == 0


def test_a_route_that_is_held_is_busy(operator):
    """While another process works on the route nothing is posted."""
    with operator.app(route()) as app:
        number = ledger.route_number(app.db, "fitness")
        epoch = ledger.core.leases.acquire(app.db, number, ledger.core.holders.myself())
        try:
            step = try_lead(operator)
        finally:
            ledger.core.leases.release(app.db, number, epoch)
    assert step.status == "busy"
    assert operator.calls("leads/add") == 0


@pytest.mark.parametrize("ending", ["done", "not done", "out of reach"])
def test_a_test_lead_in_doubt_of_a_retired_route_is_settled_by_any_sync(operator, ending):
    """Asked for like a delivery; where its target cannot be asked any more it ends, since it holds no claim."""
    operator.sync()
    operator.sandbox.faults.put(Rule("cut", "instantly", path="*/leads/add", commit=ending != "not done", times=1))
    operator.sandbox.faults.put(Rule("status", "instantly", path="*/leads/list", code=403, commit=False))
    assert try_lead(operator).found.state is State.IN_DOUBT
    operator.clock.forward(seconds=31)
    if ending != "out of reach":
        operator.sandbox.faults.clear()
    operator.sync_one(route("renamed", ref="Scravio inbox", kind="list", min_followers=10**9))
    (trial,) = [one for one in all_trials(operator) if one[0] == ME]
    assert trial[1:] == {
        "done": ("settled", "delivered"), "not done": ("settled", "dropped"), "out of reach": ("given_up", ""),
    }[ending]  # fmt: skip


def all_trials(operator):
    """Address, stage and result of every test lead."""
    db = ledger.Database(operator.database_url)
    with db.read() as connection:
        found = connection.execute(
            sa.text("SELECT address, state, result FROM posted_test_lead JOIN intent ON id = intent_id")
        ).all()
    db.close()
    return [tuple(row) for row in found]
