"""Reads the link of a profile: one's own website, or a page of links at a service, without trackers. Asks no network.

A link-in-bio page (linktr.ee/jane) is a signpost, not a company's website: as `website` it would make every creator a
part of Linktree, so it is a field of its own. A page of a platform or a market is no own website either, and where a
short link leads is unknown: neither goes out. The lists name the hosts (`link_in_bio`, `platform_pages`,
`shorteners`) and the parameters that only count visitors (`trackers`).
"""

import re
from functools import cache
from typing import Final
from urllib.parse import parse_qs, urlsplit

from bridge.hygiene import ordinary, variables
from bridge.hygiene.wordlists import words

_HOST = re.compile(r"https?://([^/?#:]+)")
_TRACKER = re.compile(r"utm_|mtm_|pk_|hsa_|_hs|__hs|oly_|vero_|ga_|at_custom|itm_")
_NOT_OWN: Final = ("link_in_bio", "platform_pages", "shorteners")
# Pages of the platforms that only lead on, each with the parameter that says where to.
_SIGNPOSTS: Final = {
    "l.instagram.com": "u",
    "l.facebook.com": "u",
    "lm.facebook.com": "u",
    "l.threads.net": "u",
    "www.youtube.com/redirect": "q",
    "www.google.com/url": "q",
}


def website(raw: str) -> str:
    """The profile's own website as an https link, "" where it shows none, or only a page elsewhere or a short link."""
    return _of_kind(raw, "own")


def link_in_bio(raw: str) -> str:
    """The profile's page at a link-in-bio service (linktr.ee, beacons.ai …) as an https link, "" where it has none."""
    return _of_kind(raw, "link_in_bio")


def clean(raw: str) -> str:
    """The link as `variables.url` gives it, in https, without trackers and platforms' detours. Idempotent.

    A server that answers only without encryption is rare enough; a link with a port says what it wants and is kept.
    """
    return _cleaned(raw)[0]


def _cleaned(raw: str) -> tuple[str, str]:
    """The clean link and its host."""
    plain = ordinary.link(raw) if raw else ("", "")
    if plain is not None and plain[1] not in _SIGNPOSTS:
        return plain
    link = variables.url(raw)
    if not link:
        return "", ""
    link = _led_on(link)
    if link.startswith("http://") and ":" not in link.removeprefix("http://").partition("/")[0]:
        link = f"https://{link.removeprefix('http://')}"
    # Without them two harmless parts may meet as an entity: "/&" before "#60;". Such a link is dropped, as any other.
    link = variables.url(_without_trackers(link)) if "?" in link or "#" in link else link
    host = _HOST.match(link)
    return link, host[1].lower() if host else ""


def _of_kind(raw: str, kind: str) -> str:
    """The link, cleaned, where the list that has its host or a parent of it (www.instagram.com) is this; else ""."""
    link, host = _cleaned(raw)
    kinds, found = _kinds(), "own" if host else ""
    while "." in host:
        if host in kinds:
            found = kinds[host]
            break
        host = host.partition(".")[2]
    return link if found == kind else ""


@cache
def _kinds() -> dict[str, str]:
    return {host: name for name in reversed(_NOT_OWN) for host in words(name)}


def _led_on(link: str) -> str:
    """Where a platform's signpost leads; any other link as it is."""
    parts = urlsplit(link)
    name = _SIGNPOSTS.get(parts.netloc.lower()) or _SIGNPOSTS.get(f"{parts.netloc.lower()}{parts.path}")
    if name is None:
        return link
    aim = parse_qs(parts.query).get(name, [""])[0]
    return variables.url(aim)


def _without_trackers(link: str) -> str:
    """Without the parameters that only count visitors; the others stay to the letter."""
    address, hash_sign, fragment = link.partition("#")
    page, _, query = address.partition("?")
    names = {part: part.partition("=")[0].lower() for part in query.split("&") if part}
    own = {part for part, name in names.items() if not _TRACKER.match(name) and name not in words("trackers")}
    kept = "&".join(part for part in query.split("&") if part in own)
    if fragment.startswith(("utm_", ":~:")):
        hash_sign = fragment = ""
    return f"{page}{'?' if kept else ''}{kept}{hash_sign if fragment else ''}{fragment}"
