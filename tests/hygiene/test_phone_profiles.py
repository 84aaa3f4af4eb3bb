"""Phone numbers and profile links: certain, or nothing."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.hygiene import phone
from bridge.hygiene.phone import e164
from bridge.hygiene.profiles import handle, profile_url
from tests.hygiene.hostile import hostile_texts


@pytest.mark.parametrize(
    ("raw", "country", "expected"),
    [
        ("+49 30 123456", "", "+4930123456"),
        ("+49 (0)30 / 123456", "US", "+4930123456"),
        ("0049 30 123456", "", "+4930123456"),
        ("030 123456", "DE", "+4930123456"),
        ("030 123456", "Germany", "+4930123456"),
        ("030 123456", "🇩🇪", "+4930123456"),
        ("612 345 678", "España", "+34612345678"),
        ("8 (916) 123-45-67", "RU", "+79161234567"),
        ("(415) 555-2671", "us", "+14155552671"),
        (" +44\u00a020\u20117946\u20110958 ", "", "+442079460958"),
    ],
)
def test_a_certain_number_is_given_in_e164(raw, country, expected):
    """The international form, or the one that is dialled in a country that is known for certain."""
    assert e164(raw, country) == expected


@pytest.mark.parametrize(
    ("raw", "country", "expected"),
    [
        ("(11) 96123-4567", "BR", "+5511961234567"),
        ("11 3333-4444", "Brasil", "+551133334444"),
        ("011 96123-4567", "BR", "+5511961234567"),
        ("98765 43210", "IN", "+919876543210"),
        ("09876543210", "IN", "+919876543210"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("301 2345678", "CO", "+573012345678"),
        ("11 2345-6789", "AR", "+541123456789"),
        ("011 15-2345-6789", "AR", "+5491123456789"),
        ("912 345 678", "PE", "+51912345678"),
        ("0100 123 4567", "EG", "+201001234567"),
        ("612 34567", "LT", "+37061234567"),
        ("8 612 34567", "LT", "+37061234567"),
        ("501 234 56 78", "TR", "+905012345678"),
        ("912 345 678", "VN", "+84912345678"),
        ("55 1234 5678", "MX", "+525512345678"),
        ("+52 1 55 1234 5678", "", "+525512345678"),
        ("+5213312345678", "", "+523312345678"),
        ("0052 1 55 1234 5678", "", "+525512345678"),
    ],
)
def test_a_national_number_is_read_as_people_write_it(raw, country, expected):
    """Without the trunk prefix where the country's own format leaves it out; Mexico's old 1 is taken off."""
    assert e164(raw, country) == expected


@pytest.mark.parametrize(
    ("raw", "country"),
    [
        ("100 123 4567", "EG"),
        ("1 234 5678", "PE"),
        ("7400 123456", "GB"),
        ("812-345-678", "ID"),
        ("49 30 123456", "DE"),
        ("+52 2 55 1234 5678", ""),
        ("", "DE"),
        ("030 123456", ""),
        ("030 123456", "Berlin"),
        ("30 123456", "DE"),
        ("415 555 2671", "DE"),
        ("030 123456", "XX"),
        ("12345", "US"),
        ("+1***", "US"),
        ("+1 415 555 2671 ext 5", ""),
        ("1-800-FLOWERS", "US"),
        ("+491701234567 / +491701234568", ""),
        ("+", "DE"),
        ("+999 123456789", ""),
        ("++4930123456", ""),
        ("=+4930123456", ""),
        ("0" * 20_000, "DE"),
        ("\ud800", "DE"),
    ],
)
def test_an_uncertain_number_is_nothing(raw, country):
    """No country is guessed, not even from a lacking 0; no second number, extension or mask is read past."""
    assert e164(raw, country) == ""


def test_a_glance_says_what_the_matcher_says():
    """Numbers of every third region, in three forms and with a digit too few or too many: one answer by both roads."""
    forms = phonenumbers.PhoneNumberFormat
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)[::3]:
        number = phonenumbers.example_number(region)
        for form in (forms.E164, forms.INTERNATIONAL, forms.NATIONAL):
            right = phonenumbers.format_number(number, form)
            texts = (right, right[:-1], f"{right}0")
            for text in (each for each in texts if sum(map(str.isdigit, each)) >= phone._FEWEST_DIGITS):
                asked = None if text.startswith("+") else region
                assert phone._certain.__wrapped__(text, asked) == phone.matched(text, asked), (text, region)


@given(hostile_texts, st.sampled_from(["", "DE", "US", "Germany", "\ud800", "de "]))
@settings(deadline=None, max_examples=100)
def test_a_number_is_e164_or_nothing(raw, country):
    """Whatever comes in, a plus and digits come out, or nothing."""
    number = e164(raw, country)
    assert number == "" or (number[0] == "+" and number[1:].isascii() and number[1:].isdigit())


@pytest.mark.parametrize(
    ("platform", "username", "expected"),
    [
        ("instagram", "jane.doe", "https://www.instagram.com/jane.doe/"),
        ("Instagram", "@jane_doe ", "https://www.instagram.com/jane_doe/"),
        ("tiktok", "jane", "https://www.tiktok.com/@jane"),
        ("youtube", "@jürgen", "https://www.youtube.com/@j%C3%BCrgen"),
        ("youtube", "UC" + "a1" * 11, "https://www.youtube.com/channel/UC" + "a1" * 11),
        ("x", "jane", "https://x.com/jane"),
        ("facebook", "jane.doe.1", "https://www.facebook.com/jane.doe.1"),
        ("linkedin", "jürgen-doe-1", "https://www.linkedin.com/in/j%C3%BCrgen-doe-1"),
        ("instagram", "https://www.instagram.com/jane/?hl=en", "https://www.instagram.com/jane/"),
    ],
)
def test_a_profile_link_follows_from_platform_and_name(platform, username, expected):
    """Each of Scravio's six platforms has one form."""
    assert profile_url(platform, username) == expected


@pytest.mark.parametrize("platform", ["instagram", "tiktok", "youtube", "x", "facebook", "linkedin"])
@pytest.mark.parametrize(
    "username", ["", "@", "..", "a b", "a/../b", "a?b", "a#b", "{{x}}", "<b>", "a\x00b", "x" * 101]
)
def test_a_name_that_cannot_be_one_has_no_link(platform, username):
    """Nothing of it could leave the path it belongs in."""
    assert profile_url(platform, username) == ""


def test_letters_of_other_scripts_are_only_for_platforms_that_have_them():
    """Instagram, TikTok, X and Facebook names are ASCII."""
    assert profile_url("instagram", "jürgen") == ""
    assert profile_url("myspace", "jane") == ""


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("jane", "jane"),
        (" @jane\u200b ", "jane"),
        ("https://www.tiktok.com/@jane/video/7", "jane"),
        ("instagram.com/jane", "jane"),
        ("https://de.linkedin.com/in/j%C3%BCrgen/", "jürgen"),
        ("https://youtube.com/c/jane", "jane"),
        ("https://twitter.com/jane/status/1", "jane"),
        ("https://www.instagram.com/p/Abc123/", ""),
        ("https://www.linkedin.com/company/acme", ""),
        ("https://www.instagram.com/", ""),
        ("https://example.com/jane", ""),
        ("https://[bad/jane", ""),
    ],
)
def test_a_user_name_is_taken_out_of_what_surrounds_it(raw, expected):
    """The @ and a profile's link fall away; a link to something else names no one."""
    assert handle(raw) == expected


@given(st.sampled_from(["instagram", "youtube", "linkedin", "x"]), hostile_texts)
@settings(deadline=None, max_examples=150)
def test_a_profile_link_is_plain_ascii(platform, username):
    """No hostile name gets anything but letters into a link."""
    link = profile_url(platform, username)
    assert link.isascii()
    assert not set(link) & set(" {}|<>\"'\\`")
    assert link == "" or link.startswith("https://")
