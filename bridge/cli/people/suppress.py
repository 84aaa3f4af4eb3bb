"""`leadbridge suppress`: the do-not-contact list: add, remove, list, import, export. Calls no vendor.

What is on it is held from the next run on, and taken out of a call that is about to go.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import Force, Json, Reason, group
from bridge.cli.people import suppression_file
from bridge.cli.people.suppression_file import Row
from bridge.cli.session import NOTHING_STORED, Session, session_of
from bridge.cli.terminal import show
from bridge.config.vendors import VENDORS
from bridge.errors import ConfigProblem
from bridge.hygiene import blocking, domains
from bridge.ledger import Database
from bridge.ledger.people import looking
from bridge.ledger.people.entries import ERASED, Suppression
from bridge.reports import words
from bridge.reports.stories import entry_document, removal_document
from bridge.reports.text import iso, minute, plain

if TYPE_CHECKING:
    from bridge.app import App

MOST_SHOWN = 50
MOST_FAULTS = 10
COLUMNS = ("kind", "value", "reason", "origin", "added_at", "client")
_AT_ONCE = 5_000

suppress = group()


@suppress.callback()
def _root() -> None:
    """Manage the do-not-contact list: addresses, whole domains, and profiles on X and LinkedIn.

    Example: `leadbridge suppress add jane@example.com competitor.example --reason "asked by phone"`
    """


@suppress.command()
def add(
    context: typer.Context,
    values: Annotated[
        list[str], typer.Argument(metavar="EMAIL|DOMAIN|x:HANDLE|linkedin:NAME…", help="Who must not be contacted.")
    ],
    reason: Reason = "",
) -> None:
    """Never contact these people and domains (with their subdomains) again.

    A lead is held by any of its identities: its address, or its profile on X or LinkedIn.

    Example: `leadbridge suppress add jane@example.com @competitor.example --reason "asked by phone"`
    """
    wanted, session = [_canonical(value) for value in values], session_of(context)
    with session.app() as app:
        for one in wanted:
            fresh = app.suppress([Suppression(one.kind, one.value, plain(reason, 200), client=session.client)])
            show.say(show.out(), f"{one.value}: {'suppressed' if fresh else 'was already on the list'}")
            if one.kind == "domain" and domains.domain(one.value) is domains.Domain.FREE_MAIL:
                warning = f"{one.value} is a free-mail provider: every address there is held from now on."
                show.say(show.err(), warning, style="yellow")
        _show_consequence(app)


@suppress.command()
def remove(
    context: typer.Context,
    values: Annotated[
        list[str], typer.Argument(metavar="EMAIL|DOMAIN|x:HANDLE|linkedin:NAME…", help="Who may be contacted again.")
    ],
    reason: Reason = "",
    *,
    erased: Annotated[bool, typer.Option("--erased", help="Also a person who was erased on request.")] = False,
) -> None:
    """Remove people and domains from the list; the next sync decides their held leads again.

    An entry that came from a bounce, an opt-out or a reply needs a reason. That event then has no consequence; one that
    happens later suppresses again. `suppress list --removed` shows what was removed and why.

    Example: `leadbridge suppress remove jane@example.com --reason "asked us to write again"`
    """
    from bridge.ledger.people import removals, suppressions  # noqa: PLC0415 - SQLAlchemy, which `list` does without
    from bridge.ledger.people.erased import lift  # noqa: PLC0415 - it writes with SQLAlchemy, which `list` does without

    wanted, session = [_canonical(value) for value in values], session_of(context)
    missing = []
    with session.app() as app:
        pushed = {route.target.vendor for route in app.configuration.routes if route.target.push_suppressions}
        for one in wanted:
            about = suppressions.entries_about(app.db, one.value)
            entry = next((entry for entry in about if (entry.value, entry.client) == (one.value, session.client)), None)
            if entry is None:
                missing.append(one.value)
                _show_missing(one.value, about)
            elif entry.origin == ERASED and not erased:
                raise ConfigProblem(
                    f"{one.value} was erased on request and may not be contacted.",
                    hint="If they asked to hear from you again: leadbridge suppress remove --erased EMAIL",
                )
            elif not reason.strip() and removals.needs_reason(app.db, entry):
                raise ConfigProblem(
                    f"{one.value} is on the list because of an event: {entry.reason or entry.origin}.",
                    hint=f'Say why it may be contacted again: leadbridge suppress remove {one.value} --reason "…"',
                )
            else:
                suppressions.remove(app.db, one.value, session.client, reason=plain(reason, 200), now=app.now())
                if entry.origin == ERASED and not session.client:
                    lift(app.db, one.value)
                show.say(show.out(), f"{one.value}: removed from the list")
                for vendor in VENDORS.values():
                    on_list = vendor.name in pushed and entry.kind in ("address", "domain")
                    if on_list or entry.origin == suppressions.block_list(vendor.name):
                        advice = f"Remove it from {vendor.title}'s block list too, or it is added again from there."
                        show.say(show.out(), advice)
        _show_consequence(app)
    if missing:
        raise typer.Exit(1)


@suppress.command(name="list")
def list_(
    context: typer.Context,
    origin: Annotated[str, typer.Option(help="Only with this origin, such as operator.")] = "",
    *,
    removed: Annotated[bool, typer.Option("--removed", help="What was removed from the list, and why.")] = False,
    as_json: Json = False,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most N entries.")] = None,
) -> None:
    """Show the list, with reasons and origins.

    Example: `leadbridge suppress list --origin operator`
    """
    session = session_of(context)
    if removed:
        _show_removed(session, limit, as_json=as_json)
        return
    with session.db() as db:
        entries = islice(_entries(db, origin, session.client), limit)
        counts = looking.counts(db) if db else {}
        if as_json:
            counted = [{"kind": kind, "origin": origin, "entries": count} for (kind, origin), count in counts.items()]
            show.print_json_rows("entries", counted, map(entry_document, entries))
        elif db is None:
            show.say(show.out(), NOTHING_STORED)
        else:
            _show(counts, list(islice(entries, MOST_SHOWN)))


@suppress.command(name="import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file with a column email or domain.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, where the file has no reason.")] = "",
    *,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Skip rows that cannot be read.")] = False,
) -> None:
    """Put the addresses and domains of a CSV file on the list.

    The whole file is read before anything is stored; one row that cannot be read keeps all of it out, unless
    `--skip-bad` is given. Columns are recognised by their headers: all of email, email2 and the like, else value, else
    domain. A cell may hold several entries. Columns that were skipped are listed. A column client says for which
    client alone an entry holds, as `suppress export` writes it.

    Example: `leadbridge suppress import unsubscribed.csv --reason "old tool"`
    """
    session = session_of(context)
    clients = [session.client] if session.client else [one.name for one in session.outline.clients]
    good, bad, faults = _survey(suppression_file.rows(file, clients))
    unread = suppression_file.left_out(file)
    if faults and not skip_bad:
        listed = "\n".join(faults)
        raise ConfigProblem(
            f"{file}: {bad:,} of {good + bad:,} entries cannot be read. Nothing was imported.\n{listed}",
            hint="Fix them, or skip them: add --skip-bad.",
        )
    with session.app() as app:
        added = _import(
            app, suppression_file.rows(file, clients), f"import:{file.name}", plain(reason, 200), session.client
        )
        show.say(show.out(), f"{file.name}: {added:,} added, {good - added:,} were already on the list.")
        if faults:
            skipped = f"{bad:,} {'row was' if bad == 1 else 'rows were'} skipped; the first:"
            show.say(show.out(), f"{skipped} {' '.join(faults[0].split()[:2])}.")
        if unread:
            columns = ", ".join(f'"{head}"' for head in unread)
            note = f"Not read: {columns}. To import it too, give its column the header email or domain."
            show.say(show.err(), note, style="yellow")
        _show_consequence(app)


@suppress.command()
def export(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The CSV file to write; - means stdout.")],
    *,
    force: Force = False,
) -> None:
    """Write the list as CSV, as `suppress import` reads it.

    Example: `leadbridge suppress export do-not-contact.csv`
    """
    session, hidden = session_of(context), [0]
    sheet = session.sheet(file, "", COLUMNS, force=force)
    with session.db() as db:
        count = sheet.write(_cells_of_file(_entries(db, "", session.client), hidden)) if sheet else 0
    show.say(show.err(), f"{count:,} entries written{'' if file == '-' else f' to {file}'}.")
    if hidden[0]:
        show.say(show.err(), f"{hidden[0]:,} more are kept as hashes only and cannot be shown.", style="yellow")


@suppress.command()
def rekey(
    context: typer.Context,
    *,
    give_up_hashes: Annotated[
        bool,
        typer.Option("--give-up-hashes", help="Drop people who are kept as a hash only; they may be contacted again."),
    ] = False,
) -> None:
    """Hash the list again, because BRIDGE_HASH_KEY is lost. Plain entries stay; hashes cannot.

    Example: `leadbridge suppress rekey --give-up-hashes`
    """
    if not give_up_hashes:
        raise ConfigProblem(
            "Erased people, and suppressions kept as hashes, would no longer be recognised. "
            "They could be contacted again.",
            hint="Look for the key first. If it is lost permanently, add --give-up-hashes.",
        )
    from bridge.ledger.people import secrecy  # noqa: PLC0415 - SQLAlchemy, which `list` does without
    from bridge.ledger.upkeep import migrate  # noqa: PLC0415 - SQLAlchemy, for this verb alone

    settings = session_of(context).settings
    database = Database(settings.database_url)
    try:
        migrate.prepare(database)
        kept, given_up = secrecy.rekey(database, settings.hash_key.reveal())
    finally:
        database.close()
    show.say(show.out(), f"{kept:,} entries hashed again; {given_up:,} that were hashes only were dropped.")


# ---------------------------------------------------------------------------------------------------------- reading


def _canonical(value: str) -> blocking.Blocked:
    read = blocking.read(value)
    if isinstance(read, blocking.Unreadable):
        raise ConfigProblem(
            f'"{plain(value, 80)}" {read.why}. Nothing was done.',
            hint="Give an e-mail address, a domain such as example.com, x:handle or linkedin:name.",
        )
    return read


def _survey(rows: Iterator[Row]) -> tuple[int, int, list[str]]:
    """How many rows are good, how many are not, and the first of those, each with its line and cause."""
    good, bad, faults = 0, 0, list[str]()
    for row in rows:
        if isinstance(row.read, blocking.Blocked):
            good += 1
        else:
            bad += 1
            faults += [f"line {row.number} {row.read.why}"] if bad <= MOST_FAULTS else []
    return good, bad, faults


def _import(app: "App", rows: Iterator[Row], origin: str, reason: str, client: str) -> int:
    """Put the good rows on the list; how many were not there."""
    new = (
        Suppression(row.read.kind, row.read.value, row.reason or reason, origin, client=row.client or client)
        for row in rows
        if isinstance(row.read, blocking.Blocked)
    )
    added = 0
    while some := list(islice(new, _AT_ONCE)):
        added += app.suppress(some)
    return added


def _entries(db: Database | None, origin: str, client: str) -> Iterator[Suppression]:
    """The entries of one origin and those that hold for one client; "" for every one."""
    for page in looking.entries(db, origin=origin) if db else ():
        yield from (entry for entry in page if not client or entry.client == client)


def _cells_of_file(entries: Iterator[Suppression], hidden: list[int]) -> Iterator[list[str]]:
    """The rows of the export; `hidden` counts the entries that are hashes only."""
    for entry in entries:
        if entry.value:
            yield [entry.kind, entry.value, entry.reason, entry.origin, iso(entry.added_at) or "", entry.client]
        else:
            hidden[0] += 1


# ---------------------------------------------------------------------------------------------------------- showing


def _show_consequence(app: "App") -> None:
    concerned = app.ask_again()
    if concerned:
        show.say(show.out(), f"{words.leads(concerned)} to be decided again by the next sync.")


def _show_missing(value: str, about: Iterable[Suppression]) -> None:
    by = next((entry.value for entry in about), "")
    more = f", but {by} is, which covers it" if by else ""
    show.say(show.err(), f"{value} is not on the list{more}.")


def _show_removed(session: Session, limit: int | None, *, as_json: bool) -> None:
    with session.db() as db:
        found = looking.removed(db, session.client)[:limit] if db else []
    if as_json:
        show.print_json({"removed": [removal_document(one) for one in found]})
        return
    heads = [("who", "<"), ("removed (UTC)", "<"), ("why", "<"), ("was there for", "<")]
    rows = [
        [
            one.value or "(kept as a hash)",
            minute(one.removed_at).removesuffix(" UTC"),
            one.reason,
            one.said or one.origin,
        ]
        for one in found[:MOST_SHOWN]
    ]
    if found:
        show.table(show.out(), heads, rows)
    else:
        show.say(show.out(), "Nothing was removed from the list.")


def _show(counts: dict[tuple[str, str], int], shown: list[Suppression]) -> None:
    console, total = show.out(), sum(counts.values())
    if not total:
        show.say(console, "The do-not-contact list is empty. To add an address: leadbridge suppress add EMAIL")
        return
    heads = [("who", "<"), ("origin", "<"), ("since (UTC)", "<"), ("reason", "<")]
    rows = [
        [entry.value or "(kept as a hash)", entry.origin, minute(entry.added_at).removesuffix(" UTC"), entry.reason]
        for entry in shown
    ]
    show.table(console, heads, rows)
    console.print()
    for (kind, origin), count in counts.items():
        show.say(console, f"{count:>9,}  {kind} ({origin})")
    if len(shown) < total:
        show.say(console, f"{len(shown):,} of {total:,} are shown. All of them: leadbridge suppress export list.csv")
