"""A whole Instantly workspace: its block list read and added to, and a person found and deleted. Decides nothing.

OpenAPI: listBlockListEntry, bulkCreateBlockListEntry, deleteLead. A row of `leads/list` is believed, and deleted, only
where it has the very address that was asked for: filters that are not understood are ignored (instantly.md pitfall 5).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from bridge.api import Client
from bridge.api.scalars import mapping, text
from bridge.destinations.base import Remembered
from bridge.destinations.instantly import lookups
from bridge.destinations.instantly.lookups import INSTANTLY
from bridge.errors import AnswerLost, Refused, VendorError
from bridge.model import Place

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
        unreadable = 0
        for row in chain.from_iterable(lookups.listing(self._client, lookups.BLOCK_LIST, {}, MOST_PAGES)):
            value = lookups.blocked_value(row)
            if value:
                yield value
            unreadable += not value
        if unreadable:
            raise lookups.uncertain(f"GET {lookups.BLOCK_LIST}", f"{unreadable} of its entries cannot be read")

    def block(self, values: Sequence[str]) -> int:
        """One call for a thousand; what Instantly finds invalid it counts and leaves out."""
        taken = 0
        for start in range(0, len(values), MOST_VALUES):
            body = {"bl_values": list(values[start : start + MOST_VALUES])}
            reply = mapping(self._client.write("POST", f"{lookups.BLOCK_LIST}/bulk-create", body).data)
            items = reply.get("items")
            taken += len(items) if isinstance(items, list) else 0
        return taken

    # ------------------------------------------------------------------------------------------------------ one person

    def remembered(self, addresses: Sequence[str], places: Iterable[Place] = ()) -> Iterator[Remembered]:
        """Look the addresses up in the whole workspace and in each place, a hundred in a call.

        Whether a search without a target shows the leads of lists is not documented. A place that is gone is empty.
        """
        wanted = sorted({address.lower() for address in addresses if "@" in address})
        own = [place for place in places if (place.vendor, place.workspace) == (self.vendor, self.id())]
        found: dict[str, Remembered] = {}
        trouble = self._gather(wanted, own, found)
        yield from found.values()
        if trouble is not None:
            raise trouble

    def lead(self, remote_id: str) -> Remembered | None:
        """GET /leads/{id}."""
        row = self._row(remote_id)
        return None if row is None else self._remembered(row)

    def _row(self, remote_id: str) -> Mapping[str, Any] | None:
        row = lookups.got(self._client, f"/leads/{remote_id}")
        if row is not None and text(row.get("id")) != remote_id:
            raise INSTANTLY.unreadable(f"GET /leads/{remote_id}")
        return row

    def _gather(self, wanted: Sequence[str], own: Sequence[Place], found: dict[str, Remembered]) -> VendorError | None:
        """Put everyone into `found`; the trouble that may have left a person out, if any."""
        unsure: VendorError | None = None
        for start in range(0, len(wanted), _CONTACTS):
            contacts = wanted[start : start + _CONTACTS]
            for where in (None, *own):
                try:
                    asked = {"contacts": list(contacts), **lookups.within(where)}
                    for row in chain.from_iterable(lookups.leads_in(self._client, asked)):
                        unsure = self._take(row, contacts, found) or unsure
                except lookups.UncertainError as error:
                    unsure = error
                except VendorError as error:
                    if where is None or error.status != _NOT_FOUND:
                        return error
        return unsure

    def _take(
        self, row: Mapping[str, Any], contacts: Sequence[str], found: dict[str, Remembered]
    ) -> VendorError | None:
        """Take a row that is one of the contacts; the trouble where it does not say whose it is."""
        one = self._remembered(row)
        if one.address and one.address not in contacts:
            return None
        if not one.address or not one.remote_id:
            return lookups.uncertain("POST /leads/list", "one of its rows does not say which person it is")
        known = found.get(one.remote_id)
        if known is None or not known.place.id:
            found[one.remote_id] = one
        return None

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
        raise INSTANTLY.still_there(f"lead {one.remote_id}")

    def _is_there(self, one: Remembered) -> bool:
        """Whether the lead is there with the address it was found by. A lead of another address is not this one."""
        row = self._row(one.remote_id)
        address = "" if row is None else lookups.sighting(row).email
        if row is not None and not address:
            raise lookups.uncertain(f"GET /leads/{one.remote_id}", "it does not say which person the lead is")
        return address == one.address
