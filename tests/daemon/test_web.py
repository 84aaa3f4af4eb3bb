"""The four pages: over HTTP on a real ledger."""

import asyncio
import contextlib
import json
import shutil
import socket
import threading
import time
from datetime import timedelta

import httpx
import pytest

from bridge import logs
from bridge.config.shape import HttpTable
from bridge.daemon.events import LedgerAway, Reloaded
from bridge.daemon.web.cached_query import CachedQuery
from bridge.daemon.web.host_check import allowed
from bridge.daemon.web.metrics import Metrics
from bridge.daemon.web.server import Pages, Web, application, listen
from bridge.errors import ConfigProblem, Unavailable
from bridge.sandbox.faults import Rule
from tests.daemon.parts import StandIn, scheduled
from tests.harness import START, Operator, good_world


@pytest.fixture
def database_url(sqlite_template, tmp_path):
    """SQLite only: what these pages ask of either database is held in tests/ledger/test_heartbeats.py."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'bridge.db')}"


@pytest.fixture
def operator(database_url):
    return Operator(database_url, good_world("Fitness creators"))


@pytest.fixture
def daemon(db):
    return StandIn(db)


class Browser:
    """Asks the pages as ASGI, at an instant of the test's choosing by the ledger's clock; this host's is far off."""

    def __init__(self, daemon):
        self.now, self.set_by = START, timedelta()
        self.metrics = Metrics()
        self.metrics._daemon = daemon
        if daemon.db:
            daemon.db.clock = lambda: self.now + self.set_by
        self.pages = Pages(uptime=self.passed)
        self.pages.open(daemon)
        self.pages._history = CachedQuery(self.pages._history.query, fresh=0, clock=lambda: 0.0)
        self.wire = httpx.ASGITransport(application(self.pages, self.metrics))

    def passed(self):
        return (self.now - START).total_seconds()

    def get(self, path, method="GET", host="127.0.0.1:8787"):
        async def ask():
            async with httpx.AsyncClient(transport=self.wire, base_url="http://daemon.example") as http:
                return await http.request(method, path, headers={"Host": host})

        return asyncio.run(ask())


@pytest.fixture
def browser(daemon):
    return Browser(daemon)


def test_the_process_is_healthy_whatever_the_world_does(browser, daemon):
    """/healthz asks no one: it answers without a ledger too."""
    daemon.db = None
    browser.now += timedelta(seconds=90)
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.json()["ok"], answer.json()["uptime_seconds"]) == (200, True, 90)


def test_a_daemon_whose_routes_run_is_ready(browser, operator):
    """Right after its start by grace, then by its runs, and no more when they stay out."""
    assert browser.get("/readyz").status_code == 200
    operator.sync_one(scheduled())
    browser.now += timedelta(minutes=30)
    assert browser.get("/readyz").json()["ready"] is True
    browser.now += timedelta(minutes=2)
    answer = browser.get("/readyz")
    assert answer.status_code == 503
    (why,) = answer.json()["why"]
    assert why.startswith('Route "fitness": it last ran at 2026-11-20 12:00 UTC')


def test_the_grace_of_a_route_is_its_own_when_the_clock_is_set_back(browser):
    """A route that then does not run is late after its grace, not only once the clock is where it was."""
    browser.set_by = -timedelta(days=1)
    assert browser.get("/readyz").status_code == 200
    browser.now += timedelta(minutes=32)
    assert browser.get("/readyz").status_code == 503


def test_another_hosts_run_counts(browser, operator, daemon):
    """The judgement is the ledger's: a run of a one-shot command or another daemon keeps this one ready."""
    browser.now += timedelta(hours=2)
    assert browser.get("/readyz").status_code == 503
    operator.clock.forward(hours=2)
    operator.sync_one(scheduled())
    assert browser.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("vendor", "code"), [("instantly", 401), ("instantly", 402), ("scravio", 401), ("scravio", 403)]
)
@pytest.mark.usefixtures("quick_retries")
def test_a_refused_key_is_not_ready(browser, operator, vendor, code):
    """The page says whose key, in the run's own words, and what to type."""
    operator.sandbox.faults.put(Rule("status", vendor, code=code))
    assert operator.sync_one(scheduled()).key_refused == vendor
    answer = browser.get("/readyz")
    assert answer.status_code == 503
    (entry,) = answer.json()["routes"]
    assert entry["why"].startswith(f"{vendor.capitalize()} refused the key: ")
    assert entry["next"] == "leadbridge check"
    operator.sandbox.faults.clear()
    operator.sync_one(scheduled())
    assert browser.get("/readyz").status_code == 200


def test_a_target_that_takes_no_one_is_no_matter_of_the_key(browser, operator):
    """A blocked route that runs in time is reported by alerts and `status`, and leaves the daemon ready."""
    report = operator.sync_one(scheduled(ref="No such campaign"))
    assert (report.status, report.key_refused) == ("blocked", "")
    assert browser.get("/readyz").status_code == 200


def test_a_ledger_that_is_away_is_not_ready_and_says_so(browser, daemon):
    """With the words in which the daemon heard of it."""
    db, daemon.db = daemon.db, None
    assert browser.get("/readyz").json()["why"] == ["The daemon is still waiting for its database."]
    browser.pages.ledger_away(LedgerAway("The database does not answer."))
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json()["why"]) == (503, ["The database does not answer."])
    assert browser.get("/status.json").status_code == 503
    daemon.db = db
    browser.pages.ledger_back()
    assert browser.get("/readyz").status_code == 200


def test_a_ledger_that_hangs_does_not_hang_the_page():
    """It is asked once, waited for no longer than promised, and asked again when it has answered."""
    release, asked = threading.Event(), []

    def hang():
        asked.append(1)
        release.wait(5)
        return len(asked)

    query = CachedQuery(hang, patience=0.05)
    for _ in range(3):
        with pytest.raises(Unavailable, match="has not answered"):
            query.get()
    assert len(asked) == 1
    release.set()
    assert CachedQuery(hang, patience=5).get() == 2


def test_an_answer_that_took_long_is_kept_longer():
    """A page that is asked every second spends at most a twentieth of the time in the database."""
    clock = iter([0.0, 3.0, 62.0, 63.0, 63.0, 63.0]).__next__
    answers = iter("ab").__next__
    query = CachedQuery(answers, clock=clock)
    assert query.get() == "a"
    assert query.get() == "a"
    assert query.get() == "b"


def test_what_asking_raises_is_reported_to_each_and_asked_again():
    """A database that is away for a second is not away for ever."""
    outcomes = iter([Unavailable("away"), 7])

    def ask():
        found = next(outcomes)
        if isinstance(found, Exception):
            raise found
        return found

    now = [0.0]
    query = CachedQuery(ask, clock=lambda: now[0])
    for _ in range(2):
        with pytest.raises(Unavailable):
            query.get()
    now[0] = 1.0
    assert query.get() == 7


def test_a_daemon_that_stops_is_not_ready(browser):
    """A load balancer or a second host sees it before the port is gone."""
    browser.pages.stopping()
    assert browser.get("/readyz").json() == {"ready": False, "why": ["The daemon is stopping."], "routes": []}


def test_a_route_that_is_added_has_its_own_grace(browser, daemon, operator):
    """A reload at noon does not make a route late that could not run in the morning."""
    operator.sync_one(scheduled())
    browser.now += timedelta(minutes=20)
    daemon.routes = (scheduled(), scheduled("yoga"))
    browser.pages.reloaded(Reloaded(daemon.configuration))
    assert browser.get("/readyz").status_code == 200
    browser.now += timedelta(minutes=9)
    assert browser.get("/readyz").status_code == 200
    browser.now += timedelta(minutes=30)
    late = [entry["route"] for entry in browser.get("/readyz").json()["routes"] if not entry["ready"]]
    assert late == ["fitness", "yoga"]


def test_status_json_is_the_verbs_own_document(browser, operator):
    """What `leadbridge status --json` prints of the same ledger."""
    operator.sync_one(scheduled(), limit=6)
    answer = browser.get("/status.json").json()
    (entry,) = answer["routes"]
    assert (entry["states"]["delivered"], entry["states"]["ready"], entry["ready_may_go"]) == (6, 4, 4)
    assert (entry["last_run"]["status"], entry["retired"]) == ("ok", False)
    assert set(answer) == {"clients", "database", "routes"}


@pytest.mark.usefixtures("quick_retries")
def test_a_daemon_whose_runs_all_fail_is_ready_and_says_when_one_last_succeeded(daemon, operator):
    """Readiness is about the process; the truth about the route stands in /status.json and /metrics."""

    def reported():
        browser = Browser(daemon)
        browser.now = operator.clock.now()
        assert browser.get("/readyz").status_code == 200
        last = [entry["last_success"] for entry in browser.get("/status.json").json()["routes"]]
        lines = browser.get("/metrics").text.splitlines()
        (seconds,) = [float(line.split()[1]) for line in lines if line.startswith("leadbridge_last_success")]
        return last, seconds

    assert reported() == ([None], 0.0)
    operator.sync_one(scheduled())
    truth = ([START.isoformat()], START.timestamp())
    assert reported() == truth
    operator.sandbox.faults.put(Rule("status", "scravio", code=500))
    operator.clock.forward(minutes=15)
    assert operator.sync_one(scheduled()).status == "failed"
    assert reported() == truth


def test_no_page_shows_a_key_an_address_or_a_password(browser, operator, db):
    """Also where a vendor quotes them in an error that the ledger keeps."""
    logs.register(["sandbox-key"])
    report = operator.sync_one(scheduled())
    with db.write() as connection:
        document = json.dumps(
            {**report.document(), "error": "jane.doe@studio.example has sandbox-key", "hint": "sandbox-key"}
        )
        connection.exec_driver_sql(
            "UPDATE run SET status = 'blocked', document = '" + document.replace("'", "''") + "'"
        )
    shown = "".join(browser.get(path).text for path in ("/", "/healthz", "/readyz", "/metrics", "/status.json"))
    logs._secrets.clear()
    assert "j***@studio.example" in shown
    for person in operator.people():
        assert person not in shown
    assert "jane.doe" not in shown
    assert "sandbox-key" not in shown


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/status.json"])
def test_pages_take_no_order_and_are_not_kept(browser, path):
    """GET and HEAD only; nothing in between may answer from memory."""
    assert browser.get(path, "POST").status_code == 405
    assert browser.get(path).headers["Cache-Control"] == "no-store"
    assert browser.get(path, "HEAD").status_code == 200


def test_a_port_in_use_is_one_sentence():
    """Before anything has run, with the key to change."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            ConfigProblem, match=rf"cannot listen on 127.0.0.1:{port}: address already in use"
        ) as caught:
            Web(HttpTable(port=port), Pages(), Metrics()).open(StandIn(None))
    assert "[http]" in caught.value.hint


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_one_sentence(host):
    """A name no one knows, or another machine's address."""
    with pytest.raises(ConfigProblem, match="cannot listen on"):
        listen(HttpTable(host=host)).close()


OWN = [
    "127.0.0.1:8787",
    "localhost",
    "LOCALHOST:8787",
    "app.localhost",
    "[::1]:8787",
    "10.0.0.7",
    "[fd00::1]",
    "bridge.:80",
]
FOREIGN = [
    "evil.example",
    "127.0.0.1.evil.example:8787",
    "localhost.evil.example",
    "bridge.evil",
    "",
    "a b",
    "[::1",
    "1.2.3",
]


@pytest.mark.parametrize("host", OWN)
def test_it_answers_under_its_addresses_and_names(host):
    """An address cannot be pointed elsewhere; probes of compose and Kubernetes ask by address."""
    assert allowed(host, ["Bridge"])


@pytest.mark.parametrize("host", FOREIGN)
def test_a_page_that_points_its_name_here_reads_nothing(browser, host):
    """DNS rebinding: a browser sends the foreign name, and gets no word of the routes."""
    assert not allowed(host, ["bridge"])
    for path in ("/", "/readyz", "/metrics", "/status.json", "/nothing"):
        answer = browser.get(path, host=host)
        assert (answer.status_code, "fitness" in answer.text) == (421, False)
    assert browser.get("/healthz", host=host).status_code == 200


@pytest.fixture
def served():
    """A running server without a daemon behind it; where it listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    pages = Pages()
    pages.open(StandIn(None))
    web = Web(HttpTable(port=port), pages, Metrics())
    web.open(StandIn(None))
    yield "127.0.0.1", port
    web.close()


def test_idle_connections_keep_no_one_from_an_answer(served):
    """Three hundred that say nothing, or half a request: /healthz answers at once, and the oldest are closed."""
    idle = [socket.create_connection(served, timeout=5) for _ in range(300)]
    for connection in idle[::2]:
        with contextlib.suppress(OSError):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: loc")
    try:
        for _ in range(3):
            answer = httpx.get(f"http://127.0.0.1:{served[1]}/healthz", timeout=5)
            assert (answer.status_code, answer.headers["Connection"]) == (200, "close")
        with contextlib.suppress(ConnectionResetError):
            assert idle[0].recv(1) == b""
    finally:
        for connection in idle:
            connection.close()


def test_a_connection_ends_in_time_whatever_it_sends(served, monkeypatch):
    """One that drips its request is closed, however well each byte comes in time."""
    monkeypatch.setattr("bridge.daemon.web.connections.LIFE_SECONDS", 0.3)
    with socket.create_connection(served, timeout=5) as slow:
        begun = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() < begun + 5:
                slow.sendall(b"G")
                slow.settimeout(0.05)
                with contextlib.suppress(TimeoutError):
                    if not slow.recv(1):
                        break
        assert time.monotonic() - begun < 4


def test_the_server_starts_and_stops_with_the_daemon():
    """In a thread of its own, on a real port, without touching signals, and gone within two seconds."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    pages = Pages()
    pages.open(StandIn(None))
    web = Web(HttpTable(port=port), pages, Metrics())
    web.open(StandIn(None))
    try:
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/nothing").status_code == 404
    finally:
        begun = time.monotonic()
        web.close()
    assert time.monotonic() - begun < 2
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/healthz")
