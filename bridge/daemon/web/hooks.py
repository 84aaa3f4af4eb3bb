"""Takes what vendors' webhooks post: checks the secret, keeps the body as it came, answers 202. Reads no event.

Whatever is not kept costs little: secret, path, kind and length are judged before a byte of the body is read.
"""

import asyncio
import hmac
import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from itertools import groupby
from operator import itemgetter
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
FULL = "full"
"""What is counted beside the statuses: posts that were answered 202 but not kept, because too many wait."""

_ROOM_SECONDS = 5.0

log = structlog.get_logger(__name__)

Where = tuple[str, str]
"""Client and vendor."""


class Hooks:
    """The door for webhooks. `known` are pairs of vendor and client.

    `secrets` gives the secrets of a client: one, or two during a rotation.

    `counted` is how many posts were answered how, by status or FULL; `count` is called with each of them.
    """

    def __init__(
        self,
        ledger: Callable[[], Database],
        known: Callable[[], Collection[tuple[str, str]]],
        secrets: Callable[[str], Sequence[str]],
        count: Callable[[str, int], object] = lambda _answer, _posts: None,
    ) -> None:
        self._ledger = ledger
        self._known = known
        self._secrets = secrets
        self._count = count
        self.counted: Counter[int | str] = Counter()
        self._pending: list[tuple[Where, bytes, asyncio.Future[int]]] = []
        self._turn = asyncio.Lock()
        self._room: tuple[float, dict[Where, tuple[int, int]]] = (0.0, {})

    async def take(self, request: "Request") -> int:
        """Keep the body of a request; the status to answer with."""
        status = await self._judged(request)
        self._counts(status, 1)
        if status not in (KEPT, AWAY):
            so_far = sum(count for said, count in self.counted.items() if said not in (KEPT, AWAY))
            # One line for many: a flood at this door must not fill the disk with its log.
            if so_far in {1, 10, 100} or so_far % 1000 == 0:
                log.warning("webhook turned away", status=status, so_far=so_far)
        return status

    async def _judged(self, request: "Request") -> int:
        vendor, client = request.path_params["vendor"], request.path_params["client"]
        if not self._is_ours(client, request.headers.get(HEADER, "")):
            return FORGED
        if (vendor, client) not in self._known():
            return UNKNOWN
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return NO_JSON
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length[:20]) > MOST_BYTES:
            return TOO_LARGE
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BYTES:
                return TOO_LARGE
        return await self._kept((client, vendor), bytes(body))

    def _counts(self, answer: int | str, posted: int) -> None:
        self.counted[answer] += posted
        self._count(str(answer), posted)

    def _is_ours(self, client: str, said: str) -> bool:
        """Compared with every secret of the client in constant time, whichever fits."""
        given = said.encode("utf-8", "replace")
        found = [hmac.compare_digest(given, secret.encode()) for secret in self._secrets(client)]
        return any(found)

    async def _kept(self, where: Where, body: bytes) -> int:
        """Keep it. Whatever comes while one transaction is written goes into the next one."""
        from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 - half a second that only the daemon spends

        if not await run_in_threadpool(_is_json, body):
            return BROKEN
        mine: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._pending.append((where, body, mine))
        async with self._turn:
            if not mine.done():
                some, self._pending = self._pending, []
                status = await run_in_threadpool(self._store, [(one[0], one[1]) for one in some])
                for _, _, waiting in some:
                    waiting.set_result(status)
        return mine.result()

    def _store(self, some: list[tuple[Where, bytes]]) -> int:
        """In a thread: write them down, as far as there is room. What the vendor gives up is found by polling."""
        try:
            db, now = self._ledger(), time.monotonic()
            if now >= self._room[0]:
                self._room = (now + _ROOM_SECONDS, posts.waiting(db))
            for where, group in groupby(sorted(some, key=itemgetter(0)), key=itemgetter(0)):
                bodies = [body for _, body in group]
                found = self._room[1].get(where, (0, 0))
                if not posts.has_room(found):
                    self._counts(FULL, len(bodies))
                    continue
                posts.store(db, where[0], where[1], bodies)
                self._room[1][where] = found[0] + len(bodies), found[1] + sum(map(len, bodies))
        except BridgeError:
            return AWAY
        return KEPT


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
