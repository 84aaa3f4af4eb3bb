"""`leadbridge report`: which source campaigns, platforms and keywords bring replies, and what they cost."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.looking.delivered import day
from bridge.cli.options import Csv, Force, Json, Routes, Since
from bridge.cli.session import NOTHING_STORED, Session, session_of
from bridge.cli.terminal import show
from bridge.errors import BridgeError, ConfigProblem
from bridge.ledger.views.attribution import became
from bridge.reports import attribution
from bridge.reports.attribution import DIMENSIONS, Attribution

if TYPE_CHECKING:
    from bridge.ledger import Database


def report(
    context: typer.Context,
    routes: Routes = None,
    csv: Csv = None,
    *,
    by: Annotated[
        str, typer.Option(metavar="NAMES", help=f"Group by one or more of: {', '.join(DIMENSIONS)}.")
    ] = "campaign",
    since: Since = "",
    month: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="What happened in a month, for the client to read.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one page with plots.")] = None,
    credit: Annotated[
        bool, typer.Option("--credits/--no-credits", help="Read Scravio's transactions for the costs.")
    ] = True,
    as_json: Json = False,
    force: Force = False,
) -> None:
    """Show which sources bring replies, bounces and meetings, and what they cost.

    `leadbridge feedback` reads the events first. `--month` shows one client's month: found, delivered, held and why,
    reactions, credits. Its files can be forwarded: addresses are masked, and nothing is of another client.

    Example: `leadbridge report --by campaign,keyword --html report.html`
    """
    if month is not None:
        if routes or since or by != "campaign":
            raise ConfigProblem("--month is of a whole client.", hint="Leave out routes, --by and --since.")
        from bridge.cli.looking import month as months  # noqa: PLC0415 - a report of all time needs no month

        months.month(session_of(context), month, csv, html, credit=credit, as_json=as_json, force=force)
        return
    session, start, names = session_of(context), day(since), dimensions(by)
    heads = [*names, *attribution.COLUMNS, *(["client"] if attribution.names_owner(names) else [])]
    sheet = session.sheet(csv, "--csv", heads, force=force, as_json=as_json)
    output = None
    if html:
        from bridge.reports.attribution_page import GENERATOR, page  # noqa: PLC0415 - the library of its plots costs 50 ms

        output = session.output(html, "--html", GENERATOR.encode(), force=force)
    with session.db() as db:
        if db is None:
            found = attribution.attribute((), names, None)
        else:
            wanted = session.recorded(db, routes)
            found = attribution.attribute(became(db, wanted, start), names, _spent(session, db) if credit else None)
    if output is not None:
        output.write(page(found))
        show.say(show.err(), f"Written to {html}.")
    if as_json:
        show.print_json(attribution.document(found))
    elif sheet is not None:
        sheet.write([attribution.values(found, row) for row in found.rows])
    elif output is None:
        show_report(found, stored=db is not None)


def dimensions(text: str) -> list[str]:
    """What to group by, from names with commas. Raises ConfigProblem for an unknown one."""
    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names or [text]:
        if name not in DIMENSIONS:
            raise ConfigProblem(
                f'--by has no dimension "{name[:40]}".', hint=f"The dimensions are: {', '.join(DIMENSIONS)}."
            )
    return names


def _spent(session: Session, db: "Database") -> Mapping[str, int] | None:
    """The thousandths of credits that each campaign cost; None where no account's transactions can be read.

    Of campaigns whose leads several clients got, a report of one of them shows its part.
    """
    from bridge.cli.spending import asking  # noqa: PLC0415 - the vendors' clients cost half a second
    from bridge.ledger.views.standing import route_clients  # noqa: PLC0415 - a report without credits needs no clients
    from bridge.sources.scravio.ordering.credits import spent  # noqa: PLC0415 - it loads httpx, which other reports do without

    found: dict[str, int] = {}
    read = False
    with suppress(BridgeError), session.app(patience=10) as app:
        for parts in asking.accounts(app, session.client):
            try:
                cost = spent(asking.ordering(parts[0]).credits.transactions())
            except BridgeError as error:
                if len(app.configuration.clients) > 1:
                    names = ", ".join(part.client_name for part in parts)
                    show.say(show.err(), f"Costs of {names} are not shown: {error.message}", style="yellow")
                continue
            read = True
            if session.client and len({*route_clients(db).values()}) > 1:
                cost = attribution.part_of(session.client, became(db, [], None), cost, alone=len(parts) == 1)
            found |= cost
    return found if read else None


def show_report(found: Attribution, *, stored: bool = True) -> None:
    """The table, and what its figures rest on."""
    console = show.out()
    if not found.rows:
        show.say(console, "No lead was delivered." if stored else NOTHING_STORED)
        return
    rows = [*found.rows, *([found.total()] if len(found.rows) > 1 else [])]
    show.table(console, attribution.REACTIONS, [attribution.reactions(found, row) for row in rows])
    console.print()
    show.table(console, attribution.COSTS, [attribution.costs(found, row) for row in rows])
    for line in attribution.notes(found):
        show.say(console, line)
