"""Spaces the requests made with one API key, over all threads of the process. Sends nothing itself."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MINUTE = 60.0
_SLOWER = 0.5  # a 429 halves the pace
_SLOWEST = 1 / 32
_FASTER = 1.1  # each answer that is no 429 wins a tenth back


class Throttle:
    """At most `at_once` requests under way, `per_second` apart evenly and `per_minute` in any minute (None: no cap).

    The defaults are far below what Instantly allows a whole workspace (100 a second, 6,000 a minute, shared by every
    key and by v1: instantly.md pitfall 12), so other tools keep their share; four at once hide the network's delay.
    Scravio publishes no limit for reading (scravio.md §1): the same pace, no cap a minute, and a 429 slows it down.
    """

    def __init__(
        self,
        per_second: float = 20,
        per_minute: int | None = None,
        at_once: int = 4,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1 / per_second
        self._per_minute = per_minute
        self._room = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._clock = clock
        self._sleep = sleep
        self._pace = 1.0
        self._next = clock()
        self._shut_until = self._next
        self._booked: deque[float] = deque(maxlen=per_minute)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a place and for one's turn; the place is given back at the end."""
        with self._room:
            turn = self._book()
            wait = turn - self._clock()
            if wait > 0:
                self._sleep(wait)
            yield

    def push_back(self, seconds: float | None = None) -> None:
        """The vendor said 429: halve the pace, and book nothing for `seconds` where it named them."""
        with self._lock:
            self._pace = max(_SLOWEST, self._pace * _SLOWER)
            self._shut_until = max(self._shut_until, self._clock() + (seconds or 0.0))
            self._next = max(self._next, self._shut_until, self._clock() + self._gap / self._pace)

    def speed_up(self) -> None:
        """The vendor answered: win back some of the pace that a 429 took."""
        with self._lock:
            self._pace = min(1.0, self._pace * _FASTER)

    @property
    def shut_for(self) -> float:
        """For how many seconds from now the vendor wants nothing sent, as its 429s named it; 0 where it named none."""
        return max(0.0, self._shut_until - self._clock())

    @property
    def pace(self) -> float:
        """The share of the full pace in force now, from 1/32 to 1."""
        return self._pace

    def _book(self) -> float:
        """The next free turn: booked under the lock, waited for outside of it."""
        with self._lock:
            turn = max(self._clock(), self._next)
            if self._per_minute is not None and len(self._booked) == self._per_minute:
                turn = max(turn, self._booked[0] + MINUTE)
            self._booked.append(turn)
            self._next = turn + self._gap / self._pace
            return turn
