"""Reads a scraped phone number into E.164, or into nothing where it is not certain. Never guesses a country."""

import re

# One number written as people write it; no second plus, no extension, no vanity letters, no mask.
_ONE_NUMBER = re.compile(r"\+?[0-9() ./\u00a0\u2010-\u2013-]{6,30}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")


def e164(raw: str, country_hint: str) -> str:
    """The number as "+4930123456", "" unless it is valid for certain.

    That takes the international form (+ or 00) or a two-letter ISO 3166 country: whether Scravio's `country` is a code
    or a name is UNKNOWN (scravio.md §4), and a name is no hint. A leading plus wins over the hint. A number that
    belongs to no numbering plan is not certain.
    """
    text = raw.strip() if len(raw) <= 100 else ""  # noqa: PLR2004 - far more than any number needs
    if not _ONE_NUMBER.fullmatch(text):
        return ""
    text = re.sub(r"^\(?00", "+", text)
    region = country_hint.strip().upper() if _COUNTRY.fullmatch(country_hint.strip()) else None
    return _certain(text, region) if region or text.startswith("+") else ""


def _certain(text: str, region: str | None) -> str:
    import phonenumbers  # noqa: PLC0415 - its metadata is large, and most leads have no number

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if number.extension or not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
