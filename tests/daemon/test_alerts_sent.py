"""Alerts from whole runs on a real ledger to a webhook at the wire."""

import json
import threading
import time
from datetime import timedelta

import httpx
import pytest
import structlog

from bridge import logs
from bridge.config.settings import Secret
from bridge.daemon.alerts import Alerts, Allowance
from bridge.daemon.webhooks import Webhook
from bridge.ledger import Database
from bridge.ledger.hosts.alerts import CLAIM_SECONDS, WELL, AlertState, claim_alerts, last_alerts
from bridge.ledger.tables import AlertRow
from bridge.sandbox.faults import Rule
from tests.daemon.parts import StandIn, ended, scheduled
from tests.harness import START, Operator, good_world

ADDRESS = "https://hooks.example/services/T0/B0/token"


class Hook:
    """A webhook of the operator's: what it was sent, and what it answers."""

    def __init__(self):
        self.texts = []
        self.answer = 200

    def __call__(self, request):
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer == 200:
            self.texts.append(json.loads(request.content)["text"])
        return httpx.Response(self.answer)

    def part(self, daemon, **options):
        webhook = Webhook("alert", Secret(ADDRESS), httpx.MockTransport(self))
        alerts = Alerts(webhook, **options)
        alerts._daemon = daemon
        return alerts


@pytest.fixture
def hook():
    return Hook()


@pytest.fixture
def operator(database_url):
    return Operator(database_url, good_world("Fitness creators"))


@pytest.fixture
def daemon(db):
    return StandIn(db)


def refuse_key(operator):
    operator.sandbox.faults.put(Rule("status", "instantly", code=401))


def accept_key(operator):
    operator.sandbox.faults.clear()


def test_a_change_is_reported_once_and_its_end_once(operator, daemon, hook):
    """Blocked run after blocked run is one message, and the first good run another."""
    alerts = hook.part(daemon)
    assert operator.sync_one(*daemon.routes).status == "ok"
    assert alerts.look() is None
    refuse_key(operator)
    for _ in range(3):
        assert operator.sync_one(*daemon.routes).status == "blocked"
        alerts.look()
    accept_key(operator)
    for _ in range(2):
        assert operator.sync_one(*daemon.routes).status == "ok"
        alerts.look()
    trouble, recovery = hook.texts
    assert trouble.startswith('leadbridge: route "fitness" is blocked: ')
    assert "\nNext: " in trouble
    assert recovery == 'leadbridge: route "fitness" is well again.'


def test_a_restart_repeats_nothing(operator, daemon, hook):
    """What was reported stands in the ledger: a new process, or another host, does not report it again."""
    refuse_key(operator)
    operator.sync_one(*daemon.routes)
    hook.part(daemon).look()
    again = StandIn(Database(operator.database_url))
    hook.part(again).look()
    again.db.close()
    assert len(hook.texts) == 1


def test_a_webhook_that_fails_is_asked_again(operator, daemon, hook):
    """Nothing counts as reported that was not taken, and the next try shows it."""
    refuse_key(operator)
    operator.sync_one(*daemon.routes)
    alerts = hook.part(daemon)
    for answer in (500, 302, httpx.ConnectTimeout("slow"), httpx.ConnectError("no route")):
        hook.answer = answer
        assert alerts.look() > 0
    assert last_alerts(daemon.db) == {"fitness": WELL}
    hook.answer = 200
    assert alerts.look() is None
    assert len(hook.texts) == 1


def test_trouble_that_is_over_before_it_could_be_reported_is_no_news(operator, daemon, hook):
    """While the webhook was away the route became well again: there is nothing to say."""
    refuse_key(operator)
    operator.sync_one(*daemon.routes)
    hook.answer = 500
    alerts = hook.part(daemon)
    alerts.look()
    accept_key(operator)
    operator.sync_one(*daemon.routes)
    hook.answer = 200
    assert alerts.look() is None
    assert hook.texts == []


def test_a_flapping_route_makes_no_storm(operator, daemon, hook):
    """Fifty changes in a minute are five messages; the rest waits for its turn."""
    alerts = hook.part(daemon, allowance=Allowance(clock=lambda: 0.0))
    for turn in range(12):
        (accept_key if turn % 2 else refuse_key)(operator)
        operator.sync_one(*daemon.routes)
        alerts.look()
    assert len(hook.texts) == 5


def test_one_cause_on_many_routes_is_one_message(operator, db, hook):
    """Three routes on one refused key are reported together."""
    routes = tuple(scheduled(name) for name in ("one", "two", "three"))
    refuse_key(operator)
    operator.sync(*routes)
    hook.part(StandIn(db, routes)).look()
    (text,) = hook.texts
    assert text.startswith('leadbridge: routes "one", "two", "three" are blocked: ')


def test_a_run_that_broke_off_is_reported_too(daemon, hook):
    """It left no end in the ledger; what the daemon saw of it is reported, and reported once."""
    alerts = hook.part(daemon)
    alerts.route_ran(ended(daemon.routes[0], None, crashed="The disk is full."))
    alerts.look()
    alerts.look()
    assert hook.texts == ['leadbridge: route "fitness" is failing: The disk is full.\nNext: leadbridge check']


def test_a_run_that_broke_off_is_forgotten_when_another_host_did_well(operator, daemon, hook):
    """The latest run is the truth, no matter who ran it: else two hosts would contradict each other for ever."""
    here, there = hook.part(daemon), hook.part(daemon)
    here.route_ran(ended(daemon.routes[0], None, at=operator.clock.now(), crashed="The disk is full."))
    here.look()
    operator.clock.forward(minutes=15)
    assert operator.sync_one(*daemon.routes).status == "ok"
    for _ in range(3):
        there.look()
        here.look()
    trouble, recovery = hook.texts
    assert "is failing" in trouble
    assert "is well again" in recovery


def test_what_a_dead_host_left_unreported_is_reported_although_nothing_runs(operator, daemon, hook, monkeypatch):
    """A nightly route failed and its host died before it could say so: no one waits for the next night."""
    monkeypatch.setattr("bridge.daemon.alerts.LOOK_SECONDS", 0.01)
    refuse_key(operator)
    operator.sync_one(*daemon.routes)
    alerts = hook.part(daemon, collect=0.0)
    alerts.open(daemon)
    end = time.monotonic() + 10
    while not hook.texts and time.monotonic() < end:
        time.sleep(0.01)
    alerts.close()
    assert len(hook.texts) == 1


def test_two_hosts_that_see_the_same_change_report_it_once(operator, db):
    """Both collect at the same time after an outage; the one that claims the change shows it."""
    texts, barrier = [], threading.Barrier(2)

    def answer(request):
        texts.append(json.loads(request.content)["text"])
        time.sleep(0.05)
        return httpx.Response(200)

    refuse_key(operator)
    operator.sync_one(scheduled())

    def host():
        own = Database(operator.database_url)
        alerts = Alerts(Webhook("alert", Secret(ADDRESS), httpx.MockTransport(answer)))
        alerts._daemon = StandIn(own)
        barrier.wait()
        alerts.look()
        own.close()

    hosts = [threading.Thread(target=host) for _ in range(2)]
    for thread in hosts:
        thread.start()
    for thread in hosts:
        thread.join()
    assert len(texts) == 1


@pytest.mark.parametrize("seconds", [-CLAIM_SECONDS - 1, 86_400])
def test_a_host_that_died_while_reporting_silences_no_one(operator, daemon, hook, seconds):
    """Its claim is void after five minutes, or when it is from the future since a clock was set back."""
    refuse_key(operator)
    operator.sync_one(*daemon.routes)
    news = {"fitness": (WELL, AlertState("blocked", "?"))}
    assert claim_alerts(daemon.db, news) == {"fitness"}
    assert claim_alerts(daemon.db, news) == set()
    with daemon.db.write() as connection:
        connection.execute(
            AlertRow.__table__.update().values(claimed_at=AlertRow.__table__.c.claimed_at + seconds * 1000)
        )
    hook.part(daemon).look()
    assert len(hook.texts) == 1
    assert last_alerts(daemon.db)["fitness"].state == "blocked"


def test_a_ledger_that_is_away_is_waited_for(operator, daemon, hook):
    """No message, no exception; it is tried again later."""
    away = StandIn(None)
    assert hook.part(away).look() > 0
    assert hook.texts == []


def test_a_route_never_waits_for_a_message(daemon):
    """A webhook that hangs holds up no one but its own thread, and closing is quick."""
    release = threading.Event()

    def hang(_request):
        release.wait(5)
        return httpx.Response(200)

    alerts = Alerts(Webhook("alert", Secret(ADDRESS), httpx.MockTransport(hang)), collect=0)
    alerts.open(daemon)
    begun = time.monotonic()
    for _ in range(100):
        alerts.route_ran(ended(daemon.routes[0], None, at=START + timedelta(seconds=1), crashed="No."))
    alerts.close()
    assert time.monotonic() - begun < 1
    release.set()


def test_the_address_of_a_webhook_is_never_logged(capsys):
    """Not when it fails, not in what the library says of it, and only once until it is well."""
    logs.configure(form="json", level="DEBUG")
    answers = iter([httpx.ConnectError(f"failed: {ADDRESS}"), httpx.Response(410), httpx.Response(200)])

    def answer(_request):
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    webhook = Webhook("alert", Secret(ADDRESS), httpx.MockTransport(answer))
    assert [webhook.call(), webhook.call({"text": "x"}), webhook.call()] == [False, False, True]
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["webhook failed", "webhook works again"]
    assert {line["url"] for line in lines} == {"https://hooks.example/***"}
    assert "token" not in json.dumps(lines)
    structlog.reset_defaults()
