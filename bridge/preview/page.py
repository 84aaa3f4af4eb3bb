"""Writes a preview as one self-contained HTML page to send to a client. Loads nothing, runs nothing, asks no vendor.

Addresses are masked unless asked otherwise: the page goes to others. Scraped text is hostile here too: everything that
`page.html` prints is made visible, masked and escaped, because it is printed. The page's own policy allows no script,
no image, no font, no form and no other style than its own.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from bridge import __version__
from bridge.destinations.foreseen import Piece
from bridge.logs import mask_addresses
from bridge.preview import RoutePreview
from bridge.preview import words as sentences
from bridge.preview.outlook import percent
from bridge.reports import words
from bridge.reports.keys import KEYS
from bridge.reports.text import visible

GENERATOR = '<meta name="generator" content="leadbridge preview">'
_STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
_LONGEST = 4_000
_BLANKS = re.compile(r"\s+")
_LEGEND = (
    ("filled", "from the lead"),
    ("fallback", "fallback: the lead has no value"),
    ("hole", "stays open"),
    ("code", "shown as written: filled in when it is sent"),
)


def page(found: Sequence[RoutePreview], *, masked: bool, at: datetime | None = None) -> str:
    """The whole page."""
    codes = dict.fromkeys(code for route in found for code, count in route.reasons.items() if count and _curable(code))
    return _PAGE.render(
        routes=found,
        masked=masked,
        cures=list(codes),
        at=f"{at or datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    )


def _curable(code: str) -> bool:
    """Whether something would change it: a key of the route, or what else helps."""
    return code in words.REASONS and bool(KEYS.get(code) or words.fix(code))


def _most(route: RoutePreview) -> int:
    """The leads of the most frequent reason."""
    return max(count for code, count in route.reasons.items() if code != "ok")


@pass_context
def _printed(context: Context, value: Any) -> Any:
    """A value as it comes onto the page: in one line, masked where wanted. Markup is ours, and stays as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _masked(context, _BLANKS.sub(" ", visible(value[:_LONGEST])))


def _masked(context: Context, text: str) -> str:
    return mask_addresses(text) if context["masked"] else text


@pass_context
def _pieces(context: Context, pieces: Sequence[Piece]) -> Markup:
    """Marked pieces; an address that only their joint forms is masked as a whole, then without marks."""
    shown = [(piece.kind, "\n".join(map(visible, piece.text[:_LONGEST].split("\n")))) for piece in pieces]
    whole = _masked(context, "".join(text for _, text in shown))
    texts = [(kind, _masked(context, text)) for kind, text in shown]
    if whole != "".join(text for _, text in texts):
        return escape(whole)
    span = Markup('<span class="{}">{}</span>')
    return Markup("").join(span.format(kind, text) if text and kind != "text" else escape(text) for kind, text in texts)


def _template() -> Template:
    made = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_printed, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["pieces"] = _pieces
    made.globals.update(
        say=sentences, words=words, keys=KEYS, percent=percent, curable=_curable, most=_most, legend=_LEGEND,
        generator=GENERATOR, version=__version__, style=_STYLE,
        digest=b64encode(sha256(_STYLE.encode()).digest()).decode(),
    )  # fmt: skip
    return made.from_string(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))


_PAGE = _template()
