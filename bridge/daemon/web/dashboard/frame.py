"""What every request of the dashboard passes: the login, the session, the token of a form; and what pages share.

Pages are plain functions: starlette runs them in threads, so a database that hangs delays only its own request.
"""

import functools
from collections.abc import Awaitable, Callable, Mapping
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import parse_qs

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bridge.app import App, Wiring
from bridge.config.vendors import SCRAVIO
from bridge.daemon.events import Surroundings
from bridge.daemon.web.cached_query import FRESH_SECONDS, PATIENCE_SECONDS, CachedQuery
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
from bridge.errors import BridgeError, Unavailable
from bridge.lazy import dataclass
from bridge.ledger import Database
from bridge.ledger.views.health import Portion, portions
from bridge.reports.text import plain
from bridge.sources.scravio.opening import ordering
from bridge.sources.scravio.ordering.credits import spent

MOST_BYTES = 64 * 1024
"""A form has a few short fields."""

MOST_REMEMBERED = 64
"""Answers of slow queries that are kept for other visitors."""

LARGEST = 2**62

FOUND, SEE_OTHER, FORBIDDEN, NOT_FOUND, CONFLICT, TOO_MANY, AWAY = 200, 303, 403, 404, 409, 429, 503

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

    def reveals(self, what: str, of: str) -> bool:
        """Whether addresses are shown in full: only where the visitor asked for it, which is a line of the log."""
        asked = self.asked("reveal") == "1"
        if asked:
            log.info("dashboard shows addresses", page=what, of=of, who=self.who)
        return asked

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return self.request.client.host if self.request.client else ""

    @property
    def who(self) -> str:
        """The visitor as the ledger and the log name it."""
        return f"{self.visitor.name} ({self.address})" if self.visitor.name else self.address


T = TypeVar("T")
Page = Callable[["Dashboard", Visit], Response]


class Dashboard:
    """The pages of one process."""

    def __init__(self, around: Surroundings, *, host: str = "127.0.0.1", access: Access | None = None) -> None:
        self.around = around
        password = around.settings.dashboard_password.reveal()
        self.access = access or Access(password, local=is_loopback(host))
        self.attempts = Attempts()
        self._lock = Lock()
        self._remembered: dict[tuple[str, str], CachedQuery[Any]] = {}
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

    def costs(self) -> Mapping[str, int] | None:
        """What each source campaign cost, in thousandths of credits, from Scravio; None where it cannot be read."""
        found: dict[str, int] = {}
        # The demo's vendors are simulated in this process: no request may leave it.
        wiring = self.around.wiring if isinstance(self.around, App) else Wiring(patience=10)
        try:
            with App(self.around.settings, self.around.configuration, wiring) as app:
                for part in app.parts:
                    found |= spent(ordering(part.access(SCRAVIO.name)).credits.transactions())
        except BridgeError as error:
            log.warning("costs not read", error=error.message, hint=error.hint)
            return None
        return found

    def remembered(
        self,
        what: str,
        name: str,
        query: Callable[[], T],
        *,
        patience: float = PATIENCE_SECONDS,
        fresh: float = FRESH_SECONDS,
    ) -> T:
        """The answer of a slow query, not older than a moment, however many visitors ask; the latest few are kept.

        `patience` and `fresh` are those of CachedQuery.
        """
        with self._lock:
            known = self._remembered.pop((what, name), None) or CachedQuery(query, patience=patience, fresh=fresh)
            self._remembered[what, name] = known
            if len(self._remembered) > MOST_REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
        known.query = query
        found: T = known.get()
        return found

    def portions(self, db: Database) -> list[Portion]:
        """How many leads there are of which kind, not older than a moment."""
        return self.remembered("portions", "", lambda: portions(db))

    def forget(self) -> None:
        """Read everything again for the next page: something was changed."""
        around = self.around
        with self._lock:
            self._remembered.clear()
            self._overview = CachedQuery(lambda: overview(self.ledger, around.configuration.routes))

    def page(self, visit: Visit, template: str, status: int = FOUND, **given: Any) -> Response:
        """A page for this visitor."""
        return rendering.page(template, status, visitor=visit.visitor, access=self.access, **given)

    def problem(self, visit: Visit, status: int, title: str, said: str, cure: str = "") -> Response:
        """What did not go as this visitor asked, and what helps."""
        return self.page(visit, "problem.html", status, title=title, said=said, cure=cure)

    # ----------------------------------------------------------------------------------------- what a request passes

    def shown(self, page: Page) -> Callable[[Request], Response]:
        """A page behind the login, for starlette."""

        @functools.wraps(page)
        def answer(request: Request) -> Response:
            return self._answered(request, page, {})

        return answer

    def sent(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        """What a form is sent to: with the session, its token, and from a page of ours."""

        async def answer(request: Request) -> Response:
            form = await fields(request)
            visitor = self.access.visitor(request)
            if form is None or not from_here(request):
                return self._refused("This form was not sent by a page of the dashboard.", "Open the page again.")
            if visitor is not None and (not visitor.csrf or form.get("csrf") != visitor.csrf):
                return self._refused(*NO_ACTIONS if not visitor.csrf else OTHER_SESSION)
            return await run_in_threadpool(self._answered, request, page, form)

        return answer

    def _answered(self, request: Request, page: Page, form: Mapping[str, str]) -> Response:
        visitor = self.access.visitor(request)
        if visitor is None and not self.access.has_password:
            said = "The dashboard shows people's data, so it needs a password at any address but this machine's own."
            return self._refused(said, "Set BRIDGE_DASHBOARD_PASSWORD in .env and start leadbridge again.")
        if visitor is None:
            back = f"{request.url.path}?{request.url.query}".rstrip("?") if request.method == "GET" else "/"
            return to(rendering.link("/login", next=back if back != "/" else ""))
        try:
            return page(self, Visit(request, visitor, self.ledger, form))
        except BridgeError as error:
            return rendering.page("problem.html", AWAY, title="No answer", said=error.message, cure=error.hint)

    def _refused(self, said: str, cure: str) -> Response:
        return rendering.page("problem.html", FORBIDDEN, title="Not allowed", said=said, cure=cure)

    # ------------------------------------------------------------------------------------------------------- the login

    def login_page(self, request: Request) -> Response:
        """The form of the login."""
        if not self.access.has_password:
            return self._refused(*NO_ACTIONS)
        return self._login_form(request.query_params.get("next", ""))

    def _login_form(self, back: str, said: str = "", status: int = FOUND) -> Response:
        return rendering.page("login.html", status, back=back, said=said)

    async def login(self, request: Request) -> Response:
        """Take the form, and begin a session where the password is right."""
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
        answer = to(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")
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


def to(path: str) -> RedirectResponse:
    """Lead the browser to another page of ours."""
    return RedirectResponse(path, SEE_OTHER, rendering.HEADERS)


NO_ACTIONS = ("Actions need a password, and none is set.", "Set BRIDGE_DASHBOARD_PASSWORD in .env and start again.")
OTHER_SESSION = ("This form belongs to an earlier login.", "Open the page again, and send it from there.")
