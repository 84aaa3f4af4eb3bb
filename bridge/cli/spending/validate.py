"""`leadbridge validate`: has a file of addresses, or one campaign, validated by Scravio. Shows the cost and asks."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge import ledger
from bridge.app import App
from bridge.cli import failures
from bridge.cli.options import Json, MaxCredits
from bridge.cli.session import session_of
from bridge.cli.spending import address_file, asking
from bridge.cli.spending.address_file import Addresses
from bridge.cli.terminal import show
from bridge.cli.terminal.write_csv import Sheet
from bridge.errors import ConfigProblem, Refused
from bridge.ledger import intent as intents
from bridge.ledger.intents import checks, validations
from bridge.ledger.people.erased import erased_among
from bridge.model.credits import THOUSAND, as_credits
from bridge.operations import validate_file
from bridge.operations.validate_file import Price
from bridge.reports.text import iso, plain
from bridge.sources.validating import Quote, Validating
from bridge.sync.validating import look, objection, place, settle_doubt

_UNASKED = "not asked yet"
_ERASED = "erased"
COLUMNS = ("email", "status", "checked_at")


def validate(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE.csv]", help="Addresses: a CSV, or one address per line.")
    ] = None,
    *,
    campaign: Annotated[str | None, typer.Option(metavar="ID", help="Validate this campaign, again if needed.")] = None,
    column: Annotated[str | None, typer.Option(metavar="HEADER", help="The column of the addresses.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="OUT", help="Write what is known to this file.")] = None,
    max_credits: MaxCredits = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Spend credits without asking for confirmation.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing OUT of any kind.")] = False,
    as_json: Json = False,
) -> None:
    """Validate addresses with Scravio: shows the cost, asks, does the next step, and shows the progress.

    All columns with the header email, email2 and the like are read; a cell may hold several addresses. Other columns
    that hold addresses are named.

    Run it again until it reports that all is done: Scravio takes 5,000 addresses at a time, one job after the other.

    Example: `leadbridge validate newsletter.csv --csv validated.csv`
    """
    if (file is None) == (campaign is None):
        raise ConfigProblem("Name a file, or a campaign with --campaign.", hint="leadbridge validate FILE.csv")
    session = session_of(context)
    sheet = session.sheet(csv, "--csv", COLUMNS, force=force)
    with session.app_of_client() as app:
        if campaign is not None:
            document = _campaign(app, campaign, max_credits, yes=yes, quiet=as_json)
        else:
            read = address_file.read(file or Path(), column)
            document = _file(app, read, sheet, _Asking(app, max_credits, yes=yes), quiet=as_json)
    if as_json:
        show.print_json(document)
    raise typer.Exit(0 if document["status"] in ("done", "declined", "taken") else failures.PARTIAL)


# ---------------------------------------------------------------------------------------------------------------- file


def _file(app: App, read: Addresses, sheet: Sheet | None, ask: "_Asking", *, quiet: bool) -> dict[str, Any]:
    """Do the next step for these addresses, and show where they are."""
    if read.left_out:
        named = ", ".join(f'"{head}"' for head in read.left_out)
        show.say(show.err(), f"Not read: {named}. To read one of them instead: --column HEADER.", style="yellow")
    found = validate_file.Sheet(read.key, read.name, read.found)
    with asking.one_at_a_time(app):
        step = validate_file.advance(app.db, asking.ordering(app), app.client_name, found, app.settings.doubt_wait, ask)
    known = _known(app, read)
    if sheet is not None:
        sheet.write(known)
    counts = Counter(status for _, status, _ in known)
    left = counts[_UNASKED] + counts["asked"]
    document = {
        "status": "declined" if ask.declined else "done" if not left else "waiting",
        "file": read.name,
        "addresses": len(read.found),
        "unusable": read.unusable,
        "repeated": read.repeated,
        "counts": {status: count for status, count in counts.items() if count},
        "left": left,
        "said": list(step.said),
        "again_at": iso(step.again_at),
    }
    if not quiet:
        _show(document, sheet)
    return document


class _Asking:
    """Shows what a portion costs, and asks."""

    def __init__(self, app: App, max_credits: int | None, *, yes: bool) -> None:
        self._app = app
        self._max = max_credits
        self._yes = yes
        self.declined = False

    def __call__(self, price: Price) -> bool:
        balance = asking.scravio(self._app).me().credits
        cost = "1 credit" if price.cost == THOUSAND else f"{as_credits(price.cost)} credits"
        left = "" if balance is None else f"; balance: {balance:,.0f}"
        guess = "at one credit each, because Scravio gives no price in advance"
        how = f"as {price.known_from} cost" if price.known_from else guess
        show.say(show.err(), f"{asking.addresses(price.emails)}: about {cost} ({how}){left}.")
        asking.refuse_above(self._max, price.cost)
        if balance is not None and price.known_from and price.cost > balance * THOUSAND:
            raise ConfigProblem("The account has too few credits; nothing was requested.", hint="leadbridge credits")
        self.declined = not asking.agreed(f"Submit them for about {cost}?", yes=self._yes)
        return not self.declined


def _known(app: App, read: Addresses) -> list[tuple[str, str, str]]:
    """What is known of each address: its status, and when it was checked."""
    known, erased = checks.checks_of(app.db, read.found), erased_among(app.db, read.found)
    rows = []
    for address in read.found:
        one = known.get(checks.plain(address))
        status = _ERASED if address in erased else _UNASKED if one is None else one.status
        rows.append((address, status, iso(one.checked_at) or "" if one is not None else ""))
    return rows


def _show(document: dict[str, Any], sheet: Sheet | None) -> None:
    console = show.out()
    for line in document["said"]:
        show.say(console, line)
    terms = ", ".join(f"{count:,} {status}" for status, count in document["counts"].items())
    show.say(console, f"{document['file']}: {asking.addresses(document['addresses'])}: {terms}", style="bold")
    if document["unusable"] or document["repeated"]:
        skipped = f"{document['unusable']:,} without a usable address, {document['repeated']:,} repeated"
        show.say(console, f"Skipped: {skipped}.", indent=2)
    if sheet is not None and sheet.output is not None:
        show.say(console, f"Written to {sheet.output.path}.", indent=2)
    if document["left"] and document["status"] != "declined":
        at = document["again_at"]
        when = f"from {at[11:16]} UTC on" if at else "to go on"
        show.say(console, f"{document['left']:,} left: run the same command again {when}.", indent=2)


# ------------------------------------------------------------------------------------------------------------ campaign


def _campaign(app: App, campaign_id: str, max_credits: int | None, *, yes: bool, quiet: bool) -> dict[str, Any]:
    """Ask once for the validation of a campaign, because a person wants it; the cost is agreed to, not budgeted."""
    source, now, db = asking.ordering(app).validations, app.now(), app.db
    try:
        found = asking.scravio(app).campaign(campaign_id)
    except Refused as error:
        hint = error.hint or "`leadbridge campaigns list --json` shows every campaign's id."
        raise Refused(error.message, hint=hint, vendor=error.vendor) from None
    with asking.one_at_a_time(app) as (lease_no, epoch):
        number = ledger.note_campaigns(db, [found])[found.id].no
        _look_at_earlier(app, source, number)
        quote = source.quote(found.id)
        if not _is_agreed(source.title, found.title, quote, max_credits, yes=yes):
            return {"status": "declined", "campaign": found.id}
        wanted = validations.Reserving(
            number,
            intents.BY_HAND,
            epoch,
            quote.emails,
            quote.cost,
            None,
            now,
            source.clock(),
            app.client_name,
            lease_no,
        )
        reserved, taken = validations.reserve(db, wanted)
        if not reserved:
            raise ConfigProblem(f'"{plain(found.title)}": {taken}.', hint="leadbridge status shows it.")
        placed = place(db, source, reserved, found, quote, now)
    if not quiet:
        show.say(show.out(), placed.words)
    return {
        "status": "taken" if placed.taken else "waiting",
        "campaign": found.id,
        "emails": quote.emails,
        "credits": quote.cost / THOUSAND,
        "said": placed.words,
    }


def _look_at_earlier(app: App, source: Validating, campaign_no: int) -> None:
    """What became of those that were requested before: a request by hand whose answer was lost is settled first."""
    db, now = app.db, app.now()
    by_hand = (intents.columns.route_no == intents.BY_HAND, intents.columns.client == app.client_name)
    intents.abandoned(db, intents.Kind.VALIDATION, now, *by_hand)
    for row in validations.validations(db, [campaign_no]):
        if row.client != app.client_name:
            continue  # its own key asks
        if row.stage is intents.Stage.DOUBT:
            settle_doubt(db, source, row, app.settings.doubt_wait)
        elif row.stage is intents.Stage.ASKED:
            look(db, source, row, now)


def _is_agreed(source: str, title: str, quote: Quote, max_credits: int | None, *, yes: bool) -> bool:
    why = objection(source, quote)
    if why:
        raise ConfigProblem(f'"{plain(title)}" cannot be validated: {why}.', hint="Nothing was requested.")
    cost = f"{asking.addresses(quote.emails)} for {as_credits(quote.cost)} credits"
    show.say(show.err(), f'"{title}": {cost}.')
    asking.refuse_above(max_credits, quote.cost)
    return asking.agreed(f"Validate {cost}?", yes=yes)
