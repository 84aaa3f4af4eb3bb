"""What a program reads is printed without rich, and is the very text that rich prints."""

import io
import sys
from contextlib import redirect_stdout

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.cli.terminal import show
from bridge.cli.terminal.drawing import console
from bridge.cli.terminal.plain import Plain
from bridge.reports.text import Line

CELLS = st.text("ab,.1 -", max_size=12) | st.text(max_size=6) | st.builds(Line, st.sampled_from(["ok", "cut off"]))
TITLES = st.text("abc", min_size=1, max_size=9) | st.just("doubt/\nfailed")
HEADS = st.lists(st.tuples(TITLES, st.sampled_from("<>")), min_size=1, max_size=5)


@pytest.fixture(autouse=True)
def unbounded(monkeypatch):
    for name in ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


def printed(made, act):
    """What it prints to a file."""
    file = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="replace", newline="")
    with redirect_stdout(file):
        act(made())
    file.flush()
    return file.buffer.getvalue().decode()


def both(act):
    return printed(lambda: Plain(stderr=False), act), printed(console, act)


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=200) | st.text(" ab\n", max_size=200), st.integers(0, 6))
def test_a_line_is_what_rich_prints(text, indent):
    """Whatever was scraped, with spaces at its end too."""
    plain, rich = both(lambda where: show.say(where, text, style="bold", indent=indent))
    assert plain == rich
    plain, rich = both(lambda where: show.paste(where, text.partition("\n")[0]))
    assert plain == rich


def tables(heads):
    return st.tuples(st.just(heads), st.lists(st.tuples(*[CELLS] * len(heads)), max_size=4))


@settings(deadline=None, max_examples=100)
@given(HEADS.flatmap(tables), st.integers(0, 2))
def test_a_table_is_what_rich_prints(drawn, gap):
    """Of any width, with wide signs too: then rich prints it itself."""
    heads, rows = drawn
    for act in (lambda where: show.table(where, heads, rows), lambda where: show.fitting(where, heads, rows, gap=gap)):
        plain, rich = both(act)
        assert plain == rich


def test_the_width_is_the_one_that_rich_finds():
    """That of any stream's terminal, else 80 columns."""
    assert Plain(stderr=False).width == console().width


def test_whatever_else_is_asked_of_it_is_asked_of_rich(capsys):
    """It stands for a whole console: what it does not do itself, rich's own does."""
    simple = show.out()
    assert isinstance(simple, Plain)
    simple.print("[b]x[/b]", end="")
    simple.print()
    assert (simple.file, simple.encoding) == (sys.stdout, "utf-8")
    assert capsys.readouterr().out == "[b]x[/b]\n"


@pytest.mark.parametrize("name", ["COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE"])
def test_an_operator_may_want_a_terminals_text(monkeypatch, name):
    """Where one of these is set, rich decides what it means."""
    monkeypatch.setenv(name, "1")
    assert not isinstance(show.out(), Plain)
