"""`leadbridge credits`: Scravio's balance and its transactions, by campaign. Spends nothing."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from bridge.app import App
from bridge.cli import failures
from bridge.cli.options import Json
from bridge.cli.session import session_of
from bridge.cli.spending import asking
from bridge.cli.spending.asking import balance as shown
from bridge.cli.terminal import show
from bridge.errors import BridgeError, Denied
from bridge.lazy import dataclass
from bridge.ledger import Database
from bridge.ledger.views.attribution import became
from bridge.model.credits import THOUSAND, as_credits
from bridge.reports.attribution import by_client
from bridge.reports.text import iso, minute
from bridge.sources.scravio.ordering.credits import Transaction, spent

_WORKSPACE_KEY = (
    "This key cannot read the transactions: that needs an account-wide key or an access token. The balance is above."
)


def credits(  # noqa: A001 - the verb's name
    context: typer.Context,
    *,
    days: Annotated[int, typer.Option(min=1, max=3650, metavar="N", help="Number of days to look back.")] = 30,
    campaign: Annotated[str | None, typer.Option(metavar="ID", help="Only of this campaign.")] = None,
    each: Annotated[bool, typer.Option("--each", help="Every transaction, not only sums.")] = False,
    as_json: Json = False,
) -> None:
    """Scravio's balance, and what was spent, by campaign; of every account, with each client's part.

    Example: `leadbridge credits --days 7`
    """
    session = session_of(context)
    with session.app() as app, session.db() as db:
        since = app.wiring.clock() - timedelta(days=days)
        found = [_read(parts, db, since, campaign) for parts in asking.accounts(app, session.client)]
    failed = [one.failed for one in found if one.failed]
    if len(failed) == len(found):
        raise failed[0]
    several = len(session.configuration.clients) > 1
    if as_json:
        documents = [_document(one) for one in found]
        alone = {name: said for name, said in documents[0].items() if several or name not in ("clients", "by_client")}
        show.print_json({"accounts": documents} if len(found) > 1 else alone)
    for one in found if not as_json else ():
        if several:
            show.say(show.out(), f"{', '.join(one.clients)}:", style="bold")
        _show(one, each=each)
    raise typer.Exit(failures.PARTIAL if failed else 0)


@dataclass(slots=True)
class _Account:
    """An account of Scravio's. `by_client` is each client's part of what its campaigns cost, in thousandths.

    `denied` says why the transactions cannot be read, `failed` why nothing can.
    """

    clients: list[str]
    balance: float | None = None
    found: list[Transaction] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    by_client: dict[str, int] = field(default_factory=dict)
    denied: str = ""
    failed: BridgeError | None = None


def _read(parts: Sequence[App], db: Database | None, since: datetime, campaign: str | None) -> _Account:
    """One account, by the key of its first client."""
    app, one = parts[0], _Account([part.client_name for part in parts])
    try:
        one.balance = asking.scravio(app).me().credits
        listed = asking.ordering(app).credits.transactions(campaign_id=campaign or "", since=since)
        of_time = (each for each in listed if each.at is None or each.at >= since)
        one.found = [each for each in of_time if campaign in (None, each.campaign_id)]
        if any(each.campaign_id for each in one.found):
            one.titles = {each.id: each.title for each in asking.scravio(app).campaigns()}
    except Denied as error:
        one.denied, one.failed = error.message, error if one.balance is None else None
    except BridgeError as error:
        one.failed = error
    if len(parts) > 1 and one.found and db is not None:
        shares = by_client(became(db, [], None), spent(one.found))
        one.by_client = {name: sum(shares.get(name, {}).values()) for name in one.clients}
    return one


def _show(one: _Account, *, each: bool) -> None:
    console = show.out()
    if one.failed:
        show.say(console, f"✗ {one.failed.message}", style="red")
        show.say(console, one.failed.hint, indent=2)
        return
    show.say(console, f"Balance: {'unknown' if one.balance is None else shown(one.balance)} credits", style="bold")
    if one.denied:
        show.say(console, f"! {_WORKSPACE_KEY}", style="yellow")
    elif not one.found:
        show.say(console, "No transaction in this period.")
    elif each:
        heads = [("when", "<"), ("credits", ">"), ("type", "<"), ("campaign", "<")]
        cells = [
            [minute(row.at), as_credits(row.amount), _kind(row.type), one.titles.get(row.campaign_id, row.campaign_id)]
            for row in one.found
        ]
        show.table(console, heads, cells)
    else:
        show.table(console, [("campaign", "<"), ("credits", ">"), ("for", "<")], _summed(one.found, one.titles))
    if one.by_client:
        parts = ", ".join(f"{name} {as_credits(amount)}" for name, amount in one.by_client.items())
        show.say(console, f"Spent by client, each campaign shared by its delivered leads: {parts}.")


def _sums(found: Sequence[Transaction]) -> dict[str, Counter[str]]:
    """By campaign ("" for what belongs to none): the sum, by type."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        sums[one.campaign_id][one.type] += one.amount
    return sums


def _document(one: _Account) -> dict[str, Any]:
    error = one.denied or (one.failed.message if one.failed else "")
    campaigns = [
        {
            "campaign": campaign or None,
            "title": one.titles.get(campaign),
            "credits": by_type.total() / THOUSAND,
            "by_type": {kind: amount / THOUSAND for kind, amount in by_type.items()},
        }
        for campaign, by_type in _sums(one.found).items()
    ]
    each = [
        {
            "id": row.id,
            "at": iso(row.at),
            "type": row.type,
            "credits": row.amount / THOUSAND,
            "balance_after": None if row.after is None else row.after / THOUSAND,
            "campaign": row.campaign_id or None,
            "description": row.description,
        }
        for row in one.found
    ]
    return {
        "clients": one.clients,
        "balance": one.balance,
        "campaigns": campaigns,
        "transactions": each,
        "by_client": {name: amount / THOUSAND for name, amount in one.by_client.items()},
        "error": error or None,
    }


def _summed(found: Sequence[Transaction], titles: dict[str, str]) -> list[list[str]]:
    return [
        [
            titles.get(campaign, campaign) or "(no campaign)",
            as_credits(by_type.total()),
            ", ".join(map(_kind, by_type)),
        ]
        for campaign, by_type in _sums(found).items()
    ]


def _kind(code: str) -> str:
    return code.lower().replace("_", " ")
