"""When a route runs, as bridge.toml says it: cron lines and time zones, checked. Starts nothing.

A cron line means what crontab(5) says. What crons read in different ways is refused. Raises UnfitError, as `readers`
does.
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from bridge.config.readers import UnfitError, read_text
from bridge.config.vocabulary import nearest
from bridge.lazy import dataclass
from bridge.model.cron import next_due

_ITEM = re.compile(
    r"(?P<first>\*|\d{1,2}|[a-z]{3})(?:(?<!\*)-(?P<last>\d{1,2}|[a-z]{3}))?(?:/(?P<step>\d{1,2}))?",
    re.ASCII | re.IGNORECASE,
)
_EXAMPLE = 'write five fields, such as "*/15 8-18 * * mon-fri"'
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # whether a line ever falls must not depend on the day of the check


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the five: its lowest and highest number, and names for the numbers from `low` on."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    def number(self, text: str) -> int:
        """The number behind a number or a name. Raises UnfitError."""
        if text.lower() in self.names:
            return self.low + self.names.index(text.lower())
        if text.isdigit() and self.low <= int(text) <= self.high:
            return int(text)
        names = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        raise UnfitError(f'has "{text}" for the {self.name}, which is {self.low} to {self.high}{names}; {_EXAMPLE}')


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
    _Field("day of the week", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)


def read_cron(value: object) -> str:
    """A cron line of five fields that falls on some day."""
    line = " ".join(read_text(value).split())
    fields = line.split(" ")
    if len(fields) != len(_FIELDS):
        raise UnfitError(f"has {len(fields)} fields; {_EXAMPLE}")
    for kind, field in zip(_FIELDS, fields, strict=True):
        for item in field.split(","):
            _check(kind, item)
    if next_due(line, ZoneInfo("UTC"), _ANY_DAY) is None:
        raise UnfitError(f"never fires; {_EXAMPLE}")
    return line


def _check(kind: _Field, item: str) -> None:
    """Raises UnfitError for an item that cron does not know, or that crons read in different ways."""
    parts = _ITEM.fullmatch(item)
    if parts is None:
        raise UnfitError(f'has "{item[:40]}" for the {kind.name}, which is not cron\'s; {_EXAMPLE}')
    first, last, step = parts["first"], parts["last"], parts["step"]
    low = kind.low if first == "*" else kind.number(first)
    high = kind.high if first == "*" else kind.number(last or first)
    if high < low:
        raise UnfitError(f'has "{item}" for the {kind.name}, which ends before it begins; write two, with a comma')
    if step and first != "*" and not last:
        better = f"{first}-{kind.high}/{step}"
        raise UnfitError(f'has "{item}" for the {kind.name}, which crons read in different ways; write "{better}"')
    if step and not 0 < int(step) <= kind.high:
        raise UnfitError(f"has a step of {step} for the {kind.name}; it starts again at {kind.low}, so use `every`")


def read_timezone(value: object) -> str:
    """A time zone of the IANA database."""
    name = read_text(value)
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        near = nearest(name, available_timezones())
        fix = f'did you mean "{near}"?' if near else 'write it as in "Europe/Berlin"'
        raise UnfitError(f"is not a known time zone; {fix}") from None
    return name
