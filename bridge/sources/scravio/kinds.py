"""Scravio's types of campaigns and the inputs each takes, as documented; checks a request before it is sent. No I/O.

What the pages leave open is let through for Scravio's own preview to judge, which costs nothing: the input of
INSTAGRAM_PROFILE_LIST is documented nowhere (scravio.md §5).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from bridge.lazy import dataclass

MOST_EMAILS = 1_000_000
LONGEST_TITLE = 100
GOALS = ("sell_products", "find_influencers", "remarketing", "agency_leads", "recruiting", "other")
_COUNTRY = re.compile(r"[A-Z]{2}")
_TEXTS = {"hashtag": 100, "targetUser": 100, "mediaUrl": 2048, "keyword": 200, "goal": 40, "goalOther": 200}
_LISTS = {"hashtags": (20, 100), "keywords": (20, 200), "countries": (10, 2)}


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of campaign: one of `needs` must be given, `takes` may be; `open` lets any input through."""

    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    open: bool = False


_HASHTAG = Kind(("hashtag", "hashtags"), ("countries",))
_USER = Kind(("targetUser",))
_POST = Kind(("mediaUrl",))
_KEYWORD = Kind(("keyword", "keywords"), ("countries", "goal", "goalOther"))
_ABROAD = ("countries",)

KINDS: Mapping[str, Kind] = {
    "INSTAGRAM_HASHTAG": _HASHTAG,
    "INSTAGRAM_USER_FOLLOWERS": Kind(_USER.needs, _ABROAD),
    "INSTAGRAM_USER_FOLLOWING": Kind(_USER.needs, _ABROAD),
    "INSTAGRAM_POST_LIKERS": Kind(_POST.needs, _ABROAD),
    "INSTAGRAM_POST_COMMENTERS": Kind(_POST.needs, _ABROAD),
    "INSTAGRAM_PROFILE_LIST": Kind(open=True),
    "INSTAGRAM_KEYWORD_SEARCH": _KEYWORD,
    "YOUTUBE_KEYWORD_SEARCH": _KEYWORD,
    "YOUTUBE_CHANNEL_SEARCH": Kind(_KEYWORD.needs, _ABROAD),
    "FACEBOOK_KEYWORD_SEARCH": _KEYWORD,
    "LINKEDIN_KEYWORD_SEARCH": _KEYWORD,
    "TWITTER_KEYWORD_SEARCH": _KEYWORD,
    "TIKTOK_KEYWORD_SEARCH": _KEYWORD,
    "TIKTOK_SEARCH_USERS": Kind(_KEYWORD.needs, _ABROAD),
    "TIKTOK_USER_FOLLOWERS": _USER,
    "TIKTOK_USER_FOLLOWING": _USER,
    "TIKTOK_POST_COMMENTERS": _POST,
    "X_KEYWORD_SEARCH": _KEYWORD,
    "X_FOLLOWERS": Kind(_USER.needs, _ABROAD),
    "X_FOLLOWING": Kind(_USER.needs, _ABROAD),
    "X_RETWEETS": Kind(_POST.needs, _ABROAD),
    "X_REPLIERS": Kind(_POST.needs, _ABROAD),
}


def faults(kind: str, inputs: Mapping[str, Any]) -> list[str]:
    """What is wrong with the inputs of a campaign of this type, a sentence each; empty where nothing is."""
    rule = KINDS[kind]
    given = {name: value for name, value in inputs.items() if value not in ("", None, [], ())}
    if rule.open:
        return [] if given else [f"{kind} needs its inputs; Scravio documents none, so write them below [inputs]."]
    allowed = (*rule.needs, *rule.takes)
    found = [f"{name} is not an input of {kind}; it takes {_listed(allowed)}." for name in given if name not in allowed]
    needed = [name for name in rule.needs if name in given]
    if not needed:
        found.append(f"{kind} needs {' or '.join(rule.needs)}.")
    if len(needed) > 1:
        found.append(f"{kind} takes {needed[0]} or {needed[1]}, not both.")
    for name in allowed:
        if name in given:
            found += _fault_of(name, given[name])
    if given.get("goal") == "other" and not given.get("goalOther") and "goal" in allowed:
        found.append('goal = "other" needs goalOther.')
    return found


def tidied(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs as Scravio wants them: without # before hashtags and @ before users, countries in capitals."""
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        if name in ("hashtag", "hashtags"):
            found[name] = _each(value, lambda text: text.strip().lstrip("#"))
        elif name == "targetUser":
            found[name] = _each(value, lambda text: text.strip().lstrip("@"))
        elif name == "countries":
            found[name] = _each(value, lambda text: text.strip().upper())
        else:
            found[name] = _each(value, str.strip)
    return found


def _each(value: Any, fix: Any) -> Any:
    if isinstance(value, str):
        return fix(value)
    if isinstance(value, list | tuple):
        return [fix(one) if isinstance(one, str) else one for one in value]
    return value


def _fault_of(name: str, value: Any) -> list[str]:
    if name in _LISTS:
        return _fault_of_list(name, value)
    longest = _TEXTS[name]
    if not isinstance(value, str) or not value.isprintable():
        return [f"{name} must be a text of one line."]
    if len(value) > longest:
        return [f"{name} is {len(value)} characters long; Scravio takes at most {longest}."]
    return [fault] if (fault := _fault_of_text(name, value)) else []


def _fault_of_text(name: str, value: str) -> str:
    if name == "mediaUrl" and not _is_https(value):
        return "mediaUrl must be the post's whole address and begin with https://."
    if name == "goal" and value not in GOALS:
        return f"goal must be one of {', '.join(GOALS)}."
    if name in ("hashtag", "targetUser") and any(char.isspace() for char in value):
        return f"{name} must be a single word, without spaces."
    return ""


def _fault_of_list(name: str, value: Any) -> list[str]:
    most, longest = _LISTS[name]
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(one, str) for one in value):
        return [f"{name} must be a list of texts."]
    if len(value) > most:
        return [f"{name} holds {len(value)} entries; Scravio takes at most {most}."]
    if name == "countries":
        wrong = [one for one in value if not _COUNTRY.fullmatch(one)]
        return [f"countries holds {wrong[0][:40]!r}; write two-letter codes, such as DE."] if wrong else []
    if any(not one or len(one) > longest or not one.isprintable() for one in value):
        return [f"each of {name} must be a text of at most {longest} characters."]
    return []


def _is_https(value: str) -> bool:
    try:
        url = urlsplit(value)
    except ValueError:
        return False
    return url.scheme == "https" and bool(url.hostname) and " " not in value


def _listed(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
