"""Instantly's template language, read and rendered as far as it is documented. Pure: no request, no guess resolved.

`{{name}}` and `{{name|fallback}}` are resolved. Spintax (`{{RANDOM | a | b}}`) is shown unresolved, with the variables
inside it filled in. Liquid (`{% … %}`) and anything else in braces stays as it is, and marked (instantly.md §1.6).

Whether names are matched regardless of case is UNKNOWN: only the exact name counts as filled, so that a misspelled
one shows up as a hole, which is the safe way to be wrong.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from string import ascii_uppercase
from types import MappingProxyType
from typing import Any

from bridge.api.scalars import mapping, text
from bridge.destinations.foreseen import Kind, Letter, Piece
from bridge.destinations.instantly.upload import lead_body
from bridge.lazy import dataclass
from bridge.model import Delivery

CORE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "email": "email",
        "first_name": "firstName",
        "last_name": "lastName",
        "company_name": "companyName",
        "job_title": "jobTitle",
        "phone": "phone",
        "website": "website",
        "personalization": "personalization",
    }
)
"""What Instantly calls the fields we send, in its texts (instantly.md §1.6)."""

MOST_VARIANTS = 4
"""Variants of the first step that are rendered for each lead."""

_LONGEST = 20_000  # characters of one subject or body that are read
_DEEPEST = 4  # levels of braces within braces
_OF_THE_SENDER = re.compile(r"sendingAccount|accountSignature", re.IGNORECASE)
_RANDOM = re.compile(r"\s*random\b", re.IGNORECASE)
_CODE = re.compile(r"\{\{|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a template: its own words, a variable with its fallback, or code that is left alone."""

    raw: str
    kind: Kind
    name: str = ""
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One mail of the sequence: its enabled variants as (label, subject, body), and the days until the next one."""

    variants: tuple[tuple[str, str, str], ...]
    delay: float


# ---------------------------------------------------------------------------------------------------- what is rendered


def read_steps(campaign: Mapping[str, Any]) -> tuple[Step, ...]:
    """The steps of a campaign; only its first sequence counts (instantly.md §1.4). Disabled variants are left out."""
    sequences = campaign.get("sequences")
    first = mapping(sequences[0]) if isinstance(sequences, list) and sequences else {}
    steps = first.get("steps")
    return tuple(_step(mapping(step)) for step in (steps if isinstance(steps, list) else ()))


def _step(step: Mapping[str, Any]) -> Step:
    listed = step.get("variants")
    variants = [mapping(one) for one in (listed if isinstance(listed, list) else ())]
    named = tuple(
        (
            ascii_uppercase[number] if number < len(ascii_uppercase) else str(number + 1),
            text(one.get("subject"))[:_LONGEST],
            text(one.get("body"))[:_LONGEST],
        )
        for number, one in enumerate(variants)
        if one.get("v_disabled") is not True
    )
    return Step(named, _days(step))


def _days(step: Mapping[str, Any]) -> float:
    delay, unit = step.get("delay"), step.get("delay_unit")
    if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay < 10_000:  # noqa: PLR2004
        return 0.0
    return float(delay) / {"minutes": 1440.0, "hours": 24.0}.get(str(unit), 1.0)


def values_of(delivery: Delivery) -> dict[str, str]:
    """The lead's variables by the names that texts use, empty ones left out."""
    body = dict(lead_body(delivery))
    custom = mapping(body.pop("custom_variables", {}))
    core = {CORE_NAMES[name]: str(value) for name, value in body.items() if name in CORE_NAMES}
    return {**{name: str(value) for name, value in custom.items()}, **core}


def letters(step: Step, delivery: Delivery) -> tuple[Letter, ...]:
    """The step as it would be written to this lead, in each of its first variants."""
    values = values_of(delivery)
    return tuple(
        Letter(label, tuple(render(subject, values)), tuple(render(as_text(body), values)))
        for label, subject, body in step.variants[:MOST_VARIANTS]
    )


def following(steps: Sequence[Step], delivery: Delivery) -> tuple[Letter, ...]:
    """The later mails of the sequence to this lead, in their first variant."""
    pairs = enumerate(pairwise(steps), 2)
    written = ((number, before, letters(step, delivery)[:1]) for number, (before, step) in pairs)
    return tuple(replace(first, step=number, days=before.delay) for number, before, some in written for first in some)


def render(template: str, values: Mapping[str, str]) -> Iterator[Piece]:
    """The template with the lead's values in it, each piece saying what it is."""
    for token in tokens(template):
        if token.kind is not Kind.FILLED:
            yield Piece(token.raw, token.kind, token.name)
        elif value := values.get(token.name):
            yield Piece(value, Kind.FILLED, token.name)
        elif token.fallback is not None:  # `{{name|}}`: nothing, on purpose
            yield Piece(token.fallback, Kind.FALLBACK, token.name)
        else:
            yield Piece(token.raw, Kind.HOLE, token.name)


# ------------------------------------------------------------------------------------------------------ what is used


def variables_of(steps: Iterable[Step]) -> dict[str, set[str | None]]:
    """Every variable that the steps use, with the fallbacks it has; None among them where it stands bare somewhere."""
    used: dict[str, set[str | None]] = {}
    for step in steps:
        for _, subject, body in step.variants:
            for token in (*tokens(subject), *tokens(as_text(body))):
                if token.kind is Kind.FILLED:
                    used.setdefault(token.name, set()).add(token.fallback)
    return used


def remarks(steps: Iterable[Step]) -> list[str]:
    """What in the texts is likely to look wrong when it arrives."""
    bodies = [(number, body) for number, step in enumerate(steps, 1) for _, _, body in step.variants]
    subjects = [(number, subject) for number, step in enumerate(steps, 1) for _, subject, _ in step.variants]
    checks = (
        ("writes a line break as \\n, which arrives as two letters: use <br/>.", lambda body: "\\n" in body),
        ("has line breaks but no <br/> or <p>: everything arrives on one line.", _is_unbroken),
        ("has a brace pair that is not closed.", lambda body: any(_is_unclosed(one) for one in tokens(body))),
        (
            "has more than one variable in a spin block; a sister product resolves only the first.",
            lambda body: any(count > 1 for count in _spun(body)),
        ),
    )
    found = [f"Step {number} {what}" for what, is_so in checks for number, body in bodies if is_so(body)]
    found += [f"Step {number} {checks[2][0]}" for number, line in subjects if any(map(_is_unclosed, tokens(line)))]
    return list(dict.fromkeys(found))


def _is_unbroken(body: str) -> bool:
    return "\n" in body.strip() and not re.search(r"<(?:br|p|div|li|tr|table)\b", body, re.IGNORECASE)


def _is_unclosed(token: Token) -> bool:
    return token.kind is Kind.CODE and token.raw.startswith("{{") and "}}" not in token.raw and token.name == "unclosed"


def _spun(template: str) -> list[int]:
    """How many variables each spin block has."""
    counts: list[int] = []
    open_blocks = 0
    for token in tokens(template):
        if token.kind is Kind.CODE and _RANDOM.match(token.raw.removeprefix("{{")):
            counts.append(0)
            open_blocks += 1
        elif token.kind is Kind.CODE and token.raw == "}}":
            open_blocks = max(0, open_blocks - 1)
        elif token.kind is Kind.FILLED and open_blocks:
            counts[-1] += 1
    return counts


# --------------------------------------------------------------------------------------------------------- the grammar


def tokens(template: str, depth: int = 0) -> Iterator[Token]:
    """The parts of a template, whose `raw` texts put together give it back."""
    start = 0
    while found := _CODE.search(template, start):
        if found.start() > start:
            yield Token(template[start : found.start()], Kind.TEXT)
        if found[0] != "{{":
            yield Token(found[0], Kind.CODE)
            start = found.end()
            continue
        end = _closing(template, found.start())
        if end < 0 or depth > _DEEPEST:
            yield Token(template[found.start() :], Kind.CODE, "unclosed")
            return
        yield from _braced(template[found.start() : end], depth)
        start = end
    if start < len(template):
        yield Token(template[start:], Kind.TEXT)


def _closing(template: str, start: int) -> int:
    """Where the pair of braces that opens at `start` ends, behind its closing pair; -1 where it does not."""
    depth, place = 0, start
    while place < len(template) - 1:
        pair = template[place : place + 2]
        if pair == "{{":
            depth, place = depth + 1, place + 2
        elif pair == "}}":
            depth, place = depth - 1, place + 2
            if depth == 0:
                return place
        else:
            place += 1
    return -1


def _braced(raw: str, depth: int) -> Iterator[Token]:
    inside = raw[2:-2]
    if _RANDOM.match(inside):
        head, bar, rest = inside.partition("|")
        yield Token("{{" + head + bar, Kind.CODE)
        yield from tokens(rest, depth + 1)
        yield Token("}}", Kind.CODE)
        return
    name, bar, fallback = inside.partition("|")
    name = name.strip()
    if not name or "{" in inside or "}" in inside:
        yield Token(raw, Kind.CODE)
    elif _OF_THE_SENDER.match(name):
        yield Token(raw, Kind.SENDER, name)
    else:
        yield Token(raw, Kind.FILLED, name, fallback.strip() if bar else None)


# -------------------------------------------------------------------------------------------------------- HTML as text

_BLOCKS = frozenset({"p", "div", "li", "tr", "table", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"script", "style", "head", "title", "template"})


def as_text(body: str) -> str:
    """An HTML body as a reader of plain text sees it: line breaks, links with their address, images named."""
    reader = _Reader()
    reader.feed(body)
    reader.close()
    lines = ("".join(reader.parts)).split("\n")
    text = "\n".join(" ".join(line.split()) for line in lines).strip("\n")
    return re.sub(r"\n{3,}", "\n\n", text)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self.parts.append("\n")
        elif tag in _BLOCKS:
            self._new_line()
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.parts)))
        elif tag == "img":
            named = dict(attrs).get("alt") or ""
            self.parts.append(f"[image{': ' + named if named else ''}]")
        if tag == "li":
            self.parts.append("- ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SILENT:  # `<style/>` ends where it begins
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self._new_line()
            if tag == "p":
                self.parts.append("\n")
        elif tag == "a" and self._links:
            link, since = self._links.pop()
            if link and link.removeprefix("mailto:") not in "".join(self.parts[since:]):
                self.parts.append(f" ({link})")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " ").replace("\r", " "))

    def _new_line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")
