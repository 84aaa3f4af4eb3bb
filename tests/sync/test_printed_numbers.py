"""The numbers that a run shows beside its states: who waits and until when, who is left over, how far it is."""

from datetime import timedelta

import pytest

from bridge import ledger
from bridge.cli.running.sync import show_reports
from bridge.cli.terminal import show
from bridge.sync import Watch
from tests.harness import Operator, good_world, route
from tests.sync.test_doubt import _without_a_word as without_a_word


@pytest.fixture
def make_operator(tmp_path):
    """On SQLite alone: what is reported is the point here, not the database."""

    def make(*titles, leads):
        return Operator(f"sqlite:///{tmp_path}/bridge.db", good_world(*titles, leads=leads))

    return make


@pytest.fixture
def on_both(database_url):
    """Two campaigns on either database, where statements of ours count."""
    return Operator(database_url, good_world("First", "Second", leads=20))


def printed(capsys, *reports):
    show_reports(show.out(), reports)
    return " ".join(capsys.readouterr().out.split())


def test_leads_that_were_not_explained_show_until_when_they_wait(make_operator, retold, capsys):
    """After a 200 that created no one, the next sync does not say that all is done: how many wait, why, how long."""
    operator = make_operator("First", leads=3)
    operator.sandbox.world.instantly.habits.lookup_lag = 20 * 60.0
    operator.sync_one(transport=retold(operator, "/leads/add", without_a_word))
    operator.clock.forward(seconds=5)
    report = operator.sync_one()
    ((wait,),) = [report.waits]
    assert (wait.leads, wait.reason) == (3, "unexplained")
    assert timedelta() < wait.last - operator.clock.now() <= timedelta(minutes=1)
    reported = printed(capsys, report)
    assert "Nothing new" in reported
    assert (
        f"3 leads ready, and wait until {wait.last:%Y-%m-%d %H:%M} UTC: the target accepted the request but did not"
        in reported
    )
    assert report.document()["waiting"] == [wait.document()]
    operator.clock.forward(minutes=40)
    after = operator.sync_one()
    assert (after.tally.states["delivered"], after.waits) == (3, ())


class Counting(Watch):
    """What the progress bar of deliveries would show."""

    total = done = 0

    def delivering(self, leads):
        self.total += leads

    def delivered(self, leads):
        self.done += leads


def doubled(operator):
    """Half of the second campaign are people of the first, and some are at one domain."""
    first, second = operator.world.scravio.campaigns
    for slot in range(0, 20, 2):
        second.lead(slot).update(email=first.lead(slot).row["email"])
    for slot in range(1, 9):
        second.lead(slot).update(email=f"person{slot}@studio.example")


@pytest.mark.parametrize("limit", [None, 15])
def test_the_bar_ends_where_it_said(make_operator, limit):
    """Duplicates and people over a cap are no part of what is delivered: the bar ends at its total."""
    operator = make_operator("First", "Second", leads=20)
    doubled(operator)
    watch = Counting()
    with operator.app(route(), route("other")) as app:
        app.watch = watch
        app.sync(app.configuration.routes, limit=limit)
    assert watch.total == watch.done > 0


def test_a_limit_counts_those_who_would_go(on_both, capsys):
    """Who is left over after --limit is counted by the claim's own look: the next sync offers as many, and no more."""
    operator = on_both
    doubled(operator)
    report = operator.sync_one(limit=5)
    show_reports(show.out(), [report], 5)
    assert f"At most {report.waiting:,} more wait because of --limit 5" in " ".join(capsys.readouterr().out.split())
    rest = operator.sync_one()
    assert report.waiting == rest.sent < report.tally.states["ready"]


def test_status_counts_who_may_go(on_both):
    """Of the ready leads `status` shows at most how many would go: never fewer than the next sync takes."""
    operator = on_both
    doubled(operator)
    (report, _) = operator.sync(route(), route("other"), limit=5)
    db = ledger.Database(operator.database_url)
    scopes = ledger.views.standing.bindings(db)[ledger.route_names(db)["fitness"]][route().target.key]
    reported = ledger.views.standing.may_go(
        db, "fitness", [f"instantly:{scopes.workspace}:campaign:{scopes.id}"], exact=False, cap=3
    )
    db.close()
    assert operator.sync_one().sent <= reported < report.tally.states["ready"]
