"""What the pace of a route lets go, as one run finds it. Pure: asks neither ledger nor vendor."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import Any
from zoneinfo import ZoneInfo

from bridge.destinations.base import Capacity
from bridge.lazy import dataclass
from bridge.ledger.core.candidates import PLAIN
from bridge.ledger.core.gates import PER_DAY, Gate, day_gate, day_start
from bridge.ledger.core.ordering import Line
from bridge.ledger.database import milliseconds
from bridge.model import Pace
from bridge.model.turns import Turns

_FOREVER = 36_500  # days


def fair_shares(room: int, ready: Mapping[int, int], had: Mapping[int, int]) -> dict[int, int]:
    """Divide the room among routes that have so many leads `ready`: the next place goes to the one that had least.

    So all get the same within the time that `had` counts, but for those that need less. Ties go by the number.
    """
    if room >= sum(ready.values()):
        return dict(ready)
    line = [(had.get(route_no, 0), route_no) for route_no, leads in ready.items() if leads]
    heapify(line)
    shares = dict.fromkeys(ready, 0)
    for _ in range(room):
        level, route_no = heappop(line)
        shares[route_no] += 1
        if shares[route_no] < ready[route_no]:
            heappush(line, (level + 1, route_no))
    return shares


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the target's senders can start: `room` leads more within the time of `pace.ahead`, `share` of them ours.

    `waiting` people are in it and not contacted yet, also those that the vendor does not show yet. `ready` counts the
    leads of each route that shares the target, by its number. `gates` hold for what is claimed from now on.
    """

    capacity: Capacity
    waiting: int
    room: int
    share: int
    ready: Mapping[int, int]
    gates: tuple[Gate, ...]


@dataclass(slots=True)
class Pacing:
    """What one run of a route keeps to, once its target is known. `said` is what its document says of the queue.

    `line` is the order in which leads go.
    """

    pace: Pace
    route_no: int
    ahead: Ahead | None = None
    line: Line = PLAIN
    said: dict[str, Any] = field(default_factory=dict)

    def gates(self, now: datetime) -> tuple[Gate, ...]:
        """What bounds how many leads may go now."""
        return day_gate(self.pace, self.route_no, now) + (self.ahead.gates if self.ahead else ())

    def put_in_line(self, now: datetime, ready: int, turns: Turns | None) -> None:
        """Fix the order of so many leads; those whose validation would expire while they wait go first."""
        days = self._days(ready) if self.pace.limits else 0
        late = day_start(now + timedelta(days=_FOREVER if days is None else days + 1), self.pace.timezone)
        until = milliseconds(late) if self.pace.limits else 0
        self.line = Line(self.pace.order, until, turns)
        if turns is not None:  # also of a run that breaks off
            self.said["seed"] = turns.seed

    def claimed(self, leads: int) -> None:
        """So many leads more were claimed in this run."""
        self.line = replace(self.line, gone=self.line.gone + leads)

    def describe(self, now: datetime, sent: int, queue: int, why: str, expiring: Sequence[int] = ()) -> None:
        """Note how long the queue of so many leads lasts once `sent` have gone, and its cause ("" = there is none).

        `expiring` says when validations end, earliest first: those leads go first.
        """
        if self.ahead is not None:
            self.ahead = replace(self.ahead, waiting=self.ahead.waiting + sent)
        days = self._days(queue) if queue else 0
        today = now.astimezone(ZoneInfo(self.pace.timezone)).date()
        following = day_start(now + timedelta(days=1), self.pace.timezone).astimezone(UTC)
        capacity = self.ahead.capacity if self.ahead else None
        self.said |= {
            "per_day": self.pace.per_day,
            "ahead_days": self.pace.ahead,
            "order": self.pace.order,
            "seed": self.said.get("seed"),
            "queue": queue,
            "days": days,
            "last_on": (today + timedelta(days=days)).isoformat() if queue and days is not None else None,
            "next_at": following.isoformat() if queue else None,
            "why": self._because(why) if why else None,
            "expiring": self._too_late(now, queue, days, expiring),
            "target": {
                "can_start": capacity.within(self.pace.ahead or 0),
                "waiting": self.ahead.waiting if self.ahead else 0,
                "arithmetic": list(capacity.arithmetic),
            }
            if capacity
            else None,
        }

    def _too_late(self, now: datetime, queue: int, days: int | None, expiring: Sequence[int]) -> int:
        """How many lose their validation before their turn, although they go first."""
        if not days:
            return len(expiring) if days is None else 0
        a_day = -(-queue // days)
        turns = [milliseconds(day_start(now + timedelta(days=day + 1), self.pace.timezone)) for day in range(days)]
        return sum(ends < turns[number // a_day] for number, ends in enumerate(expiring))

    def _because(self, why: str) -> str:
        if why == PER_DAY or self.ahead is None:
            return f"pace.per_day lets {self.pace.per_day:,} go in a day"
        ahead = self.pace.ahead or 0
        people, days = self.ahead.capacity.within(ahead), f"{ahead:,} day{'' if ahead == 1 else 's'}"
        because = f"its senders can start {people:,} people within {days}, and {self.ahead.waiting:,} wait there"
        sharing = sum(1 for leads in self.ahead.ready.values() if leads)
        return f"{because}; {sharing} routes share it" if sharing > 1 else because

    def _days(self, queue: int) -> int | None:
        """In how many days from today the last of the queue goes; None where that is unknown."""
        found = [-(-queue // self.pace.per_day)] if self.pace.per_day else []
        if self.ahead is not None:
            started = self._day_of_start(self.ahead, queue)
            if started is None:
                return None
            # It goes as soon as its start comes within `ahead` days.
            found.append(max(0, started - (self.pace.ahead or 1) + 1))
        return max(found, default=None)

    def _day_of_start(self, ahead: Ahead, queue: int) -> int | None:
        """On which day from today the last is started; each other route has started as many by then, or all its own."""
        others = sum(min(leads, queue) for route_no, leads in ahead.ready.items() if route_no != self.route_no)
        before = ahead.waiting + queue + others
        for day, people in ahead.capacity.starts:
            before -= people
            if before <= 0:
                return (day - ahead.capacity.today).days
        return None
