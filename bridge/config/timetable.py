"""When a route runs, as bridge.toml says it: cron lines and time zones, checked. Starts nothing.

Raises UnfitError, as `readers` does.
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from bridge.config.readers import UnfitError, read_text
from bridge.config.vocabulary import nearest

# Narrower than APScheduler's own reading, which passes over what follows a name ("mon#1" would mean every Monday).
_ITEM = r"(?:\*(?:/\d{1,2})?|\d{1,2}(?:-\d{1,2})?(?:/\d{1,2})?|[a-z]{3}(?:-[a-z]{3})?|last)"
_FIELD = re.compile(rf"{_ITEM}(?:,{_ITEM})*", re.ASCII | re.IGNORECASE)
_EXAMPLE = 'write five fields, such as "*/15 8-18 * * mon-fri"'


def read_cron(value: object) -> str:
    """A cron line of five fields that fires some day, with days of the week by name."""
    line = " ".join(read_text(value).split())
    fields = line.split(" ")
    if len(fields) != len(("minute", "hour", "day", "month", "weekday")):
        raise UnfitError(f"has {len(fields)} fields; {_EXAMPLE}")
    for field in fields:
        if not _FIELD.fullmatch(field):
            raise UnfitError(f'has the field "{field[:40]}", which is not cron\'s; {_EXAMPLE}')
    # APScheduler counts weekdays from Monday, cron from Sunday: a number would run on another day than it says.
    if any(character.isdigit() for character in fields[4]):
        raise UnfitError('has a number for the day of the week; write names: "mon-fri" or "sat,sun"')
    if not _fires(line):
        raise UnfitError(f"never comes to pass; {_EXAMPLE}")
    return line


def read_timezone(value: object) -> str:
    """A time zone of the IANA database."""
    name = read_text(value)
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        near = nearest(name, available_timezones())
        mend = f'did you mean "{near}"?' if near else 'write it as in "Europe/Berlin"'
        raise UnfitError(f"is not a known time zone; {mend}") from None
    return name


def _fires(line: str) -> bool:
    # A tenth of a second of import, needed only where a route has a cron line.
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415 - see above

    try:
        trigger = CronTrigger.from_crontab(line, timezone=UTC)
    except ValueError as error:
        words = str(error)[:100].rstrip(".")
        raise UnfitError(f"is not a cron line ({words[0].lower()}{words[1:]}); {_EXAMPLE}") from None
    return trigger.get_next_fire_time(None, datetime.now(UTC)) is not None
