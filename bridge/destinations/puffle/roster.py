"""Reads the roster of a campaign by pages. No order is promised: it counts as read when all of `total` is seen.

puffle.md §2.1. Reading works in every status of the campaign.
"""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from math import ceil

from bridge.api import Client
from bridge.api.scalars import count, mapping
from bridge.destinations.puffle.rows import PUFFLE, Member, listed, member
from bridge.errors import Refused, Unavailable
from bridge.lazy import dataclass

PAGE = 200
_ROUNDS = 3
_MOST_PAGES = 50_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its rows, how many the roster holds in all, and how many a page was granted."""

    members: list[Member]
    total: int
    size: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return min(max(1, ceil(self.total / self.size)), _MOST_PAGES)


def leads_path(campaign_id: str) -> str:
    """Where the roster is read and written."""
    return f"/campaigns/{campaign_id}/leads"


def page(
    client: Client, campaign_id: str, channel: str, number: int, status: str | None = None, size: int = PAGE
) -> Page:
    """Page `number`, from 1, of so many rows; of those in one status where one is given, in Puffle's word.

    A reading that is refused says nothing about a lead: Unavailable, but for a 404.
    """
    try:
        data = client.get(leads_path(campaign_id), {"page": number, "limit": size, "status": status}).data
    except Refused as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise
        raise Unavailable(error.message, hint=error.hint, vendor="puffle", status=error.status) from None
    rows, total = listed(data, "prospects"), count(mapping(data).get("total"))
    if rows is None or total is None:
        raise PUFFLE.unreadable(f"GET {leads_path(campaign_id)}")
    granted = count(mapping(data).get("limit")) or size
    return Page([member(row, channel) for row in rows], total, min(granted, size))


def every_member(client: Client, campaign_id: str, channel: str, status: str | None = None) -> Iterator[Member]:
    """Every row once, those without an id too. Raises Unavailable where some of `total` were never shown."""
    seen: set[str] = set()
    nameless, total = 0, 0
    for turn in range(_ROUNDS):
        number, last = 1, 1
        while number <= last:
            got = page(client, campaign_id, channel, number, status)
            total, last, number = got.total, got.last, number + 1
            for one in got.members:
                new = one.id not in seen if one.id else turn == 0
                nameless += new and not one.id
                seen |= {one.id} - {""}
                if new:
                    yield one
        if len(seen) + nameless >= total:
            return
    raise Unavailable(
        f"The roster of Puffle campaign {campaign_id} could not be read whole: {len(seen) + nameless:,} of {total:,} "
        "rows were shown.",
        hint="Run the same command again later; nothing that was not shown counts as absent.",
        vendor="puffle",
    )


class Known:
    """The members of one roster as they were before a push, and those that came since; `total` as last shown."""

    def __init__(self, client: Client, campaign_id: str, channel: str) -> None:
        self._client, self._id, self._channel = client, campaign_id, channel
        self.members: dict[str, Member] = {}
        self.total = 0
        self._at_end, self._turned = True, False
        self.read()

    def read(self) -> None:
        """Read the whole roster."""
        members = list(every_member(self._client, self._id, self._channel))
        self.members = {one.key: one for one in members}
        self.total = len(members)

    def find(self, keys: Iterable[str], new: int) -> None:
        """Look for rows that were added just now, `new` of them, in hardly more pages than hold so many.

        Where new rows stand is not documented: at the end, and if not there, from then on at the front. A row that is
        not found has no id yet.
        """
        wanted, before = set(keys), self.total
        self.total += new
        first, last = before // PAGE + 1, ceil(self.total / PAGE)
        while not self._walk(range(last, first - 1, -1) if self._at_end else range(1, last - first + 2), wanted):
            if self._turned:
                return
            self._at_end, self._turned = False, True

    def _walk(self, numbers: Iterable[int], wanted: set[str]) -> bool:
        """Read these pages as long as each brings one of those wanted; whether the first did."""
        brought = False
        for number in numbers:
            got = {one.key: one for one in page(self._client, self._id, self._channel, number).members}
            self.members |= got
            if wanted.isdisjoint(got):
                break
            wanted, brought = wanted - got.keys(), True
            if not wanted:
                break
        return brought
