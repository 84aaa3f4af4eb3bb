"""Calls the operator's webhooks. A failing or slow webhook never stops a route.

Only the status of an answer is read, and the whole call ends at its deadline. The address of a webhook is a secret:
neither the address nor an answer is logged.
"""

import threading
from abc import ABC, abstractmethod
from urllib.parse import urlsplit

import httpx
import structlog

from bridge.api import deadline
from bridge.config.settings import Secret
from bridge.daemon.events import Daemon, Listener, RouteRan
from bridge.errors import BridgeError
from bridge.ledger import Database

CALL_SECONDS = 10.0
"""The longest that a whole call may take, from connecting to the answer's status."""

RETRY_SECONDS = 60.0
"""The pause after a look that failed: the database was away, or the webhook did not answer."""

log = structlog.get_logger(__name__)


class Webhook:
    """One address. `purpose` names it in the log, "alert" or "ping"; `transport` replaces the network."""

    def __init__(self, purpose: str, address: Secret, transport: httpx.BaseTransport | None = None) -> None:
        self.purpose = purpose
        self._address = address
        self._transport = transport
        self._well = True

    @property
    def masked(self) -> str:
        """The address as the log shows it: `https://hooks.example/***`."""
        url = urlsplit(self._address.reveal())
        return f"{url.scheme}://{url.hostname}/***"

    def call(self, document: dict[str, str] | None = None) -> bool:
        """POST a JSON document, or GET without one; True for a 2xx answer."""
        try:
            with (
                deadline.within(CALL_SECONDS),
                deadline.open_http("", {}, self._transport) as http,
                http.stream("GET" if document is None else "POST", self._address.reveal(), json=document) as answer,
            ):
                # The body is never read: closing the connection discards it.
                why = "" if answer.is_success else f"it answered {answer.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            why = type(error).__name__
        # One line when it begins to fail and one when it works again, not one for each call.
        if why and self._well:
            log.warning("webhook failed", purpose=self.purpose, url=self.masked, why=why)
        elif not why and not self._well:
            log.info("webhook works again", purpose=self.purpose, url=self.masked)
        self._well = not why
        return not why


class Notifier(Listener, ABC):
    """Looks at the ledger after each run, in its own thread, and calls a webhook when there is something to say.

    `collect` is how many seconds it waits for further runs first. It looks every `interval` seconds even without a run.
    """

    def __init__(self, webhook: Webhook, *, collect: float = 0.0, interval: float | None = None) -> None:
        self._webhook = webhook
        self._collect = collect
        self._interval = interval
        self._daemon: Daemon | None = None
        self._wanted = threading.Event()
        self._closed = threading.Event()

    def open(self, daemon: Daemon) -> None:
        """Start the thread."""
        self._daemon = daemon
        threading.Thread(target=self._work, name=self._webhook.purpose, daemon=True).start()

    def route_ran(self, event: RouteRan) -> None:
        """Look soon."""
        del event
        self._wanted.set()

    def close(self) -> None:
        """End the thread; what was not sent is sent by the next daemon."""
        self._closed.set()
        self._wanted.set()

    def _work(self) -> None:
        pause: float | None = None
        while not self._closed.is_set():
            self._wanted.wait(pause or self._interval)
            self._closed.wait(self._collect)
            self._wanted.clear()
            if not self._closed.is_set():
                pause = self.look()

    def look(self) -> float | None:
        """Call the webhook if there is a reason; the seconds after which to look again, None for the interval."""
        daemon = self._daemon
        if daemon is None or daemon.db is None:
            return RETRY_SECONDS
        try:
            return self.notify(daemon, daemon.db)
        except BridgeError as error:
            log.debug("webhook not called", purpose=self._webhook.purpose, why=error.message)
        except Exception:  # the thread must go on: its silence would look like good news, or like trouble
            log.exception("webhook not called", purpose=self._webhook.purpose)
        return RETRY_SECONDS

    @abstractmethod
    def notify(self, daemon: Daemon, db: Database) -> float | None:
        """As `look`. Raises BridgeError when the database does not answer."""
