"""Whom to greet: a first name is given where it is sure, and nowhere else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.hygiene import names
from tests.hygiene.hostile import hostile_texts


@pytest.mark.parametrize(
    ("full_name", "first", "last"),
    [
        ("Jane Doe", "Jane", "Doe"),
        ("  Jane   Doe ", "Jane", "Doe"),
        ("JANE DOE", "Jane", "Doe"),
        ("jane doe", "Jane", "Doe"),
        ("✨ Jane Doe ✨", "Jane", "Doe"),
        ("𝓙𝓪𝓷𝓮 𝓓𝓸𝓮", "Jane", "Doe"),
        ("Ⓙⓐⓝⓔ Doe", "Jane", "Doe"),
        ("Ｊａｎｅ Ｄｏｅ", "Jane", "Doe"),
        ("Jane\u200b Doe\u202e", "Jane", "Doe"),
        ("Jane Doe | Fitness Coach", "Jane", "Doe"),
        ("Jane Doe • Berlin", "Jane", "Doe"),
        ("Jane Doe - Yoga", "Jane", "Doe"),
        ("Jane Doe 🌸 she/her", "Jane", "Doe"),
        ("Jane Doe (Official)", "Jane", "Doe"),
        ("Dr. Jane Doe, MD", "Jane", "Doe"),
        ("Jane M. Doe", "Jane", "Doe"),
        ("Jane E Doe", "Jane", "Doe"),
        ("Jane Marie Doe", "Jane", "Doe"),
        ("José García López", "José", "García López"),
        ("Jose\u0301 Garci\u0301a", "José", "García"),
        ("Maria de la Cruz", "Maria", "de la Cruz"),
        ("JAN VAN DER BERG", "Jan", "van der Berg"),
        ("Anne-Marie Dupont", "Anne-Marie", "Dupont"),
        ("ANNE-MARIE DUPONT", "Anne-Marie", "Dupont"),
        ("SEAN O’NEIL", "Sean", "O'Neil"),
        ("shannon mcdonald", "Shannon", "McDonald"),
        ("Łukasz Kowalski", "Łukasz", "Kowalski"),
        ("Søren Kjær", "Søren", "Kjær"),
        ("Will Smith", "Will", "Smith"),
        ("Hope Williams", "Hope", "Williams"),
        ("Anna Maria", "Anna", ""),
        ("Jane DOE", "Jane", "Doe"),
        ("JANE İNCİ", "Jane", "İnci"),
    ],
)
def test_a_plain_name_is_sure(full_name, first, last):
    """Decoration, titles, initials and odd capitals do not hide a first and a last name."""
    assert names.first_name(full_name, "someone") == names.Name(first, last, "given_name_and_surname", sure=True)


@pytest.mark.parametrize(
    ("full_name", "rule"),
    [
        ("", "empty"),
        ("✨✨", "empty"),
        ("x" * 20_000, "too_long"),
        ("Jane", "word_count"),
        ("Zara", "word_count"),
        ("janedoe", "word_count"),
        ("@janedoe", "word_count"),
        ("Jane D.", "word_count"),
        ("Doe, Jane", "word_count"),
        ("Jane ✨ Doe", "word_count"),
        ("Jane Doe Roe Poe Moe", "word_count"),
        ("Hope Foundation", "stop_word"),
        ("Paris Fashion", "stop_word"),
        ("Will Travel", "stop_word"),
        ("Art Studio", "stop_word"),
        ("Rose Bakery", "stop_word"),
        ("Grace Church", "stop_word"),
        ("Chase Bank", "stop_word"),
        ("Jane Doe Photography", "stop_word"),
        ("Coach Jane Doe", "stop_word"),
        ("Team Jane Doe", "stop_word"),
        ("The Jane Doe", "stop_word"),
        ("Emma Loves Books", "stop_word"),
        ("Emily in Paris", "stop_word"),
        ("Bella's Bakery", "possessive"),
        ("Jane’s Kitchen", "possessive"),
        ("Marie Claire", "brand"),
        ("TOMMY HILFIGER", "brand"),
        ("Jane Doe™", "brand"),
        ("Anna & Tom", "two_people"),
        ("Anna + Tom Doe", "two_people"),
        ("Anna and Tom", "two_people"),
        ("Anna y Luis", "two_people"),
        ("Anna Smith / Tom Jones", "two_people"),
        ("Anna ❤ Tom", "word_count"),
        ("Paris Hills", "ambiguous"),
        ("Rose Bunker", "ambiguous"),
        ("Kim Min Ji", "ambiguous"),
        ("Bunker Doe", "no_given_name"),
        ("Nagy Anna", "no_given_name"),
        ("MARTIN Julie", "surname_first"),
        ("Martin Julie", "surname_first"),
        ("Jane Doe 2", "not_plain"),
        ("J4ne Doe", "not_plain"),
        ("Jane Doe!", "not_plain"),
        ("李娜", "not_plain"),
        ("Анна Иванова", "not_plain"),
        ("ꜱᴀʀᴀʜ Doe", "not_plain"),
        ("Jane \ud800Doe", "not_plain"),
        ("{{firstName}} Doe", "word_count"),
        ("Jane Doe | fan page", "about_someone"),
    ],
)
def test_whatever_else_is_written_greets_nobody(full_name, rule):
    """Businesses, couples, pages, single words and unknown scripts give no name, and the rule says why."""
    found = names.first_name(full_name, "")
    assert (found.first, found.last, found.sure) == ("", "", False)
    assert found.rule == rule


def test_a_user_name_never_supplies_a_name():
    """`janedoe` is nothing anybody calls themselves."""
    assert not names.first_name("", "jane.doe").sure
    assert not names.first_name("janedoe", "jane_doe").sure


@pytest.mark.parametrize("username", ["taylor.fanpage", "jane_doe_fans", "JaneDoe.Updates", "jane-doe-news"])
def test_a_user_name_can_take_certainty_away(username):
    """An account about someone is not run by them."""
    assert names.first_name("Jane Doe", username).rule == "about_someone"


@given(st.one_of(hostile_texts, st.builds("{} {}".format, st.sampled_from(["Jane", "ANNA", "will"]), hostile_texts)))
@settings(deadline=None, max_examples=250)
def test_a_name_is_made_of_letters_only(full_name):
    """Whatever comes in, a sure name is plain Latin letters, and an unsure one is empty."""
    found = names.first_name(full_name, full_name)
    assert bool(found.first) == found.sure
    assert found.sure or not found.last
    assert all(char.isalpha() or char in " -'." for char in found.first + found.last)
    assert found.first == "" or found.first[0].isupper()


@given(st.sampled_from(["Jane Doe", "Anna-Lena Miller", "Sean O'Neil", "Maria de la Cruz", "Shannon McDonald"]))
def test_capitals_do_not_change_a_name(full_name):
    """All in capitals or all in small letters, the greeting is the same."""
    written = names.first_name(full_name, "")
    assert names.first_name(full_name.upper(), "") == written
    assert names.first_name(full_name.lower(), "") == written
