"""Makes docs/commands.md from the command line itself. Adds no fact of its own.

Run it with `.venv/bin/python -m docs` after a verb or an option has changed.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from bridge.cli import whole
from docs.markdown import table, write

_HEAD = """# Commands

<!-- Made by docs/make_commands.py: change the command line, then run `.venv/bin/python -m docs`. -->

`leadbridge VERB --help` says the same on the terminal; `python -m bridge` is the same command. Data goes to stdout,
logs and progress to stderr. A verb without the name of a route takes all of them.

"""


def verbs() -> dict[str, Any]:
    """Every verb by what is typed for it, `db upgrade` among them; the values are Typer's commands."""
    return dict(_verbs_of("", whole()))


def _verbs_of(prefix: str, group: Any) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if getattr(command, "commands", None):
            yield from _verbs_of(f"{prefix}{name} ", command)
        else:
            yield f"{prefix}{name}", command


def page() -> str:
    """The whole page."""
    root = whole()
    before = f"## Before every verb\n\n{_options(root)}\n"
    return _HEAD + before + "".join(_section(name, command) for name, command in verbs().items())


def _section(name: str, command: Any) -> str:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    typed = " ".join(["leadbridge", name, *(one.metavar for one in arguments)])
    told = "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    options = _options(command)
    return f"\n## `{name}`\n\n`{typed}`\n\n{told}\n" + (f"\n{options}\n" if options else "")


def _options(command: Any) -> str:
    options = [one for one in command.params if one.param_type_name == "option"]
    rows = [(_spelt(one), f"{one.help or ''}{_default(one)}") for one in options]
    return table(("option", "meaning"), rows) if rows else ""


def _spelt(option: Any) -> str:
    """`--limit N`, and its short form."""
    takes = "" if option.is_flag else f" {option.metavar or _choices(option) or 'VALUE'}"
    return ", ".join(f"`{name}{takes}`" for name in option.opts)


def _choices(option: Any) -> str:
    kind = type(option.default)
    return "|".join(one.value for one in kind) if issubclass(kind, Enum) else ""


def _default(option: Any) -> str:
    if option.is_flag or option.default is None:
        return ""
    return f" Default: `{option.default.value if isinstance(option.default, Enum) else option.default}`."


if __name__ == "__main__":
    write("commands.md", page())
