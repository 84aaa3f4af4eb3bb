"""The door of the sandbox's Instantly: who may ask, whether the request fits the document, and who answers it.

The traps of the real one are kept: a request without a product User-Agent gets Cloudflare's HTML page (pitfall 8),
unknown filters are ignored (5), a `limit` over 100 answers an empty page (6), a 429 carries no header (12).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from bridge.sandbox.book import Book
from bridge.sandbox.instantly import (
    accounts,
    analytics,
    blocklist,
    campaigns,
    contract,
    emails,
    jobs,
    leads,
    lists,
    moves,
    plan,
    tags,
    webhooks,
)
from bridge.sandbox.instantly.call import Call, Handler, problem
from bridge.sandbox.instantly.records import Delivery
from bridge.sandbox.instantly.shapes import CLOUDFLARE
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.limits import Window
from bridge.sandbox.routes import Route, Routes
from bridge.sandbox.wire import HTML, Problem, Request, Response, answer, loads

_MATTERS = (leads, moves, jobs, campaigns, analytics, accounts, lists, blocklist, emails, webhooks, tags, plan)
TABLE: Mapping[str, Handler] = {name: handler for matter in _MATTERS for name, handler in matter.TABLE.items()}
_ROOT = "/api/v2/"
# What Cloudflare refuses as no product's; httpx and the command line's curl pass.
_ODD_AGENTS = ("python-urllib",)
_SLOW = f"{_ROOT}emails"  # 20 a minute, unlike the rest (OpenAPI: listEmail)


class InstantlyApi:
    """Answers requests below `/api/v2` from `workspace`; `now` is the sandbox's clock, `post` calls a webhook."""

    def __init__(
        self, workspace: Workspace, book: Book, now: Callable[[], datetime], post: Callable[[Delivery], int]
    ) -> None:
        self._post = post
        self._workspace = workspace
        self._book = book
        self._now = now
        self._window = Window()
        self._emails = Window()
        offered = [self._route(name, operation) for name, operation in contract.operations().items()]
        others = [Route(method, path, _elsewhere) for method, path in contract.elsewhere()]
        self.routes = Routes(*offered, *others)

    def handle(self, request: Request) -> Response:
        """The answer to one request; never raises."""
        try:
            self._guard(request)
            found = self.routes.find(request.method, request.path)
            scopes = self._admit(request)
            if found is None:
                raise problem(404, f"Route {request.method}:{request.path} not found")
            route, holes = found
            self._permit(scopes, route.scope)
            jobs.advance(self._workspace, self._now())
            return route.handler(request, holes)
        except Problem as refused:
            return refused.response
        except contract.Misfit as misfit:
            return problem(400, str(misfit)).response

    def _guard(self, request: Request) -> None:
        agent = request.headers.get("user-agent", "").strip().lower()
        if not agent or agent.startswith(_ODD_AGENTS):
            raise Problem(Response(403, CLOUDFLARE, HTML))

    def _admit(self, request: Request) -> frozenset[str]:
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        scopes = self._workspace.keys.get(key.strip()) if kind.lower() == "bearer" else None
        if scopes is None:
            raise problem(401, "Invalid API key" if key else "Missing Authorization header")
        habits, now = self._workspace.habits, self._now()
        slow = request.method == "GET" and request.path == _SLOW
        if not self._window.admit(now, per_second=habits.per_second, per_minute=habits.per_minute) or (
            slow and not self._emails.admit(now, per_minute=habits.emails_per_minute)
        ):
            raise problem(429, "Rate limit exceeded")
        if habits.plan_lapsed:
            raise problem(402, "Workspace does not have an active paid plan")
        return scopes

    def _permit(self, scopes: frozenset[str], needed: str) -> None:
        resource, _, action = needed.partition(":")
        if needed and scopes.isdisjoint({needed, f"{resource}:all", f"all:{action}", "all:all"}):
            raise problem(403, f"API key does not have the required scope: {needed}")

    def _route(self, name: str, operation: contract.Operation) -> Route:
        method, path = name.split(" ")
        handler = TABLE[f"{method} {path.removeprefix(_ROOT)}"]
        return Route(method, path, partial(self._answer, operation, handler), operation.scope)

    def _answer(
        self, operation: contract.Operation, handler: Handler, request: Request, holes: Mapping[str, str]
    ) -> Response:
        for name, text in holes.items():
            if name in operation.path:
                contract.judge(operation.path[name], text, f"params/{name}")
        query = operation.read_query(request.pairs)
        body = _body(request, operation)
        told = handler(Call(self._workspace, self._book, self._now(), query, body, holes, self._post))
        return told if isinstance(told, Response) else answer(told)


def _elsewhere(request: Request, _holes: Mapping[str, str]) -> Response:
    # 404 and not 501: well-behaved clients repeat what was answered with 5xx.
    raise problem(404, f"Instantly documents {request.method} {request.path}, but the sandbox does not play it")


def _body(request: Request, operation: contract.Operation) -> Any:
    body = _decoded(request)
    if operation.no_body and request.body:
        raise contract.Misfit("must be null", "body")
    if operation.body is not None:
        body = {} if body is None and not operation.required else body
        contract.judge(operation.body, body, "body")
    return body


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
