"""Reads mails that leads sent, within Instantly's own limit for them: 20 a minute. Hands no text on.

The limit is not waited for: what does not fit is read in the next round.
"""

import time
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from bridge.api import Client
from bridge.api.scalars import moment
from bridge.destinations.instantly.lookups import PAGE, pages

MOST_A_MINUTE = 18
"""Of 20, so that a person who looks at a mail meanwhile is not refused."""

OVERLAP = timedelta(minutes=15)
"""Read again at the start: whether the bounds of a time filter are inclusive is not documented."""

_MINUTE = 60.0
_asked: WeakKeyDictionary[Client, deque[float]] = WeakKeyDictionary()


def has_room(client: Client) -> bool:
    """Whether one more request fits into this minute."""
    asked, now = _asked.setdefault(client, deque()), time.monotonic()
    while asked and asked[0] <= now - _MINUTE:
        asked.popleft()
    return len(asked) < MOST_A_MINUTE


def received(
    client: Client, asked: Mapping[str, str], since: datetime | None = None, after: str = ""
) -> Iterator[list[dict[str, Any]]]:
    """The mails that were received, the oldest first, a page at a time; behind the mail `after` of the same listing.

    The caller asks for room before each page.
    """
    start = {} if since is None else {"min_timestamp_created": (since - OVERLAP).strftime("%Y-%m-%dT%H:%M:%S.000Z")}

    def ask(cursor: str) -> Any:
        _asked.setdefault(client, deque()).append(time.monotonic())
        fixed: dict[str, Any] = {"limit": PAGE, "email_type": "received", "sort_order": "asc", "preview_only": True}
        return client.get("/emails", {**fixed, **asked, **start, "starting_after": cursor or after or None}).data

    yield from pages(ask, "GET /emails", 1_000)


def stored_at(row: Mapping[str, Any]) -> datetime | None:
    """When Instantly stored the mail: what its filter goes by."""
    return moment(row.get("timestamp_created"))
