"""Shows the rows of a draft as Puffle has them now, and changes their columns (puffle.md §2.3).

Only columns can be edited: `custom_fields` is not in the list, and what is sent of it would be ignored.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge.api import Client
from bridge.api.scalars import mapping, text
from bridge.destinations.changing import Asked, Shown
from bridge.destinations.puffle import campaigns
from bridge.destinations.puffle.roster import PAGE, every_member, leads_path, page
from bridge.destinations.puffle.rows import COLUMNS, HEADLINE, PUFFLE, Member
from bridge.model import Place, Scalar

MOST_ROWS = 500
_EDITABLE: Mapping[str, str] = {**COLUMNS, HEADLINE: HEADLINE}
_PENDING = "pending"


def shown(client: Client, place: Place, asked: Sequence[Asked]) -> Iterator[Shown]:
    """Found page by page, then each read alone. Raises Unavailable where a part of the roster was not shown."""
    found = campaigns.detail(client, place.id)
    if found is None:
        return
    if found.campaign.user and found.campaign.user != place.workspace:
        raise PUFFLE.foreign(f"the campaigns of user {found.campaign.user}", f"those of user {place.workspace}")
    if not found.campaign.is_open:
        why = f"the campaign is {found.campaign.state}, and its rows can be changed no more"
        yield from (Shown(one, None, why=why) for one in asked)
        return
    wanted = {one.remote_id.lower(): one for one in asked}
    for nth, listed in enumerate(every_member(client, place.id, found.campaign.type), 1):
        asked_for = wanted.pop(listed.id.lower(), None)
        if asked_for is not None:
            client.await_pair()
            one = _alone(client, place.id, found.campaign.type, listed, nth)
            if one is not None and one.key == asked_for.address.lower():
                values = {name: text(one.row.get(_EDITABLE[name])) for name in asked_for.names if name in _EDITABLE}
                yield Shown(asked_for, values, one.row.get("status") != _PENDING, beside=_beside(one.row, asked_for))
        if not wanted:
            return


def _alone(client: Client, campaign_id: str, channel: str, listed: Member, nth: int) -> Member | None:
    """The row as it is now: where it stood, else near there, else anywhere; no order is promised. None: it is gone."""
    for number, at_once in ((nth, 1), ((nth - 1) // PAGE + 1, PAGE)):
        near = page(client, campaign_id, channel, number, size=at_once).members
        if found := [one for one in near if one.id == listed.id]:
            return found[0]
    return next((one for one in every_member(client, campaign_id, channel) if one.id == listed.id), None)


def edit(client: Client, one: Asked, values: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
    """Change these columns of one row. The answer is the row as it is then."""
    updates = {_EDITABLE[name]: "" if value is None else str(value) for name, value in values.items()}
    body = {"prospect_id": one.remote_id, "updates": updates}
    reply = client.write("PATCH", leads_path(one.place.id), body, patient=False)
    return _beside(mapping(mapping(reply.data).get("prospect")), one)


def _beside(row: Mapping[str, Any], one: Asked) -> dict[str, Scalar]:
    """The columns and custom fields of the row that are not to be changed."""
    kept = set(_EDITABLE.values()) - {_EDITABLE.get(name) for name in one.names}
    found = {column: row[column] for column in kept & row.keys()} | mapping(row.get("custom_fields"))
    return {name: value for name, value in found.items() if value is None or isinstance(value, str | int | float)}
