"""`leadbridge validate`: has a file of addresses, or one campaign, validated by Scravio. Shows the cost and asks."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.session import session_of
from bridge.cli.spending import addresses, money
from bridge.cli.terminal import sheet, show
from bridge.errors import Busy, ConfigProblem, Refused

if TYPE_CHECKING:
    from bridge.app import App
    from bridge.cli.spending.addresses import Addresses
    from bridge.cli.terminal.output import Output
    from bridge.operations.validate_file import Price, Step
    from bridge.sources.validating import Quote

PARTIAL = 3
_UNASKED = "not asked yet"
_ERASED = "erased"
COLUMNS = ("email", "status", "checked_at")


def validate(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE.csv]", help="Addresses: a CSV, or one address per line.")
    ] = None,
    *,
    campaign: Annotated[
        str | None, typer.Option("--campaign", metavar="ID", help="Validate this campaign, again if needed.")
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", metavar="HEADER", help="The column of the addresses.")
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="OUT", help="Write what is known to this file.")] = None,
    max_credits: Annotated[
        int | None, typer.Option("--max-credits", min=0, metavar="N", help="Do nothing that can cost more credits.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Spend credits without asking for confirmation.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing OUT of any kind.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
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
    output = None if csv is None else session.output(csv, "--csv", sheet.mark(COLUMNS), force=force)
    with session.app() as app:
        try:
            if campaign is not None:
                document = _campaign(app, campaign, max_credits, yes=yes, quiet=as_json)
            else:
                assert file is not None  # noqa: S101 - one of the two, as seen above
                document = _file(app, addresses.read(file, column), output, max_credits, yes=yes, quiet=as_json)
        except Busy as error:
            raise money.busy(error) from None
    if as_json:
        show.print_json(document)
    raise typer.Exit(0 if document["status"] in ("done", "declined", "taken") else PARTIAL)


# ---------------------------------------------------------------------------------------------------------------- file


def _file(
    app: "App", read: "Addresses", output: "Output | None", max_credits: int | None, *, yes: bool, quiet: bool
) -> dict[str, Any]:
    from bridge.operations import validate_file
    from bridge.sync.lease import holding

    _tell_left_out(read)
    found = validate_file.Sheet(read.key, read.name, read.found)
    asking = _Asking(app, max_credits, yes=yes)
    with holding(app.db, money.BY_HAND):
        step = validate_file.advance(app.db, app.ordering(), found, app.settings.doubt_wait, asking)
    known = _known(app, read)
    left = sum(status in (_UNASKED, "asked") for _, status, _ in known)
    if output is not None:
        sheet.save(output, COLUMNS, known)
    document = _document(read, known, step, left, declined=asking.declined)
    if not quiet:
        _tell(document, output)
    return document


def _tell_left_out(read: "Addresses") -> None:
    if read.left_out:
        named = ", ".join(f'"{head}"' for head in read.left_out)
        show.say(show.err(), f"Not read: {named}. To read one of them instead: --column HEADER.", style="yellow")


class _Asking:
    """Shows what a portion costs, and asks."""

    def __init__(self, app: "App", max_credits: int | None, *, yes: bool) -> None:
        self._app = app
        self._max = max_credits
        self._yes = yes
        self.declined = False

    def __call__(self, price: "Price") -> bool:
        balance = self._app.scravio().me().credits
        console = show.err()
        left = "" if balance is None else f"; balance: {balance:,.0f}"
        how = (
            f"as {price.known_from} cost"
            if price.known_from
            else "at one credit each, because Scravio gives no price in advance"
        )
        show.say(console, f"{_told(price.emails)}: about {_credits(price.cost)} ({how}){left}.")
        if self._max is not None and price.cost > self._max * 1000:
            raise ConfigProblem(f"That is more than --max-credits {self._max:,} allows; nothing was submitted.")
        if balance is not None and price.known_from and price.cost > balance * 1000:
            raise ConfigProblem("The account has too few credits; nothing was submitted.", hint="leadbridge credits")
        question = f"Submit them for about {_credits(price.cost)}?"
        self.declined = not money.agreed(question, yes=self._yes)
        return not self.declined


def _known(app: "App", read: "Addresses") -> list[tuple[str, str, str]]:
    from bridge.ledger.intents import checks
    from bridge.ledger.people.erased import erased_among

    known = checks.checks_of(app.db, read.found)
    erased = erased_among(app.db, read.found)
    rows = []
    for address in read.found:
        one = known.get(checks.plain(address))
        status = _ERASED if address in erased else _UNASKED if one is None else one.status
        rows.append((address, status, show.iso(one.checked_at) or "" if one is not None else ""))
    return rows


def _document(
    read: "Addresses", known: list[tuple[str, str, str]], step: "Step", left: int, *, declined: bool
) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for _, status, _ in known:
        counts[status] = counts.get(status, 0) + 1
    return {
        "status": "declined" if declined else "done" if not left else "waiting",
        "file": read.name,
        "addresses": len(read.found),
        "unusable": read.unusable,
        "repeated": read.repeated,
        "counts": counts,
        "left": left,
        "said": list(step.said),
        "again_at": show.iso(step.again_at),
    }


def _tell(document: dict[str, Any], output: "Output | None") -> None:
    console = show.out()
    for line in document["said"]:
        show.say(console, line)
    terms = ", ".join(f"{count:,} {status}" for status, count in document["counts"].items())
    show.say(console, f"{document['file']}: {_told(document['addresses'])}: {terms}", style="bold")
    if document["unusable"] or document["repeated"]:
        show.say(
            console,
            f"Left out: {document['unusable']:,} without a usable address, {document['repeated']:,} repeated.",
            indent=2,
        )
    if output is not None:
        show.say(console, f"Written to {output.path}.", indent=2)
    if document["left"] and document["status"] != "declined":
        at = document["again_at"]
        when = f"from {at[11:16]} UTC on" if at else "to go on"
        show.say(console, f"{document['left']:,} left: run the same command again {when}.", indent=2)


def _credits(thousandths: int) -> str:
    amount = money.told(thousandths)
    return f"{amount} credit" if amount == "1" else f"{amount} credits"


def _told(count: int) -> str:
    return f"{count:,} address" if count == 1 else f"{count:,} addresses"


# ------------------------------------------------------------------------------------------------------------ campaign


def _campaign(app: "App", campaign_id: str, max_credits: int | None, *, yes: bool, quiet: bool) -> dict[str, Any]:
    """Ask once for the validation of a campaign, because a person wants it; the cost is agreed to, not budgeted."""
    from bridge import ledger
    from bridge.ledger.intents.validations import BY_HAND, Reserving, reserve
    from bridge.sync.lease import holding
    from bridge.sync.validating import place

    source, now, db = app.ordering().validations, app.now(), app.db
    try:
        found = app.scravio().campaign(campaign_id)
    except Refused as error:
        hint = error.hint or "`leadbridge campaigns list --json` shows every campaign's id."
        raise Refused(error.message, hint=hint, vendor=error.vendor) from None
    with holding(db, money.BY_HAND) as epoch:
        number = ledger.note_campaigns(db, [found])[found.id].no
        _look_at_earlier(app, number)
        quote = source.quote(found.id)
        if not _is_agreed(source.title, found.title, quote, max_credits, yes=yes):
            return {"status": "declined", "campaign": found.id}
        wanted = Reserving(number, BY_HAND, epoch, quote.emails, quote.cost, None, now, source.clock())
        reserved, taken = reserve(db, wanted)
        if not reserved:
            raise ConfigProblem(f'"{show.plain(found.title)}": {taken}.', hint="leadbridge status shows it.")
        placed = place(db, source, reserved, found, quote, now)
    if not quiet:
        show.say(show.out(), placed.words)
    return {
        "status": "taken" if placed.taken else "waiting",
        "campaign": found.id,
        "emails": quote.emails,
        "credits": quote.cost / 1000,
        "said": placed.words,
    }


def _look_at_earlier(app: "App", campaign_no: int) -> None:
    """What became of those that were asked for before: an answer that was lost by hand is settled first."""
    from bridge.ledger.intents import validations
    from bridge.sync.validating import look, settle_doubt

    db, source, now = app.db, app.ordering().validations, app.now()
    for row in validations.validations(db, [campaign_no]):
        if row.state is validations.Asked.ASKING and row.route_no == validations.BY_HAND:
            settle_doubt(db, source, row, now, app.settings.doubt_wait)
        elif row.state in (validations.Asked.RUNNING, validations.Asked.JOINED):
            look(db, source, row, now)


def _is_agreed(source: str, title: str, quote: "Quote", max_credits: int | None, *, yes: bool) -> bool:
    from bridge.sync.validating import objection

    why = objection(source, quote)
    if why:
        raise ConfigProblem(f'"{show.plain(title)}" cannot be validated: {why}.', hint="Nothing was requested.")
    cost = f"{_told(quote.emails)} for {money.told(quote.cost)} credits"
    show.say(show.err(), f'"{title}": {cost}.')
    if max_credits is not None and quote.cost > max_credits * 1000:
        raise ConfigProblem(f"That is more than --max-credits {max_credits:,} allows; nothing was requested.")
    return money.agreed(f"Validate {cost}?", yes=yes)
