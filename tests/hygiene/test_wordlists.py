"""The word lists: a long one is kept as text, and answers as a set of its lines would."""

from itertools import pairwise
from pathlib import Path

import pytest

from bridge.hygiene import wordlists

NAMES = sorted(path.stem for path in (Path(wordlists.__file__).parent / "lists").glob("*.txt"))
LONG = [name for name in NAMES if isinstance(wordlists.words(name), wordlists.LongList)]


def test_the_long_lists_are_kept_as_text():
    """Those of a hundred thousand lines; a frozenset of them takes 24 MB."""
    assert {"everyday_words", "given_names", "surnames", "rare_surnames"} <= set(LONG)


@pytest.mark.parametrize("name", LONG)
def test_a_long_list_answers_as_a_set(name):
    """Every line is found, and nothing else: no part of one, no two together, nothing before the first."""
    found, lines = wordlists.words(name), wordlists.lines(name)
    assert lines == sorted(set(lines)), "a long list must be sorted"
    assert list(found) == lines
    assert len(found) == len(lines)
    assert all(line in found for line in lines)
    others = {near for line in lines[::50] for near in (line[:-1], line[1:], f"{line}q", f" {line}", f"{line}\n")}
    others |= {
        "",
        "\n",
        "\x00",
        "\U0010ffff",
        *map("\n".join, pairwise(lines[::99])),
        *map("\n".join, pairwise(lines[:99])),
    }
    assert not [other for other in others - set(lines) if other in found]


def test_long_lists_are_joined_as_sets_are():
    """`|`, `&` and `-` give frozensets."""
    given, family = wordlists.words("given_names"), wordlists.words("surnames")
    assert given & family == frozenset(wordlists.lines("given_names")) & frozenset(wordlists.lines("surnames"))
    assert isinstance(given - family, frozenset)


def test_remarks_stand_at_the_head_of_a_list():
    """Only there are they taken out: no entry is empty or begins like one."""
    for name in NAMES:
        assert not {"", "#"} & {entry[:1] for entry in wordlists._text(name)[1:-1].split("\n")}, name
