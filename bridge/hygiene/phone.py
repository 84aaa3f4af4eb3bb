"""Reads a scraped phone number into E.164, or into nothing where it is not certain. Never guesses a country."""

import re
from functools import lru_cache
from typing import Final

from bridge.hygiene import countries

# One number written as people write it; no second plus, no extension, no vanity letters, no mask.
_ONE_NUMBER = re.compile(r"\+?[0-9() ./\u00a0\u2010-\u2013-]{6,30}")
_LONGEST_RAW: Final = 100  # far more than any number needs
_FEWEST_DIGITS: Final = 7
_PLAIN = re.compile(r"\+[0-9]+(?: [0-9]+)*")
_DIGIT = re.compile(r"\d")
# Until 2019 a 1 stood before mobile numbers called from abroad (+52 1 55 ...); libphonenumber refuses it since.
_OLD_MEXICAN = re.compile(r"^\+52[() ./-]*1[() ./-]*(?=(?:\d[() ./-]*){10}$)")


def e164(raw: str, country_hint: str) -> str:
    """The number as "+4930123456", "" unless it is valid for certain.

    That takes the international form (+ or 00), or a country (`countries.code`) and the number as people write it
    there: where they write a 0 first, a number without it may be of any other country. A leading plus wins over the
    hint. A number that belongs to no numbering plan is not certain.
    """
    if not raw or len(raw) > _LONGEST_RAW:
        return ""
    text = raw.strip()
    if not _ONE_NUMBER.fullmatch(text):
        return ""
    if text.startswith(("+", "00", "(00")):
        text = re.sub(r"^\(?00", "+", text)
        return _certain(text, None) if text.startswith("+") else ""
    region = countries.code(country_hint)
    return _certain(text, region) if region else ""


@lru_cache(maxsize=4_096)
def _certain(text: str, region: str | None) -> str:
    import phonenumbers  # noqa: PLC0415 - its metadata is large, and most leads have no number

    if len(_DIGIT.findall(text)) < _FEWEST_DIGITS:
        return ""
    text = _OLD_MEXICAN.sub("+52 ", text)
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    plain = _PLAIN.fullmatch(text)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if plain else matched(text, region)


def matched(text: str, region: str | None) -> str:
    """What the matcher makes of it, in five times the time: it asks for the trunk prefix where people write one."""
    import phonenumbers  # noqa: PLC0415 - as above

    found = next(iter(phonenumbers.PhoneNumberMatcher(text, region, phonenumbers.Leniency.VALID)), None)
    if found is None or found.number.extension or _DIGIT.search(text[: found.start] + text[found.end :]):
        return ""
    number = phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.E164)
    # A country code without its plus may as well be the beginning of a national number.
    return "" if region and number == "+" + "".join(_DIGIT.findall(text)) else number
