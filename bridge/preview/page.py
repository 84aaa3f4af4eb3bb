"""Writes a preview as one self-contained HTML page to send to a client. Loads nothing, runs nothing, asks no vendor.

Addresses are masked unless asked otherwise: the page goes to others. Scraped text is hostile here too: everything is
escaped, and the page's own policy allows no script, no image, no font, no form and no other style than its own.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from itertools import chain
from pathlib import Path
from string import Template

from bridge import __version__
from bridge.destinations.foreseen import Letter, Piece
from bridge.logs import mask_addresses
from bridge.preview import RoutePreview
from bridge.preview import words as sentences
from bridge.preview.outlook import Message, Outlook, Presence, percent
from bridge.reports import words
from bridge.reports.keys import KEYS
from bridge.reports.text import visible

GENERATOR = '<meta name="generator" content="leadbridge preview">'
_PAGE = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))
_STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
_LONGEST = 4_000
_MOST_NAMED = 3
_LEGEND = (
    ("filled", "from the lead"),
    ("fallback", "fallback: the lead has no value"),
    ("hole", "stays open"),
    ("code", "shown as written: filled in when it is sent"),
)


def page(found: Sequence[RoutePreview], *, masked: bool, at: datetime | None = None) -> str:
    """The whole page."""
    ink = _Ink(masked=masked)
    names = ", ".join(ink(route.route) for route in found[:_MOST_NAMED]) + (" …" if len(found) > _MOST_NAMED else "")
    return _PAGE.substitute(
        digest=b64encode(sha256(_STYLE.encode()).digest()).decode(),
        style=_STYLE,
        names=names,
        at=f"{at or datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        hidden="E-mail addresses are masked." if masked else "E-mail addresses are shown in full.",
        index=_index(ink, found),
        routes="\n".join(line for number, route in enumerate(found, 1) for line in _route(ink, route, number)),
        cures="\n".join(_cures(found)),
        version=escape(__version__),
    )


class _Ink:
    """How a text gets onto the page: visible characters only, masked where wanted, escaped."""

    def __init__(self, *, masked: bool) -> None:
        self.masked = masked

    def __call__(self, text: str) -> str:
        return escape(self.plain(" ".join(visible(text[:_LONGEST]).split())))

    def plain(self, text: str) -> str:
        return mask_addresses(text) if self.masked else text

    def pieces(self, pieces: Sequence[Piece]) -> str:
        """Marked pieces; an address that only their joint forms is masked as a whole, then without marks."""
        shown = [(piece.kind, "\n".join(map(visible, piece.text[:_LONGEST].split("\n")))) for piece in pieces]
        whole = "".join(text for _, text in shown)
        if self.plain(whole) != "".join(self.plain(text) for _, text in shown):
            return escape(self.plain(whole))
        marked = [(kind, escape(self.plain(text))) for kind, text in shown]
        return "".join(
            text if kind == "text" or not text else f'<span class="{escape(kind)}">{text}</span>'
            for kind, text in marked
        )


# --------------------------------------------------------------------------------------------------------- a route


def _index(ink: _Ink, found: Sequence[RoutePreview]) -> str:
    """The routes, each with how many leads would go; nothing where there is only one."""
    if len(found) == 1:
        return ""
    rows = "".join(
        f'<li><a href="#route-{number}">{ink(route.route)}</a> <span class="soft">{ink(sentences.headline(route))}</span></li>'  # noqa: E501 - one element
        for number, route in enumerate(found, 1)
    )
    return f'<nav aria-label="Routes"><ol class="index">{rows}</ol></nav>'


def _route(ink: _Ink, route: RoutePreview, number: int) -> Iterator[str]:
    yield f'<section id="route-{number}"><h2>{ink(route.route)}</h2>'
    yield f'<p class="soft">to {ink(route.target)}</p>'
    yield from _figures(route)
    yield _notes(ink, "bad", [f"{route.error} {route.hint}"] if route.error else ())
    found = route.outlook
    about = (found.warnings, found.pace.warnings if found.pace else ()) if found else ()
    yield _notes(ink, "warn", chain(route.warnings, *about))
    yield from _reasons(ink, route)
    if found is not None:
        yield from _outlook(ink, found)
    yield "</section>"


def _figures(route: RoutePreview) -> Iterator[str]:
    shown = "".join(
        f"<div{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}><dt>{name}</dt><dd>{number}</dd></div>"
        for name, number, kind in sentences.figures(route)
    )
    yield f'<dl class="figures">{shown}</dl>'
    if route.leads_read and route.would_be_taken is not None:
        share = 100 * route.would_be_taken / route.leads_read
        yield (
            f'<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" '
            f'aria-label="{share:.0f} % would be delivered"><rect class="go" width="{share:.2f}" height="1"/></svg>'
        )


def _notes(ink: _Ink, kind: str, sentences: Iterable[str]) -> str:
    shown = [f'<li class="{kind}">{ink(sentence)}</li>' for sentence in sentences if sentence]
    return f'<ul class="notes">{"".join(shown)}</ul>' if shown else ""


def _reasons(ink: _Ink, route: RoutePreview) -> Iterator[str]:
    rows = [(code, count) for code, count in route.reasons.items() if count and code != "ok"]
    if rows:
        most = max(count for _, count in rows)
        yield "<h3>Who is not sent, and why</h3>"
        yield _table(
            (("leads", "n"), ("", "b"), ("reason", "")),
            [(f"{count:,}", _share(count / most, "stay"), _linked(ink, code)) for code, count in rows],
        )
    for sentence in chain(sentences.waiting(route), sentences.validations(route.validations)):
        yield f'<p class="small soft">{ink(sentence)}</p>'
    if route.suppressed:
        yield f'<p class="small soft">Suppressed, for example: {ink(", ".join(route.suppressed))}</p>'


def _share(share: float, kind: str = "") -> str:
    shape = f'class="share {kind}" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true"'
    return f'<svg {shape}><rect width="{share:.3f}" height="1"/></svg>'


def _linked(ink: _Ink, code: str) -> str:
    """A reason, as a link to what would change it, where there is something."""
    said = ink(words.reason(code))
    return f'<a href="#cure-{escape(code)}">{said}</a>' if _curable(code) else said


def _curable(code: str) -> bool:
    return code in words.REASONS and bool(KEYS.get(code) or words.fix(code))


def _cures(found: Sequence[RoutePreview]) -> Iterator[str]:
    """What would change each reason that occurs: its keys on the route in bridge.toml, and what else helps."""
    codes = dict.fromkeys(code for route in found for code, count in route.reasons.items() if count and _curable(code))
    if not codes:
        return
    yield '<section><h2>What would change it</h2><dl class="cures">'
    for code in codes:
        keys = ", ".join(f"<code>{key}</code>" for key in KEYS.get(code, ()))
        helped = escape(words.fix(code).replace("`", ""))
        said = " ".join(filter(None, (f"On the route in bridge.toml: {keys}." if keys else "", helped)))
        yield f'<dt id="cure-{escape(code)}">{escape(words.reason(code))}</dt><dd>{said}</dd>'
    yield "</dl></section>"


def _table(heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> str:
    """Cells are HTML already."""
    of = [f' class="{kind}"' if kind else "" for _, kind in heads]
    head = "".join(
        f'<th scope="col"{kind}>{name}</th>' if name else f"<td{kind}></td>"
        for (name, _), kind in zip(heads, of, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(row, of, strict=True)) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


# ------------------------------------------------------------------------------------------------------- its outlook


def _outlook(ink: _Ink, found: Outlook) -> Iterator[str]:
    yield f"<h3>Who is there already</h3><p>{ink(sentences.asked(found))}</p>"
    if found.presences:
        yield _table((("leads", "n"), ("where they are", "")), [_presence(ink, one) for one in found.presences])
    yield f"<p>{ink(sentences.plan(found))}</p>"
    yield from _pace(ink, found)
    yield from _variables(ink, found)
    yield from _letters(ink, found)
    if found.notes:
        yield f"<h3>What could not be found out</h3>{_notes(ink, 'unknown', found.notes)}"


def _presence(ink: _Ink, one: Presence) -> tuple[str, str]:
    places = [ink(f"{name} ({count:,})" if len(one.where) > 1 else name) for name, count in one.where.items()]
    where = f" ({', '.join(places)})" if places else ""
    verdict = "left out" if one.skipped else "sent anyway"
    examples = f'<br><span class="small soft">{ink(sentences.examples(one))}</span>'
    return f"{one.leads:,}", f"{ink(words.reason(one.reason))}{where}: {verdict}{examples}"


def _pace(ink: _Ink, found: Outlook) -> Iterator[str]:
    if found.pace is None:
        return
    yield f"<h3>How soon</h3><p>{ink(sentences.first_touch(found))}</p>"
    shown = "".join(f"<li>{ink(sentence)}</li>" for sentence in found.pace.arithmetic)
    yield f"<details open><summary>How that is counted</summary><ul>{shown}</ul></details>"


def _variables(ink: _Ink, found: Outlook) -> Iterator[str]:
    rows = []
    for use in found.uses:
        share = found.share(use)
        instead = " or ".join(f"“{ink(word)}”" if word else "nothing" for word in use.fallbacks)
        if use.bare:
            instead = " or ".join(filter(None, (instead, "a hole")))
        rows.append((f"{{{{{ink(use.name)}}}}}", f"{percent(share)} {_share(share)}", instead if use.empty else ""))
    if rows:
        yield "<h3>Variables of the messages</h3>"
        yield _table((("variable", "v"), ("empty for", "w"), ("what they read then", "")), rows)
        yield f'<p class="small soft">Counted over {words.leads(found.sampled)}.</p>'
    if found.widens:
        yield f'<p class="small soft">New to the campaign: {ink(", ".join(found.widens))}.</p>'


def _letters(ink: _Ink, found: Outlook) -> Iterator[str]:
    if not found.messages:
        return
    several = any(message.following for message in found.messages)
    yield f"<h3>{'The messages, as they would get them' if several else 'The first message, as they would get it'}</h3>"
    legend = "".join(f'<li><span class="{kind}">&nbsp;abc&nbsp;</span> {said}</li>' for kind, said in _LEGEND)
    yield f'<ul class="legend">{legend}</ul>'
    first = found.messages[0]
    shown = list(sentences.letters(found))
    later = [(first, letter) for letter in first.following]
    # All mails to the first lead, then the first mail to the others.
    for message, letter in (*shown[: len(first.letters)], *later, *shown[len(first.letters) :]):
        yield from _letter(ink, message, letter)


def _letter(ink: _Ink, message: Message, letter: Letter) -> Iterator[str]:
    variant = f" · variant {ink(letter.variant)}" if letter.step == 1 and len(message.letters) > 1 else ""
    after = "" if letter.days is None else f", {letter.days:g} {'day' if letter.days == 1 else 'days'} later"
    step = f" · message {letter.step}{after}" if message.following else ""
    profile = f" (@{ink(message.username)})" if message.username else ""
    none = '<span class="soft">in the same thread</span>' if letter.step > 1 else '<span class="hole">no subject</span>'
    yield f"<article><header>To {ink(message.address)}{profile}{variant}{step}"
    yield f'<p class="subject">{ink.pieces(letter.subject) or none}</p></header>'
    yield f'<div class="body">{ink.pieces(letter.body)}</div></article>'
