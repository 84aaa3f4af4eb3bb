"""A route that bridge.toml no longer names strands no one: any sync settles its doubts, by target."""

import httpx
import pytest

from bridge import ledger
from bridge.ledger.core import leases
from bridge.ledger.core.holders import Holder
from tests.harness import route

OLD, NEW = route("old"), route("new")
OTHER = route("new", ref="Scravio inbox", kind="list")

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = pytest.mark.usefixtures("quick_retries")


class Killed(BaseException):
    """The process ends here, whatever it was doing."""


class Door(httpx.BaseTransport):
    """The sandbox, but for requests to `path` after the first `after`: `spoil` answers those.

    With `reached` they arrive all the same.
    """

    def __init__(self, operator, path, spoil, *, reached=False, after=0):
        self._inner = operator.sandbox.transport()
        self._path, self._spoil, self._reached, self._left = path, spoil, reached, after

    def handle_request(self, request):
        if not request.url.path.endswith(self._path) or self._left > 0:
            self._left -= request.url.path.endswith(self._path)
            return self._inner.handle_request(request)
        if self._reached:
            self._inner.handle_request(request).read()
        return self._spoil(request)


def killed(_request):
    raise Killed


def without_a_word(_request):
    """A whole answer that says nothing of anybody."""
    return httpx.Response(200, json={"status": "success", "total_sent": 10, "leads_uploaded": 0, "created_leads": []})


@pytest.fixture
def operator(make_operator):
    return make_operator("Fitness creators")


def lose_an_answer(operator, asked=OLD, *, commit, **options):
    rule = operator.sandbox.faults.add("cut", path="*/leads/add", commit=commit)
    assert operator.sync_one(asked, **options).tally.states["in_doubt"]
    operator.sandbox.faults.remove(rule)


def states(operator, name):
    db = ledger.Database(operator.database_url)
    tally = ledger.tally(db, ledger.route_names(db)[name])
    db.close()
    assert tally.known == sum(tally.states.values())
    return {state: count for state, count in tally.states.items() if count}


def reasons(operator, name):
    db = ledger.Database(operator.database_url)
    tally = ledger.tally(db, ledger.route_names(db)[name])
    db.close()
    return dict(tally.reasons)


# ------------------------------------------------------------------------------------------------------ a renamed route


def test_a_call_that_was_lost_before_a_rename_strands_no_one(operator):
    """Not done: the old route's claims are freed once that is certain, and the same sync of the new one delivers."""
    lose_an_answer(operator, commit=False)
    first = operator.sync_one(NEW)
    assert (first.status, states(operator, "new")) == ("partial", {"held": 10})
    assert 'Route "old", which is no longer in bridge.toml, has 10 leads in doubt' in first.warnings[-1]
    operator.clock.forward(seconds=31)
    second = operator.sync_one(NEW)
    assert (second.status, second.sent, states(operator, "new")) == ("ok", 10, {"delivered": 10})
    assert reasons(operator, "old") == {"route_retired": 10}
    for _ in range(2):
        assert operator.sync_one(NEW).sent == 0
    assert len(operator.people()) == 10
    operator.assert_promises()


def test_a_call_that_was_done_before_a_rename_counts(operator):
    """Done: the old route's leads are delivered, and keep their people from the new one."""
    lose_an_answer(operator, commit=True)
    assert operator.sync_one(NEW).status == "ok"
    assert (states(operator, "old"), reasons(operator, "new")) == ({"delivered": 10}, {"duplicate_of": 10})
    assert operator.calls("POST", "leads/add") == 1
    operator.assert_promises()


@pytest.mark.parametrize("target", [NEW, OTHER], ids=["same target", "other target"])
@pytest.mark.parametrize("reached", [False, True], ids=["not done", "done"])
@sqlite_only
def test_a_process_that_ended_in_its_call_before_a_rename_strands_no_one(operator, target, reached):
    """What it left sending is looked up in the target that the delivery remembers, wherever the new route delivers."""
    with pytest.raises(Killed):
        operator.sync(OLD, transport=Door(operator, "/leads/add", killed, reached=reached))
    assert states(operator, "old") == {"sending": 10}
    operator.sync(target)
    operator.clock.forward(seconds=31)
    operator.sync(target)
    expected = ({"delivered": 10}, {"held": 10}) if reached else ({"held": 10}, {"delivered": 10})
    assert (states(operator, "old"), states(operator, "new")) == expected
    assert len(operator.people(target.target.ref)) == (0 if reached and target is OTHER else 10)
    operator.assert_promises()


@pytest.mark.parametrize("reached", [False, True], ids=["not done", "done"])
def test_what_no_one_explained_before_a_rename_is_looked_up(operator, reached):
    """Ready after a call, with a claim that no sync would ever use: delivered if it shows, freed if it does not."""
    operator.sandbox.world.instantly.habits.lookup_lag = 20.0
    silent = Door(operator, "/leads/add", without_a_word, reached=reached)
    assert operator.sync_one(OLD, transport=silent).tally.reasons == {"unexplained": 10}
    operator.sync(NEW)
    assert states(operator, "old") == {"in_doubt": 10}
    operator.clock.forward(seconds=31)
    operator.sync(NEW)
    expected = ({"delivered": 10}, {"held": 10}) if reached else ({"held": 10}, {"delivered": 10})
    assert (states(operator, "old"), states(operator, "new")) == expected
    assert len(operator.people()) == 10
    operator.assert_promises()


@sqlite_only
def test_renamed_twice_and_lost_twice(operator):
    """Each name's doubts are settled, whatever stands in between, and everyone is delivered once."""
    lose_an_answer(operator, commit=False, limit=4)
    operator.clock.forward(seconds=31)
    lose_an_answer(operator, route("middle"), commit=False)
    operator.clock.forward(seconds=31)
    assert operator.sync_one(NEW).sent == 10
    assert (states(operator, "old"), states(operator, "middle")) == ({"held": 4, "ready": 6}, {"held": 10})
    operator.assert_promises()


@sqlite_only
def test_a_settled_row_that_was_not_sent_again_before_a_rename_is_freed(operator):
    """Settled as ready by `settle`, with its claim: a rename before the next sync must not strand it either."""
    lose_an_answer(operator, commit=False)
    operator.clock.forward(seconds=31)
    with operator.app(OLD) as app:
        (step,) = app.settle([OLD])
    assert step.found.became == {("ready", "absent"): 10}
    assert operator.sync_one(NEW).sent == 10
    operator.assert_promises()


@sqlite_only
def test_a_route_that_comes_back_decides_its_leads_again(operator):
    """Held while its name was gone, ready when it is back, and never sent twice."""
    lose_an_answer(operator, commit=False)
    operator.clock.forward(seconds=31)
    assert operator.sync_one(route("elsewhere", ref="Scravio inbox", kind="list", min_followers=10**9)).sent == 0
    assert reasons(operator, "old") == {"route_retired": 10}
    assert operator.sync_one(OLD).sent == 10
    operator.assert_promises()


# ------------------------------------------------------------------------------------------ other routes, other targets


@sqlite_only
def test_removed_routes_with_different_targets_are_settled_by_any_other(operator):
    """Two routes are removed, each with doubts in its own target; a third, with a third audience, settles both."""
    lose_an_answer(operator, commit=True, limit=4)
    inbox = route("inbox", ref="Scravio inbox", kind="list")
    lose_an_answer(operator, inbox, commit=False)
    operator.clock.forward(seconds=31)
    assert operator.sync_one(route("third", min_followers=10**9)).status == "ok"
    assert (states(operator, "old"), states(operator, "inbox")) == (
        {"delivered": 4, "ready": 6},
        {"held": 10},
    )
    assert operator.people("Scravio inbox") == []


@sqlite_only
def test_another_route_of_the_file_is_settled_too_by_its_own_rules(operator):
    """It is configured and was not run: its doubts are settled, and what did not arrive waits for its own sync."""
    lose_an_answer(operator, commit=False)
    operator.clock.forward(seconds=31)
    with operator.app(OLD, NEW) as app:
        (report,) = app.sync([NEW])
        assert (report.sent, states(operator, "old")) == (0, {"ready": 10})
        (report,) = app.sync([OLD])
    assert report.sent == 10
    operator.assert_promises()


@sqlite_only
def test_a_route_that_changed_its_target_asks_the_former_one(operator):
    """The same name, another target: doubts are asked for where they were sent."""
    lose_an_answer(operator, commit=True, limit=4)
    report = operator.sync_one(route("old", ref="Scravio inbox", kind="list"))
    assert (states(operator, "old"), len(operator.people()), len(operator.people("Scravio inbox"))) == (
        {"delivered": 10},
        4,
        6,
    )
    assert report.status == "ok"


@sqlite_only
def test_a_retired_route_that_someone_works_on_is_left_alone(operator):
    """Its lease is another process's, which settles it: two never settle one row at once."""
    lose_an_answer(operator, commit=True)
    db = ledger.Database(operator.database_url)
    number = ledger.route_names(db)["old"]
    epoch = leases.acquire(db, number, Holder("elsewhere", 1, "1"))
    operator.sync(NEW)
    assert states(operator, "old") == {"in_doubt": 10}
    leases.release(db, number, epoch)
    db.close()
    operator.sync(NEW)
    assert states(operator, "old") == {"delivered": 10}


@pytest.mark.parametrize("question", range(10))
@sqlite_only
def test_a_process_that_ends_while_it_settles_leaves_the_rest_to_the_next(operator, question):
    """Killed at any of its requests: the next syncs go on, and no one is sent twice."""
    lose_an_answer(operator, commit=False)
    operator.clock.forward(seconds=31)
    with pytest.raises(Killed):
        operator.sync(NEW, transport=Door(operator, "", killed, after=question))
    operator.sync(NEW)
    operator.clock.forward(seconds=31)
    operator.sync(NEW)
    assert states(operator, "new") == {"delivered": 10}
    operator.assert_promises()


@pytest.mark.parametrize("terms", [{"kind": "status", "code": 503}, {"kind": "html"}])
@sqlite_only
def test_nothing_is_given_up_in_a_target_that_may_answer_later(operator, terms):
    """It is only down: the operator is asked to run it again, or to add --force, which ends the doubts."""
    lose_an_answer(operator, commit=False)
    db = ledger.Database(operator.database_url)
    (place,) = [one.place for one in ledger.core.unsettled.doubtful_places(db, ["old"])]
    db.close()
    operator.sandbox.faults.add(path="*/leads/list", **terms)
    with operator.app(OLD) as app:
        (step,) = app.give_up([OLD], place)
        assert (step.status, states(operator, "old")) == ("failed", {"in_doubt": 10})
        assert step.error.startswith("Nothing was given up: the target could not be asked just now")
        assert step.hint.endswith("--force")
        (step,) = app.give_up([OLD], place, force=True)
    assert step.found.became == {("failed", "given_up"): 10}
