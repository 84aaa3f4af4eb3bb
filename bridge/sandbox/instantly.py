"""Instantly's API v2 over a workspace in memory, as its OpenAPI document says. `addleads` decides on single leads.

The traps of the real one are kept: a request without a product User-Agent gets Cloudflare's HTML page (pitfall 8),
unknown filters are ignored (5), a `limit` over 100 answers an empty page (6), a 429 carries no header (12).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from bridge.sandbox import checks
from bridge.sandbox.addleads import Upload
from bridge.sandbox.book import Book
from bridge.sandbox.limits import Window
from bridge.sandbox.routes import Handler, Route, Routes
from bridge.sandbox.shapes import (
    CLOUDFLARE,
    plan_details,
    sending_status,
    shown_account,
    shown_analytics,
    shown_campaign,
)
from bridge.sandbox.wire import HTML, Problem, Request, Response, answer, loads, stamp
from bridge.sandbox.workspace import Block, Campaign, LeadList, Person, Workspace, shown_person

_ERRORS = {
    400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
    429: "Too Many Requests",
}  # fmt: skip
_ODD_AGENTS = ("python-", "curl")


def problem(status: int, message: str) -> Problem:
    """The vendor's error body (instantly.md §1.1)."""
    return Problem(answer({"statusCode": status, "error": _ERRORS[status], "message": message}, status))


class InstantlyApi:
    """Answers requests below `/api/v2` from `workspace`; `now` is the sandbox's clock."""

    def __init__(self, workspace: Workspace, book: Book, now: Callable[[], datetime]) -> None:
        self._workspace = workspace
        self._book = book
        self._now = now
        self._window = Window()
        self.routes = Routes(
            _route("POST", "leads/add", self._add, "leads:create"),
            _route("POST", "leads/list", self._list_leads, "leads:read"),
            _route("GET", "leads/{id}", self._lead, "leads:read"),
            _route("DELETE", "leads/{id}", self._delete_lead, "leads:delete"),
            _route("GET", "campaigns", self._campaigns, "campaigns:read"),
            _route("GET", "campaigns/analytics", self._analytics, "campaigns:read"),
            _route("GET", "campaigns/{id}", self._campaign, "campaigns:read"),
            _route("GET", "campaigns/{id}/sending-status", self._sending_status, "campaigns:read"),
            _route("GET", "accounts", self._accounts, "accounts:read"),
            _route("GET", "lead-lists", self._lists, "lead_lists:read"),
            _route("POST", "lead-lists", self._create_list, "lead_lists:create"),
            _route("GET", "lead-lists/{id}", self._list, "lead_lists:read"),
            _route("GET", "block-lists-entries", self._block_list, "block_list_entries:read"),
            _route("POST", "block-lists-entries/bulk-create", self._block_many, "block_list_entries:create"),
            _route("GET", "workspaces/current", self._current, "workspaces:read"),
            _route("GET", "workspace-billing/plan-details", self._plan, "workspace_billing:read"),
        )

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
            return route.handler(request, holes)
        except Problem as refused:
            return refused.response
        except checks.Misfit as misfit:
            return problem(400, str(misfit)).response

    # ------------------------------------------------------------------------------------------------------ who may ask

    def _guard(self, request: Request) -> None:
        agent = request.headers.get("user-agent", "").strip().lower()
        if not agent or agent.startswith(_ODD_AGENTS):
            raise Problem(Response(403, CLOUDFLARE, HTML))

    def _admit(self, request: Request) -> frozenset[str]:
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        scopes = self._workspace.keys.get(key.strip()) if kind.lower() == "bearer" else None
        if scopes is None:
            raise problem(401, "Invalid API key" if key else "Missing Authorization header")
        habits = self._workspace.habits
        if not self._window.admit(self._now(), per_second=habits.per_second, per_minute=habits.per_minute):
            raise problem(429, "Rate limit exceeded")
        if habits.plan_lapsed:
            raise problem(402, "Workspace does not have an active paid plan")
        return scopes

    def _permit(self, scopes: frozenset[str], needed: str) -> None:
        resource, action = needed.split(":")
        if scopes.isdisjoint({needed, f"{resource}:all", f"all:{action}", "all:all"}):
            raise problem(403, f"API key does not have the required scope: {needed}")

    # ------------------------------------------------------------------------------------------------------------ leads

    def _add(self, request: Request, _holes: Mapping[str, str]) -> Response:
        body = _body(request)
        habits = self._workspace.habits
        checks.add_request(body, unknown_keys=habits.unknown_keys)
        target: Campaign | LeadList
        if body.get("campaign_id"):
            target = self._find_campaign(body["campaign_id"])
            if habits.when_full == "402" and len(body["leads"]) > self._workspace.room():
                raise problem(402, "Lead limit of your plan reached")
        else:
            target = self._find_list(body["list_id"])
        flags = {key: value for key, value in body.items() if key != "leads"}
        return answer(Upload(self._workspace, target, flags, self._book, self._now()).run(body["leads"]))

    def _list_leads(self, request: Request, _holes: Mapping[str, str]) -> Response:
        body = _body(request)
        checks.list_request(body)
        limit = body.get("limit", 10)
        if limit > checks.LARGEST_PAGE:
            return answer({"items": []})
        rows = list(islice(self._matching(body), limit + 1))
        return self._page([shown_person(one, self._workspace.id) for one in rows], limit, "id")

    def _matching(self, body: Mapping[str, Any]) -> Iterator[Person]:
        place, after = body.get("campaign") or body.get("list_id"), body.get("starting_after", "")
        candidates: Iterable[Person] = self._workspace.people(place, after)
        if "contacts" in body:
            found = {one for contact in body["contacts"] for one in self._workspace.of_email(contact)}
            candidates = sorted(one for one in found if one.id > after and place in {None, one.place})
        visible = self._now() - timedelta(seconds=self._workspace.habits.lookup_lag)
        return (one for one in candidates if one.created <= visible and _passes(one, body))

    def _lead(self, _request: Request, holes: Mapping[str, str]) -> Response:
        person = self._workspace.person(self._uuid(holes["id"]))
        if person is None:
            raise problem(404, "Lead not found")
        return answer(shown_person(person, self._workspace.id))

    def _delete_lead(self, request: Request, holes: Mapping[str, str]) -> Response:
        if request.body or "content-type" in request.headers:
            raise problem(400, "Body must be null")  # instantly.md pitfall 9
        person = self._workspace.person(self._uuid(holes["id"]))
        if person is None:
            raise problem(404, "Lead not found")
        self._workspace.remove_person(person)
        return answer(shown_person(person, self._workspace.id))

    # ---------------------------------------------------------------------------------------------- campaigns and lists

    def _campaigns(self, request: Request, _holes: Mapping[str, str]) -> Response:
        query, limit = request.query, checks.page_limit(request.query)
        search = query.get("search", "").lower()
        chosen = [
            one
            for one in sorted(self._workspace.campaigns, key=lambda one: one.id)
            if search in one.name.lower()
            and query.get("status", str(one.status)) == str(one.status)
            and query.get("exclude_status") != str(one.status)
            and one.id > query.get("starting_after", "")
        ]
        return self._page([shown_campaign(one, self._workspace) for one in chosen], limit, "id")

    def _campaign(self, _request: Request, holes: Mapping[str, str]) -> Response:
        return answer(shown_campaign(self._find_campaign(self._uuid(holes["id"])), self._workspace))

    def _analytics(self, request: Request, _holes: Mapping[str, str]) -> Response:
        # One array without pages; drafts are missing (instantly.md pitfall 33).
        wanted = request.query.get("id", "")
        return answer(
            [
                shown_analytics(one, sum(1 for _ in self._workspace.people(one.id)))
                for one in self._workspace.campaigns
                if one.status != 0 and wanted in {"", one.id}
            ]
        )

    def _accounts(self, request: Request, _holes: Mapping[str, str]) -> Response:
        query, limit = request.query, checks.page_limit(request.query)
        tags = {tag.strip() for tag in query.get("tag_ids", "").split(",") if tag.strip()}
        by_cursor = {
            f"{stamp(one.created)}&{one.email}": one
            for one in self._workspace.mailboxes
            if query.get("search", "") in one.email and (not tags or not tags.isdisjoint(one.tags))
        }
        cursors = sorted(cursor for cursor in by_cursor if cursor > query.get("starting_after", ""))
        items = [shown_account(by_cursor[cursor], self._workspace) for cursor in cursors[:limit]]
        return answer({"items": items} | ({"next_starting_after": cursors[limit - 1]} if len(cursors) > limit else {}))

    def _sending_status(self, _request: Request, holes: Mapping[str, str]) -> Response:
        return answer(sending_status(self._find_campaign(self._uuid(holes["id"])), self._now()))

    def _lists(self, request: Request, _holes: Mapping[str, str]) -> Response:
        query, limit = request.query, checks.page_limit(request.query)
        search, after = query.get("search", "").lower(), query.get("starting_after", "")
        shown = [
            self._shown_list(one)
            for one in self._workspace.lists
            if search in one.name.lower() and stamp(one.created) > after
        ]
        return self._page(shown, limit, "timestamp_created")

    def _create_list(self, request: Request, _holes: Mapping[str, str]) -> Response:
        body = _body(request)
        checks.list_creation(body)
        return answer(self._shown_list(self._workspace.add_list(body["name"], self._now())))

    def _list(self, _request: Request, holes: Mapping[str, str]) -> Response:
        return answer(self._shown_list(self._find_list(self._uuid(holes["id"]))))

    # -------------------------------------------------------------------------------------------------------- workspace

    def _block_list(self, request: Request, _holes: Mapping[str, str]) -> Response:
        query, limit = request.query, checks.page_limit(request.query)
        search, domains = query.get("search", "").lower(), query.get("domains_only", "")
        shown = [
            self._shown_block(one)
            for one in sorted(self._workspace.blocked, key=lambda one: one.id)
            if search in one.value and (domains != "true" or one.is_domain) and one.id > query.get("starting_after", "")
        ]
        return self._page(shown, limit, "id")

    def _block_many(self, request: Request, _holes: Mapping[str, str]) -> Response:
        """Whether an entry that is there is made again is not documented: here it is left alone, and not listed."""
        body = _body(request)
        checks.block_request(body)
        known = {one.value for one in self._workspace.blocked}
        values = [value.strip().lower() for value in body["bl_values"]]
        good = [value for value in dict.fromkeys(values) if "." in value and " " not in value]
        made = [self._workspace.block(value, self._now()) for value in good if value not in known]
        told = {"valid_count": len(good), "invalid_count": len(values) - len(good)}
        return answer({"items": [self._shown_block(one) for one in made], **told})

    def _current(self, _request: Request, _holes: Mapping[str, str]) -> Response:
        workspace, created = self._workspace, stamp(self._workspace.created)
        told = {"id": workspace.id, "timestamp_created": created, "timestamp_updated": created}
        return answer(told | {"owner": workspace.owner, "name": workspace.name, "plan_id": "pid_hg_v1"})

    def _plan(self, _request: Request, _holes: Mapping[str, str]) -> Response:
        return answer(plan_details(self._workspace))

    # ---------------------------------------------------------------------------------------------------------- answers

    def _page(self, rows: Sequence[dict[str, Any]], limit: int, cursor: str) -> Response:
        page: dict[str, Any] = {"items": rows[:limit]}
        if len(rows) > limit:
            page["next_starting_after"] = rows[limit - 1][cursor]
        return answer(page)

    def _shown_list(self, one: LeadList) -> dict[str, Any]:
        workspace = self._workspace
        told = {"id": one.id, "organization_id": workspace.id, "has_enrichment_task": None, "owned_by": workspace.owner}
        return told | {"name": one.name, "timestamp_created": stamp(one.created)}

    def _shown_block(self, one: Block) -> dict[str, Any]:
        told = {"id": one.id, "timestamp_created": stamp(one.created), "organization_id": self._workspace.id}
        return told | {"bl_value": one.value, "is_domain": one.is_domain}

    def _find_campaign(self, ref: str) -> Campaign:
        found = next((one for one in self._workspace.campaigns if one.id == ref.lower()), None)
        if found is None:
            raise problem(404, "Campaign not found")
        return found

    def _find_list(self, ref: str) -> LeadList:
        found = next((one for one in self._workspace.lists if one.id == ref.lower()), None)
        if found is None:
            raise problem(404, "Lead list not found")
        return found

    def _uuid(self, text: str) -> str:
        if not checks.is_uuid(text):
            raise problem(400, 'params/id must match format "uuid"')
        return text


def _route(method: str, path: str, handler: Handler, scope: str) -> Route:
    return Route(method, f"/api/v2/{path}", handler, scope)


def _body(request: Request) -> Any:
    if not request.body:
        raise problem(400, "Body cannot be empty when content-type is set to 'application/json'")
    try:
        return loads(request.body)
    except ValueError:
        raise problem(400, "Body is not valid JSON") from None


def _passes(person: Person, body: Mapping[str, Any]) -> bool:
    search = str(body.get("search", "")).lower()
    return (
        ("in_campaign" not in body or (person.kind == "campaign") == body["in_campaign"])
        and ("in_list" not in body or (person.kind == "list") == body["in_list"])
        and ("ids" not in body or person.id in body["ids"])
        and person.id not in body.get("excluded_ids", ())
        and (not search or search in _names(person))
    )


def _names(person: Person) -> str:
    posted = person.posted
    return f"{person.email} {posted.get('first_name') or ''} {posted.get('last_name') or ''}".lower()
