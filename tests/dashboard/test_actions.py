"""What may be done on the dashboard: asked once more, recorded, and respected by whatever runs."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from bridge import ledger, logs
from bridge.cli.running.trigger import _request
from bridge.config import Settings
from bridge.daemon.web.dashboard import actions
from bridge.daemon.web.health import History, judge
from bridge.errors import BridgeError
from bridge.ledger import operators
from bridge.ledger.core import braking
from bridge.ledger.core.holders import myself
from bridge.ledger.hosts import heartbeats, ticks
from bridge.ledger.views import leads
from bridge.ledger.views.health import portions
from bridge.ledger.views.leads import Filter
from bridge.ledger.views.standing import latest_runs, pauses
from bridge.reports import status
from docs.dashboard_world import ROUTES
from tests.harness import Operator, good_world, route

BRAKED = "65f000070000000100000000"


@pytest.fixture
def here(site):
    made = site()
    made.login()
    return made


def state_of(db, path):
    """Everything that an action could change."""
    with db.read() as connection:
        names = ("route_pause", "tick", "suppression", "brake", "delivery")
        return [connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in names]


ACTIONS = {
    "pause": {"route": "fitness"},
    "resume": {"route": "fitness"},
    "run": {"route": "fitness"},
    "retry": {"route": "fitness", "states": "failed"},
    "release": {"route": "fitness", "campaign": BRAKED},
    "suppress": {"lead": "3"},
    "add": {"values": "competitor.example\nx:jane"},
}


@pytest.mark.parametrize(("name", "fields"), ACTIONS.items())
def test_an_action_is_asked_once_more_and_recorded(here, name, fields):
    """The question changes nothing; the answer does it, and the record says who did what and what came of it."""
    db = here.around.db
    heartbeats.register(db, myself(), [])
    if name == "resume":
        ledger.pause(db, 1, "Ada")
    before = state_of(db, name)
    asked = here.send("/ask/add", **fields) if name == "add" else here.get(f"/act/{name}", params=fields)
    assert asked.status_code == 200
    assert f'action="/act/{name}"' in asked.text
    assert state_of(db, name) == before
    logs.configure(level="INFO")
    with capture_logs() as lines:
        answer = here.send(f"/act/{name}", **fields)
    assert (answer.status_code, "Done" in answer.text) == (200, True)
    (line,) = [one for one in lines if one["event"] == "dashboard action"]
    assert (line["action"], line["who"]) == (name, "Ada (127.0.0.1)")
    if name != "retry":
        assert state_of(db, name) != before
    (record,) = operators.latest(db)
    assert (record.action, record.who, record.route) == (name, "Ada (127.0.0.1)", fields.get("route", ""))
    assert record.outcome
    assert f"<td>{name}</td>" in here.get("/actions").text


@pytest.mark.parametrize("name", ACTIONS)
def test_no_action_without_a_password_a_session_and_a_token(site, name):
    """Neither asked for nor done, and nothing is recorded."""
    open_, closed = site(""), site()
    assert open_.get(f"/act/{name}", params=ACTIONS[name]).status_code == 403
    assert open_.client.post(f"/act/{name}", data=ACTIONS[name]).status_code == 403
    assert closed.client.post(f"/act/{name}", data=ACTIONS[name], follow_redirects=False).status_code == 303
    closed.login()
    assert closed.client.post(f"/act/{name}", data=ACTIONS[name]).status_code == 403
    assert closed.client.post(f"/act/{name}", data={**ACTIONS[name], "csrf": "0" * 64}).status_code == 403
    assert operators.latest(open_.around.db) == operators.latest(closed.around.db) == []


def test_an_action_is_never_done_by_a_link(here):
    """GET of whatever does something only asks, and no page offers to delete, erase or launch."""
    for name, fields in ACTIONS.items():
        assert here.get(f"/act/{name}", params=fields).status_code in (200, 404)
    assert operators.latest(here.around.db) == []
    for name in ("delete", "erase", "forget", "launch", "activate"):
        assert here.get(f"/act/{name}").status_code == 404
        assert here.send(f"/act/{name}").status_code == 404


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("pause", {"route": "nothing"}),
        ("run", {"route": "fitness"}),
        ("release", {"route": "fitness", "campaign": "nothing"}),
        ("suppress", {"lead": "999999"}),
        ("suppress", {"lead": "x"}),
        ("add", {"values": ""}),
        ("add", {"values": "not an address\njane@"}),
    ],
)
def test_what_cannot_be_done_is_said(here, name, fields):
    """An unknown route, no daemon, a campaign that is not stopped, no lead, no address: a sentence, and no change."""
    before = state_of(here.around.db, name)
    answer = here.send(f"/act/{name}", **fields)
    assert (answer.status_code, "Not done" in answer.text) == (409, True)
    assert state_of(here.around.db, name) == before


def test_a_run_that_no_daemon_would_start_is_not_asked_about(here):
    """The page says at once that no daemon runs, and the command that does it instead."""
    asked = here.get("/act/run", params={"route": "fitness"}).text
    assert "No daemon is running" in asked
    assert "leadbridge sync fitness" in asked
    assert "Run it now" not in asked


def test_the_record_holds_no_whole_address(here):
    """What was added is masked there: an erased person must not stay in it."""
    here.send("/act/add", values="jane.doe@studio.example")
    (record,) = operators.latest(here.around.db)
    assert (record.subject, record.outcome.startswith("1 entry added")) == ("j***@studio.example", True)


def test_suppressing_a_lead_holds_every_identity(here):
    """The address and the profile, so that no other route reaches the person another way."""
    db = here.around.db
    (one, *_) = leads.page(db, Filter(("acme/marathon",), state="held"), portions(db)).rows
    here.send("/act/suppress", lead=str(one.number), reason="asked by phone")
    with db.read() as connection:
        found = connection.exec_driver_sql("SELECT kind, reason FROM suppression WHERE origin = 'operator'").all()
    assert {row[0] for row in found} == {"address", "x"}
    assert {row[1] for row in found} == {"asked by phone"}


def test_a_released_brake_lets_its_leads_go(here):
    """As `leadbridge brake release` does, on this route alone."""
    db = here.around.db
    here.send("/act/release", route="fitness", campaign=BRAKED)
    assert braking.stopped(db, []) == []


def test_a_failed_lead_is_queued_again(site):
    """The route offers it; the answer counts the leads, and the others stay as they were."""
    here = site()
    db = here.around.db
    with db.write() as connection:
        some = "SELECT d.id FROM delivery d WHERE d.route_no = 1 AND d.state = 'delivered' ORDER BY d.id LIMIT 2"
        failed = "UPDATE delivery SET state = 'failed', reason = 'attempts_spent', remote_id = ''"
        connection.exec_driver_sql(f"{failed} WHERE id IN ({some})")
    before = status.statuses(db, ROUTES)[0].states
    assert before["failed"] == 2
    here.login()
    assert "/act/retry?route=fitness&amp;states=failed" in here.get("/route?name=fitness").text
    answer = here.send("/act/retry", route="fitness", states="failed").text
    assert "2 leads queued again" in answer
    after = status.statuses(db, ROUTES)[0].states
    assert (after["failed"], after["delivered"]) == (0, before["delivered"])
    assert operators.latest(db)[0].outcome.startswith("2 leads queued again")


def test_a_paused_route_waits_in_the_daemon(here):
    """Its ticks stay open and are no daemon's to take; one run serves them all after the resume."""
    db = here.around.db
    host = heartbeats.register(db, myself(), [])
    here.send("/act/pause", route="fitness")
    ticks.wish(db, 1)
    ticks.wish(db, 2)
    assert ticks.routes_due(db, host, []) == [2]
    assert here.send("/act/run", route="fitness").status_code == 409
    here.send("/act/resume", route="fitness")
    assert ticks.routes_due(db, host, []) == [1, 2]


def test_a_paused_route_is_said_everywhere(here):
    """On its card, in `status` as lines and as JSON, with the command that resumes it; it is no fault of health."""
    db = here.around.db
    here.send("/act/pause", route="fitness")
    page = here.get("/").text
    assert "Paused since" in page
    assert "leadbridge resume fitness" in page
    (one, *_) = status.statuses(db, ROUTES)
    assert any("paused since" in line.text and "Ada" in line.text for line in status.lines(one))
    assert status.document("db", [one])["routes"][0]["paused"]["by"] == "Ada (127.0.0.1)"
    assert status.advice(one) == "leadbridge resume fitness"
    history = History(latest_runs(db), {}, pauses(db))
    long_after = db.now().replace(year=2030)
    assert judge(ROUTES[0], history, db.now(), long_after).why == ""
    assert judge(ROUTES[0], replace(history, paused=()), db.now(), long_after).why


def test_a_paused_route_neither_reads_nor_sends(db, database_url):
    """A run by hand is blocked with the cure and asks no vendor; after the resume the next run sends."""
    operator = Operator(database_url, good_world("Fitness creators"))
    assert ledger.pause(db, ledger.route_number(db, "fitness"), "Ada")
    assert not ledger.pause(db, ledger.route_number(db, "fitness"), "Bob")
    report = operator.sync_one(route())
    assert (report.status, report.hint, operator.people()) == ("blocked", "leadbridge resume fitness", [])
    assert operator.calls() == 0
    assert ledger.resume(db, ledger.route_number(db, "fitness"))
    assert operator.sync_one(route()).sent == 10


def test_a_pause_ends_a_run_before_its_next_batch(db, database_url):
    """What is under way is recorded; nothing more is begun, and the run says so."""
    operator = Operator(database_url, good_world("Fitness creators", leads=30))
    with operator.app(route()) as app:
        app.wiring = replace(app.wiring, largest_batch=10)
        number = ledger.route_number(app.db, "fitness")
        app.watch.delivered = lambda _: ledger.pause(app.db, number, "Ada")
        (report,) = app.sync([route()])
    assert 0 < report.sent < 30
    assert report.stopped
    operator.assert_promises()


def test_a_paused_route_is_not_triggered(db, database_url):
    """`leadbridge trigger` says at once that it is paused, and `resume` is the cure."""
    heartbeats.register(db, myself(), [])
    ledger.pause(db, ledger.route_number(db, "fitness"), "Ada")
    with pytest.raises(BridgeError, match="fitness is paused") as refused:
        _request(SimpleNamespace(settings=Settings(database_url=database_url)), route())
    assert refused.value.hint == "leadbridge resume fitness"
    assert ticks.of_route(db, 1) == []


def test_an_action_that_breaks_off_is_recorded_with_its_own_error(here):
    """Not only what is refused with a sentence: the record never stays empty, and the log has the real cause."""
    broken = actions.Kind("run", lambda _: None, lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        actions.carry_out(broken, SimpleNamespace(db=here.around.db, form={}, who="Ada"))
    assert operators.latest(here.around.db, limit=1)[0].outcome.startswith("It broke off")
