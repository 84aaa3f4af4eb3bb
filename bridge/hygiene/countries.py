"""Reads a scraped country into its ISO 3166-1 code, or into nothing where it is not certain. Never guesses from a town.

Whether Scravio's `country` is a code or a name is UNKNOWN (scravio.md §4): codes of two and three letters, names in
some sixty languages and flags are all read. The names stand in `lists/countries.txt`.
"""

import re
import unicodedata
from functools import cache, lru_cache
from string import ascii_uppercase
from typing import Final

from bridge.hygiene.wordlists import lines

_LONGEST: Final = 100
_ACCENT_OR_APOSTROPHE = re.compile("[\u0300-\u036f'’ʼ`]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_FLAG_LETTERS: Final = {0x1F1E6 + place: letter for place, letter in enumerate(ascii_uppercase)}
_CODE_LENGTH: Final = 2
_SHORTEST_NAME: Final = 4
# After a town these are rather states of the USA: "Atlanta, Georgia".
_ALSO_STATES: Final = frozenset({"GE"})


@lru_cache(maxsize=2_048)
def code(raw: str) -> str:
    """The two letters of the country in capitals, "" where the text names none for certain, or several.

    "DE", "deu", "Germany", "Deutschland", "🇩🇪", "🇩🇪 Germany" and "Berlin, Germany" are DE. After a town only a
    name counts: the CA of "Los Angeles, CA" is not Canada.
    """
    if not raw or len(raw) > _LONGEST:
        return ""
    drawn = (flag.translate(_FLAG_LETTERS) for flag in _FLAG.findall(raw))
    flags = {letters if known(letters) else "" for letters in drawn}
    text = _FLAG.sub(" ", raw)
    spoken = {_of_text(text)} if key(text) else set()
    found = flags | spoken
    return found.pop() if len(found) == 1 else ""


def known(letters: str) -> bool:
    """Whether these two capitals are the code of a country."""
    return letters in _table()[1]


def key(name: str) -> str:
    """The name as the list has it: no case, no accents, words in single spaces."""
    whole = _ACCENT_OR_APOSTROPHE.sub("", unicodedata.normalize("NFKD", name.casefold()))
    # Vowel signs are marks, and as much of a word as its letters.
    spaced = "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else " " for char in whole)
    return " ".join(spaced.split()).removeprefix("the ")


def _of_text(text: str) -> str:
    names, codes = _table()
    whole = key(text)
    if whole.upper() in codes:
        return whole.upper()
    found = names.get(whole, "")
    if found or "," not in text:
        return found
    last = key(text.rpartition(",")[2])
    after_town = names.get(last, "") if len(last) >= _SHORTEST_NAME or last in {"usa", "uk", "uae"} else ""
    return "" if after_town in _ALSO_STATES else after_town


@cache
def _table() -> tuple[dict[str, str], frozenset[str]]:
    """Codes by folded name, and the codes themselves."""
    rows = [line.split("\t") for line in lines("countries")]
    names = {name: letters for letters, spoken in rows for name in spoken.split(";") if name}
    return names, frozenset(letters for letters, _ in rows if len(letters) == _CODE_LENGTH)
