"""The tiny language of `fields` in bridge.toml: text with `{field}` or `{field|fallback}`. No expressions, no I/O.

A template is parsed once, when the configuration is loaded, and rendered for every lead. **A sentence with a hole is
worse than none**: where a field is empty and has no fallback, the whole rendered value is "", which means "not sent".
So "Loved your  page @" is never sent. `{field|}` allows an empty value in that place.

`render` puts the values in as they are. The literal text is the operator's and can hold no brace and no angle
bracket (`parse` refuses them). So a result is exactly as harmless as the values: make those harmless before.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from bridge.lazy import dataclass

LONGEST = 300
"""The most literal characters of a template: what goes out is cut there (instantly.md §1.6: our own limit)."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "first_name": "first name, if it is certain",
        "last_name": "last name, if the first name is certain",
        "full_name": "the display name of the profile",
        "company": "name of the business, where the profile is one and no person's",
        "email": "e-mail address",
        "email_domain": "the part of the address after the @",
        "username": "handle on the platform, without @",
        "platform": "instagram, tiktok, youtube, x, linkedin or facebook",
        "profile_url": "link to the profile",
        "website": "the profile's own website: https, without trackers; no page of a platform or of links",
        "link_in_bio": "its page at a service such as linktr.ee, if the profile shows one",
        "phone": "phone number with + and country code, where it is certain",
        "followers": "number of followers",
        "following": "number of accounts the profile follows",
        "posts": "number of posts",
        "country": "country, as Scravio reports it",
        "country_code": "two letters of the country (ISO 3166), where it is certain",
        "city": "city, as Scravio reports it",
        "biography": "text of the profile",
        "language": "two letters of the biography's language (ISO 639), where it can be detected",
        "keyword": "keyword that found the lead",
        "campaign": "title of the Scravio campaign",
        "campaign_type": "type of the Scravio campaign, such as INSTAGRAM_HASHTAG",
        "source_type": "profile or keyword: how Scravio found the lead",
        "email_source": "initial or deep_search: how Scravio found the address",
        "scraped_on": "day on which Scravio saw the lead, such as 2026-01-31",
        "validated_on": "day on which the address was validated",
        "lead_id": "Scravio's id of the lead",
    }
)
"""What a template may name, with one line on each."""

_HOLE = re.compile(r"\{([^{}]*)\}")
_VENDOR_CODE = re.compile(r"\{\{|\}\}|\{%|%\}")


class TemplateProblem(ValueError):
    """A template that cannot be used; the message is a clause that completes "this template ..."."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Literal text, then one field ("" = none, at the end). `fallback` None: without the field, nothing goes out."""

    text: str
    field: str = ""
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template; `parse` makes it."""

    source: str
    pieces: tuple[Piece, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The fields it names."""
        return frozenset(piece.field for piece in self.pieces if piece.field)

    def render(self, values: Mapping[str, str]) -> str:
        """The text for one lead; "" where a field without fallback is empty or absent from `values`."""
        rendered = ""
        for piece in self.pieces:
            rendered += piece.text
            if piece.field:
                value = values.get(piece.field) or piece.fallback
                if value is None:
                    return ""
                rendered += value
        return rendered


def parse(source: str) -> Template:
    """Read a template. Raises TemplateProblem, naming the nearest field where one is misspelled."""
    if _VENDOR_CODE.search(source):
        raise TemplateProblem(
            'holds "{{", "}}", "{%" or "%}", which Instantly would run as its own code; use single braces: {username}'
        )
    pieces, start = [], 0
    for hole in _HOLE.finditer(source):
        name, fallback = _read_hole(hole[1])
        pieces.append(Piece(_read_text(source[start : hole.start()]), name, fallback))
        start = hole.end()
    if start < len(source):
        pieces.append(Piece(_read_text(source[start:])))
    length = sum(len(piece.text) for piece in pieces)
    if length > LONGEST:
        raise TemplateProblem(f"has {length} characters of text; at most {LONGEST} go out")
    # Hygiene strips such a first character from every value: an error here is better than a silent loss.
    first = (pieces[0].text or pieces[0].fallback or "") if pieces else ""
    if first.lstrip()[:1] in set("=@+-"):
        raise TemplateProblem(f'starts with "{first.lstrip()[0]}", which a spreadsheet would run; begin with a word')
    return Template(source, tuple(pieces))


def _read_hole(inside: str) -> tuple[str, str | None]:
    name, bar, fallback = inside.partition("|")
    name = name.strip()
    if name not in FIELDS:
        short = name[:40]  # hostile lengths would cost the matcher dearly
        near = get_close_matches(short.lower(), FIELDS, n=1)
        fix = f"did you mean {{{near[0]}}}?" if near else f"the fields are {', '.join(FIELDS)}"
        problem = f"names the field {short!r}, which does not exist" if name else "has empty braces"
        raise TemplateProblem(f"{problem}; {fix}")
    return name, _read_text(fallback.strip()) if bar else None


def _read_text(text: str) -> str:
    if "{" in text or "}" in text:
        raise TemplateProblem("has an unmatched brace; a field is written {username} or {username|fallback}")
    if "|" in text:
        raise TemplateProblem('has a misplaced "|"; it may only precede a fallback: {first_name|there}')
    if "<" in text or ">" in text:
        raise TemplateProblem('holds "<" or ">", which an HTML mail would read as a tag; leave it out')
    if not text.isprintable():
        raise TemplateProblem("holds a line break or an invisible character; write it in one plain line")
    return text
