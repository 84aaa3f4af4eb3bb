"""Neutralises every scraped text that goes out, so that nothing in it can act as code. Never adds to what was said.

What Instantly does to a variable's value on its way into an HTML mail is UNKNOWN: whether templates in it are run,
whether it is escaped, whether it is folded. So a result holds nothing that could act even after NFKC folding and
after decoding HTML entities once more (instantly.md §1.6, pitfalls 21, 22, 25).
"""

import math
import re
import unicodedata
from html import unescape
from html.entities import html5
from typing import Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from bridge.hygiene import ordinary
from bridge.hygiene.characters import INVISIBLE, with_joiners
from bridge.hygiene.graphemes import boundary, is_mark

LIMIT: Final = 300
"""Characters of a text that goes out: Instantly documents no limit (instantly.md §1.6), this one is ours."""
_EXACT_INTEGERS: Final = 2**53  # what a JSON number keeps exactly in any reader
_LONGEST_INTEGER_BITS: Final = 256
_LONGEST_URL: Final = 500
_LONGEST_RAW_URL: Final = 2_000
_ROUNDS: Final = 8

_ACTIVE = re.compile(r"[{}|<>]")
# Braces and bars are the whole grammar of {{merge}}, {% liquid %}, {{RANDOM | spintax}} and {spin|tax}: turned into
# the nearest harmless sign they read well, and no combination of what is left has to be judged. `<` and `>` go
# altogether, since "(b)" for a tag says nothing.
_HARMLESS: Final = {"{": "(", "}": ")", "|": "/", "<": " ", ">": " ", "&": "&"}
_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
# Complete entities only. HTML also reads old names without a semicolon, as in "music&notes": people write words.
_ENTITY = re.compile(r"&(?:(#\d{1,9};?|#[xX][0-9A-Fa-f]{1,8};?)|([A-Za-z][A-Za-z0-9]{1,31};))")
_JOINED = re.compile(r"&(?=\S)")
_WRITTEN_BREAK = re.compile(r"\\[nrt]")  # a line break that was escaped once too often (instantly.md pitfall 21)
_BLANKS = re.compile(r"[\u115f\u1160\u2800\u3164\uffa0]")  # letters and signs that show nothing
# A spreadsheet runs a cell that begins with one of these as a formula.
_FORMULA: Final = frozenset("=@+-")
_NOTHING: Final = frozenset({"null", "none", "undefined", "nan"})
_LONGEST_NOTHING: Final = max(map(len, _NOTHING))

_AROUND_URL: Final = " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\u200c\u200d"
_HTTP = re.compile(r"https?://", re.IGNORECASE)
_LOOKS_LIKE_A_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[^\W\d_]{2,63}(?::\d{1,5})?(?:[/?#]|$)")
_NOT_IN_A_URL = re.compile(r"[\s\x00-\x1f\x7f-\x9f{}|<>\"`^\\]")
_URL_SIGNS: Final = "/%:@!$&()*+,;=~?#[]"  # what `quote` leaves alone; an apostrophe could end an attribute
_MARKUP = re.compile(r"[{}<>]")
# `&ltsid=1` and `&gtin=7` are parameters. Read as an entity, each begins at most an element that does not exist.
_PARAMETER = re.compile(r"&[lg]t(?=[\w.-]*=[\w.~%+-]*(?:[&#]|$))", re.ASCII | re.IGNORECASE)
# A public name: no address literal, no bare `localhost`.
_HOST = re.compile(r"(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})")


def neutral(text: str, limit: int = LIMIT) -> str:
    """The text as one harmless line of at most `limit` characters, "" where nothing is left of it.

    No brace, bar or angle bracket (nor their fullwidth and small forms), no tag, entity or line break. No control, bidi
    or invisible character, lone surrogate or unassigned code point; NFC; single spaces; no first letter that makes a
    formula; no trailing half of a letter. The bare words null, None, undefined and NaN are nothing. Square brackets,
    quotes and emoji stay. Idempotent. A phone number in E.164 would lose its plus: it is `phone.e164`'s to vouch for.
    """
    if ordinary.is_sentence(text, limit):
        return unless_nothing(text)
    # Marks and entities may vanish, so more than the limit is read, but never all of 20 kB.
    return unless_nothing(_cut(_led(_settled(text[: 20 * limit])), limit))


def scalar(value: object) -> str | int | float | bool | None:
    """A value as Instantly takes it (instantly.md pitfall 25): texts neutral, lists as text, None for what is neither.

    Not-a-number and infinity are no JSON; integers beyond 2**53 go as text, since a reader in doubles would round them.
    """
    match value:
        case None | bool():
            return value
        case int():
            return _number(value)
        case float():
            return value if math.isfinite(value) else None
        case str():
            return neutral(value)
        case list() | tuple():
            parts = (scalar(part) for part in value if isinstance(part, str | int | float))
            return neutral(", ".join(str(part) for part in parts if part not in (None, "")))
    return None


def url(raw: str) -> str:
    r"""The link as an absolute http(s) URL of at most 500 characters, "" where it is anything else.

    Whitespace, controls and ``{ } | < > " ` ^ \`` drop the link instead of being percent-encoded: no profile's website
    has them, and a repaired link would lead nowhere. So do braces and angle brackets that only decoding would show,
    credentials, and hosts that are no public name. Letters outside ASCII are encoded. Idempotent.
    """
    text = with_joiners(raw).strip(_AROUND_URL) if len(raw) <= _LONGEST_RAW_URL else ""
    while "&amp;" in text:
        text = text.replace("&amp;", "&")
    if not _HTTP.match(text):
        bare = text.removeprefix("//")
        text = f"https://{bare}" if _LOOKS_LIKE_A_HOST.match(bare) else ""
    if not text or _NOT_IN_A_URL.search(text) or _hides_code(text):
        return ""
    made = _rebuilt(text)
    return made if len(made) <= _LONGEST_URL else ""


# ------------------------------------------------------------------------------------------------------ how it is done


def _number(value: int) -> int | str | None:
    if abs(value) <= _EXACT_INTEGERS:
        return value
    return str(value) if value.bit_length() <= _LONGEST_INTEGER_BITS else None


def _settled(text: str) -> str:
    """The text once nothing changes any more: what one step removes may join what another looks for."""
    if "&" not in text and "<" not in text and "\\" not in text:
        once = _safe_line(text)
        if "&" not in once:  # from here no step would find anything to do
            return once
    for _ in range(_ROUNDS):
        before = text
        text = _washed(text)
        if text == before:
            return _JOINED.sub("& ", text) if "&" in text and _decodes_to_code(text) else text
    # Entities nested deeper than any honest text: without their ampersands they are only letters.
    return _washed(_washed(text).replace("&", " "))


def _washed(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(lambda found: unescape(found[0]) if found[1] else html5.get(found[2], found[0]), text)
    return _safe_line(_WRITTEN_BREAK.sub(" ", _TAG.sub(" ", text)))


def _safe_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text.translate(_SAFE)).split())


def _decodes_to_code(text: str) -> bool:
    """Whether an HTML reader may find active characters in it: old names (`&lt`), fullwidth letters, several layers."""
    for _ in range(_ROUNDS):
        before, text = text, unescape(unicodedata.normalize("NFKC", text))
        if text == before:
            break
    return _ACTIVE.search(text) is not None


class _SafeCharacters(dict[int, str]):
    """A table for `str.translate`, filled as characters are met: at most one entry for each character of Unicode."""

    def __missing__(self, code: int) -> str:
        safe = self[code] = _safe(chr(code))
        return safe


_SAFE = _SafeCharacters()


def _safe(char: str) -> str:
    kind = unicodedata.category(char)
    if kind[0] == "Z" or kind == "Cc" or _BLANKS.match(char):
        return " "
    # What is left of C: format (bidi, zero-width), surrogate, private use, unassigned. U+FFFD marks a letter lost.
    if kind[0] == "C" or INVISIBLE.match(char) or char == "\ufffd":
        return ""
    active = [sign for sign in unicodedata.normalize("NFKD", char) if sign in _HARMLESS]
    return _HARMLESS[active[0]] if active else char


def _led(text: str) -> str:
    """The text from its first letter that neither starts a formula nor needs a letter before it."""
    for place, char in enumerate(text):
        if char != " " and not is_mark(char) and unicodedata.normalize("NFKD", char)[0] not in _FORMULA:
            return text[place:]
    return ""


def _cut(text: str, limit: int) -> str:
    """At most `limit` characters, ending between words where a gap is near, and never inside a letter."""
    if len(text) <= limit:
        return text
    end = boundary(text, limit)
    gap = text.rfind(" ", 0, end + 1)
    return text[: gap if gap > 0 and gap >= end - limit // 4 else end].rstrip(" ")


def unless_nothing(text: str) -> str:
    """The text, or "" where it is a bare word for nothing."""
    return "" if len(text) <= _LONGEST_NOTHING and text.lower() in _NOTHING else text


def _hides_code(link: str) -> bool:
    """Whether percent signs, entities or fullwidth letters in the link decode to braces or angle brackets."""
    for _ in range(_ROUNDS):
        before = link
        link = unescape(_PARAMETER.sub("&", unicodedata.normalize("NFKC", unquote(link))))
        if _MARKUP.search(link):
            return True
        if link == before:
            return False
    return True


def _rebuilt(link: str) -> str:
    try:
        parts = urlsplit(link)
        host, port = _ascii_host(parts.hostname or ""), parts.port
        path, query, fragment = (quote(part, safe=_URL_SIGNS) for part in (parts.path, parts.query, parts.fragment))
    except ValueError:  # a broken port or IPv6 host, an unencodable letter (UnicodeError), a broken IDN (IDNAError)
        return ""
    if "@" in parts.netloc or not _HOST.fullmatch(host):
        return ""
    return urlunsplit((parts.scheme.lower(), f"{host}:{port}" if port else host, path, query, fragment))


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host.lower()
    import idna  # noqa: PLC0415 - most links are ASCII

    return idna.encode(host, uts46=True).decode("ascii")
