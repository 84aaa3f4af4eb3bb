"""What `campaigns create` is given, from a TOML file or from flags, as the body Scravio takes. Calls no vendor."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bridge.errors import ConfigProblem
from bridge.lazy import dataclass
from bridge.sources.scravio import kinds

_KEYS = ("type", "title", "emails", "max_credits", "validate", "route", "inputs")
_HINT = "Nothing was requested. `leadbridge campaigns create --help` shows every option."
_NAMES = {"user": "targetUser", "post": "mediaUrl", "target_user": "targetUser", "media_url": "mediaUrl"}
_FLAGS = {"targetUser": "--user", "mediaUrl": "--post"}


@dataclass(frozen=True, slots=True)
class Order:
    """A campaign to be created. `max_credits` is Scravio's hard stop, None for its own recommendation."""

    type: str
    title: str
    emails: int
    inputs: Mapping[str, Any] = field(default_factory=dict)
    max_credits: int | None = None
    validate: bool = False
    route: str = ""

    def body(self) -> dict[str, Any]:
        """What Scravio is sent, for the preview and for the creation alike."""
        body: dict[str, Any] = {"type": self.type, "inputs": dict(self.inputs), "targetEmails": self.emails}
        body["title"] = self.title
        if self.max_credits is not None:
            body["maxCreditCap"] = self.max_credits
        # enableDeepEmailSearch is left to Scravio: which types must omit it is not documented (scravio.md §5).
        return {**body, "enableEmailValidation": self.validate}


def read_file(path: Path) -> dict[str, Any]:
    """The keys of the file. Raises ConfigProblem where it cannot be read or holds an unknown key."""
    try:
        given = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ConfigProblem(f"{path} cannot be read: {error.strerror or error}.", hint="Fix the path.") from None
    except (ValueError, RecursionError) as error:
        words = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is not readable text"
        raise ConfigProblem(f"{path} is not valid TOML: {words}.", hint="Fix it; nothing was requested.") from None
    for key in given:
        if key not in _KEYS:
            near = get_close_matches(key[:60], _KEYS, n=1)
            fix = f'did you mean "{near[0]}"?' if near else f"the keys are {', '.join(_KEYS)}"
            raise ConfigProblem(f"{path}: {key[:60]} is not a known key; {fix}.", hint=_HINT)
    if not isinstance(given.get("inputs", {}), dict):
        raise ConfigProblem(f"{path}: inputs must be a table, [inputs].", hint=_HINT)
    return given


def inputs(
    hashtags: list[str] | None,
    keywords: list[str] | None,
    user: str | None,
    post: str | None,
    countries: list[str] | None,
) -> dict[str, Any]:
    """The flags as Scravio's inputs: one hashtag or keyword goes alone, several as a list."""
    found: dict[str, Any] = {}
    for name, values in (("hashtag", hashtags), ("keyword", keywords)):
        if values:
            found |= {name: values[0]} if len(values) == 1 else {f"{name}s": values}
    found |= {name: value for name, value in (("targetUser", user), ("mediaUrl", post)) if value}
    return found | ({"countries": countries} if countries else {})


def order(given: Mapping[str, Any]) -> Order:
    """The order behind the keys of a file and the flags laid over them. Raises ConfigProblem with every fault."""
    kind = str(given.get("type") or "").strip().upper()
    wanted = kinds.tidied(
        {_NAMES.get(str(name), str(name)): value for name, value in dict(given.get("inputs") or {}).items()}
    )
    emails, cap, title = given.get("emails"), given.get("max_credits"), given.get("title") or _title(kind, wanted)
    faults = _faults_of_kind(kind, wanted)
    for name, flag in _FLAGS.items():  # an input whose flag has another name is called by both
        faults = [re.sub(rf"\b{name}\b", f"{name} ({flag})", fault) for fault in faults]
    if type(emails) is not int or not 1 <= emails <= kinds.MOST_EMAILS:
        faults.append(f"emails must be a whole number from 1 to {kinds.MOST_EMAILS:,}: how many addresses to find.")
    if cap is not None and (type(cap) is not int or cap < 1):
        faults.append("max_credits must be a whole number, 1 or more.")
    if not isinstance(given.get("validate", False), bool):
        faults.append("validate must be true or false.")
    if not isinstance(title, str) or not title.isprintable() or not 1 <= len(title.strip()) <= kinds.LONGEST_TITLE:
        faults.append(f"title must be one line of at most {kinds.LONGEST_TITLE} characters.")
    if faults:
        raise ConfigProblem("\n  ".join(["The campaign cannot be requested:", *faults]), hint=_HINT)
    route = str(given.get("route") or "")
    assert isinstance(emails, int)  # noqa: S101 - judged above
    return Order(kind, title.strip(), emails, wanted, cap, bool(given.get("validate", False)), route)


def _faults_of_kind(kind: str, inputs: Mapping[str, Any]) -> list[str]:
    if kind in kinds.KINDS:
        return kinds.faults(kind, inputs)
    near = get_close_matches(kind[:60], kinds.KINDS, n=1)
    if not kind:
        return [f"type is missing; it is one of {', '.join(kinds.KINDS)}."]
    return [f"{kind[:60]} is not a campaign type; " + (f"did you mean {near[0]}?" if near else "see --help.")]


def _title(kind: str, inputs: Mapping[str, Any]) -> str:
    """A title made of what is searched: the same order has the same title, so it is never created twice unnoticed."""
    words = [value if isinstance(value, str) else ", ".join(map(str, value)) for value in inputs.values() if value]
    return " ".join([kind, *words])[: kinds.LONGEST_TITLE].strip()
