"""Reads the word lists in `lists/`, once each. Does no matching.

A list is UTF-8 text with one entry a line. Lines at its head that begin with `#` say where it comes from and under
which licence.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Set
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

_LISTS: Final = Path(__file__).parent / "lists"
_LONG: Final = 20_000
_BLOCK: Final = 256


class LongList(Set[str]):
    """The entries of a long sorted list, in an eighth of the memory of a frozenset.

    They stay text, in blocks of some thirty lines. A look takes 0.5 us, where a frozenset takes 0.05.
    """

    __slots__ = ("_blocks", "_firsts")

    def __init__(self, text: str) -> None:
        ends = [0]  # of the blocks: each begins and ends with the end of a line
        while ends[-1] < len(text) - 1:
            found = text.find("\n", ends[-1] + _BLOCK)
            ends.append(len(text) - 1 if found < 0 else found)
        self._blocks = [text[start : end + 1] for start, end in pairwise(ends)]
        self._firsts = [block[1 : block.index("\n", 1)] for block in self._blocks]

    def __contains__(self, word: object) -> bool:
        place = bisect_right(self._firsts, line := str(word))
        return place > 0 and f"\n{line}\n" in self._blocks[place - 1] and "\n" not in line

    def __iter__(self) -> Iterator[str]:
        return (word for block in self._blocks for word in block.split("\n") if word)

    def __len__(self) -> int:
        return sum(block.count("\n") - 1 for block in self._blocks)

    @classmethod
    def _from_iterable(cls, words: Iterable[str]) -> Set[str]:  # type: ignore[override] # what `|`, `&` and `-` make
        return frozenset(words)


@cache
def words(name: str) -> Set[str]:
    """The entries of `lists/<name>.txt`, as written there (lower case, no diacritics). Raises FileNotFoundError."""
    text = _text(name)
    return LongList(text) if len(text) > _LONG else frozenset(filter(None, text.split("\n")))


def lines(name: str) -> list[str]:
    """The entries of `lists/<name>.txt` in their order, for lists whose lines have parts. Raises FileNotFoundError."""
    return list(filter(None, _text(name).split("\n")))


def _text(name: str) -> str:
    """The lines between ends of line, without the remarks at the head."""
    text = (_LISTS / f"{name}.txt").read_text("utf-8").strip("\n")
    return re.sub(r"\A\n(?:#.*\n|\n)*", "\n", f"\n{text}\n", count=1)


@cache
def pattern(form: str, *names: str) -> re.Pattern[str]:
    """An expression with the entries of lists in the places of `{0}`, `{1}` ..., as alternatives."""
    return re.compile(form.format(*("|".join(lines(name)) for name in names)))


@cache
def scripts() -> dict[str, str]:
    """The letters of each script, as the inside of a character class."""
    rows = (line.partition(": ") for line in lines("scripts"))
    return {
        name: re.sub("[0-9a-f]{4}", lambda code: chr(int(code[0], 16)), each.replace(" ", "")) for name, _, each in rows
    }
