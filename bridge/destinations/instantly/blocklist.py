"""A whole Instantly workspace: its block list read and added to, and a person found and deleted. Decides about nobody.

OpenAPI: listBlockListEntry, bulkCreateBlockListEntry, deleteLead. A row of `leads/list` is believed, and deleted, only
where it has the very address that was asked for: filters that are not understood are ignored (instantly.md pitfall 5).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from bridge.api import Client
from bridge.destinations.base import Remembered
from bridge.destinations.instantly import lookups
from bridge.errors import AnswerLost, Refused, Unavailable
from bridge.model import NOTHING, Place

MOST_PAGES = 2_000
"""Two hundred thousand entries; a larger list is read only so far, and then counts as not read."""

MOST_VALUES = 1_000
"""The most that one call may put on the block list (OpenAPI)."""

_ROUNDS = 3
_NOT_FOUND = 404
_CONTACTS = lookups.PAGE


class InstantlyWorkspace:
    """The workspace of a key. See `Workspace` for what each method promises."""

    vendor = "instantly"

    def __init__(self, client: Client) -> None:
        self._client = client

    def id(self) -> str:
        """The workspace's id; asked once for each client."""
        return lookups.workspace_id(self._client)

    # ------------------------------------------------------------------------------------------------- the block list

    def blocked(self) -> Iterator[str]:
        """Page the whole block list."""

        def ask(cursor: str) -> Any:
            asked = {"limit": lookups.PAGE, "starting_after": cursor or None}
            return self._client.get("/block-lists-entries", asked).data

        for rows in lookups.pages(ask, "GET /block-lists-entries", MOST_PAGES):
            for row in rows:
                value = lookups.text(row, "bl_value").strip().lower()
                if value:
                    yield value

    def block(self, values: Sequence[str]) -> int:
        """One call for a thousand; what Instantly finds invalid it counts and leaves out."""
        taken = 0
        for start in range(0, len(values), MOST_VALUES):
            body = {"bl_values": list(values[start : start + MOST_VALUES])}
            reply = lookups.mapping(self._client.write("POST", "/block-lists-entries/bulk-create", body).data)
            items = reply.get("items")
            taken += len(items) if isinstance(items, list) else 0
        return taken

    # ------------------------------------------------------------------------------------------------------ one person

    def remembered(self, addresses: Sequence[str], places: Iterable[Place] = ()) -> list[Remembered]:
        """Look the addresses up in the whole workspace and in each place, a hundred in a call.

        Whether a search without a target shows the leads of lists is not documented. A place that is gone holds nobody.
        """
        wanted = sorted({address.lower() for address in addresses})
        own = [place for place in places if (place.vendor, place.workspace) == (self.vendor, self.id())]
        found: dict[str, Remembered] = {}
        for start in range(0, len(wanted), _CONTACTS):
            contacts = wanted[start : start + _CONTACTS]
            for row in chain(self._rows(contacts), *(self._rows_of(contacts, place) for place in own)):
                if _address(row) in contacts:
                    found.setdefault(lookups.text(row, "id"), self._remembered(row))
        return list(found.values())

    def _rows_of(self, contacts: Sequence[str], place: Place) -> Iterator[Mapping[str, Any]]:
        try:
            yield from self._rows(contacts, {"campaign" if place.kind == "campaign" else "list_id": place.id})
        except Refused as error:
            if error.status != _NOT_FOUND:
                raise

    def _rows(self, contacts: Sequence[str], where: Mapping[str, object] = NOTHING) -> Iterator[Mapping[str, Any]]:
        asked: dict[str, object] = {"contacts": list(contacts), "limit": lookups.PAGE, **where}

        def ask(cursor: str) -> Any:
            return self._client.ask("/leads/list", {**asked, "starting_after": cursor} if cursor else asked).data

        for rows in lookups.pages(ask, "POST /leads/list"):
            yield from rows

    def _remembered(self, row: Mapping[str, Any]) -> Remembered:
        seen = lookups.sighting(row)
        kind, place = ("campaign", seen.campaign) if seen.campaign else ("list", seen.list_id)
        where = f"{kind} {place}" if place else ""
        return Remembered(seen.id, seen.email, Place("instantly", self.id(), kind, place), where, dict(row))

    def erase(self, one: Remembered) -> bool:
        """DELETE /leads/{id}, looked at before it is repeated."""
        asked = False
        for _ in range(_ROUNDS):
            if not self._is_there(one):
                return asked
            try:
                self._client.write("DELETE", f"/leads/{one.remote_id}")
            except AnswerLost:
                asked = True
                continue
            except Refused as error:
                if error.status != _NOT_FOUND:
                    raise
                return False
            return True
        if not self._is_there(one):
            return True
        raise Unavailable(
            f"Instantly did not say whether lead {one.remote_id} was deleted, and it is still there.",
            hint="Run the same command again.",
            vendor=self.vendor,
        )

    def _is_there(self, one: Remembered) -> bool:
        """Whether the lead is there with the address it was found by. A lead of another address is not this one."""
        try:
            row = lookups.mapping(self._client.get(f"/leads/{one.remote_id}").data)
        except Refused as error:
            if error.status != _NOT_FOUND:
                raise
            return False
        if lookups.text(row, "id") != one.remote_id:
            raise lookups.nonsense(f"GET /leads/{one.remote_id}")
        return _address(row) == one.address


def _address(row: Mapping[str, Any]) -> str:
    return lookups.text(row, "email").strip().lower()
