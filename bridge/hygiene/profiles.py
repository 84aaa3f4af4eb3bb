"""Makes profile links from user names, and user names from what was scraped as one. Never asks whether they exist."""

import re
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from bridge.hygiene.characters import without_invisible
from bridge.hygiene.wordlists import words

_LONGEST_RAW: Final = 1_000
_LONGEST_LINK: Final = 500
_ASCII_NAME = re.compile(r"(?=[._-]*[A-Za-z0-9])[A-Za-z0-9._-]{1,100}")
# YouTube handles and LinkedIn names may hold letters of any script; `\w` is exactly letters, digits and underscore.
_ANY_NAME = re.compile(r"(?=[._-]*\w)[\w.·-]{1,100}")
_CHANNEL_ID = re.compile(r"UC[A-Za-z0-9_-]{22}")

# Which of several link forms a `username` belongs to is UNKNOWN (scravio.md §4 has no profile URL at all), most of all
# for LinkedIn: /in/ is the form of people, and a company's page would not have been scraped as a lead.
_LINKS: Final = {
    "instagram": ("https://www.instagram.com/", "/"),
    "tiktok": ("https://www.tiktok.com/@", ""),
    "youtube": ("https://www.youtube.com/@", ""),
    "x": ("https://x.com/", ""),
    "facebook": ("https://www.facebook.com/", ""),
    "linkedin": ("https://www.linkedin.com/in/", ""),
}
_ANY_SCRIPT: Final = frozenset({"youtube", "linkedin"})
_HOST = re.compile(
    r"(?:[a-z0-9-]+\.)*(?:instagram\.com|tiktok\.com|youtube\.com|x\.com|twitter\.com|facebook\.com|fb\.com|linkedin\.com)"
)
# First parts of a path after which the name comes.
_BEFORE_NAME: Final = frozenset({"in", "c", "user", "channel"})


def profile_url(platform: str, username: str) -> str:
    """The link to a profile on one of Scravio's six platforms, "" where platform or name is none that could be."""
    plain = _ASCII_NAME.fullmatch(username) is not None
    return link(platform, username if plain else handle(username), plain=plain)


def link(platform: str, name: str, *, plain: bool) -> str:
    """The same of a bare name; a `plain` one is known to be of letters, digits and `._-` in ASCII."""
    home = platform.lower()
    form = _LINKS.get(home)
    if form is None:
        return ""
    before, after = form
    if home == "youtube" and _CHANNEL_ID.fullmatch(name):
        return f"https://www.youtube.com/channel/{name}"
    if plain or _ASCII_NAME.fullmatch(name):  # `quote` would find nothing to do
        return f"{before}{name}{after}"
    made = f"{before}{quote(name, safe='')}{after}" if home in _ANY_SCRIPT and _ANY_NAME.fullmatch(name) else ""
    return made if len(made) <= _LONGEST_LINK else ""


def handle(raw: str) -> str:
    """The user name without @, spaces and the link around it; "" for a link that leads to no profile.

    Whether Scravio's `username` comes with an @ is UNKNOWN (scravio.md §4). The result is as hostile as the input.
    """
    if _ASCII_NAME.fullmatch(raw):  # nothing below would find anything to do
        return raw
    text = without_invisible(raw[:_LONGEST_RAW]).strip()
    if "/" in text:
        text = _from_link(text)
    return text.lstrip("@").strip()


def _from_link(link: str) -> str:
    try:
        parts = urlsplit(link if "//" in link else f"https://{link}")
        host = parts.hostname or ""
    except ValueError:
        return ""
    path = [part for part in unquote(parts.path).split("/") if part]
    if path and path[0] in _BEFORE_NAME:
        path = path[1:]
    known = _HOST.fullmatch(host) and path and path[0].lower() not in words("no_profile")
    return path[0] if known else ""
