"""Refuses requests under a foreign host name: a web page may point its own name at this address (DNS rebinding).

Such a page could read the daemon's answers through the browser of a person who can reach it. But the browser sends the
page's name as Host. An address cannot be pointed elsewhere, so every address is allowed.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

OPEN_TO_ALL = "/healthz"
"""This page says only that the process answers: probes may ask it under any name."""

HOOKS = "/hooks/"
"""Below it a secret header is asked for, which no web page can send here."""

REFUSED = 421
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]*)(?::\d*)?")


def allowed(header: str, names: Iterable[str]) -> bool:
    """Whether a Host header names this daemon: an address, localhost, or one of `names`."""
    found = _HOST.fullmatch(header.strip())
    if found is None:
        return False
    name = found[1].strip("[]").rstrip(".").lower()
    try:
        ipaddress.ip_address(name)
    except ValueError:
        own = {"localhost", socket.gethostname(), *names}
        return name.endswith(".localhost") or name in {one.rstrip(".").lower() for one in own}
    return True


class HostCheck:
    """An ASGI application that answers for `app` under the names of this daemon only."""

    def __init__(self, app: "ASGIApp", names: Iterable[str]) -> None:
        self._app = app
        self._names = tuple(names)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer, or refuse. A request without a Host comes from no browser."""
        from starlette.responses import PlainTextResponse  # noqa: PLC0415 - half a second that only the daemon spends

        host = next((value for name, value in scope.get("headers", ()) if name == b"host"), None)
        named = host is None or allowed(host.decode("latin-1"), self._names)
        path = str(scope.get("path"))
        app = (
            self._app
            if named or path == OPEN_TO_ALL or path.startswith(HOOKS)
            else PlainTextResponse(_REFUSAL, REFUSED)
        )
        await app(scope, receive, send)


_REFUSAL = (
    "This name is not one of the daemon's. Use an address or localhost, or add the name to `names` under [http] in "
    "bridge.toml.\n"
)
