"""Shows what a campaign's columns hold for a lead, where Inbox shows it, and changes them (inbox.md §2.6).

No page documents how a lead is read. The address where it is updated is asked; where it shows nothing, nothing is
changed, since a person may have changed it by hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from bridge.api import Client
from bridge.api.scalars import mapping
from bridge.destinations.changing import Asked, Shown
from bridge.destinations.inbox import reading
from bridge.destinations.inbox.reading import CAMPAIGNS, Campaign
from bridge.destinations.inbox.target import PLATFORM
from bridge.model import Scalar

MOST_LEADS = 100
"""Of one run: more than three minutes at thirty writes a minute."""

_MOST_SILENT = 3
_NOT_SHOWN = "Inbox does not show what the columns of a lead hold"
_BY = {"by": "username", "platform": PLATFORM}


def shown(client: Client, asked: Sequence[Asked], fields: Mapping[str, str]) -> Iterator[Shown]:
    """Each lead by its handle. `fields` has our name for each column that can be changed."""
    campaign = reading.campaign(client, asked[0].place.id)
    if campaign is None:
        return
    silent = 0
    for one in asked:
        columns = {name: column for column, name in fields.items() if name in one.names}
        asks = bool(columns) and silent < _MOST_SILENT
        contacted = asks and _may_be_contacted(client, campaign, one)
        if asks:
            client.await_pair()
        data = _data(client, one) if asks else None
        silent = 0 if data is not None else silent + bool(columns)
        if not columns:
            yield Shown(one, {})
        elif data is None:
            yield Shown(one, None, why=_NOT_SHOWN)
        else:
            values = {name: data.get(column) for name, column in columns.items()}
            others = {column: one for column, one in data.items() if column not in columns.values()}
            yield Shown(one, values, contacted, beside=_scalars(others))


def edit(client: Client, one: Asked, data: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
    """Change these columns of one lead; a value is always a string. The others, where the answer shows them."""
    texts = {column: "" if value is None else _text(value) for column, value in data.items()}
    answer = mapping(client.write("PATCH", _path(one), {**_BY, "data": texts}, patient=False).data)
    return _scalars({column: value for column, value in mapping(answer.get("data")).items() if column not in texts})


def _scalars(data: Mapping[str, Any]) -> dict[str, Scalar]:
    return {name: value for name, value in data.items() if value is None or isinstance(value, str | int | float | bool)}


def _path(one: Asked) -> str:
    return f"{CAMPAIGNS}/{one.place.id}/leads/{quote(one.address, safe='')}"


def _text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _data(client: Client, one: Asked) -> Mapping[str, Any] | None:
    """What the columns hold; None where Inbox does not show it, or does not know the lead: both are the same answer."""
    body = reading.answer(lambda: client.get(_path(one), _BY).data)
    data = mapping(body).get("data")
    return data if isinstance(data, dict) else None


def _may_be_contacted(client: Client, campaign: Campaign, one: Asked) -> bool:
    """Of a campaign that does not send and has contacted no lead: no. Else a thread with the person shows it."""
    if campaign.contacted == 0 and campaign.status in {"draft", "paused"}:
        return False
    asked = {"username": one.address, "accountLinkIds": list(campaign.senders)}
    return reading.answer(lambda: client.get("/threads/lookup-by-username", asked).data) != []
