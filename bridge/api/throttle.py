"""Spaces the requests made with one API key, over all threads of the process. Sends nothing itself.

Other processes may spend from the same budget: `share` sets among how many it is divided, and each takes its part.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bridge.errors import StopRequested

MINUTE = 60.0
SHORT_WAIT = 2.0
"""Seconds that a turn may still be waited for once the process was asked to stop."""

UNSPACED = 1_000
"""So many requests a second, or more, are not spaced at the full pace: only the number at once limits them.

To wait a millisecond takes longer than that, and holds a place on the wire.
"""

_SLOWER = 0.5  # a 429 halves the pace
_SLOWEST = 1 / 32
_FASTER = 1.1  # each answer that is no 429 wins a tenth back
_ROOM = 1.04  # one of thirty may be held up behind its turn, and the minute still holds no more
_WHOLE_KEY = ""


class ShutError(Exception):
    """The vendor wants nothing sent for `seconds` more, which is longer than the caller waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"shut for {seconds:.0f} s")
        self.seconds = seconds


class Throttle:
    """At most `at_once` requests in progress, and `per_minute` in any minute (None: no cap).

    `per_second` are apart evenly; from UNSPACED on, only after a 429.

    The defaults are far below what Instantly allows a whole workspace (100 a second, 6,000 a minute, shared by every
    key and by v1: instantly.md pitfall 12), so other tools keep their share; four at once hide the network's delay.
    Scravio publishes no limit for reading (scravio.md §1): the same pace, no cap a minute, and a 429 slows it down.
    `writes_per_minute` spaces writes evenly, and the first one as if another process had just sent one: however
    often a process is started, no minute holds more. Once `stop` is set, no thread waits long for a turn: StopRequested
    is raised instead.
    """

    def __init__(
        self,
        per_second: float = 20,
        per_minute: int | None = None,
        at_once: int = 4,
        writes_per_minute: int | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        stop: threading.Event | None = None,
    ) -> None:
        self._whole = (per_second, per_minute, at_once, writes_per_minute)
        self._among = 1
        self._inside = 0
        self._line: deque[threading.Lock] = deque()
        self._lock = threading.Lock()
        self._clock = clock
        self._sleep = sleep
        self._stop = stop
        self._pace = 1.0
        self._next = clock()
        self._next_write = self._next + self._between_writes()
        self._shut: dict[str, float] = {_WHOLE_KEY: self._next}
        self._booked: deque[float] = deque()

    @contextmanager
    def slot(self, longest: float = math.inf, endpoint: str = _WHOLE_KEY, *, writing: bool = False) -> Iterator[None]:
        """Wait for a place and for a turn; the place is given back at the end.

        Raises StopRequested, and ShutError where the vendor wants nothing sent for longer than `longest` seconds, or
        nothing to this endpoint: also where it says so to another thread while this one waits.
        """
        self._refuse_shut(longest, endpoint)
        self._take_place()
        try:
            wait = self._book(longest, endpoint, writing) - self._clock()
            if wait > 0:
                self._pause(wait)
                self._refuse_shut(longest, endpoint)
            yield
        finally:
            self._leave()

    def await_pair(self) -> None:
        """Wait until a read and a write right after it both have their turn; neither is booked.

        Not for what is shut for long: the read itself says so.
        """
        with self._lock:
            now, most = self._clock(), self.per_minute
            turn = max(self._next, self._next_write)
            if most is not None and len(self._booked) >= max(1, most - 1):
                turn = max(turn, self._booked[-max(1, most - 1)] + MINUTE)
        if 0 < turn - now <= MINUTE + self._between_writes():
            self._pause(turn - now)

    def limit(
        self, per_second: float, per_minute: int | None, at_once: int, writes_per_minute: int | None = None
    ) -> None:
        """Other limits from now on, as a reloaded configuration says."""
        with self._lock:
            self._whole = (per_second, per_minute, at_once, writes_per_minute)
            self._admit()

    def share(self, among: int) -> None:
        """Divide the limits among so many processes; each may send something, however many there are."""
        with self._lock:
            self._among = max(1, among)
            self._admit()

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
        """This process's part of the requests in progress."""
        return max(1, self._whole[2] // self._among)

    @property
    def pace(self) -> float:
        """The share of the full pace in force now, from 1/32 to 1."""
        return self._pace

    def push_back(self, seconds: float | None = None) -> None:
        """The vendor said 429: halve the pace, and send nothing for `seconds` where it named them."""
        with self._lock:
            self._pace = max(_SLOWEST, self._pace * _SLOWER)
            self._next = max(self._next, self._clock() + 1 / (self.per_second * self._pace))
        self.shut(seconds or 0.0)

    def shut(self, seconds: float, endpoint: str = _WHOLE_KEY) -> None:
        """The vendor wants nothing sent for so long, with this key or to this endpoint."""
        with self._lock:
            end = max(self._shut.get(endpoint, 0.0), self._clock() + seconds)
            self._shut[endpoint] = end
            if endpoint == _WHOLE_KEY:
                self._next = max(self._next, end)

    def speed_up(self) -> None:
        """The vendor answered: win back some of the pace that a 429 took."""
        if self._pace < 1:
            with self._lock:
                self._pace = min(1.0, self._pace * _FASTER)

    def _refuse_shut(self, longest: float, endpoint: str) -> None:
        now = self._clock()
        left = self._shut[_WHOLE_KEY] - now
        if left > longest:
            raise ShutError(left)
        if endpoint != _WHOLE_KEY and self._shut.get(endpoint, now) > now:
            raise ShutError(self._shut[endpoint] - now)

    def _between_writes(self) -> float:
        """Seconds from one write to the next; none where writes have no limit of their own."""
        most = self._whole[3]
        return 0.0 if most is None else _ROOM * MINUTE * self._among / most

    def _book(self, longest: float, endpoint: str, writing: bool) -> float:  # noqa: FBT001 - private
        """The next free turn: booked under the lock, waited for outside of it."""
        with self._lock:
            self._refuse_shut(longest, endpoint)
            turn = max(self._clock(), self._next, self._next_write if writing else 0.0)
            most = self.per_minute
            if most is not None:
                while self._booked and self._booked[0] <= turn - MINUTE:
                    self._booked.popleft()
                if len(self._booked) >= most:
                    turn = max(turn, self._booked[-most] + MINUTE)
                self._booked.append(turn)
            unspaced = self._pace == 1 and self._whole[0] >= UNSPACED
            self._next = turn + (0.0 if unspaced else 1 / (self.per_second * self._pace))
            if writing:
                self._next_write = turn + self._between_writes() / self._pace
            return turn

    def _take_place(self) -> None:
        """Take a place, in the order of asking: a page that others wait for must not be overtaken by later ones."""
        with self._lock:
            if not self._line and self._inside < self.at_once:
                self._inside += 1
                return
            gate = threading.Lock()
            gate.acquire()  # who gives a place back opens it: no other thread is woken
            self._line.append(gate)
        try:
            # Looked at once a second: setting `stop` opens no gate.
            while not gate.acquire(timeout=-1 if self._stop is None else 1.0):
                if self._stop is not None and self._stop.is_set():
                    raise StopRequested
        except BaseException:
            with self._lock:
                waits = gate in self._line
                if waits:
                    self._line.remove(gate)
            if not waits:
                self._leave()
            raise

    def _leave(self) -> None:
        """Give the place back."""
        with self._lock:
            self._inside -= 1
            self._admit()

    def _admit(self) -> None:
        """Let in who is first in the line, as long as there are places. Under the lock."""
        while self._line and self._inside < self.at_once:
            self._inside += 1
            self._line.popleft().release()

    def _pause(self, seconds: float) -> None:
        """Wait for a turn; once the process was asked to stop, only for a near one."""
        if self._stop is None:
            self._sleep(seconds)
            return
        end = self._clock() + seconds
        if not self._stop.wait(seconds):
            return
        left = end - self._clock()
        if left > SHORT_WAIT:
            raise StopRequested
        self._sleep(max(0.0, left))
