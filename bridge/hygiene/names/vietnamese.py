"""Recognizes Vietnamese names by their words and letters, and which of the words such a person is called by.

At home the family name comes first and the given name last: `Nguyễn Thị Hoa` is called Hoa. Abroad many write the
family name last, and leave the given name its two words: `Anh Tuan Nguyen` is called Anh Tuan.
"""

import re
from typing import Final

from bridge.hygiene.names import lists
from bridge.hygiene.names.casing import cased
from bridge.hygiene.names.keys import key
from bridge.hygiene.wordlists import words

_LETTER = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_PAIR: Final = 2


def is_name(written: list[str]) -> bool:
    """Whether the words are a Vietnamese name: known by what all of them are, or by the letters."""
    first = key(written[0])
    if first in words("vietnamese_surnames") and _is_family_first(written):
        return True
    return first in words("vietnamese_names") and _is_given_first(written)


def called(written: list[str]) -> tuple[str, str] | None:
    """The given and the family name of words that are a Vietnamese name; None where they may be read either way."""
    if _is_family_first(written):
        return _behind_family(written)
    last = key(written[-1])
    is_family = last in words("vietnamese_surnames") and (len(written) > _PAIR or last in lists.PARTICLES)
    family = written[-1:] if is_family else []
    given = written[: len(written) - len(family)]
    if key(given[0]) in lists.MIDDLE:
        given = given[1:]
    if not family and len(given) > 1:  # `Minh Tuấn`; without marks it may be a first and a last name
        given = [] if "".join(written).isascii() else given[-1:]
    return (" ".join(map(cased, given)), " ".join(map(cased, family))) if given else None


def _is_family_first(written: list[str]) -> bool:
    first, *rest = [key(word) for word in written]
    if not rest or first not in words("vietnamese_surnames"):
        return False
    if all(each in words("vietnamese_names") or each in words("vietnamese_surnames") for each in rest):
        return True
    return _LETTER.search("".join(written)) is not None


def _is_given_first(written: list[str]) -> bool:
    """`Anh Tuan Nguyen`, `Trang Le`, `Minh Tuấn`, `Thi Mai`: given names, the family name behind or left out."""
    *given, last = [key(word) for word in written]
    if not given or not words("vietnamese_names") >= set(given):
        return False
    if last in words("vietnamese_surnames") and len(given) > 1:
        return True
    if len(given) == 1 and last in lists.PARTICLES and lists.given(given[0]) == "sure":
        return last in words("vietnamese_surnames")
    return last in words("vietnamese_names") and (given[0] == lists.OF_A_WOMAN or last not in words("surnames"))


def _behind_family(written: list[str]) -> tuple[str, str] | None:
    """Of two surnames, or behind a name of the West's order, it is not known."""
    first, last, pair = key(written[0]), key(written[-1]), len(written) == _PAIR
    if last in words("vietnamese_surnames") and (pair or last not in words("vietnamese_names")):
        return None
    if pair and lists.given(first) and "".join(written).isascii():  # `Hoang Long`, `Mai Linh`: two given names?
        return None
    if lists.given(last) or last in words("vietnamese_names"):
        return cased(written[-1]), cased(written[0])
    return None
