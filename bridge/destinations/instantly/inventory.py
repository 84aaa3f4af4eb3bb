"""Reads everyone in a campaign or list. Compares nothing with the ledger and writes nothing."""

from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any

from bridge.api import Client
from bridge.destinations.base import ACTIVE, Present
from bridge.destinations.instantly.lookups import Sighting, leads_in, sighting, within
from bridge.model import Place

MOST_PAGES = 20_000
"""Two million leads: twice what the largest plans hold, so that only a listing that runs in circles meets it."""

# OpenAPI: Lead.status and Lead.verification_status.
_STATUS: Mapping[object, str] = MappingProxyType(
    {1: ACTIVE, 2: "paused", 3: "completed", -1: "bounced", -2: "unsubscribed", -3: "skipped"}
)
_VERIFICATION: Mapping[object, str] = MappingProxyType(
    {1: "verified", 11: "pending", 12: "pending", -1: "invalid", -2: "risky", -3: "catch-all", -4: "job change"}
)


def everyone(client: Client, place: Place) -> Iterator[Present]:
    """The leads of the target by ascending id. Raises VendorError where the listing breaks off or may hold more."""
    for row in chain.from_iterable(leads_in(client, within(place), MOST_PAGES)):
        seen = sighting(row)
        # A filter that is not understood is ignored in silence (instantly.md pitfall 5).
        if seen.is_in(place) or seen.is_nowhere:
            yield _present(seen, row, vague=seen.is_nowhere or not seen.id)


def _present(seen: Sighting, row: Mapping[str, Any], *, vague: bool) -> Present:
    return Present(
        remote_id=seen.id,
        address=seen.email,
        created=seen.created,
        status=_word(_STATUS, row.get("status")),
        verification=_word(_VERIFICATION, row.get("verification_status")),
        vague=vague,
    )


def _word(words: Mapping[object, str], said: object) -> str:
    """The vendor's number in words; one that no document names as it is, what is no number as nothing."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        return ""
    return words.get(said) or f"unknown ({str(said)[:8]})"
