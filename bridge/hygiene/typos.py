"""Knows a domain that is a big provider's with a slip of the finger. Says so, and never what was meant.

An address at gmial.com reaches no one, or the people who bought gmial.com to read what is sent there. Fixing it would
be a guess about a person; holding it costs one look. Real domains matter more than slips. A slip is one
wrong letter in a long provider's name: left out, doubled, swapped or taken from the key beside it, never the first.
Or it is an ending that does not exist. Short names (gmx, live, mail, aol) lie too near to real ones: only endings
count there. `lists/typo_domains.txt` adds what else is common, `lists/no_typos.txt` what is real all the same.
"""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Final

from bridge.hygiene.wordlists import lines, words

# Names whose slips differ from real names: long, and no ordinary word.
_BRANDS: Final = ("gmail", "googlemail", "hotmail", "outlook", "yahoo", "icloud", "protonmail", "yandex")
# Each provider has its own endings (yahoo.co.uk, hotmail.fr); with these a slip is none of its own domains.
_USUAL: Final = frozenset({"com", "co", "cm", "om", "net", "org"})
_MOST_LABELS: Final = 3
_FOR_TRIALS: Final = frozenset({"example", "test"})  # reserved names, which stand for real ones (RFC 2606)


def is_typo(domain: str) -> bool:
    """Whether the domain (lower case, ASCII) is almost certainly a misspelled one."""
    name, _, ending = domain.partition(".")
    if domain.rpartition(".")[2] in words("broken_endings") or domain in words("typo_domains"):
        return True
    # gmail.com is all there is of Gmail: gmail.co, gmail.fr and gmail.com.br belong to others.
    looks = ending in _slips().get(name, ()) if name != "gmail" else ending not in _FOR_TRIALS
    if not looks or domain in words("no_typos") or domain in words("free_mail"):
        return False
    return domain.count(".") < _MOST_LABELS


@cache
def _slips() -> dict[str, frozenset[str]]:
    """Misspelled names, each with the endings under which it counts."""
    endings = {brand: set(_USUAL) for brand in _BRANDS}
    for name, _, ending in (domain.partition(".") for domain in words("free_mail")):
        if name in endings:
            endings[name].add(ending)
    return {slip: frozenset(endings[brand]) for brand in _BRANDS for slip in _one_slip(brand) if slip not in endings}


def _one_slip(name: str) -> Iterator[str]:
    """What one slip makes of the name; its first letter stands."""
    beside = dict(line.split() for line in lines("keyboard"))
    for place, (before, letter) in enumerate(pairwise(name), 1):
        head, tail = name[:place], name[place + 1 :]
        yield head + tail
        yield head + letter + letter + tail
        yield head[:-1] + letter + before + tail
        yield from (head + near + tail for near in beside[letter])
