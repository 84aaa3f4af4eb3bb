"""The text of a new client's file and of its lines in `.env`. Writes nothing."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bridge.model import Client

INCLUDED = "clients/*.toml"
"""Where the files of clients stand, from the folder of bridge.toml."""


@dataclass(frozen=True, slots=True)
class NewClient:
    """What a client begins with. `campaigns` are titles of source campaigns by their ids; none of them = all.

    `target` is a key of `target` in bridge.toml, and the name of the target.
    """

    client: Client
    route: str
    target: tuple[str, str]
    campaigns: Mapping[str, str] = field(default_factory=dict)

    def file(self) -> str:
        """The whole file."""
        key, name = self.target
        lines = ["[[clients]]", f"name = {quoted(self.client.name)}", f"env = {quoted(self.client.env)}", ""]
        lines += ["[[routes]]", f"name = {quoted(self.route)}", f"client = {quoted(self.client.name)}"]
        if self.campaigns:
            lines += [f"# {_comment(title)}" for title in self.campaigns.values()]
            lines.append(f"source = {{ id = [{', '.join(map(quoted, self.campaigns))}] }}")
        lines.append(f"target = {{ {key} = {quoted(name)} }}")
        return "\n".join(lines) + "\n"


def include() -> str:
    """What bridge.toml needs so that the files of clients are read."""
    return f"[[include]]\nfiles = {quoted(INCLUDED)}\n"


def dotenv(keys: Mapping[str, str]) -> str:
    """Lines of `.env`. A key holds no quote, space or line break: `settings` refuses one that does."""
    return "".join(f"{name}={key}\n" for name, key in keys.items())


def appended(text: str, more: str) -> str:
    """The text of a file with lines added at its end."""
    return text + ("\n" if text and not text.endswith("\n") else "") + ("\n" if text else "") + more


def quoted(text: str) -> str:
    """A basic string of TOML: JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml(value: object) -> str:
    """A value as it would be typed on one line."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case list() | tuple():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return f"{{ {', '.join(f'{_key(str(name))} = {toml(one)}' for name, one in value.items())} }}"
        case date():
            return value.isoformat()
    return str(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)


def _comment(title: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in title).split())[:100]


def chosen(typed: str, count: int) -> Sequence[int] | None:
    """The positions that were typed, such as `1, 3-5`, from 0 on; None where it cannot be read. Nothing = none."""
    found: list[int] = []
    for part in typed.replace(",", " ").split():
        first, _, last = part.partition("-")
        if not first.isdecimal() or not (last or first).isdecimal():
            return None
        span = range(int(first), int(last or first) + 1)
        if not span or span[0] < 1 or span[-1] > count:
            return None
        found += [number - 1 for number in span]
    return list(dict.fromkeys(found))
