"""Reads the identities of people: from leads, and from what an operator writes. Never asks whether they exist.

A profile belongs to a lead where the lead was scraped from it: the user name on X or LinkedIn. A link in a biography
is no identity: people link their company, their idol or their agency there.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

from bridge.hygiene import email
from bridge.hygiene.characters import without_invisible
from bridge.hygiene.wordlists import words
from bridge.model.facts import Lead
from bridge.model.identity import KINDS, Identity, Kind

_LONGEST_RAW: Final = 1_000
_PLATFORMS: Final[dict[str, Kind]] = {"x": "x", "twitter": "x", "linkedin": "linkedin"}
_HOSTS: Final[tuple[tuple[re.Pattern[str], Kind], ...]] = (
    (re.compile(r"(?:[a-z0-9-]+\.)*(?:x|twitter)\.com"), "x"),
    (re.compile(r"(?:[a-z0-9-]+\.)*linkedin\.com"), "linkedin"),
)
_X_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
# LinkedIn's public names may hold letters of any script (`\w`), and never a colon or an @.
_SLUG = re.compile(r"(?=[.·-]*\w)[\w.·-]{1,100}")
_URN = re.compile(r"urn:li:(\w{1,40}):([\w-]{1,100})", re.ASCII | re.IGNORECASE)
# A member id stands where a slug stands too, and unlike one it keeps capitals and small letters apart.
_MEMBER_ID = re.compile(r"AC[ow]AA[\w-]{10,}", re.ASCII)


def of(lead: Lead) -> tuple[Identity, ...]:
    """All identities of the lead: its e-mail address, and the profile it was scraped from."""
    return tuple(found for found in (address(lead), profile(lead)) if found is not None)


def keys(lead: Lead) -> tuple[str, ...]:
    """The keys of all identities of the lead, as the ledger has them."""
    mailbox = email.read(lead.email) if lead.email and not lead.email_masked else None
    person = (mailbox.person,) if isinstance(mailbox, email.Address) else ()
    scraped = profile(lead) if lead.platform.lower() in _PLATFORMS else None
    return (*person, scraped.key) if scraped else person


def of_kind(lead: Lead, kind: Kind) -> Identity | None:
    """The lead's identity of this kind; None where it has none."""
    return next((found for found in of(lead) if found.kind == kind), None)


def linked(lead: Lead, kind: Kind) -> Identity | None:
    """The same, where a profile's own link shows it: a bare user name is no certain link."""
    found = of_kind(lead, kind)
    certain = kind == "email" or "/" in lead.username or link(lead.website) == found
    return found if certain else None


def address(lead: Lead) -> Identity | None:
    """The lead's e-mail address; None where it is masked or cannot be read."""
    return None if lead.email_masked or not lead.email else read("email", lead.email)


def profile(lead: Lead) -> Identity | None:
    """The profile on X or LinkedIn that the lead was scraped from, by its user name or else by its own link."""
    kind = platform(lead)
    if kind is None:
        return None
    found = read(kind, lead.username)
    linked = None if found else link(lead.website)
    return linked if linked is not None and linked.kind == kind else found


def platform(lead: Lead) -> Kind | None:
    """The platform that the lead was scraped from, where people are known by a name on it."""
    return _PLATFORMS.get(lead.platform.lower()) if lead.platform else None


def read(kind: Kind, raw: str) -> Identity | None:
    """The identity that a raw address, user name or profile link of this kind means; None where none is certain."""
    if kind == "email":
        found = email.read(raw)
        return Identity("email", found.person) if isinstance(found, email.Address) else None
    return _profile(kind, raw[:_LONGEST_RAW])


@lru_cache(maxsize=2_048)  # a portion of leads, whose profiles are asked for again when they are recorded
def _profile(kind: Kind, raw: str) -> Identity | None:
    text = without_invisible(raw).strip()
    if "/" in text:
        linked = link(text)
        return linked if linked is not None and linked.kind == kind else None
    return _named(kind, text)


def link(raw: str) -> Identity | None:
    """The profile on X or LinkedIn that a web address leads to; None for any other."""
    text = without_invisible(raw[:_LONGEST_RAW]).strip()
    try:
        parts = urlsplit(text if "//" in text else f"https://{text}")
        host = "" if parts.username else parts.hostname or ""
    except ValueError:
        return None
    kind = next((kind for pattern, kind in _HOSTS if pattern.fullmatch(host)), None)
    path = [part for part in unquote(parts.path).split("/") if part]
    if kind == "linkedin":
        return _named(kind, path[1]) if len(path) > 1 and path[0].lower() == "in" else None
    return _named(kind, path[0]) if kind and path and path[0].lower() not in words("no_profile") else None


def written(text: str) -> Identity | None:
    """What an operator means by `x:handle`, `linkedin:name`, `email:address`, a profile link or an address.

    None for anything else: a bare `@name` may be a handle as well as a domain.
    """
    kind, _, rest = text.strip().partition(":")
    for known in KINDS:
        if kind.lower() == known:
            return read(known, rest)
    if text.lstrip().startswith("@"):
        return None
    return link(text) or (read("email", text) if "@" in text else None)


def _named(kind: Kind, name: str) -> Identity | None:
    name = unicodedata.normalize("NFC", name.strip().lstrip("@").strip())
    if kind == "x":
        return Identity("x", name.lower()) if _X_HANDLE.fullmatch(name) else None
    urn = _URN.fullmatch(name)
    if urn and not _MEMBER_ID.fullmatch(urn[2]):
        return Identity("linkedin", f"urn:li:{urn[1].lower()}:{urn[2]}")
    name = urn[2] if urn else name
    slug = name if _MEMBER_ID.fullmatch(name) else unicodedata.normalize("NFC", name.lower())
    return Identity("linkedin", slug) if _SLUG.fullmatch(slug) else None
