"""Writes a name with the capitals it is usually written with. What was typed with care stays as it is."""

import re
from typing import Final

from bridge.hygiene.names.lists import PARTICLES

_CASED_LETTERS = re.compile("[A-Za-zÀ-ÖØ-öø-ɏ\u0300-\u036f\u0370-\u058fḀ-ỿ]+")
_MOST_CAPITALS: Final = 2
_LEAST_AFTER_MC: Final = 2


def cased(word: str) -> str:
    """The word as names are written, where it was typed in capitals, in small letters, or in turns of both."""
    if word[0].isupper() and (rest := word[1:]) and rest.islower() and rest.isalpha():
        return word
    if word.lower() in PARTICLES and (word.isupper() or word.islower()):
        return word.lower()
    # `kAtIe`, `KaThY`, `DoE`; `McDonald`, `DeAndre` and `O'Brien` are not.
    playful = word[0].islower() or word[-1].isupper() or sum(map(str.isupper, word)) > _MOST_CAPITALS
    if not (word.isupper() or word.islower() or playful):
        return word
    return _CASED_LETTERS.sub(lambda part: _capitalised(part[0]), word)


def _capitalised(part: str) -> str:
    part = part.capitalize().replace("i\u0307", "i")  # what Python makes of a Turkish İ inside a word
    # "Mc" always begins a name of its own; "Mac" often does not (Mack, Macy, Macho).
    return f"Mc{part[2:].capitalize()}" if part.startswith("Mc") and len(part) > _LEAST_AFTER_MC + 1 else part
