"""When feedback was last read for a route, how late it is, and what failed: a part of `status`."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bridge.lazy import dataclass
from bridge.ledger.events.rounds import RoundEnd
from bridge.model import Route
from bridge.reports.text import Line, indented, iso, minute

_SLACK = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest round of a route with delivered leads. `late` is 0 where no daemon reads it on a schedule."""

    end: RoundEnd
    late: timedelta

    def document(self) -> dict[str, Any]:
        """The part of `status --json`."""
        return {
            "last_success": iso(self.end.good_at),
            "last_try": iso(self.end.at),
            "status": self.end.status,
            "late_seconds": int(self.late.total_seconds()),
            "error": self.end.error or None,
            "next": self.end.hint or None,
            "notes": list(self.end.notes),
            "noted_at": iso(self.end.noted_at) if self.end.notes else None,
        }

    def lines(self) -> Iterator[Line]:
        """What `status` says of it."""
        read = f"last read {minute(self.end.good_at)}" if self.end.good_at else "never read"
        minutes = int(self.late.total_seconds()) // 60
        span = f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"  # noqa: PLR2004 - 1 h
        late = f", {span} late" if self.late > _SLACK else ""
        yield Line(f"feedback: {read}{late}", 2, "yellow" if late else "")
        if self.end.error:
            yield Line(f"✗ {minute(self.end.at)}: {self.end.error}", 4, "red")
            yield from indented([self.end.hint] if self.end.hint else [], 4)
        yield from indented((f"! {minute(self.end.noted_at)}: {note}" for note in self.end.notes), 4, "yellow")


def standing(end: RoundEnd, route: Route | None, now: datetime) -> Standing:
    """How a round stands. A route that no daemon runs is read by hand, and never late."""
    every = route.feedback.every if route is not None and (route.schedule.every or route.schedule.cron) else None
    last = end.good_at or end.at
    late = now - last - every if every is not None and last is not None else timedelta()
    return Standing(end, max(late, timedelta()))
