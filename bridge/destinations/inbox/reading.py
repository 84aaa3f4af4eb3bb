"""Reads what Inbox shows: team, senders, campaigns, columns. Writes nothing and decides nothing.

Only some of its pages can be read by us (inbox.md §0, §8). Where a path or a shape is a guess, another answer than the
expected one means "not shown", and never "there is none".
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from bridge.api import Client
from bridge.api.client import Params
from bridge.api.scalars import count, flag, mapping, moment, text, word
from bridge.destinations.wording import Wording
from bridge.errors import Refused
from bridge.lazy import dataclass

INBOX = Wording("inbox", "Inbox", "in this team")
CAMPAIGNS = "/campaigns/v2"
_OLDER = "/campaigns"  # documented for the older generation of campaigns, and perhaps the only address (inbox.md §2)
_PAGE = 100
_MOST_PAGES = 100
_ABSENT = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})


@dataclass(frozen=True, slots=True)
class Sender:
    """An X account that the team has linked. `status` is active, offline or paused, "" where it is not shown."""

    id: str
    username: str
    status: str
    platform: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as shown. Numbers and flags are None where Inbox does not show them; `facts` is the object itself."""

    id: str
    name: str
    status: str
    created: datetime | None
    targets: int | None
    assessed: int | None
    contacted: int | None
    syncing: bool | None
    senders: tuple[str, ...]
    timezone: str
    rules: Mapping[str, Any]
    facts: Mapping[str, Any]


def read_campaign(row: Mapping[str, Any]) -> Campaign:
    """A campaign of an answer; its id may be "" where the answer is broken."""
    return Campaign(
        id=text(row.get("id")),
        name=text(row.get("name")).strip(),
        status=word(row.get("status")),
        created=moment(row.get("createdAt")),
        targets=count(row.get("targetsCount")),
        assessed=count(row.get("scopeAssessedCount")),
        contacted=count(row.get("contactedCount")),
        syncing=flag(row.get("isSyncing")),
        senders=tuple(one for one in listed(row.get("accountLinkIds")) if isinstance(one, str)),
        timezone=text(row.get("scheduleTimezone")),
        rules=mapping(row.get("rules")),
        facts=row,
    )


def team(client: Client) -> str:
    """The id of the key's team. Raises Unavailable where the answer has none."""
    found = text(mapping(client.get("/team").data).get("id"))
    if not found:
        raise INBOX.unreadable("GET /team")
    return found


def senders(client: Client) -> list[Sender]:
    """The X accounts that the team has linked: a flat array, or `{accountLinks: […]}` in older pages."""
    data = client.get("/account-links").data
    rows = data if isinstance(data, list) else mapping(data).get("accountLinks", mapping(data).get("data"))
    if not isinstance(rows, list):
        raise INBOX.unreadable("GET /account-links")
    return [
        Sender(text(row.get("id")), text(row.get("username")), word(row.get("status")), word(row.get("platform")))
        for row in map(mapping, rows)
    ]


def campaign(client: Client, campaign_id: str) -> Campaign | None:
    """One campaign, at the newer address or else at the older one; None where neither knows it."""
    for root in (CAMPAIGNS, _OLDER):
        path = f"{root}/{quote(campaign_id, safe='')}"
        data = answer(client, path)
        if data is not None:
            found = read_campaign(mapping(data))
            if found.id != campaign_id:
                raise INBOX.unreadable(f"GET {path}")
            return found
    return None


def campaigns(client: Client) -> Iterator[Campaign] | None:
    """Every campaign; None where Inbox does not list them under this key."""
    rows = _listing(client, CAMPAIGNS)
    return None if rows is None else (read_campaign(row) for row in rows)


def columns(client: Client, campaign_id: str) -> dict[str, str] | None:
    """The names of the campaign's columns by id; None where Inbox does not list them."""
    rows = _listing(client, f"{CAMPAIGNS}/{campaign_id}/columns")
    return None if rows is None else {text(row.get("id")): text(row.get("name")) for row in rows}


def _listing(client: Client, path: str) -> list[dict[str, Any]] | None:
    """All rows of a listing: a flat array, or pages `{data, nextCursor}`. Raises Unavailable where it has no end."""
    rows: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        data = answer(client, path, {"limit": _PAGE, "cursor": cursor})
        if data is None:
            return None
        page = data if isinstance(data, list) else mapping(data).get("data")
        if not isinstance(page, list):
            raise INBOX.unreadable(f"GET {path}")
        rows += map(mapping, page)
        following = text(mapping(data).get("nextCursor"))
        if not following:
            return rows
        if following == cursor:
            break
        cursor = following
    raise INBOX.unreadable(f"GET {path}")


def answer(client: Client, path: str, asked: Params | None = None) -> Any:
    """What this page shows; None where there is no such page."""
    try:
        return client.get(path, asked).data
    except Refused as error:
        if error.status not in _ABSENT:
            raise
        return None


def listed(value: Any) -> list[Any]:
    """An array as it is, an empty one for everything else."""
    return value if isinstance(value, list) else []
