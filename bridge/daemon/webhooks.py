"""Calls addresses of the operator's, and keeps them to itself. Raises nothing and never waits long.

Only the status of an answer is read, and the whole call ends at its deadline: what the other side sends costs neither
memory nor a later alert. Each part of the daemon calls from one thread, so calls never pile up. An address of a webhook
is a secret: neither it nor an answer goes into the log.
"""

from urllib.parse import urlsplit

import httpx
import structlog

from bridge.api import deadline
from bridge.config.settings import Secret

SECONDS = 10.0
"""The longest that a whole call may take, from connecting to the answer's status."""

log = structlog.get_logger(__name__)


class Webhook:
    """One address. `purpose` names it in the log, "alert" or "ping"; `transport` replaces the network."""

    def __init__(self, purpose: str, address: Secret, transport: httpx.BaseTransport | None = None) -> None:
        self._purpose = purpose
        self._address = address
        self._transport = transport
        self._well = True

    @property
    def masked(self) -> str:
        """The address as the log shows it: `https://hooks.example/***`."""
        url = urlsplit(self._address.reveal())
        return f"{url.scheme}://{url.hostname}/***"

    def get(self) -> bool:
        """Call it; whether it answered well."""
        return self._send("GET", None)

    def post(self, document: dict[str, str]) -> bool:
        """Send a JSON document to it; whether it was taken."""
        return self._send("POST", document)

    def _send(self, method: str, document: dict[str, str] | None) -> bool:
        try:
            with (
                deadline.within(SECONDS),
                deadline.open_http("", {}, self._transport) as http,
                http.stream(method, self._address.reveal(), json=document) as answer,
            ):
                # Left before its body: closing the connection throws away what comes of it.
                why = "" if answer.is_success else f"it answered {answer.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            why = type(error).__name__
        self._tell(why)
        return not why

    def _tell(self, why: str) -> None:
        """Once when it begins to fail and once when it is well again, not at every call."""
        if why and self._well:
            log.warning("webhook failed", purpose=self._purpose, url=self.masked, why=why)
        elif not why and not self._well:
            log.info("webhook works again", purpose=self._purpose, url=self.masked)
        self._well = not why
