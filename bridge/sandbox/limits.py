"""A vendor's rate limit: at most so many requests in a sliding window, on the sandbox's clock. Sleeps never."""

from collections import deque
from datetime import datetime, timedelta

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


class Window:
    """Counts requests; `admit` says whether one more may pass. A refused request counts for nothing."""

    def __init__(self) -> None:
        self._passed: deque[datetime] = deque()

    def admit(self, now: datetime, *, per_second: int | None = None, per_minute: int | None = None) -> bool:
        """Whether a request at `now` stays within both limits (None = none); if so it is counted."""
        if per_second is None and per_minute is None:
            return True
        while self._passed and self._passed[0] <= now - MINUTE:
            self._passed.popleft()
        if per_minute is not None and len(self._passed) >= per_minute:
            return False
        if per_second is not None and sum(at > now - SECOND for at in self._passed) >= per_second:
            return False
        self._passed.append(now)
        return True


class Allowance:
    """At most `most` requests in any `span`, counted for each name apart (a campaign, or "" for the account)."""

    def __init__(self, most: int, span: timedelta) -> None:
        self._most = most
        self._span = span
        self._passed: dict[str, deque[datetime]] = {}

    def admit(self, now: datetime, name: str = "") -> bool:
        """Whether a request at `now` may pass; if so it is counted."""
        passed = self._passed.setdefault(name, deque())
        while passed and passed[0] <= now - self._span:
            passed.popleft()
        if len(passed) >= self._most:
            return False
        passed.append(now)
        return True
