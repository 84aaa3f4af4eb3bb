"""What /metrics counts, read back with the library's own parser."""

import shutil
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from bridge.api.observing import endpoint, ignore, observe
from bridge.daemon.web.metrics import MOST_ENDPOINTS, Metrics
from bridge.sandbox.faults import Rule
from tests.daemon.parts import StandIn, ended, scheduled
from tests.harness import START, Operator, good_world


@pytest.fixture
def database_url(sqlite_template, tmp_path):
    """SQLite only: what these pages ask of either database is held in tests/ledger/test_heartbeats.py."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'bridge.db')}"


@pytest.fixture
def operator(database_url):
    return Operator(database_url, good_world("Fitness creators"))


@pytest.fixture
def metrics(db):
    """By the ledger's clock ten minutes have passed; this host's is far off."""
    db.clock = lambda: START + timedelta(minutes=10)
    made = Metrics()
    made.open(StandIn(db))
    yield made
    made.close()


LABELS = ("client", "route", "vendor", "endpoint", "status", "state", "reason", "result", "version", "le")


def samples(metrics, name):
    """The value of each series of this name, by its labels' values in the order above."""
    families = text_string_to_metric_families(metrics.page().decode())
    found = [sample for family in families for sample in family.samples if sample.name == name]
    return {tuple(one.labels[label] for label in LABELS if label in one.labels): one.value for one in found}


def test_runs_are_counted_by_result(metrics, operator):
    """Each route has every result from the start, at zero, so that a first failure is an increase."""
    route = scheduled()
    assert samples(metrics, "leadbridge_runs_total") == {
        ("fitness", result): 0 for result in ("ok", "partial", "blocked", "failed")
    }
    metrics.route_ran(ended(route, operator.sync_one(route), lag=1.5, seconds=4))
    metrics.route_ran(ended(route, None, crashed="The disk is full."))
    runs = samples(metrics, "leadbridge_runs_total")
    assert (runs["fitness", "ok"], runs["fitness", "failed"]) == (1, 1)
    assert samples(metrics, "leadbridge_run_seconds_sum") == {("fitness",): 6}
    assert samples(metrics, "leadbridge_scheduler_lag_seconds") == {("fitness",): 0.5}


def test_leads_doubt_and_successes_come_from_the_ledger(metrics, operator):
    """By state and reason, adding up to what the route knows; doubt with its age."""
    operator.sync_one(scheduled())
    assert samples(metrics, "leadbridge_leads") == {("fitness", "delivered", "created"): 10}
    assert samples(metrics, "leadbridge_last_success_timestamp_seconds") == {("fitness",): START.timestamp()}
    assert samples(metrics, "leadbridge_in_doubt_leads") == {}
    assert samples(metrics, "leadbridge_braked_campaigns") == {}
    assert samples(metrics, "leadbridge_ledger_up") == {(): 1}


def test_rows_in_doubt_have_an_age(metrics, operator):
    """From the moment their answer was lost."""
    operator.sandbox.faults.put(Rule("cut", "instantly", path="*/leads/add", commit=True))
    assert operator.sync_one(scheduled()).status == "partial"
    assert samples(metrics, "leadbridge_in_doubt_leads") == {("fitness",): 10}
    assert samples(metrics, "leadbridge_in_doubt_oldest_seconds") == {("fitness",): 600}
    assert samples(metrics, "leadbridge_last_success_timestamp_seconds") == {("fitness",): 0}


@pytest.mark.usefixtures("quick_retries")
def test_requests_are_counted_as_the_vendor_saw_them(metrics, operator):
    """Every attempt, with its status, under the endpoint's template; the sums are the sandbox's own."""
    operator.sandbox.faults.put(Rule("status", "instantly", path="*/campaigns", code=503, times=1))
    operator.sync_one(scheduled())
    counted = Counter()
    for (_client, vendor, _endpoint, _status), value in samples(metrics, "leadbridge_requests_total").items():
        counted[vendor] += value
    assert counted == {"scravio": operator.calls("scravio"), "instantly": operator.calls("instantly")}
    requests = samples(metrics, "leadbridge_requests_total")
    assert requests["default", "instantly", "GET /campaigns", "503"] == 1
    assert requests["default", "scravio", "GET /campaigns/{id}/leads", "200"] == 1
    assert samples(metrics, "leadbridge_throttle_wait_seconds_count")[("instantly",)] == counted["instantly"]


def test_a_lost_answer_has_no_status_but_a_word(metrics, operator):
    """How it failed stands in the status's place."""
    operator.sandbox.faults.put(Rule("cut", "instantly", path="*/leads/add"))
    operator.sync_one(scheduled())
    assert samples(metrics, "leadbridge_requests_total")["default", "instantly", "POST /leads/add", "cut"] == 1


def test_after_the_end_nothing_is_counted(operator, db):
    """A closed part hears no request."""
    metrics = Metrics()
    metrics.open(StandIn(db))
    metrics.close()
    operator.sync_one(scheduled())
    assert samples(metrics, "leadbridge_requests_total") == {}


def test_without_a_ledger_the_page_still_stands():
    """The process's own counts are shown, and that the ledger is away."""
    metrics = Metrics()
    assert samples(metrics, "leadbridge_ledger_up") == {(): 0}
    assert len(samples(metrics, "leadbridge_build_info")) == 1


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/campaigns/65f000030000000000000000/leads", "GET /campaigns/{id}/leads"),
        ("/lead-lists/0198a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b", "GET /lead-lists/{id}"),
        ("/block-lists-entries", "GET /block-lists-entries"),
        ("/workspace-billing/plan-details?search=jane%40x.example", "GET /workspace-billing/plan-details"),
        ("/auth/me", "GET /auth/me"),
        ("/leads/jane@studio.example", "GET /leads/{id}"),
    ],
)
def test_an_id_is_no_label(path, template):
    """One series for an endpoint, however many campaigns there are."""
    assert endpoint("GET", path) == template


@given(st.text(max_size=80))
def test_no_address_and_no_number_gets_into_an_endpoint(path):
    """Whatever stands in a path, what is left of it are short lower-case words."""
    shown = endpoint("GET", path).removeprefix("GET ")
    assert all(part in ("", "{id}") or part.replace("-", "").replace("_", "").isalpha() for part in shown.split("/"))


def test_the_number_of_endpoints_is_bounded():
    """A vendor that answers with a thousand paths fills no memory."""
    metrics = Metrics()
    for number in range(1000):
        word = "".join(chr(97 + int(digit)) for digit in str(number))
        metrics.requested("default", "instantly", f"GET /{word}", "200", 0.1)
    counted = samples(metrics, "leadbridge_requests_total")
    assert len(counted) == MOST_ENDPOINTS + 1
    assert sum(counted.values()) == 1000


def test_a_hostile_name_stays_inside_its_label(metrics):
    """Quotes, line breaks and backslashes of a route's name break no line of the page."""
    name = 'a"} 1\nleadbridge_fake{x="\\'
    metrics.route_ran(ended(scheduled(name), None, crashed="No."))
    assert samples(metrics, "leadbridge_runs_total")[name, "failed"] == 1
    assert samples(metrics, "leadbridge_fake") == {}


def test_every_name_follows_the_conventions(metrics, operator):
    """Ours begin with leadbridge_, counters end in _total, times are seconds."""
    observe(metrics)
    operator.sync_one(scheduled())
    ignore(metrics)
    for family in text_string_to_metric_families(metrics.page().decode()):
        assert family.name.startswith("leadbridge_")
        assert family.documentation.endswith(".")
        assert family.type != "counter" or all(s.name.endswith(("_total", "_created")) for s in family.samples)
