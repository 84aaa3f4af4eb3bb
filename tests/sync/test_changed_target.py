"""A target that is not the one of before: shown by `sync` and `check`, and refused where only a fault explains it."""

import httpx
import pytest

from bridge import checkup, ledger
from tests.harness import Operator, good_world, route

OTHER = "0190aaaa-0000-7000-8000-00000000beef"


@pytest.fixture
def make_operator(tmp_path):
    """On SQLite alone: what is reported is the point here, not the database."""

    def make(*titles, leads):
        return Operator(f"sqlite:///{tmp_path}/bridge.db", good_world(*titles, leads=leads))

    return make


def findings(operator, *routes):
    with operator.app(*routes) as app:
        return [one for one in checkup.run(app) if one.name.endswith(": target")]


@pytest.mark.parametrize("leads_left", [True, False])
def test_another_workspace_blocks_whatever_is_ready(make_operator, leads_left):
    """The key of another workspace with a campaign of the same name: sync and check refuse, and nothing is sent."""
    operator = make_operator("First", leads=4)
    operator.sync(limit=2 if leads_left else None)
    operator.sandbox.world.instantly.id = OTHER
    operator.forget_calls()
    report = operator.sync_one()
    assert report.status == "blocked"
    assert "another workspace" in report.error
    assert "INSTANTLY_API_KEY" in report.hint
    assert operator.calls("leads/add") == 0
    (found,) = findings(operator, route())
    assert (found.level, found.message, found.config) == ("bad", report.error, False)


def test_a_new_name_in_another_workspace_is_refused_and_an_id_confirms_it(make_operator):
    """Key and name changed at once are refused too; the target's id in bridge.toml says that it is meant."""
    operator = make_operator("First", leads=2)
    operator.sync()
    instantly = operator.sandbox.world.instantly
    instantly.id = OTHER
    moved = instantly.add_campaign("Elsewhere", 1, operator.clock.now())
    assert operator.sync_one(route(ref="Elsewhere")).status == "blocked"
    assert operator.sync_one(route(ref=moved.id)).status == "ok"


def test_no_list_is_created_in_another_workspace(make_operator):
    """`create = true` makes nothing before the workspace was compared."""
    operator = make_operator("First", leads=4)
    made = route(kind="list", ref="Inbox")
    creating = type(made)(made.name, type(made.target)("instantly", "list", "Inbox", create=True))
    operator.sync(creating, limit=2)
    operator.sandbox.world.instantly.id = OTHER
    operator.sandbox.world.instantly.lists.clear()
    assert operator.sync_one(creating).status == "blocked"
    assert operator.sandbox.world.instantly.lists == []


def test_a_changed_target_is_reported_with_what_becomes_of_the_earlier_leads(make_operator):
    """Until the first lead goes there, sync and check say so; afterwards each lead stands under its own target."""
    operator = make_operator("First", leads=4)
    operator.sync(limit=3)
    operator.sandbox.world.instantly.add_campaign("Second", 1, operator.clock.now())
    second = route(ref="Second")
    said = 'is now the campaign "Second". Leads delivered before: 3 to the campaign "Fitness Q4". They stay there, and'
    assert any(f"{said} the route sends none of them again." in one.message for one in findings(operator, second))
    (reported,) = [one for one in operator.sync_one(second).warnings if said in one]
    assert reported.endswith("the route sends none of them again.")
    assert (len(operator.people()), len(operator.people("Second"))) == (3, 1)
    assert not any(said in one for one in operator.sync_one(second).warnings)
    db = ledger.Database(operator.database_url)
    (record,) = [one for one in ledger.views.standing.route_records(db) if one.name == "fitness"]
    db.close()
    assert [(one.place.title, dict(one.states)) for one in record.sent] == [
        ("Fitness Q4", {"delivered": 3}), ("Second", {"delivered": 1}),
    ]  # fmt: skip


def test_a_narrow_dedupe_says_that_people_may_go_again(make_operator):
    """With dedupe = "target" the earlier leads are no reason to leave the same person out of the new target."""
    operator = make_operator("First", leads=2)
    operator.sync(route(dedupe="target"))
    operator.sandbox.world.instantly.add_campaign("Second", 1, operator.clock.now())
    reported = operator.sync_one(route(ref="Second", dedupe="target")).warnings
    assert any('with dedupe = "target", a person who is found again as another lead can go' in one for one in reported)


def test_the_daemon_knows_at_its_start_which_routes_are_blocked(make_operator):
    """What it reports at once is what every run would end with, also of a route that never sent."""
    operator = make_operator("First", leads=2)
    operator.sync(route(), route("other", kind="list", ref="Scravio inbox"))
    operator.sandbox.world.instantly.id = OTHER
    fresh = route("fresh")
    with operator.app(route(), fresh) as app:
        reported = list(checkup.other_targets(app, app.configuration.routes))
    assert [(one.name, "another workspace" in str(error)) for one, error in reported] == [
        ("fitness", True),
        ("fresh", True),
    ]


class Silent(httpx.BaseTransport):
    """The sandbox, but an upload is answered with 200 and not a word of anybody; with `reached` it was done."""

    def __init__(self, operator, *, reached):
        self._inner, self._reached = operator.sandbox.transport(), reached
        operator.sandbox.world.instantly.habits.lookup_lag = 20.0  # or the lookup after the answer would show

    def handle_request(self, request):
        if not request.url.path.endswith("/leads/add"):
            return self._inner.handle_request(request)
        if self._reached:
            self._inner.handle_request(request).read()
        said = {"status": "success", "total_sent": 4, "leads_uploaded": 0, "created_leads": []}
        return httpx.Response(200, json=said)


@pytest.mark.parametrize("dedupe", ["workspace", "target"])
@pytest.mark.parametrize("reached", [False, True], ids=["not done", "done"])
def test_what_no_one_explained_is_asked_for_in_the_former_target(make_operator, states, reached, dedupe):
    """It goes to the new target only where the former one does not have it; whatever `dedupe` is, no one is in both."""
    operator = make_operator("First", leads=4)
    operator.sandbox.world.instantly.add_campaign("Second", 1, operator.clock.now())
    silent = operator.sync_one(route(dedupe=dedupe), transport=Silent(operator, reached=reached))
    assert silent.tally.reasons == {"unexplained": 4}
    operator.clock.forward(minutes=5)
    first = operator.sync_one(route(ref="Second", dedupe=dedupe))
    assert (first.status, states(first), first.tally.reasons) == ("partial", {"in_doubt": 4}, {"asked_before": 4})
    assert states(operator.sync_one(route(ref="Second", dedupe=dedupe))) == {"delivered": 4}
    assert (len(operator.people()), len(operator.people("Second"))) == ((4, 0) if reached else (0, 4))
    operator.assert_promises()


@pytest.mark.parametrize("reached", [False, True], ids=["not done", "done"])
def test_new_rules_free_no_one_whose_target_was_not_asked(make_operator, states, reached):
    """A route that holds them now gives them to another route only after the target was asked."""
    operator = make_operator("First", leads=4)
    operator.sync_one(transport=Silent(operator, reached=reached))
    operator.clock.forward(minutes=5)
    narrow, other = route(min_followers=10**9), route("other", ref="Scravio inbox", kind="list")
    first, second = operator.sync(narrow, other)  # the second asks before it sends
    assert states(first) == {"in_doubt": 4}
    assert states(second) == ({"held": 4} if reached else {"delivered": 4})
    assert states(operator.sync_one(narrow)) == ({"delivered": 4} if reached else {"held": 4})
    operator.assert_promises()
