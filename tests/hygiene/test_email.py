"""What counts as an address, and what is taken off it before."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.hygiene import email, ordinary
from tests.hygiene.hostile import addresses, domains_, hostile_texts

MASKED = [
    "j***@gmail.com",
    "j＊＊＊@gmail.com",
    "j&#42;&#42;&#42;@gmail.com",
    "ja•••@example.com",
    "jane@exa…",
    "ja...@example.com",
    "j##@example.com",
    "j＃＃@example.com",
    "j#\u200b#@example.com",
    "[hidden]",
    "[email protected]",
    "[email\u00a0protected]",
    "jane@***.com",
    "███@example.com",
]
MALFORMED = [
    "",
    "   ",
    "@",
    "jane",
    "@example.com",
    "jane@",
    "jane@example",
    "jane@test",
    "jane@@example.com",
    "jane@joe@ann@example.com",
    "jane (at) example.com",
    "jane at example.com",
    "jane arroba example punto com",
    "jane@example.com, joe@example.com",
    "call jane@example.com",
    "Jane Doe <jane@example.com>",
    "jane [at] example [dot] com",
    ".jane@example.com",
    "jane.@example.com",
    "jane..doe@gmail.com",
    '"jane doe"@example.com',
    '"jane"@example.com',
    "jane@[127.0.0.1]",
    "jane@[IPv6:::1]",
    "jane@127.0.0.1",
    "jane@example.local",
    "jane@localhost",
    "jane@-example.com",
    "jane@exa_mple.com",
    "jane@ab--cd.example",
    "jane@xn--.example",
    "{{email}}@example.com",
    "{a|b}@example.com",
    "ja📩ne@example.com",
    "jane📩@example.com",
    "jane1️⃣@example.com",
    "📩Email: jane@example.com",
    "jane@exam\u200dple.com",
    "jane@نامه\u200cای.example",
    "jane@xn--mgba3gch31f060k.example",
    "jane@क्\u200dष.example",
    "jane@xn--11b2ezcw70k.example",
    "jäne@example.com",
    "jane²@example.com",
    "ja\x00ne@example.com",
    "ja\ud800ne@example.com",
    "jane@exam\ud800ple.com",
    f"{'a' * 65}@example.com",
    f"jane@{'a' * 64}.example",
    f"jane@{'abcdefghi.' * 25}example",
    f"jané@{'é.' * 400}example",
    "a" * 20_000,
    "@" * 20_000,
    " " * 20_000,
]


@pytest.mark.parametrize("raw", MASKED)
def test_a_masked_address_is_distinguished_from_a_malformed_one(raw):
    """Every usual mask shape is known, and never read as an address (instantly.md pitfall 35)."""
    assert email.looks_masked(raw)
    assert email.read(raw) == email.Malformed("is masked")


# fmt: off
BESIDE = [
    "📩{}", "{}📩", "📩 {} 💌", "✉️{}", "👩\u200d💻{}", "→{}", "➡️ {}", "• {}", "▪️{}", "📧: {}", "🇩🇪{}", "{}❤️",
    "🏻{}", "💌mailto:{}", "({} 📩)", "📩&nbsp;{}", "⟡{}⟡",
    "{}。", "¡{}!", "\u200d{}\u200d", "✨「{}」✨", "№ {}", "©{}", "📩\n{}", "1️⃣{}", "1⃣ {}", "{} 2️⃣",
]
# fmt: on


@pytest.mark.parametrize("dressed", BESIDE)
@pytest.mark.parametrize("address", ["jane@studio.example", "info@bücher.example", "jane@उदाहरण.example"])
def test_a_sign_beside_an_address_is_no_part_of_it(dressed, address):
    """Emoji, arrows, bullets and foreign punctuation at its ends fall away; inside it they make it malformed."""
    assert email.read(dressed.format(address)) == email.read(address)
    assert isinstance(email.read(address), email.Address)


def test_a_mark_at_the_end_belongs_to_its_letter():
    """A domain may end in a letter with a mark of its own: taking it off would name another domain."""
    assert email.read("jane@пример.ри\u0306") == email.read("jane@пример.рй") != email.read("jane@пример.ри")


@pytest.mark.parametrize("raw", MALFORMED)
def test_what_is_not_certainly_one_address_is_malformed(raw):
    """Nothing is guessed: several addresses, half ones, literals, quotes, code and foreign letters are refused."""
    found = email.read(raw)
    assert isinstance(found, email.Malformed)
    assert not email.looks_masked(raw)


@pytest.mark.parametrize("raw", ["jane@example.com", "j.doe+x@gmail.com", "o'neil@example.org", "a_b-c@mail.example"])
def test_an_ordinary_address_is_no_mask(raw):
    """Dots, tags and apostrophes are no masks."""
    assert not email.looks_masked(raw)
    assert isinstance(email.read(raw), email.Address)


@pytest.mark.parametrize(
    "raw",
    [
        "jane@example.com",
        "Jane@Example.COM",
        "  jane@example.com\r\n",
        "\u00a0jane@example.com\u3000",
        "ja\u200bne@exam\u00adple.com\ufeff",
        "\u202ejane@example.com\u202c",
        "mailto:jane@example.com",
        "MAILTO:Jane%40example.com?subject=Hi&cc=joe@example.com",
        "<jane@example.com>",
        "<mailto:jane@example.com>",
        "[jane@example.com]",
        "(jane@example.com).",
        "“jane@example.com”",
        "'jane@example.com",
        "jane@example.com;",
        "jane@example.com.,",
        "jane @ example.com",
        "jane&#64;example.com",
        "jane&#x40;example.com",
        "jane&amp;#64;example.com",
        "&lt;jane@example.com&gt;",
        "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "jane﹫example.com",
        "𝗷𝗮𝗻𝗲@example.com",
    ],
)
def test_what_scraping_leaves_is_taken_off(raw):
    """Spaces, invisible characters, mailto, brackets, quotes, entities and fullwidth letters change nothing."""
    assert email.read(raw) == email.read("jane@example.com")


def test_an_address_is_given_in_its_parts():
    """The value is lower case with an ASCII domain; person and exact are the two keys of sameness."""
    found = email.read("Jane.Doe+Shop@GoogleMail.com")
    assert found == email.Address("jane.doe+shop@googlemail.com", "janedoe@gmail.com")
    assert (found.local, found.domain) == ("jane.doe+shop", "googlemail.com")


@pytest.mark.parametrize("raw", ["jane@bücher.example", "JANE@BÜCHER.example", "jane@bu\u0308cher。example"])
def test_an_international_domain_goes_out_in_ascii(raw):
    """However it is written, an IDN has one ASCII spelling."""
    assert email.read(raw) == email.read("jane@xn--bcher-kva.example")
    assert email.read(raw).value == "jane@xn--bcher-kva.example"


@given(st.from_regex(r"[a-zäöüéñ]{1,8}(-[a-zäöü]{1,4})?", fullmatch=True))
@settings(deadline=None, max_examples=100)
def test_the_two_spellings_of_a_domain_are_one_person(name):
    """Unicode and punycode, in any case, meet in one address and one key."""
    spelt = email.read(f"Jane+x@{name.upper()}.Example")
    if isinstance(spelt, email.Address):
        for same in (spelt.domain, spelt.domain.upper(), f"{name}.example", f"{name}。example."):
            assert email.read(f"jane+x@{same}") == spelt


@pytest.mark.parametrize("top", ["com", "example", "test", "photography", "xn--p1ai"])
def test_reserved_and_long_top_levels_are_accepted(top):
    """The names the sandbox uses are as good as real ones, also where email-validator has to look."""
    assert email.read(f"jane@shop.{top}").domain == f"shop.{top}"
    assert email.read(f"o'neil@shop.{top}").domain == f"shop.{top}"


def test_a_reason_never_repeats_the_address():
    """What `why` says may be logged and shown."""
    for raw in MASKED + MALFORMED:
        assert "jane" not in email.read(raw).why


@pytest.mark.parametrize("raw", ["jane [at] example [dot] com", "jane(at)example.com", "jane at example.com"])
def test_an_address_written_in_words_is_held_and_not_guessed(raw):
    """People write so to be read by people; what stands between the words may be anything."""
    assert "in words" in email.read(raw).why


@given(addresses)
@settings(deadline=None, max_examples=150)
def test_the_fast_way_agrees_with_the_library(raw):
    """Whatever is read without email-validator, email-validator reads too, and to the same address."""
    found = email.read(raw)
    try:
        # A leading apostrophe is a spreadsheet's, and taken off; to the library it is a letter.
        judged = validate_email(raw.lstrip("'"), check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError:
        judged = None
    if isinstance(found, email.Address) and judged is not None:
        assert found.value == judged.ascii_email.lower()
    if ordinary.address(raw):
        assert judged is not None


@given(st.one_of(hostile_texts, addresses, st.builds("{}{}{}".format, hostile_texts, addresses, hostile_texts)))
@settings(deadline=None, max_examples=200)
def test_reading_a_value_again_changes_nothing(raw):
    """Reading never raises, gives plain ASCII without code, and is idempotent."""
    found = email.read(raw)
    if isinstance(found, email.Address):
        assert found.value.isascii()
        assert found.value == found.value.lower() == f"{found.local}@{found.domain}"
        assert not set(found.value) & set('{}|<>*"\\`,;: \t\r\n')
        assert email.read(found.value) == found


@given(addresses)
@settings(deadline=None, max_examples=200)
def test_the_key_of_a_person_is_its_own_key(raw):
    """Making the canonical key of a canonical key gives it back."""
    found = email.read(raw)
    if isinstance(found, email.Address):
        assert email.read(found.person).person == found.person


@given(
    st.from_regex(r"[a-z0-9]{3,12}", fullmatch=True),
    st.sampled_from(["gmail.com", "googlemail.com"]),
    st.data(),
)
@settings(deadline=None, max_examples=100)
def test_spellings_of_a_gmail_address_are_one_person(name, domain, data):
    """Case, spaces, dots, tags and the second domain do not make another person at Gmail."""
    place = data.draw(st.integers(1, len(name) - 1))
    tag = data.draw(st.sampled_from(["", "+news", "+a.b"]))
    spelt = f" {name[:place].upper()}.{name[place:]}{tag}@{domain.title()}\u200b"
    assert email.read(spelt).person == f"{name}@gmail.com"


DRESSINGS = [
    "{}",
    " {}\n",
    "\u200b{}\u200b",
    "mailto:{}",
    "<{}>",
    "({}).",
    "“{}”",
    "'{}",
    "{};",
    "&lt;{}&gt;",
    "\u202e{}\ufeff",
]
DISGUISES = [str, str.upper, str.title, lambda text: text.replace("@", "&#64;"), lambda text: text.replace("@", " @ ")]


PLAIN = st.builds(
    "{}@{}".format, st.from_regex(r"[A-Za-z0-9_+]{1,9}(\.[A-Za-z0-9_+-]{1,6})?", fullmatch=True), domains_
)


@given(PLAIN, st.lists(st.sampled_from(DRESSINGS), max_size=2), st.sampled_from(DISGUISES))
@settings(deadline=None, max_examples=300)
def test_what_scraping_does_to_an_address_makes_no_one_else_of_it(raw, dressings, disguise):
    """However an address is dressed and disguised, it means the same person."""
    dressed = disguise(raw)
    for dressing in dressings:
        dressed = dressing.format(dressed)
    assert email.read(dressed) == email.read(raw)


def test_dots_make_another_person_elsewhere_and_tags_do_not():
    """Only Gmail is known to ignore dots; sub-addressing is removed everywhere."""
    assert email.read("jane.doe+x@example.com").person == "jane.doe@example.com"
    assert email.read("janedoe@example.com").person != email.read("jane.doe@example.com").person


@pytest.mark.parametrize("raw", ["+tag@example.com", "jane.+x@example.com", "+@example.com"])
def test_a_tag_without_a_mailbox_is_a_person_of_its_own(raw):
    """The key of a well-formed address is never empty and always an address-shaped key."""
    assert email.read(raw).person == raw
