"""Every answer of the sandbox's Instantly is one that the vendor's document allows."""

from datetime import UTC, datetime

import httpx
import pytest

from bridge.sandbox import Sandbox, demo_world
from tests.contract.make_slim import OPERATIONS
from tests.contract.schema import ContractTransport, check_answer

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NO_ONE = "019ffad2-9c4e-7be6-8364-ed444afb02d5"
HEADERS = {"Authorization": "Bearer sandbox-key", "User-Agent": "leadbridge-tests/1"}


@pytest.fixture
def sandbox():
    return Sandbox(demo_world(NOW), clock=lambda: NOW)


@pytest.fixture
def judged(sandbox):
    """A client whose every call is judged by the document."""
    transport = ContractTransport(sandbox.transport())
    with httpx.Client(transport=transport, base_url="https://vendor.example/api/v2", headers=HEADERS) as client:
        yield client


@pytest.fixture
def raw(sandbox):
    """A client that may send what it likes."""
    with httpx.Client(transport=sandbox.transport(), base_url="https://vendor.example", headers=HEADERS) as client:
        yield client


def test_the_sandbox_offers_exactly_the_operations_of_the_document(sandbox):
    """Nothing can be built against the sandbox that the slim document cannot judge."""
    routes = sandbox._routes["instantly"].all
    assert {(route.method, route.template) for route in routes if route.scope} == set(OPERATIONS)


def test_every_read_conforms(sandbox, judged):
    """Listings, single objects, the plan and the sending status of campaigns in every state."""
    workspace = sandbox.world.instantly
    for status in (-99, -2, -1, 0, 1, 2, 3, 4):
        workspace.campaigns[0].status = status
        assert judged.get(f"/campaigns/{workspace.campaigns[0].id}").json()["status"] == status
        judged.get(f"/campaigns/{workspace.campaigns[0].id}/sending-status").raise_for_status()
    for path in ("campaigns", "lead-lists", "block-lists-entries"):
        first = judged.get(f"/{path}", params={"limit": 1}).json()
        assert len(judged.get(f"/{path}", params={"starting_after": first["next_starting_after"]}).json()["items"]) >= 1
    workspace.add_mailbox("second@sandbox.example", NOW)
    first = judged.get("/accounts", params={"limit": 1}).json()
    assert judged.get("/accounts", params={"starting_after": first["next_starting_after"]}).json()["items"]
    (row,) = judged.get("/campaigns/analytics", params={"id": workspace.campaigns[1].id}).json()
    assert row["leads_count"] == sum(1 for _ in workspace.people(workspace.campaigns[1].id))
    for path in (f"lead-lists/{workspace.lists[0].id}", "workspaces/current", "workspace-billing/plan-details"):
        judged.get(f"/{path}").raise_for_status()


def test_every_write_conforms(sandbox, judged):
    """Uploads to a campaign and to a list with each kind of row, and the creation of a list."""
    workspace = sandbox.world.instantly
    lead = {"email": "jane.doe7@example.com", "first_name": "Jane", "custom_variables": {"followers": 12, "vip": True}}
    rows = [
        lead,
        lead,
        {"email": "broken"},
        {"email": workspace.blocked[0].value},
        {"email": "a@example.org", "phone": None},
    ]
    made = judged.post("/leads/add", json={"campaign_id": workspace.campaigns[0].id, "leads": rows}).json()
    assert made["leads_uploaded"] == 2
    to_list = {"list_id": workspace.lists[0].id, "leads": [{"first_name": "Jane"}, {}], "verify_leads_on_import": True}
    assert judged.post("/leads/add", json=to_list).json()["incomplete_count"] == 1
    assert judged.post("/lead-lists", json={"name": "New"}).json()["name"] == "New"


def test_every_lookup_conforms(sandbox, judged):
    """Leads with and without e-mail, verification and custom variables, in lists and campaigns."""
    workspace = sandbox.world.instantly
    rows = [{"first_name": "Jane"}, {"email": "jane.doe7@example.com", "custom_variables": {"a": None}}]
    judged.post("/leads/add", json={"list_id": workspace.lists[0].id, "leads": rows, "verify_leads_on_import": True})
    assert len(judged.post("/leads/list", json={"list_id": workspace.lists[0].id, "limit": 100}).json()["items"]) == 3
    (found,) = judged.post("/leads/list", json={"contacts": ["jane.doe7@example.com"]}).json()["items"]
    assert judged.get(f"/leads/{found['id']}").json() == found


def test_every_refusal_conforms(sandbox, raw):
    """400, 401, 402, 403, 404 and 429 have the documented bodies."""
    workspace = sandbox.world.instantly
    workspace.keys["reader"] = frozenset({"campaigns:read"})
    workspace.keys["limited"] = frozenset({"all:all"})
    cases = [
        (400, "POST", "/api/v2/leads/add", {}, {"leads": []}),
        (400, "POST", "/api/v2/lead-lists", {}, {"title": "x"}),
        (401, "GET", "/api/v2/campaigns", {"Authorization": "Bearer wrong"}, None),
        (403, "POST", "/api/v2/leads/list", {"Authorization": "Bearer reader"}, {}),
        (404, "GET", f"/api/v2/leads/{NO_ONE}", {}, None),
        (404, "GET", f"/api/v2/campaigns/{NO_ONE}", {}, None),
        (404, "POST", "/api/v2/leads/add", {}, {"list_id": NO_ONE, "leads": [{"email": "a@example.com"}]}),
    ]
    for status, method, path, headers, body in cases:
        answer = raw.request(method, path, headers=headers, json=body)
        assert answer.status_code == status
        check_answer(method, path, status, answer.json())


def test_a_lapsed_plan_and_a_spent_limit_conform(sandbox, raw):
    """402 and 429 on an ordinary route."""
    sandbox.world.instantly.habits.plan_lapsed = True
    check_answer("GET", "/api/v2/campaigns", 402, raw.get("/api/v2/campaigns").json())
    sandbox.world.instantly.habits.per_minute = 0
    answer = raw.get("/api/v2/campaigns")
    assert answer.status_code == 429
    assert "retry-after" not in answer.headers
    check_answer("GET", "/api/v2/campaigns", 429, answer.json())
