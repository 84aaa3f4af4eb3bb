"""The name of a business, out of its display name."""

import pytest
from hypothesis import given, settings

from bridge.hygiene import company
from tests.hygiene.hostile import hostile_texts


@pytest.mark.parametrize(
    ("display_name", "expected"),
    [
        ("Studio Nord", "Studio Nord"),
        ("Bella's Bakery | Berlin 🍰", "Bella's Bakery"),
        ("✨ Studio Nord ✨", "Studio Nord"),
        ("𝐒𝐭𝐮𝐝𝐢𝐨 𝐍𝐨𝐫𝐝", "Studio Nord"),
        ("Studio Nord - Pilates", "Studio Nord"),
        ("Studio Nord • Yoga • Köln", "Studio Nord"),
        ("Smith & Co.", "Smith & Co"),
        ("Nord™", "Nord"),
        ("Café Ünal", "Café Ünal"),
        ("北京咖啡", "北京咖啡"),
        ("Studio Nord @studio.nord", "Studio Nord"),
        ("", ""),
        ("🔥", ""),
        ("@studio", ""),
        ("123", ""),
        ("We bake the best bread in all of the town", ""),
        ("x" * 5_000, ""),
    ],
)
def test_a_business_is_named_as_one_would_say_it(display_name, expected):
    """Emoji, styled letters and what follows a separator fall away; a sentence is no name."""
    assert company.name(display_name) == expected


@given(hostile_texts)
@settings(deadline=None, max_examples=150)
def test_whatever_comes_in_one_line_comes_out(display_name):
    """Nothing raises, and naming a name again changes nothing."""
    name = company.name(display_name)
    assert "\n" not in name
    assert company.name(name) in {name, ""}
