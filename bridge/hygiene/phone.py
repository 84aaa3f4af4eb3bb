"""Reads a scraped phone number into E.164, or into nothing where it is not certain. Never guesses a country."""

import re
from functools import lru_cache
from typing import Final

from bridge.hygiene import countries

# One number written as people write it; no second plus, no extension, no vanity letters, no mask.
_ONE_NUMBER = re.compile(r"\+?[0-9() ./\u00a0\u2010-\u2013-]{6,30}")
_LONGEST_RAW: Final = 100  # far more than any number needs
_FEWEST_DIGITS: Final = 7


def e164(raw: str, country_hint: str) -> str:
    """The number as "+4930123456", "" unless it is valid for certain.

    That takes the international form (+ or 00), or a country (`countries.code`) and the number as it is dialled there:
    where calls begin with a 0, a number without it may be of any other country. A leading plus wins over the hint. A
    number that belongs to no numbering plan is not certain.
    """
    if not raw or len(raw) > _LONGEST_RAW:
        return ""
    text = raw.strip()
    if not _ONE_NUMBER.fullmatch(text):
        return ""
    if text.startswith(("+", "00", "(00")):
        return _international(text)
    region = countries.code(country_hint)
    return _certain(text, region) if region else ""


def _international(text: str) -> str:
    digits = re.sub(r"^\(?00", "+", text)
    return _certain(digits, None) if digits.startswith("+") else ""


@lru_cache(maxsize=4_096)
def _certain(text: str, region: str | None) -> str:
    import phonenumbers  # noqa: PLC0415 - its metadata is large, and most leads have no number

    if sum(map(str.isdigit, text)) < _FEWEST_DIGITS or (region and not _is_dialled_so(text, region)):
        return ""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if number.extension or not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_dialled_so(text: str, region: str) -> bool:
    """Whether a national number carries the digit that calls begin with there; 1 in America is commonly left out."""
    import phonenumbers  # noqa: PLC0415 - see _certain

    plan = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    begins = (plan.national_prefix or "") if plan is not None else ""
    return begins in {"", "1"} or re.sub(r"\D", "", text).startswith(begins)
