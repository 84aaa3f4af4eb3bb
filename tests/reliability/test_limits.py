"""Limits slow a run down and never break it: 429, Retry-After, a budget for each request, waits left to the ledger."""

import re
import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridge.api import Throttle
from bridge.config.vendors import INSTANTLY
from bridge.ledger import Database
from bridge.model import Source
from bridge.sync.report import overall
from tests.harness import quick_pauses, route
from tests.reliability.rewritten import Rewritten, no_room_reported

ADD = "*/leads/add"
ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what happens on the wire alone."""


class SleepingStop(threading.Event):
    """No one asks to stop: a pause that would end early then is slept."""

    def wait(self, timeout=None):
        time.sleep(timeout)
        return False


@pytest.fixture
def simulated(monkeypatch, operator):
    """Sleeping moves this process's clock instead of taking time; what a retry waited is in the list."""
    slept, real = [], time.monotonic

    def sleep(seconds):
        slept.append(seconds)

    def monotonic():
        return real() + sum(slept)

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(time, "monotonic", monotonic)
    # The throttle's defaults were taken from `time` before this test began.
    monkeypatch.setattr(Throttle.__init__, "__kwdefaults__", {"clock": monotonic, "sleep": sleep})
    operator.stop_signal = SleepingStop
    return slept


def when_asked(operator, path):
    """Notes the moment of each request whose path matches."""
    moments = []

    def note(request):
        if re.search(path, request.path):
            moments.append(time.monotonic())
        return False

    operator.sandbox.faults.add("delay", when=note)
    return moments


@ONLY_SQLITE
@pytest.mark.parametrize("terms", [{"retry_after": 1}, {"retry_after": "date", "seconds": 1}], ids=["seconds", "date"])
@pytest.mark.parametrize("path", ["/leads/add", "/leads/list", "/api/auth/me"])
def test_retry_after_is_kept_in_either_form(make_operator, fault, states, terms, path):
    """For reads and for writes: the next attempt comes when the vendor said, and the run ends well."""
    operator = make_operator(leads=3)
    source, instantly = operator.sandbox.world.scravio.campaign("Fitness creators"), operator.sandbox.world.instantly
    instantly.add_person(operator.target("Scravio inbox"), source.lead(0).row["email"], operator.clock.now())
    moments = when_asked(operator, path)
    with fault(operator, "status", f"*{path}", times=1, code=429, **terms):
        report = operator.sync_one()
    assert states(report) == {"delivered": 2, "duplicate": 1}
    # A date has whole seconds: one second from now may be one that ends in a moment.
    least = 0.9 if terms["retry_after"] == 1 else 0
    assert least <= moments[1] - moments[0] < 3


@ONLY_SQLITE
@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/auth/me", 503),
        ("/api/auth/me", 429),
        ("/workspaces/current", 503),
        ("/leads/add", 429),  # a 503 to a write is not repeated at all: test_lost_answers
    ],
)
def test_one_request_is_given_up_after_a_minute(operator, fault, simulated, path, code):
    """A budget in attempts and in time; then the run ends, says so, and everything is where it was."""
    moments = when_asked(operator, path)
    with fault(operator, "status", f"*{path}", code=code):
        report = operator.sync_one()
    assert 3 <= len(moments) <= 16
    assert moments[-1] - moments[0] < 66  # within the minute it was decided to pause once more, for at most 5 s
    assert (report.status, overall([report])) == ("failed", ("failed", 1))
    assert report.tally.states["ready"] == report.tally.known
    assert operator.sync_one().tally.states["delivered"] == 10


@ONLY_SQLITE
def test_a_wait_longer_than_the_budget_is_not_slept(operator, fault, states, simulated):
    """Retry-After: 3600 is an hour: the run gives up at once instead of holding its lease for an hour."""
    with fault(operator, "status", ADD, code=429, retry_after=3600):
        report = operator.sync_one()
    assert (report.status, states(report)) == ("failed", {"ready": 10})
    assert operator.calls("leads/add") == 1
    assert sum(simulated) < 60
    assert states(operator.sync_one()) == {"delivered": 10}


@ONLY_SQLITE
def test_no_other_request_sleeps_through_a_long_wait(make_operator, fault, simulated):
    """The vendor closed the key for an hour on the first route: the second is not held for an hour to find that out."""
    operator = make_operator("First", "Second")
    routes = [route(title, source=Source(title=(title,))) for title in ("First", "Second")]
    with fault(operator, "status", ADD, code=429, retry_after=3600):
        reports = operator.sync(*routes)
    assert [report.status for report in reports] == ["failed", "failed"]
    assert re.search(r"for 3[56]\d\d s more", reports[1].error)
    assert sum(simulated) < 60
    assert operator.calls("leads/add") == 1


@ONLY_SQLITE
@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize("path", ["*/plan-details", "*/workspaces/current"])
def test_no_write_follows_a_wait_that_is_too_long(operator, fault, states, simulated, path, code):
    """Named to a read that only advises: it is neither slept through nor followed by a write, whatever the status."""
    with fault(operator, "status", path, code=code, retry_after=3600):
        report = operator.sync_one()
    assert (report.status, states(report)) == ("failed", {"ready": 10})
    assert operator.calls("leads/add") == 0
    assert sum(simulated) < 60
    assert states(operator.sync_one()) == {"delivered": 10}


@ONLY_SQLITE
def test_a_429_slows_the_key_down_and_answers_win_the_pace_back(operator, fault):
    """The throttle of the key halves its pace at each 429 and recovers with the answers that follow."""
    with operator.app(route()) as app, quick_pauses(attempts=5):
        throttle = app.client(INSTANTLY)._throttle
        paces = []
        operator.sandbox.faults.add(
            "delay", vendor="instantly", when=lambda _request: paces.append(throttle.pace) or False
        )
        operator.sandbox.faults.add("status", path="*/workspaces/current", code=429, times=3)
        app.sync(app.configuration.routes)
    assert paces[:4] == [1, 0.5, 0.25, 0.125]
    assert paces[3:] == sorted(paces[3:])
    assert throttle.pace > 0.125


@pytest.mark.usefixtures("quick_retries")
def test_a_workspace_whose_limit_others_use_up_loses_and_doubles_no_one(make_operator, states):
    """Another tool leaves us four requests a minute: several runs, no one lost, no one twice."""
    operator = make_operator("First", "Second")
    operator.sandbox.world.instantly.habits.per_minute = 4
    operator.sandbox.world.scravio.habits.per_minute = 4
    for _ in range(6):
        report = operator.sync_one()
        operator.clock.forward(minutes=2)
    assert states(report) == {"delivered": 20}
    operator.assert_promises()


@pytest.mark.usefixtures("quick_retries")
def test_a_lead_that_no_one_explains_waits_in_its_row(make_operator, states):
    """Long waits are data: attempts and `not_before` stand in the ledger, no process sleeps, and five are enough."""
    operator = make_operator(leads=3)
    operator.sandbox.world.instantly.lead_limit = 0
    transport = Rewritten(operator.sandbox, add=no_room_reported, plan_details=no_room_reported)
    waits = []
    for attempt in range(1, 6):
        report = operator.sync_one(transport=transport)
        attempts, wait = waiting(operator)
        assert (attempts, operator.clock.slept) == (attempt, [])
        posts = operator.calls("leads/add")
        assert states(operator.sync_one(transport=transport)) == states(report)
        assert operator.calls("leads/add") == posts
        waits.append(wait)
        operator.clock.forward(seconds=wait)
    assert waits == [60, 240, 960, 3840, 0]
    assert (report.status, states(report)) == ("partial", {"failed": 3})
    assert report.tally.reasons == {"attempts_spent": 3}


@pytest.mark.parametrize("ahead", [40, -40])
@pytest.mark.usefixtures("quick_retries")
def test_a_lead_that_no_one_explains_waits_by_the_ledgers_clock(make_operator, ahead):
    """A second host, 40 s off, offers it again when its minute is over by the ledger, no sooner and no later."""
    operator = make_operator(leads=3)
    operator.sandbox.world.instantly.lead_limit = 0
    transport = Rewritten(operator.sandbox, add=no_room_reported, plan_details=no_room_reported)
    operator.sync_one(transport=transport)
    operator.clock_is_wrong_by = timedelta(seconds=ahead)
    posts = []
    for seconds in (30, 29, 2):
        operator.clock.forward(seconds=seconds)
        operator.sync_one(transport=transport)
        posts.append(operator.calls("leads/add"))
    assert posts == [posts[0], posts[0], posts[0] + 1]


def waiting(operator):
    """Attempts of the leads, and for how many seconds from now they wait; the same for all of them."""
    db = Database(operator.database_url)
    with db.read() as connection:
        ((attempts, not_before),) = connection.execute(sa.text("SELECT DISTINCT attempts, not_before FROM delivery"))
    db.close()
    return attempts, max(0, not_before / 1000 - operator.clock.now().timestamp())
