"""Single values of bridge.toml: what TOML gives in, what the model wants out. Reads no file and knows no key.

Each reader raises UnfitError.
"""

import posixpath
import re
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta

from bridge.config.vocabulary import (
    CAMPAIGN_TYPES,
    CORE_VARIABLES,
    FINISHED,
    PLATFORMS,
    SOURCE_TYPES,
    STATUSES,
    TYPE_SHORTHANDS,
    either,
    nearest,
)
from bridge.model import Budget
from bridge.templates import TemplateProblem, parse

LONGEST_NAME = 64
LONGEST_REF = 200
_LONGEST_CLIENT = 32
_CLIENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_PREFIX = re.compile(r"(?:[A-Z][A-Z0-9_]{0,62}_)?")
LONGEST_VARIABLE = 50
MOST_VARIABLES = 20
_DURATION = re.compile(r"(?:\d{1,6}[wdhms])+", re.ASCII)
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_LONGEST = timedelta(days=3650)
_LARGEST_BUDGET = 10**12  # in thousandths it still fits a column of the ledger
_COUNTRY = re.compile(r"[A-Z]{2}")
_SOURCE_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)
_SENDER_ID = re.compile(r"[0-9a-z]{1,100}", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?: [A-Za-z0-9_-]+)*")
_HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}")


class UnfitError(ValueError):
    """A clause that completes "rules.per_domain = -1 ...": what is wrong, then a semicolon and the fix."""


def read_text(value: object, longest: int = LONGEST_REF) -> str:
    """A text of one line that is not empty, trimmed."""
    if not isinstance(value, str):
        raise UnfitError('must be a text in quotes; write it as "..."')
    text = value.strip()
    if not text:
        raise UnfitError("is empty; write a text between the quotes")
    if not text.isprintable():
        raise UnfitError("holds a line break or an invisible character; write one plain line")
    if len(text) > longest:
        raise UnfitError(f"is {len(text)} characters long; use at most {longest}")
    return text


def read_client(value: object) -> str:
    """The name of a client: it stands before a / in the names of its routes."""
    name = read_text(value, _LONGEST_CLIENT)
    if not _CLIENT.fullmatch(name):
        raise UnfitError("is no name for a client; use letters, digits, - and _")
    return name


def read_prefix(value: object) -> str:
    """What the names of a client's variables begin with."""
    prefix = value if isinstance(value, str) else ""
    if not _PREFIX.fullmatch(prefix):
        raise UnfitError('cannot begin the name of a variable; write capitals, digits and _, such as "ACME_"')
    return prefix


def read_list(value: object) -> tuple[str, ...]:
    """A text or a list of texts, each once."""
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(dict.fromkeys(read_text(item) for item in items))


_MOST_AHEAD = timedelta(days=90)
_SHORTEST_READ, _LONGEST_READ = timedelta(seconds=5), timedelta(minutes=5)


def read_duration(value: object) -> timedelta:
    """A duration such as `15m`, `1h30m` or `90d`: each unit of w, d, h, m, s at most once."""
    fix = 'write a number with its unit, such as "15m", "1h30m" or "90d"'
    text = value.strip().lower() if isinstance(value, str) else ""
    parts = re.findall(r"(\d+)([wdhms])", text, re.ASCII) if _DURATION.fullmatch(text) else []
    amounts = {_UNITS[unit]: int(number) for number, unit in parts}
    if not parts or len(amounts) < len(parts):
        raise UnfitError(f"is not a duration; {fix}")
    duration = timedelta(**amounts)
    if not timedelta(0) < duration <= _LONGEST:
        raise UnfitError(f"is not between a second and ten years; {fix}")
    return duration


def read_read_timeout(value: object) -> timedelta:
    """A duration that one request which only reads may take."""
    duration = read_duration(value)
    if not _SHORTEST_READ <= duration <= _LONGEST_READ:
        raise UnfitError('is not between 5 seconds and 5 minutes; write one that is, such as "1m"')
    return duration


def read_age(value: object) -> timedelta | None:
    """A duration, or `none` for no limit."""
    return None if isinstance(value, str) and value.strip().lower() == "none" else read_duration(value)


def read_days(value: object) -> int:
    """Whole days, as a duration: `3d` or `1w`."""
    duration = read_duration(value)
    if duration % timedelta(days=1) or duration > _MOST_AHEAD:
        raise UnfitError('is not a number of whole days up to 90; write one such as "3d"')
    return duration.days


def read_platforms(value: object) -> tuple[str, ...]:
    """Platforms of leads; `twitter` means `x`."""
    return _known("platform", value, lambda item: {"twitter": "x"}.get(item.lower(), item.lower()), PLATFORMS)


def read_types(value: object) -> tuple[str, ...]:
    """How Scravio came to a lead (lower case), or the type of its campaign (capitals)."""
    words = (*SOURCE_TYPES, *TYPE_SHORTHANDS, *CAMPAIGN_TYPES)
    return _known("type", value, lambda item: item.lower() if item.lower() in SOURCE_TYPES else item.upper(), words)


def read_campaign_types(value: object) -> tuple[str, ...]:
    """Types of source campaigns, or shorthands for all types of a platform."""
    return _known("type of campaign", value, str.upper, (*TYPE_SHORTHANDS, *CAMPAIGN_TYPES))


def read_statuses(value: object) -> tuple[str, ...]:
    """Statuses of source campaigns whose leads are complete."""
    statuses = _known("status", value, str.lower, STATUSES)
    if not statuses:
        raise UnfitError('names no status; leave the key out, or write "fully_completed"')
    unfinished = [status for status in statuses if status not in FINISHED]
    if unfinished:
        raise UnfitError(
            f'names "{unfinished[0]}", in which a campaign\'s leads are not complete; use only {either(FINISHED)}'
        )
    return statuses


def read_source_ids(value: object) -> tuple[str, ...]:
    """Ids of source campaigns."""
    ids = read_list(value)
    for one in ids:
        if not _SOURCE_ID.fullmatch(one):
            raise UnfitError(f'names "{one[:60]}", which is not an id; copy it from the campaign\'s address in Scravio')
    return ids


def read_sender_ids(value: object) -> tuple[str, ...]:
    """Ids of linked accounts at Inbox."""
    ids = read_list(value)
    for one in ids:
        if not _SENDER_ID.fullmatch(one):
            raise UnfitError(f'names "{one[:60]}", which is not an id: ids are lower-case letters and digits')
    return ids


def read_columns(value: object) -> tuple[tuple[str, str], ...]:
    """Our fields, each with the column that takes it."""
    if not isinstance(value, dict):
        raise UnfitError('must be a table; write { first_name = "custom_…" }')
    pairs = tuple((str(name), read_text(column)) for name, column in value.items())
    taken: dict[str, str] = {}
    for name, column in pairs:
        if not _VARIABLE.fullmatch(name):
            raise UnfitError(f"names {name[:60]!a}, which is no field or variable of ours")
        if taken.setdefault(column, name) != name:
            raise UnfitError(f'fills the column "{column[:60]}" twice, with {taken[column]} and {name}; remove one')
    return pairs


def read_globs(value: object) -> tuple[str, ...]:
    """Paths of files, with * and **; in one spelling."""
    for one in (globs := read_list(value)):
        if "\\" in one:
            raise UnfitError(f'names "{one[:60]}"; write / between folders, as in "leads/*.csv"')
    return tuple(dict.fromkeys(map(posixpath.normpath, globs)))


def read_countries(value: object) -> tuple[str, ...]:
    """Two-letter country codes, in capitals."""
    from bridge.hygiene import countries  # noqa: PLC0415 - a table that only these keys need

    codes = tuple(item.upper() for item in read_list(value))
    for code in codes:
        if code == "UK":
            raise UnfitError('names "UK"; the code of the United Kingdom is "GB"')
        if not _COUNTRY.fullmatch(code):
            meant = countries.code(code)
            fix = f'write its code, "{meant}"' if meant else 'write two letters for each country, such as "DE"'
            raise UnfitError(f'names "{code[:60]}"; {fix}')
        if not countries.known(code):
            raise UnfitError(f'names "{code}", which is not a country of ISO 3166; write its code, such as "DE"')
    return tuple(dict.fromkeys(codes))


def read_languages(value: object) -> tuple[str, ...]:
    """Two-letter language codes, in small letters; `no` means `nb`."""
    from bridge.hygiene.languages import KNOWN  # noqa: PLC0415 - expressions that only this key needs

    codes = tuple({"no": "nb", "nn": "nb"}.get(item.lower(), item.lower()) for item in read_list(value))
    for code in codes:
        if code not in KNOWN:
            fix = f"write two letters for each, of {' '.join(sorted(KNOWN))}"
            if code[:2] in KNOWN and code[2:3] in {"-", "_"}:
                fix = f'variants are not distinguished, so write "{code[:2]}"'
            raise UnfitError(f'names the language "{code[:60]}"; {fix}')
    return tuple(dict.fromkeys(codes))


def read_template(value: object) -> str:
    """A template, checked; "" sends nothing."""
    if not isinstance(value, str):
        raise UnfitError('must be a text in quotes; write it as "..."')
    try:
        parse(value)
    except TemplateProblem as problem:
        raise UnfitError(str(problem)) from None
    return value


def read_variables(value: object) -> object:
    """The names of custom variables; their templates are checked one by one afterwards."""
    if not isinstance(value, dict):
        raise UnfitError('must be a table; write { instagram = "{username}" }')
    if len(value) > MOST_VARIABLES:
        raise UnfitError(f"holds {len(value)} variables; use at most {MOST_VARIABLES}")
    seen: dict[str, str] = {}
    for name in map(str, value):
        _refuse_variable(name)
        twin = seen.setdefault(_bare(name), name)
        if twin != name:
            raise UnfitError(f'holds both "{twin}" and "{name}", which are too alike; rename one')
    return value


def read_host(value: object) -> str:
    """A host name or an address to listen on."""
    host = read_text(value)
    if not _HOST.fullmatch(host):
        raise UnfitError('is not a host name; write "127.0.0.1", or "0.0.0.0" in a container')
    return host


def read_hosts(value: object) -> tuple[str, ...]:
    """Host names, without ports."""
    for name in (names := read_list(value)):
        if not _HOST.fullmatch(name) or ":" in name:
            raise UnfitError(f'holds "{name[:60]}", which is not a host name; write it as in "bridge.internal"')
    return names


def _known(kind: str, value: object, spell: Callable[[str], str], words: tuple[str, ...]) -> tuple[str, ...]:
    items = read_list(value)
    for item in items:
        if spell(item) not in words:
            near = nearest(item, words)
            fix = f'did you mean "{near}"?' if near else f"use {either(words)}"
            raise UnfitError(f'names the {kind} "{item[:60]}", which Scravio does not have; {fix}')
    return tuple(dict.fromkeys(map(spell, items)))


def _refuse_variable(name: str) -> None:
    shown = ascii(name[:60])[1:-1]
    if not _VARIABLE.fullmatch(name) or len(name) > LONGEST_VARIABLE:
        raise UnfitError(
            f'holds a variable named "{shown}"; a name starts with a letter and has at most {LONGEST_VARIABLE} '
            "letters, digits, - or _"
        )
    if _bare(name) in CORE_VARIABLES:
        raise UnfitError(
            f'holds a variable named "{shown}", which Instantly has already; set the field of that name, or rename it'
        )


def _bare(name: str) -> str:
    return re.sub(r"[ _-]", "", name).lower()


def read_instant(value: object, of_day: time) -> datetime:
    """An instant, or a day, which means its time `of_day`; what names no zone is UTC."""
    try:
        if isinstance(value, str):
            value = date.fromisoformat(value) if len(value) == len("2026-01-31") else datetime.fromisoformat(value)
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        if isinstance(value, date):
            return datetime.combine(value, of_day, UTC)
    except (ValueError, OverflowError):
        pass
    raise UnfitError("is not a date; write 2026-01-31 or 2026-01-31T08:00:00Z")


def read_credits(value: object) -> Budget:
    """The three caps on what validations may cost, in whole credits; what is not named is 0."""
    names = tuple(field.name for field in fields(Budget))
    if not isinstance(value, dict):
        raise UnfitError("must be a table; write max_credits = { campaign = 100, route = 1000, day = 200 }")
    for name, most in value.items():
        if name not in names:
            near = nearest(str(name), names)
            fix = f'did you mean "{near}"?' if near else f"it holds {', '.join(names)}"
            raise UnfitError(f"holds the unknown key {str(name)[:60]!r}; {fix}")
        if type(most) is not int or not 0 <= most <= _LARGEST_BUDGET:
            shown = "a huge number" if isinstance(most, int) and most > _LARGEST_BUDGET else str(most)[:60]
            raise UnfitError(f"holds {name} = {shown}; write a whole number of credits, 0 or more")
    return Budget(**value)
