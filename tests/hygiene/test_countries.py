"""A country becomes its code where it is certain."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.hygiene import countries
from bridge.hygiene.wordlists import lines
from tests.hygiene.hostile import hostile_texts

# fmt: off
CERTAIN = {
    "DE": ["DE", "de", " De ", "DEU", "Germany", "GERMANY", "Deutschland", "Allemagne", "Alemania", "Niemcy",
           "ドイツ", "德国", "🇩🇪", "🇩🇪 Germany", "Germany 🇩🇪", "Berlin, Germany", "Köln, NRW, Deutschland"],
    "US": ["US", "USA", "U.S.", "U.S.A.", "United States", "the United States of America", "Austin, TX, USA"],
    "GB": ["GB", "UK", "U.K.", "Great Britain", "England", "Scotland", "🇬🇧", "Vereinigtes Königreich", "Leeds, UK"],
    "CI": ["Côte d'Ivoire", "Cote d’Ivoire", "Ivory Coast"],
    "NL": ["The Netherlands", "Holland", "Nederland"], "TR": ["Türkiye", "Turkey", "TÜRKİYE"],
    "ES": ["España", "espana"],
    "JP": ["日本", "Japan"], "KR": ["대한민국", "South Korea"], "IN": ["भारत", "India"], "EG": ["مصر"],
    "BR": ["Brasil 🇧🇷"],
    "CA": ["CA", "Canada"], "GE": ["Georgia"], "AE": ["UAE", "Dubai, UAE"],
}
UNCERTAIN = [
    "", " ", "XX", "EU", "Europe", "Worldwide", "somewhere sunny", "Berlin", "Los Angeles, CA", "Austin, TX",
    "Atlanta, Georgia", "New Mexico", "New Jersey", "Congo", "🇩🇪🇦🇹", "🇩🇪 Austria", "USA / UK",
    "Germany, Austria, Bern",
    "{{x}}", "\ud800", "D E", "x" * 20_000, "🇩" * 50,
]
# fmt: on


@pytest.mark.parametrize(("raw", "expected"), [(raw, code) for code, raws in CERTAIN.items() for raw in raws])
def test_a_country_is_read_however_it_is_written(raw, expected):
    """Codes of two and three letters, names in many languages, flags, and a name after a town."""
    assert countries.code(raw) == expected


@pytest.mark.parametrize("raw", UNCERTAIN)
def test_what_names_no_country_for_certain_is_none(raw):
    """Towns, states, continents, two countries and nonsense are not guessed at."""
    assert countries.code(raw) == ""


@given(st.one_of(hostile_texts, st.text(max_size=20)))
@settings(deadline=None, max_examples=200)
def test_a_code_is_two_capitals_or_nothing(raw):
    """Whatever comes in, and reading the code again gives it back."""
    code = countries.code(raw)
    assert code == "" or (len(code) == 2 and countries.known(code) and countries.code(code) == code)


def test_every_listed_name_means_one_country():
    """No name stands under two codes, and each is folded as it is looked up."""
    names = [name for line in lines("countries") for name in line.split("\t")[1].split(";")]
    assert len(names) == len(set(names)) > 5_000
    assert [name for name in names if countries.key(name) != name] == []
