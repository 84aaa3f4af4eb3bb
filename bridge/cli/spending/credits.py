"""`leadbridge credits`: Scravio's balance and its transactions, by campaign. Spends nothing."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

import typer

from bridge.cli.options import Json
from bridge.cli.session import session_of
from bridge.cli.spending import asking
from bridge.cli.spending.asking import balance as shown
from bridge.cli.terminal import show
from bridge.errors import Denied
from bridge.model.credits import THOUSAND, as_credits
from bridge.reports.text import iso, minute
from bridge.sources.scravio.ordering.credits import Transaction

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
    as_json: Json = False,
) -> None:
    """Scravio's balance, and what was spent, by campaign.

    Example: `leadbridge credits --days 7`
    """
    denied, found, titles = "", list[Transaction](), dict[str, str]()
    with session_of(context).app_of_client() as app:
        balance = asking.scravio(app).me().credits
        since = app.wiring.clock() - timedelta(days=days)
        try:
            found = list(asking.ordering(app).credits.transactions(campaign_id=campaign or "", since=since))
        except Denied as error:
            denied = error.message
        if any(one.campaign_id for one in found):
            titles = {one.id: one.title for one in asking.scravio(app).campaigns()}
    found = [one for one in found if (one.at is None or one.at >= since) and campaign in (None, one.campaign_id)]
    if as_json:
        show.print_json(_document(balance, found, titles, denied))
        return
    console = show.out()
    show.say(console, f"Balance: {'unknown' if balance is None else shown(balance)} credits", style="bold")
    if denied:
        show.say(console, f"! {_WORKSPACE_KEY}", style="yellow")
    elif not found:
        show.say(console, "No transaction in this period.")
    elif each:
        heads = [("when", "<"), ("credits", ">"), ("type", "<"), ("campaign", "<")]
        cells = [
            [minute(one.at), as_credits(one.amount), _kind(one.type), titles.get(one.campaign_id, one.campaign_id)]
            for one in found
        ]
        show.table(console, heads, cells)
    else:
        show.table(console, [("campaign", "<"), ("credits", ">"), ("for", "<")], _summed(found, titles))


def _sums(found: Sequence[Transaction]) -> dict[str, Counter[str]]:
    """By campaign ("" for what belongs to none): the sum, by type."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        sums[one.campaign_id][one.type] += one.amount
    return sums


def _document(
    balance: float | None, found: Sequence[Transaction], titles: dict[str, str], denied: str
) -> dict[str, Any]:
    campaigns = [
        {
            "campaign": campaign or None,
            "title": titles.get(campaign),
            "credits": by_type.total() / THOUSAND,
            "by_type": {kind: amount / THOUSAND for kind, amount in by_type.items()},
        }
        for campaign, by_type in _sums(found).items()
    ]
    each = [
        {
            "id": one.id,
            "at": iso(one.at),
            "type": one.type,
            "credits": one.amount / THOUSAND,
            "balance_after": None if one.after is None else one.after / THOUSAND,
            "campaign": one.campaign_id or None,
            "description": one.description,
        }
        for one in found
    ]
    return {"balance": balance, "campaigns": campaigns, "transactions": each, "error": denied or None}


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
