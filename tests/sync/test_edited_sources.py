"""Whatever key of `source` changes, stored campaigns are selected and deselected alike, and no one deselected goes."""

from datetime import timedelta

import pytest

from bridge import ledger, model
from bridge.operations.retry import Wanted
from bridge.sandbox.wire import stamp
from tests.harness import START, route

OLDER, NEWER = START - timedelta(days=9), START - timedelta(days=3)
BETWEEN = START - timedelta(days=5)
ONE, OTHER = "65f000030000000000000000", "65f000030000000100000000"

EITHER = ("fully_completed", "stopped")


def taking(**terms):
    """A source that takes either status unless one is named."""
    return model.Source(**{"status": EITHER, **terms})


# By key of `source`: what takes only the first campaign, and what takes only the second.
KEYS = {
    "q": (taking(q="Fitness"), taking(q="Yoga")),
    "title": (taking(title=("fit*",)), taking(title=("yoga*",))),
    "id": (taking(id=(ONE,)), taking(id=(OTHER,))),
    "type": (taking(type=("INSTAGRAM",)), taking(type=("TIKTOK_HASHTAG",))),
    "status": (taking(status=("fully_completed",)), taking(status=("stopped",))),
    "from and to": (taking(created_to=BETWEEN), taking(created_from=BETWEEN)),
    "q and title": (taking(q="Fitness", title=("fit*",)), taking(title=("yoga*",))),
    "status and q": (taking(status=("fully_completed",)), taking(q="yoga")),
}

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def operator(make_operator):
    """Two campaigns that differ in everything a source can name."""
    operator = make_operator("Fitness creators", "Yoga teachers")
    first, second = operator.sandbox.world.scravio.campaigns
    assert (first.id, second.id) == (ONE, OTHER)
    first.update(createdAt=stamp(OLDER))
    second.update(createdAt=stamp(NEWER), type="TIKTOK_HASHTAG", status="stopped")
    return operator


def people_of(operator, title):
    crowd = operator.sandbox.world.scravio.campaign(title).crowd
    return {crowd.row(index)["email"] for index in range(crowd.size)}


@pytest.mark.parametrize("key", KEYS)
@sqlite_only
def test_a_campaign_that_is_deselected_sends_no_one_any_more(operator, states, key):
    """Three went before the change; the other seven are held as `not_selected`, and ready again when it is undone."""
    before, after = KEYS[key]
    operator.sync_one(route(source=before), limit=3)
    gone = set(operator.people())
    assert gone <= people_of(operator, "Fitness creators")
    report = operator.sync_one(route(source=after))
    assert (states(report), report.tally.reasons["not_selected"]) == ({"delivered": 13, "held": 7}, 7)
    assert set(operator.people()) == gone | people_of(operator, "Yoga teachers")
    assert states(operator.sync_one(route(source=after))) == {"delivered": 13, "held": 7}
    assert states(operator.sync_one(route(source=before))) == {"delivered": 20}
    operator.assert_promises()


def test_the_free_text_that_narrows_mails_no_one_it_deselects(operator, states):
    """q=Fitness with a limit of three, then q=Yoga: seven stay behind; on both databases."""
    operator.sandbox.world.scravio.campaign("Yoga teachers").update(status="fully_completed")
    operator.sync_one(route(source=taking(q="Fitness")), limit=3)
    report = operator.sync_one(route(source=taking(q="Yoga")))
    assert states(report) == {"delivered": 13, "held": 7}
    db = ledger.Database(operator.database_url)
    number = ledger.route_names(db)["fitness"]
    assert [len(ledger.returned(db, number, q)) for q in ("Fitness", "Yoga")] == [0, 1]
    db.close()


@sqlite_only
def test_each_route_remembers_its_own_answer(operator, states):
    """Two routes with texts of their own: what one of them deselects the other may send."""
    operator.sandbox.world.scravio.campaign("Yoga teachers").update(status="fully_completed")
    fitness = route("fitness", source=taking(q="Fitness"))
    operator.sync_one(fitness, limit=3)
    both_now = (route("fitness", source=taking(q="Yoga")), route("other", source=taking(q="Fitness")))
    first, second = operator.sync(*both_now)
    assert (states(first), states(second)) == ({"delivered": 13, "held": 7}, {"delivered": 7, "held": 3})
    operator.assert_promises()


@pytest.mark.usefixtures("quick_retries")
@sqlite_only
def test_doubt_about_a_campaign_that_was_deselected_ends_held(operator, states):
    """What did not arrive is decided by the source of today: not sent again."""
    rule = operator.sandbox.faults.add("cut", path="*/leads/add", commit=False)
    operator.sync_one(route(source=taking(q="Fitness")))
    operator.sandbox.faults.remove(rule)
    operator.clock.forward(seconds=31)
    report = operator.sync_one(route(source=taking(q="nothing like it")))
    assert (states(report), report.tally.reasons) == ({"held": 10}, {"not_selected": 10})
    assert states(operator.sync_one(route(source=taking(q="Fitness")))) == {"delivered": 10}
    operator.assert_promises()


@pytest.mark.parametrize("key", ["q", "title"])
@sqlite_only
def test_a_retry_between_two_edits_strands_no_one(operator, states, key):
    """Put back while its campaign was deselected, and selected again before any sync: it goes."""
    before, after = KEYS[key]
    operator.block(*sorted(people_of(operator, "Fitness creators"))[:2])
    assert operator.sync_one(route(source=before)).tally.states["refused"] == 2
    operator.sandbox.world.instantly.blocked.clear()
    with operator.app(route(source=after)) as app:
        (step,) = app.retry(app.configuration.routes, Wanted(["refused"]))
    assert step.found.held == {"not_selected": 2}
    assert states(operator.sync_one(route(source=before))) == {"delivered": 10}


@sqlite_only
def test_a_campaign_that_scravio_no_longer_returns_for_the_text_is_deselected(operator, states):
    """Renamed at the source, as with `title`: the answer of today counts."""
    operator.sync_one(route(source=taking(q="Fitness")), limit=3)
    operator.sandbox.world.scravio.campaign("Fitness creators").update(title="Old project", inputs={})
    assert states(operator.sync_one(route(source=taking(q="Fitness")))) == {"delivered": 3, "held": 7}
