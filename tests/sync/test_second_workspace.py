"""A ledger that sends into one workspace: no route enters another one by chance, and each can on purpose."""

from dataclasses import replace

import pytest

from bridge import checkup, preview
from bridge.config.settings import Secret
from bridge.errors import Denied
from bridge.hygiene import email
from bridge.preview.sampling import sample
from bridge.sandbox import World
from bridge.sync.run import Watch
from tests.harness import KEYS, Operator, good_world, route, second_workspace

CREATED = route("new", kind="list", ref="Brand new")
CREATED = replace(CREATED, target=replace(CREATED.target, create=True))


@pytest.fixture
def first(tmp_path):
    """On SQLite alone: the rule is the point here, not the database."""
    return Operator(f"sqlite:///{tmp_path}/bridge.db", good_world("First", leads=4))


@pytest.fixture
def second(first):
    """The same leads and the same ledger, with the key of another workspace whose targets have the same names."""
    return Operator(first.database_url, World(first.world.scravio, second_workspace()), first.clock)


@pytest.fixture
def there(second):
    """The id of the second workspace's campaign."""
    return second.target().id


def checked(operator, *routes):
    with operator.app(*routes) as app:
        found = [one for one in checkup.run(app) if one.name.endswith(": target")]
        blocked = [error.message for _, error in checkup.other_targets(app, app.configuration.routes)]
    return found, blocked


@pytest.mark.parametrize(
    "wanted",
    [route("new"), route("new", kind="list", ref="Scravio inbox"), CREATED, route("old", kind="list", ref="Another")],
    ids=["renamed", "another target", "a list to be created", "the bound route's new target"],
)
def test_a_route_that_never_sent_does_not_enter_another_workspace(first, second, wanted):
    """Every verb that meets the target says so in the same words, and nothing is written there."""
    second.world.instantly.add_list("Another", first.clock.now())
    first.sync(route("old"))
    report = second.sync_one(wanted)
    whose = 'route "old"' if wanted.name == "old" else "this ledger"
    ids = (second.world.instantly.id, first.world.instantly.id)
    said = "The key opens another workspace than {} delivers to: {}, and it was {}.".format(whose, *ids)
    assert (report.status, report.error) == ("blocked", said)
    assert report.hint.startswith("Put the right INSTANTLY_API_KEY back. If the move is intended, ")
    (found,), reported_at_start = checked(second, wanted)
    assert (found.level, found.message, reported_at_start) == ("bad", report.error, [report.error])
    with second.app(wanted) as app:
        (foreseen,) = preview.run(app, app.configuration.routes, 0)
        assert (foreseen.error, foreseen.would_be_taken) == (report.error, None)
        if wanted is not CREATED:
            with pytest.raises(Denied, match="another workspace"):
                sample(app, wanted, email.read("me@example.com"))
    assert list(second.world.instantly.people()) == []
    assert second.calls("leads/add") == second.calls("POST", "lead-lists") == 0


def test_a_target_named_by_its_id_enters_on_purpose_and_says_what_that_means(first, second, there):
    """Claims end at the workspace: check, preview and the first sync say that people can be in both."""
    first.sync(route("old"))
    said = "Without dedupe"
    wanted = route("new", ref=there.upper())  # an id is an id in either case
    found, _ = checked(second, wanted)
    assert [one.level for one in found if said in one.message] == ["warn"]
    with second.app(wanted) as app:
        assert any(said in one for one in preview.run(app, app.configuration.routes, 0)[0].warnings)
    report = second.sync_one(wanted)
    assert (report.status, len(second.people())) == ("ok", 4)
    assert [said in one for one in report.warnings] == [True]
    assert second.sync_one(wanted).warnings == ()
    assert first.sync_one(route("old")).status == second.sync_one(route("new")).status == "ok"  # bound: a name will do
    assert first.people() == second.people()


def test_a_name_does_not_say_to_which_of_two_workspaces_a_new_route_belongs(first, second, there):
    """Whichever key it has: a renamed route would deliver to the one what went to the other. Its id shows."""
    first.sync(route("old"))
    second.sync(route("new", ref=there))
    for name, operator in {"renamed": first, "added": second}.items():
        report = operator.sync_one(route(name))
        assert report.status == "blocked"
        assert f"This ledger delivers to several workspaces ({first.world.instantly.id}, " in report.error
        assert operator.target().id in report.hint
        assert operator.sync_one(route(name, ref=operator.target().id)).status == "ok"
    assert (len(first.people()), len(second.people())) == (4, 4)


def test_another_key_of_the_same_workspace_changes_nothing(first):
    """A key that was rotated opens the workspace that the ledger knows, for old, new and renamed routes."""
    first.sync(route("old"), limit=2)
    keys = first.world.instantly.keys
    keys["rotated"] = keys.pop("sandbox-key")
    settings = replace(first.settings, vendors=KEYS | {"INSTANTLY_API_KEY": Secret("rotated")})
    assert first.sync_one(route("old"), limit=1, settings=settings).status == "ok"
    assert first.sync_one(route("renamed"), settings=settings).status == "ok"
    assert len(first.people()) == 4


def test_a_declined_first_push_binds_the_ledger_to_nothing(first, second):
    """Who sees the wrong workspace at the question and says no can put the right key back."""
    with second.app(route()) as app:
        app.watch = Asked(lambda: False)
        assert app.sync([route()])[0].status == "blocked"
    assert first.sync_one(route()).status == "ok"
    assert (len(first.people()), second.people()) == (4, [])


class Asked(Watch):
    """A person who answers the question before the first push."""

    def __init__(self, answer):
        self.answer = answer

    def confirm(self, route, standing, leads):
        return self.answer()


def test_of_two_hosts_with_two_keys_one_is_first(first, second):
    """The other compared while the ledger was empty: what it binds is compared once more, before it sends."""
    with second.app(route("new")) as app:
        app.watch = Asked(lambda: first.sync_one(route("old")).status == "ok")
        (report,) = app.sync([route("new")])
    assert (report.status, second.people()) == ("blocked", [])
    assert "another workspace than this ledger" in report.error


@pytest.mark.parametrize("ref", ["Fitness Q4", "Nowhere"], ids=["same name", "missing"])
def test_forget_deletes_no_one_in_a_workspace_that_is_not_the_ledgers(first, second, ref):
    """Not even with `everywhere`: the person there is another account's. It says what is left."""
    first.sync(route("old"))
    address = first.people()[0]
    second.world.instantly.add_person(second.target(), address, first.clock.now())
    with second.app(route("new", ref=ref)) as app:
        done = app.eraser(asked_by="test", everywhere=True).forget(address)
    assert (done.status, done.deleted) == ("partial", ())
    assert "another workspace" in " ".join(left.why for left in done.left)
    assert address in second.people()
    with first.app(route("old")) as app:
        assert app.eraser(asked_by="test").forget(address).status == "done"
