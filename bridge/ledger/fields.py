"""The fields of a delivery as the ledger stores them, and back. Runs no statement.

msgspec does the ordinary ones. What it refuses (lone surrogates, numbers beyond 64 bits, a variable that is no scalar)
is written in ASCII and read by the standard library.
"""

import json
from typing import Any

import msgspec

from bridge.model import Fields

_encoder, _decoder = msgspec.json.Encoder(), msgspec.json.Decoder(Fields)


def dump_fields(fields: Fields) -> str:
    """The fields as JSON, without the empty ones."""
    try:
        return _encoder.encode(fields).decode()
    except (TypeError, UnicodeEncodeError, OverflowError):
        known: dict[str, Any] = {name: getattr(fields, name) for name in Fields.__struct_fields__}
        known["variables"] = dict(fields.variables)
        return json.dumps({name: value for name, value in known.items() if value}, separators=(",", ":"))


def load_fields(text: str) -> Fields:
    """The fields behind their stored form."""
    if not text:
        return Fields()
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return Fields(**json.loads(text))
