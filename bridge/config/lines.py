"""On which line of a TOML file each key stands. Judges nothing: the text is valid, tomllib has read it."""

import json
import re
from collections import Counter
from collections.abc import Mapping

from bridge.config.reference import Place

_PART = r"[A-Za-z0-9_-]+|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'"
_KEY = re.compile(rf"[ \t]*(?:{_PART})(?:[ \t]*\.[ \t]*(?:{_PART}))*[ \t]*")
_START = re.compile(r"[ \t\r]*(\[{0,2})")
_TOKEN = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|.', re.DOTALL)


def lines(text: str) -> Mapping[Place, int]:
    """The line of each table and key, from 1; a key of an inline table has none of its own: `line_of` finds it."""
    found: dict[Place, int] = {}
    counted: Counter[Place] = Counter()
    table: Place = ()
    at, line = 0, 1
    while at < len(text):
        start = _START.match(text, at)
        opening, inside = (start[1], start.end()) if start else ("", at)
        key = _KEY.match(text, inside)
        if opening and key:
            table = _table(_parts(key[0]), counted, many=opening == "[[")
            found[table] = line
        elif key:
            found[(*table, *_parts(key[0]))] = line
        after = _end(text, key.end() + len(opening) if key else at)
        line += text.count("\n", at, after)
        at = after
    return found


def line_of(place: Place, known: Mapping[Place, int]) -> int:
    """The line of a key, or of the table that it stands in or is missing from; 0 for one of the top."""
    return next((known[place[:end]] for end in range(len(place), 0, -1) if place[:end] in known), 0)


def _parts(key: str) -> Place:
    names = re.findall(_PART, key)
    return tuple(json.loads(name) if name[0] == '"' else name.strip("'") for name in names)


def _table(names: Place, counted: Counter[Place], *, many: bool) -> Place:
    """The table of a head; one of several gets its number."""
    place: Place = ()
    for position, name in enumerate(names):
        place = (*place, name)
        if many and position == len(names) - 1:
            counted[place] += 1
        if counted[place]:
            place = (*place, counted[place] - 1)
    return place


def _end(text: str, at: int) -> int:
    """Where the next line begins that is no part of the value that begins here."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        depth += token[0] in {"[", "{"}
        depth -= token[0] in {"]", "}"}
        if token[0] == "\n" and depth <= 0:
            return token.end()
    return len(text)
