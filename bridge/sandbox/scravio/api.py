"""The door of the sandbox's Scravio: who may ask (scravio.md §1), and which handler answers."""

from collections.abc import Callable, Mapping
from typing import Any

from bridge.sandbox.limits import MINUTE, Window
from bridge.sandbox.routes import Routes
from bridge.sandbox.scravio import campaigns, exports, validations
from bridge.sandbox.scravio.account import ScravioAccount
from bridge.sandbox.scravio.call import Call, Table, missing, problem
from bridge.sandbox.vendor import App, Shared
from bridge.sandbox.wire import Problem, Request, Response, Row, answer, stamp


def _me(call: Call) -> Row:
    account = call.account
    me: Row = {"id": "65f0000000000000000000aa", "email": "owner@sandbox.example", "name": "Sandbox"}
    me |= {"shouldMaskEmail": account.mask_email, "credits": account.credits}
    if account.habits.version == "1.0":
        me |= {"avatar": None, "isVerified": True, "concurrentCampaignLimit": 4, "scrapingSpeed": "fast"}
        return me | {"createdAt": stamp(account.created)}
    me["emailRevealUsage"] = {"used": 0, "limit": 5}
    me["subscription"] = {"planId": "growth", "status": "active", "concurrentCampaignLimit": 4}
    workspace = {"id": account.workspace_id, "name": "Sandbox", "role": "owner", "permissions": []}
    return me | {"workspace": workspace | {"credits": account.credits, "seatSummary": {"used": 1, "limit": 3}}}


def _transactions(call: Call) -> Row:
    call.need_account_key()
    kinds, campaign = call.query.get("type"), call.query.get("campaignId")
    chosen = [
        one
        for one in reversed(call.account.transactions)
        if (not kinds or one["type"] in kinds.split(","))
        and campaign in (None, one["campaignId"])
        and call.in_range(one["timestamp"])
    ]
    rows, totals = call.page(chosen)
    return {"transactions": rows, "pagination": totals, "requestId": "req_sandbox"}


_TABLES: tuple[Table, ...] = (
    {"GET auth/me": _me, "GET credit-transactions": _transactions}, campaigns.TABLE, validations.TABLE, exports.TABLE,
)  # fmt: skip


def open_app(account: ScravioAccount, shared: Shared) -> App:
    """Scravio's API over `account`: everything below `/api`, and the files behind pre-signed links below `/files`."""
    routes, window = Routes("/api/", {name: handler for table in _TABLES for name, handler in table.items()}), Window()

    def handle(request: Request) -> Response:
        found, now = routes.find(request.method, request.path), shared.now()
        call = Call(account, window, now, request, found[1] if found else {})
        try:
            if request.path.startswith("/files/"):
                return exports.fetch(call)
            _admit(call)
            for matter in (validations, exports):
                matter.advance(account, now)
            if found is None:
                raise missing(f"Cannot {request.method} {request.path}")
            result: Any = found[0].handler(call)
            return result if isinstance(result, Response) else answer(result)
        except Problem as refused:
            return refused.response

    mutations: Mapping[str, Callable[[Row], Any]] = {
        "lead": lambda terms: account.campaign(terms["campaign"]).lead(terms["index"]).update(**terms["fields"]),
        "add_lead": lambda terms: account.campaign(terms["campaign"]).add_lead(**terms["fields"]),
        "campaign": lambda terms: account.campaign(terms["campaign"]).update(**terms["facts"]),
    }
    return App(routes, handle, mutations=mutations)


def _admit(call: Call) -> None:
    account, headers = call.account, call.request.headers
    key, token = headers.get("x-api-key", ""), headers.get("authorization", "").removeprefix("Bearer ").strip()
    if key in account.forbidden_keys:
        raise problem(403, "FORBIDDEN", "Insufficient permissions")
    if key not in account.keys and (key or token not in account.tokens):
        raise problem(401, "UNAUTHORIZED", "Missing or invalid API key")
    if headers.get("x-workspace-id", account.workspace_id) != account.workspace_id:
        raise problem(403, "WORKSPACE_FORBIDDEN", "This API key belongs to another workspace")
    if account.habits.per_minute is not None:
        call.limit(account.habits.per_minute, MINUTE, "all")
