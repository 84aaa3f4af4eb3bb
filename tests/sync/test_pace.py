"""The pace of a route: how many leads go, which go first, and what is said of those that wait."""

import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random
from threading import Barrier

import httpx
import pytest
import sqlalchemy as sa

from bridge import preview
from bridge.ledger.core import gates
from bridge.ledger.sql import rows
from bridge.ledger.tables.events import VendorEventRow
from bridge.model import Pace, Source
from bridge.operations import promote
from bridge.sandbox.instantly import life
from bridge.sync import Catalogue
from tests.conftest import LONG
from tests.harness import START, Operator, good_world, quick_pauses, route
from tests.sync.conftest import Retold
from tests.sync.test_clients import ACME, BETA, Agency, of


class Answering(Retold):
    """Answers on one path with this status and body, on all others as the sandbox does."""

    def __init__(self, operator, path, status, body):
        super().__init__(operator, path, lambda reported: reported)
        self._status, self._body = status, body

    def handle_request(self, request):
        if request.url.path.endswith(self._path):
            return httpx.Response(self._status, content=json.dumps(self._body))
        return super().handle_request(request)


def paced(name="fitness", **pace):
    return replace(route(name), pace=Pace(**pace))


def test_no_more_leads_of_the_route_go_in_a_day_than_per_day(make_operator):
    """Ten leads at four a day: four, none more on that day, four, two; every one of them is accounted for."""
    operator, one = make_operator("Fitness creators"), paced(per_day=4, timezone="America/New_York")
    sent = []
    for hours in (0, 1, 16, 24):  # START is noon UTC: New York's next day begins at five
        operator.clock.forward(hours=hours)
        report = operator.sync_one(one)
        waiting = report.tally.reasons.get("paced", 0)
        assert report.status == "ok"
        assert report.tally.states["ready"] == waiting == 10 - len(operator.people())
        sent.append(report.sent)
    assert sent == [4, 0, 4, 2]
    operator.assert_promises()


@pytest.mark.parametrize("lost", [True, False])
def test_a_lead_whose_answer_was_lost_counts_as_gone(make_operator, lost):
    """A call that is lost after it took effect uses the day up, and one that did not reach the target uses nothing."""
    operator, one = make_operator("Fitness creators"), paced(per_day=6)
    operator.sandbox.faults.add("cut", vendor="instantly", path="*/leads/add", commit=lost, times=1)
    operator.sync_one(one)
    for _ in range(3):
        operator.clock.forward(minutes=10)
        operator.sync_one(one)
    assert len(operator.people()) == 6
    operator.assert_promises()


def test_duplicates_use_nothing_of_the_day(make_operator):
    """Of ten leads five are in the target already: the others go, up to the limit of the day."""
    operator = make_operator("Fitness creators")
    for number in range(5):
        address = operator.world.scravio.campaigns[0].lead(number).row["email"]
        operator.sandbox.world.instantly.add_person(operator.target(), address, START)
    report = operator.sync_one(paced(per_day=4))
    assert (report.sent, report.tally.states["duplicate"], report.tally.states["ready"]) == (4, 5, 1)


def test_a_removed_pace_leaves_no_trace(make_operator):
    """Without `pace` the next run sends the rest, and no lead says that it waits."""
    operator = make_operator("Fitness creators")
    operator.sync_one(paced(per_day=4))
    report = operator.sync(route(), limit=2)[0]
    assert (report.sent, dict(report.tally.reasons)) == (2, {"created": 6, "ok": 4})
    assert operator.sync_one(route()).sent == 4


def test_the_newest_campaign_goes_first(make_operator):
    """With order = "newest" the leads of the latest source campaign go before those of the others."""
    operator = make_operator("Old", "New", leads=5)
    operator.sync_one(paced(per_day=5, order="newest"))
    newest = max(operator.world.scravio.campaigns, key=lambda one: one.facts["createdAt"])
    assert operator.people() == sorted(newest.lead(number).row["email"].lower() for number in range(5))


# ------------------------------------------------------------------------------------------- what the senders can start


def every_day(operator, *, limit=4, **settings):
    """Let the campaign send so many mails on every day of the week."""
    days = {str(day): True for day in range(7)}
    hours = {"name": "x", "timing": {"from": "00:00", "to": "23:59"}, "days": days, "timezone": "Etc/GMT+12"}
    schedule = {"campaign_schedule": {"schedules": [hours]}, "daily_limit": limit}
    operator.target().settings |= schedule | settings


def test_only_those_go_that_the_senders_can_start_in_time(make_operator):
    """Four mails a day and two days ahead: eight leads; as soon as four were written to, four more."""
    operator, one = make_operator("Fitness creators", leads=20), paced(ahead=2)
    every_day(operator)
    assert [operator.sync_one(one).sent for _ in range(2)] == [8, 0]
    operator.clock.forward(days=1)
    operator.target().contacted = 4
    report = operator.sync_one(one)
    assert (report.sent, report.pace["queue"], report.pace["days"]) == (4, 8, 2)
    assert report.pace["why"] == "its senders can start 8 people within 2 days, and 8 wait there"
    assert dict(report.tally.reasons) == {"created": 12, "paced": 8}
    operator.assert_promises()


@pytest.mark.parametrize("lag", [0, 86_400])
def test_counts_that_lag_let_no_lead_too_many_go(make_operator, lag):
    """Analytics that do not show what was just added: the ledger knows it."""
    operator, one = make_operator("Fitness creators", leads=20), paced(ahead=2)
    every_day(operator)
    reported = []

    def retold(rows):
        for row in rows:
            reported.append(row["leads_count"])
            row["leads_count"] = 0 if lag else row["leads_count"]
        return rows

    for _ in range(3):
        with_lag = Retold(operator, "/campaigns/analytics", retold)
        operator.sync_one(one, transport=with_lag)
        operator.clock.forward(minutes=20)
    assert reported == [0, 8, 8]
    assert len(operator.people()) == 8


@pytest.mark.parametrize("shown", [True, False])
def test_promoted_leads_count_in_what_waits_there(make_operator, shown):
    """A lead was sent, five were promoted, of eight places: two more go, whether the vendor's counts show it or not."""
    operator, one = make_operator("First", "Second", leads=10), paced(ahead=2)
    one = replace(one, source=Source(title=("Second",)))
    staged = replace(route("inbox", ref="Scravio inbox", kind="list"), source=Source(title=("First",)))
    every_day(operator)
    operator.sync_one(staged)
    assert operator.sync_one(one, limit=1).sent == 1
    reported = Retold(
        operator, "/analytics", lambda rows: [row | ({} if shown else {"leads_count": 0}) for row in rows]
    )
    with operator.app(staged, one) as app:
        found = promote.look(app.resources(), "default", "Scravio inbox", "Fitness Q4")
        assert promote.promote(app.resources(), found, limit=5).moved == 5
    assert [operator.sync_one(one, transport=reported).sent for _ in range(2)] == [2, 0]
    assert len(operator.people()) == 8
    operator.assert_promises()


def test_leads_of_a_move_that_has_not_ended_count_too(make_operator):
    """The job is at work for long: its leads take their places in the campaign already."""
    operator, one = make_operator("First", "Second", leads=10), paced(ahead=2)
    one = replace(one, source=Source(title=("Second",)))
    staged = replace(route("inbox", ref="Scravio inbox", kind="list"), source=Source(title=("First",)))
    every_day(operator)
    operator.sync_one(staged)
    operator.sandbox.world.instantly.habits.job_seconds = 86_400.0
    with operator.app(staged, one) as app:
        found = promote.look(app.resources(), "default", "Scravio inbox", "Fitness Q4")
        assert promote.promote(app.resources(), found, limit=6).open == 6
    assert operator.sync_one(one).sent == 2


def test_routes_into_one_target_share_it_fairly(make_operator):
    """The one that had less lately goes first, in whatever order they run; then each gets half of what is free."""
    operator = make_operator("First", "Second", leads=16)
    every_day(operator, limit=10)
    one = replace(paced("one", ahead=1), source=Source(title=("First",)))
    two = replace(paced("two", ahead=1), source=Source(title=("Second",)))
    with operator.app(one, two) as app:
        app.sync([replace(two, pace=Pace(per_day=4))])
        operator.target().contacted = 4
        operator.clock.forward(hours=2)
        assert [report.sent for report in app.sync((one, two))] == [7, 3]
        operator.target().contacted = 14
        operator.clock.forward(days=1, minutes=1)
        reports = app.sync((one, two))
    assert [report.sent for report in reports] == [5, 5]
    assert reports[0].pace["why"].endswith("2 routes share it")
    operator.assert_promises()


@pytest.mark.parametrize(
    ("path", "answer", "status"),
    [
        ("/accounts", (403, {"message": "Forbidden"}), "blocked"),
        ("/campaigns/analytics", (401, {"message": "Unauthorized"}), "blocked"),
        ("/campaigns/analytics/daily", (200, {"oops": True}), "blocked"),
        ("/campaigns/analytics", (200, [{"leads_count": -3}]), "ok"),
    ],
)
def test_a_capacity_that_cannot_be_read_sends_nothing(make_operator, path, answer, status):
    """A denied or absurd read: one sentence, every lead stays ready with a reason, and nothing is sent by guess."""
    operator = make_operator("Fitness creators")
    every_day(operator)
    report = operator.sync_one(paced(ahead=2), transport=Answering(operator, path, *answer))
    if status == "ok":  # the leads of the campaign are counted one by one then
        assert (report.status, report.sent) == ("ok", 8)
        return
    assert (report.status, report.sent, dict(report.tally.reasons)) == (status, 0, {"paced": 10})
    assert report.error.startswith("How many leads can be started is not known (pace.ahead), so none is sent: ")
    assert "pace.per_day" in report.hint
    assert operator.sync_one(paced(ahead=2)).sent == 8


# ------------------------------------------------------------------------------------------------------ which go first


def test_leads_whose_validation_would_expire_in_the_queue_go_first(make_operator):
    """The last lead was validated 88 days ago: it goes before nine others; what would expire all the same is said."""
    operator, one = make_operator("Fitness creators"), paced(per_day=2)
    leads = [operator.world.scravio.campaigns[0].lead(number) for number in range(10)]
    leads[9].validate("valid", START - timedelta(days=88))
    report = operator.sync_one(one)
    assert leads[9].row["email"].lower() in operator.people()
    assert not report.warnings
    for lead in leads[4:9]:
        lead.validate("valid", START - timedelta(days=88))
    operator.clock.forward(days=1)
    operator.world.scravio.campaigns[0].facts["updatedAt"] = operator.clock.now().isoformat()
    report = operator.sync_one(one)
    assert report.pace["expiring"] == 1  # two of the five go now, two tomorrow
    assert "1 of the leads that wait for the pace lose their validation" in " ".join(report.warnings)


_SOURCES = """
    SELECT c.title, d.id, d.address FROM delivery d JOIN lead l ON l.id = d.lead_id
    JOIN campaign c ON c.no = l.campaign_no WHERE d.state = 'delivered' ORDER BY d.id
"""


def by_source(db):
    """The delivered leads, by the title of their campaign."""
    with db.read() as connection:
        found = rows(connection, _SOURCES)
    return {title: [row["id"] for row in found if row["title"] == title] for title in ("Loved", "Ignored")}


def test_the_best_source_gets_most_and_none_starves(make_operator, ledger_of):
    """All replied to one source, none to the other: it gets most of the next thirty, by a seed that is recorded."""
    operator = make_operator("Loved", "Ignored", leads=60)
    for source in ("Loved", "Ignored"):
        operator.sync_one(replace(paced(per_day=20), source=Source(title=(source,))))
        operator.clock.forward(days=1)
    db = ledger_of(operator)
    before = by_source(db)
    kinds = {"Loved": ("contacted", "replied"), "Ignored": ("contacted",)}
    events = [
        {"delivery_id": number, "kind": kind, "route_no": 1}
        for title, numbers in before.items()
        for number in numbers
        for kind in kinds[title]
    ]
    with db.engine.begin() as connection:
        connection.execute(sa.insert(VendorEventRow.__table__), events)
    report = operator.sync_one(paced(per_day=30, order="best"))
    gone = {title: len(numbers) - len(before[title]) for title, numbers in by_source(db).items()}
    assert report.pace["seed"] == "fitness#2"
    assert gone == {"Loved": 29, "Ignored": 1}  # lead 59 of the route goes in turn


# ------------------------------------------------------------------------------------------------- what stays as it was

GOLDEN = [
    *("GET /api/auth/me", "GET /api/campaigns", "GET /api/campaigns/C/leads", "GET /api/campaigns/C"),
    *("GET /api/v2/workspaces/current", "GET /api/v2/campaigns"),
    *("GET /api/v2/workspace-billing/plan-details", "GET /api/v2/block-lists-entries", "POST /api/v2/leads/add"),
]


def test_without_a_pace_everything_is_as_before(make_operator):
    """The requests of a sync, word for word, and no statement of the pace: an unset `pace` costs nothing."""
    operator, asked, statements = make_operator("Fitness creators"), [], []

    class Noting(Retold):
        def handle_request(self, request):
            asked.append(f"{request.method} {re.sub('/[0-9a-f-]{24,36}', '/C', request.url.path)}")
            return super().handle_request(request)

    with operator.app(route(), transport=Noting(operator, "-", dict)) as app:
        sa.event.listen(app.db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        (report,) = app.sync(app.configuration.routes)
    assert asked == GOLDEN
    assert "pace" not in report.document()
    of_the_pace = [one for one in statements if "paced" in one and "not_before >" not in one]
    assert not [one for one in statements if "'sending', 'in_doubt', 'delivered'" in one] + of_the_pace


def queue_of(said):
    """What is said of the queue; the sentences about the target count what the vendor shows just then."""
    return {**said, "target": said["target"] and {**said["target"], "arithmetic": None}}


def test_the_preview_says_what_a_paced_sync_does(make_operator):
    """Routes that share a target, by day, capacity and best source: the preview's numbers are those of the sync."""
    operator = make_operator("First", "Second", leads=12)
    every_day(operator, limit=5)
    routes = [
        replace(paced("one", ahead=2), source=Source(title=("First",))),
        replace(paced("two", ahead=2, order="best", per_day=4), source=Source(title=("Second",))),
        replace(paced("three", per_day=2, order="newest"), source=Source(title=("Second",))),
    ]
    for _ in range(3):
        with operator.app(*routes) as app:
            foreseen = preview.run(app, app.configuration.routes, 1)
            operator.clock.forward(seconds=1)
            reports = app.sync(app.configuration.routes)
        assert [one.would_be_taken for one in foreseen] == [one.sent for one in reports]
        assert [queue_of(one.pace) for one in foreseen] == [queue_of(one.pace) for one in reports]
        operator.target().contacted += 5
        operator.clock.forward(days=1)
    operator.assert_promises()


@pytest.fixture
def agency(tmp_path):
    shared = Operator(f"sqlite:///{tmp_path}/bridge.db", good_world("First", "Second", leads=8))
    return Agency(shared, shared)


def test_new_routes_share_from_their_first_run_on(make_operator):
    """The part of a route that has never run waits for it; once it has run, it only gets what it needs."""
    operator = make_operator("First", "Second", leads=12)
    every_day(operator, limit=5)
    one, two = (
        replace(paced(name, ahead=2), source=Source(title=(title,)))
        for name, title in (("one", "First"), ("two", "None"))
    )
    with operator.app(one, two) as app:
        foreseen = preview.run(app, app.configuration.routes, 1)
        assert [one.would_be_taken for one in foreseen] == [5, 0]
        assert [report.sent for report in app.sync((one, two))] == [5, 0]
        operator.clock.forward(minutes=1)
        assert [report.sent for report in app.sync((one, two))] == [5, 0]
    operator.assert_promises()


def test_clients_that_share_a_workspace_share_its_capacity(agency, tmp_path):
    """Two clients' routes into one campaign: half each, and together no more than its senders can start."""
    every_day(agency.acme, limit=2)
    sources = (Source(title=("First",)), Source(title=("Second",)))
    routes = [
        replace(of(client), shared=True, pace=Pace(ahead=2), source=source)
        for client, source in zip((ACME, BETA), sources, strict=True)
    ]
    with agency.app(tmp_path, *routes) as app:
        app.sync([replace(route, pace=Pace(per_day=1)) for route in routes])
        agency.acme.target().contacted = 2
        agency.acme.clock.forward(days=1)
        reports = app.sync(routes)
    assert [report.sent for report in reports] == [2, 2]
    agency.acme.assert_promises()


def test_two_claims_at_once_pass_a_gate_together_no_more_often(make_operator):
    """Routes into one target whose claims overlap: the transaction that claims counts, so the limit holds."""
    operator = make_operator("First", "Second", leads=12)
    every_day(operator, limit=6)
    one = replace(paced("one", ahead=1), source=Source(title=("First",)))
    # Named by its id: neither route knows yet that the other one has the same target.
    two = replace(paced("two", ahead=1), source=Source(title=("Second",)))
    two = replace(two, target=replace(two.target, ref=operator.target().id))
    with operator.app(one, two) as app:
        barrier, reading = Barrier(2, timeout=20), gates.Gate

        def meet(*given, **more):
            made = reading(*given, **more)
            if given[3] == 0:
                barrier.wait()  # both have read the capacity before either claims
            return made

        with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as threads:
            patch.setattr("bridge.sync.pacing.Gate", meet)
            list(threads.map(lambda each: app.run(each, Catalogue(app.of("default").source)), (one, two)))
    assert len(operator.people()) == 6
    operator.assert_promises()


def test_a_living_campaign_starts_every_lead_in_time(make_operator):
    """Two mails to a person, workdays alone, ten mails a day: over two weeks no lead waits in the target for long."""
    operator = make_operator("Fitness creators", leads=60)
    campaign, workspace = operator.target(), operator.sandbox.world.instantly
    campaign.steps, campaign.delays = (("Hi", "Hello"), ("Again", "Hello")), (2,)
    every_day(operator, limit=10)
    workdays = {str(day): day not in {0, 6} for day in range(7)}
    campaign.settings["campaign_schedule"]["schedules"][0] |= {"days": workdays, "timezone": "Europe/Belgrade"}
    life.begin(workspace, operator.clock.now())
    for _ in range(12):
        assert operator.sync_one(paced(ahead=2)).status == "ok"
        operator.clock.forward(days=1)
    added = {person.email: person.created for person in workspace.people(campaign.id)}
    started = {one.email: one.at for one in workspace.events if one.kind == "email_sent" and one.first}
    assert len(started) > 20
    assert max(at - added[email] for email, at in started.items()) < timedelta(days=2, hours=12)


@pytest.mark.parametrize("seed", range(12 if LONG else 1))
def test_no_history_of_faults_exceeds_the_day(make_operator, seed):
    """Lost answers, refusals, silences and stops at chance, many runs a day: the vendor never created too many."""
    dice, one = Random(seed), paced(per_day=4)
    operator = make_operator("First", "Second", leads=14)
    created = Counter()
    for _ in range(18):
        kind, commit = dice.choice([("cut", True), ("cut", False), ("status", False), ("", False)])
        if kind:
            more = {"code": dice.choice([429, 500, 402])} if kind == "status" else {}
            operator.sandbox.faults.add(kind, vendor="instantly", path="*/leads/add", commit=commit, times=1, **more)
        before = set(operator.people())
        with quick_pauses(1):
            operator.sync_one(one, limit=dice.choice([None, 1, 3]))
        created[operator.clock.now().date()] += len(set(operator.people()) - before)
        operator.clock.forward(hours=dice.choice([0, 1, 7, 20]), seconds=31)
    assert len(created) > 2
    assert max(created.values()) <= 4
    operator.assert_promises()
