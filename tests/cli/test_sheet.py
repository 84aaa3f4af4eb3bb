"""CSV that a spreadsheet can open without harm."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.cli.terminal import write_csv

SIGNS = "=+-@\u2212＝＋－＠﹢﹣﹦﹫"


@given(st.text(st.sampled_from(f"{SIGNS};,'\" \t\rax\u200b"), max_size=20) | st.text(max_size=60))
@settings(deadline=None, max_examples=300)
def test_no_cell_is_a_formula(text):
    """No value starts a formula, where cells end at commas or at semicolons, and none breaks its line."""
    cell = write_csv.cell(text)
    assert not any(part.strip(' "').startswith(tuple(SIGNS)) for part in cell.split(";"))
    assert not set(cell) & set("\n\r\t")


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("x;=1+1", "x;'=1+1"),
        ('x; "=1"', 'x;\' "=1"'),
        ("＝SUM(A1)", "'＝SUM(A1)"),
        ("\t=1", "'=1"),
        ("-5", "'-5"),
        ("a=b; c-d", "a=b; c-d"),
    ],
)
def test_formulas_are_kept_from_running(text, reported):
    """An apostrophe before the sign, and nothing where no sign begins a cell."""
    assert write_csv.cell(text) == reported


@given(st.lists(st.lists(st.text(max_size=20), min_size=3, max_size=3), max_size=5))
@settings(deadline=None, max_examples=50)
def test_every_row_comes_back_whole(rows):
    """Quotes, commas and line breaks in values neither split nor join rows."""
    stream = io.StringIO()
    assert write_csv.write(stream, ["a", "b", "c"], rows) == len(rows)
    read = list(csv.reader(io.StringIO(stream.getvalue())))
    assert read == [["a", "b", "c"], *[[write_csv.cell(value) for value in row] for row in rows]]
