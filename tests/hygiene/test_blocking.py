"""Addresses and domains to be left alone are read however people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.hygiene import blocking
from bridge.hygiene.blocking import Blocked, Unreadable


@pytest.mark.parametrize(
    "raw",
    ["example.com", "EXAMPLE.com", " @example.com", "*.example.com", "*@example.com", ".example.com", "example.com.",
     "www.example.com", "https://www.example.com/contact?x=1", "http://user:pw@example.com:8080/", "example.com/about"],
)  # fmt: skip
def test_a_domain_in_any_dress(raw):
    """One spelling, whatever is around it."""
    assert blocking.read(raw) == Blocked("domain", "example.com")


@pytest.mark.parametrize("raw", ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example", "@bücher.example"])
def test_an_international_domain_has_one_spelling(raw):
    """As the domain of an address is spelt too, so that both meet."""
    assert blocking.read(raw) == Blocked("domain", "xn--bcher-kva.example")


def test_gmails_other_name_is_gmail():
    """People at googlemail.com are kept as gmail.com's, so that is what their domain has to be called."""
    assert blocking.read("@googlemail.com") == Blocked("domain", "gmail.com")
    assert blocking.read("wWw.Example.com") == Blocked("domain", "example.com")


@pytest.mark.parametrize("raw", ["Jane.Doe+news@gmail.com", "janedoe@googlemail.com", "<mailto:janedoe@gmail.com>"])
def test_an_address_is_the_person(raw):
    """Dots and tags make no other person."""
    assert blocking.read(raw) == Blocked("address", "janedoe@gmail.com")


@pytest.mark.parametrize(
    ("raw", "kind", "value"),
    [
        ("X: @Jane", "x", "x:jane"),
        ("https://x.com/jane", "x", "x:jane"),
        ("linkedin.com/in/Jane-D/", "linkedin", "linkedin:jane-d"),
        ("email:Jane.Doe@gmail.com", "address", "janedoe@gmail.com"),
        ("https://x.com", "domain", "x.com"),
    ],
)
def test_a_profile_is_named_by_its_kind_or_its_link(raw, kind, value):
    """Only a link to a profile is one; the site itself is a domain."""
    assert blocking.read(raw) == Blocked(kind, value)


@pytest.mark.parametrize("raw", ["x:jane.doe", "linkedin:https://x.com/jane", "x:", "@jane"])
def test_a_name_that_no_profile_has_is_not_read_as_a_domain(raw):
    """What was meant as a profile is refused, not taken for something else."""
    assert isinstance(blocking.read(raw), Unreadable)


@pytest.mark.parametrize("raw", ["", "   ", "jane", "com", "a@b@c.example", "j***@gmail.com", "http://", "x" * 2000])
def test_what_is_neither_says_why(raw):
    """No guess, no exception, nothing of the text in the answer."""
    read = blocking.read(raw)
    assert isinstance(read, Unreadable)
    assert read.why
    assert not raw.strip() or raw.strip() not in read.why


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(raw):
    """Never an exception; what was read once reads the same again."""
    read = blocking.read(raw)
    if isinstance(read, Blocked):
        assert blocking.read(read.value) == read
