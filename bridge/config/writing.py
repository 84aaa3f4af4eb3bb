"""The text of new routes and clients, and of their lines in `.env`. Writes nothing."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date

from bridge.lazy import dataclass
from bridge.model import Client

INCLUDED = "clients/*.toml"
"""Where the files of clients stand, from the folder of bridge.toml."""

_HEAD = re.compile(r"#?\[+([a-z_.]+)\]+")
_LINE = re.compile(r"#?([a-z_]+) = .*")


@dataclass(frozen=True, slots=True)
class NewRoute:
    """A route as it was answered: its values by their dotted paths within the route, such as `rules.min_followers`.

    `comments` are the lines above a value, such as the titles of campaigns that it names by their ids.
    """

    values: Mapping[str, object]
    comments: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def text(self) -> str:
        """The route in short form, one line for each of its tables."""
        lines = ["[[routes]]"]
        for table in dict.fromkeys(path.partition(".")[0] for path in self.values):
            inside = {path: value for path, value in self.values.items() if path.partition(".")[0] == table}
            lines += [f"# {_comment(said)}" for path in inside for said in self.comments.get(path, ())]
            short = {path.partition(".")[2]: value for path, value in inside.items()}
            lines.append(f"{table} = {toml(short.get('', short))}")
        return "\n".join(lines) + "\n"

    def filled(self, example: str) -> str:
        """The commented example file with this route in the place of its own; every other line stays a comment."""
        left = {f"routes.{path}": value for path, value in self.values.items()}
        above = {f"routes.{path}": said for path, said in self.comments.items()}
        table, lines = "", list[str]()
        for line in example.split("\n"):
            head, key = _HEAD.fullmatch(line), _LINE.fullmatch(line)
            table = head[1] if head else table
            path = f"{table}.{key[1]}" if key else ""
            if key and path in left:
                lines += [f"# {_comment(said)}" for said in above.get(path, ())]
                lines.append(f"{key[1]} = {toml(left.pop(path))}")
            else:
                off = table == "routes.target" and key and not line.startswith("#")
                lines.append(f"#{line}" if off else line)
        return "\n".join(lines)


def client_table(client: Client) -> str:
    """The lines of [[clients]] of one client."""
    return f"[[clients]]\nname = {quoted(client.name)}\nenv = {quoted(client.env)}\n"


def include() -> str:
    """What bridge.toml needs so that the files of clients are read."""
    return f"[[include]]\nfiles = {quoted(INCLUDED)}\n"


def with_keys(text: str, keys: Mapping[str, str]) -> str:
    """The text of `.env` with these keys: in their own lines where these are empty, else at the end.

    A key holds no quote, space or line break: `settings` refuses one that does.
    """
    more = ""
    for name, key in keys.items():
        line = f"{name}={key}"
        found = re.search(rf"^#?{name}=[ \t]*$", text, re.MULTILINE)
        text = f"{text[: found.start()]}{line}{text[found.end() :]}" if found else text
        more += "" if found else f"{line}\n"
    return appended(text, more) if more else text


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
