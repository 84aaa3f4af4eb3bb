"""Values of the model as the ledger stores them, and back. Runs no statement.

Facts and fields are JSON in ASCII: a lone surrogate or a NUL in scraped text survives there as an escape, while the
databases would refuse it in a plain column (`storable` takes it out of those).
"""

import json
from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from datetime import datetime
from hashlib import blake2b
from typing import Any

from bridge.model import Fields, Lead
from bridge.store.database import milliseconds, moment

_DEFAULTS: dict[str, Any] = {
    f.name: f.default for f in dataclass_fields(Lead) if f.name not in {"id", "campaign_id", "extra"}
}
_INSTANTS = ("checked_at", "scraped_at")
_FIELD_NAMES = tuple(f.name for f in dataclass_fields(Fields) if f.name != "variables")


def storable(text: str) -> str:
    """The text without what a database's text column refuses: NUL and lone surrogates."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def dump_lead(lead: Lead) -> str:
    """The lead's facts as JSON, without its ids and without what it does not have."""
    facts: dict[str, Any] = {}
    for name, default in _DEFAULTS.items():
        value = getattr(lead, name)
        if value != default:
            facts[name] = milliseconds(value) if isinstance(value, datetime) else value
    if lead.extra:
        facts["extra"] = dict(lead.extra)
    return json.dumps(facts, separators=(",", ":"))


def load_lead(source_id: str, campaign_id: str, facts: str) -> Lead:
    """The lead behind stored facts. Keys that this version does not know are left out."""
    raw: dict[str, Any] = json.loads(facts) if facts else {}
    known = {name: value for name, value in raw.items() if name in _DEFAULTS or name == "extra"}
    for name in _INSTANTS:
        if name in known:
            known[name] = moment(known[name])
    return Lead(id=source_id, campaign_id=campaign_id, **known)


def digest(facts: str) -> int:
    """A signed 64-bit fingerprint of the facts."""
    return int.from_bytes(blake2b(facts.encode(), digest_size=8).digest(), "big", signed=True)


def dump_fields(fields: Fields) -> str:
    """The fields as JSON, without the empty ones."""
    known: dict[str, Any] = {name: value for name in _FIELD_NAMES if (value := getattr(fields, name))}
    if fields.variables:
        known["variables"] = dict(fields.variables)
    return json.dumps(known, separators=(",", ":"))


def load_fields(text: str) -> Fields:
    """The fields behind their stored form."""
    return Fields(**json.loads(text)) if text else Fields()


def dump_map(values: Mapping[str, Any]) -> str:
    """A small mapping of scalars in one canonical spelling."""
    return json.dumps(dict(values), separators=(",", ":"), sort_keys=True, default=str)
