"""Times in HTTP headers. An implausible time counts as none; nothing here raises."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

LONGEST_WAIT = 86_400.0
"""Seconds; a longer `Retry-After` is taken for a day."""

_MOST_DIGITS = 12
_EARLIEST, _LATEST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=16)  # all answers of one second have the same
def http_date(said: str) -> datetime | None:
    """The date of a header; None where it cannot be read, or lies so far away that no vendor's clock shows it.

    With a clock set to such a date every lead would seem older than its own request.
    """
    date = _date(said)
    try:
        return date if date is not None and _EARLIEST <= date < _LATEST else None
    except OverflowError:
        return None


def retry_after(said: str, now: datetime) -> float | None:
    """Seconds to wait, from seconds or a date (RFC 9110 §10.2.3), at most a day; None for anything else."""
    said = said.strip()
    if said.replace(".", "", 1).isdecimal():
        return min(float(said), LONGEST_WAIT)
    date = _date(said)
    return None if date is None else min(max(0.0, (date - now).total_seconds()), LONGEST_WAIT)


def used_up(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until a limit is reset that `X-RateLimit-*` says is used up; None where none is, or it does not say.

    The reset is in Unix seconds (inbox.md §6); a number too small for that is taken for seconds from now.
    """
    left, reset = (headers.get(f"X-RateLimit-{name}", "").strip() for name in ("Remaining", "Reset"))
    if left != "0" or not reset.isdecimal() or len(reset) > _MOST_DIGITS:
        return None
    at = float(reset)
    return min(max(0.0, at - now.timestamp() if at > LONGEST_WAIT else at), LONGEST_WAIT)


def _date(said: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(said)
    except (TypeError, ValueError, ArithmeticError, LookupError):
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)
