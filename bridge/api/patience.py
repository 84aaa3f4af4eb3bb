"""How long and how often one request is tried, and what the operator reads of it. Sends nothing."""

import time
from collections.abc import Iterator
from threading import Event

import structlog
import tenacity

from bridge.api.verdicts import MOST_ATTEMPTS, Again, Came

log = structlog.get_logger(__name__)

_backoff = tenacity.wait_exponential(multiplier=0.25, max=5) + tenacity.wait_random(0, 0.5)


class Patience:
    """How long one request is retried; its clock starts when the request is first sent, not while it waits."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end: float | None = None

    def start(self) -> None:
        """The request is sent for the first time, or again."""
        if self._end is None:
            self._end = time.monotonic() + self._seconds

    def attempts(self, stop: Event | None) -> Iterator[tenacity.AttemptManager]:
        """Attempts until one of them raises no Again, or the last Again is raised. Pauses end when `stop` is set."""
        return iter(
            tenacity.Retrying(
                retry=tenacity.retry_if_exception_type(Again),
                stop=self._is_spent,
                wait=self.pause,
                sleep=tenacity.sleep if stop is None else tenacity.sleep_using_event(stop),
                before_sleep=_log_pause,
                reraise=True,
            )
        )

    def _is_spent(self, state: tenacity.RetryCallState) -> bool:
        trouble = _trouble(state)
        if self._end is None or state.attempt_number >= min(trouble.attempts, MOST_ATTEMPTS):
            return True
        if state.attempt_number == 1 and trouble.came is Came.CUT and self._seconds > 0:
            return False  # one attempt that hangs may take all of the patience: it is not the last
        return self._end - time.monotonic() <= (trouble.wait or 0)

    def pause(self, state: tenacity.RetryCallState) -> float:
        """Seconds until the next attempt: what the vendor named, else a growing pause."""
        wait = _trouble(state).wait
        return _backoff(state) if wait is None else wait


def _trouble(state: tenacity.RetryCallState) -> Again:
    raised = state.outcome.exception() if state.outcome else None
    assert isinstance(raised, Again)  # noqa: S101 - nothing else is retried
    return raised


def _log_pause(state: tenacity.RetryCallState) -> None:
    trouble, seconds = _trouble(state), state.upcoming_sleep
    wait = f"{seconds:.0f}" if seconds >= 1 else f"{seconds:.1f}"
    write = log.warning if seconds >= 1 else log.info
    write(f"{trouble.error.message.removesuffix('.')}; trying again in {wait} s", vendor=trouble.error.vendor)
