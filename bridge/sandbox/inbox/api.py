"""The door of the sandbox's Inbox: who may ask, how often (inbox.md §6), and which handler answers."""

from dataclasses import replace
from typing import Any

from bridge.sandbox.inbox import campaigns, leads
from bridge.sandbox.inbox.call import Call, Table
from bridge.sandbox.inbox.team import Sender, Team, new_id
from bridge.sandbox.limits import MINUTE, Window
from bridge.sandbox.routes import Routes
from bridge.sandbox.vendor import App, Shared
from bridge.sandbox.wire import Problem, Request, Response, Row, answer, stamp


def _team(call: Call) -> Row:
    team = call.team
    row: Row = {"id": team.id, "name": team.name, "slug": "sandbox", "image": None, "createdAt": stamp(team.created)}
    return row | {"updatedAt": stamp(team.created), "currency": "USD", "allowSupportAccess": False}


def _sender(call: Call, one: Sender) -> Row:
    row: Row = {"id": one.id, "platform": one.platform, "platformId": new_id(one.username), "name": one.username}
    row |= {"username": one.username, "image": None, "createdAt": stamp(call.team.created)}
    return row | {"status": one.status, "syncedAt": None}


_MINE: Table = {
    "GET team": _team,
    "GET account-links": lambda call: [_sender(call, one) for one in call.team.senders],
}


def open_app(team: Team, shared: Shared) -> App:
    """Inbox's API over `team`, everything below `/api/v1`."""
    routes, window = Routes("/api/v1/", {**_MINE, **campaigns.TABLE, **leads.TABLE}), Window()

    def handle(request: Request) -> Response:
        found = routes.find(request.method, request.path)
        call = Call(team, shared.book, shared.now(), request, found[1] if found else {})
        limits: tuple[tuple[str, str], ...] = ()
        try:
            _need_key(call)
            limits = _admit(call, window)
            if found is None:
                raise call.refuse(404, f"Cannot {request.method} {request.path}")
            response = answer(found[0].handler(call))
        except Problem as refused:
            response = refused.response
        return replace(response, headers=(*response.headers, *limits))

    return App(
        routes,
        handle,
        held=lambda: {one.name: len(one.leads) for one in team.campaigns if one.leads},
        mutations={"inbox": lambda terms: _change(team, **terms)},
    )


def _need_key(call: Call) -> None:
    kind, _, key = call.request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or key.strip() not in call.team.keys:
        raise call.refuse(401, "Invalid or missing token")


def _admit(call: Call, window: Window) -> tuple[tuple[str, str], ...]:
    """The headers that show the limits. Raises the vendor's 429, which names a wait where headers show any."""
    habits, reads = call.team.habits, call.request.method == "GET"
    most = habits.reads_per_minute if reads else habits.writes_per_minute
    admitted = window.admit(call.now, (most, MINUTE), name="reads" if reads else "writes")
    left, again = window.left(call.now, most, MINUTE, name="reads" if reads else "writes")
    limits = (
        ("X-RateLimit-Limit", str(most)),
        ("X-RateLimit-Remaining", str(left)),
        ("X-RateLimit-Reset", str(int(again.timestamp()) + 1)),
    )
    if admitted:
        return limits if habits.shows_limits else ()
    refused = call.refuse(429, "Rate limit exceeded").response
    wait = ("Retry-After", str(int((again - call.now).total_seconds()) + 1))
    raise Problem(replace(refused, headers=(*limits, wait)) if habits.shows_limits else refused)


def _change(team: Team, campaign: str, **changes: Any) -> None:
    """Set attributes of a campaign, such as its status."""
    found = team.campaign(campaign)
    if found is None:
        raise LookupError(f"no campaign {campaign}")
    for name, value in changes.items():
        setattr(found, name, value)
