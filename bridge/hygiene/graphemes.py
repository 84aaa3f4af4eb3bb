"""Finds where a text may be cut without cutting what people see as one letter. Changes nothing.

The rules of Unicode's annex 29 for texts whose joiners are gone already (`variables` drops them): marks and skin tones
belong to what stands before, two regional indicators are one flag, Hangul letters build syllables, and a virama binds
the next consonant. Written out here because a cut is all that is needed: the library `regex`, which does all of
it, is 3 MB.
"""

import unicodedata
from typing import Final

# The viramas that join consonants (InCB=Linker of Unicode 16, without the invisible stackers of rare scripts).
_VIRAMAS: Final = frozenset("\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d\u1039\u17d2\u1a60")
_SPACING: Final = frozenset("\u0e33\u0eb3")  # Thai and Lao AM: letters to Unicode's categories, marks to readers
_FIRST_JAMO: Final = "\u1100"


def boundary(text: str, place: int) -> int:
    """The last place at or before `place` where the text may be cut; 0 where there is none."""
    if place >= len(text):
        return len(text)
    while place > 0 and _is_inside(text, place):
        place -= 1
    return place


def is_mark(char: str) -> bool:
    """Whether the character only modifies the one before it: combining marks, variation selectors, skin tones."""
    return unicodedata.category(char)[0] == "M" or "\U0001f3fb" <= char <= "\U0001f3ff"


def _is_inside(text: str, place: int) -> bool:
    """Whether a letter goes on at this place."""
    before, char = text[place - 1], text[place]
    if char.isascii():
        return False
    if is_mark(char) or char in _SPACING:
        return True
    if _is_flag_letter(char):
        return _is_flag_letter(before) and _flag_letters_before(text, place) % 2 == 1
    if char >= _FIRST_JAMO and _joins_syllable(before, char):
        return True
    return char.isalpha() and is_mark(before) and _is_bound(text, place)


def _is_bound(text: str, place: int) -> bool:
    """Whether a virama stands among the marks before this place."""
    while place > 0 and is_mark(text[place - 1]):
        place -= 1
        if text[place] in _VIRAMAS:
            return True
    return False


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_letters_before(text: str, place: int) -> int:
    start = place
    while start > 0 and _is_flag_letter(text[start - 1]):
        start -= 1
    return place - start


def _joins_syllable(before: str, char: str) -> bool:
    """Whether two Hangul letters belong to one syllable: leading, vowel, trailing, in this order."""
    first, second = _jamo(before), _jamo(char)
    if first == "L":
        return second in {"L", "V", "LV", "LVT"}
    return second == "T" if first in {"T", "LVT"} else first in {"V", "LV"} and second in {"V", "T"}


def _jamo(char: str) -> str:
    code = ord(char)
    if 0xAC00 <= code <= 0xD7A3:  # noqa: PLR2004 - the ready-made syllables, 28 for each leading and vowel
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    if 0x1100 <= code <= 0x11FF or 0xA960 <= code <= 0xA97C:  # noqa: PLR2004 - Unicode's blocks of single letters
        return "L" if code < 0x1160 or code >= 0xA960 else "V" if code < 0x11A8 else "T"  # noqa: PLR2004 - the same
    if 0xD7B0 <= code <= 0xD7FB:  # noqa: PLR2004 - the same
        return "V" if code < 0xD7CB else "T"  # noqa: PLR2004 - the same
    return ""
