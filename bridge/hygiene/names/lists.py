"""Asks the lists what a word is: given name, surname, everyday word. Holds no rule about whole display names."""

import re
from functools import cache, lru_cache
from typing import Final, Literal, NamedTuple

from bridge.hygiene.names.keys import key
from bridge.hygiene.wordlists import lines, pattern, words

Given = Literal["sure", "ambiguous", "rare", ""]
"""How well a word is known as a given name: as nothing else, as a word or place too, from one doubtful source, not."""

PARTICLES: Final = frozenset(words("particles"))
_JOINERS: Final = words("joiners")
_BETWEEN: Final = frozenset({"dan", "na"})
"""Words that join two people where they stand small between other words: in Indonesia, in East Africa."""
OF_A_WOMAN: Final = "thi"
MIDDLE: Final = frozenset({OF_A_WOMAN, "van"})
"""Middle words of a Vietnamese woman's and man's name. They are hardly a given name."""
_SHORTEST_SURE: Final = 3
_SHORTEST_DOUBLED: Final = 6
_DOUBLED = re.compile(r"([aeiou])\1(?!\1)")
_LIKE_A_SURNAME = pattern(r"(?:{0})[a-z]{{3,}}|[a-z'-]{{3,}}(?:{1})", "surname_beginnings", "surname_endings")
# What only given names begin or end with, in languages that make ever new ones: Yoruba, Igbo, Arabic, Punjabi, Kazakh.
_LIKE_A_GIVEN_NAME = re.compile(
    r"oluwa[a-z]{3,}|abd(?:el|al|ul|ur|our|oul|es|er|us)[a-z]{4,}|chukwu[a-z]{3,}|[a-z]{3,}chukwu"
    r"|(?:ali|amir|hamid|moham+ad|gholam|ahmad)(?:reza|hos+ein|hus+ein|ali|moham+ad|hasan)"
    r"|[a-z]{3,}(?:preet|deep|jot|jeet|winder|jinder|vinder|vardhan|zhan|bek|nurgul)"
)
_LIKE_A_WORD = pattern("[a-z]+(?:{0})", "word_endings")


class Sure(NamedTuple):
    """What a word is beside nothing else in a display name: `first` a given name, `last` a surname.

    A given name is no title, no middle name and no family name that may come first. `either`: the lists of given names
    and of surnames both have it.
    """

    first: bool
    last: bool
    either: bool


@lru_cache(maxsize=4_096)
def surely(word: str) -> Sure:
    """What the word is for certain."""
    given, family = word in words("given_names"), word in words("surnames")
    return Sure(given and word not in _never_first(), family and word not in _never_last(), given and family)


@cache
def _never_first() -> frozenset[str]:
    others = ("ambiguous_names", "stop_words", "titles", "vietnamese_surnames")
    return MIDDLE.union(*map(words, others), filter(is_patronymic, words("english_surnames")), PARTICLES)


@cache
def _never_last() -> frozenset[str]:
    return PARTICLES.union(*map(words, ("stop_words", "titles", "occupation_modifiers")), _JOINERS)


@lru_cache(maxsize=8_192)
def given(word: str) -> Given:
    """What the key of a word, or of words joined by hyphens, is as a given name."""
    plain = word.replace("'", "")
    if plain in words("given_names") or (is_joined := plain.replace("-", "")) in words("given_names"):
        return "ambiguous" if plain in words("ambiguous_names") or len(plain) < _SHORTEST_SURE else "sure"
    if "-" in plain:
        return _joined([part for part in plain.split("-") if part])
    if (_LIKE_A_GIVEN_NAME.fullmatch(plain) or surely(_without_doubles(plain)).first) and not is_everyday(plain):
        return "sure"
    return "rare" if is_joined in words("rare_given_names") else ""


def _without_doubles(word: str) -> str:
    """`Adnaan`, `Iqbaal`: as written with single vowels; "" where none is double."""
    single = _DOUBLED.sub(lambda run: run[0][0], word) if len(word) >= _SHORTEST_DOUBLED else word
    return single if single != word else ""


def _joined(parts: list[str]) -> Given:
    """What given names joined by a hyphen are: one name only where they are known to be joined, `Anna-Lena`.

    `Tim-Anna` may be two people, `John-Smith` a surname's hyphen.
    """
    kinds = [given(part) for part in parts]
    if len(parts) == 2 and "" in kinds and words("chinese_syllables") >= set(parts):  # noqa: PLR2004
        return "ambiguous"  # `Hsiao-Wen Lee`, but `Feng-Shui`
    if len(parts) != 2 or not all(kinds) or not _are_joined(*parts):  # noqa: PLR2004
        return ""
    return "sure" if "sure" in kinds else "ambiguous"


def _are_joined(first: str, second: str) -> bool:
    syllables = words("chinese_syllables")
    return (
        f"{first} {second}" in words("double_given_names")
        or any(second in seconds and (first in firsts or not firsts) for firsts, seconds in _hyphened())
        or (first in syllables and second in syllables)
    )


@cache
def _hyphened() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    halves = (line.partition(":") for line in lines("hyphen_names"))
    return tuple((frozenset(firsts.split()), frozenset(seconds.split())) for firsts, _, seconds in halves)


@lru_cache(maxsize=8_192)
def is_surname(word: str) -> bool:
    """Whether the key is a known surname or ends like one; of several joined by hyphens, whether all are."""
    plain = word.replace("'", "")
    if plain in words("surnames") or _LIKE_A_SURNAME.fullmatch(word):
        return True
    return "-" in plain and all(map(is_surname, filter(None, plain.split("-"))))


def is_mostly_surname(word: str) -> bool:
    """Whether few bear the surname as a given name: `Thompson, Laura`, not `Taylor, Anna`."""
    return word in words("english_surnames") and word not in words("given_before_given")


def is_patronymic(word: str) -> bool:
    """Whether a mostly-surname is a Spanish one in -ez, of which people bear two: `Marquez Torres`."""
    return word.endswith("ez") and is_mostly_surname(word)


def is_rare_surname(word: str) -> bool:
    """Whether few people bear it: enough beside a given name that nothing else could be."""
    return word.replace("'", "") in words("rare_surnames")


def is_stop_word(word: str) -> bool:
    """Whether the key of a word, or a part of it, speaks of a business, a page or a sentence."""
    stop = words("stop_words")
    return word in stop or ("-" in word and not stop.isdisjoint(word.split("-")) and not is_surname(word))


@lru_cache(maxsize=2_048)
def is_everyday(word: str) -> bool:
    """Whether the key is a word rather than a surname that no list has."""
    return word in words("everyday_words") or _LIKE_A_WORD.fullmatch(word) is not None


@lru_cache(maxsize=2_048)
def is_compound(word: str) -> bool:
    """Whether the key is two everyday words written together: "glowhouse", "cakeland", but "ashgrove" too."""
    known = (words("everyday_words"), words("stop_words"), words("worldly_surnames"), words("ambiguous_names"))
    halves = ((word[:place], word[place:]) for place in range(3, len(word) - 2))
    return any(all(any(half in each for each in known) for half in pair) for pair in halves)


def joins_two(word: str) -> bool:
    """Whether the word, as written, joins two people. A capital letter alone is an initial: `Jane E Doe`."""
    plain = word.rstrip(".").lower()
    return word in {"&", "+"} or (plain in _JOINERS and (len(plain) > 1 or word.islower()))


def join_two(written: list[str]) -> bool:
    """Whether any of the words, as written, joins two people."""
    return any(map(joins_two, written)) or not _BETWEEN.isdisjoint(written[1:-1])


def is_double(first: str, second: str) -> bool:
    """Whether two words, as written, are one given name: José Luis, Mary Jane, Sri Lakshmi.

    Sri is a given name (Java) or honours the one behind it (India): with that it is right for both.
    """
    if key(first) == "sri":
        return given(key(second)) == "sure"
    return f"{key(first)} {key(second)}" in words("double_given_names")
