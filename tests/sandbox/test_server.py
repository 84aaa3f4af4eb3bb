"""The sandbox on a real socket, as another process meets it."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from bridge.sandbox import Sandbox, small_world
from bridge.sandbox.server import serve, start
from tests.sandbox.conftest import NOW

HEADERS = {"X-API-Key": "sk_live_sandbox", "Authorization": "Bearer sandbox-key", "User-Agent": "leadbridge-tests/1"}


@pytest.fixture
def served():
    sandbox = Sandbox(small_world(NOW, "First", leads=120))
    with start(sandbox) as running:
        yield sandbox, running.url


@pytest.fixture
def client(served):
    with httpx.Client(base_url=served[1], headers=HEADERS, timeout=2) as client:
        yield client


def test_both_vendors_answer_on_one_port(served, client):
    """Scravio below /api, Instantly below /api/v2, on one connection that stays open."""
    campaign = served[0].world.scravio.campaigns[0]
    page = client.get(f"/api/campaigns/{campaign.id}/leads", params={"perPage": 100, "page": 2}).json()
    assert len(page["items"]) == 20
    assert client.get("/api/v2/campaigns").json()["items"][0]["name"] == "Fitness Q4"
    assert client.delete("/api/v2/campaigns").status_code == 404


def test_bodies_are_read_and_unicode_survives(client):
    """A name in any script comes back as it went."""
    assert client.post("/api/v2/lead-lists", json={"name": "Ελένη & 김서연"}).json()["name"] == "Ελένη & 김서연"


def test_many_threads_are_served_at_once(served, client):
    """Every request is counted once."""
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: client.get("/api/auth/me").status_code, range(80)))
    assert statuses == [200] * 80
    assert served[0].report()["requests"] == {"scravio GET /api/auth/me": 80}


@pytest.mark.parametrize(
    ("kind", "terms", "errors"),
    [
        ("connect", {}, (httpx.ReadError, httpx.RemoteProtocolError)),
        ("cut", {}, (httpx.RemoteProtocolError,)),
        ("cut", {"commit": True}, (httpx.ReadError, httpx.RemoteProtocolError)),
        ("truncated", {}, (httpx.RemoteProtocolError,)),
        ("hang", {}, (httpx.ReadTimeout,)),
        ("delay", {"seconds": 5}, (httpx.ReadTimeout,)),
    ],
)
def test_connections_really_break(served, client, kind, terms, errors):
    """And the next request on a new connection is served."""
    served[0].faults.add(kind, times=1, **terms)
    with pytest.raises(errors):
        client.get("/api/auth/me", timeout=0.3)
    assert client.get("/api/auth/me").status_code == 200


def test_a_dripping_answer_arrives_whole(served, client):
    """In pieces over real time."""
    served[0].faults.add("drip", seconds=0.2)
    began = time.monotonic()
    assert client.get("/api/auth/me").json()["name"] == "Sandbox"
    assert time.monotonic() - began > 0.15


def test_latency_is_added_to_every_answer():
    """In milliseconds."""
    with start(Sandbox(small_world(NOW, "First")), latency=60) as running:
        began = time.monotonic()
        assert httpx.get(f"{running.url}/api/auth/me", headers=HEADERS).status_code == 200
        assert time.monotonic() - began > 0.05


def test_another_process_can_switch_faults_on_and_off(client):
    """One rule or a list of them; nonsense is refused with the reason."""
    rule = {"kind": "status", "vendor": "scravio", "code": 500, "nth": [1, 2]}
    assert client.post("/__sandbox__/faults", json=rule).json() == {"ok": True}
    assert [client.get("/api/auth/me").status_code for _ in range(3)] == [500, 500, 200]
    client.post("/__sandbox__/faults", json=[{"kind": "status"}])
    client.delete("/__sandbox__/faults")
    assert client.get("/api/auth/me").status_code == 200
    refused = client.post("/__sandbox__/faults", json={"kind": "explode"})
    assert (refused.status_code, "kind must be one of" in refused.json()["error"]) == (400, True)


def test_another_process_can_change_the_world_and_read_the_book(served, client):
    """Leads, campaigns, targets and the clock; then everything goes back."""
    changes = {
        "lead": {"campaign": "First", "index": 0, "fields": {"email": "changed@example.com"}},
        "add_lead": {"campaign": "First", "fields": {"email": "added@example.com"}},
        "campaign": {"campaign": "First", "facts": {"status": "stopped"}},
        "target": {"campaign": "Fitness Q4", "status": 2},
        "skew": -90,
    }
    assert client.post("/__sandbox__/mutate", json=changes).json() == {"ok": True}
    listed = client.get("/api/campaigns").json()["items"][0]
    assert (listed["status"], listed["profileScannedCount"]) == ("stopped", 121)
    assert client.get("/api/v2/campaigns").json()["items"][0]["status"] == 2
    assert client.get("/__sandbox__/report").json()["requests"]["scravio GET /api/campaigns"] == 1
    assert client.post("/__sandbox__/reset").json() == {"ok": True}
    assert client.get("/__sandbox__/report").json()["requests"] == {}


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.taken.append((self.headers["X-Secret"], self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def test_webhooks_of_a_served_sandbox_really_call_this_machine(client):
    """What a control makes happen is posted with the registered headers; another host is never called."""
    with HTTPServer(("127.0.0.1", 0), _Receiver) as receiver:
        receiver.taken = []
        thread = threading.Thread(target=receiver.handle_request)
        thread.start()
        hook = f"http://127.0.0.1:{receiver.server_port}/"
        reported = {"event_type": "all_events", "headers": {"X-Secret": "s"}}
        client.post("/api/v2/webhooks", json=reported | {"target_hook_url": hook})
        far = client.post("/api/v2/webhooks", json=reported | {"target_hook_url": "http://192.0.2.1/"}).json()
        client.post("/api/v2/leads", json={"email": "jane@example.com", "list_id": _list_id(client)})
        event = {"email": "jane@example.com", "campaign": "Scravio inbox", "kind": "reply_received", "text": "Hi"}
        assert client.post("/__sandbox__/mutate", json={"event": event}).json() == {"ok": True}
        thread.join(timeout=5)
    ((secret, body),) = receiver.taken
    assert (secret, json.loads(body)["reply_text"]) == ("s", "Hi")
    assert client.post(f"/api/v2/webhooks/{far['id']}/test").json()["success"] is False


def _list_id(client):
    return client.get("/api/v2/lead-lists").json()["items"][0]["id"]


@pytest.mark.parametrize(
    "body",
    [{"unknown": 1}, {"lead": {"campaign": "Nobody"}}, {"target": {"campaign": "x"}}, {"event": {"email": "x"}}, [1]],
)
def test_a_change_that_makes_no_sense_is_refused(client, body):
    """With status 400 and the reason."""
    answer = client.post("/__sandbox__/mutate", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_stopping_closes_connections_and_frees_the_port():
    """Also while a client keeps one open and another hangs."""
    sandbox = Sandbox(small_world(NOW, "First"))
    running = start(sandbox)
    with httpx.Client(base_url=running.url, headers=HEADERS, timeout=5) as client:
        assert client.get("/api/auth/me").status_code == 200
        sandbox.faults.add("hang")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(client.get, "/api/auth/me")
            time.sleep(0.1)
            running.stop()
            assert isinstance(waiting.exception(timeout=5), httpx.TransportError)
        with pytest.raises(httpx.ConnectError):
            client.get("/api/auth/me")


def test_serving_in_the_foreground_ends_with_an_interrupt():
    """`ready` is given the address first; the port is free afterwards."""
    reported = []

    def interrupt(url):
        reported.append(url)
        raise KeyboardInterrupt

    serve(Sandbox(small_world(NOW, "First")), "127.0.0.1", 0, ready=interrupt)
    assert reported[0].startswith("http://127.0.0.1:")
    with pytest.raises(httpx.ConnectError):
        httpx.get(reported[0])
    assert threading.active_count() < 20
