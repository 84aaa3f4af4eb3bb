"""Vendor JSON values read leniently: a wrong type counts as missing. Raises nothing, whatever it is given."""

import re
from datetime import UTC, datetime
from typing import Any

LARGEST_COUNT = 2**53
"""Beyond this a JSON number is not exact in every reader."""

LONGEST_ID = 200
_COUNT = re.compile(r"\d{1,16}|\d{1,3}(?:,\d{3})+", re.ASCII)
_EPOCH = re.compile(r"\s*\d{9,}\s*", re.ASCII)  # fewer digits are a date: 20261231
_FLAGS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
_WRAPPERS = frozenset({"$oid", "$date", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal"})
_WRAPPERS_DEEP = 2
_SECONDS_UNTIL = 100_000_000_000  # a smaller number is in seconds: as milliseconds it would be before 1973


def text(value: Any) -> str:
    """A string as it is, a number as its digits, "" for everything else."""
    if type(value) is str:
        return value
    if value is None or value is True or value is False:
        return ""
    return str(value) if isinstance(value, int | float) else ""


def word(value: Any) -> str:
    """One word of a vocabulary: trimmed and in lower case."""
    return value.strip().lower() if type(value) is str else text(value).strip().lower()


def count(value: Any) -> int | None:
    """A number of things, also from "12345" or "12,345"; None for a negative, broken, abbreviated or absurd one."""
    if type(value) is int:
        return value if 0 <= value <= LARGEST_COUNT else None
    if value is None:
        return None
    if type(value) is float:
        return int(value) if 0 <= value <= LARGEST_COUNT else None
    digits = text(bare(value)).strip()
    return int(digits.replace(",", "")) if _COUNT.fullmatch(digits) else None


def flag(value: Any) -> bool | None:
    """True or False, also from "true", "False", 1 or "0"; None for everything else."""
    if value is True or value is False or value is None:
        return value
    return _FLAGS.get(word(value))


def moment(value: Any) -> datetime | None:
    """An aware time in UTC from ISO 8601 (without an offset: UTC) or from epoch milliseconds; None if unreadable."""
    if value is None:
        return None
    try:
        if type(value) is str and value[-1:] == "Z":  # as JavaScript writes it
            return _from_iso(value)
        value = bare(value)
        if type(value) is str and not _EPOCH.fullmatch(value):
            return _from_iso(value)
        number = float(text(value))
        return datetime.fromtimestamp(number if abs(number) < _SECONDS_UNTIL else number / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _from_iso(value: str) -> datetime:
    read = datetime.fromisoformat(value.strip())
    if read.tzinfo is UTC:
        return read
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def bare(value: Any) -> Any:
    """The value inside MongoDB's extended JSON: `{"$date": …}`, `{"$numberLong": "…"}`, and one inside the other."""
    for _ in range(_WRAPPERS_DEEP):
        if type(value) is not dict or len(value) != 1:
            break
        ((name, inner),) = value.items()
        if name not in _WRAPPERS:
            break
        value = inner
    return value


def amount(value: Any, largest: float) -> int | float | None:
    """A number, also from its digits; None for what is none, is not finite, or is larger than `largest` either way."""
    value = bare(value)
    if type(value) is str:
        try:
            value = float(value)
        except ValueError:
            return None
    # Compared before anything is made of it: a whole number of 400 digits fits no float, and NaN compares with nothing.
    return value if type(value) in {int, float} and abs(value) <= largest else None


def identity(row: dict[str, Any]) -> str:
    """The id of a row from `_id` or `id`; "" where there is none that can be stored and put into a path."""
    for name in ("_id", "id"):
        value = bare(row.get(name))
        found = "" if type(value) is float else text(value).strip()
        if found and len(found) <= LONGEST_ID and found.isprintable():
            return found
    return ""


def mapping(value: Any) -> dict[str, Any]:
    """An object as it is, an empty one for everything else."""
    return value if type(value) is dict else {}
