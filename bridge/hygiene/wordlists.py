"""Reads the word lists in `lists/`, once each. Does no matching.

A list is UTF-8 text with one entry a line; lines that begin with `#` say where it comes from and under which licence.
"""

from functools import cache


@cache
def words(name: str) -> frozenset[str]:
    """The entries of `lists/<name>.txt`, as written there (lower case, no diacritics). Raises FileNotFoundError."""
    from importlib.resources import files  # noqa: PLC0415 - slow to import, and most commands read no list

    lines = files("bridge.hygiene").joinpath("lists", f"{name}.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
