"""Several things under way at once: batches that leave while leads are read, a few of them side by side."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace

import pytest

from bridge import ledger
from bridge.model import Pace, Source
from bridge.sync import Watch, pushing
from bridge.sync.report import overall
from tests.harness import route
from tests.reliability.rewritten import Rewritten, no_room_reported

BATCH = 5


@contextmanager
def small_batches(operator, *routes, watch=None, **options):
    """The operator's app, with so few leads to a batch that a small world fills many."""
    with operator.app(*(routes or (route(),)), **options) as app:
        app.wiring = replace(app.wiring, largest_batch=BATCH)
        if watch is not None:
            app.watch = watch
        yield app


def run(operator, *routes, limit=None, watch=None, **options):
    with small_batches(operator, *routes, watch=watch, **options) as app:
        (report,) = app.sync(app.configuration.routes, limit=limit)
    return report


class WaitForDelivery(Watch):
    """Lets the second campaign end only when someone was delivered: reading alone would wait in vain."""

    def __init__(self):
        self.went = threading.Event()
        self.campaigns = 0
        self.in_time = None

    def delivered(self, leads):
        self.went.set()

    def swept(self):
        self.campaigns += 1
        if self.campaigns == 2:
            self.in_time = self.went.wait(20)


def test_whole_batches_leave_while_leads_are_still_read(make_operator, states):
    """Someone is delivered before the last campaign is swept, and in the end everyone is."""
    operator, watch = make_operator("First", "Second", "Third", leads=8), WaitForDelivery()
    report = run(operator, watch=watch)
    assert watch.in_time
    assert (report.status, states(report)) == ("ok", {"delivered": 24})
    assert operator.calls("leads/add") == 5  # 24 in whole batches of five, and one last
    operator.assert_promises()


class Asked(Watch):
    """A person who is shown how many would go, and says yes."""

    def __init__(self):
        self.reported = []

    def delivered(self, leads):
        self.reported.append("sent")

    def confirm(self, route, standing, leads):
        self.reported.append(leads)
        return True


def test_before_a_first_push_that_asks_nothing_leaves(make_operator):
    """The question names everyone who would go, and comes first; from then on no one is asked."""
    operator, watch = make_operator("First", "Second", leads=12), Asked()
    assert run(operator, watch=watch).sent == 24
    assert watch.reported[0] == 24
    assert watch.reported[1:] == ["sent"] * 5


def test_the_limit_is_exact_with_several_batches_under_way(make_operator, states):
    """Not one more than was allowed, however many batches go at once."""
    operator = make_operator("First", "Second", leads=30)
    report = run(operator, limit=23)
    assert states(report) == {"delivered": 23, "ready": 37}
    assert report.waiting == 37
    assert run(operator).sent == 37
    operator.assert_promises()


@pytest.mark.parametrize("room", [17, 20, 23])
def test_several_batches_never_ask_for_more_room_than_the_plan_has(make_operator, states, room):
    """A vendor that refuses a batch too large is never given one: as many go as there is room for."""
    operator = make_operator("First", "Second", leads=20)
    operator.sandbox.world.instantly.lead_limit = room
    operator.sandbox.world.instantly.habits.when_full = "402"
    report = run(operator)
    assert (report.status, states(report)) == ("blocked", {"delivered": room, "ready": 40 - room})
    operator.sandbox.world.instantly.lead_limit = 100
    assert states(run(operator)) == {"delivered": 40}
    operator.assert_promises()


def much_room(body):
    """What the plan said before another program filled it."""
    body["subscriptions"]["outreach"]["current_lead_count"] -= 100_000


class Prompt(ThreadPoolExecutor):
    """The scheduler's other choice: a batch has ended before the next one is begun."""

    def submit(self, *work):
        future = super().submit(*work)
        wait([future])
        return future


@pytest.mark.parametrize("threads", [ThreadPoolExecutor, Prompt])
@pytest.mark.parametrize("plan", [no_room_reported, much_room])
def test_the_first_answer_says_that_the_plan_is_full(make_operator, monkeypatch, states, plan, threads):
    """Whatever was known of its room, and however fast the answer came: no second batch is sent, and the run says why.

    Once, under load, the answer was counted before the next batch was begun: six that had come back went again.
    """
    operator = make_operator("First")
    operator.sandbox.world.instantly.lead_limit = 4
    monkeypatch.setattr(pushing, "ThreadPoolExecutor", threads)
    report = operator.sync_one(route(), transport=Rewritten(operator.sandbox, plan_details=plan))
    assert (report.status, states(report)) == ("blocked", {"delivered": 4, "ready": 6})
    assert "6 leads stay ready" in report.error
    assert operator.calls("leads/add") == 1


def last_together(change):
    """An edit of answers to pushes: the first says nothing of the room, `change` edits the next two, which meet."""
    both, asked, one = threading.Barrier(2), [], threading.Lock()

    def edit(body):
        with one:
            asked.append(body)
            number = len(asked)
        if number == 1:
            no_room_reported(body)
        elif number <= 3:
            both.wait(20)
            change(body)

    return edit


@pytest.mark.parametrize(("limit", "ready"), [(None, 4), (12, 12)])
def test_the_last_batches_say_that_the_plan_is_full(make_operator, states, limit, ready):
    """All that is ready, or all that may go, is under way when the plan runs out: the run says why leads came back."""
    operator = make_operator("First", leads=12 if limit is None else 20)
    operator.sandbox.world.instantly.lead_limit = 8
    edits = {"plan_details": much_room, "add": last_together(lambda body: None)}
    # Who is asked sees all leads before any goes: then the last two batches are under way together.
    report = run(operator, limit=limit, watch=Asked(), transport=Rewritten(operator.sandbox, **edits))
    assert (report.status, states(report)) == ("blocked", {"delivered": 8, "ready": ready})
    assert f"{ready} leads stay ready" in report.error
    operator.sandbox.world.instantly.lead_limit = 100
    assert states(run(operator)) == {"delivered": 8 + ready}
    operator.assert_promises()


def test_an_answer_that_explains_nothing_hides_no_full_plan(make_operator, states):
    """One batch says that there is room and leaves a lead unexplained, the other that the plan is full: it is."""
    operator = make_operator("First", leads=12)
    operator.sandbox.world.instantly.lead_limit = 6

    def some_room(body):
        if body["leads_uploaded"]:
            body["remaining_in_plan"] = 7

    edits = {"plan_details": much_room, "add": last_together(some_room)}
    report = run(operator, watch=Asked(), transport=Rewritten(operator.sandbox, **edits))
    assert (report.status, states(report)) == ("blocked", {"delivered": 6, "ready": 6})


@pytest.mark.parametrize("kind", ["campaign", "list"])
def test_a_question_about_the_room_touches_no_target(make_operator, states, kind):
    """A lead is unexplained, and the target is gone by then: nothing is created again, and only that lead stays."""
    operator = make_operator("First", leads=12)
    instantly = operator.sandbox.world.instantly
    wanted = route() if kind == "campaign" else route(ref="New list", kind="list")
    wanted = replace(wanted, target=replace(wanted.target, create=kind == "list"))

    def one_is_missing(body):
        if len(body["created_leads"]) == 2:
            gone = body["created_leads"].pop()["email"]
            body["leads_uploaded"] -= 1
            instantly.remove_person(next(one for one in instantly.people() if one.email == gone))
            if kind == "list":
                instantly.lead_list("New list").name = "Renamed"
            else:
                operator.sandbox.faults.add("status", path="*/campaigns*", code=404)

    transport = Rewritten(operator.sandbox, add=last_together(one_is_missing))
    report = run(operator, wanted, watch=Asked(), transport=transport)
    assert (report.status, states(report)) == ("partial", {"delivered": 11, "ready": 1})
    assert [one.name for one in instantly.lists if one.name == "New list"] == []


class LateSecond(Watch):
    """The second campaign comes when leads of the first have been sent."""

    def __init__(self):
        self.campaigns = self.announced = 0
        self.went = threading.Event()

    def delivering(self, leads):
        self.announced += leads

    def delivered(self, leads):
        self.went.set()

    def sweeping(self, campaign, leads):
        self.campaigns += 1
        if self.campaigns == 2:
            assert self.went.wait(20)


@pytest.mark.parametrize("edits", [{}, {"plan_details": much_room}])
def test_a_full_plan_is_said_with_all_the_leads_that_it_keeps_back(make_operator, states, edits):
    """It runs out while leads are still read: the sentence counts those that come after it too."""
    operator = make_operator("First", "Second", leads=12)
    operator.sandbox.world.instantly.lead_limit = 4
    watch = LateSecond()
    report = run(operator, watch=watch, transport=Rewritten(operator.sandbox, **edits))
    assert (report.status, states(report)) == ("blocked", {"delivered": 4, "ready": 20})
    assert "20 leads stay ready" in report.error
    assert operator.calls("leads/add") == 1
    assert watch.announced < 20  # no lead that came after it is announced as one that goes


def test_a_full_plan_is_mentioned_where_reading_ends_by_an_error(make_operator):
    """The error is what ended the run; that the plan is full stands beside it."""
    operator = make_operator(*(f"Campaign {number}" for number in range(12)), leads=12)
    operator.sandbox.world.instantly.lead_limit = 5
    last_read = operator.sandbox.world.scravio.campaigns[0]
    operator.sandbox.faults.add("status", path=f"*/campaigns/{last_read.id}/*", code=403)
    report = run(operator, watch=LateSecond())
    assert "Scravio does not let this key" in report.error
    assert any("no room for more contacts" in warning for warning in report.warnings)


def test_a_pace_that_closes_when_the_plan_is_just_full_is_what_is_said(make_operator):
    """As many leads as the pace allows went: the others wait for it, and the run is no failure."""
    operator = make_operator("First", leads=12)
    operator.sandbox.world.instantly.lead_limit = 8
    report = run(operator, replace(route(), pace=Pace(per_day=8)), watch=Asked())
    assert (report.status, report.tally.reasons["paced"]) == ("ok", 4)


@pytest.mark.parametrize("committed", [True, False])
def test_a_lost_answer_lets_the_others_end_and_begins_no_more(make_operator, fault, states, committed):
    """One batch is in doubt, those beside it are recorded, no one is left sending; the next run settles it."""
    operator = make_operator("First", "Second", leads=30)
    with fault(operator, "cut", "*/leads/add", commit=committed, nth=3):
        report = run(operator)
    reported = states(report)
    assert (report.status, overall([report])[1]) == ("partial", 3)
    assert (reported["in_doubt"], reported["delivered"] % BATCH, "sending" in reported) == (BATCH, 0, False)
    assert reported["ready"] > 0
    operator.clock.forward(minutes=2)
    assert states(run(operator)) == {"delivered": 60}
    operator.assert_promises()


def test_a_campaign_gone_absurd_stops_the_run_before_anybody_of_a_new_one_leaves(make_operator, states):
    """What was read before is read first: the guard has its say before a batch of another campaign goes."""
    operator = make_operator("Old", "New", leads=30)
    assert run(operator, route(source=Source(title=("Old",)))).sent == 30
    old = next(one for one in operator.sandbox.world.scravio.campaigns if one.facts["title"] == "Old")
    for index in range(30):
        old.lead(index).validate(None)
    old.touch(operator.clock.now())
    report = run(operator)
    assert (report.status, report.sent, states(report)) == ("blocked", 0, {"delivered": 30})


def test_asked_to_stop_no_batch_begins_and_those_under_way_are_recorded(make_operator, states):
    """No one is left sending, and the next run sends the rest."""
    operator = make_operator("First", "Second", leads=40)

    class Stop(Watch):
        def delivered(self, leads):
            app.stop.set()

    with small_batches(operator, watch=Stop()) as app:
        (report,) = app.sync(app.configuration.routes)
    assert set(states(report)) <= {"delivered", "ready"}
    assert 0 < report.sent < 80
    assert states(run(operator)) == {"delivered": 80}
    operator.assert_promises()


def test_a_person_of_two_campaigns_goes_once_though_batches_overlap(make_operator, states):
    """Copies in later campaigns wait for the one that went, whichever batch carried it."""
    operator = make_operator("First", "Second", "Third", leads=20)
    first, *others = operator.sandbox.world.scravio.campaigns
    for other in others:
        for index in range(10):
            other.lead(index).update(email=first.lead(index).row["email"].upper())
    report = run(operator)
    assert states(report) == {"delivered": 40, "held": 20}
    assert report.tally.reasons["duplicate_of"] == 20
    operator.assert_promises()


class SlowSecond(Watch):
    """The second campaign takes a while to come."""

    def __init__(self):
        self.campaigns = 0

    def sweeping(self, campaign, leads):
        self.campaigns += 1
        if self.campaigns == 2:
            threading.Event().wait(0.5)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_leads_that_no_claim_takes_are_not_asked_for_again_and_again(make_operator, states, monkeypatch):
    """While the second campaign is read slowly, those of the first who are blocked cost a claim or two, not 900."""
    operator, claims = make_operator("Younger", "Older", leads=12), []
    first = operator.sandbox.world.scravio.campaign("Older")
    for number in range(12):
        operator.sandbox.world.instantly.block(first.lead(number).row["email"], operator.clock.now())
    claim = ledger.claim
    monkeypatch.setattr(ledger, "claim", lambda *args, **options: claims.append(1) or claim(*args, **options))
    assert states(run(operator, watch=SlowSecond())) == {"held": 12, "delivered": 12}
    assert len(claims) <= 7
