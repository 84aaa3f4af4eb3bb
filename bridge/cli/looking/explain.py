"""`leadbridge explain`: finds one person or lead in the ledger. How the story reads is `bridge.reports.stories`."""

from dataclasses import replace
from typing import Annotated

import typer

from bridge.cli.options import Json, Routes
from bridge.cli.session import NOTHING_STORED, Session, session_of
from bridge.cli.terminal import show
from bridge.errors import BridgeError, ConfigProblem
from bridge.ledger.views.stories import LeadStory
from bridge.model import Route
from bridge.reports import stories as report
from bridge.reports.finding import about, find
from bridge.reports.text import plain, visible


def explain(
    context: typer.Context,
    query: Annotated[
        str,
        typer.Argument(metavar="EMAIL|LEAD_ID|@USERNAME|x:HANDLE|linkedin:NAME|NAME", help="The lead to look up."),
    ],
    routes: Routes = None,
    *,
    as_json: Json = False,
) -> None:
    """Show one lead's history: where it was found, what was decided, when it was sent, and the result.

    Any spelling of an e-mail address works, and any link to a profile on X or LinkedIn. A route may be one that
    bridge.toml no longer has.

    Example: `leadbridge explain jane.doe@example.com`
    """
    session, query = session_of(context), visible(query).strip()
    with session.db() as db:
        try:
            wanted = session.recorded(db, routes)
        except ConfigProblem as error:
            whole = plain(" ".join([query, *(routes or ())]))
            hint = f'{error.hint} A name of several words needs quotes: leadbridge explain "{whole}"'
            raise ConfigProblem(error.message, hint=hint) from None
        found = on_routes(find(db, query), wanted) if db is not None else []
        person = None if db is None else about(db, query)
        empty = db is None
    configured = _routes(session)
    if as_json:
        leads = [report.document(lead, configured) for lead in found]
        show.print_json({"query": query, "leads": leads, **(person.document() if person else {})})
    elif found or person:
        show.lines(show.out(), report.lines(found, configured) if found else person.lines() if person else ())
    if empty:
        raise BridgeError(NOTHING_STORED)
    if not found and not person:
        where = f" of the route {', '.join(wanted)}" if any(wanted) else " of this client" if wanted else ""
        raise BridgeError(
            f'The ledger knows no lead "{plain(query, 100)}"{where}.',
            hint="Look for an e-mail address, x:handle, linkedin:name, Scravio's id of a lead, @username, or a full "
            "name in quotes. Leads of campaigns that no route takes are never read, nor those without an identity "
            "that a route uses.",
        )


def on_routes(found: list[LeadStory], routes: list[str]) -> list[LeadStory]:
    """The leads that these routes have, with what became of them there; all of them without a route."""
    if not routes:
        return found
    cut = [replace(lead, deliveries=tuple(one for one in lead.deliveries if one.route in routes)) for lead in found]
    return [lead for lead in cut if lead.deliveries]


def _routes(session: Session) -> dict[str, Route]:
    """The configured routes, for their targets; a story can do without them."""
    try:
        return {route.name: route for route in session.outline.routes}
    except BridgeError:
        return {}
