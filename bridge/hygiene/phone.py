"""Reads a scraped phone number into E.164, or into nothing where it is not certain. Never guesses a country."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bridge.hygiene import countries

if TYPE_CHECKING:
    from phonenumbers import NumberFormat

# One number written as people write it; no second plus, no extension, no vanity letters, no mask.
_ONE_NUMBER = re.compile(r"\+?[0-9() ./\u00a0\u2010-\u2013-]{6,30}")
_LONGEST_RAW: Final = 100  # far more than any number needs
_FEWEST_DIGITS: Final = 7
_DIGIT = re.compile(r"\d")
# Until 2019 a 1 stood before mobile numbers called from abroad (+52 1 55 ...); libphonenumber refuses it since.
_MEXICO: Final = 52
_OLD_MEXICAN: Final = 11


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
        return _international(text)
    region = countries.code(country_hint)
    return _certain(text, region) if region else ""


def _international(text: str) -> str:
    digits = re.sub(r"^\(?00", "+", text)
    return _certain(digits, None) if digits.startswith("+") else ""


@lru_cache(maxsize=4_096)
def _certain(text: str, region: str | None) -> str:
    import phonenumbers  # noqa: PLC0415 - its metadata is large, and most leads have no number

    if sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        return ""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    national = str(number.national_number)
    if number.country_code == _MEXICO and len(national) == _OLD_MEXICAN and national[0] == "1":
        number.national_number = int(national[1:])
    if (
        number.extension
        or not phonenumbers.is_valid_number(number)
        or (region and not _is_written_so(text, region, national))
    ):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_written_so(text: str, region: str, national: str) -> bool:
    """Whether people in the region write the number so: with its trunk prefix, or without where they may."""
    import phonenumbers  # noqa: PLC0415 - see _certain

    plan = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    prefix = (plan.national_prefix or "") if plan is not None else ""
    digits = "".join(char for char in text if char.isdigit())
    if plan is None or prefix in {"", "1"} or digits.startswith(prefix):
        return True
    before = digits.removesuffix(national)
    if before:  # Lithuania's older prefix, 8
        return re.fullmatch(plan.national_prefix_for_parsing or prefix, before) is not None
    return _is_bare(plan.number_format, national)


def _is_bare(forms: Iterable["NumberFormat"], national: str) -> bool:
    """Whether libphonenumber's own national format of the number has no trunk prefix, or may leave it out."""
    for form in forms:
        leading = form.leading_digits_pattern
        if re.fullmatch(form.pattern or "", national) and (not leading or re.match(leading[-1], national)):
            rule = form.national_prefix_formatting_rule or ""
            return bool(form.national_prefix_optional_when_formatting) or not _DIGIT.search(rule.replace(r"\1", ""))
    return False
