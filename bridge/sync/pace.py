"""What the pace of a route lets go, as one run finds it. Pure: asks neither ledger nor vendor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bridge.ledger.core.gates import Gate, day_gate, day_start
from bridge.model import Pace


@dataclass(slots=True)
class Pacing:
    """What one run of a route keeps to, once its target is known. `said` is what its document says of the queue."""

    pace: Pace
    route_no: int
    said: Mapping[str, Any] | None = None

    def gates(self, now: datetime) -> tuple[Gate, ...]:
        """What bounds how many leads may go now."""
        return day_gate(self.pace, self.route_no, now)

    def describe(self, now: datetime, queue: int, why: str) -> None:
        """Note how long the queue of so many leads lasts, and `why` it waits ("" where it does not)."""
        zone, days = ZoneInfo(self.pace.timezone), self._days(queue)
        following = day_start(now + timedelta(days=1), self.pace.timezone) if queue else None
        last = now.astimezone(zone).date() + timedelta(days=days) if days else None
        self.said = {
            "per_day": self.pace.per_day,
            "ahead_days": self.pace.ahead,
            "order": self.pace.order,
            "queue": queue,
            "days": days,
            "last_on": last.isoformat() if last else None,
            "next_at": following.astimezone(UTC).isoformat() if following else None,
            "why": why or None,
        }

    def _days(self, queue: int) -> int | None:
        """In how many days from today the last of the queue goes."""
        return -(-queue // self.pace.per_day) if self.pace.per_day else None
