"""Identities: one spelling for each person, and nothing where a text is not certain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.hygiene import email
from bridge.hygiene.identities import of, read, written
from bridge.hygiene.wordlists import words
from bridge.model import KINDS, Identity, Lead
from tests.hygiene.hostile import hostile_texts

HANDLES = st.from_regex(r"[A-Za-z0-9_]{1,15}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("x:@Jane_Doe", "x:jane_doe"),
        ("X:jane_doe", "x:jane_doe"),
        ("https://x.com/Jane_Doe/status/1", "x:jane_doe"),
        ("mobile.twitter.com/jane_doe?s=20", "x:jane_doe"),
        ("x:https://twitter.com/@jane_doe", "x:jane_doe"),
        ("linkedin:Jane-Doe-123", "linkedin:jane-doe-123"),
        ("https://www.linkedin.com/in/Jane-Doe-123/?trk=x", "linkedin:jane-doe-123"),
        ("de.linkedin.com/in/j%C3%BCrgen-m", "linkedin:jürgen-m"),
        ("linkedin:ju\u0308rgen-m", "linkedin:jürgen-m"),
        ("https://linkedin.com/in/ACoAABcdEFGhijkLMN", "linkedin:ACoAABcdEFGhijkLMN"),
        ("linkedin:urn:li:fsd_profile:ACoAABcdEFGhijkLMN", "linkedin:ACoAABcdEFGhijkLMN"),
        ("linkedin:URN:LI:Member:12345", "linkedin:urn:li:member:12345"),
        ("email: Jane.Doe+news@GoogleMail.com", "email:janedoe@gmail.com"),
        ("Jane <jane@example.com>", None),
        ("jane@example.com", "email:jane@example.com"),
    ],
)
def test_every_form_of_a_name_is_one_identity(text, key):
    """Links, capitals, @ and typed forms of one name come to the same typed key."""
    found = written(text)
    assert (str(found) if found else None) == key


@pytest.mark.parametrize(
    "text",
    [
        *("@jane", "jane", "x:", "x:jane.doe", "x:sixteen_letters_", "x:https://instagram.com/jane", "https://x.com/"),
        *("https://x.com/home", "https://linkedin.com/company/acme", "linkedin:https://x.com/jane", "linkedin:a b"),
        *("https://notx.com/jane", "https://linkedin.com/in/", "instagram:jane", "x:İstanbul", "linkedin:İ", "email:j"),
    ],
)
def test_what_is_not_certain_is_no_identity(text):
    """A bare name, a page that is no profile, and a name that the platform cannot have mean no one."""
    assert written(text) is None


@given(st.sampled_from(KINDS), hostile_texts | HANDLES | st.emails())
def test_reading_is_idempotent_and_keys_are_read_back(kind, raw):
    """A value read again stays as it is, and both forms of its key lead back to it, whatever was scraped."""
    found = read(kind, raw)
    if found is not None:
        assert read(kind, found.value) == found
        assert Identity.parse(str(found)) == Identity.parse(found.key) == found == written(str(found))
        found.key.encode()
        assert "\x00" not in found.key


@given(HANDLES)
def test_case_at_sign_and_link_make_no_other_person(handle):
    """All spellings of a handle of X are one identity, and never a key that an address or a domain could have."""
    links = () if handle.lower() in words("no_profile") else (f"https://x.com/{handle}", f"x.com/{handle}/")
    found = {read("x", form) for form in (handle, handle.upper(), f" @{handle}", *links)}
    assert found == {Identity("x", handle.lower())}
    assert isinstance(email.read(found.pop().key), email.Malformed)


@pytest.mark.parametrize("text", ["", "jane", "instagram:jane", ":", "x:"])
def test_other_text_is_no_key(text):
    """A text that is no key of an identity is refused, not guessed at."""
    with pytest.raises(ValueError, match="not the key"):
        Identity.parse(text)


@pytest.mark.parametrize(
    ("facts", "keys"),
    [
        ({"platform": "x", "username": "@Jane", "email": "jane@example.com"}, ["jane@example.com", "x:jane"]),
        ({"platform": "linkedin", "username": "Jane-D", "website": "https://x.com/acme"}, ["linkedin:jane-d"]),
        ({"platform": "linkedin", "website": "https://linkedin.com/in/jane-d"}, ["linkedin:jane-d"]),
        ({"platform": "instagram", "username": "jane", "website": "https://x.com/jane"}, []),
        ({"platform": "x", "username": "jane", "email": "jane@example.com", "email_masked": True}, ["x:jane"]),
    ],
)
def test_a_lead_has_its_address_and_the_profile_it_was_scraped_from(facts, keys):
    """A masked address and a link to another platform's profile are no identity of the lead."""
    assert [found.key for found in of(Lead("1", "c", **facts))] == keys
