"""Scravio's API over an account in memory, as scravio.md §1-§8 tells it: who may ask, and everything that only reads.

What changes the account or its credits stands in `scravio_validations`, `scravio_exports` and `scravio_starting`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import count
from math import ceil
from typing import Any

from bridge.sandbox.account import ScravioAccount, SourceCampaign, has_email
from bridge.sandbox.limits import Window
from bridge.sandbox.routes import Route, Routes
from bridge.sandbox.scravio_desk import Counter
from bridge.sandbox.scravio_exports import Exports
from bridge.sandbox.scravio_starting import Starting
from bridge.sandbox.scravio_validations import CampaignValidations, Jobs
from bridge.sandbox.wire import Problem, Request, Response, answer, dumps, moment, stamp

STATUSES = (
    "pending", "scraping", "scraping_completed", "processing_emails", "fully_completed", "failed", "stopped",
)  # fmt: skip
PLATFORMS = ("instagram", "youtube", "linkedin", "facebook", "tiktok", "x")
_CAMPAIGN_SORTS = {"createdAt": "createdAt", "progress": "progressPercentage", "status": "status"}
_SEARCHED_INPUTS = ("hashtag", "hashtags", "targetUser", "mediaUrl", "keyword", "keywords")


class ScravioApi:
    """Answers requests below `/api` from `account`; `now` is the sandbox's clock."""

    def __init__(self, account: ScravioAccount, now: Callable[[], datetime]) -> None:
        self._account = account
        self._now = now
        self._window = Window()
        self._requests = count(1)
        counter = Counter(account, now, self._find, self._problem)
        self._validations, self._jobs = CampaignValidations(counter), Jobs(counter)
        self._exports, self._starting = Exports(counter, self._jobs.file), Starting(counter)
        self.routes = Routes(
            *self._validations.routes,
            *self._jobs.routes,
            *self._exports.routes,
            *self._starting.routes,
            Route("GET", "/api/auth/me", self._me),
            Route("GET", "/api/campaigns", self._campaigns),
            Route("GET", "/api/campaigns/{id}", self._campaign),
            Route("GET", "/api/campaigns/{id}/leads", self._leads),
        )

    def handle(self, request: Request) -> Response:
        """The answer to one request; never raises."""
        if request.path.startswith("/files/"):
            return self._exports.fetch(request)
        try:
            self._admit(request)
            for part in (self._validations, self._jobs, self._exports):
                part.advance()
            found = self.routes.find(request.method, request.path)
            if found is None:
                raise self._problem(404, "NOT_FOUND", f"Cannot {request.method} {request.path}")
            route, holes = found
            return route.handler(request, holes)
        except Problem as problem:
            return problem.response

    def _admit(self, request: Request) -> None:
        account, key = self._account, request.headers.get("x-api-key", "")
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if key in account.forbidden_keys:
            raise self._problem(403, "FORBIDDEN", "Insufficient permissions")
        if key not in account.keys and (key or token not in account.tokens):
            raise self._problem(401, "UNAUTHORIZED", "Missing or invalid API key")
        if request.headers.get("x-workspace-id", account.workspace_id) != account.workspace_id:
            raise self._problem(403, "WORKSPACE_FORBIDDEN", "This API key belongs to another workspace")
        if not self._window.admit(self._now(), per_minute=account.habits.per_minute):
            raise self._problem(429, "RATE_LIMITED", "Too many requests")

    def _me(self, _request: Request, _holes: Mapping[str, str]) -> Response:
        account = self._account
        me: dict[str, Any] = {"id": "65f0000000000000000000aa", "email": "owner@sandbox.example", "name": "Sandbox"}
        me |= {"shouldMaskEmail": account.mask_email, "credits": account.credits}
        if account.habits.version == "1.0":
            me |= {"avatar": None, "isVerified": True, "concurrentCampaignLimit": 4, "scrapingSpeed": "fast"}
            return answer(me | {"createdAt": stamp(account.created)})
        me["emailRevealUsage"] = {"used": 0, "limit": 5}
        me["subscription"] = {"planId": "growth", "status": "active", "concurrentCampaignLimit": 4}
        seats = {"used": 1, "limit": 3}
        workspace = {"id": account.workspace_id, "name": "Sandbox", "role": "owner", "permissions": []}
        return answer(me | {"workspace": workspace | {"credits": account.credits, "seatSummary": seats}})

    def _campaigns(self, request: Request, _holes: Mapping[str, str]) -> Response:
        query = request.query
        page, size = self._paging(query, self._account.habits.campaign_page_cap)
        field = _CAMPAIGN_SORTS[self._one_of(query, "sortBy", tuple(_CAMPAIGN_SORTS), "createdAt")]
        descending = self._one_of(query, "order", ("asc", "desc"), "desc") == "desc"
        chosen = [one for one in self._account.campaigns if not one.deleted and self._matches(one, query)]
        chosen.sort(
            key=lambda one: one.facts.get(field) or 0 if field == "progressPercentage" else str(one.facts[field])
        )
        if descending:
            chosen.reverse()
        told = [self._listed(one) for one in chosen[(page - 1) * size : page * size]]
        shown = [dumps(one) for one in told]
        return self._page(shown, len(chosen), page, size)

    def _listed(self, campaign: SourceCampaign) -> dict[str, Any]:
        told = campaign.shown()
        if not self._account.habits.list_tells_validation:
            for name in ("phaseState", "postValidation"):
                told.pop(name, None)
        return told

    def _matches(self, campaign: SourceCampaign, query: Mapping[str, str]) -> bool:
        facts = campaign.facts
        status = self._one_of(query, "status", STATUSES, "")
        types = [name.strip() for name in query.get("type", "").split(",") if name.strip()]
        created = moment(str(facts["createdAt"]))
        return (
            (not status or facts["status"] == status)
            and (not types or any(_is_type(str(facts["type"]), name) for name in types))
            and query.get("q", "").lower() in _searchable(facts)
            and ("from" not in query or created >= self._date(query, "from"))
            and ("to" not in query or created <= self._date(query, "to"))
        )

    def _campaign(self, _request: Request, holes: Mapping[str, str]) -> Response:
        detail = self._find(holes["id"]).shown(detail=True)
        return answer({"campaign": detail} if self._account.habits.wrap_detail else detail)

    def _leads(self, request: Request, holes: Mapping[str, str]) -> Response:
        campaign, query = self._find(holes["id"]), request.query
        page, size = self._paging(query, self._account.habits.lead_page_cap)
        sort = self._one_of(query, "sortBy", ("hasEmail", "followerCount", "scrapedAt"), "hasEmail")
        order = self._one_of(query, "order", ("asc", "desc"), "desc")
        wanted = self._lead_filter(query)
        chosen = campaign.crowd.select(wanted, lambda row: _passes(row, wanted), sort, order)
        shown = [self._account.lead_text(campaign, index) for index in chosen[(page - 1) * size : page * size]]
        return self._page(shown, len(chosen), page, size)

    def _lead_filter(self, query: Mapping[str, str]) -> tuple[str, ...]:
        # In the order that `_passes` unpacks; hashable, since it also names the selection.
        return (
            self._one_of(query, "hasEmail", ("true", "false"), ""),
            self._one_of(query, "validationStatus", ("valid", "invalid", "pending"), ""),
            self._one_of(query, "platform", PLATFORMS, ""),
            query.get("sourceType", ""),
            query.get("emailSource", ""),
        )

    def _find(self, ref: str) -> SourceCampaign:
        for campaign in self._account.campaigns:
            if campaign.id == ref and not campaign.deleted:
                return campaign
        raise self._problem(404, "NOT_FOUND", "Campaign not found")

    def _page(self, texts: Sequence[str], total: int, page: int, size: int) -> Response:
        told = {"totalCount": total, "totalPages": ceil(total / size), "currentPage": page, "perPage": size}
        return Response(200, f'{{"items":[{",".join(texts)}],"pagination":{dumps(told)}}}'.encode())

    def _paging(self, query: Mapping[str, str], cap: int) -> tuple[int, int]:
        page, size = self._number(query, "page", 1), self._number(query, "perPage", 10)
        if size > cap and self._account.habits.large_pages == "reject":
            raise self._invalid("perPage", f"perPage must be between 1 and {cap}")
        return page, min(size, cap)

    def _number(self, query: Mapping[str, str], name: str, default: int) -> int:
        text = query.get(name, str(default))
        if not text.isascii() or not text.isdecimal() or int(text) < 1:
            raise self._invalid(name, f"{name} must be a positive integer")
        return int(text)

    def _one_of(self, query: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
        value = query.get(name, default)
        if name in query and value not in allowed:
            raise self._invalid(name, f"{name} must be one of: {', '.join(allowed)}")
        return value

    def _date(self, query: Mapping[str, str], name: str) -> datetime:
        try:
            return moment(query[name])
        except ValueError:
            raise self._invalid(name, f"{name} must be an ISO 8601 date") from None

    def _invalid(self, param: str, message: str) -> Problem:
        return self._problem(400, "VALIDATION_ERROR", "Validation failed", param, message)

    def _problem(self, status: int, code: str, message: str, param: str = "", detail: str = "") -> Problem:
        body: dict[str, Any] = {"message": message, "code": code}
        if param:
            body["errors"] = [{"param": param, "msg": detail, "location": "query"}]
        return Problem(answer(body | {"requestId": f"req_{next(self._requests):06x}"}, status))


def _is_type(actual: str, wanted: str) -> bool:
    # A full type, or a platform shorthand such as INSTAGRAM; X also stands for the types of its old name.
    prefixes = ("X_", "TWITTER_") if wanted in {"X", "TWITTER"} else (f"{wanted}_",)
    return actual == wanted or actual.startswith(prefixes)


def _searchable(facts: Mapping[str, Any]) -> str:
    inputs = facts.get("inputs") or {}
    return " ".join([str(facts.get("title") or ""), *(str(inputs.get(name, "")) for name in _SEARCHED_INPUTS)]).lower()


def _passes(row: Mapping[str, Any], wanted: tuple[str, ...]) -> bool:
    email, validation, platform, source_type, email_source = wanted
    told = row.get("emailValidation") or {}
    return (
        (not email or has_email(row) == (email == "true"))
        and (not validation or told.get("status") == validation)
        and (not platform or row.get("platform") == platform)
        and (not source_type or row.get("sourceType") == source_type)
        and (not email_source or row.get("emailSource") == email_source)
    )
