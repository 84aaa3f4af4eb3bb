"""`leadbridge report --month`: one client's month, as an agency can forward it; the words are `bridge.reports`."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bridge.cli.session import NOTHING_STORED, Session
from bridge.cli.terminal import show
from bridge.errors import BridgeError, ConfigProblem
from bridge.ledger import Database
from bridge.ledger.views import monthly as view
from bridge.ledger.views.attribution import became
from bridge.ledger.views.standing import route_clients
from bridge.logs import mask
from bridge.reports import attribution, monthly, numbers
from bridge.reports.monthly import Monthly

MOST_ANSWERS = 200
"""Answers that are listed one by one."""


def month(  # its options are those of `report`
    session: Session, name: str, csv: str | Path | None, html: Path | None, *, credit: bool, as_json: bool, force: bool
) -> None:
    """Show the month of one client, or of each; a file is of one. Raises ConfigProblem for what is no month."""
    clients = [session.client] if session.client else [one.name for one in session.outline.clients]
    if len(clients) > 1 and (csv or html):
        raise ConfigProblem(
            "A file for a client must be of that client alone.",
            hint=f"Name one: leadbridge --client {clients[0]} report --month {name[:7]}",
        )
    wanted = [(client, _bounds(name, _zone(session, client))) for client in clients]
    sheet = session.sheet(csv, "--csv", monthly.COLUMNS, force=force, as_json=as_json)
    output = session.output(html, "--html", monthly.GENERATOR.encode(), force=force) if html else None
    with session.db() as db:
        if db is None:
            raise BridgeError(NOTHING_STORED)
        found = [_read(session, db, client, bounds, credit=credit) for client, bounds in wanted]
    if output is not None:
        from bridge.reports.monthly_page import page  # noqa: PLC0415 - the library of its plots costs 50 ms

        output.write(page(found[0]))
        show.say(show.err(), f"Written to {html}.")
    if as_json:
        show.print_json({"months": [monthly.document(one) for one in found]})
    elif sheet is not None:
        sheet.write(monthly.rows(found[0]))
    elif output is None:
        for one in found:
            _show(one)


def _zone(session: Session, client: str) -> ZoneInfo:
    """The time zone of the client's routes; UTC where they have none, or several."""
    routes = (route for route in session.outline.routes if route.client == client)
    zones = {route.schedule.timezone for route in routes if route.schedule.timezone}
    return ZoneInfo(zones.pop() if len(zones) == 1 else "UTC")


def _bounds(name: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when on, and before when. Raises ConfigProblem."""
    try:
        first = datetime.strptime(name, "%Y-%m").replace(tzinfo=zone)
        after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    except ValueError:
        raise ConfigProblem(f'--month "{name[:40]}" is not a month.', hint="Write it as 2026-10.") from None
    return first, after


def _read(session: Session, db: Database, client: str, bounds: tuple[datetime, datetime], *, credit: bool) -> Monthly:
    found = view.month(db, client, *bounds, most=MOST_ANSWERS)
    found.answers = [replace(one, address=mask(one.address)) for one in found.answers]
    spent, cost = _credits(session, db, client, bounds) if credit else (None, "They were not asked for.")
    zone = bounds[0].tzinfo
    assert isinstance(zone, ZoneInfo)  # noqa: S101 - `_bounds` made it
    return Monthly(f"{bounds[0]:%Y-%m}", zone, found, spent, cost)


def _credits(session: Session, db: Database, client: str, bounds: tuple[datetime, datetime]) -> tuple[int | None, str]:
    """The thousandths of credits that the client's campaigns cost in the month, and of what they are."""
    from bridge.cli.spending import asking  # noqa: PLC0415 - the vendors' clients cost half a second
    from bridge.sources.scravio.ordering.credits import spent  # noqa: PLC0415 - see above

    try:
        with session.app(patience=10) as app:
            (parts,) = asking.accounts(app, client)
            made = asking.ordering(parts[0]).credits.transactions(since=bounds[0])
            cost = spent(one for one in made if one.at is not None and bounds[0] <= one.at < bounds[1])
    except BridgeError:
        return None, "Scravio's transactions could not be read."
    alone = len(parts) == 1
    if alone and {*route_clients(db).values()} <= {client}:
        return sum(cost.values()), "All of Scravio's transactions of the month for campaigns of the account."
    mine = attribution.part_of(client, became(db, [], None), cost, alone=alone)
    left_out = "" if alone else " A campaign without a delivered lead is left out."
    return sum(mine.values()), f"{_SHARED}{left_out}"


_SHARED = (
    "Scravio's transactions of the month; what a campaign cost is shared equally by its delivered leads as of now."
)


def _show(found: Monthly) -> None:
    console = show.out()
    show.say(console, found.title, style="bold")
    for line in monthly.lines(found):
        show.say(console, line)
    for line in numbers.reason_lines(dict(view.held(found.month))):
        show.say(console, line, indent=2)
    show.table(console, monthly.HEADS, monthly.campaigns(found))
    for line in monthly.NOTES:
        show.say(console, line)
