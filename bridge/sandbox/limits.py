"""A vendor's rate limits: at most so many requests in a sliding window, on the sandbox's clock. Sleeps never."""

from collections import deque
from datetime import datetime, timedelta

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


class Window:
    """Counts requests, for each name apart; `admit` says whether one more may pass."""

    def __init__(self) -> None:
        self._passed: dict[str, deque[datetime]] = {}

    def admit(self, now: datetime, *limits: tuple[int | None, timedelta], name: str = "") -> bool:
        """Whether a request stays within every limit, so many in a span (None: no limit); only then it is counted."""
        passed = self._passed.setdefault(name, deque())
        while passed and passed[0] <= now - HOUR:
            passed.popleft()
        for most, span in limits:
            if most is not None and len(passed) >= most and (most == 0 or passed[-most] > now - span):
                return False
        passed.append(now)
        return True

    def left(self, now: datetime, most: int, span: timedelta, name: str = "") -> tuple[int, datetime]:
        """How many more may pass within `span`, and when the next one may."""
        lately = [at for at in self._passed.get(name, ()) if at > now - span]
        return max(0, most - len(lately)), lately[-most] + span if len(lately) >= most > 0 else now
