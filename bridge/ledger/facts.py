"""Values of the model as the ledger stores them, and back. Runs no statement.

Facts are JSON: a NUL in scraped text survives there as an escape, and so does a lone surrogate. The databases would
refuse both in a plain column, and `texts.storable` takes them out. orjson does the ordinary ones; facts with lone
surrogates are written in ASCII and read by the standard library. No fact is a number beyond 2^53.
"""

import json
from dataclasses import fields as dataclass_fields
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import orjson

from bridge.ledger.database import milliseconds, moment
from bridge.model import PROBLEM_PRUNED, Lead, maker

_ORDER = (
    *("platform", "source_type", "email", "email_source", "phone", "username", "full_name"),
    *("biography", "followers", "following", "posts", "website", "is_private", "is_verified", "is_business"),
    *("country", "city", "validation", "is_valid", "checked_at", "keyword", "scraped_at", "extra"),
)
"""The places of the facts in a list. Ledgers hold them: none is taken out or moved, and a new one goes to the end
(then `extra` is always written)."""

VALIDATED_BY = "validated_by"
"""In `extra`: what validated the address, where it was not Scravio's campaign."""

_DEFAULTS: dict[str, Any] = {
    f.name: f.default for f in dataclass_fields(Lead) if f.name not in {"id", "campaign_id", "extra"}
}
_FACTS = tuple(_DEFAULTS.items())
_known_facts = attrgetter(*_DEFAULTS)
_INSTANTS = ("checked_at", "scraped_at")
_PLACES_OF_INSTANTS = tuple(map(_ORDER.index, _INSTANTS))
_BEFORE_MASKED = _ORDER.index("email") + 1
_LISTED = tuple((name, _DEFAULTS.get(name, {})) for name in _ORDER)
_new_lead = maker(Lead)


def dump_lead(lead: Lead, *, listed: bool = True) -> str:
    """The lead's facts as a JSON list, without its ids.

    With a problem, a masked address, or not `listed`, it is an object, without what the lead does not have: SQL looks
    into some, and it is the only form of versions before 0014.
    """
    return _named(lead) if lead.problem or lead.email_masked or not listed else _listed(lead)


def digest(facts: str) -> int:
    """A signed 64-bit fingerprint of the facts, to know them by when they are pruned."""
    return int.from_bytes(blake2b(facts.encode(), digest_size=8).digest(), "big", signed=True)


def _listed(lead: Lead) -> str:
    checked, scraped = lead.checked_at, lead.scraped_at
    # Written out in `_ORDER`: an attrgetter takes three times as long.
    values: list[Any] = [
        lead.platform, lead.source_type, lead.email, lead.email_source, lead.phone, lead.username, lead.full_name,
        lead.biography, lead.followers, lead.following, lead.posts, lead.website, lead.is_private, lead.is_verified,
        lead.is_business, lead.country, lead.city, lead.validation, lead.is_valid,
        checked and milliseconds(checked), lead.keyword, scraped and milliseconds(scraped),
    ]  # fmt: skip
    if lead.extra:
        values.append(lead.extra)
    return _json(values)


def _named(lead: Lead) -> str:
    values = zip(_FACTS, _known_facts(lead), strict=True)
    facts: dict[str, Any] = {name: value for (name, default), value in values if value != default}
    for name in _INSTANTS:
        if name in facts:
            facts[name] = milliseconds(facts[name])
    if lead.extra:
        facts["extra"] = lead.extra
    return _json(facts)


def named_facts(facts: str) -> dict[str, Any]:
    """Stored facts by name, whichever form they have, without what the lead does not have; instants in milliseconds."""
    raw: dict[str, Any] | list[Any] = _loaded(facts)
    if isinstance(raw, dict):
        return raw
    return {name: value for (name, default), value in zip(_LISTED, raw, strict=False) if value != default}


def load_lead(source_id: str, campaign_id: str, facts: str) -> Lead:
    """The lead behind stored facts ("" = pruned). Keys that this version does not know are left out."""
    raw: dict[str, Any] | list[Any] = _loaded(facts) if facts else {"problem": PROBLEM_PRUNED}
    if isinstance(raw, list):
        for place in _PLACES_OF_INSTANTS:
            if place < len(raw):
                raw[place] = moment(raw[place] or 0)
        # By place: names take twice as long. The lead has its fields in `_ORDER`, with `email_masked` between them.
        raw[_BEFORE_MASKED:] = _DEFAULTS["email_masked"], *raw[_BEFORE_MASKED : len(_ORDER)]
        return _new_lead(source_id, campaign_id, *raw)
    known = {name: value for name, value in raw.items() if name in _DEFAULTS or name == "extra"}
    for name in _INSTANTS:
        if name in known:
            known[name] = moment(known[name] or 0)
    return _new_lead(id=source_id, campaign_id=campaign_id, **known)


def _json(values: dict[str, Any] | list[Any]) -> str:
    try:
        return orjson.dumps(values, default=dict).decode()  # a mapping of another kind
    except TypeError:
        return json.dumps(values, separators=(",", ":"), default=dict)


def _loaded(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)
