"""The columns of a campaign: what a lead carries into them, what they hold of it now, and how that is changed.

A value is always a string (inbox.md §2.6). No page documents how a lead is read. The address where it is updated is
asked; where it shows nothing, nothing is changed, since a person may have changed it by hand.
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
from bridge.lazy import dataclass
from bridge.model import Delivery, Scalar

_OWN = "custom_"  # how the id of a column begins (inbox.md §1)

MOST_LEADS = 100
"""Of one run: more than three minutes at thirty writes a minute."""

_MOST_SILENT = 3
_NOT_SHOWN = "Inbox does not show what the columns of a lead hold"
_BY = {"by": "username", "platform": PLATFORM}


@dataclass(frozen=True, slots=True)
class Columns:
    """Our fields by the id of the column that takes each. `missing` are sentences about those that no column takes."""

    fields: Mapping[str, str]
    missing: tuple[str, ...] = ()

    def values(self, delivery: Delivery) -> dict[str, str]:
        """What the delivery has for each column; what is empty is left out."""
        found = {}
        for column, name in self.fields.items():
            value = delivery.fields.variables.get(name, getattr(delivery.fields, name, ""))
            found[column] = _text(value) if isinstance(value, str | int | float) else ""
        return {column: value for column, value in found.items() if value}


def read(client: Client, campaign_id: str, wanted: Sequence[tuple[str, str]]) -> Columns:
    """The columns of the campaign that bridge.toml names by id or name. Asks only where any is named."""
    if not wanted:
        return Columns({})
    known = reading.columns(client, campaign_id)
    if known is None:
        return as_written(wanted)
    ids = {name.casefold(): key for key, name in known.items()}
    found = {name: column if column in known else ids.get(column.casefold(), "") for name, column in wanted}
    there = ", ".join(f'"{title}" ({key})' for key, title in known.items()) or "none"
    return Columns(
        {column: name for name, column in found.items() if column},
        tuple(
            f'The campaign has no column "{column}", so {name} is not sent. Its columns: {there}.'
            for name, column in wanted
            if not found[name]
        ),
    )


def as_written(wanted: Sequence[tuple[str, str]]) -> Columns:
    """Where columns are not listed: ids are taken as they stand, names cannot be."""
    return Columns(
        {column: name for name, column in wanted if column.startswith(_OWN)},
        tuple(
            f'Inbox lists no columns, so "{column}" cannot be found by name and is not sent: write its id ({_OWN}…).'
            for _, column in wanted
            if not column.startswith(_OWN)
        ),
    )


def _text(value: Scalar) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def strange(columns: Columns, said: str) -> Iterator[str]:
    """The columns that a refusal names."""
    return (column for column in columns.fields if column in said)


# ----------------------------------------------------------------------------------------- changing what was sent


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
    texts = {column: _text(value) for column, value in data.items()}
    answer = mapping(client.write("PATCH", _path(one), {**_BY, "data": texts}, patient=False).data)
    return _scalars({column: value for column, value in mapping(answer.get("data")).items() if column not in texts})


def _scalars(data: Mapping[str, Any]) -> dict[str, Scalar]:
    return {name: value for name, value in data.items() if value is None or isinstance(value, str | int | float | bool)}


def _path(one: Asked) -> str:
    return f"{CAMPAIGNS}/{one.place.id}/leads/{quote(one.address, safe='')}"


def _data(client: Client, one: Asked) -> Mapping[str, Any] | None:
    """What the columns hold; None where Inbox does not show it, or does not know the lead: both are the same answer."""
    body = reading.answer(client, _path(one), _BY)
    data = mapping(body).get("data")
    return data if isinstance(data, dict) else None


def _may_be_contacted(client: Client, campaign: Campaign, one: Asked) -> bool:
    """Of a campaign that does not send and has contacted no lead: no. Else a thread with the person shows it."""
    if campaign.contacted == 0 and campaign.status in {"draft", "paused"}:
        return False
    asked = {"username": one.address, "accountLinkIds": list(campaign.senders)}
    return bool(reading.answer(client, "/threads/lookup-by-username", asked) != [])
