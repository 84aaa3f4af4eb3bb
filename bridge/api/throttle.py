"""Spaces the requests made with one API key, over all threads of the process. Sends nothing itself.

Other processes may spend from the same budget: `share` says among how many it is divided, and each takes its part.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bridge.errors import ToldToStop

MINUTE = 60.0
SHORT_WAIT = 2.0
"""Seconds that a turn may still be waited for once the process was told to stop."""

_SLOWER = 0.5  # a 429 halves the pace
_SLOWEST = 1 / 32
_FASTER = 1.1  # each answer that is no 429 wins a tenth back


class ShutError(Exception):
    """The vendor wants nothing sent for `seconds` more, which is longer than the caller waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"shut for {seconds:.0f} s")
        self.seconds = seconds


class Throttle:
    """At most `at_once` requests under way, `per_second` apart evenly and `per_minute` in any minute (None: no cap).

    The defaults are far below what Instantly allows a whole workspace (100 a second, 6,000 a minute, shared by every
    key and by v1: instantly.md pitfall 12), so other tools keep their share; four at once hide the network's delay.
    Scravio publishes no limit for reading (scravio.md §1): the same pace, no cap a minute, and a 429 slows it down.
    Once `stop` is set, nobody waits long for a turn: ToldToStop is raised instead.
    """

    def __init__(
        self,
        per_second: float = 20,
        per_minute: int | None = None,
        at_once: int = 4,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        stop: threading.Event | None = None,
    ) -> None:
        self._whole = (per_second, per_minute, at_once)
        self._among = 1
        self._room = threading.Condition()
        self._inside = 0
        self._line: deque[object] = deque()
        self._lock = threading.Lock()
        self._clock = clock
        self._sleep = sleep
        self._stop = stop
        self._pace = 1.0
        self._next = clock()
        self._shut_until = self._next
        self._booked: deque[float] = deque()

    @contextmanager
    def slot(self, longest: float = math.inf) -> Iterator[None]:
        """Wait for a place and for one's turn; the place is given back at the end.

        Raises ToldToStop, and ShutError where the vendor wants nothing sent for longer than `longest` seconds: also
        where it says so to somebody else while this one waits.
        """
        self._enter()
        try:
            wait = self._book(longest) - self._clock()
            if wait > 0:
                self._pause(wait)
                self._look(longest)
            yield
        finally:
            self._leave()

    def limit(self, per_second: float, per_minute: int | None, at_once: int) -> None:
        """Other limits from now on, as a reloaded configuration says."""
        with self._lock:
            self._whole = (per_second, per_minute, at_once)

    def share(self, among: int) -> None:
        """Divide the limits among so many processes; everybody may send something, however many there are."""
        with self._lock:
            self._among = max(1, among)

    @property
    def per_second(self) -> float:
        """This process's part of the requests a second, at the full pace."""
        return self._whole[0] / self._among

    @property
    def per_minute(self) -> int | None:
        """This process's part of the requests in any minute; None where there is no cap."""
        whole = self._whole[1]
        return None if whole is None else max(1, whole // self._among)

    @property
    def at_once(self) -> int:
        """This process's part of the requests under way."""
        return max(1, self._whole[2] // self._among)

    def push_back(self, seconds: float | None = None) -> None:
        """The vendor said 429: halve the pace, and book nothing for `seconds` where it named them."""
        with self._lock:
            self._pace = max(_SLOWEST, self._pace * _SLOWER)
            self._shut_until = max(self._shut_until, self._clock() + (seconds or 0.0))
            self._next = max(self._next, self._shut_until, self._clock() + self._gap)

    def shut(self, seconds: float) -> None:
        """The vendor wants nothing sent for so long; its pace is no matter."""
        with self._lock:
            self._shut_until = max(self._shut_until, self._clock() + seconds)
            self._next = max(self._next, self._shut_until)

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

    @property
    def _gap(self) -> float:
        return 1 / (self.per_second * self._pace)

    def _look(self, longest: float) -> None:
        if self.shut_for > longest:
            raise ShutError(self.shut_for)

    def _book(self, longest: float) -> float:
        """The next free turn: booked under the lock, waited for outside of it."""
        with self._lock:
            self._look(longest)
            turn = max(self._clock(), self._next)
            most = self.per_minute
            if most is not None:
                self._forget_before(turn - MINUTE)
                if len(self._booked) >= most:
                    turn = max(turn, self._booked[-most] + MINUTE)
                self._booked.append(turn)
            self._next = turn + self._gap
            return turn

    def _forget_before(self, moment: float) -> None:
        while self._booked and self._booked[0] <= moment:
            self._booked.popleft()

    def _enter(self) -> None:
        """Take a place, in the order of asking: a page that others wait for must not be overtaken by later ones."""
        with self._room:
            me = object()
            self._line.append(me)
            try:
                while not self._is_turn_of(me):
                    # Looked at once a second: whoever sets `stop` does not know of this room.
                    self._room.wait(None if self._stop is None else 1.0)
                    if self._stop is not None and self._stop.is_set() and not self._is_turn_of(me):
                        raise ToldToStop
                self._inside += 1
            finally:
                self._line.remove(me)
                self._room.notify_all()

    def _is_turn_of(self, asking: object) -> bool:
        return self._line[0] is asking and self._inside < self.at_once

    def _leave(self) -> None:
        with self._room:
            self._inside -= 1
            # Not one: after the limits changed there may be room for several.
            self._room.notify_all()

    def _pause(self, seconds: float) -> None:
        """Wait for a turn; where the process is told to stop meanwhile, only for a near one."""
        if self._stop is None:
            self._sleep(seconds)
            return
        end = self._clock() + seconds
        if not self._stop.wait(seconds):
            return
        left = end - self._clock()
        if left > SHORT_WAIT:
            raise ToldToStop
        self._sleep(max(0.0, left))
