"""What became of delivered rows, read from the rosters: Puffle reports no event of a lead otherwise (puffle.md §6).

One listing of the campaigns says whose counts moved; only these are read, status by status. A status is the last thing
that happened: a lead that replied was contacted too. Whether a machine replied is not known. Writes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bridge.api import Client
from bridge.api.scalars import count, mapping, moment
from bridge.destinations.base import Inquiry, News
from bridge.destinations.puffle import campaigns
from bridge.destinations.puffle.campaigns import Campaign
from bridge.destinations.puffle.roster import every_member
from bridge.errors import Refused
from bridge.model import EventKind, Place, ReportedEvent, Sent, Witness

_CONTACTED = (EventKind.CONTACTED,)
_KINDS: Mapping[str, tuple[EventKind, ...]] = {
    "replied": (EventKind.REPLIED, EventKind.CONTACTED),
    "bounced": (EventKind.BOUNCED,),
    **dict.fromkeys(
        ("sent", "connection_sent", "connected", "message_sent", "contacted", "completed", "timed_out"), _CONTACTED
    ),
}
_TIMES = {EventKind.REPLIED: "replied_at", EventKind.BOUNCED: "bounced_at"}
_AT_ONCE = 200
_NOT_FOUND = 404


def events(client: Client, inquiry: Inquiry, listed: Mapping[str, Campaign]) -> Iterator[News]:
    """Page by page what is new in the campaigns, which were `listed` just now.

    A campaign's counts are remembered once all of its moved statuses were read.
    """
    memory: dict[str, Any] = dict(inquiry.memory)
    for place in inquiry.places:
        one = listed.get(place.id)
        before = mapping(memory.get(place.id))
        if one is None:
            if place.id in memory:
                memory.pop(place.id)
                yield News(memory=dict(memory), notes=(_gone(place),))
            continue
        numbers = mapping(one.facts.get("stats"))  # by which it is known that something happened
        counts = {name: number for name, said in numbers.items() if (number := count(said)) is not None}
        if one.is_open or (counts and counts == before.get("counts")):
            continue
        found = campaigns.detail(client, place.id)
        statuses = dict(found.statuses) if found else {}
        seen = mapping(before.get("statuses"))
        for status in (name for name in _KINDS if statuses.get(name, 0) != seen.get(name, 0)):
            yield from _pages(client, place, one.type, status)
        memory[place.id] = {"counts": counts, "statuses": statuses}
        yield News(memory=dict(memory))


def look_at(client: Client, sent: Sequence[Sent]) -> Iterator[News]:
    """Leads that replied or bounced, again; contacted ones only where one of them is not known to be."""
    for place in dict.fromkeys(one.place for one in sent):
        found = campaigns.detail(client, place.id)
        if found is None:
            continue
        some = [one for one in sent if one.place == place]
        asked = {one.address.lower(): one.delivery_id for one in some}
        known = all(EventKind.CONTACTED in one.known for one in some)
        for status, kinds in _KINDS.items():
            if found.statuses.get(status) and not (known and kinds == _CONTACTED):
                yield from _pages(client, place, found.campaign.type, status, asked)


def _pages(
    client: Client, place: Place, channel: str, status: str, asked: Mapping[str, int] | None = None
) -> Iterator[News]:
    """The events of all rows in a status, or of those that are asked for by their address."""
    batch: list[ReportedEvent] = []
    try:
        for one in every_member(client, place.id, channel, status):
            if asked is None or one.key in asked:
                number = (asked or {}).get(one.key, 0)
                for kind in _KINDS[status]:
                    at: datetime | None = moment(one.row.get(_TIMES.get(kind, "")))
                    batch.append(ReportedEvent(kind, place, one.key, Witness.ROSTER, at, one.id, number))
            if len(batch) >= _AT_ONCE:
                yield News(batch)
                batch = []
    except Refused as error:
        if error.status != _NOT_FOUND:
            raise
        yield News(notes=(_gone(place),))
    yield News(batch)


def _gone(place: Place) -> str:
    return f"The Puffle campaign {place.id} was deleted: nothing more is learnt of its leads."
