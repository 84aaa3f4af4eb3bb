import re

import httpx
import pytest

from bridge.sandbox.faults import Rule
from bridge.sandbox.instantly.happening import happen
from tests.sandbox.conftest import NOW

JANE = {"email": "jane.doe@example.com"}


@pytest.fixture
def upload(workspace, instantly):
    body = {"campaign_id": workspace.campaigns[0].id, "leads": [JANE]}
    return lambda **options: instantly.post("/leads/add", json=body, **options)


@pytest.mark.parametrize(
    ("kind", "terms", "error", "created"),
    [
        ("connect", {}, httpx.ConnectError, 0),
        ("cut", {}, httpx.RemoteProtocolError, 0),
        ("cut", {"commit": True}, httpx.ReadError, 1),
        ("truncated", {}, httpx.RemoteProtocolError, 1),
        ("hang", {}, httpx.ReadTimeout, 0),
        ("hang", {"commit": True}, httpx.ReadTimeout, 1),
        ("delay", {"seconds": 60}, httpx.ReadTimeout, 1),
    ],
)
def test_a_broken_exchange_raises_what_httpx_would(sandbox, workspace, upload, kind, terms, error, created):
    """And the request has taken effect or not, as the rule says."""
    sandbox.faults.add(kind, "instantly", "/api/v2/leads/add", **terms)
    with pytest.raises(error):
        upload(timeout=20)
    assert workspace.lead_count() == created


@pytest.mark.parametrize(
    ("kind", "terms", "status", "content_type", "start"),
    [
        ("status", {"code": 503}, 503, "application/json", b'{"statusCode":503'),
        ("status", {"code": 502, "html": True}, 502, "text/html", b"<html>"),
        ("html", {}, 200, "text/html", b"<html>"),
        ("empty", {}, 200, "application/json", b""),
        ("wrong_type", {}, 200, "text/plain", b'{"status"'),
        ("garbage", {}, 200, "application/json", b'{"items": ["\xff'),
        ("oversized", {"size": 1000}, 200, "application/json", b'{"items":["xxx'),
        ("nested", {}, 200, "application/json", b"[[[[["),
    ],
)
def test_a_spoiled_answer_arrives_as_the_rule_says(sandbox, upload, kind, terms, status, content_type, start):
    """Its name stands in the extensions, so that contract checks can let it pass."""
    sandbox.faults.add(kind, **terms)
    answer = upload()
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith(content_type)
    assert answer.content.startswith(start)
    assert answer.extensions["sandbox_fault"] == kind


def test_a_hollow_page_leads_to_the_whole_listing(sandbox, workspace, instantly):
    """No row, and a cursor behind which all rows stand."""
    workspace.add_person(workspace.campaigns[0], JANE["email"], sandbox.now())
    sandbox.faults.add("hollow_page", times=1)
    page = instantly.post("/leads/list", json={}).json()
    assert page["items"] == []
    behind = instantly.post("/leads/list", json={"starting_after": page["next_starting_after"]}).json()
    assert [row["email"] for row in behind["items"]] == [JANE["email"]]


def test_the_same_cursor_never_shows_the_second_half(sandbox, workspace, instantly):
    """Each page has the first half of the rows and the cursor that was just sent."""
    for name in ("a", "b"):
        workspace.add_person(workspace.campaigns[0], f"{name}@example.com", sandbox.now())
    sandbox.faults.add("same_cursor")
    page = instantly.post("/leads/list", json={}).json()
    assert [row["email"] for row in page["items"]] == ["a@example.com"]
    assert instantly.post("/leads/list", json={"starting_after": page["next_starting_after"]}).json() == page


def test_a_blank_row_has_null_where_the_rule_says(sandbox, workspace, instantly):
    """In the pages of a listing, and in the one object that an endpoint shows."""
    person = workspace.add_person(workspace.campaigns[0], JANE["email"], sandbox.now())
    sandbox.faults.add("blank", fields=("email", "campaign"))
    row = instantly.post("/leads/list", json={}).json()["items"][0]
    assert (row["id"], row["email"], row["campaign"]) == (person.id, None, None)
    assert instantly.get(f"/leads/{person.id}").json()["email"] is None


@pytest.mark.parametrize(
    ("retry_after", "reported"), [(None, None), (7, "7"), (1.5, "1.5"), ("date", "Fri, 20 Nov 2026 12:00:30 GMT")]
)
def test_retry_after_comes_in_every_form(sandbox, upload, retry_after, reported):
    """Absent, in seconds, or as a date by the vendor's clock."""
    sandbox.faults.add("status", code=429, retry_after=retry_after, seconds=30)
    assert upload().headers.get("retry-after") == reported


def test_an_error_after_the_commit_has_taken_effect(sandbox, workspace, upload):
    """A 500 with the lead created: why a write is never repeated blindly."""
    sandbox.faults.add("status", code=500, commit=True)
    assert upload().status_code == 500
    assert workspace.lead_count() == 1


def test_a_delay_within_the_timeout_only_takes_time(sandbox, clock, upload):
    """On the injected clock."""
    sandbox.faults.add("delay", seconds=4)
    assert upload(timeout=20).json()["leads_uploaded"] == 1
    assert clock.slept == [4]


def test_a_dripping_answer_arrives_whole_but_late(sandbox, clock, upload):
    """Each piece within any read timeout, the whole over the seconds that were asked for."""
    sandbox.faults.add("drip", seconds=40)
    assert upload(timeout=20).json()["leads_uploaded"] == 1
    assert len(clock.slept) > 10
    assert sum(clock.slept) == pytest.approx(40, rel=0.1)


def test_a_rule_strikes_the_requests_it_names(sandbox, instantly, scravio):
    """By vendor, method, path and number; the others go through."""
    sandbox.faults.add("status", "instantly", "/api/v2/camp*", method="GET", nth=(2, 3))
    assert [instantly.get("/campaigns").status_code for _ in range(4)] == [200, 503, 503, 200]
    assert instantly.get("/lead-lists").status_code == scravio.get("/campaigns").status_code == 200


def test_a_rule_may_strike_so_often_and_no_more(sandbox, scravio):
    """`times` bounds it; `fired` counts it; removing and clearing end it."""
    rule = sandbox.faults.add("status", times=2)
    assert [scravio.get("/auth/me").status_code for _ in range(3)] == [503, 503, 200]
    assert sandbox.faults.fired(rule) == 2
    second = sandbox.faults.add("status")
    sandbox.faults.remove(second)
    assert scravio.get("/auth/me").status_code == 200


def test_chance_repeats_with_its_seed(sandbox, scravio):
    """The same seed strikes the same requests."""

    def struck():
        sandbox.faults.clear()
        sandbox.faults.add("status", chance=0.5, seed=11)
        return [scravio.get("/auth/me").status_code for _ in range(20)]

    first = struck()
    assert first == struck()
    assert {200, 503} == set(first)


def test_a_predicate_sees_the_body_and_may_change_the_world(sandbox, workspace, upload):
    """It runs before the request does."""

    def someone_was_faster(request):
        if b"jane.doe" in request.body:
            workspace.add_person(workspace.campaigns[0], JANE["email"], sandbox.now())
        return False

    sandbox.faults.put(Rule("status", when=someone_was_faster))
    assert upload().json()["duplicated_leads"] == 1


@pytest.mark.parametrize("facts", [{"kind": "explode"}, {}, {"kind": "cut", "nonsense": 1}])
def test_a_rule_that_makes_no_sense_is_refused(facts):
    """Rules from another process are judged when they arrive."""
    with pytest.raises(ValueError, match=r"kind|nonsense"):
        Rule.read(facts)


def test_faults_reach_every_operation(sandbox, instantly):
    """Whatever the sandbox learns to play can be broken."""
    routes = [route for route in sandbox._routes["instantly"].all if route.scope]
    sandbox.faults.add("status", "instantly", code=503)
    for route in routes:
        path = re.sub(r"\{\w+\}", "x", route.template.removeprefix("/api/v2"))
        assert instantly.request(route.method, path).status_code == 503
    sandbox.faults.clear()


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_hollow_page_of_the_inbox_leads_to_the_whole(sandbox, workspace, instantly, order):
    """Also where the newest rows come first, as in the inbox."""
    person = workspace.add_person(workspace.campaigns[0], "jane@example.com", NOW)
    happen(workspace, person, "reply_received", NOW)
    sandbox.faults.add("hollow_page", "instantly", "/api/v2/emails", times=1)
    first = instantly.get("/emails", params={"sort_order": order}).json()
    assert first["items"] == []
    asked = {"sort_order": order, "starting_after": first["next_starting_after"]}
    assert len(instantly.get("/emails", params=asked).json()["items"]) == 1
