"""For how long one request is retried, and what a person hears of it. Sends nothing."""

import time

import stamina
import structlog

from bridge.api.verdicts import Again, Came

log = structlog.get_logger(__name__)


class Patience:
    """For how long one request is retried; its clock starts when the request is first sent, not while it waits."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end: float | None = None
        self._failures = 0

    def start(self) -> None:
        """The request is sent for the first time, or again."""
        if self._end is None:
            self._end = time.monotonic() + self._seconds

    def allows(self, trouble: Exception) -> bool | float:
        """False: give up. True: retry after an ordinary pause. A number: retry after so many seconds."""
        if not isinstance(trouble, Again) or self._end is None:
            return False
        self._failures += 1
        remaining = self._end - time.monotonic()
        if self._failures == 1 and trouble.came is Came.CUT and self._seconds > 0:
            return True  # one attempt that hangs may take all of the patience: it is not the last
        if self._failures >= trouble.attempts or remaining <= (trouble.wait or 0):
            return False
        return True if trouble.wait is None else trouble.wait


def _tell_pause(details: stamina.instrumentation.RetryDetails) -> None:
    """What a person should know of a retry; in place of stamina's own line, which tells of our insides."""
    trouble = details.caused_by
    if isinstance(trouble, Again):
        wait = f"{details.wait_for:.0f}" if details.wait_for >= 1 else f"{details.wait_for:.1f}"
        tell = log.warning if details.wait_for >= 1 else log.info
        tell(f"{trouble.error.message.removesuffix('.')}; trying again in {wait} s", vendor=trouble.error.vendor)


# For the whole process: only this client retries with stamina.
stamina.instrumentation.set_on_retry_hooks([_tell_pause])
