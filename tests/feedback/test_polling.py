"""A round of polling: what it learns, what it costs, and what follows from it."""

from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from bridge.daemon.feedback import FeedbackRounds
from bridge.ledger.people import suppressions
from bridge.model import EventKind, Feedback
from bridge.sandbox.instantly.happening import happen
from tests.feedback.test_bad_answers import Retelling

ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def unjudged(listed):
    """Mails that do not say how they were judged."""
    return listed | {"items": [mail | {"i_status": None} for mail in listed["items"]]}


def test_a_round_learns_what_became_of_the_leads(loop):
    """Bounces, opt-outs, replies and the answer of a machine: each once; the first two are not contacted again."""
    loop.deliver("fitness", 8)
    loop.happen("fitness", range(8), "email_sent")
    loop.happen("fitness", [0], "email_bounced")
    loop.happen("fitness", [1], "lead_unsubscribed")
    loop.happen("fitness", [2], "reply_received", text="Yes, please!")
    loop.happen("fitness", [3], "reply_received", automatic=True)
    heard = loop.one()
    assert heard.document() == {
        "route": "fitness",
        "client": "default",
        "status": "ok",
        "events": {"contacted": 8, "replied": 1, "auto_replied": 1, "bounced": 1, "unsubscribed": 1},
        "suppressed": 2,
        "requests": heard.requests,
        "error": None,
        "hint": None,
        "others": 0,
        "notes": [],
    }
    assert heard.requests == loop.calls()
    assert loop.suppressed("fitness") == [0, 1]
    assert loop.events("fitness")[3] == {EventKind.CONTACTED, EventKind.AUTO_REPLIED}
    again = loop.one().document()
    assert (again["events"], again["suppressed"]) == ({}, 0)
    with loop.db.read() as connection:
        assert "please" not in str(connection.exec_driver_sql("SELECT * FROM vendor_event").all())


@ONLY_SQLITE
def test_nothing_new_over_a_hundred_campaigns_costs_three_requests_at_most(loop):
    """One read of the analytics says that nothing moved."""
    for number in range(100):
        loop.deliver(f"route {number}", 1)
    loop.happen("route 7", [0], "email_sent")
    loop.round()
    heard = loop.round()
    assert loop.calls() <= 3
    assert sum(one.requests for one in heard) == loop.calls()
    assert len(heard) == 100


def test_what_changed_is_read_at_the_lowest_price(loop):
    """1,500 delivered leads with 20 % reactions: at most 1.2 times the pages of 100 that the changes fill."""
    for name in ("fitness", "yoga"):
        loop.deliver(name, 750)
        loop.happen(name, range(750), "email_sent")
    loop.round()
    loop.happen("fitness", range(200), "reply_received")
    loop.happen("yoga", range(100), "email_bounced")
    heard = loop.round()
    assert heard[0].events[EventKind.REPLIED] == 200
    assert heard[1].events[EventKind.BOUNCED] == 100
    fewest = 1 + 2 + 1  # the analytics, and the pages of replies and bounces
    assert loop.calls() <= 1.2 * fewest + 1  # and once an hour how the replies were judged
    loop.happen("yoga", [100], "email_bounced")
    loop.round()
    assert loop.calls() == 1 + 1


@ONLY_SQLITE
def test_few_changes_in_many_campaigns_are_one_page(loop):
    """What moved in many campaigns at once is listed at once; where strangers crowd the workspace, one by one."""
    names = [f"route {number}" for number in range(6)]
    for name in names:
        loop.deliver(name, 3)
    loop.round()
    for name in names:
        loop.happen(name, [0], "email_bounced")
    loop.round()
    assert (loop.calls(), [loop.suppressed(name) for name in names]) == (2, [[0]] * 6)
    crowd = loop.vendor.add_campaign("of others", 1, loop.operator.clock.now())
    at = loop.operator.clock.now()
    for number in range(700):
        happen(loop.vendor, loop.vendor.add_person(crowd, f"p{number}@others.example", at), "email_bounced", at)
    for name in names:
        loop.happen(name, [1], "email_bounced")
    loop.round()
    assert [loop.suppressed(name) for name in names] == [[0, 1]] * 6
    for name in names:
        loop.happen(name, [2], "email_bounced")
    loop.round()
    assert (loop.calls(), [loop.suppressed(name) for name in names]) == (1 + 6, [[0, 1, 2]] * 6)


@ONLY_SQLITE
def test_a_listing_of_mails_that_has_to_end_goes_on_where_it_was(loop, monkeypatch):
    """One page a round here: each mail is read once, the rounds say that more wait, and the count is explained."""
    monkeypatch.setattr("bridge.destinations.instantly.inbox.MOST_A_MINUTE", 1)
    loop.deliver("fitness", 250)
    loop.happen("fitness", range(250), "email_sent")
    loop.one()
    loop.happen("fitness", range(250), "reply_received")
    heard = [loop.one() for _ in range(3)]
    assert [one.events[EventKind.REPLIED] for one in heard] == [100, 100, 50]
    assert [any("More mails wait" in note for note in one.notes) for one in heard] == [True, True, False]
    loop.one()
    assert loop.calls("emails") == 0


@ONLY_SQLITE
def test_a_good_answer_is_found_among_the_replies(loop):
    """Four listings are spared where mails or a look at the leads explain it; one that is set by hand is listed."""
    loop.deliver("fitness", 5)
    loop.happen("fitness", range(5), "email_sent")
    loop.one()
    for index, how in enumerate(({}, {"transport": Retelling(loop, "/emails", unjudged)})):
        loop.happen("fitness", [index], "reply_received")
        loop.happen("fitness", [index], "lead_meeting_booked")
        loop.one(**how)
        assert loop.calls() == 2 + index  # the analytics, the mails; a look, where these do not say how it was judged
        assert EventKind.MEETING in loop.events("fitness")[index]
        loop.one()
        assert loop.calls() == 1
    loop.happen("fitness", [2], "lead_interested")
    heard = [loop.one().events[EventKind.INTERESTED] for _ in range(2)]
    assert heard == [0, 1]


def test_who_is_not_interested_is_left_alone_once_it_was_seen_twice(loop):
    """One read of the lead may be a mistake; a second round confirms it, and so does the inbox."""
    loop.deliver("fitness", 3)
    loop.happen("fitness", range(3), "email_sent")
    loop.happen("fitness", [0, 1], "reply_received")
    loop.happen("fitness", [1], "lead_not_interested")

    first = loop.one(transport=Retelling(loop, "/emails", unjudged))
    assert (first.events[EventKind.NOT_INTERESTED], first.suppressed) == (1, 0)
    assert loop.one().suppressed == 1
    assert loop.suppressed("fitness") == [1]


def test_each_route_says_what_follows(loop):
    """A route that only notes bounces suppresses no one; one that says so suppresses anyone who replied."""
    loop.deliver("noting", 2, feedback=Feedback(on_bounce="note", on_reply="suppress"))
    loop.deliver("default", 2)
    for name in ("noting", "default"):
        loop.happen(name, [0], "email_bounced")
        loop.happen(name, [1], "reply_received")
    loop.round()
    assert (loop.suppressed("noting"), loop.suppressed("default")) == ([1], [0])


def test_an_operator_who_lifts_a_suppression_is_not_overruled(loop):
    """The same bounce is reported again and again, and has no second consequence."""
    loop.deliver("fitness", 2)
    loop.happen("fitness", [0], "email_bounced")
    loop.one()
    (entry,) = suppressions.entries_about(loop.db, loop.leads["fitness"][0].email)
    assert (entry.origin, entry.reason[:28]) == ("instantly:bounced", "bounced on 2026-11-20, route")
    suppressions.remove(loop.db, entry.value)
    loop.operator.clock.forward(days=2)
    for _ in range(3):
        loop.one()
    assert loop.suppressed("fitness") == []


def test_the_daily_look_finds_what_nothing_announced(loop):
    """An interest that was set by hand moves no count: within a day every lead was looked at."""
    loop.deliver("fitness", 250, feedback=Feedback(full=timedelta(hours=1)))
    loop.happen("fitness", range(250), "email_sent")
    loop.one()
    loop.happen("fitness", [0, 249], "lead_not_interested")
    for _ in range(10):
        loop.one()
    assert loop.suppressed("fitness") == [0, 249]


def test_a_lead_that_was_moved_by_hand_is_still_ours(loop):
    """It stands in another campaign under its id, opts out there, and is suppressed."""
    loop.deliver("fitness", 2, feedback=Feedback(full=timedelta(minutes=20)))
    loop.one()
    other = loop.vendor.add_campaign("by hand", 1, loop.operator.clock.now())
    person = loop.vendor.person(loop.leads["fitness"][0].id)
    loop.vendor.change_person(person, place=other.id)
    loop.happen("fitness", [0], "lead_unsubscribed")
    for _ in range(3):
        loop.one()
    assert loop.suppressed("fitness") == [0]


def test_the_leads_of_a_retired_route_are_asked_about(loop):
    """Its entry is gone from bridge.toml: an opt-out suppresses all the same, and the daemon asks too."""
    loop.deliver("fitness", 2)
    loop.deliver("yoga", 2)
    loop.routes.pop(0)
    loop.happen("fitness", [1], "lead_unsubscribed")
    with loop.operator.app(*loop.routes) as app:
        (retired,) = app.retired()
        rounds = FeedbackRounds(app, Event())
        assert rounds.due() == []
        loop.operator.clock.forward(minutes=15)
        due = rounds.due()
        assert {route.name for route in due} == {"fitness", "yoga"}
        heard = app.feedback(due)
    assert {one.route: one.suppressed for one in heard} == {"fitness": 1, "yoga": 0}
    assert loop.suppressed("fitness") == [1]
    never = [replace(loop.routes[0], feedback=Feedback(every=None))]
    with loop.operator.app(*never) as app:
        assert [route.feedback.every for route in app.retired()] == [None]
    with loop.operator.app(*loop.routes, settings=replace(loop.operator.settings, vendors={})) as app:
        (skipped,) = app.feedback([retired])
    assert (skipped.status, "INSTANTLY_API_KEY is not set" in skipped.notes[0]) == ("skipped", True)
