"""The language of a biography: reported, or unknown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.hygiene.languages import KNOWN, language
from tests.hygiene.hostile import hostile_texts

# fmt: off
REPORTED = [
    ("en", "Helping you fall in love with your body | coach & mum of two"),
    ("en", "just a girl who loves books and tea ☕️ NYC ✈️ LDN"),
    ("en", "I MAKE CERAMICS IN A TINY STUDIO"),
    ("de", "Mama von zwei Jungs, Bloggerin und Kaffeeliebhaberin @brand"),
    ("fr", "Maman de deux enfants, je partage mon quotidien https://x.example/english-words-only"),
    ("es", "Te ayudo a crecer en redes sociales"), ("pt", "Ajudo você a crescer nas redes sociais"),
    ("it", "Ricette facili e veloci per tutti i giorni"), ("nl", "Makkelijke recepten voor het hele gezin"),
    ("pl", "Proste przepisy dla całej rodziny"), ("tr", "Kolay tarifler ve seyahat önerileri"),
    ("ru", "Фотограф в Москве, запись в директ"), ("uk", "Мама двох дітей, люблю каву та книги"),
    ("el", "Μαμά δύο παιδιών"), ("ar", "أم لطفلين، أحب القهوة والكتب"), ("he", "אמא לשניים, אוהבת קפה"),
    ("hi", "दो बच्चों की माँ, कॉफी और किताबें पसंद"), ("ja", "二児の母、コーヒーと本が好き"), ("ko", "두 아이의 엄마"),
    ("zh", "两个孩子的妈妈，喜欢咖啡和书"), ("th", "แม่ของลูกสองคน"),
]
UNKNOWN = [
    "", " ", "✨", "DM", "yoga", "NYC ✈️ LDN", "@brand", "https://x.example/an-english-sentence", "Mia Keller",
    "IG: mia | TT: mia", "123 456", "jane@studio.example", "#this #is #an #english #sentence", "\ud800" * 50,
    "\x00" * 50,
    "x " * 10_000, "{{x}}" * 1_000,
]
# fmt: on


@pytest.mark.parametrize(("expected", "biography"), REPORTED)
def test_a_biography_shows_its_language(expected, biography):
    """By its script, or by the model; names, links, handles and emoji do not count."""
    assert language(biography) == expected


CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _drawn(first_capital, first_small):
    letters = {ord(plain): chr(first_capital + place) for place, plain in enumerate(CAPITALS)}
    letters |= {ord(plain.lower()): chr(first_small + place) for place, plain in enumerate(CAPITALS)}
    return lambda text: text.translate(letters)


STYLES = {
    "bold": _drawn(0x1D400, 0x1D41A),
    "bold script": _drawn(0x1D4D0, 0x1D4EA),
    "sans": _drawn(0x1D5D4, 0x1D5EE),
    "typewriter": _drawn(0x1D670, 0x1D68A),
    "black letter": _drawn(0x1D56C, 0x1D586),
    "full width": _drawn(0xFF21, 0xFF41),
    "circles": _drawn(0x24B6, 0x24D0),
    "black squares": _drawn(0x1F170, 0x1F170),
    "small capitals": lambda text: text.lower().translate(dict(zip(range(97, 101), "ᴀʙᴄᴅ", strict=True))),
    "spaced": lambda text: "  ".join(" ".join(word) for word in text.split()),
    "underlined": lambda text: "".join(f"{letter}\u0332" for letter in text),
    "struck through": lambda text: "".join(f"{letter}\u0336" for letter in text),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("expected", "biography"),
    [
        ("en", "Believe in yourself"),
        ("en", "Helping you fall in love with your body"),
        ("de", "Mama von zwei Jungs und Bloggerin aus Berlin"),
        ("es", "Te ayudo a crecer en redes sociales"),
        ("fr", "Maman de deux enfants et je partage mon quotidien"),
        ("pl", "Proste przepisy dla calej rodziny i nie tylko"),
    ],
)
def test_styled_letters_are_read_as_plain_ones(style, expected, biography):
    """A font generator changes no language: bold, script, circled, spaced and struck letters are folded first."""
    assert language(STYLES[style](biography)) == expected


@pytest.mark.parametrize("biography", UNKNOWN)
def test_what_is_too_little_to_know_is_unknown(biography):
    """A word or two, a name, a list of handles: no language is guessed."""
    assert language(biography) == ""


def test_only_the_beginning_of_a_long_text_is_read():
    """Twenty kilobytes cost what six hundred characters cost."""
    long = "Helping you fall in love with your body. " * 500
    assert language(long) == language(long[:600]) == "en"


@given(st.one_of(hostile_texts, st.text(max_size=80)))
@settings(deadline=None, max_examples=200)
def test_whatever_comes_in_a_known_code_or_nothing_comes_out(biography):
    """Hostile text raises nothing, and the same text has the same language."""
    reported = language(biography)
    assert reported == "" or reported in KNOWN
    assert language(biography) == reported
