"""CSV that a spreadsheet can open without harm."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.cli import sheet


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=200)
def test_no_cell_is_a_formula(text):
    """No value starts a formula, and none breaks its line."""
    cell = sheet.cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert "\n" not in cell


@given(st.lists(st.lists(st.text(max_size=20), min_size=3, max_size=3), max_size=5))
@settings(deadline=None, max_examples=50)
def test_every_row_comes_back_whole(rows):
    """Quotes, commas and line breaks in values neither split nor join rows."""
    stream = io.StringIO()
    assert sheet.write(stream, ["a", "b", "c"], rows) == len(rows)
    read = list(csv.reader(io.StringIO(stream.getvalue())))
    assert read == [["a", "b", "c"], *[[sheet.cell(value) for value in row] for row in rows]]
