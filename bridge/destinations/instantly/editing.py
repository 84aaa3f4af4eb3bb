"""Shows a lead as Instantly has it now, and changes single fields of it. OpenAPI: getLead, patchLead.

Each lead is read alone, right before its write: nothing else keeps what a person changed a moment ago.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge.api import Client
from bridge.api.scalars import mapping
from bridge.destinations.changing import Asked, Shown
from bridge.destinations.instantly.lookups import got, sighting
from bridge.destinations.instantly.rendering import CORE_NAMES
from bridge.model import Scalar

MOST_LEADS = 500
"""Of one run: a thousand requests, of six thousand that Instantly takes in a minute."""

_SENDABLE = CORE_NAMES.keys() - {"email"}
_WAITING = (1, 2)  # active, paused (instantly.md §1.3): every other status comes after a contact, or in place of one
_TRACES = ("timestamp_last_contact", "timestamp_last_touch", "timestamp_last_open", "timestamp_last_reply")
_COUNTS = ("email_open_count", "email_reply_count", "email_click_count")


def shown(client: Client, asked: Sequence[Asked]) -> Iterator[Shown]:
    """Each lead that still stands in its place under its address; who does not is left out."""
    for one in asked:
        client.await_pair()
        row = got(client, f"/leads/{one.remote_id}")
        seen = sighting(row or {})
        if row is not None and seen.email == one.address.lower() and seen.is_in(one.place):
            payload = mapping(row.get("payload"))
            values = {name: _value(row, payload, name) for name in one.names}
            contacted = row.get("status") not in _WAITING or any(row.get(name) for name in (*_TRACES, *_COUNTS))
            yield Shown(one, values, contacted, beside=_beside(row, one))


def edit(client: Client, one: Asked, values: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
    """Change these fields; custom variables are added to those that are there, as the document says.

    The answer is the lead as it is then.
    """
    given = {name: None if value == "" else value for name, value in values.items()}
    body: dict[str, object] = {name: value for name, value in given.items() if name in _SENDABLE}
    custom = {name: value for name, value in given.items() if name not in _SENDABLE}
    whole = body | ({"custom_variables": custom} if custom else {})
    reply = client.write("PATCH", f"/leads/{one.remote_id}", whole, patient=False)
    return _beside(mapping(reply.data), one)


def _beside(row: Mapping[str, Any], one: Asked) -> dict[str, Scalar]:
    """The core fields and variables of the lead that are not to be changed."""
    payload = mapping(row.get("payload"))
    names = (_SENDABLE & row.keys()) | (payload.keys() - set(CORE_NAMES.values()) - CORE_NAMES.keys())
    return {name: _value(row, payload, name) for name in names - set(one.names)}


def _value(row: Mapping[str, Any], payload: Mapping[str, Any], name: str) -> Scalar:
    """A core field stands in the lead, and in camelCase in its payload; a variable in the payload alone."""
    if name not in _SENDABLE:
        return _scalar(payload.get(name))
    return _scalar(row[name] if name in row else payload.get(CORE_NAMES[name]))


def _scalar(value: Any) -> Scalar:
    """What is no scalar is a person's or a tool's: it equals nothing that we sent."""
    return value if value is None or isinstance(value, str | int | float | bool) else f"{type(value).__name__}\x00"
