"""The link of a profile: clean, in https, and told what it leads to."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.hygiene import links, variables
from bridge.hygiene.wordlists import words
from tests.hygiene.hostile import hostile_texts


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("https://jane.example/shop", "https://jane.example/shop"),
        ("http://Jane.example/Shop", "https://jane.example/Shop"),
        ("jane.example", "https://jane.example"),
        ("http://jane.example:8080/x", "http://jane.example:8080/x"),
        ("https://jane.example/?utm_source=ig&utm_medium=bio", "https://jane.example/"),
        ("https://jane.example/?fbclid=Iw&id=7&igshid=x#top", "https://jane.example/?id=7#top"),
        ("https://jane.example/?a=1&amp;gclid=2&b=%20x&b=", "https://jane.example/?a=1&b=%20x&b="),
        ("https://jane.example/?ref=friend", "https://jane.example/?ref=friend"),
        ("https://jane.example/#utm_source=x", "https://jane.example/"),
        ("https://l.instagram.com/?u=https%3A%2F%2Fjane.example%2F%3Futm_content%3Dx&e=AT0", "https://jane.example/"),
        ("https://l.facebook.com/l.php?u=http%3A%2F%2Fjane.example&h=AT1", "https://jane.example"),
        ("https://www.youtube.com/redirect?event=about&q=https%3A%2F%2Fjane.example%2F", "https://jane.example/"),
        ("https://l.instagram.com/?u=javascript%3Aalert(1)", ""),
        ("https://l.instagram.com/", ""),
        ("https://www.youtube.com/@jane?si=x", "https://www.youtube.com/@jane?si=x"),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_link_is_led_to_its_page_and_nothing_counts_on_the_way(raw, expected):
    """https, no trackers, no platform's detour; whatever else the link says stays to the letter."""
    assert links.clean(raw) == expected


@pytest.mark.parametrize(
    "raw",
    ["linktr.ee/jane", "https://www.linktr.ee/jane", "http://beacons.ai/jane", "jane.carrd.co", "https://bio.link/j"],
)
def test_a_page_of_links_is_no_website(raw):
    """It is a field of its own: Linktree is nobody's company."""
    assert links.website(raw) == ""
    assert links.link_in_bio(raw) == links.clean(raw) != ""


@pytest.mark.parametrize(
    "raw", ["https://jane.example/linktr.ee", "https://notlinktr.ee/jane", "https://linktr.ee.example/x"]
)
def test_a_website_is_no_page_of_links(raw):
    """The host decides, whole labels only."""
    assert links.website(raw) == raw
    assert links.link_in_bio(raw) == ""


def test_the_lists_are_hosts_and_names():
    """Each entry is as the code compares it."""
    assert all(word == word.lower() and "." in word and "/" not in word for word in words("link_in_bio"))
    assert all(word == word.lower() and word.isascii() for word in words("trackers"))


LINKS = st.from_regex(
    r"(https?://|HTTP://|//)?([a-z0-9-]{1,6}\.){1,3}(com|example|ee|Example)(/[A-Za-z0-9._~@/%:+-]{0,8})?"
    r"(\?([a-z_]{1,5}|utm_x|fbclid)=[a-z0-9%{]{0,3}(&(amp;)?gclid=x)?)?(#[a-z=_]{0,6})?",
    fullmatch=True,
)


@given(st.one_of(LINKS, hostile_texts.map("https://jane.example/{}".format), hostile_texts))
@example("https://a-.example/")
@example("l.instagram.com/x")
@example("https://jane.example/&?utm_x=1#60;script")
@example("https://jane.example/%26?fbclid=1#123;x")
@settings(deadline=None, max_examples=400)
def test_a_clean_link_is_harmless_and_stays_as_it_is(raw):
    """Cleaning is idempotent, keeps what `variables.url` promises, and drops nothing but trackers."""
    link = links.clean(raw)
    assert links.clean(link) == link == variables.url(link)
    assert not [name for name, _ in parse_qsl(urlsplit(link).query) if name.lower() in words("trackers")]
    assert {links.website(raw), links.link_in_bio(raw)} == {link, ""}


@given(LINKS)
@settings(deadline=None, max_examples=300)
def test_the_short_way_agrees_with_the_long_one(raw):
    """A link that needs no work is what the work would make of it."""
    if links._PLAIN.fullmatch(raw):
        slow = variables.url(raw)
        assert links.clean(raw) == (f"https://{slow.removeprefix('http://')}" if slow.startswith("http:") else slow)
