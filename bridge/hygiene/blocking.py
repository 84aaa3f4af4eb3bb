"""Reads what an operator, a file or a block list calls an identity or a domain not to contact. Judges nothing else.

Taken as a profile: `x:handle`, `linkedin:name`, and the link to either; never a bare `@name`, the form of a domain.
Taken as a domain: `example.com`, `@example.com`, `*.example.com`, `*@example.com`, `https://www.example.com/contact`.
A domain stands for its subdomains too.
"""

import re
from typing import Final, Literal
from urllib.parse import urlsplit

from bridge.hygiene import email, identities
from bridge.lazy import dataclass

LONGEST: Final = 1_000
_PREFIX = re.compile(r"^(?:\*?@|\*\.|\.)")


@dataclass(frozen=True, slots=True)
class Blocked:
    """The key of an identity, or an ASCII domain in lower case."""

    kind: Literal["address", "domain", "x", "linkedin"]
    value: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Neither an address nor a domain. `why` completes "it ..." and holds nothing of the text."""

    why: str


def read(raw: str) -> Blocked | Unreadable:
    """Read an identity or a domain, however it is written. A web address that leads to no profile means its domain."""
    text = raw.strip() if len(raw) <= LONGEST else ""
    if not text:
        return Unreadable("is far too long" if raw.strip() else "is empty")
    named = identities.written(text)
    if named is not None:
        return Blocked("address" if named.kind == "email" else named.kind, named.key)
    if re.match("(?:x|linkedin):(?!//)", text, re.IGNORECASE):
        return Unreadable("is not a name that a profile there can have")
    if "://" in text:
        return _domain(_host(text))
    bare = _PREFIX.sub("", text)
    if "@" in bare:
        found = email.read(bare)
        return Blocked("address", found.person) if isinstance(found, email.Address) else Unreadable(found.why)
    return _domain(bare.partition("/")[0])


def _host(text: str) -> str:
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""


def _domain(text: str) -> Blocked | Unreadable:
    name = re.sub(r"^www\.", "", text.strip().rstrip("."), flags=re.IGNORECASE)
    # As the domain of an address: the same reading, so that both come to the same spelling.
    found = email.read(f"x@{name}") if name else None
    if isinstance(found, email.Address):
        # As the domain of a person: googlemail.com is gmail.com there, and would never be met under its own name.
        return Blocked("domain", found.person.rpartition("@")[2])
    return Unreadable("is neither an e-mail address nor a domain")
