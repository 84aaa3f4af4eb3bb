"""Finds the first name in a scraped display name, or finds none. Never guesses: a wrong greeting burns the domain.

About half of all display names hold no usable first name (HYGIENE.md §1), and the gate of known given names does most
of the work (§2). The rule is strict on purpose: two or three plain words, the first a given name, nothing that speaks
of a business, a page or two people. A given name alone is not sure either: nothing vouches that "Zara" is a person.
For whatever else is written, the template's `{{firstName|there}}` says it better.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Final, Literal

from bridge.hygiene.characters import without_invisible
from bridge.hygiene.wordlists import words

LONGEST_RAW: Final = 100
"""Characters of a display name that is read at all; the longest platform allows fewer."""
_LONGEST_WORD: Final = 30
_LEAST_NAMES: Final = 2
_MOST_NAMES: Final = 3

Rule = Literal[
    "given_name_and_surname",  # the one that is sure
    "empty",
    "too_long",
    "not_plain",
    "two_people",
    "possessive",
    "stop_word",
    "brand",
    "word_count",
    "no_given_name",
    "ambiguous",
    "surname_first",
    "about_someone",
]

_SEPARATOR = re.compile(r"[|•·∙/\\,:;~()\[\]{}<>\"“”„«»–—_@\n]|(?:^|\s)-+(?=\s|$)")
_LETTERS = "[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]"
_WORD = re.compile(rf"{_LETTERS}+(?:['-]{_LETTERS}+)*")
_INITIAL = re.compile(rf"{_LETTERS}\.?")
_APOSTROPHES = re.compile("[’‘ʼ`´]")
# Letters that NFKD leaves whole and that names are commonly written without.
_PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_BEFORE: Final = frozenset({"dr", "mr", "mrs", "ms", "miss", "prof", "professor", "sir", "herr", "frau", "ing", "dipl"})
_AFTER: Final = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "mba", "esq", "cpa", "rn", "dds", "jd"})
_PARTICLES: Final = frozenset(
    {"al", "ap", "bin", "bint", "da", "dal", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "het"}
    | {"la", "las", "le", "los", "mac", "san", "st", "ten", "ter", "van", "von", "zu"}
)
_JOINERS: Final = frozenset({"and", "und", "y", "e", "et", "og", "och", "en", "i", "x", "feat", "ft", "with", "con"})
# Words of accounts that are about someone.
_ABOUT: Final = frozenset(
    {"fan", "fans", "fanpage", "fanclub", "fc", "updates", "news", "quotes", "parody", "memes", "tribute", "unofficial"}
)
_TRADEMARK = re.compile("[™®℠]")
_NO_LETTERS = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class Name:
    """What a display name gave. `first` and `last` are "" unless `sure`; `rule` says what decided."""

    first: str
    last: str
    rule: Rule
    sure: bool


def first_name(full_name: str, username: str) -> Name:
    """The first and last name in a display name, where they are sure.

    `username` never supplies a name, since "jane.doe.fit" is no name anyone gave; it can only take certainty away.
    """
    if len(full_name) > LONGEST_RAW:
        return _unsure("too_long")
    return _judged(full_name, username[:LONGEST_RAW])


@lru_cache(maxsize=4_096)
def _judged(full_name: str, username: str) -> Name:
    segments = _segments(full_name)
    if not segments:
        return _unsure("empty")
    written = _bare(segments[0].split())
    objection = _objection(written) or _second_thought(segments[1:], username)
    if objection is None and _TRADEMARK.search(full_name):
        objection = "brand"
    return _unsure(objection) if objection else _sure(written)


def _unsure(rule: Rule) -> Name:
    return Name("", "", rule, sure=False)


def _sure(written: list[str]) -> Name:
    last = written[1:]
    names = [word for word in last if not _INITIAL.fullmatch(word)]
    while len(names) > 1 and _is_given(_key(names[0])):
        names = names[1:]
    if len(names) == 1 and _is_given(_key(names[0])) and _key(names[0]) not in words("surnames"):
        names = []  # "Anna Maria": a second given name is no surname
    return Name(_cased(written[0]), " ".join(map(_cased, names)), "given_name_and_surname", sure=True)


# ------------------------------------------------------------------------------------------------------------ reading


def _segments(full_name: str) -> list[str]:
    """What stands between separators, folded. Emoji separate too: "Anna ❤ Tom" are two."""
    text = _APOSTROPHES.sub("'", without_invisible(unescape(full_name)))
    text = text if text.isascii() else _folded(text)
    return [segment for part in _SEPARATOR.split(text) if (segment := part.strip())]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", "".join(map(_letter_or_separator, text)))


def _letter_or_separator(char: str) -> str:
    """Symbols become separators, but for letters in circles and squares; the rest is left to NFKC."""
    if char in "\ufe0e\ufe0f":
        return ""
    if char.isascii() or unicodedata.category(char)[0] != "S":
        return char
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and plain.isalpha() else "|"


def _bare(written: list[str]) -> list[str]:
    """The words without titles before and degrees after them."""
    start, end = 0, len(written)
    while start < end and written[start].rstrip(".").lower() in _BEFORE:
        start += 1
    while end > start and written[end - 1].replace(".", "").lower() in _AFTER:
        end -= 1
    return written[start:end]


def _key(word: str) -> str:
    """The word as the lists have it: lower case, without diacritics."""
    if word.isascii():
        return word.lower()
    whole = unicodedata.normalize("NFKD", word.lower()).translate(_PLAIN_LETTERS)
    return "".join(char for char in whole if not unicodedata.combining(char))


def _is_given(key: str) -> bool:
    """Whether it is a given name and nothing else."""
    return key in words("given_names") and key not in words("ambiguous_names")


# ------------------------------------------------------------------------------------------------------------ judging


def _objection(written: list[str]) -> Rule | None:
    return _not_a_name(written) or _not_a_person(written) or _not_sure(written)


def _second_thought(later: list[str], username: str) -> Rule | None:
    """What the rest of the display name and the user name say against a good first part."""
    said = _NO_LETTERS.split(" ".join((*later, username)).lower())
    if not _ABOUT.isdisjoint(said):
        return "about_someone"
    others = (segment.split() for segment in later)
    return "two_people" if any(_is_given(_key(other[0])) or not _objection(other) for other in others) else None


def _not_a_name(written: list[str]) -> Rule | None:
    if any(word in {"&", "+"} or _joins(word) for word in written):
        return "two_people"
    if not all(_WORD.fullmatch(word) or _INITIAL.fullmatch(word) for word in written[1:]):
        return "not_plain"
    if not written or not _WORD.fullmatch(written[0]) or max(map(len, written)) > _LONGEST_WORD:
        return "not_plain"
    if any(word.lower().endswith("'s") for word in written):
        return "possessive"
    return None


def _joins(word: str) -> bool:
    """Whether the word joins two people. A capital letter alone is an initial: "Jane E Doe"."""
    return word.lower() in _JOINERS and (len(word) > 1 or word.islower())


def _not_a_person(written: list[str]) -> Rule | None:
    keys = [_key(word) for word in written]
    parts = {part for key in keys for part in key.split("-")}
    if parts & words("stop_words"):
        return "stop_word"
    return "brand" if " ".join(keys).replace("-", " ") in words("brands") else None


def _not_sure(written: list[str]) -> Rule | None:
    inner = (word for word in written[1:-1] if word.lower() not in _PARTICLES)
    names = [written[0], *(word for word in (*inner, *written[1:][-1:]) if not _INITIAL.fullmatch(word))]
    if not _LEAST_NAMES <= len(names) <= _MOST_NAMES:
        return "word_count"
    first, last = _key(names[0]), _key(names[-1])
    if not all(part in words("given_names") for part in first.split("-")):
        return "no_given_name"
    if first in words("ambiguous_names") and last.replace("'", "") not in words("surnames"):
        return "ambiguous"
    return "surname_first" if _is_surname_first(names) else None


def _is_surname_first(names: list[str]) -> bool:
    """Whether it may be the family's: `MARTIN Julie` tells by its capitals, `Martin Julie` may be read either way."""
    if names[0].isupper() and not all(name.isupper() for name in names):
        return True
    return _key(names[0]) in words("surnames") and _key(names[-1]) in words("given_names")


# ------------------------------------------------------------------------------------------------------------ writing


def _cased(word: str) -> str:
    """The word as names are written, where it was typed all in capitals or all in small letters."""
    if word.lower() in _PARTICLES and (word.isupper() or word.islower()):
        return word.lower()
    if not (word.isupper() or word.islower()):
        return word
    return re.sub(rf"{_LETTERS}+", lambda part: _capitalised(part[0]), word)


def _capitalised(part: str) -> str:
    part = part.capitalize().replace("i\u0307", "i")  # what Python makes of a Turkish İ inside a word
    # "Mc" always begins a name of its own; "Mac" often does not (Mack, Macy, Macho).
    return f"Mc{part[2:].capitalize()}" if part.startswith("Mc") and len(part) > len("Mc") + 1 else part
