"""The dashboard as an application: which address shows what, and what every request must pass first.

Pages are plain functions: starlette runs them in threads, so a database that hangs delays only its own request.
"""

import functools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bridge.daemon.web.cached_query import CachedQuery
from bridge.daemon.web.dashboard import rendering
from bridge.daemon.web.dashboard.access import (
    COOKIE,
    SESSION_SECONDS,
    Access,
    Attempts,
    Visitor,
    from_here,
    is_loopback,
)
from bridge.daemon.web.dashboard.overview import Overview, overview
from bridge.daemon.web.dashboard.surroundings import Surroundings
from bridge.daemon.web.host_check import HostCheck
from bridge.errors import BridgeError, Unavailable
from bridge.ledger import Database
from bridge.reports.text import plain

MOST_BYTES = 64 * 1024
"""A form has a few short fields."""

FOUND, SEE_OTHER, FORBIDDEN, NOT_FOUND, TOO_LARGE, TOO_MANY, AWAY = 200, 303, 403, 404, 413, 429, 503

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request that passed: who asks for what. `form` has the fields that were sent."""

    request: Request
    visitor: Visitor
    db: Database
    form: Mapping[str, str]

    def asked(self, name: str) -> str:
        """A value of the query, "" where it is missing."""
        return self.request.query_params.get(name, "")

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return self.request.client.host if self.request.client else ""

    @property
    def who(self) -> str:
        """The visitor as the ledger and the log name it."""
        return f"{self.visitor.name} ({self.address})" if self.visitor.name else self.address


Page = Callable[["Dashboard", Visit], Response]


class Dashboard:
    """The pages of one process."""

    def __init__(self, around: Surroundings, *, host: str = "127.0.0.1", access: Access | None = None) -> None:
        self.around = around
        password = around.settings.dashboard_password.reveal()
        self.access = access or Access(password, local=is_loopback(host))
        self.attempts = Attempts()
        self._overview = CachedQuery(lambda: overview(self.ledger, around.configuration.routes))

    @property
    def ledger(self) -> Database:
        """The database. Raises Unavailable while the daemon waits for it."""
        if self.around.db is None:
            raise Unavailable("The daemon is still waiting for its database.", vendor="ledger")
        return self.around.db

    @property
    def overview(self) -> Overview:
        """What the overview shows, not older than a moment. Raises BridgeError when the database does not answer."""
        return self._overview.get()

    def page(self, visit: Visit, template: str, status: int = FOUND, **given: Any) -> Response:
        """A page for this visitor."""
        return rendering.page(template, status, visitor=visit.visitor, access=self.access, **given)

    def routes(self) -> list[BaseRoute]:
        """Every address of the dashboard."""
        made: list[BaseRoute] = [Route(path, self._shown(page), methods=["GET"]) for path, page in PAGES.items()]
        return [
            *made,
            Route("/login", self._login_page, methods=["GET"]),
            Route("/login", self._login, methods=["POST"]),
            Route("/logout", self._sent(_logout), methods=["POST"]),
            Route("/static/{name}", lambda request: rendering.static(request.path_params["name"]), methods=["GET"]),
        ]

    # ----------------------------------------------------------------------------------------- what a request passes

    def _shown(self, page: Page) -> Callable[[Request], Response]:
        """A page behind the login, for starlette."""

        @functools.wraps(page)
        def answer(request: Request) -> Response:
            return self._answered(request, page, {})

        return answer

    def _sent(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        """What a form is sent to: with the session, its token, and from a page of ours."""

        async def answer(request: Request) -> Response:
            form = await fields(request)
            visitor = self.access.visitor(request)
            if form is None or not from_here(request):
                return self._refused("This form was not sent by a page of the dashboard.", "Open the page again.")
            if visitor is not None and (not visitor.csrf or form.get("csrf") != visitor.csrf):
                return self._refused(*_NO_ACTIONS if not visitor.csrf else _OTHER_SESSION)
            return await run_in_threadpool(self._answered, request, page, form)

        return answer

    def _answered(self, request: Request, page: Page, form: Mapping[str, str]) -> Response:
        visitor = self.access.visitor(request)
        if visitor is None:
            return self._stranger(request)
        try:
            return page(self, Visit(request, visitor, self.ledger, form))
        except BridgeError as error:
            return rendering.page("problem.html", AWAY, title="No answer", said=error.message, cure=error.hint)

    def _stranger(self, request: Request) -> Response:
        if not self.access.has_password:
            said = "The dashboard shows people's data, so it needs a password at any address but this machine's own."
            return self._refused(said, "Set BRIDGE_DASHBOARD_PASSWORD in .env and start leadbridge again.")
        back = f"{request.url.path}?{request.url.query}".rstrip("?") if request.method == "GET" else "/"
        return _to(rendering.link("/login", next=back if back != "/" else ""))

    def _refused(self, said: str, cure: str) -> Response:
        return rendering.page("problem.html", FORBIDDEN, title="Not allowed", said=said, cure=cure)

    # ------------------------------------------------------------------------------------------------------- the login

    def _login_page(self, request: Request) -> Response:
        if not self.access.has_password:
            return self._refused(*_NO_ACTIONS)
        return self._login_form(request.query_params.get("next", ""))

    def _login_form(self, back: str, said: str = "", status: int = FOUND) -> Response:
        return rendering.page("login.html", status, back=back, said=said)

    async def _login(self, request: Request) -> Response:
        form = await fields(request)
        if form is None or not from_here(request) or not self.access.has_password:
            return self._refused("This form was not sent by a page of the dashboard.", "Open the login page again.")
        address = request.client.host if request.client else ""
        back = form.get("next", "")
        if wait := self.attempts.wait(address):
            said = f"Too many attempts. Try again in {wait:.0f} seconds." if wait >= 1 else "Try again in a second."
            return self._login_form(back, said, TOO_MANY)
        name = plain(form.get("name", ""), 60)
        cookie = await run_in_threadpool(self.access.login, form.get("password", ""), name)
        self.attempts.note(address, right=cookie is not None)
        if cookie is None:
            log.warning("dashboard login refused", address=address)
            return self._login_form(back, "The password is wrong.", FORBIDDEN)
        log.info("dashboard login", who=name, address=address)
        # Only a path of ours: `//other.example` and `/\other.example` would lead elsewhere.
        answer = _to(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")
        https = request.url.scheme == "https"
        answer.set_cookie(COOKIE, cookie, SESSION_SECONDS, httponly=True, samesite="lax", secure=https)
        return answer


async def fields(request: Request) -> dict[str, str] | None:
    """The fields of a form, each the last of its name; None for anything else, and for too much."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return None
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            return None
    try:
        found = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return None
    return {name: values[-1] for name, values in found.items()}


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, SEE_OTHER, rendering.HEADERS)


def _logout(dashboard: Dashboard, visit: Visit) -> Response:
    dashboard.access.logout(visit.request)
    answer = _to("/login")
    answer.delete_cookie(COOKIE)
    return answer


_NO_ACTIONS = ("Actions need a password, and none is set.", "Set BRIDGE_DASHBOARD_PASSWORD in .env and start again.")
_OTHER_SESSION = ("This form belongs to an earlier login.", "Open the page again, and send it from there.")


def _front(dashboard: Dashboard, visit: Visit) -> Response:
    return dashboard.page(visit, "overview.html", here="overview", found=dashboard.overview)


def _front_live(dashboard: Dashboard, visit: Visit) -> Response:
    return dashboard.page(visit, "overview_live.html", found=dashboard.overview)


PAGES: Mapping[str, Page] = {"/": _front, "/overview/live": _front_live}


def application(dashboard: Dashboard, names: Sequence[str] = ()) -> Starlette:
    """The dashboard alone, under these host names."""
    return Starlette(routes=dashboard.routes(), middleware=[Middleware(HostCheck, names=names)])
