"""The characters that are not shown, and taking them out. Knows nothing of what the text means.

They survive copying from web pages, make equal addresses differ, and hide code from simple checks.
"""

import re

INVISIBLE = re.compile(
    "["
    "\u00ad"  # soft hyphen
    "\u034f"  # combining grapheme joiner
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi marks, embeddings, overrides, isolates
    "\u180e\u200b-\u200d\u2060-\u2065\ufeff"  # zero-width spaces and joiners, word joiner, byte order mark
    "\u206a-\u206f"  # deprecated format characters
    "\U000e0000-\U000e0fff"  # tags and supplementary variation selectors: they can carry a whole hidden text
    "]"
)
_BUT_JOINERS = re.compile(rf"(?![\u200c\u200d]){INVISIBLE.pattern}")


def without_invisible(text: str) -> str:
    """The text without zero-width, bidi and tag characters. Visible ones, spaces and controls stay."""
    return text if text.isascii() else INVISIBLE.sub("", text)


def with_joiners(text: str) -> str:
    """As `without_invisible`, but joiners (U+200C, U+200D) stay: in a domain they make another name (IDNA 2008)."""
    return text if text.isascii() else _BUT_JOINERS.sub("", text)
