"""The pages: which values each shows, and the two steps of an action. Reads by the functions of views and reports."""

from collections.abc import Mapping
from operator import itemgetter

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bridge.daemon.web.dashboard import actions, rendering
from bridge.daemon.web.dashboard.access import COOKIE
from bridge.daemon.web.dashboard.actions import Kind, Wish
from bridge.daemon.web.dashboard.frame import (
    CONFLICT,
    FORBIDDEN,
    LARGEST,
    NO_ACTIONS,
    NOT_FOUND,
    Dashboard,
    Page,
    Visit,
    to,
)
from bridge.daemon.web.dashboard.leads_page import Asked, leads_page, rows_of_csv
from bridge.daemon.web.dashboard.rendering import link
from bridge.daemon.web.dashboard.route_page import route_page
from bridge.daemon.web.dashboard.sources_page import AskedReport, SourcesPage, sources_page
from bridge.errors import BridgeError, ConfigProblem
from bridge.ledger import operators
from bridge.ledger.people import looking
from bridge.ledger.views.leads import campaigns
from bridge.ledger.views.standing import route_clients
from bridge.ledger.views.stories import lead_stories
from bridge.model import EventKind
from bridge.reports import stories, words
from bridge.reports.text import plain


def nowhere(_: Request, __: Exception) -> Response:
    """What an address that nothing answers shows: a way back."""
    said = "There is no page at this address."
    return rendering.page("problem.html", NOT_FOUND, title="No such page", said=said, cure="")


def logout(dashboard: Dashboard, visit: Visit) -> Response:
    """End the session."""
    dashboard.access.logout(visit.request)
    answer = to("/login")
    answer.delete_cookie(COOKIE)
    return answer


def _number(text: str, other: int) -> int:
    """A number of the ledger; `other` for any other text. Not starlette's {…:int}, which fails on 5,000 digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(LARGEST)) else other


def _route(dashboard: Dashboard, visit: Visit, template: str = "route.html") -> Response:
    card = dashboard.overview.card(visit.asked("name"))
    if card is None:
        said = f'There is no route "{plain(visit.asked("name"), 64)}".'
        return dashboard.problem(visit, NOT_FOUND, "No such route", said)
    found = dashboard.remembered("route", card.one.name, lambda: route_page(visit.db, card))
    return dashboard.page(visit, template, found=found, now=dashboard.overview.now)


def _leads(dashboard: Dashboard, visit: Visit) -> Response:
    asked = Asked.of(visit.request.query_params)
    portions, clients = dashboard.portions(visit.db), route_clients(visit.db)
    found = leads_page(visit.db, asked, portions, clients)
    shown = "leads", f"{len(found.page.rows)} leads"
    return dashboard.page(
        visit,
        "leads.html",
        here="leads",
        found=found,
        asked=asked,
        clients=clients,
        reasons=sorted({(one.reason, words.reason(one.reason)) for one in portions}, key=itemgetter(1)),
        campaigns=dashboard.remembered("campaigns", "", lambda: campaigns(visit.db)),
        events=[(kind.value, words.event(kind.value)) for kind in EventKind],
        revealed=visit.reveals(*shown),
        written=[one.address for one in found.page.rows if one.address and "@" not in one.address],
        now=visit.db.now(),
    )


def _csv(dashboard: Dashboard, visit: Visit) -> Response:
    asked = Asked.of(visit.request.query_params)
    revealed = visit.reveals("csv", "a list of leads as CSV")
    rows = rows_of_csv(visit.db, asked, dashboard.portions(visit.db), route_clients(visit.db), revealed=revealed)
    file = {"Content-Disposition": 'attachment; filename="leads.csv"'}
    return StreamingResponse(rows, headers={**rendering.HEADERS, **file}, media_type="text/csv; charset=utf-8")


def _lead(dashboard: Dashboard, visit: Visit) -> Response:
    number = _number(visit.request.path_params["number"], 0)
    found = lead_stories(visit.db, [number])
    if not found:
        said = "The ledger has no such lead. It may have been erased."
        return dashboard.problem(visit, NOT_FOUND, "No such lead", said)
    routes = {route.name: route for route in dashboard.around.configuration.routes}
    revealed = visit.reveals("lead", f"lead {found[0].lead.id}")
    return dashboard.page(
        visit,
        "lead.html",
        here="leads",
        story=found[0],
        number=number,
        routes=routes,
        stories=stories,
        revealed=revealed,
        written=[found[0].lead.email] if found[0].lead.email and "@" not in found[0].lead.email else (),
        now=visit.db.now(),
    )


def _action(dashboard: Dashboard, visit: Visit, form: Mapping[str, str]) -> tuple[Kind, Wish]:
    """The action that the address names, and what it is given. Raises ConfigProblem."""
    kind = actions.KINDS.get(visit.request.path_params["name"])
    if kind is None:
        raise ConfigProblem("There is no such action.")
    return kind, Wish(dashboard.around, visit.db, form, visit.who)


def ask(dashboard: Dashboard, visit: Visit) -> Response:
    """The page that asks once more."""
    if not visit.visitor.may_act:
        return rendering.page("problem.html", FORBIDDEN, title="Not allowed", said=NO_ACTIONS[0], cure=NO_ACTIONS[1])
    try:
        kind, wish = _action(dashboard, visit, visit.form or dict(visit.request.query_params))
        question = kind.ask(wish)
    except ConfigProblem as error:
        return dashboard.problem(visit, NOT_FOUND, "Not done", error.message, error.hint)
    return dashboard.page(visit, "ask.html", kind=kind.name, question=question, revealed=True)


def act(dashboard: Dashboard, visit: Visit) -> Response:
    """Do it, and say what came of it."""
    status = NOT_FOUND
    try:
        kind, wish = _action(dashboard, visit, visit.form)
        status = CONFLICT
        question = kind.ask(wish)
        outcome = actions.carry_out(kind, wish)
    except BridgeError as error:
        return dashboard.problem(visit, status, "Not done", error.message, error.hint)
    dashboard.forget()
    return dashboard.page(visit, "done.html", outcome=outcome, back=question.back)


def _actions(dashboard: Dashboard, visit: Visit) -> Response:
    found = operators.latest(visit.db, before=_number(visit.asked("before"), LARGEST))
    return dashboard.page(visit, "actions.html", here="actions", found=found, now=visit.db.now())


def _people(dashboard: Dashboard, visit: Visit) -> Response:
    counted = looking.counts(visit.db)
    return dashboard.page(visit, "people.html", here="people", counted=counted)


def _sources(dashboard: Dashboard, visit: Visit) -> Response:
    asked = AskedReport.of(visit.request.query_params)
    found = _report(dashboard, visit, asked)
    names = list(route_clients(visit.db))
    return dashboard.page(visit, "sources.html", here="sources", asked=asked, found=found, routes=names)


def _report(dashboard: Dashboard, visit: Visit, asked: AskedReport) -> SourcesPage:
    """The report, and where they are asked for the costs; both are kept for a while: the report reads every lead."""
    configuration = dashboard.around.configuration
    costs = dashboard.remembered("costs", "", dashboard.costs, patience=20, fresh=600) if asked.costs else None
    name = link("", **asked.query, sort=asked.sort)
    query = lambda: sources_page(visit.db, asked, configuration.routes, costs)  # noqa: E731 - asked at most once for all
    return dashboard.remembered("sources", name, query, patience=15, fresh=20)


def _plot(dashboard: Dashboard, visit: Visit) -> Response:
    """A plot as a picture. Its style is inside it, and this answer allows that; it runs and loads nothing."""
    found = _report(dashboard, visit, AskedReport.of(visit.request.query_params)).plots
    plot = found.get(visit.request.path_params["name"])
    if plot is None:
        return Response(status_code=NOT_FOUND, headers=rendering.HEADERS)
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    headers = {**rendering.HEADERS, "Content-Security-Policy": policy, "Cache-Control": "private, max-age=60"}
    return Response(plot.svg, headers=headers, media_type="image/svg+xml")


PAGES: Mapping[str, Page] = {
    "/sources": _sources,
    "/sources/{name}.svg": _plot,
    "/actions": _actions,
    "/do-not-contact": _people,
    "/leads": _leads,
    "/leads.csv": _csv,
    "/leads/{number}": _lead,
    "/": lambda board, visit: board.page(visit, "overview.html", here="overview", found=board.overview),
    "/overview/live": lambda board, visit: board.page(visit, "overview_live.html", found=board.overview),
    "/route": _route,
    "/route/live": lambda board, visit: _route(board, visit, "route_live.html"),
}
