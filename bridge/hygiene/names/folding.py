"""Undoes what font generators and decorators did to a display name, so that its letters can be read. Judges nothing.

NFKC folds bold, script, circled and full-width letters. Small capitals, letters in black squares and circles, flags
used as letters, struck-through and spaced-out letters it leaves as they are: they are folded here. Look-alike letters
of other scripts are not: a word of mixed scripts is not read at all.
"""

import re
import unicodedata
from functools import lru_cache
from html import unescape
from typing import Final

from bridge.hygiene.characters import without_invisible

CUT: Final = "|"
"""What every symbol becomes: it parts two pieces of a display name."""

_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALL_CAPITALS: Final = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡxʏᴢ"
_SYLLABICS: Final = "ᗩᗷᑕᗪEᖴGᕼIᒍKᒪᗰᑎOᑭᑫᖇᔕTᑌᐯᗯ᙭Yᘔ"
_DECORATING: Final = frozenset({"Po", "Ps", "Pe", "So", "Sk", "No", "Nl"})
_FIRST_FLAG_LETTER: Final = 0x1F1E6
_DRAWN: Final = str.maketrans(
    {drawn: plain for row in (_SMALL_CAPITALS, _SYLLABICS) for drawn, plain in zip(row, _CAPITALS, strict=True)}
    | {"x": "x", "ǫ": "Q"}
    | {chr(first + place): plain for first in (0x1F150, 0x1F170) for place, plain in enumerate(_CAPITALS)}
    | dict.fromkeys("’‘ʼ`´ʻʹ＇", "'")
    | dict.fromkeys("‐‑−‒", "-")
    | dict.fromkeys("\ufe0e\ufe0f", "")
    | dict.fromkeys("\u00a0\u2007\u202f\u3000\t\r\n\u2028\u2029", " ")
)
# Faces and hearts of plain signs: <3, :), >_<, ^^, xD, ¯\_(ツ)_/¯. They say nothing, and some look like code.
_EMOTICON = re.compile(
    r"<[/\\]?3+|¯\\_\(ツ\)_/¯|[:;]-?[()]+(?=\s|$)"
    r"|(?<!\S)(?:[:;=8][-'o^]?[()\[\]dDpPoO3*/\\]+|[()]+-?[:;=]|[xX]+D+|>[._]*<|\(?(?:\^[_.]?\^|([oOTuU-])[_.w]\1)\)?|uwu|owo)(?!\S)"
)
_MAY_BE_EMOTICON = re.compile(r"[<>:;=^()]|xd|uwu|owo|[_.w][otu-]", re.IGNORECASE)
# What separators and brackets are made of stands in `reading`; any other sign only decorates.
_KEPT_SIGNS: Final = frozenset("·•∙・“”„«»「」『』【】—–…‥¿¡،؛׳״ʼ’‘·।་")
# Letters of rare scripts, and of phonetics, in use for their shape: ʚ ɞ, ༺ ༻, ꧁ ꧂, 𓆩 𓆪.
_ONLY_DRAWN = re.compile(
    "[\u0250-\u02ff\u0b83\u0d9e\u0e4f\u0e5b\u0f00-\u0fff\u10e6\u1400-\u1401\u1680-\u16ff\u1b00-\u1cff\u2c00-\u2dff"
    "\ua000-\ua6ff\ua980-\ua9df\uaa00-\uabff\U00010000-\U0001bfff]"
)
_FLAGS_APART = re.compile("(?:[\U0001f1e6-\U0001f1ff][ \u200b-\u200d\u2060\ufeff]+){2,}[\U0001f1e6-\U0001f1ff]")
_NOT_FLAGS = re.compile("[ \u200b-\u200d\u2060\ufeff]")
_STRUCK = re.compile("[\u0305\u0331-\u0338\u033f\u0488\u0489\u20d0-\u20f0]")
_PILED = re.compile("[\u0300-\u036f]{2,}")
_SPACED = re.compile(r"[^\W\d_](?: {1,6}[^\W\d_]){3,}")
_SPACED_OUT = re.compile(r"(?<![^\s])[^\W\d_](?: [^\W\d_](?![^\s])){3,}(?:  +[^\W\d_](?: [^\W\d_](?![^\s]))*)*")
_BETWEEN_SPACED = re.compile(r" {2,}")


def folded(text: str) -> str:
    """The text in plain letters, with `|` in place of every symbol and emoji."""
    if "&" in text:
        text = unescape(text)
    if _MAY_BE_EMOTICON.search(text):
        text = _EMOTICON.sub(CUT, text)
    if text.isascii():
        return _closed_up(text)
    text = _FLAGS_APART.sub(_flags_as_letters, text)
    text = _STRUCK.sub("", without_invisible(text).translate(_DRAWN))
    text = unicodedata.normalize("NFKC", "".join(map(_letter_or_cut, text)))
    return _closed_up(_PILED.sub("", text))


def plain_letters(text: str) -> str:
    """A longer text with styled letters as plain ones, and words of spaced-out letters closed up; symbols stay.

    Only for reading: accents of what was not styled stay too, and words that NFKC alone would change are changed.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _STRUCK.sub("", text.translate(_DRAWN)))
    return _SPACED_OUT.sub(lambda run: " ".join(word.replace(" ", "") for word in run[0].split("  ")), text)


def _flags_as_letters(found: re.Match[str]) -> str:
    return "".join(_CAPITALS[ord(flag) - _FIRST_FLAG_LETTER] for flag in _NOT_FLAGS.sub("", found[0]))


@lru_cache(maxsize=8_192)
def _letter_or_cut(char: str) -> str:
    """What decorates becomes a cut, but for letters in circles and squares; the rest is left to NFKC."""
    if char.isascii() or char in _KEPT_SIGNS:
        return char
    kind, plain = unicodedata.category(char), unicodedata.normalize("NFKC", char)
    if kind[0] == "S":
        return plain if len(plain) == 1 and plain.isalpha() else CUT
    if _ONLY_DRAWN.match(char):
        return char if plain.isascii() and plain.isalpha() else CUT
    return CUT if kind in _DECORATING and plain == char else char


def _closed_up(text: str) -> str:
    """`S O P H I A` as one word, where nothing but single letters is written; wider gaps part the words."""
    inner = text.strip(CUT + " ")
    if inner[1:2] != " " or not _SPACED.fullmatch(inner):
        return text
    return " ".join(word.replace(" ", "") for word in _BETWEEN_SPACED.split(inner))
