"""The signals of the system: stop, stop at once, load the configuration again.

The first SIGTERM or SIGINT requests an orderly stop. The second ends the process at once: the next run settles what was
in progress, as after any crash. SIGHUP requests a look at the configuration.
"""

import os
import signal
import time
from collections.abc import Callable
from queue import SimpleQueue
from types import FrameType
from typing import Any

STOP, LOAD = "stop", "load"
"""What is put into the inbox."""

ONE_PRESS = 0.2
"""Seconds within which two signals are one: a supervisor may reach the process and its group."""

_BYE = b"Stop was requested twice: ending now. Nothing is lost; the next run settles what was in progress.\n"


class Signals:
    """Puts each signal into the inbox. A SimpleQueue is reentrant, so a signal handler may do so at any moment."""

    def __init__(self, inbox: "SimpleQueue[str]", leave: Callable[[int], object] = os._exit) -> None:
        self._inbox = inbox
        self._leave = leave
        self._stopped_at = 0.0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "Signals":
        for number in (signal.SIGTERM, signal.SIGINT):
            self._before[number] = signal.signal(number, self._stop)
        if hasattr(signal, "SIGHUP"):
            self._before[signal.SIGHUP] = signal.signal(signal.SIGHUP, self._load)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if not self._stopped_at:
            self._stopped_at = now
            self._inbox.put(STOP)
        elif now - self._stopped_at > ONE_PRESS:
            os.write(2, _BYE)
            self._leave(128 + number)

    def _load(self, _number: int, _frame: FrameType | None) -> None:
        self._inbox.put(LOAD)
