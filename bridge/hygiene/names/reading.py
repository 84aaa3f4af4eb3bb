"""Takes a folded display name apart: pieces between separators, asides in brackets, words without titles.

It says what is written where, and judges no name.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from bridge.hygiene.names import lists
from bridge.hygiene.names.folding import CUT
from bridge.hygiene.names.keys import key
from bridge.hygiene.wordlists import lines, pattern, words
from bridge.lazy import dataclass

_PRONOUNS = re.compile(
    r"(?i)\b(?:she|he|they|her|him|ella|él|elle|elles|iel|sie|er|ela|ele|lei|lui|hen|hon|han|ona|on|any)"
    r"\s*/\s*(?:\w+)(?:\s*/\s*\w+)*"
)
_ASIDE = re.compile(
    r"\(([^()]*)\)|\[([^\[\]]*)\]|[\"“”„«»「『【]([^\"“”„«»「」『』【】]*)[\"“”«»」』】]|(?<!\S)'([^']+)'(?!\S)"
)
_OPENS = re.compile(r"[(\['\"“”„«»「『【]")
_MENTION = re.compile(r"@[\w.]*|(?<=\s)#\w+")
_SEPARATOR = re.compile(
    r"[|•·∙・/\\;:~()\[\]\"“”„«»「」『』【】—–…\n]+|\.{2,}|(?:^|\s)-+(?=\s|$)|(?<=\s)[×xX](?=\s{2})"
)
_PEERS = re.compile(r"([^\W\d_]+)\s*/\s*([^\W\d_]+)")
_BORN = re.compile(r"\s(?:née|nee|né|geb\.|geborene|roz\.)\s+[A-ZÀ-ÞĀ-Ž].*", re.DOTALL)
"""The family's name of earlier days: `Megan Foster née Blythe`."""
_LONGEST_WORK: Final = 3
_LONG_OCCUPATION: Final = 8
_LONG_COMPOUND: Final = 12
_PAIR: Final = 2
_EDGES: Final = " .,!?*-_^'#=$%+"
_NEVER = re.compile(r"[{}<>]|\d{5,}|\);|://|\bwww\.|[\w.]@\w")
_GREETING = pattern("(?:{0}) (?=.)", "greetings")


@dataclass(frozen=True, slots=True)
class Reading:
    """A display name taken apart: its pieces in order, the asides in brackets and quotes, or why it cannot be read."""

    pieces: tuple[str, ...]
    asides: tuple[str, ...]
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """The words of a piece that remain beside titles, degrees, occupations and greetings, and what those were.

    `addressed` (Mr, Frau) and `titled` (Dr.) say how the name began, `official` that the piece calls itself so, `works`
    that an occupation stood before it.
    """

    words: tuple[str, ...]
    addressed: bool = False
    titled: bool = False
    official: bool = False
    works: bool = False


def taken_apart(text: str) -> Reading:
    """The pieces of a folded display name. Asides that stand within a name do not part it: `Robert "Bob" Tanner`."""
    if not text.replace(" ", "").isalpha() and _NEVER.search(text):
        return Reading((), (), is_code=True)
    text = _BORN.sub("", text)
    if (
        "/" in text and (peers := _PEERS.fullmatch(text)) and not _is_said_of(key(peers[2]))
    ):  # `Anna / Marek`, but `Anna / travel`
        return Reading((f"{peers[1]} & {peers[2]}",), ())
    if text.replace(" ", "").isalpha():
        return Reading((text.strip(),), ())
    text = _MENTION.sub(CUT, _PRONOUNS.sub(CUT, text)) if "/" in text or "@" in text or "#" in text else text
    asides: list[str] = []

    def without(found: re.Match[str]) -> str:
        asides.append(next((group for group in found.groups() if group), "").strip())
        before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip()
        return " " if before[-1:].isalpha() and after[:1].isalpha() else CUT

    bare = _ASIDE.sub(without, text) if _OPENS.search(text) else text
    pieces = tuple(filter(None, map(_trimmed, _SEPARATOR.split(bare))))
    if not pieces and len(asides) == 1:  # the whole name in quotes
        return Reading((_trimmed(asides[0]),) if _trimmed(asides[0]) else (), ())
    return Reading(pieces, tuple(filter(None, asides)))


def _trimmed(text: str) -> str:
    """The text without what decorates its ends; signs of other scripts count as decoration, plain digits do not."""
    text = text.strip(_EDGES)
    if text.isascii():
        return text
    kept = [place for place, word in enumerate(text.split()) if word.isascii() or any(map(str.isalpha, word))]
    return " ".join(text.split()[kept[0] : kept[-1] + 1]).strip(_EDGES) if kept else ""


def piece(written: list[str]) -> Piece:
    """The words without what stands around a name."""
    bare = [stripped for word in written if (stripped := word.strip(",!?*"))]
    keys = [key(word.replace(".", "")) for word in bare]
    if _surroundings().isdisjoint(keys) and not any(map(_is_compound_work, keys)):
        return Piece(tuple(bare))
    rest = _without_greeting(bare)
    named = without_end(rest, lambda word: key(word) in words("farewells") and word != "X")
    official = len(named) < len(rest) and any(key(word) in words("official") for word in rest[len(named) :])
    bare, addressed, titled = _without_titles(named)
    bare = without_end(bare, _is_degree)
    rest = _without_occupation(bare)
    played = bool(rest) and rest[0] is not bare[0] and key(bare[0]) not in words("coaches")
    return Piece(tuple(rest), addressed, titled, official, played)


@cache
def _surroundings() -> frozenset[str]:
    """Everything that is cut off around a name: most names stand alone, and need no closer look."""
    names = ("farewells", "honorifics", "forms_of_address", "degrees", "occupations")
    shortened = (each.replace(".", "") for each in words("shortened_names"))
    return frozenset().union((line.split()[0] for line in lines("greetings")), shortened, *map(words, names))


def _is_said_of(word: str) -> bool:
    """Whether the word says what a person does or writes about."""
    said = _is_work(word) or word in words("everyday_words") or word in words("stop_words")
    return said and not lists.given(word)


def is_occupation(written: list[str]) -> bool:
    """Whether the words say what a person does, and nothing else."""
    keys = [key(bare) for word in written if (bare := word.strip(".,&"))]
    return any(map(_is_occupation, keys)) and all(_is_work(each) or each in {"at", "and"} for each in keys)


def _is_work(word: str) -> bool:
    return _is_occupation(word) or word in words("occupation_modifiers")


def _is_occupation(word: str) -> bool:
    return word in words("occupations") or _is_compound_work(word)


def _is_compound_work(word: str) -> bool:
    """`Hochzeitsfotografin`: German joins what narrows an occupation with it."""
    return len(word) >= _LONG_COMPOUND and word.endswith(_long_occupations())


@cache
def _long_occupations() -> tuple[str, ...]:
    return tuple(sorted(word for word in words("occupations") if len(word) >= _LONG_OCCUPATION))


def _without_greeting(written: list[str]) -> list[str]:
    greeting = _GREETING.match(" ".join(written).lower())
    return written[len(greeting[0].split()) :] if greeting else written


def without_end(written: list[str], is_extra: Callable[[str], bool]) -> list[str]:
    """The words without those at the end that are extra; the first stays."""
    end = len(written)
    while end > 1 and is_extra(written[end - 1]):
        end -= 1
    return written[:end]


def _without_titles(written: list[str]) -> tuple[list[str], bool, bool]:
    start, addressed, titled = 0, False, False
    while start < len(written) - 1:
        word = key(written[start].replace(".", ""))
        if written[start].lower() in words("shortened_names"):
            pass  # it says nothing of a title
        elif word in words("forms_of_address"):
            addressed = True
        elif word in words("honorifics"):
            titled = True
            addressed |= word in words("played_titles")
        else:
            break
        start += 1
    return written[start:], addressed, titled


def _is_degree(word: str) -> bool:
    plain = word.replace(".", "").replace(",", "")
    return plain.lower() in words("degrees") and (plain.isupper() or plain.lower() not in words("capital_degrees"))


def _without_occupation(written: list[str]) -> list[str]:
    """`Personal Trainer Ana`, `Ana Wedding Photographer`: an occupation and what narrows it, at one end."""
    keys = [key(word) for word in written]
    sizes = range(min(_LONGEST_WORK, len(keys) - 1), 0, -1)
    start = next((size for size in sizes if _is_occupation(keys[size - 1]) and all(map(_is_work, keys[:size]))), 0)
    end = len(keys)
    # "Ana Schneider" is no tailor.
    if end - start > 1 and _is_occupation(keys[-1]) and not (end - start == _PAIR and keys[-1] in words("surnames")):
        end -= 1
        while end - start > 1 and _is_work(keys[end - 1]):
            end -= 1
    return written[start:end]
