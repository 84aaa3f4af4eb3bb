"""Scalars and links on their way out."""

import math
import re
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.hygiene.variables import scalar, url
from tests.hygiene.hostile import hostile_texts


@pytest.mark.parametrize("value", [None, True, False, 0, -1, 2**53, 1.5, "plain"])
def test_what_instantly_takes_goes_as_it_is(value):
    """String, number, boolean and null are the only values it has (instantly.md pitfall 25)."""
    assert scalar(value) is value or scalar(value) == value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, {"a": 1}, object(), b"x", 1 << 20_000], ids=type)
def test_what_is_no_json_scalar_is_nothing(value):
    """Numbers that are none, and objects, are left out."""
    assert scalar(value) is None


def test_an_integer_that_a_double_would_round_goes_as_text():
    """Ids of 64 bits would arrive as another id."""
    assert scalar(2**53 + 1) == "9007199254740993"
    assert scalar(-(2**60)) == str(-(2**60))


def test_texts_and_lists_are_neutralised():
    """A list becomes text, its inner objects are left out."""
    assert scalar("{{x}}\n") == "((x))"
    assert scalar(["a|b", 3, None, "", {"no": 1}, ("no",), math.nan]) == "a/b, 3"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("https://example.com", "https://example.com"),
        (" HTTPS://Example.COM/Path?q=1#top ", "https://example.com/Path?q=1#top"),
        ("http://example.com:8080/x", "http://example.com:8080/x"),
        ("example.com/shop", "https://example.com/shop"),
        ("www.example.com", "https://www.example.com"),
        ("//example.com/x", "https://example.com/x"),
        ("https://www.tiktok.com/@jane", "https://www.tiktok.com/@jane"),
        ("https://example.com/?a=1&amp;amp;b=2", "https://example.com/?a=1&b=2"),
        ("https://bücher.example/ä?ö", "https://xn--bcher-kva.example/%C3%A4?%C3%B6"),
        ("https://example.com/o'neil", "https://example.com/o%27neil"),
        ("https://exam\u200bple.com/\u00ad", "https://example.com/"),
        ("https://my_shop.example/", "https://my_shop.example/"),
        ("https://a.example/?a=1&ltsid=1f", "https://a.example/?a=1&ltsid=1f"),
        ("https://a.example/?a=1&gtin=77&amp;LTV=3#top", "https://a.example/?a=1&gtin=77&LTV=3#top"),
        ("https://a.example/?a=1&notify=2&copy=3&ampere=4", "https://a.example/?a=1&notify=2&copy=3&ampere=4"),
        ("https://نامه\u200cای.example/", "https://xn--mgba3gch31f060k.example/"),
    ],
)
def test_a_link_goes_out_absolute_and_in_ascii(raw, expected):
    """What a browser would open is what is sent."""
    assert url(raw) == expected


# fmt: off
NO_LINKS = [
    "", "   ", "Jane", "jane@example.com", "mailto:jane@example.com", "javascript:alert(1)", "data:text/html,x",
    "ftp://example.com", "https://", "https://localhost/x", "http://127.0.0.1/", "http://[::1]/", "http://[x/",
    "https://user:pw@example.com/", "https://user@example.com/", "https://example.com:99999/", "https://-a.example/",
    "https://example.com/a b", "https://example.com/\nx", "https://example.com/{{x}}", "https://example.com/a|b",
    "https://example.com/<b>", 'https://example.com/"x', "https://example.com\\x", "https://example.com/`",
    "https://example.com/%7B%7Bx%7D%7D", "https://example.com/%257Bx", "https://example.com/?a&ltb&gt",
    "https://example.com/?a=1&ltimg=1/onerror=x", "https://example.com/?a=1&ltb=%2Fonclick", "https://exa\u200dmple.com/",
    "https://example.com/&#123;", "https://example.com/｛｛", "https://example.com/\ud800", "https://i❤.example/",
    f"https://example.com/{'x' * 500}", "x" * 20_000, "https://example.com/" + "%25" * 300,
]
# fmt: on


@pytest.mark.parametrize("raw", NO_LINKS)
def test_a_link_that_is_not_plainly_one_is_dropped(raw):
    """Other schemes, credentials, private hosts, code in any disguise, broken and endless links never go out."""
    assert url(raw) == ""


@given(
    st.builds("{}{}".format, st.sampled_from(["", "https://example.com/", "example.com/?", "http://"]), hostile_texts)
)
@settings(deadline=None, max_examples=300)
def test_whatever_comes_in_a_link_is_plain_http_or_nothing(raw):
    """The result is a short ASCII http(s) link without code, and a link stays what it is."""
    link = url(raw)
    assert url(link) == link
    if link:
        parts = urlsplit(link)
        assert parts.scheme in {"http", "https"}
        assert "." in parts.netloc
        assert "@" not in parts.netloc
        assert link.isascii()
        assert len(link) <= 500
        # What stands before the "=" of `&ltsid=1` is a parameter's name; read as an entity it begins no known element.
        reported = re.sub(r"&[lg]t(?=[a-z0-9_.-]*=[a-z0-9_.~%+-]*(?:[&#]|$))", "&", link, flags=re.IGNORECASE)
        for seen in (reported, unescape(reported), unescape(unquote(reported))):
            assert not set(seen) & set("{}<>")
        assert not set(link) & set(" \"'`|\\^\t\r\n")
