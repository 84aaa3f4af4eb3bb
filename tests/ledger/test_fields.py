"""The fields of a delivery keep their stored form, and come back as they were."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ledger.fields import dump_fields, load_fields
from bridge.model import Fields

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)  # lone surrogates too
SCALARS = ANY | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none()
KNOWN = {name: ANY for name in Fields.__struct_fields__ if name != "variables"}
FIELDS = st.builds(Fields, **KNOWN, variables=st.dictionaries(ANY, SCALARS, max_size=5))


def plainly(fields):
    """What the standard library makes of them: the stored form as it was before msgspec."""
    known = msgspec.structs.asdict(fields)
    return json.dumps({name: value for name, value in known.items() if value})


@given(FIELDS)
def test_what_is_stored_is_what_the_standard_library_would_store_and_comes_back_the_same(fields):
    """Whichever road a value takes, of text that no database takes or of numbers beyond 64 bits."""
    assert json.loads(dump_fields(fields)) == json.loads(plainly(fields))
    assert load_fields(dump_fields(fields)) == load_fields(plainly(fields)) == fields


@pytest.mark.parametrize("stored", ["", "{}"])
def test_nothing_stored_is_nothing_to_send(stored):
    """Retention takes the fields away."""
    assert load_fields(stored) == Fields()
