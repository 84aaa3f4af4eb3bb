"""Takes what vendors' webhooks post: checks the secret, keeps the body as it came, answers 202. Reads no event.

Whatever is not kept costs little: the secret is compared before a byte of the body is read.
"""

import hmac
import json
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

import structlog

from bridge.errors import BridgeError
from bridge.ledger.database import Database
from bridge.ledger.events import posts

if TYPE_CHECKING:
    from starlette.requests import Request

HEADER = "X-Leadbridge-Secret"
MOST_BYTES = 1024 * 1024
KEPT, BROKEN, FORGED, UNKNOWN, TOO_LARGE, NO_JSON, AWAY = 202, 400, 401, 404, 413, 415, 503

log = structlog.get_logger(__name__)


class Hooks:
    """The door for webhooks. `known` are pairs of vendor and client; `secrets` is one, or two during a rotation."""

    def __init__(
        self, ledger: Callable[[], Database], known: Callable[[], Collection[tuple[str, str]]], secrets: Sequence[str]
    ) -> None:
        self._ledger = ledger
        self._known = known
        self._secrets = [secret.encode() for secret in secrets]
        self.turned_away = 0

    async def take(self, request: "Request") -> int:
        """Keep the body of a request; the status to answer with."""
        status = await self._judged(request)
        if status not in (KEPT, AWAY):
            self.turned_away += 1
            # One line for many: a flood at this door must not fill the disk with its log.
            if self.turned_away in {1, 10, 100} or self.turned_away % 1000 == 0:
                log.warning("webhook turned away", status=status, so_far=self.turned_away)
        return status

    async def _judged(self, request: "Request") -> int:
        vendor, client = request.path_params["vendor"], request.path_params["client"]
        if not self._is_ours(request.headers.get(HEADER, "")):
            return FORGED
        if (vendor, client) not in self._known():
            return UNKNOWN
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return NO_JSON
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BYTES:
                return TOO_LARGE
        return await self._kept(vendor, client, bytes(body))

    def _is_ours(self, said: str) -> bool:
        """Compared with every secret in constant time, whichever fits."""
        given = said.encode("utf-8", "replace")
        found = [hmac.compare_digest(given, secret) for secret in self._secrets]
        return any(found)

    async def _kept(self, vendor: str, client: str, body: bytes) -> int:
        from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 - half a second that only the daemon spends

        try:
            json.loads(body)
        except (ValueError, RecursionError):
            return BROKEN
        try:
            await run_in_threadpool(posts.store, self._ledger(), client, vendor, body)
        except BridgeError:
            return AWAY  # the vendor tries again; what it gives up is found by polling
        return KEPT
