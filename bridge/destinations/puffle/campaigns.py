"""Finds the campaign that the operator named, and the drafts that continue it. Writes nothing.

puffle.md §3: names are unique for a user, the listing is not paged, only a draft takes rows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from weakref import WeakKeyDictionary

from bridge.api import Client
from bridge.api.scalars import count, mapping, moment, text, word
from bridge.destinations.puffle.rows import PUFFLE, TYPES, listed
from bridge.destinations.wording import so_named
from bridge.errors import Refused
from bridge.lazy import dataclass
from bridge.model import Target

CAMPAIGNS = "/campaigns"
DRAFT = "draft"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_STATUS: Mapping[str, str] = {
    "launching": "being launched", "active": "launched", "paused": "launched and paused",
}  # fmt: skip

# Every campaign names its user: asked once for each client, which lives as long as a command.
_accounts: WeakKeyDictionary[Client, str] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as listed. `type` and `status` are Puffle's words, `rows` the size of its roster where it shows one.

    `senders` are sorted ids; `facts` is the object itself.
    """

    id: str
    user: str
    type: str
    name: str
    status: str
    created: datetime | None
    senders: tuple[str, ...]
    rows: int | None
    facts: Mapping[str, Any]

    @property
    def is_open(self) -> bool:
        """Whether it takes rows: no other status than `draft` does."""
        return self.status == DRAFT

    @property
    def state(self) -> str:
        """The status as it reads after "is"."""
        return _STATUS.get(self.status, self.status)


@dataclass(frozen=True, slots=True)
class Detail:
    """A campaign with its sequence, and how many rows are in which status, in Puffle's words."""

    campaign: Campaign
    nodes: tuple[Mapping[str, Any], ...]
    rows: int
    statuses: Mapping[str, int] = field(default_factory=dict)


def read_campaign(row: Mapping[str, Any]) -> Campaign:
    """A campaign of an answer; its id may be "" where the answer is broken."""
    senders = [text(one.get("id")) for one in listed(row, "sender_accounts") or ()]
    return Campaign(
        id=text(row.get("id")).lower(),
        user=text(row.get("user_id")),
        type=word(row.get("type")),
        name=text(row.get("name")).strip(),
        status=word(row.get("status")),
        created=moment(row.get("created_at")),
        senders=tuple(sorted(senders)),
        rows=count(mapping(row.get("stats")).get("total")),
        facts=row,
    )


def everything(client: Client) -> list[Campaign]:
    """Every campaign of the key's user."""
    rows = listed(client.get(CAMPAIGNS).data, "campaigns")
    found = [read_campaign(row) for row in rows or ()]
    if rows is None or not all(one.id for one in found):
        raise PUFFLE.unreadable(f"GET {CAMPAIGNS}")
    _accounts[client] = next((one.user for one in found), _accounts.get(client, ""))
    return found


def detail(client: Client, campaign_id: str) -> Detail | None:
    """One campaign with its sequence; None where there is none."""
    path = f"{CAMPAIGNS}/{campaign_id}"
    try:
        data = mapping(client.get(path).data)
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None
    one = read_campaign(mapping(data.get("campaign")))
    if one.id != campaign_id.lower():
        raise PUFFLE.unreadable(f"GET {path}")
    _accounts.setdefault(client, one.user)
    statuses = {name: count(number) or 0 for name, number in mapping(data.get("prospects_by_status")).items()}
    rows = max(sum(statuses.values()), one.rows or 0)
    return Detail(one, tuple(listed(data, "sequence_nodes") or ()), rows, statuses)


def account(client: Client) -> str:
    """The user whose campaigns the key opens: what we call Puffle's workspace. "" where it has no campaign at all."""
    if client not in _accounts:
        everything(client)
    return _accounts.get(client, "")


def find(client: Client, target: Target) -> tuple[Campaign, list[Campaign]]:
    """The campaign of this name or id, and all that were listed to find it (none for an id).

    Raises Denied where there is none, or it is of the other type.
    """
    ref, campaigns = target.ref.strip(), list[Campaign]()
    if _UUID.fullmatch(ref):
        found = detail(client, ref.lower())
        one = found.campaign if found else None
    else:
        campaigns = everything(client)
        named = so_named(campaigns, ref)
        if len(named) > 1:
            raise PUFFLE.ambiguous(target, [f"{one.id} ({one.name}, {one.status})" for one in named])
        one = named[0] if named else None
    if one is None:
        raise PUFFLE.missing(target, (each.name for each in campaigns), ", or make the campaign in Puffle")
    return _of_channel(_need_status(one), target), campaigns


def _need_status(one: Campaign) -> Campaign:
    """Raises Unavailable where the status is missing: a draft must not be taken for a launched campaign."""
    if not one.status:
        raise PUFFLE.unreadable(f"GET {CAMPAIGNS}")
    return one


def _of_channel(one: Campaign, target: Target) -> Campaign:
    wanted = target.identity
    if one.type == wanted or one.type not in TYPES:
        return one
    raise PUFFLE.denied(
        f"{PUFFLE.called(target)} is {TYPES[one.type]} campaign, and this route reaches people by "
        f"{'their LinkedIn profile' if wanted == 'linkedin' else 'e-mail'}.",
        f'Write channel = "{one.type}" into the target in bridge.toml, or name {TYPES[wanted]} campaign.',
    )


# ---------------------------------------------------------------------------------------------------- what continues it


@dataclass(frozen=True, slots=True)
class Chain:
    """A campaign and the later ones of its name, `NAME 2`, `NAME 3` …, by number; `next` is the first free name."""

    links: tuple[Campaign, ...]
    next: str

    @property
    def launched(self) -> tuple[Campaign, ...]:
        """Those whose roster is closed."""
        return tuple(one for one in self.links if not one.is_open)

    @property
    def drafts(self) -> tuple[Campaign, ...]:
        """Those that may still take rows, the latest first."""
        return tuple(one for one in reversed(self.links) if one.is_open)


def chain(base: Campaign, campaigns: Sequence[Campaign]) -> Chain:
    """What continues `base`: campaigns of its type that were made after it and are called so."""
    numbered = {one.name: one for one in campaigns}
    numbers = sorted(_number(base.name, one.name) for one in campaigns if _number(base.name, one.name))
    later = [numbered[f"{base.name} {number}"] for number in numbers]
    links = [
        _need_status(one)
        for one in later
        if one.type == base.type and not (one.created and base.created and one.created < base.created)
    ]
    return Chain((base, *links), f"{base.name} {max(numbers, default=1) + 1}")


def _number(base: str, name: str) -> int:
    found = re.fullmatch(re.escape(base) + r" ([2-9]|[1-9]\d{1,4})", name)
    return int(found[1]) if found else 0
