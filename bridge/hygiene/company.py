"""Takes the name of a business out of its display name. Whether the profile is a business is the caller's to know."""

import re
import unicodedata
from typing import Final

from bridge.hygiene.characters import without_invisible

_LONGEST_RAW: Final = 200
_MOST_WORDS: Final = 8
# What stands between a name and what is said about it: "Bella's Bakery | Berlin", "Studio Nord - Pilates".
_SEPARATOR = re.compile(r"[|•·∙●~–—\\\n\r\t]|\s[-/:]+\s|::")
_SIGNS_OF_LAW = re.compile("[™®©℠]")
_SYMBOLS: Final = frozenset({"So", "Sk", "Sm", "Cs", "Co", "Cn", "Cc"})
_HANDLE = re.compile(r"@\S+|\S+\.\S+/\S*|https?:\S*")
_EDGE: Final = " .,;:!?-_*+=#\"'“”„«»()[]{}<>"


def name(display_name: str) -> str:
    """The business's name in plain letters, "" where nothing of it can be said in a sentence. As hostile as the input.

    Styled letters become plain ones, emoji go, and what follows a separator is left out.
    """
    if len(display_name) > _LONGEST_RAW:
        return ""
    text = display_name
    if not text.isascii():
        # Plain letters; emoji and other symbols as spaces, but for those of ASCII.
        text = unicodedata.normalize("NFKC", without_invisible(_SIGNS_OF_LAW.sub(" ", text)))
        text = "".join(" " if not char.isascii() and unicodedata.category(char) in _SYMBOLS else char for char in text)
    parts = (" ".join(_HANDLE.sub(" ", part).split()).strip(_EDGE) for part in _SEPARATOR.split(text))
    first = next(filter(None, parts), "")
    sayable = any(map(str.isalpha, first)) and len(first.split()) <= _MOST_WORDS
    return first if sayable else ""
