"""Asks the lists what a word is: given name, surname, everyday word. Holds no rule about whole display names."""

import re
from functools import cache, lru_cache
from typing import Final, Literal

from bridge.hygiene.names.keys import key
from bridge.hygiene.wordlists import words

Given = Literal["sure", "ambiguous", "rare", ""]
"""How well a word is known as a given name: as nothing else, as a word or place too, from one doubtful source, not."""

PARTICLES: Final = frozenset(
    {
        "al",
        "ap",
        "bin",
        "bint",
        "binti",
        "ibn",
        "da",
        "dal",
        "das",
        "de",
        "del",
        "dela",
        "delos",
        "della",
        "den",
        "der",
        "di",
        "do",
        "dos",
    }
    | {"du", "el", "het", "la", "las", "le", "los", "mac", "ni", "san", "st", "ten", "ter", "van", "vd", "von"}
    | {"vom", "zu", "zum", "af", "av"}
)
_JOINERS: Final = frozenset(
    {
        "and",
        "und",
        "y",
        "e",
        "et",
        "og",
        "och",
        "en",
        "i",
        "x",
        "feat",
        "ft",
        "with",
        "con",
        "ja",
        "u",
        "n",
        "ve",
        "mit",
        "avec",
        "met",
        "a",
    }
)
_SHORTEST_SURE: Final = 3
# Endings that only surnames have, and beginnings that only surnames have.
_LIKE_A_SURNAME = re.compile(
    r"(?:o'|d'|mc|al-|el-|akin|ogun|oye|nwa|okon)[a-z]{3,}|[a-z'-]{3,}(?:ski|ska|sky|skyy|skaya|cki|cka|dzki|dzka|wicz|czyk|czak|enko|yenko|chuk|iuk|ovic|ovich|evic"
    r"|evich|ova|eva|sson|sdottir|dottir|escu|eanu|opoulos|opoulou|akis|idis|idou|oglu|zade|yan|shvili|dze|aite|iene|auskas"
    r"|nathan|swamy|murthy|uddin|ullah|mann|meier|meyer|mayer|stein|berg|quist|kvist|strom|gaard|nen|worth|shire|bury|hurst|thwaite|cott|thorpe|combe|shaw|bourne|wick|ridge)"
)
# Endings of words for things and doings, which surnames hardly have.
_LIKE_A_WORD = re.compile(
    r"[a-z]+(?:ing|tion|tions|ology|ness|ment|ments|wear|ware|shop|store|bakery|brewery|grocery|gallery|jewell?ery|eatery|winery|creamery|distillery|artistry|craft|crafts|style|styles|verse|land|world|fit|ful|less|ista|istas|ity|aholic|"
    r"scapes|graphy|grafie|grafia|licious|tastic|mania|life|love|luxe|glow|vibes|tv|yoga|food|foods|eats|diaries|mak|mek)"
)


@cache
def sure_firsts() -> frozenset[str]:
    """Given names that are nothing else, and no title either."""
    return words("given_names") - words("ambiguous_names") - words("stop_words") - words("titles")


@cache
def sure_lasts() -> frozenset[str]:
    """Surnames of three letters and more that mean nothing else in a display name."""
    return (
        words("surnames") - words("stop_words") - words("titles") - words("occupation_modifiers") - PARTICLES - _JOINERS
    )


@lru_cache(maxsize=8_192)
def given(word: str) -> Given:
    """What the key of a word, or of words joined by hyphens, is as a given name."""
    plain = word.replace("'", "")
    if plain in words("given_names") or (is_joined := plain.replace("-", "")) in words("given_names"):
        return "ambiguous" if plain in words("ambiguous_names") or len(plain) < _SHORTEST_SURE else "sure"
    if "-" in plain:
        return _joined([given(part) for part in plain.split("-") if part])
    return "rare" if is_joined in words("rare_given_names") else ""


def _joined(parts: list[Given]) -> Given:
    if not parts or not all(parts):
        return ""
    return "sure" if "sure" in parts else "ambiguous"


@lru_cache(maxsize=8_192)
def is_surname(word: str) -> bool:
    """Whether the key is a known surname or ends like one; of several joined by hyphens, whether all are."""
    plain = word.replace("'", "")
    if plain in words("surnames") or _LIKE_A_SURNAME.fullmatch(word):
        return True
    return "-" in plain and all(map(is_surname, filter(None, plain.split("-"))))


def is_rare_surname(word: str) -> bool:
    """Whether few people bear it: enough beside a given name that nothing else could be."""
    return word.replace("'", "") in words("rare_surnames")


def is_worldly(word: str) -> bool:
    """Whether a surname is an everyday word, so that it says little of a given name that is one too."""
    return word in words("worldly_surnames")


def is_stop_word(word: str) -> bool:
    """Whether the key of a word, or a part of it, speaks of a business, a page or a sentence."""
    stop = words("stop_words")
    return word in stop or ("-" in word and not stop.isdisjoint(word.split("-")))


def is_everyday(word: str) -> bool:
    """Whether the key is a word rather than a surname nobody listed."""
    return word in words("everyday_words") or _LIKE_A_WORD.fullmatch(word) is not None


def joins_two(word: str) -> bool:
    """Whether the word, as written, joins two people. A capital letter alone is an initial: `Jane E Doe`."""
    plain = word.rstrip(".").lower()
    return word in {"&", "+"} or (plain in _JOINERS and (len(plain) > 1 or word.islower()))


def is_double(first: str, second: str) -> bool:
    """Whether two words, as written, are one given name: José Luis, Mary Jane."""
    return f"{key(first)} {key(second)}" in words("double_given_names")
