"""Tells English words from names by the dictionary that symspellpy carries. Knows no list of names.

The dictionary writes everything small, so that "hudson" stands beside "huddle". What has inflected forms in it is a
word (suit, suits; merry, merrily); what has none may be a name, and is left to the lists of names.
"""

import importlib
from functools import cache
from pathlib import Path

COMMON = 20_000
"""Words more common than this are everyday words, whether or not they have inflected forms."""
_SHORTEST = 3
_ENDINGS = ("s", "es", "ing", "ed", "ly", "er", "y")


@cache
def ranks() -> dict[str, int]:
    """Each word with its place by use, 0 the most used."""
    folder = Path(str(importlib.import_module("symspellpy").__file__)).parent
    lines = (folder / "frequency_dictionary_en_82_765.txt").read_text("utf-8-sig").splitlines()
    words = (line.split()[0] for line in lines if line.strip())
    return {word: place for place, word in enumerate(words) if len(word) >= _SHORTEST and word.isalpha()}


def is_word(text: str) -> bool:
    """Whether the dictionary has the text, and a form of it: what has none may be somebody's name."""
    return text in ranks() and not ranks().keys().isdisjoint(_forms(text))


def is_common(text: str) -> bool:
    """Whether it is a word that everybody uses."""
    return ranks().get(text, COMMON) < COMMON


def _forms(word: str) -> set[str]:
    forms = {word + ending for ending in _ENDINGS} | {f"{word}{word[-1]}ing"}
    if word.endswith("e"):
        forms |= {word[:-1] + "ing", word + "d"}
    if word.endswith("y"):
        forms |= {word[:-1] + "ies", word[:-1] + "ily"}
    for ending in ("s", "ing", "ed", "er", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            forms |= {word[: -len(ending)], word[: -len(ending)] + "e"}
    return forms
