"""Finds the first name in a scraped display name, or finds none. Never guesses: a wrong greeting burns the domain.

About half of all display names hold no usable first name (HYGIENE.md §1). The gate of known given names does most
of the work (§2). `folding` makes letters readable, `reading` takes the text apart, `persons`, `scripts` and `eastern`
judge a piece. Below `THRESHOLD` no name is given, so that the campaign's own `{{firstName|there}}` applies.

The user name never supplies a name. It may confirm one that the display name says, and it may take certainty away.
"""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from bridge.hygiene import ordinary
from bridge.hygiene.names import lists, persons, scripts
from bridge.hygiene.names.casing import cased
from bridge.hygiene.names.folding import CUT, folded
from bridge.hygiene.names.keys import key
from bridge.hygiene.names.persons import THRESHOLD, Rule, Verdict
from bridge.hygiene.names.reading import Reading, is_occupation, piece, taken_apart
from bridge.hygiene.wordlists import words
from bridge.model.making import maker

__all__ = ["LONGEST_RAW", "THRESHOLD", "Rule", "Verdict", "first_name"]

LONGEST_RAW: Final = 100
"""Characters of a display name that is read at all; the longest platform allows fewer."""
_LONGEST_ORNAMENT: Final = 2
_FOR_A_BUSINESS: Final = 0.15
"""How much less sure a given name alone is on a profile that calls itself a business."""

_HANDLE = re.compile(r"@?[A-Za-z0-9]*[._\d][A-Za-z0-9][A-Za-z0-9._]*", re.ASCII)
_SEPARATED = re.compile(r"[,|•·/()–—]|\s-\s")
_TRADEMARK = re.compile("[™®℠©]")
_HAIL = re.compile(
    r"(?i)^(?:hi|hey|hello|hola|hallo|ciao|salut|bonjour|ola|olá),\s*"
    r"(?=(?:i'?m|i am|it'?s|my name is|soy|ich bin|je suis)\s)"
)
_new_verdict = maker(Verdict)
_WORDS = re.compile(r"[\W\d_]+")
_ABOUT: Final = re.compile(
    r"(?:^|[^a-z])(?:fans?|fan_?page|fanclub|fc|updates?|news|quotes|parody|memes?|tribute|unofficial|source|stan|archive|edits?)(?![a-z])|fanpage|fanclub|fansof"
)
# What stands in all that the expression above finds: a look for it spares most user names the search.
_ABOUT_HINT: Final = re.compile("fan|fc|update|news|quotes|parody|meme|tribute|unofficial|source|stan|archive|edit")
_SHOP: Final = re.compile(
    r"shop|store|boutique|bakery|salon|clothing|apparel|restaurant|jewel|collection|brand|gmbh|wholesale|bridal|catering|giftsby|tienda|loja|butik"
)


def first_name(full_name: str, username: str = "", *, business: bool | None = None) -> Verdict:
    """The first and last name in a display name, where they are sure.

    `business` is what the platform says of the profile (None: nothing).
    """
    if len(full_name) > LONGEST_RAW:
        return Verdict("too_long")
    verdict = _read(full_name)
    if username and (verdict.confidence or verdict.rule == "ambiguous"):
        verdict = _beside_username(verdict, full_name, username[:LONGEST_RAW].lower())
    if business and verdict.rule in {"given_name_alone", "other_script"} and not verdict.last:
        verdict = Verdict("business", verdict.confidence - _FOR_A_BUSINESS)
    return verdict if not verdict.first or verdict.sure else replace(verdict, first="", last="")


@lru_cache(maxsize=2_048)  # two routes of one portion
def _read(full_name: str) -> Verdict:
    verdict = _at_a_glance(full_name)
    if verdict is not None:
        return verdict
    if _HANDLE.fullmatch(full_name):
        return Verdict("handle")
    text = folded(full_name)
    bare = text.strip(f"{CUT} ")
    verdict = _at_a_glance(bare) if bare != full_name else None
    if verdict is None:
        reading = taken_apart(text)
        if reading.is_code:
            return Verdict("code")
        if not reading.pieces:
            return Verdict("empty")
        verdict = _first_person(reading)
    # The first look spares most names the split.
    if verdict.confidence and _TRADEMARK.search(full_name) and _TRADEMARK.search(_SEPARATED.split(full_name)[0]):
        return Verdict("brand")
    return verdict


def _at_a_glance(text: str) -> Verdict | None:
    """The plainest name there is, judged without taking it apart: most display names that hold a name are so."""
    plain = ordinary.name(text)
    if plain is None:
        return None
    given, family = plain
    first, last = given.lower(), family.lower()
    front, back = lists.surely(first), lists.surely(last)
    if not front.first:
        return None
    if not last:
        return None if first in words("brands") else _new_verdict("given_name_alone", 0.85, cased(given))
    if not back.last or (front.either and back.either) or given.isupper() != family.isupper():
        return None
    if (both := f"{first} {last}") in words("brands") or both in words("double_given_names"):
        return None
    return _new_verdict("given_name_and_surname", 0.95, cased(given), cased(family))


def _first_person(reading: Reading) -> Verdict:
    """The verdict on the first piece, and what the others say against it."""
    front, *later = reading.pieces
    if "," in front:
        front = _HAIL.sub("", front)
    if "," in front:
        front, *aside = _turned_round([part.strip() for part in front.split(",") if part.strip()])
        later = [*aside, *later]
    verdict = _judged(front)
    if not verdict.confidence and later and is_occupation(front.replace(",", " ").split()):
        return _behind_occupation(later)
    if verdict.confidence and verdict.rule != "last_comma_first":
        objection = _second_thought(verdict, later, reading.asides)
        return Verdict(objection) if objection else verdict
    return verdict


def _turned_round(parts: list[str]) -> list[str]:
    """`Doe, Jane` as `Jane Doe`, and not `Jane, London` and `Jane Doe, MD`."""
    if len(parts) < 2:  # noqa: PLR2004
        return parts or [""]
    if lists.given(key(parts[1].split()[0])) != "sure":
        return parts
    family = piece(parts[0].split()).words
    front = [key(word) for word in family if word.lower() not in lists.PARTICLES]
    is_family = bool(front) and all(map(lists.is_surname, front))
    if is_family and (not lists.given(front[0]) or lists.is_mostly_surname(front[0])):
        return [" ".join((parts[1], *family)), *parts[2:]]
    return parts


def _judged(text: str) -> Verdict:
    """The verdict on one piece."""
    if text.isascii():
        return _at_a_glance(text) or _judged_words(text)
    kind = scripts.script(text.replace(".", " ").replace(",", " ").strip())
    if kind == "" and (written_twice := _written_twice(text.split())):
        return written_twice
    if kind in {"latin", ""}:
        found = piece(text.split())
        verdict = persons.judged(found)
        if kind == "" and verdict.rule == "not_plain" and scripts.has_letters(text):
            # A title or `Official` in Latin letters beside a name in others, or ornaments.
            bare = found.words if len(found.words) < len(text.split()) else _without_ornaments(text.split())
            return _judged(" ".join(bare)) if bare else Verdict("mixed_script")
        return verdict
    return scripts.judged(" ".join(text.replace(".", " ").replace(",", " ").split()), kind)


def _judged_words(text: str) -> Verdict:
    """The verdict on the words of a piece, without what stands around a name."""
    found = piece(text.split())
    bare = " ".join(found.words)
    # Of a given name and a surname a title or an occupation changes nothing.
    verdict = _at_a_glance(bare) if bare != text and len(found.words) > 1 else None
    return verdict or persons.judged(found)


_judged_behind = lru_cache(maxsize=2_048)(_judged)
"""For what stands behind many a name: `MSc`, `Yoga Coach`."""


def _written_twice(written: list[str]) -> Verdict | None:
    """`Sakura さくら`, `Jessie 陳`: words of two scripts, both of them names. The first is the one that is greeted."""
    kinds = [scripts.script(word) for word in written]
    if len(set(kinds)) != 2 or "" in kinds:  # noqa: PLR2004
        return None
    turn = next(place for place, kind in enumerate(kinds) if kind != kinds[0])
    front, behind = _judged(" ".join(written[:turn])), _judged(" ".join(written[turn:]))
    return front if front.confidence and behind.confidence else None


def _without_ornaments(written: list[str]) -> list[str]:
    """The words without a letter or two of another script at each end (`彡 Kevin 彡`); none where there is no such."""
    most = scripts.script(max(written, key=len))
    kept = [
        place for place, word in enumerate(written) if len(word) > _LONGEST_ORNAMENT or scripts.script(word) == most
    ]
    bare = written[kept[0] : kept[-1] + 1] if most and kept else written
    return bare if len(bare) < len(written) else []


def _behind_occupation(later: list[str]) -> Verdict:
    """`HR Manager - Anna Wojcik`: one piece that is surely a person's, and no other."""
    found = [verdict for text in later if (verdict := _judged(text)).confidence]
    if len(found) == 1 and found[0].rule in {"given_name_and_surname", "other_script"} and found[0].last:
        return found[0]
    return Verdict("two_people" if len(found) > 1 else "stop_word")


def _second_thought(verdict: Verdict, later: list[str], asides: tuple[str, ...]) -> Rule | None:
    """What the rest of the display name says against a good first piece."""
    said = " ".join((*later, *asides)).lower()
    if said and _ABOUT.search(said):
        return "about_someone"
    joined = any(aside[:1] in "&+" or lists.joins_two(aside.split()[0]) for aside in asides)
    return "two_people" if joined or any(_is_someone_else(text, verdict) for text in later) else None


def _is_someone_else(text: str, verdict: Verdict) -> bool:
    """Whether another piece names another person. The same name in another script or length does not."""
    other = _judged_behind(text)
    if not other.confidence:
        names = [word for word in text.split()[:2] if not lists.joins_two(word)]
        return other.rule == "two_people" and bool(names) and lists.given(key(names[0])) == "sure"
    if scripts.script(other.first) != scripts.script(verdict.first):
        return False
    return key(other.first) != key(verdict.first) and other.rule != "given_name_and_other"


def _beside_username(verdict: Verdict, full_name: str, username: str) -> Verdict:
    """The verdict once the user name was asked: an account about someone, a shop, or a person after all."""
    if _ABOUT_HINT.search(username) and _ABOUT.search(username):
        return Verdict("about_someone")
    if verdict.rule in {"given_name_alone", "given_name_and_other"} and _SHOP.search(username):
        return Verdict("business")
    if verdict.rule == "ambiguous":
        return _confirmed(full_name, username)
    return verdict


def _confirmed(full_name: str, username: str) -> Verdict:
    """`Grace` beside `grace.whitfield`: the display name says the given name, the user name vouches with a surname."""
    handle = [part for part in _WORDS.split(username) if part]
    said = full_name.strip()
    if len(handle) != 2 or not said.isalpha() or key(said) != handle[0] or lists.given(handle[0]) != "ambiguous":  # noqa: PLR2004
        return Verdict("ambiguous")
    doubts = (words("worldly_surnames").__contains__, lists.is_stop_word, lists.is_everyday)
    if not lists.is_surname(handle[1]) or any(doubt(handle[1]) for doubt in doubts):
        return Verdict("ambiguous")
    return Verdict("confirmed", THRESHOLD, cased(said))
