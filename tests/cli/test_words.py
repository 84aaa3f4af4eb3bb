"""The plain words are complete, and the terminal is safe from what was scraped."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.cli.terminal import show
from bridge.hygiene.characters import INVISIBLE
from bridge.model import Origin, Reason, State
from bridge.reports import numbers, words
from bridge.reports import text as report_text


@pytest.mark.parametrize(
    ("said", "codes"), [(words.STATES, State), (words.REASONS, Reason), (words.ORIGINS, Origin), (words.LABELS, State)]
)
def test_every_code_has_its_words(said, codes):
    """No state, reason or origin reaches an operator as a bare code."""
    assert set(said) == set(codes)
    assert all(text.strip() for text in said.values())


def test_words_are_distinguished():
    """Two reasons never read the same."""
    assert len(set(words.REASONS.values())) == len(words.REASONS)


def test_an_unknown_code_stays_readable():
    """A ledger written by a newer version is still mentioned."""
    assert words.reason("brand_new_reason") == "brand new reason"
    assert words.fix("brand_new_reason") == ""


@given(st.text(max_size=400))
@settings(deadline=None, max_examples=200)
def test_nothing_invisible_reaches_the_terminal(text):
    """Whatever was scraped, what is shown is printable, in single spaces, and holds no bidi or invisible letter."""
    shown = report_text.plain(text)
    assert shown.isprintable()
    assert not INVISIBLE.search(shown)
    assert "  " not in shown
    assert len(shown) <= report_text.LONGEST


def test_escape_sequences_lose_their_escape():
    """A title cannot colour, clear or write to the clipboard of a terminal."""
    assert report_text.plain("\x1b]52;c;cm0gLXJm\x07a\u202eb\x1b[2J") == "]52;c;cm0gLXJm ab [2J"


def test_the_sum_line_adds_up_or_says_so():
    """The accounting is checked when it is printed."""
    assert numbers.sum_line(5, {"held": 2, "delivered": 3}) == "known 5 = 3 delivered + 2 held"
    assert numbers.sum_line(0, {}) == "no lead known yet"
    assert numbers.sum_line(0, {}, "read") == "no lead read"
    assert "DOES NOT ADD UP" in numbers.sum_line(0, {"held": 1})
    assert "DOES NOT ADD UP" in numbers.sum_line(6, {"held": 2, "delivered": 3})


def test_reasons_are_summed_up_after_the_commonest():
    """Six reasons are reported, and the rest in one line; a single rest is reported on its own."""
    reported = {f"reason_{number}": 10 - number for number in range(9)}
    lines = numbers.reason_lines(reported)
    assert len(lines) == 7
    assert "for 3 other reasons" in lines[-1]
    assert len(numbers.reason_lines(dict(list(reported.items())[:7]))) == 7
    assert "other reasons" not in numbers.reason_lines(dict(list(reported.items())[:7]))[-1]


def test_a_blank_line_stays_one(monkeypatch, capsys):
    """Sections keep their distance, on a terminal as in a pipe."""
    for columns in ("80", None):
        monkeypatch.setenv("COLUMNS", columns) if columns else monkeypatch.delenv("COLUMNS")
        show.say(show.out(), "one\n\ntwo", indent=2)
        assert capsys.readouterr().out == "  one\n\n  two\n"
