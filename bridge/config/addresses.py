"""Addresses of the web and of databases: whether they keep a key safe, and which parts of them are secrets."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_SHORTEST_TOKEN = 12  # a shorter piece of an address is a word such as "ping", which any line may hold
_LABEL = re.compile(r"[a-z][a-z0-9_-]*")


def web_address(text: str) -> SplitResult | None:
    """The parts of an address that starts with http:// or https://; None for any other text."""
    try:
        url = urlsplit(text)
        fits = url.scheme in {"http", "https"} and bool(url.hostname) and (url.port is None or url.port >= 0)
    except ValueError:  # `port` raises it too
        return None
    return url if fits else None


def is_local(host: str) -> bool:
    """Whether the name can only mean this machine or its container network (`sandbox`, `api.internal`)."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        # A label must start with a letter: 134744072 and 0x8080808 are other spellings of 8.8.8.8.
        return bool(_LABEL.fullmatch(host)) or host.endswith((".internal", ".localhost"))


def tokens(address: str) -> list[str]:
    """The parts of a webhook's address that let their holder use it: the whole, and what follows the host."""
    url = urlsplit(address)
    behind = url.path.strip("/") + (f"?{url.query}" if url.query else "")
    parts = (address, behind, url.path.strip("/"), url.query, url.password or "")
    return [part for part in parts if len(part) >= _SHORTEST_TOKEN]


def passwords(url: str) -> set[str]:
    """The password in a database's address as written and as meant, wherever it stands."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return set()
    written = parts.password or ""
    queried = [value for key, value in parse_qsl(parts.query) if key == "password"]
    return {password for password in (written, unquote(written), *queried) if password}
