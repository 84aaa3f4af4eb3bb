"""Scravio's credits: the balance's transactions, read only, and amounts as exact numbers. Spends nothing.

Credits are kept in whole thousandths: their price list is unknown (scravio.md §8), and fractions must add up exactly.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bridge.api import Client
from bridge.api.scalars import amount, count, flag, mapping, moment, text
from bridge.errors import Unavailable, VendorError
from bridge.lazy import dataclass
from bridge.model.credits import THOUSAND
from bridge.sources.scravio.reading import unwrapped

DEDUCTION = "EMAIL_VALIDATION_DEDUCTION"
PER_PAGE = 100
MOST_PAGES = 1_000
_LARGEST = 10**12


@dataclass(frozen=True, slots=True)
class Transaction:
    """One change of the balance. `amount` and `after` are thousandths; a deduction is negative."""

    id: str
    at: datetime | None
    type: str
    amount: int
    after: int | None
    campaign_id: str
    description: str


def thousandths(value: Any) -> int | None:
    """An amount of credits in thousandths, rounded away from zero; None for what is no such number."""
    number = amount(value, _LARGEST)
    if number is None:
        return None
    whole = round(abs(number) * THOUSAND, 3)  # 0.1 + 0.2 is not to cost a thousandth more
    return int(math.copysign(math.ceil(whole), number))


class Unreadable(VendorError):
    """A listing that may hold more than could be read: it is no word about what is missing in it."""


def spent(transactions: Iterable[Transaction]) -> Mapping[str, int]:
    """The thousandths of credits that each campaign cost, what was paid back left out."""
    found: Counter[str] = Counter()
    for one in transactions:
        found[one.campaign_id] -= one.amount
    return {campaign: max(0, amount) for campaign, amount in found.items() if campaign}


class Credits:
    """The transactions of the account. Raises the VendorErrors of `Client`; Denied where the key may not see them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def transactions(
        self,
        *,
        campaign_id: str = "",
        types: Sequence[str] = (),
        since: datetime | None = None,
        most: int | None = None,
        whole: bool = False,
    ) -> Iterator[Transaction]:
        """The newest first, at most `most` of them; each once though pages may shift while they are read.

        `whole` is for a caller for which a missing transaction means that nothing was paid: raises Unreadable where one
        may be missing.
        """
        seen: set[str] = set()
        asked = {
            "campaignId": campaign_id or None,
            "type": ",".join(types) or None,
            "from": since.isoformat() if since else None,
            "sortBy": "timestamp",
            "order": "desc",
            "perPage": PER_PAGE if most is None else min(most, PER_PAGE),
        }
        for page in range(1, MOST_PAGES + 1):
            rows, pages = self._page({**asked, "page": page})
            read = [_read(row) for row in rows]
            if whole and (None in read or (not rows and page < pages)):
                raise Unreadable(
                    "Scravio's list of transactions has rows or pages that cannot be read.", vendor="scravio"
                )
            fresh = [one for one in read if one is not None and one.id not in seen]
            for one in fresh:
                seen.add(one.id)
                yield one
                if most is not None and len(seen) >= most:
                    return
            if not fresh or page >= pages or (since and fresh[-1].at and fresh[-1].at < since):
                return

    def _page(self, asked: dict[str, Any]) -> tuple[list[Any], int]:
        body = unwrapped(self._client.get("/credit-transactions", asked).data, "data")
        rows = body.get("transactions")
        if type(rows) is not list:
            raise Unavailable(
                "Scravio answered GET /credit-transactions with JSON of an unknown shape.",
                hint="Check SCRAVIO_BASE_URL, then run `leadbridge check`.",
                vendor="scravio",
            )
        pages = count(mapping(body.get("pagination")).get("totalPages"))
        return rows, MOST_PAGES if pages is None else pages


def _read(row: Any) -> Transaction | None:
    row = mapping(row)
    amount = thousandths(row.get("amount"))
    if amount is None:
        return None
    return Transaction(
        id=text(row.get("id")) or text(row.get("_id")) or repr(sorted(row.items(), key=str))[:200],
        at=moment(row.get("timestamp")) or moment(row.get("createdAt")),
        type=text(row.get("type")),
        amount=amount,
        after=thousandths(row.get("balanceAfter")),
        campaign_id=text(row.get("campaignId")),
        description=text(row.get("description")),
    )


def is_yes(value: Any) -> bool:
    """Whether Scravio says yes; anything else is a no, since money hangs on it."""
    return flag(value) is True
