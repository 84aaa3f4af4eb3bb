"""One row of a roster, written and read (puffle.md §2): its identity, its body, its status. Sends nothing.

A delivery's address shows its channel: an e-mail address, or else the name of a LinkedIn profile.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bridge.api.scalars import mapping, moment, text
from bridge.destinations.base import ACTIVE
from bridge.destinations.wording import Wording
from bridge.hygiene import identities
from bridge.lazy import dataclass
from bridge.model import Delivery, Scalar

PUFFLE = Wording("puffle", "Puffle", "under this key")

TYPES = {"email": "an e-mail", "linkedin": "a LinkedIn"}
"""A campaign's type, as it reads before "campaign"."""

COLUMNS = {"first_name": "first_name", "last_name": "last_name", "company_name": "company", "job_title": "position"}
"""Our fields in Puffle's own columns. The others go into `custom_fields`."""

_OTHERS = ("phone", "website", "personalization")
HEADLINE = "headline"  # a column of Puffle's for which we have no field: a variable of that name fills it
_ADDRESS = re.compile(r"[^\s@]{1,64}@[^\s@]{1,250}\.[^\s@.]{2,63}")
_PENDING = "pending"


def channel_of(address: str) -> str:
    """The type of campaign that takes this address."""
    return "email" if "@" in address else "linkedin"


def objection(delivery: Delivery, channel: str) -> str:
    """Why a campaign of this type takes no such row, "" where it does.

    One bad row is a 400 for the whole request (puffle.md §2.2).
    """
    address = delivery.address
    if channel == "email":
        return "" if _ADDRESS.fullmatch(address) else "Puffle needs an e-mail address"
    named = identities.read("linkedin", address)
    # A URN names a member without a public link.
    return "" if named and ":" not in named.value else "Puffle needs a LinkedIn profile link"


def row_body(delivery: Delivery) -> dict[str, object]:
    """The row exactly as it would be posted; what is empty is left out. Custom fields are flat strings."""
    fields, by_email = delivery.fields, channel_of(delivery.address) == "email"
    email, name = (delivery.address, fields.along) if by_email else (fields.along, delivery.address)
    link = f"https://www.linkedin.com/in/{quote(name, safe='')}"  # the canonical one: Puffle distinguishes rows by it
    known = {"email": email, "linkedin_url": link if name else ""}
    known |= {column: getattr(fields, ours) for ours, column in COLUMNS.items()}
    known[HEADLINE] = _flat(fields.variables.get(HEADLINE))
    custom = {name: _flat(value) for name, value in fields.variables.items() if name != HEADLINE}
    custom |= {ours: getattr(fields, ours) for ours in _OTHERS}
    body: dict[str, object] = {name: value for name, value in known.items() if value}
    filled = {name: value for name, value in custom.items() if value}
    return body | ({"custom_fields": filled} if filled else {})


def _flat(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Member:
    """One row of a roster as Puffle shows it. `key` is its identity as our addresses have it, "" where it has none."""

    id: str
    key: str
    status: str
    source: str
    created: datetime | None
    row: Mapping[str, Any]


def member(row: Mapping[str, Any], channel: str) -> Member:
    """A row of the roster of a campaign of this type."""
    return Member(
        text(row.get("id")),
        key_of(row, channel),
        ACTIVE if row.get("status") == _PENDING else text(row.get("status")).replace("_", " "),
        text(row.get("source")),
        moment(row.get("created_at")),
        row,
    )


def key_of(row: Mapping[str, Any], channel: str) -> str:
    """The identity of a row in one channel, canonical and in lower case."""
    if channel == "email":
        return text(row.get("email")).strip().lower()
    found = identities.read("linkedin", text(row.get("linkedin_url")))
    return found.value.lower() if found else ""


def listed(data: Any, name: str) -> list[dict[str, Any]] | None:
    """The objects in the list of an answer; None where there is no such list."""
    rows = mapping(data).get(name)
    return [mapping(row) for row in rows] if isinstance(rows, list) else None
