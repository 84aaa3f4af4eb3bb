"""`leadbridge credits`: Scravio's balance and its transactions, by campaign. Spends nothing."""

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.session import session_of
from bridge.cli.spending import money
from bridge.cli.terminal import show
from bridge.errors import Denied

if TYPE_CHECKING:
    from bridge.app import App
    from bridge.sources.scravio.ordering.credits import Transaction

_Table = tuple[list[tuple[str, str]], list[list[str]]]

_WORKSPACE_KEY = (
    "This key cannot read the transactions: that needs an account-wide key or an access token. The balance is above."
)


def credits(  # noqa: A001 - the verb's name
    context: typer.Context,
    *,
    days: Annotated[
        int, typer.Option("--days", min=1, max=3650, metavar="N", help="Number of days to look back.")
    ] = 30,
    campaign: Annotated[str | None, typer.Option("--campaign", metavar="ID", help="Only of this campaign.")] = None,
    each: Annotated[bool, typer.Option("--each", help="Every transaction, not only sums.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Scravio's balance, and what was spent, by campaign.

    Example: `leadbridge credits --days 7`
    """
    session = session_of(context)
    denied = ""
    found: list[Transaction] = []
    with session.app() as app:
        balance = app.scravio().me().credits
        since = app.wiring.clock() - timedelta(days=days)
        try:
            found = list(app.ordering().credits.transactions(campaign_id=campaign or "", since=since))
        except Denied as error:
            denied = error.message
        titles = _titles(app, found)
    found = [one for one in found if (one.at is None or one.at >= since) and campaign in (None, one.campaign_id)]
    if as_json:
        show.print_json(_document(balance, found, titles, denied))
    else:
        _tell(balance, found, titles, denied, each=each)


def _titles(app: "App", found: "list[Transaction]") -> dict[str, str]:
    if not any(one.campaign_id for one in found):
        return {}
    return {campaign.id: campaign.title for campaign in app.scravio().campaigns()}


def _sums(found: "list[Transaction]") -> dict[str, dict[str, int]]:
    """By campaign ("" for what belongs to none): the sum, by type."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in found:
        sums[one.campaign_id][one.type] += one.amount
    return {campaign: dict(by_type) for campaign, by_type in sums.items()}


def _document(balance: float | None, found: "list[Transaction]", titles: dict[str, str], denied: str) -> dict[str, Any]:
    campaigns = [
        {
            "campaign": campaign or None,
            "title": titles.get(campaign),
            "credits": sum(by_type.values()) / 1000,
            "by_type": {kind: amount / 1000 for kind, amount in by_type.items()},
        }
        for campaign, by_type in _sums(found).items()
    ]
    each = [
        {
            "id": one.id,
            "at": show.iso(one.at),
            "type": one.type,
            "credits": one.amount / 1000,
            "balance_after": None if one.after is None else one.after / 1000,
            "campaign": one.campaign_id or None,
            "description": one.description,
        }
        for one in found
    ]
    return {"balance": balance, "campaigns": campaigns, "transactions": each, "error": denied or None}


def _tell(
    balance: float | None, found: "list[Transaction]", titles: dict[str, str], denied: str, *, each: bool
) -> None:
    console = show.out()
    show.say(console, f"Balance: {'unknown' if balance is None else money.balance(balance)} credits", style="bold")
    if denied:
        show.say(console, f"! {_WORKSPACE_KEY}", style="yellow")
        return
    if not found:
        show.say(console, "No transaction in this period.")
        return
    heads, rows = _each(found, titles) if each else _summed(found, titles)
    show.table(console, heads, rows)


def _each(found: "list[Transaction]", titles: dict[str, str]) -> _Table:
    heads = [("when", "<"), ("credits", ">"), ("type", "<"), ("campaign", "<")]
    rows = [
        [show.minute(one.at), money.told(one.amount), _kind(one.type), titles.get(one.campaign_id, one.campaign_id)]
        for one in found
    ]
    return heads, rows


def _summed(found: "list[Transaction]", titles: dict[str, str]) -> _Table:
    heads = [("campaign", "<"), ("credits", ">"), ("for", "<")]
    rows = [
        [
            titles.get(campaign, campaign) or "(no campaign)",
            money.told(sum(by_type.values())),
            ", ".join(map(_kind, by_type)),
        ]
        for campaign, by_type in _sums(found).items()
    ]
    return heads, rows


def _kind(code: str) -> str:
    return code.lower().replace("_", " ")
