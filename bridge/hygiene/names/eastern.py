"""Judges Chinese, Japanese and Korean names in their own script: family first, often without a space.

The given name is what people are greeted by, so it must be known as one: by a list, or for Chinese and Korean by being
made of what given names are made of.
"""

import re
from typing import Final

from bridge.hygiene.names.persons import Verdict
from bridge.hygiene.wordlists import pattern, words

_HANGUL = re.compile("[가-힣]+")
_PAIR: Final = 2
_MOST_LETTERS: Final = 6
_KOREAN_FULL: Final = 3
_LONGEST_SURNAME: Final = 3


def judged(text: str) -> Verdict:
    """The verdict on a piece in Han letters, kana or hangul. Scripts are not mixed: `田中 みさき` is the exception."""
    written = text.split()
    if text in words("stop_words_other") or any(word in words("stop_words_other") for word in written):
        return Verdict("stop_word")
    if len(written) == _PAIR:  # family name, given name
        return _spaced(*written)
    if len(written) != 1 or len(text) > _MOST_LETTERS:
        return Verdict("word_count")
    if text in words("other_words"):
        return Verdict("ambiguous")
    if _HANGUL.fullmatch(text):
        return _korean(text)
    return _unspaced(text)


def _spaced(family: str, given: str) -> Verdict:
    if family in words("other_surnames") and (_is_given(given) or _is_made_given(given)):
        return Verdict("other_script", 0.9, given, family)
    if given in words("other_surnames") and _is_given(family) and family not in words("other_surnames"):
        return Verdict("other_script", 0.8, family, given)
    return Verdict("no_given_name")


def _korean(text: str) -> Verdict:
    if len(text) == _KOREAN_FULL and text[0] in words("other_surnames"):
        confidence = 0.9 if _is_given(text[1:]) else 0.8 if _is_made_given(text[1:]) else 0.0
        if confidence:
            return Verdict("other_script", confidence, text[1:], text[0])
    return Verdict("other_script", 0.8, text) if _is_given(text) and len(text) > 1 else Verdict("no_given_name")


def _unspaced(text: str) -> Verdict:
    for size in range(1, min(_LONGEST_SURNAME + 1, len(text) - 1)):
        family, given = text[:size], text[size:]
        if family in words("other_surnames") and (
            _is_given(given) or (family in words("chinese_surnames") and _is_made_given(given))
        ):
            return Verdict("other_script", 0.85, given, family)
    if len(text) > 1 and _is_given(text) and text not in words("other_surnames"):
        return Verdict("other_script", 0.8, text)
    return Verdict("no_given_name")


def _is_given(text: str) -> bool:
    return text in words("other_given_names")


def _is_made_given(text: str) -> bool:
    """Whether a given name of two letters is made of what Chinese or Korean given names are made of."""
    kind = "korean" if _HANGUL.fullmatch(text) else "chinese"
    return len(text) == _PAIR and pattern("[{0}]+", f"{kind}_given_letters").fullmatch(text) is not None
