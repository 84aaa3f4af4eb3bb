"""A team as the place of people to be forgotten. It has no block list, and does not show who is in a campaign.

A lead can be cancelled, and not deleted (inbox.md §2.7). So people are looked for by what the ledger remembers, and
whether they are there shows when they are cancelled.
"""

from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus

from bridge.api import Client
from bridge.destinations.base import Remembered
from bridge.destinations.inbox import reading
from bridge.destinations.inbox.reading import CAMPAIGNS
from bridge.destinations.inbox.target import PLATFORM
from bridge.destinations.wording import WithoutBlockList
from bridge.errors import AnswerLost, Refused, Unavailable
from bridge.model import Place

_KEPT = "cancelled, not erased: no message is sent any more, and Inbox cannot delete a lead; delete it there by hand"
_ROUNDS = 3


class InboxWorkspace(WithoutBlockList):
    """The team that the key of `client` opens."""

    vendor = "inbox"

    def __init__(self, client: Client) -> None:
        self._client = client
        self._id = ""
        self._cancelled: set[str] = set()

    def id(self) -> str:
        """The team; asked once."""
        self._id = self._id or reading.team(self._client)
        return self._id

    def remembered(self, addresses: Sequence[str], places: Iterable[Place] = ()) -> Iterator[Remembered]:
        """The profiles on X in each of the campaigns, as far as the ledger knows: Inbox cannot be asked."""
        handles = [address.removeprefix("x:") for address in addresses if address.startswith("x:")]
        here = [one for one in places if (one.vendor, one.workspace) == (self.vendor, self.id()) and one.id]
        for place in here:
            for handle in handles:
                found = self.lead(f"{place.id}/{handle}")
                if found is not None:
                    yield found

    def lead(self, remote_id: str) -> Remembered | None:
        """The lead that the ledger remembers so; None for one that was cancelled by this."""
        campaign, _, handle = remote_id.partition("/")
        if not handle or remote_id in self._cancelled:
            return None
        place = Place(self.vendor, self.id(), "campaign", campaign)
        return Remembered(remote_id, f"x:{handle}", place, f"campaign {campaign}", kept=_KEPT)

    def erase(self, one: Remembered) -> bool:
        """Cancel the lead, which may be repeated; False where the campaign, or the lead in it, does not exist."""
        campaign, _, handle = one.remote_id.partition("/")
        body = {"by": "username", "platform": PLATFORM}
        for _ in range(_ROUNDS):
            try:
                self._client.write("POST", f"{CAMPAIGNS}/{campaign}/leads/{handle}/cancel", body)
            except AnswerLost:
                continue
            except Refused as error:
                if error.status != HTTPStatus.NOT_FOUND:
                    raise
                return False
            self._cancelled.add(one.remote_id)
            return True
        raise Unavailable("Inbox does not answer whether the lead was cancelled.", vendor=self.vendor)
