"""A target that was deleted while leads were in doubt, and a ledger that was: no one waits, no one is taken twice."""

import pytest

from bridge import ledger
from bridge.operations.retry import Wanted
from bridge.sync.report import overall
from tests.harness import route

OTHER = "Scravio inbox"


def lose_an_answer(operator, *, commit, **options):
    rule = operator.sandbox.faults.add("cut", path="*/leads/add", commit=commit, times=1)
    report = operator.sync_one(**options)
    operator.sandbox.faults.remove(rule)
    assert report.tally.states["in_doubt"]


def delete_target(operator):
    workspace, target = operator.sandbox.world.instantly, operator.target()
    for person in list(workspace.people(target.id)):
        workspace.remove_person(person)
    workspace.campaigns.remove(target)


def states(report):
    return {state: count for state, count in report.tally.states.items() if count}


def remote_ids(operator):
    db = ledger.Database(operator.database_url)
    with db.read() as connection:
        found = connection.exec_driver_sql("SELECT remote_id FROM delivery").scalars().all()
    db.close()
    return set(found)


# ------------------------------------------------------------------------------------------------ a deleted target


@pytest.mark.parametrize("commit", [False, True], ids=["not done", "done"])
def test_doubt_in_a_deleted_target_does_not_block_its_route(operator, commit):
    """The doubts fail and keep their claims, everyone else goes to the target that is named now: partial, exit 3."""
    lose_an_answer(operator, commit=commit, limit=4)
    delete_target(operator)
    report = operator.sync_one(route(ref=OTHER, kind="list"))
    assert (states(report), report.error) == ({"failed": 4, "delivered": 6}, "")
    assert report.tally.reasons == {"target_gone": 4, "created": 6}
    assert (report.status, overall([report])) == ("partial", ("partial", 3))
    assert len(operator.people(OTHER)) == 6
    assert states(operator.sync_one(route(ref=OTHER, kind="list"))) == {"failed": 4, "delivered": 6}
    operator.assert_promises()


def test_a_failed_claim_keeps_the_person_from_other_routes(operator):
    """Whether they were reached is not known: another route of the workspace must not take them over."""
    lose_an_answer(operator, commit=True, limit=4)
    delete_target(operator)
    operator.sync_one(route(ref=OTHER, kind="list"))
    report = operator.sync_one(route("second", ref=OTHER, kind="list"))
    assert (report.tally.states["delivered"], report.tally.reasons["duplicate_of"]) == (0, 10)


def test_retry_takes_who_was_given_up_to_the_new_target(operator):
    """`leadbridge retry` is the person who says that they may go after all."""
    lose_an_answer(operator, commit=False, limit=4)
    delete_target(operator)
    now = route(ref=OTHER, kind="list")
    operator.sync_one(now)
    with operator.app(now) as app:
        (step,) = app.retry(app.configuration.routes, Wanted())
    assert step.found.ready == 4
    assert states(operator.sync_one(now)) == {"delivered": 10}
    assert len(operator.people(OTHER)) == 10
    operator.assert_promises()


def test_a_route_that_still_names_the_deleted_target_is_blocked(operator):
    """The doubts are given up, the others stay ready: they cannot go to what is not there."""
    lose_an_answer(operator, commit=False, limit=4)
    delete_target(operator)
    report = operator.sync_one()
    assert (report.status, states(report)) == ("blocked", {"failed": 4, "ready": 6})
    assert "does not exist" in report.error


# ------------------------------------------------------------------------------------------------- a deleted ledger


def test_a_second_ledger_delivers_no_one_again(operator, tmp_path):
    """The ledger is gone and everything is synced again within the minute: all duplicates, none called delivered."""
    operator.sync()
    operator.clock.forward(seconds=20)
    operator.database_url = f"sqlite:///{tmp_path / 'anew.db'}"
    report = operator.sync_one()
    assert (report.status, states(report), report.sent) == ("ok", {"duplicate": 10}, 0)
    assert report.tally.reasons == {"in_target": 10}


def test_a_lost_call_that_is_found_only_by_the_second_is_ours(operator):
    """Done, but shown by no lookup until it was called again: delivered, with the vendor's id, and no one is twice."""
    operator.sandbox.world.instantly.habits.lookup_lag = 60.0
    lose_an_answer(operator, commit=True)
    operator.clock.forward(seconds=31)
    with operator.app(route()) as app:
        (step,) = app.settle(app.configuration.routes)
    assert step.found.became == {("ready", "absent"): 10}
    operator.clock.forward(seconds=31)
    report = operator.sync_one()
    assert (report.status, states(report)) == ("ok", {"delivered": 10})
    assert remote_ids(operator) == {one.id for one in operator.sandbox.world.instantly.people(operator.target().id)}
