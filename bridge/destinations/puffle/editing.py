"""Shows the rows of a draft as Puffle has them now, and changes their columns (puffle.md §2.3).

Only columns can be edited: `custom_fields` is not in the list, and what is sent of it would be ignored.
"""

from collections.abc import Iterator, Mapping, Sequence

from bridge.api import Client
from bridge.api.scalars import text
from bridge.destinations.changing import Asked, Shown
from bridge.destinations.puffle import campaigns
from bridge.destinations.puffle.roster import leads_path, page
from bridge.destinations.puffle.rows import COLUMNS, HEADLINE, PUFFLE
from bridge.model import Place, Scalar

MOST_ROWS = 500
_EDITABLE: Mapping[str, str] = {**COLUMNS, HEADLINE: HEADLINE}
_PENDING = "pending"


def shown(client: Client, place: Place, asked: Sequence[Asked]) -> Iterator[Shown]:
    """Page by page: the rows of a page are changed before the next one is read."""
    found = campaigns.detail(client, place.id)
    if found is None:
        return
    if found.campaign.user and found.campaign.user != place.workspace:
        raise PUFFLE.foreign(f"the campaigns of user {found.campaign.user}", f"those of user {place.workspace}")
    if not found.campaign.is_open:
        why = f"the campaign is {found.campaign.state}, and its rows can be changed no more"
        yield from (Shown(one, None, why=why) for one in asked)
        return
    wanted, number, last = {one.remote_id.lower(): one for one in asked}, 1, 1
    while number <= last and wanted:
        got = page(client, place.id, found.campaign.type, number)
        number, last = number + 1, got.last
        for one in got.members:
            asked_for = wanted.pop(one.id.lower(), None)
            if asked_for is not None and one.key == asked_for.address.lower():
                values = {name: text(one.row.get(_EDITABLE[name])) for name in asked_for.names if name in _EDITABLE}
                yield Shown(asked_for, values, one.row.get("status") != _PENDING)


def edit(client: Client, one: Asked, values: Mapping[str, Scalar]) -> None:
    """Change these columns of one row."""
    updates = {_EDITABLE[name]: "" if value is None else str(value) for name, value in values.items()}
    client.write("PATCH", leads_path(one.place.id), {"prospect_id": one.remote_id, "updates": updates})
