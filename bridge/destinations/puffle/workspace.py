"""All rosters of one Puffle user: a person found in any of them, and deleted where it is still a draft.

Puffle has no search for people and no block list: every roster is read. Rows are deleted by their ids, never by
`{"all": true}` (puffle.md §2.4).
"""

from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus

from bridge.api import Client
from bridge.api.scalars import text
from bridge.destinations.base import Remembered
from bridge.destinations.puffle import campaigns
from bridge.destinations.puffle.campaigns import Campaign
from bridge.destinations.puffle.roster import every_member, leads_path
from bridge.destinations.puffle.rows import PUFFLE, TYPES, key_of
from bridge.destinations.wording import WithoutBlockList
from bridge.errors import AnswerLost, Refused
from bridge.model import Place

_ROUNDS = 3


class PuffleWorkspace(WithoutBlockList):
    """The campaigns of a key's user. See `Workspace` for what each method promises."""

    vendor = "puffle"

    def __init__(self, client: Client) -> None:
        self._client = client
        self._rows: dict[str, Remembered] = {}

    def id(self) -> str:
        """The user's id, as every campaign names it; asked once for each client."""
        return campaigns.account(self._client)

    def remembered(self, addresses: Sequence[str], places: Iterable[Place] = ()) -> Iterator[Remembered]:
        """Read every roster, and yield who has one of these identities in it, in any channel."""
        del places  # every campaign of the user is listed
        wanted = {address.lower() for address in addresses}
        self._rows = {one.remote_id: one for one in self._every_row()}
        for one in self._rows.values():
            texts = {name: text(value) for name, value in one.facts.items()}
            keys = {_typed(key_of(texts, channel), channel) for channel in TYPES} - {""}
            if wanted.intersection(keys):
                yield one

    def lead(self, remote_id: str) -> Remembered | None:
        """From the rosters as they were read last: Puffle shows no row by its id alone."""
        if not self._rows:
            self._rows = {one.remote_id: one for one in self._every_row()}
        return self._rows.get(remote_id)

    def _every_row(self) -> Iterator[Remembered]:
        for campaign in campaigns.everything(self._client):
            where = f'Puffle campaign "{campaign.name}"'
            place = Place("puffle", campaign.user, "campaign", campaign.id)
            for one in every_member(self._client, campaign.id, campaign.type):
                yield Remembered(one.id, _typed(one.key, campaign.type), place, where, dict(one.row))

    def erase(self, one: Remembered) -> bool:
        """Delete the row, looked for before it is deleted again. Denied where the campaign was launched."""
        asked = False
        for _ in range(_ROUNDS):
            found = campaigns.detail(self._client, one.place.id)
            if found is None or not self._is_there(found.campaign, one):
                return asked
            if not found.campaign.is_open:
                name, state = found.campaign.name, found.campaign.state
                raise PUFFLE.denied(
                    f'Puffle campaign "{name}" is {state}: its roster is closed, and the row stays in it.',
                    "Delete the person in Puffle, then run the command again with --ledger-only.",
                )
            try:
                self._client.write("DELETE", leads_path(one.place.id), {"prospect_ids": [one.remote_id]})
            except AnswerLost:
                asked = True
                continue
            except Refused as error:
                if error.status != HTTPStatus.BAD_REQUEST:
                    raise
                continue  # launched at this moment: the next look says so
            return True
        raise PUFFLE.still_there(f"row {one.remote_id}")

    def _is_there(self, campaign: Campaign, one: Remembered) -> bool:
        rows = every_member(self._client, campaign.id, campaign.type)
        return any(row.id == one.remote_id and _typed(row.key, campaign.type) == one.address for row in rows)


def _typed(key: str, channel: str) -> str:
    return f"linkedin:{key}" if key and channel == "linkedin" else key
