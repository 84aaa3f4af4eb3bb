"""The form in which names and words are compared: small letters, without what writers leave out. Judges nothing.

Latin and Greek lose their diacritics, Arabic its vowel marks and letter variants, Hebrew its points; Cyrillic keeps
its letters but for ё. The lists in `bridge/hygiene/lists` hold keys that were made by this very function.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Letters that NFKD leaves whole and that names are commonly written without.
_PLAIN_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ς": "σ"}
)
# The letters that Arabic, Persian and Urdu keyboards make of one.
_ARABIC_LETTERS: Final = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ی", "ي": "ی", "ئ": "ی", "ک": "ك", "ة": "ه", "ھ": "ه"}
)
_ARABIC_MARKS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670]")
_HEBREW_POINTS = re.compile("[\u0591-\u05c7]")


@lru_cache(maxsize=8_192)
def key(word: str) -> str:
    """The word as the lists have it; the key of a key is itself."""
    if word.isascii():
        return word.lower()
    word = word.lower()
    if "\u0590" <= word[0] <= "\u06ff":
        bare = _ARABIC_MARKS.sub("", unicodedata.normalize("NFKC", word))
        return _HEBREW_POINTS.sub("", bare).translate(_ARABIC_LETTERS)
    if word[0] < "\u0400" or "\u1e00" <= word[0] <= "\u1fff":
        whole = unicodedata.normalize("NFKD", word.translate(_PLAIN_LETTERS))
        return "".join(char for char in whole if not unicodedata.combining(char)).translate(_PLAIN_LETTERS)
    composed = unicodedata.normalize("NFC", word)
    return composed.replace("ё", "е")
