"""Text, times and lines as people see them, on a terminal or a page. Prints nothing.

Scraped text is hostile here too: `plain` takes out what a terminal would act on (escape sequences, bidi, invisible
characters).
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from bridge.hygiene.characters import without_invisible
from bridge.model.rates import Rate

LONGEST = 300
"""Characters of one scraped text that are shown."""


_LONGEST_CELL = 1_000
# A spreadsheet runs a cell that begins with one of these, in their full-width forms too (OWASP, CSV injection). Where
# its list separator is the semicolon it divides a cell there, whatever quotes stand around: what follows may be a
# formula as well. Tab and line break can stand for a space before it; `plain` has turned them into spaces already.
_FORMULA = re.compile(r"""(^|;)(?=[\s"']*[=+\-@\u2212\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20])""")


class Line(NamedTuple):
    """One line of a report: its text, how far it is indented, and its colour or weight where there are any."""

    text: str
    indent: int = 0
    style: str = ""


def indented(texts: Iterable[str], indent: int, style: str = "") -> list[Line]:
    """Lines of the same kind."""
    return [Line(text, indent, style) for text in texts]


def visible(text: str) -> str:
    """The text without control, bidi and invisible characters and lone surrogates; spaces stay as they are."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " for c in without_invisible(text))


def plain(text: str, longest: int = LONGEST) -> str:
    """The text as one line of visible characters in single spaces, cut where it is too long."""
    line = " ".join(visible(text[: 4 * longest]).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def cell(text: str) -> str:
    """The text as one harmless cell of a spreadsheet; an apostrophe in front keeps a formula from running."""
    return _FORMULA.sub(r"\1'", plain(text, _LONGEST_CELL))


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 campaign`, `1,200 campaigns`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(one: Rate) -> str:
    """`6.0 % (4.7-7.6)`; "-" without a case."""
    if one.value is None:
        return "-"
    return f"{100 * one.value:.1f} % ({100 * one.low:.1f}-{100 * one.high:.1f})"


def minute(at: datetime | None) -> str:
    """`2026-11-20 12:00 UTC`; "never" for None."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "never"


def second(at: datetime | None) -> str:
    """`2026-11-20 12:00:00 UTC`; "" for None."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else ""


def iso(at: datetime | None) -> str | None:
    """The instant for JSON."""
    return at.isoformat() if at else None
