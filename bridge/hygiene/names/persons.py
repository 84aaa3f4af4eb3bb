"""Judges the words of a name in Latin letters: is it a person's, which word is the given name, how sure is that.

A wrong greeting is far worse than none. So a given name that nothing else could be may stand alone; one that is a word,
a place or a brand as well needs a surname that is none; and whatever speaks of a business, a page, a sentence or of
two people is no person's name.
"""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final, Literal

from bridge.hygiene.names import lists, vietnamese
from bridge.hygiene.names.casing import cased
from bridge.hygiene.names.keys import key
from bridge.hygiene.names.lists import PARTICLES
from bridge.hygiene.names.reading import Piece
from bridge.hygiene.wordlists import pattern, words
from bridge.lazy import dataclass

# fmt: off
Rule = Literal[
    # What greets: an override is what the operator wrote, and confirmed is what the user name vouches for.
    "given_name_and_surname", "given_name_and_other", "given_names", "given_name_and_initial", "given_name_alone",
    "double_given_name", "family_name_first", "last_comma_first", "other_script", "override", "confirmed",
    # What speaks against a greeting.
    "empty", "too_long", "not_plain", "code", "handle", "mixed_script", "unknown_script", "two_people", "possessive",
    "stop_word", "everyday_word", "brand", "business", "word_count", "no_given_name", "ambiguous", "surname_first",
    "about_someone",
]
# fmt: on

THRESHOLD: Final = 0.75
"""The least confidence with which a person is greeted."""
_LETTERS: Final = "[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ\u0300-\u036f]"
WORD = re.compile(rf"{_LETTERS}+(?:['-]{_LETTERS}+)*")
_INITIAL = re.compile(r"[^\W\d_]\.?|[^\W\d_]\.-?[^\W\d_]\.")
_POSSESSIVE = re.compile(r"(?i).*(?:'s|s')")
_LONGEST_WORD: Final = 30
_MOST_WORDS: Final = 7
_MOST_NAMES: Final = 5
# Particles that stand in sentences too, unlike "van der" and "von".
_LOOSE_PARTICLES: Final = frozenset(
    {"de", "da", "do", "das", "dos", "del", "della", "di", "du", "la", "las", "le", "los", "el", "al", "st", "san"}
)
_FIRM_PARTICLES: Final = frozenset({"van", "von", "vom", "bin", "ibn", "bint", "binti", "ap"})
_KOREAN = re.compile("[A-Z][a-z]{1,4}-[A-Za-z][a-z]{1,4}")
_KOREAN_SYLLABLE = pattern("{0}", "korean_syllables")
_KOREAN_JOINED = pattern("(?:{0}){{2}}", "korean_syllables")
_KOREAN_OPEN = pattern("(?:{0}|ka|na|ra|ye)(?:{0}|ah|na|ra|ri|rang|a)", "korean_syllables")
"""Korean given names of two syllables in one word. Open ones end western names too: behind Kim they say nothing."""
_MOST_UNKNOWN: Final = 2
_TITLED: Final = 0.8
"""How sure the first of two given names is behind a doctor's or professor's title."""
_LONG_SURNAME: Final = 5
"""Letters of an eastern surname that is hardly a given name as well: Tanaka, not Lin."""
_PAIR: Final = 2
_SHORTEST: Final = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a display name or a piece of it says: the names as they are written, and how sure that is, from 0 to 1.

    `rule` says what decided. What `names.first_name` returns has names only where it is `sure`.
    """

    rule: Rule
    confidence: float = 0.0
    first: str = ""
    last: str = ""

    @property
    def sure(self) -> bool:
        """Whether people may be greeted so."""
        return self.confidence >= THRESHOLD


def judged(piece: Piece) -> Verdict:
    """The verdict on a piece in Latin letters. Confidence is 0 where the rule is an objection."""
    written = list(piece.words)
    if len(written) == 1 and "-" in written[0] and not lists.given(key(written[0])):
        return _hyphenated(written[0])
    objection = _objection(written)
    if objection is not None:
        return Verdict(objection)
    verdict = _person(written)
    # "Mrs. Anna", "Farmer Joe", "Frisör Eva", "Dr. Martin": a part that is played, a shop, or a surname.
    doubtful = piece.addressed or piece.works or (piece.titled and lists.is_surname(key(written[0])))
    if doubtful and len(written) == 1:
        return Verdict("ambiguous")
    if piece.titled and not doubtful:
        verdict = _behind_title(verdict, written)
    if piece.official and verdict.rule not in {"given_name_and_surname", "family_name_first"}:
        return Verdict("stop_word")
    return verdict


def _behind_title(verdict: Verdict, written: list[str]) -> Verdict:
    """What a title adds: it is one person, whose given name comes first, as offices write it.

    So in `Prof. Uwe Zander` a surname that is a given name too is no second person. In `Dra. Carolina Espíndola` a
    surname makes the word before it a given name.
    """
    if verdict.rule == "given_names" and key(written[0]) not in words("family_first"):
        return replace(verdict, confidence=max(verdict.confidence, _TITLED))
    first, last = key(written[0]), key(written[-1])
    known = lists.is_surname(last) or (lists.is_rare_surname(last) and not lists.is_everyday(last))
    doubted = verdict.rule == lists.given(first) == "ambiguous" and len(written) == _PAIR
    if doubted and known and not lists.is_mostly_surname(first):
        return Verdict("given_name_and_surname", _TITLED, *map(cased, written))
    return verdict


def _hyphenated(word: str) -> Verdict:
    """`John-Smith`: a given name and a surname in one word, or no name."""
    parts = [part for part in word.split("-") if part]
    sure = len(parts) > 1 and lists.given(key(parts[0])) == "sure"
    verdict = judged(Piece(tuple(parts))) if sure else Verdict("not_plain")
    return verdict if verdict.rule == "given_name_and_surname" else Verdict(_objection([word]) or "no_given_name")


def _objection(written: list[str]) -> Rule | None:
    if lists.join_two(written):
        return "two_people"
    letters = "".join(written)
    if not (letters.isascii() and letters.isalpha()):
        plain = bool(written) and all(WORD.fullmatch(word) or _INITIAL.fullmatch(word) for word in written)
        if not plain or not WORD.fullmatch(written[0]):
            return "not_plain"
    if max(map(len, written)) > _LONGEST_WORD:
        return "not_plain"
    if len(written) > _MOST_WORDS:
        return "word_count"
    if "'" in letters and any(map(_POSSESSIVE.fullmatch, written)):
        return "possessive"
    return _business(written, [key(word) for word in written])


def _business(written: list[str], keys: list[str]) -> Rule | None:
    """What speaks of a business, a page or a sentence. A given name in front is asked later how sure it is."""
    spoken = " ".join(keys).replace("-", " ")
    if spoken in words("brands") or " ".join(keys[:2]) in words("brands"):
        return "brand"
    tail = [
        each
        for each, word in zip(keys[1:], written[1:], strict=True)
        if each not in PARTICLES and not _INITIAL.fullmatch(word)
    ]
    if keys[0] in words("titles") and len(written) > 1:
        return "stop_word"
    # An, Do, To and Ta are Vietnamese names as well: "Nguyễn Văn An".
    if len(keys) > _PAIR and vietnamese.is_name(written) and not (written[0].isascii() and lists.is_stop_word(keys[0])):
        return None
    if any(map(lists.is_stop_word, tail)) or (lists.is_stop_word(keys[0]) and not (lists.given(keys[0]) and tail)):
        return "stop_word"
    return None


def _person(written: list[str]) -> Verdict:
    if vietnamese.is_name(written):
        called = vietnamese.called(written)
        return Verdict("family_name_first", 0.8, *called) if called else Verdict("surname_first")
    names = [written[0], *(word for word in written[1:] if key(word) not in PARTICLES)]
    keys = [key(word) for word in names if not _INITIAL.fullmatch(word)]
    if not keys or len(keys) > _MOST_NAMES or _INITIAL.fullmatch(written[0]):
        return Verdict("word_count")
    fathers = not _FIRM_PARTICLES.isdisjoint(map(key, written))  # `Farah binti Osman`: no family's name comes first
    if not lists.given(keys[0]) or (not fathers and _is_turned(names, keys)):
        return Verdict("no_given_name") if fathers else _family_first(names, keys)
    if len(written) == 1:
        sure = lists.given(keys[0]) == "sure" and not lists.is_stop_word(keys[0])
        return Verdict("given_name_alone", 0.85, cased(written[0])) if sure else Verdict("ambiguous")
    if len(keys) == 1:
        return _with_initial(written, keys[0])
    return _in_order(written, keys)


def _with_initial(written: list[str], name: str) -> Verdict:
    """`Olivier D.`: a person who hides the surname. A particle alone says nothing."""
    confidence = {"sure": 0.85, "ambiguous": 0.7}.get(lists.given(name), 0.0)
    if not confidence or key(written[-1]) in PARTICLES or len(name) < _SHORTEST:
        return Verdict("ambiguous")
    return Verdict("given_name_and_initial", confidence, cased(written[0]))


def _in_order(written: list[str], keys: list[str]) -> Verdict:
    """A given name first, and at least one more word that is neither a particle nor an initial."""
    kind, last, tail = lists.given(keys[0]), keys[-1], keys[1:]
    if lists.is_stop_word(keys[0]):
        kind = "ambiguous"
    first, rest = _split(written)
    if _is_family_alone(written[0], keys):
        return Verdict("surname_first")
    if kind == "sure":
        return _sure_given(written, keys, first, rest)
    worldly = last in words("worldly_surnames") or lists.is_everyday(last)
    if lists.is_surname(last) and not worldly and not any(map(_is_unknown, tail)):
        return Verdict("given_name_and_surname", 0.85, first, rest)
    if kind == "ambiguous" and len(tail) == 1 and _is_nothing_else(keys[0], written):
        return Verdict("given_name_and_other", 0.76, first, rest)
    if kind == "ambiguous" and len(tail) == 1 and last in words("middle_names") and lists.given(last) == "sure":
        return Verdict("given_names", 0.75, first)
    return Verdict("ambiguous")


def _is_family_alone(word: str, keys: list[str]) -> bool:
    """`Garcia Lopez`, `Al Harbi`, `Al dente`: two surnames, or a particle with its surname, and no given name."""
    if word.lower() in PARTICLES:
        return keys[-1] not in words("english_surnames")
    mostly = lists.is_mostly_surname(keys[0]) and lists.given(keys[0]) == "ambiguous"
    return (mostly or lists.is_patronymic(keys[0])) and len(keys) == _PAIR and keys[1] in words("english_surnames")


def _sure_given(written: list[str], keys: list[str], first: str, rest: str) -> Verdict:
    tail = keys[1:]
    if first.count(" ") and len(tail) == 1:
        return Verdict("double_given_name", 0.9, first)
    unknown = [each for each in tail if _is_unknown(each)]
    if unknown:
        confidence = _with_unknown(written, unknown, bare=not _is_marked(written))
        return Verdict("given_name_and_other", confidence, first, rest) if confidence else Verdict("everyday_word")
    if lists.is_surname(keys[-1]) or _is_marked(written[1:]):
        pun = _is_pun(written[1:-1], keys[-1])
        return Verdict("ambiguous") if pun else Verdict("given_name_and_surname", 0.95, first, rest)
    if len(keys) == _PAIR and key(written[1]) in {"de", "di"}:  # before a forefather's given name: Giancarlo De Luca
        return Verdict("given_name_and_surname", 0.85, first, rest)
    return _two_given_names(written, keys, first)


def _two_given_names(written: list[str], keys: list[str], first: str) -> Verdict:
    """Two given names may be two people, or a name written family first; mostly the second is a surname."""
    # `Frida Kahlo Art`, `Rosa Bianca`
    if (len(keys) > _PAIR and lists.given(keys[-1]) != "sure") or keys[-1] in words("adjectives_behind_names"):
        return Verdict("ambiguous")
    if keys[-1] in words("middle_names") or keys[0] in words("first_of_several") or first.count(" "):
        return Verdict("given_names", 0.8, first)
    # `Jessica Alva`, not `Dolce Vita`: in the place of a surname it is no other word.
    word = not written[-1][0].isupper() or lists.is_everyday(keys[-1]) or keys[-1] in words("never_vouched")
    plain = keys[0] not in words("family_first") and (lists.given(keys[-1]) == "sure" or not word)
    return Verdict("given_names", 0.76 if plain else 0.6, first)


def _is_nothing_else(given: str, written: list[str]) -> bool:
    """`Grace Oduya`: beside a name that is a word too, one that no list has and that is made of no other words."""
    family = key(written[-1])
    if len(given) < _SHORTEST or given in words("never_vouched") or lists.is_stop_word(given):
        return False
    unknown = _is_unknown(family) and not lists.is_everyday(family)
    likely = unknown and written[-1][0].isupper() and not _is_loose(written)
    return likely and len(family) >= _LONG_SURNAME and not lists.is_compound(family)


def _is_pun(between: list[str], last: str) -> bool:
    """`Barb E. Cue`, `Chris P. Bacon`: an initial before a surname that is a word is as often a joke as a name."""
    said = bool(between) and _INITIAL.fullmatch(between[-1]) is not None
    return said and (last in words("worldly_surnames") or lists.is_everyday(last))


def _is_marked(written: list[str]) -> bool:
    """Whether an initial or a particle that only names have shows the words to be a name."""
    return any(key(word) in _FIRM_PARTICLES or _INITIAL.fullmatch(word) for word in written)


def _with_unknown(written: list[str], unknown: list[str], *, bare: bool) -> float:
    """How sure a given name is beside words that no list of common names knows: "Laura Hollenbeck", "Laura Lately".

    `bare` says that neither an initial nor a particle shows them to be a name.
    """
    if (bare and len(unknown) > _MOST_UNKNOWN) or _is_pun(written[1:-1], unknown[-1]):
        return 0.0
    if any(map(lists.is_everyday, unknown)) and _FIRM_PARTICLES.isdisjoint(map(key, written)):
        return 0.0
    rare = lists.is_rare_surname(written[-1].lower())
    # "Ana viaja", "Mãe de Dois": a surname that no list has would be written with a capital.
    if any(word[0].islower() for word in written[1:] if key(word) not in PARTICLES) and not rare:
        return 0.0
    if _is_loose(written):  # an Arabic El is written large: "Yasmine El Khatabi"
        return 0.0
    return 0.8 if not bare or rare else 0.78


def _is_loose(written: list[str]) -> bool:
    """Whether a particle that sentences have too stands small between the words: `Flor de Canela`."""
    return any(key(word) in _LOOSE_PARTICLES and not word[0].isupper() for word in written)


def _is_unknown(name: str) -> bool:
    return not lists.is_surname(name) and not lists.given(name)


def _split(written: list[str]) -> tuple[str, str]:
    """First and last name, as they are to be written. Further given names and initials go with neither."""
    size = 2 if len(written) > 1 and lists.is_double(written[0], written[1]) else 1
    rest = [word for word in written[size:] if not _INITIAL.fullmatch(word)]
    while (
        len(rest) > 1
        and lists.given(key(rest[0])) == "sure"
        and key(rest[1]) not in PARTICLES
        and not lists.is_surname(key(rest[0]))
    ):
        rest = rest[1:]
    return " ".join(map(cased, written[:size])), " ".join(map(cased, rest))


# ------------------------------------------------------------------------------------------------- family name first


def _is_turned(names: list[str], keys: list[str]) -> bool:
    """Whether the family's name may come first though it is a given name too: `MARTIN Julie`, `Martin Julie`."""
    if len(keys) < _PAIR or lists.is_double(names[0], names[1]):
        return False
    first, last, known = keys[0], keys[-1], lists.is_surname(keys[-1])
    if _is_loud(names) or _is_korean(keys) or (first in words("family_first") and _is_chinese(names, keys)):
        return True
    return (
        lists.is_surname(first) and bool(lists.given(last)) and not known and first not in words("given_before_given")
    )


def _is_loud(names: list[str]) -> bool:
    """`MARTIN Julie`: the family's name, as offices write it."""
    return len(names[0]) > 1 and names[0].isupper() and not any(map(str.isupper, names[1:]))


def _is_chinese(names: list[str], keys: list[str]) -> bool:
    """`Li Wei`, which may be read either way, `Qiu Zhiyuan`, and given names joined by a hyphen: `Park Ji-woo`."""
    last = keys[-1]
    if _KOREAN.fullmatch(names[-1]) or len(keys) != _PAIR:
        return len(keys) == _PAIR or _KOREAN.fullmatch(names[-1]) is not None
    joined = not lists.given(last) and not lists.is_surname(last) and _is_joined_chinese(last)
    return joined or words("chinese_syllables") >= set(keys)


@lru_cache(maxsize=2_048)
def _is_joined_chinese(word: str) -> bool:
    """`Zhiyuan`: two syllables in one word."""
    syllables = words("chinese_syllables")
    return any(word[:place] in syllables and word[place:] in syllables for place in range(1, len(word)))


def _is_korean(keys: list[str]) -> bool:
    """`Kim Minseo`: known by the syllables, since Kim is a given name elsewhere."""
    if len(keys) != _PAIR or keys[0] not in words("korean_surnames"):
        return False
    if keys[0] != "kim" and _KOREAN_OPEN.fullmatch(keys[1]):
        return True
    return _is_syllable(keys[1]) or (not lists.is_surname(keys[1]) and _KOREAN_JOINED.fullmatch(keys[1]) is not None)


def _is_syllable(word: str) -> bool:
    """Whether the word is half a Korean given name: `Kim Jin` may be called Jin or Kim."""
    return _KOREAN_SYLLABLE.fullmatch(word) is not None


def _family_first(names: list[str], keys: list[str]) -> Verdict:
    """`Kovács Eszter`, `Tanaka Kenji`, `DUBOIS Jean`. Where it may be read either way, no name is given."""
    if len(keys) == 1 or any(map(_INITIAL.fullmatch, names)) or not lists.is_surname(keys[0]):
        return Verdict("no_given_name")
    if keys[0] in words("family_first"):
        return _eastern(names, keys)
    if len(keys) == _PAIR and lists.given(keys[1]) == "sure" and _is_loud(names):
        return Verdict("family_name_first", 0.85, cased(names[1]), cased(names[0]))
    return Verdict("surname_first" if lists.given(keys[0]) else "no_given_name")


def _eastern(names: list[str], keys: list[str]) -> Verdict:
    """`Tanaka Kenji`, `Kim Minseo`, `Qiu Zhiyuan`, `Tan Mei Ling`; two that may each be either give none."""
    given = names[1:] if len(keys) == 3 and set(keys[1:]) <= words("chinese_syllables") else names[-1:]  # noqa: PLR2004
    sure = len(given) > 1 or (len(keys) == _PAIR and _is_eastern_given(names[-1], *keys))
    return (
        Verdict("family_name_first", 0.8, " ".join(map(cased, given)), cased(names[0]))
        if sure
        else Verdict("surname_first")
    )


def _is_eastern_given(word: str, family: str, given: str) -> bool:
    if _is_syllable(given) and family in words("korean_surnames"):
        return False
    if _KOREAN.fullmatch(word) or _is_korean([family, given]) or (_is_joined_chinese(given) and not lists.given(given)):
        return True
    if lists.is_surname(given) and (word.isascii() or lists.given(family)):
        return False
    return lists.given(given) == "sure" and (not lists.given(family) or len(family) >= _LONG_SURNAME)
