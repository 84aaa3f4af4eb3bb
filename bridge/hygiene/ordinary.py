r"""What an ordinary text is: one that needs no closer look. Says at a glance what the rooms beside it would find.

A decision is made of every lead of every sweep, and most leads are ordinary in most of what they have: a lower-case
address, a name of two words, a link without parameters. Each function answers for such a text; for any other it says
None ("", False), and its caller looks closer. The closer look is the measure: `tests/test_ordinary.py` holds that it
comes to the same decision, reason and fields for every lead.
"""

import re
from typing import Final

_LONGEST_ADDRESS: Final = 64  # so neither a label nor the part before the @ can be too long
_LONGEST_LINK: Final = 200
_LONGEST_HOST: Final = 63  # so no label can be too long

# In lower case, without a label like "xn--", which is left to email-validator, or a reserved name that no mail reaches.
# Possessive, since no letter can stand in two places.
_ADDRESS = re.compile(
    r"[a-z0-9_+-]++(?:\.[a-z0-9_+-]++)*+"
    r"@(?:[a-z0-9]++(?:-[a-z0-9]++)*+\.)+(?!(?:arpa|invalid|local|localhost|onion)$)[a-z]{2,63}+"
)
# Printable ASCII in single spaces, without & < > \ { | } and with a first letter that starts no formula.
_SENTENCE = re.compile(r"(?![=@+-])[!-%'-;=?-\[\]-z~]+(?: [!-%'-;=?-\[\]-z~]+)*")
# A public name in lower case, a path of letters, nothing after it.
_LINK = re.compile(r"(?:https?://)?(((?:[a-z0-9_]++(?:-++[a-z0-9_]++)*+\.)+[a-z]{2,63}+)(?:/[A-Za-z0-9._~@/-]*+)?)")
_HANDLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NAME = re.compile(r"([A-Z][a-z]{2,14}|[A-Z]{3,15}|[a-z]{3,15})(?: ([A-Z][a-z]{2,19}|[A-Z]{3,20}|[a-z]{3,20}))?")


def address(text: str) -> str:
    """The address in lower case."""
    small = text if text.islower() else text.lower()
    return small if len(text) <= _LONGEST_ADDRESS and text.isascii() and _ADDRESS.fullmatch(small) else ""


def is_sentence(text: str, limit: int) -> bool:
    """Whether the text is harmless as it stands, and no longer than the limit."""
    return len(text) <= limit and _SENTENCE.fullmatch(text) is not None


def link(text: str) -> tuple[str, str] | None:
    """The link in https and its host."""
    found = _LINK.fullmatch(text) if len(text) <= _LONGEST_LINK else None
    return (f"https://{found[1]}", found[2]) if found and len(found[2]) <= _LONGEST_HOST else None


def is_handle(text: str) -> bool:
    """Whether the text is a user name, and harmless as it stands unless it is a word for nothing."""
    return _HANDLE.fullmatch(text) is not None


def name(text: str) -> tuple[str, str] | None:
    """The two words of a display name, or one and ""; whether they are a person's is for the lists to say."""
    found = _NAME.fullmatch(text)
    return (found[1], found[2] or "") if found else None
