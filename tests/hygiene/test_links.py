"""The link of a profile: clean, in https, and shown what it leads to."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.hygiene import links, ordinary, variables
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
        ("https://linktr.ee/jane?utm_source=x&ltsid=1f", "https://linktr.ee/jane?ltsid=1f"),
        ("https://jane.example/?id=1&gtin=77&utm_source=x&LTV=3", "https://jane.example/?id=1&gtin=77&LTV=3"),
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
    [
        "linktr.ee/jane",
        "https://www.linktr.ee/jane",
        "http://beacons.ai/jane",
        "jane.carrd.co",
        "https://bio.link/j",
        "https://zaap.bio/jane",
        "https://linktr.ee/jane?utm_source=x&ltsid=1f",
        "https://start.page/jane",
        "https://lynk.id/jane",
    ],
)
def test_a_page_of_links_is_no_website(raw):
    """It is a field of its own: Linktree is no one's company."""
    assert links.website(raw) == ""
    assert links.link_in_bio(raw) == links.clean(raw) != ""


# fmt: off
PLATFORMS_PAGES = [
    "https://www.instagram.com/jane", "https://youtu.be/abc", "https://www.youtube.com/@jane", "m.youtube.com/c/jane",
    "https://www.tiktok.com/@jane", "https://vm.tiktok.com/ZM/", "https://x.com/jane", "https://twitter.com/jane",
    "http://mobile.twitter.com/jane", "https://de-de.facebook.com/jane", "https://fb.me/jane", "fb.com/jane",
    "https://www.linkedin.com/in/jane", "https://uk.linkedin.com/in/jane", "https://www.threads.net/@jane",
    "https://t.me/jane", "https://wa.me/4930123456", "https://api.whatsapp.com/send?phone=4930123456",
    "https://discord.gg/abc", "https://www.twitch.tv/jane", "https://open.spotify.com/artist/1",
    "https://music.apple.com/artist/1", "https://www.patreon.com/jane", "https://ko-fi.com/jane",
    "https://www.amazon.com/shop/jane", "https://www.etsy.com/shop/jane", "https://docs.google.com/forms/d/1",
    "https://forms.gle/abc", "https://l.instagram.com/?u=https%3A%2F%2Ft.me%2Fjane&e=1", "https://pin.it/a",
    "https://vk.com/jane", "https://soundcloud.com/jane", "https://www.pinterest.com/jane", "https://INSTAGRAM.com/jane",
]
SHORT_LINKS = [
    "https://bit.ly/3abc", "http://tinyurl.com/abc", "https://t.co/abc", "lnkd.in/abc", "https://amzn.to/abc",
    "https://cutt.ly/abc", "https://rb.gy/abc", "https://jane.short.gy/a", "https://jane.page.link/a",
    "https://smarturl.it/abc", "https://maps.app.goo.gl/abc", "https://ffm.to/jane",
]
OWN = [
    "https://jane.wordpress.com/", "https://jane.blogspot.com/", "https://jane.substack.com/", "https://jane.wixsite.com/x",
    "https://jane.myshopify.com/", "https://jane.github.io/", "https://sites.google.com/view/jane",
    "https://jane.squarespace.com/", "https://janex.com/", "https://bit.ly.example/", "https://myinstagram.com/jane",
    "https://jane.bio/", "https://jane.example/youtu.be/abc", "https://at.co/jane",
]
# fmt: on


@pytest.mark.parametrize("raw", PLATFORMS_PAGES + SHORT_LINKS)
def test_a_platforms_page_and_a_short_link_are_no_website(raw):
    """They are a page of someone else's house, or lead no one knows where; they are no page of links either."""
    assert links.website(raw) == links.link_in_bio(raw) == ""


@pytest.mark.parametrize("raw", OWN)
def test_a_site_of_ones_own_stays_one(raw):
    """Builders of sites give each site a name of its own; only whole labels of a host count."""
    assert links.website(raw) == raw


@pytest.mark.parametrize(
    "raw", ["https://jane.example/linktr.ee", "https://notlinktr.ee/jane", "https://linktr.ee.example/x"]
)
def test_a_website_is_no_page_of_links(raw):
    """The host decides, whole labels only."""
    assert links.website(raw) == raw
    assert links.link_in_bio(raw) == ""


def test_the_lists_are_hosts_and_names():
    """Each entry is as the code compares it."""
    for name in ("link_in_bio", "platform_pages", "shorteners"):
        assert all(word == word.lower() and "." in word and "/" not in word for word in words(name))
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
    assert {links.website(raw), links.link_in_bio(raw)} <= {link, ""}


@given(LINKS)
@settings(deadline=None, max_examples=300)
def test_the_short_way_agrees_with_the_long_one(raw):
    """A link that needs no work is what the work would make of it."""
    if ordinary.link(raw):
        slow = variables.url(raw)
        assert links.clean(raw) == (f"https://{slow.removeprefix('http://')}" if slow.startswith("http:") else slow)
