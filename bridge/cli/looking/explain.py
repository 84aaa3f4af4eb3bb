"""`leadbridge explain`: finds one person or lead in the ledger. What is told of it is `story`'s."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bridge.cli.looking.runs import NOTHING_STORED
from bridge.cli.session import Session, recorded, session_of
from bridge.cli.terminal import show
from bridge.errors import BridgeError
from bridge.model import Route

if TYPE_CHECKING:
    from bridge.ledger import Database
    from bridge.ledger.people.suppressions import Suppression
    from bridge.ledger.views.stories import LeadStory


def explain(
    context: typer.Context,
    query: Annotated[
        str, typer.Argument(metavar="EMAIL|LEAD_ID|@USERNAME|x:HANDLE|linkedin:NAME", help="The lead to look up.")
    ],
    routes: Annotated[
        list[str] | None, typer.Argument(metavar="[ROUTE]…", help="Route names; default: all routes.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show one lead's history: where it was found, what was decided, when it was sent, and the result.

    Any spelling of an e-mail address works, and any link to a profile on X or LinkedIn. A route may be one that
    bridge.toml no longer has.

    Example: `leadbridge explain jane.doe@example.com`
    """
    from bridge.cli.looking import story

    session = session_of(context)
    query = show.visible(query).strip()
    with session.db() as db:
        wanted = recorded(db, routes or [])
        found = on_routes(find(db, query), wanted) if db is not None else []
        empty = db is None
        person = None if db is None else about(db, query)
    configured = _routes(session)
    if as_json:
        leads = [story.document(lead, configured) for lead in found]
        show.print_json({"query": query, "leads": leads, **(person.document() if person else {})})
    if not found and person:
        if not as_json:
            person.tell(show.out())
        return
    if not found:
        if empty:
            raise BridgeError(NOTHING_STORED)
        where = f" of the route {', '.join(wanted)}" if wanted else ""
        raise BridgeError(
            f'The ledger knows no lead "{show.plain(query, 100)}"{where}.',
            hint="Look for an e-mail address, x:handle, linkedin:name, Scravio's id of a lead, or @username. Leads of "
            "campaigns that no route takes, and those without an e-mail, are never read.",
        )
    if not as_json:
        story.tell(show.out(), found, configured)


@dataclass(frozen=True, slots=True)
class Person:
    """What the ledger knows of an address that may stand on no lead: erased, or on the do-not-contact list."""

    address: str
    erased_at: datetime | None
    entries: "tuple[Suppression, ...]"

    def document(self) -> dict[str, Any]:
        """The same as JSON."""
        from bridge.cli.looking import story

        entries = [story.entry_document(entry) for entry in self.entries]
        return {"erased_at": show.iso(self.erased_at), "do_not_contact": entries}

    def tell(self, console: Console) -> None:
        """Say it."""
        from bridge.cli.looking import story

        show.say(console, show.plain(self.address, 254), style="bold")
        if self.erased_at:
            show.say(console, f"erased on request {show.minute(self.erased_at)}; nothing else is known", indent=2)
        for entry in self.entries:
            show.say(console, f"on the do-not-contact list: {story.told_entry(entry)}", indent=2)


def about(db: "Database", query: str) -> Person | None:
    """What is known of the address or domain without any lead; None where that is nothing."""
    from bridge.hygiene import blocking
    from bridge.ledger.people.erased import erased_at
    from bridge.ledger.people.suppressions import entries_about

    read = blocking.read(query) if not query.startswith("@") else None
    if not isinstance(read, blocking.Blocked):
        return None
    found = Person(query, erased_at(db, read.value), tuple(entries_about(db, read.value)))
    return found if found.erased_at or found.entries else None


def find(db: "Database", query: str) -> "list[LeadStory]":
    """Every lead that the query may mean, with its story."""
    from bridge.hygiene import identities
    from bridge.ledger.views import stories

    if query.startswith("@"):
        found = stories.leads_with_username(db, query[1:])
    elif "@" in query or identities.written(query):
        found = _of_identity(db, query)
    else:
        found = stories.leads_with_source_id(db, query) or stories.leads_with_username(db, query)
    return stories.lead_stories(db, found)


def on_routes(found: "list[LeadStory]", routes: list[str]) -> "list[LeadStory]":
    """The leads that these routes have, with what became of them there; all of them without a route."""
    if not routes:
        return found
    told = [replace(lead, deliveries=tuple(one for one in lead.deliveries if one.route in routes)) for lead in found]
    return [lead for lead in told if lead.deliveries]


def _of_identity(db: "Database", query: str) -> list[int]:
    from bridge.hygiene import email, identities
    from bridge.ledger.views import stories

    named, read = identities.written(query), email.read(query)
    keys = ({named.key} if named else set()) | ({read.value} if isinstance(read, email.Address) else set())
    return stories.leads_of_person(db, keys) or stories.leads_as_scraped(db, query)


def _routes(session: Session) -> dict[str, Route]:
    """The configured routes, for their targets; a story can be told without them."""
    try:
        return {route.name: route for route in session.configuration.routes}
    except BridgeError:
        return {}
