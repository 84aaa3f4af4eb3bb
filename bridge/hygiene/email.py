"""Reads a scraped e-mail address: what to post, and which person it means. Never asks the DNS, never fixes by guessing.

Whatever is not certain is `Malformed`: an address that bounces costs a domain's reputation, a held lead costs a look.
"""

import re
import unicodedata
from functools import lru_cache
from html import unescape
from typing import Final
from urllib.parse import unquote

import msgspec

from bridge.hygiene import ordinary
from bridge.hygiene.characters import with_joiners, without_invisible
from bridge.lazy import dataclass

LONGEST_RAW: Final = 1_000
"""Characters of a raw value that are looked at; an address has at most 254 (RFC 5321)."""
_LONGEST_ADDRESS: Final = 254

# RFC 5322 atoms without `*` (masks), `{`, `}`, `|` (template code) and the backtick. ASCII only: what Instantly does
# with an SMTPUTF8 local part is UNKNOWN, and email-validator takes emoji there (instantly.md pitfall 35).
_LOCAL = re.compile(r"[A-Za-z0-9_+!#$%&'/=?^~-]+(?:\.[A-Za-z0-9_+!#$%&'/=?^~-]+)*")

# How Scravio masks is UNKNOWN (scravio.md §4): every usual shape counts, the placeholders of web pages included.
_MASK = re.compile(
    r"[*＊﹡∗⁎✱•●○■□▪░▒▓█…‥⋯]|\.{3,}|#{2,}|\?{2,}|[·∙⋅‧×]{2,}"
    r"|[\[(<{]\s*(?:e-?mail\s*)?(?:hidden|protected|masked|redacted|removed)",
    re.IGNORECASE,
)
# "jane [at] example [dot] com": read by people, and often meant for people alone.
_IN_WORDS = re.compile(
    r"[\[({<]\s*(?:at|ät|dot|punkt|arroba|punto|arobase|point|chiocciola)\s*[\])}>]|\s(?:at|dot|arroba|punto)\s",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&#?\w{1,31};", re.ASCII)
_MAILTO = re.compile(r"(?:mailto:\s*)+([^?]*)", re.IGNORECASE)
# What scraping leaves around an address. None of it can begin or end one, but for the apostrophe: a leading one is
# how spreadsheets mark text. A leading dot stays, and makes the address malformed.
_LEFTOVERS = " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\u202f\u205f\u3000<>[](){}\"'“”„‘’‚«»‹›,;:"
_KEYCAP = re.compile(r"^\s*(?:[0-9#*]\ufe0f?\u20e3\s*)+|(?:\s*[0-9#*]\ufe0f?\u20e3)+\s*$")
_EMOJI_PARTS: Final = "\ufe0e\ufe0f\u20e3"
# One bullet, as before an item of a list. Several hide letters.
_BULLET = re.compile(r"\s*[•●■▪∙·](?:\ufe0f\s*|\s+)(?=\w)")
_TYPOGRAPHIC = ("<wide>", "<narrow>", "<small>", "<font>")
_GMAIL = frozenset({"gmail.com", "googlemail.com"})


class Address(msgspec.Struct, frozen=True, gc=False):
    """A well-formed address.

    `value` is what goes out: lower case, ASCII domain. `person` is the canonical key of who it means: no plus tag,
    gmail.com without dots (googlemail.com is the same); it is no address to post to.
    """

    value: str
    person: str

    @property
    def local(self) -> str:
        """What stands before the @."""
        return self.value.partition("@")[0]

    @property
    def domain(self) -> str:
        """What stands behind it."""
        return self.value.partition("@")[2]


@dataclass(frozen=True, slots=True)
class Malformed:
    """No address that could be used. `why` completes "the address ..." and holds nothing of the address."""

    why: str


def read(raw: str) -> Address | Malformed:
    """Read an address as scraped: spaces, `mailto:`, brackets, entities and fullwidth letters around or in it.

    Lower case throughout: RFC 5321 lets a host treat `Jane@` and `jane@` as two, and none of note does. Whether
    Instantly does is UNKNOWN; one spelling is right under either answer. A `value` read again gives the same Address.
    """
    return Malformed("is far too long") if len(raw) > LONGEST_RAW else _read(raw)


def looks_masked(raw: str) -> bool:
    """Whether letters of the address were hidden on purpose: `j***@gmail.com`, `[email protected]`."""
    text = _BULLET.sub("", _decoded(raw[:LONGEST_RAW]), count=1)
    # Fullwidth signs and hidden characters must not hide a mask that folding would bring to light.
    return _MASK.search(text) is not None or (not text.isascii() and _MASK.search(_shown(text)) is not None)


@lru_cache(maxsize=2_048)  # a portion of leads, whose addresses are looked at again when they are recorded
def _read(raw: str) -> Address | Malformed:
    plain = ordinary.address(raw)
    if not plain:
        if looks_masked(raw):
            return Malformed("is masked")
        text = _stripped(_shown(_decoded(raw)))
        mailto = _MAILTO.match(text)
        text = _stripped(unquote(mailto[1])) if mailto else text
        plain = ordinary.address(text)
    return _address(plain) if plain else _unusual(text)


def _unusual(text: str) -> Address | Malformed:
    local, at, domain = text.partition("@")
    local, domain = local.rstrip(), domain.lstrip()
    if not at:
        why = "has its @ written in words, which may mean anything" if _IN_WORDS.search(text) else "has no @"
        return Malformed(why if local else "is empty")
    if "@" in domain:
        return Malformed("has more than one @")
    if not local or not _LOCAL.fullmatch(local):
        return Malformed(
            "has nothing before the @" if not local else "has signs before the @ that ordinary mailboxes do not have"
        )
    ascii_domain = _ascii_domain(local, domain)
    if not ascii_domain:
        return Malformed("has no usable domain, or is too long")
    return _address(f"{local.lower()}@{ascii_domain}")


def _shown(text: str) -> str:
    """Folded and without invisible characters. Joiners in a domain stay: without them it would be another domain."""
    local, at, domain = _folded(text).rpartition("@")
    return f"{without_invisible(local)}{at}{with_joiners(domain)}"


def _stripped(text: str) -> str:
    text = text.lstrip(_LEFTOVERS).rstrip(_LEFTOVERS + ".!")
    if text.isascii():
        return text
    start, end = 0, len(text)
    while start < end and (text[start] in _LEFTOVERS or _is_sign(text[start])):
        start += 1
    while end > start and (text[end - 1] in _LEFTOVERS + ".!" or _is_sign(text[end - 1])):
        end -= 1
    return text[start:end]


def _is_sign(char: str) -> bool:
    """Whether it is an emoji, or another sign that no address can begin or end with. Marks belong to their letters."""
    return not char.isascii() and (unicodedata.category(char)[0] in "SPZC" or char in _EMOJI_PARTS)


def _decoded(raw: str) -> str:
    """Without emoji keys around it, and with HTML entities decoded; a bare `&` is a letter of addresses, and stays."""
    text = raw if raw.isascii() else _KEYCAP.sub("", raw)  # a digit drawn as a key is an emoji
    for _ in range(2):  # text that was escaped twice
        if ";" in text:
            text = _ENTITY.sub(lambda entity: unescape(entity[0]), text)
    return text


def _folded(text: str) -> str:
    """Fullwidth and styled letters as plain ones. No more of NFKC: ``jane²`` is not known to mean ``jane2``."""
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFKC", char) if unicodedata.decomposition(char).startswith(_TYPOGRAPHIC) else char
        for char in text
    )


def _ascii_domain(local: str, domain: str) -> str:
    """The domain in lower-case ASCII (IDNA 2008), "" where email-validator refuses the address."""
    from email_validator import validate_email  # noqa: PLC0415 - 30 ms that ordinary addresses do not need

    try:
        # test_environment only admits the reserved .test, which stands for real domains in trials; our own check of
        # the dot below takes back the bare "@test" that comes with it.
        found = validate_email(f"{local}@{domain}", check_deliverability=False, test_environment=True, strict=True)
    except ValueError:  # EmailNotValidError, and what Unicode codecs raise
        return ""
    ascii_domain = found.ascii_domain.lower()
    fits = len(local) + 1 + len(ascii_domain) <= _LONGEST_ADDRESS
    return ascii_domain if fits and "." in ascii_domain else ""


def _address(value: str) -> Address:
    local, _, domain = value.partition("@")
    if domain not in _GMAIL and "+" not in local:
        return Address(value, value)
    known, home = (local.replace(".", ""), "gmail.com") if domain in _GMAIL else (local, domain)
    if "+" not in known:
        return Address(value, f"{known}@{home}")
    mailbox = known.partition("+")[0]
    # "+tag@" and "jane.+tag@" leave no mailbox that could stand alone: they are people of their own.
    person = known if not mailbox or mailbox.endswith(".") else mailbox
    return Address(value, f"{person}@{home}")
