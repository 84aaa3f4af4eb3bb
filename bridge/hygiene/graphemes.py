"""Finds where a text may be cut without cutting what people see as one letter. Changes nothing.

The rules of Unicode's annex 29 for texts whose joiners are gone already (`variables` drops them). Marks and skin tones
belong to what stands before. Two regional indicators are one flag, Hangul letters build syllables, and a virama binds
the next consonant. Written out here because a cut is all that is needed: the library `regex`, which does all of
it, is 3 MB.
"""

import re
import unicodedata
from itertools import takewhile
from typing import Final

# The viramas that join consonants (InCB=Linker of Unicode 16, without the invisible stackers of rare scripts).
_VIRAMAS: Final = frozenset("\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d\u1039\u17d2\u1a60")
_SPACING: Final = frozenset("\u0e33\u0eb3")  # Thai and Lao AM: letters to Unicode's categories, marks to readers
# Single letters of Hangul: what leads a syllable, and vowels and endings, which never begin one.
_LEADS = re.compile("[\u1100-\u115f\ua960-\ua97c]")
_GOES_ON = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb]")
_HANGUL = re.compile("[\u1100-\u11ff\ua960-\ua97c\uac00-\ud7fb]")


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
        return len(list(takewhile(_is_flag_letter, reversed(text[:place])))) % 2 == 1
    if _GOES_ON.match(char) or (_LEADS.match(before) and _HANGUL.match(char)):
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
