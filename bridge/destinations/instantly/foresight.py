"""What Instantly shows of leads that are about to go: who is where already, the plan, the pace. Never writes.

Everything here is advisory: a read that fails becomes a sentence in `notes`, and only the push decides. The number of
requests is bounded: one for each hundred addresses, a few for the campaign, at most MOST_NAMED for names and MOST_PAGES
of the block list.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import islice
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from bridge.api import Client
from bridge.api.scalars import mapping, text
from bridge.destinations.foreseen import Foresight, Pace, Room, Sighting, Sightings, Use
from bridge.destinations.instantly import lookups, rendering, senders
from bridge.destinations.instantly.lookups import INSTANTLY
from bridge.destinations.instantly.outcomes import COUNTS, TOLERANCE, whereabouts
from bridge.destinations.instantly.pacing import Queue, pace_of
from bridge.destinations.instantly.rendering import Step
from bridge.destinations.instantly.target import PATHS
from bridge.errors import Denied, VendorError
from bridge.lazy import dataclass
from bridge.model import Delivery, Place, Reason, Target

MOST_PAGES = 50
"""Of the block list: five thousand entries."""

MOST_SEARCHES = 50
"""Searches in a block list that is longer than one page, where they are fewer than its pages."""

MOST_NAMED = 10
"""Other campaigns and lists whose names are asked for; beyond that their ids are given."""

_ALWAYS = frozenset({Reason.IN_TARGET, Reason.BLOCKLIST})

T = TypeVar("T")

# Read once for each client, which lives as long as a command: many routes ask of one workspace.
_long_lists: WeakKeyDictionary[Client, tuple[frozenset[str], bool]] = WeakKeyDictionary()


@dataclass(slots=True)
class _Reads:
    """Reads that may fail: what they say then is noted, once."""

    client: Client
    notes: list[str] = field(default_factory=list)

    def attempt(self, what: str, ask: Callable[[], T]) -> T | None:
        try:
            return ask()
        except VendorError as error:
            fix = " The key lacks a scope for it, or the plan does not include it." if isinstance(error, Denied) else ""
            self.note(f"{what} could not be read: {error.message}{fix}")
            return None

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


def foresee(
    client: Client,
    target: Target,
    place: Place,
    deliveries: Sequence[Delivery],
    samples: int,
    seen: Sightings | None = None,
    ahead: int = 0,
) -> Foresight:
    """Everything Instantly shows of these deliveries before they go; letters for the first `samples` it would take."""
    seen = seen or sightings(client, target, place, deliveries)
    reads = _Reads(client, list(seen.notes))
    looked_at = len(deliveries) if seen.asked else None
    room = reads.attempt("The plan's room", lambda: Room(lookups.plan_room(client), place.kind == "campaign"))
    campaign = _campaign(reads, place)
    if campaign is None:
        return Foresight(looked_at, seen.met, room, notes=tuple(reads.notes))
    steps = rendering.read_steps(campaign)
    going = [one for one in deliveries if not any(sighting.skipped for sighting in seen.met.get(one.id, ()))]
    shown = going or deliveries
    return Foresight(
        looked_at=looked_at,
        met=seen.met,
        room=room,
        letters={one.id: rendering.letters(steps[0], one) for one in shown[:samples]} if steps else {},
        following={one.id: rendering.following(steps, one) for one in shown[:samples]},
        uses=_uses(steps, shown),
        sampled=len(shown),
        widens=_widens(campaign, shown),
        pace=_pace(reads, campaign, steps, len(going), ahead),
        warnings=tuple(_warnings(steps)),
        notes=tuple(reads.notes),
    )


def _campaign(reads: _Reads, place: Place) -> dict[str, Any] | None:
    if place.kind != "campaign" or not place.id:
        return None
    ask = reads.client.get
    return reads.attempt("The campaign", lambda: mapping(ask(f"{PATHS['campaign']}/{place.id}").data))


# ----------------------------------------------------------------------------------------------------- who is where


def sightings(client: Client, target: Target, place: Place, deliveries: Sequence[Delivery]) -> Sightings:
    """Where the deliveries' addresses stand in the workspace, and on its block list."""
    reads = _Reads(client)
    addresses = [one.address.lower() for one in deliveries]
    found = reads.attempt("Who is in the workspace already", lambda: lookups.find_leads(client, addresses, None))
    if found is None:
        return Sightings(asked=False, notes=tuple(reads.notes))
    if found.unknown:
        # A count that may be too high is none: the outlook promises exact numbers.
        reads.note(f"Who is in the workspace already is not certain: {next(iter(found.unknown.values()))}")
        return Sightings(asked=False, notes=tuple(reads.notes))
    blocked = reads.attempt("The block list", lambda: _blocked(reads, addresses)) or set()
    sure = not reads.notes
    skips, names = _ALWAYS | COUNTS[target.dedupe], _Names(reads, place)
    met: dict[int, tuple[Sighting, ...]] = {}
    for delivery in deliveries:
        address = delivery.address.lower()
        others = [lead for lead in found.of(address) if not _is_ours(lead, delivery)]
        seen = list(dict.fromkeys(_where(lead, place, names, skips) for lead in others))
        if address in blocked:
            seen.insert(0, Sighting(Reason.BLOCKLIST))
        if seen:
            met[delivery.id] = tuple(seen)
    return Sightings(asked=True, sure=sure, met=met, notes=tuple(reads.notes))


def _is_ours(lead: lookups.Sighting, delivery: Delivery) -> bool:
    """Whether an earlier call for this delivery created the lead: then the push says so, and it counts as delivered."""
    since = delivery.asked_at if delivery.attempts > 1 and lead.is_in(delivery.place) else None
    return since is not None and lead.created is not None and lead.created >= since - TOLERANCE


def _where(lead: lookups.Sighting, place: Place, names: "_Names", skips: frozenset[Reason]) -> Sighting:
    if place.id and lead.is_in(place):
        return Sighting(Reason.IN_TARGET)
    reason, kind, remote_id = whereabouts(lead)
    return Sighting(reason, names.of(kind, remote_id) if kind else "", reason in skips)


class _Names:
    """What campaigns and lists are called, each asked for once, and only so many."""

    def __init__(self, reads: _Reads, place: Place) -> None:
        self._reads = reads
        self._place = place
        self._known: dict[str, str] = {}

    def of(self, kind: str, remote_id: str) -> str:
        """The name, the id where it is not known."""
        if remote_id not in self._known:
            row, path = None, f"{PATHS[kind]}/{remote_id}"
            if len(self._known) < MOST_NAMED:
                what = f"The name of a {INSTANTLY.noun(kind)}"
                row = self._reads.attempt(what, lambda: mapping(self._reads.client.get(path).data))
            self._known[remote_id] = text((row or {}).get("name")).strip()[:200]
        return self._known[remote_id] or remote_id


def _blocked(reads: _Reads, addresses: Sequence[str]) -> set[str]:
    """Those of the addresses that the block list names, themselves or by exactly their domain."""
    keys = {address: {address, address.rpartition("@")[2]} for address in addresses}
    if reads.client not in _long_lists:
        pages = lookups.listing(reads.client, lookups.BLOCK_LIST, {}, MOST_PAGES + 1)
        listing = ([lookups.blocked_value(row) for row in rows] for rows in pages)
        values = frozenset(next(listing, ()))
        rest = next(listing, None)
        if rest is None:
            return {address for address, its in keys.items() if not values.isdisjoint(its)}
        if len(set().union(*keys.values())) <= MOST_SEARCHES:
            return lookups.find_blocked(reads.client, list(addresses), len(addresses))
        values = values.union(rest, *islice(listing, MOST_PAGES - 2))
        _long_lists[reads.client] = values, bool(next(listing, None))
    values, is_cut = _long_lists[reads.client]
    if is_cut:
        reads.note(f"The block list is long: only its first {MOST_PAGES * lookups.PAGE:,} entries were looked at.")
    return {address for address, its in keys.items() if not values.isdisjoint(its)}


# ----------------------------------------------------------------------------------------------------- the messages


def _uses(steps: Sequence[Step], deliveries: Sequence[Delivery]) -> tuple[Use, ...]:
    """The variables of all steps, and how many of the leads have nothing for each."""
    values = [rendering.values_of(one) for one in deliveries]
    filled = {name for its in values for name in its}
    return tuple(
        Use(
            name=name,
            empty=sum(not its.get(name) for its in values),
            fallbacks=tuple(sorted(fallback for fallback in fallbacks if fallback is not None)),
            bare=None in fallbacks,
            mapped=name in filled,
        )
        for name, fallbacks in rendering.variables_of(steps).items()
    )


def _widens(campaign: Mapping[str, Any], deliveries: Sequence[Delivery]) -> tuple[str, ...] | None:
    """Custom variables that the campaign does not have yet (pitfall 24). That its keys are the names is our reading."""
    declared = campaign.get("custom_variables")
    if declared is not None and not isinstance(declared, dict):
        return None
    carried = {name for one in deliveries for name, value in one.fields.variables.items() if value not in (None, "")}
    return tuple(sorted(carried - set(declared or {})))


def _warnings(steps: Sequence[Step]) -> Iterator[str]:
    if not steps:
        yield "The campaign has no mail yet: nothing would be sent."
    elif not steps[0].variants:
        yield "The campaign's first mail has no enabled variant."
    yield from rendering.remarks(steps)


# --------------------------------------------------------------------------------------------------------- the pace


def _pace(reads: _Reads, campaign: Mapping[str, Any], steps: Sequence[Step], new: int, ahead: int) -> Pace:
    """When the last of `new` leads is written to, behind those `ahead` who are not in the campaign yet."""
    client, campaign_id = reads.client, text(campaign.get("id"))
    crowd = reads.attempt("How many leads wait in the campaign", lambda: senders.crowd_of(client, campaign_id))
    done = reads.attempt("How many follow-ups wait", lambda: senders.today_in(client, campaign_id))
    queue = Queue(crowd.waiting if crowd else None, done.follow_ups if done else None)
    accounts = reads.attempt("The campaign's senders", lambda: senders.senders_of(client, campaign))
    pace = pace_of(senders.terms_of(campaign, steps), accounts, queue, new + ahead if new else 0, client.clock().date())
    sentence = f"{ahead:,} leads of other routes are added before them."
    return replace(pace, arithmetic=(*pace.arithmetic, sentence)) if ahead and new else pace
