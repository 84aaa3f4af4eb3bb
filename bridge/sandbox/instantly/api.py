"""The door of the sandbox's Instantly: who may ask, whether the request fits the document, and who answers it.

The traps of the real one are kept. A request without a product User-Agent gets Cloudflare's HTML page (pitfall 8), and
unknown filters are ignored (5). A `limit` over 100 answers an empty page (6), and a 429 carries no header (12).
"""

from datetime import datetime
from typing import Any

from bridge.sandbox.instantly import (
    accounts,
    addleads,
    analytics,
    blocklist,
    campaigns,
    contract,
    emails,
    happening,
    jobs,
    leads,
    life,
    lists,
    moves,
    plan,
    tags,
    webhooks,
)  # fmt: skip
from bridge.sandbox.instantly.call import Call, SchemaError, problem
from bridge.sandbox.instantly.records import Try
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.limits import MINUTE, SECOND, Window
from bridge.sandbox.routes import Route, Routes
from bridge.sandbox.vendor import App, Shared
from bridge.sandbox.wire import HTML, Problem, Request, Response, Row, answer, loads

_MATTERS = (
    addleads,
    leads,
    moves,
    jobs,
    campaigns,
    analytics,
    accounts,
    lists,
    blocklist,
    emails,
    webhooks,
    tags,
    plan,
)
_ROOT = "/api/v2/"
_SLOW = "GET /api/v2/emails"  # has a limit of its own (OpenAPI: listEmail)
# What Cloudflare refuses as no product's; httpx and the command line's curl pass.
_ODD_AGENTS = ("python-urllib",)
_CLOUDFLARE = (
    b"<!DOCTYPE html><html><head><title>Access denied | Cloudflare</title>"
    b"</head><body><h1>Error 1010</h1><p>The owner of this website has banned your access based on your browser's "
    b"signature.</p></body></html>"
)


def open_app(workspace: Workspace, shared: Shared) -> App:
    """Instantly's API over `workspace`, everything below `/api/v2`."""
    table = dict.fromkeys(contract.elsewhere(), _elsewhere)
    table |= {name: handler for matter in _MATTERS for name, handler in matter.TABLE.items()}
    routes = Routes(_ROOT, table, {name: result.scope for name, result in contract.operations().items()})
    window = Window()

    def handle(request: Request) -> Response:
        try:
            agent, now = request.headers.get("user-agent", "").strip().lower(), shared.now()
            if not agent or agent.startswith(_ODD_AGENTS):
                raise Problem(Response(403, _CLOUDFLARE, HTML))
            scopes = _admit(workspace, request, window, now)
            found = routes.find(request.method, request.path)
            if found is None:
                raise problem(404, f"Route {request.method}:{request.path} not found")
            needed = found[0].scope
            resource, _, action = needed.partition(":")
            if needed and scopes.isdisjoint({needed, f"{resource}:all", f"all:{action}", "all:all"}):
                raise problem(403, f"API key does not have the required scope: {needed}")
            jobs.advance(workspace, now)
            _live(workspace, now)
            result = found[0].handler(_call(workspace, shared, request, *found))
            return result if isinstance(result, Response) else answer(result)
        except Problem as refused:
            return refused.response
        except SchemaError as error:
            return problem(400, str(error)).response

    def due() -> list[Try]:
        _live(workspace, shared.now())
        return webhooks.due(workspace, shared.now())

    return App(
        routes,
        handle,
        held=lambda: {"lead_count": workspace.lead_count(), "room": workspace.room()},
        mutations={
            "event": lambda terms: happening.mutate(workspace, shared.now(), **terms),
            "target": lambda terms: campaigns.set_status(workspace, **terms),
            "life": lambda terms: life.mutate(workspace, shared.now(), **terms),
        },
        due=due,
        delivered=lambda delivery, code: webhooks.delivered(workspace, delivery, code, shared.now()),
    )


def _live(workspace: Workspace, now: datetime) -> None:
    if workspace.life is not None:
        workspace.life.advance(workspace, now)


def _admit(workspace: Workspace, request: Request, window: Window, now: datetime) -> frozenset[str]:
    """The scopes of the key, where it is one and has not asked too often."""
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    scopes = workspace.keys.get(key.strip()) if kind.lower() == "bearer" else None
    if scopes is None:
        raise problem(401, "Invalid API key" if key else "Missing Authorization header")
    habits = workspace.habits
    may = window.admit(now, (habits.per_second, SECOND), (habits.per_minute, MINUTE))
    if may and f"{request.method} {request.path}" == _SLOW:
        may = window.admit(now, (habits.emails_per_minute, MINUTE), name=_SLOW)
    if not may:
        raise problem(429, "Rate limit exceeded")
    if habits.plan_lapsed:
        raise problem(402, "Workspace does not have an active paid plan")
    return scopes


def _call(workspace: Workspace, shared: Shared, request: Request, route: Route, params: dict[str, str]) -> Call:
    """What the handler is given: the request's values, which the document allows. Raises SchemaError."""
    operation = contract.operations().get(f"{route.method} {route.template.removeprefix(_ROOT)}")
    query: Row = {}
    body = None
    if operation is not None:
        query, body = operation.read(params, request.pairs, _decoded(request), has_body=bool(request.body))
    return Call(workspace, shared.book, shared.now(), query, body, params, shared.post)


def _decoded(request: Request) -> Any:
    if not request.body:
        if request.method != "GET" and "json" in request.headers.get("content-type", ""):
            # Activating, pausing and deleting too (instantly.md pitfall 9).
            raise problem(400, "Body cannot be empty when content-type is set to 'application/json'")
        return None
    try:
        return loads(request.body)
    except ValueError:
        raise problem(400, "Body is not valid JSON") from None


def _elsewhere(_call: Call) -> Row:
    # 404 and not 501: well-behaved clients repeat what was answered with 5xx.
    raise problem(404, "Instantly documents this operation, but the sandbox does not play it")
