"""Which requests the sandbox's Instantly takes: paths, queries, bodies, agents."""

import pytest

from tests.sandbox.conftest import NOW

ID = "019ffad2-9c4e-7be6-8364-ed444afb02d5"


@pytest.mark.parametrize(
    "path",
    [
        "campaigns/count-launched",
        "campaigns/search-by-contact?search=jane@example.com",
        "campaigns/analytics",
        "campaigns/analytics/overview",
        "emails/unread/count",
        "webhooks/event-types",
        "webhook-events/summary",
        "webhook-events/summary-by-date",
        "workspaces/current",
    ],
)
def test_a_fixed_path_is_not_taken_for_an_id(instantly, path):
    """Static paths that the document has beside `{id}` come first."""
    assert instantly.get(f"/{path}").status_code == 200


def test_no_fixed_path_of_the_document_is_hidden_by_a_hole(sandbox):
    """Whatever the document may add: each template, its holes filled with ids, is found as itself."""
    routes = sandbox._routes["instantly"]
    for route in routes.all:
        path = "/".join(ID if "{" in step else step for step in route.template.split("/"))
        assert routes.find(route.method, path)[0] is route


def test_what_the_sandbox_does_not_play_is_said_so(instantly):
    """A documented operation that is not there is distinguished from one that no one documents."""
    assert "does not play it" in instantly.get("/audit-logs").json()["message"]
    assert "not found" in instantly.get("/nothing-such").json()["message"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("campaigns?status=9", "querystring/status must be equal to one of the allowed values"),
        ("campaigns?status=active", "querystring/status must be number"),
        ("campaigns?status=1&status=2", "querystring/status must be number"),
        ("campaigns?limit=101", "querystring/limit must be <= 100"),
        ("campaigns?limit=0", "querystring/limit must be >= 1"),
        ("campaigns?limit=1.5", "querystring/limit must be integer"),
        ("campaigns?ai_sales_agent_id=x", 'querystring/ai_sales_agent_id must match format "uuid"'),
        ("campaigns/analytics?id=x", 'querystring/id must match format "uuid"'),
        (f"campaigns/analytics?ids={ID}&ids=x", 'querystring/ids/1 must match format "uuid"'),
        ("campaigns/analytics?exclude_total_leads_count=yes", "querystring/exclude_total_leads_count must be boolean"),
        ("campaigns/analytics?start_date=yesterday", 'querystring/start_date must match format "date-time"'),
        ("accounts?filter=PAUSED", "querystring/filter must be equal to one of the allowed values"),
        ("accounts?sort_order=down", "querystring/sort_order must be equal to one of the allowed values"),
        ("accounts?skip=-1", "querystring/skip must be >= 0"),
        ("lead-lists?has_enrichment_task=1", "querystring/has_enrichment_task must be boolean"),
        ("webhook-events?from=2026-13-01", 'querystring/from must match format "date"'),
        ("emails?email_type=inbound", "querystring/email_type must be equal to one of the allowed values"),
        ("background-jobs?status=done", "querystring/status must be one of"),
        ("campaigns/x", 'params/id must match format "uuid"'),
    ],
)
def test_a_value_outside_the_document_is_a_400(instantly, path, message):
    """Enums, types, bounds and formats of queries and paths, with the vendor's message."""
    answer = instantly.get(f"/{path}")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(message)


def test_an_unknown_parameter_is_ignored(instantly):
    """As the real one does."""
    assert len(instantly.get("/campaigns?name=none").json()["items"]) == 1


def test_a_parameter_may_be_given_many_times(instantly, workspace):
    """`ids=A&ids=B` asks for both."""
    ids = [workspace.add_campaign(name, 1, NOW).id for name in ("A", "B", "C")]
    rows = instantly.get("/campaigns/analytics", params={"ids": ids[:2]}).json()
    assert [row["campaign_name"] for row in rows] == ["A", "B"]


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("POST", "lead-lists", {"name": ""}, "body/name must NOT have fewer than 1 characters"),
        ("POST", "lead-lists", {"name": None}, "body/name must be string"),
        ("POST", "lead-lists", {}, "body must have required property 'name'"),
        (
            "POST",
            "campaigns",
            {"name": "A", "campaign_schedule": {"schedules": []}},
            "body/campaign_schedule/schedules",
        ),
        ("POST", "custom-tags", {"label": ""}, "body/label must NOT have fewer than 1 characters"),
        ("POST", "leads/list", {"filter": "contacted"}, "body/filter must be equal to one of the allowed values"),
        ("POST", "leads/list", {"queries": [{}]}, "body/queries/0 must have required property 'actionType'"),
        ("POST", "leads/move", {"ids": [ID], "to_list_id": ID}, "You must provide either campaign or list_id"),
        ("POST", "leads/move", {}, "You must provide either to_campaign_id or to_list_id"),
        ("DELETE", "leads", {"status": 1}, "body must have required property 'campaign_id'"),
        ("PATCH", f"leads/{ID}", {}, "body must NOT have fewer than 1 properties"),
        ("PATCH", f"leads/{ID}", {"email": "x@example.com"}, "body must NOT have additional properties (email)"),
        ("POST", "webhooks", {"target_hook_url": "ftp://x.example"}, "body/target_hook_url must match pattern"),
        ("POST", "webhooks", {"target_hook_url": "https://x.example", "event_type": "link_clicked"}, "body/event_type"),
        ("POST", "leads/list", {"campaign": "name"}, 'body/campaign must match format "uuid"'),
        ("DELETE", f"leads/{ID}", {}, "body must be null"),
    ],
)
def test_a_body_outside_the_document_is_a_400(instantly, method, path, body, message):
    """With the reason; an empty name is there, and too short."""
    answer = instantly.request(method, f"/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(message)


def test_activating_with_a_json_type_and_no_body_is_a_400(instantly, workspace):
    """An empty object, or no type, is what it wants (pitfall 9)."""
    path = f"/campaigns/{workspace.campaigns[0].id}/activate"
    assert instantly.post(path, headers={"Content-Type": "application/json"}).status_code == 400
    assert instantly.post(path, json={}).status_code == 200
    assert instantly.post(path).status_code == 200


def test_a_body_that_is_not_required_may_be_left_out(instantly, workspace):
    """It then counts as empty; one that is required may not."""
    assert instantly.post(f"/campaigns/{workspace.campaigns[0].id}/duplicate").status_code == 200
    assert instantly.post("/leads/list").status_code == 200
    assert instantly.post("/lead-lists").json()["message"] == "body must be object"


@pytest.mark.parametrize("agent", ["python-httpx/0.28.1", "curl/8.5.0", "node", "instantly-cli/0.1.21"])
def test_ordinary_http_clients_pass(instantly, agent):
    """Only what Cloudflare refuses is refused."""
    assert instantly.get("/campaigns", headers={"User-Agent": agent}).status_code == 200


def test_reading_the_inbox_is_limited_to_twenty_a_minute(instantly, clock):
    """On its own, whatever else is asked."""
    assert [instantly.get("/emails").status_code for _ in range(21)] == [200] * 20 + [429]
    assert instantly.get("/emails/unread/count").status_code == 200
    clock.sleep(61)
    assert instantly.get("/emails").status_code == 200
