"""What the client sends, counts, logs and reports time."""

import gc
import re
import threading
import weakref
from collections import Counter
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
import structlog

from bridge import api
from bridge.api import deadline
from bridge.api.client import WHOLE_REQUEST_SECONDS
from bridge.errors import Busy, Denied, Refused, Unavailable
from tests.wire.conftest import Wire

FINE = httpx.Response(200, json=[])


def test_a_product_user_agent_and_the_key_are_sent(client_of):
    """instantly.md pitfall 8: every request names the product."""
    wire = Wire(FINE)
    client_of(wire).get("/leads")
    assert wire.requests[0].headers["User-Agent"].startswith("leadbridge/")
    assert wire.requests[0].headers["Authorization"] == "Bearer key-0123456789"


@pytest.mark.parametrize("send", [lambda c: c.get("/leads"), lambda c: c.write("DELETE", "/leads/1")])
def test_no_content_type_without_a_body(client_of, send):
    """instantly.md pitfall 9: a call without a body has neither Content-Type nor body."""
    wire = Wire(FINE)
    send(client_of(wire))
    assert "Content-Type" not in wire.requests[0].headers
    assert wire.requests[0].content == b""


def test_paths_are_below_the_base_and_none_is_left_out(client_of):
    """A path is added to the base URL; parameters that are None are not sent, booleans are lower case."""
    wire = Wire(FINE)
    client_of(wire).get("/campaigns", {"hasEmail": True, "page": 2, "q": None})
    assert str(wire.requests[0].url) == "https://api.vendor.example/api/v2/campaigns?hasEmail=true&page=2"


def test_a_lone_surrogate_in_a_body_does_not_break_the_request(client_of):
    """Scraped text that is no proper Unicode is escaped, not a crash in the middle of a batch."""
    wire = Wire(FINE)
    client_of(wire).write("POST", "/leads/add", {"x": "\ud800"})
    assert wire.requests[0].content == b'{"x":"\\ud800"}'


def test_what_was_sent_is_forgotten_once_it_is_answered(client_of):
    """Without waiting for the garbage collector: bodies of 0.3 MB each held 30 MB in a sync of 100,000 leads."""
    wire = Wire(lambda _request: httpx.Response(200, json=[]))
    client = client_of(wire)
    gc.disable()
    try:
        client.write("POST", "/leads/add", {"x": "y"})
        left = [weakref.ref(request) for request in wire.requests]
        wire.requests.clear()
        assert [request for request in left if request() is not None] == []
    finally:
        gc.enable()


def test_redirects_are_not_followed(client_of):
    """The key is never carried to another place."""
    wire = Wire(httpx.Response(307, headers={"Location": "https://elsewhere.example/"}))
    with pytest.raises(Denied):
        client_of(wire).get("/leads")
    assert len(wire.requests) == 1


@pytest.mark.parametrize("ahead", [timedelta(hours=-3), timedelta(days=1)])
def test_the_clock_is_the_vendors(client_of, ahead):
    """`clock()` follows the latest Date header, in whatever answer it came."""
    date = datetime.now(UTC) + ahead
    client = client_of(Wire(httpx.Response(404, headers={"Date": format_datetime(date, usegmt=True)}, json={})))
    with pytest.raises(Refused):
        client.get("/leads")
    assert abs(client.clock() - date) < timedelta(seconds=5)


def test_a_broken_date_changes_nothing(client_of):
    """An unreadable Date header leaves the clock at this host's."""
    client = client_of(Wire(httpx.Response(200, headers={"Date": "yesterday"}, json={})))
    assert client.get("/leads").date is None
    assert abs(client.clock() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_wait_that_is_longer_than_the_patience_gives_up_at_once(client_of, form):
    """Retry-After, in seconds or as a date, beyond what is left: one request, and the wait is reported."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)
    said = "120" if form == "seconds" else date
    wire = Wire(httpx.Response(429, headers={"Retry-After": said}))
    with pytest.raises(Unavailable) as caught:
        client_of(wire, patience=60).get("/leads")
    assert len(wire.requests) == 1
    assert caught.value.retry_after == pytest.approx(120, abs=3)


@pytest.mark.parametrize("said", ["0", "1", "1.5", "soon", "-4", "", format_datetime(datetime(2020, 1, 1, tzinfo=UTC))])
def test_a_wait_within_the_patience_is_kept(client_of, said):
    """A short or unreadable Retry-After is retried, for writes as well."""
    wire = Wire(httpx.Response(429, headers={"Retry-After": said}), FINE)
    client_of(wire).write("POST", "/leads/add", {})
    assert len(wire.requests) == 2


def test_patience_ends_the_retries(client_of):
    """Once the patience of a request is spent it is not sent again."""
    wire = Wire(httpx.Response(500))
    with pytest.raises(Unavailable):
        client_of(wire, patience=0).get("/leads")
    assert len(wire.requests) == 1


def test_every_request_sent_is_counted(client_of):
    """The tally of the context counts each attempt by vendor, over threads that share the context."""
    counted = Counter()
    token = api.tally.set(counted)
    try:
        client = client_of(Wire(httpx.Response(500), httpx.Response(500), FINE))
        client.get("/leads")
        context = copy_context()
        thread = threading.Thread(target=context.run, args=(client.get, "/leads"))
        thread.start()
        thread.join()
    finally:
        api.tally.reset(token)
    assert counted == {"instantly": 4}


def test_the_guard_stands_before_every_write_and_no_read(client_of):
    """The guard is asked at each attempt of a write, after the wait for a turn; what it raises stops the write."""
    asked = []

    def guard():
        asked.append(1)
        if len(asked) == 2:
            raise Busy("taken over")

    wire = Wire(FINE, httpx.Response(429))
    client = client_of(wire)
    token = api.write_guard.set(guard)
    try:
        client.get("/leads")
        with pytest.raises(Busy):
            client.write("POST", "/leads/add", {})
    finally:
        api.write_guard.reset(token)
    assert len(asked) == 2
    assert len(wire.requests) == 2  # the read, and the write's first attempt


def test_the_deadline_runs_while_the_guard_looks(client_of):
    """The lease counts from the guard's look, so the request's deadline must: a slow look leaves less for the call."""
    seen = []

    def guard():
        seen.append(deadline.left())

    def answer(_request):
        seen.append(deadline.left())
        return httpx.Response(200, json={})

    client = client_of(Wire(answer))
    token = api.write_guard.set(guard)
    try:
        client.write("POST", "/leads/add", {})
    finally:
        api.write_guard.reset(token)
    at_the_guard, at_the_call = seen
    assert at_the_call < at_the_guard <= WHOLE_REQUEST_SECONDS


def test_the_request_log_holds_no_secret_and_no_person(client_of):
    """Logged are vendor, method, path, status, size and time; no header, no body, no query value."""
    with structlog.testing.capture_logs() as logged:
        client_of(Wire(httpx.Response(200, json={"email": "jane@example.com"}))).get(
            "/block-lists-entries", {"search": "jane@example.com"}
        )
    entry = next(entry for entry in logged if entry["event"] == "request")
    assert entry["path"] == "/block-lists-entries"
    assert (entry["status"], entry["attempt"], entry["came"]) == (200, 1, "answer")
    assert "jane" not in str(logged)
    assert "key-" not in str(logged)


def test_the_retry_log_is_a_sentence_without_a_person(client_of):
    """Each pause is one line in words: who cannot be reached, why, and when it is tried again."""
    with structlog.testing.capture_logs() as logged:
        client_of(Wire(httpx.ConnectError("to jane@example.com"), FINE)).get("/leads", {"search": "jane@example.com"})
    (reported,) = [entry["event"] for entry in logged if entry["event"] != "request"]
    assert re.fullmatch(
        r"Instantly cannot be reached \(ConnectError: to j\*\*\*@example\.com\); trying again in .* s", reported
    )
    assert "jane" not in str(logged)
    assert "tenacity" not in str(logged)


def test_a_vendor_that_is_away_costs_the_patience_once(client_of):
    """After a request that spent its patience without a connection each one is tried once, until one gets through."""
    away, here = httpx.ConnectError("refused"), FINE
    wire = Wire(away)
    client = client_of(wire, patience=0)
    with pytest.raises(Unavailable):
        client.get("/leads")
    client._patience = 60.0
    with pytest.raises(Unavailable):
        client.write("POST", "/leads/add", {})
    assert len(wire.requests) == 2
    wire.answers = [here, away, away, here]
    client.get("/leads")
    client.get("/leads")  # patient again
    assert len(wire.requests) == 6


def test_trouble_after_a_connection_keeps_the_patience(client_of):
    """A vendor that answers with faults is there: the next request is as patient as the first."""
    wire = Wire(httpx.Response(500))
    client = client_of(wire, patience=0)
    with pytest.raises(Unavailable):
        client.get("/leads")
    client._patience = 60.0
    wire.answers = [httpx.Response(500), FINE]
    client.get("/leads")
    assert len(wire.requests) == 3


@pytest.mark.parametrize(("wait", "reported"), [("90", "in 90 s"), ("600", "in 10 min"), ("", "later")])
def test_a_429_says_when_to_come_back(client_of, wait, reported):
    """The hint names the wait that the vendor named."""
    with pytest.raises(Unavailable) as caught:
        client_of(Wire(httpx.Response(429, headers={"Retry-After": wait} if wait else {})), patience=0).get("/leads")
    assert f"again {reported};" in caught.value.hint
