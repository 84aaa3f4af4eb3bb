"""Where a text may be cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.hygiene.graphemes import boundary, is_mark
from bridge.hygiene.variables import neutral

# What people see as one letter each.
LETTERS = [
    "a",
    "é",
    "e\u0301",
    "q\u0323\u0301",
    "👍🏽",
    "❤\ufe0f",
    "🇩🇪",
    "1\u20e3",
    "क्षि",
    "한",
    "\u1112\u1161\u11ab",
    "กำ",
    "ನ",
    "字",
]


@given(st.lists(st.sampled_from(LETTERS), min_size=1, max_size=8), st.data())
@settings(deadline=None, max_examples=300)
def test_a_cut_falls_between_letters(letters, data):
    """Marks, skin tones, flags, Hangul and conjuncts stay whole: what is left is a number of whole letters."""
    text = "".join(letters)
    place = data.draw(st.integers(0, len(text)))
    ends = [len("".join(letters[:count])) for count in range(len(letters) + 1)]
    assert boundary(text, place) == max(end for end in ends if end <= place)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_text_that_goes_out_ends_with_a_whole_letter(letter):
    """`neutral` cuts there, whatever the limit."""
    whole = neutral(letter)
    for limit in range(1, 12):
        assert neutral(letter * 20, limit) == whole * (limit // len(whole))


def test_endless_marks_have_no_place_to_cut():
    """A letter longer than any limit leaves nothing, in good time."""
    assert boundary("q" + "\u0323" * 20_000, 300) == 0
    assert boundary("🇩" * 20_000, 301) == 300
    assert is_mark("\u0323")
