"""The language of a biography: told, or unknown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.hygiene.languages import KNOWN, language
from tests.hygiene.hostile import hostile_texts

# fmt: off
TOLD = [
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


@pytest.mark.parametrize(("expected", "biography"), TOLD)
def test_a_biography_tells_its_language(expected, biography):
    """By its script, or by the model; names, links, handles and emoji do not count."""
    assert language(biography) == expected


@pytest.mark.parametrize("biography", UNKNOWN)
def test_what_is_too_little_to_tell_is_unknown(biography):
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
    told = language(biography)
    assert told == "" or told in KNOWN
    assert language(biography) == told
