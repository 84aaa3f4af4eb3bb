"""Texts and small mappings as a plain column takes them. Loads none of the model, which `status` need not make."""

import json
from collections.abc import Mapping
from typing import Any


def storable(text: str) -> str:
    """The text without what a database's text column refuses: NUL and lone surrogates."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def dump_map(values: Mapping[str, Any]) -> str:
    """A small mapping of scalars in one canonical spelling."""
    return json.dumps(dict(values), separators=(",", ":"), sort_keys=True, default=str)
