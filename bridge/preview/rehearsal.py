"""A destination that only looks: a push through it returns what the target would answer. Posts and creates nothing.

It takes the place of the route's own destination while a run is played on a copy of the ledger (`play`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import field, replace

from bridge.destinations.base import (
    Answer,
    Destination,
    Foresees,
    HasCapacity,
    Remembered,
    Standing,
    Workspace,
    workspace_of,
)
from bridge.destinations.foreseen import Sighting, Sightings
from bridge.lazy import dataclass
from bridge.model import Delivery, Origin, Outcome, Place, Reason, State

MOST_LOOKED_UP = 20_000
"""Leads of a route that the vendor is asked about: two hundred lookups. Of the others nothing is said."""


@dataclass(slots=True)
class Earlier:
    """What the routes before this one in the same preview were taken for: by workspace, campaigns alone, and by target.

    They take of one plan's room, and wait before this route's leads in a campaign.
    """

    in_workspace: Counter[str] = field(default_factory=Counter)
    in_target: Counter[Place] = field(default_factory=Counter)


class Rehearsal:
    """The destination of one route. `looked_up` are the deliveries it was asked about, `unasked` counts the others.

    `seen` is what the lookups have shown of them. `ahead` counts leads that earlier routes put into the target, `taken`
    those it would create.
    `room` is what is left of the plan, None without a limit.
    """

    def __init__(self, inner: Destination, earlier: Earlier, most: int = MOST_LOOKED_UP) -> None:
        self._inner = inner
        # As the target's own: a played run claims and maps as a real one, and asks about no doubt through this.
        self.name, self.batch_size, self.doubt = inner.name, inner.batch_size, inner.doubt
        self.identity, self.body = inner.identity, inner.body
        if isinstance(inner, HasCapacity):
            self.capacity = inner.capacity
        self._earlier = earlier
        self._most = most
        self.standing: Standing | None = None
        self.looked_up: list[Delivery] = []
        self.unasked = 0
        self.taken = 0
        self.seen = Sightings(asked=True, sure=True)
        self.room: int | None = None
        self.ahead = 0

    def check(self) -> Standing:
        """As the target's own."""
        self.standing = self._inner.check()
        return self.standing

    def establish(self) -> Standing:
        """The check with the plan's room; a target that would be created goes by its name."""
        standing = self.check()
        standing = self._inner.with_room(standing) if isinstance(self._inner, Foresees) else standing
        place = standing.place if standing.place.id else replace(standing.place, id=f"named {standing.title}")
        spoken_for = self._earlier.in_workspace[place.workspace]
        self.room = None if standing.room is None else max(0, standing.room - spoken_for)
        self.ahead = self._earlier.in_target[place]
        return replace(standing, place=place, room=self.room)

    def workspace(self) -> Workspace | None:
        """The workspace, to be read from."""
        inner = workspace_of(self._inner)
        return None if inner is None else _Unchanged(inner)

    def push(self, deliveries: Sequence[Delivery]) -> Answer:
        """What the target would answer, by where the leads stand now; those beyond the most are taken for new."""
        looked_up = deliveries[: max(0, self._most - len(self.looked_up))]
        self.unasked += len(deliveries) - len(looked_up)
        self._look_up(looked_up)
        outcomes = [_outcome(one, self.seen.met.get(one.id, ())) for one in deliveries]
        created = sum(outcome.state is State.DELIVERED for outcome in outcomes)
        self.taken += created
        for place in {delivery.place for delivery in deliveries[:1]}:
            self._earlier.in_target[place] += created
            self._earlier.in_workspace[place.workspace] += created if place.kind == "campaign" else 0
        self.room = None if self.room is None else self.room - created
        return Answer(outcomes, room=self.room)

    def _look_up(self, deliveries: Sequence[Delivery]) -> None:
        if not deliveries or self.standing is None:
            return
        self.looked_up += deliveries
        inner, seen = self._inner, Sightings(asked=False)
        if isinstance(inner, Foresees):
            seen = inner.sightings(self.standing.place, deliveries)
        before = self.seen
        self.seen = Sightings(
            before.asked and seen.asked,
            before.sure and seen.sure,
            {**before.met, **seen.met},
            tuple(dict.fromkeys((*before.notes, *seen.notes))),
        )


def _outcome(delivery: Delivery, seen: Sequence[Sighting]) -> Outcome:
    reason = next((one.reason for one in seen if one.skipped), None)
    if reason is None:
        return Outcome(delivery.id, State.DELIVERED, Reason.CREATED, Origin.API)
    state = State.REFUSED if reason is Reason.BLOCKLIST else State.DUPLICATE
    return Outcome(delivery.id, state, reason, Origin.LOOKUP)


class _Unchanged:
    """A workspace of which only the reads are passed on."""

    def __init__(self, inner: Workspace) -> None:
        self.vendor, self.id, self.blocked = inner.vendor, inner.id, inner.blocked
        self.remembered, self.lead = inner.remembered, inner.lead

    def block(self, values: Sequence[str]) -> int:
        del values
        return 0

    def erase(self, one: Remembered) -> bool:
        del one
        return False
