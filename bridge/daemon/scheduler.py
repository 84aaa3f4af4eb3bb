"""The only module that uses APScheduler: routes go in, ticks come out. Runs no route and knows no database.

The jobs are kept in memory, since the ledger keeps what matters. A tick is reported however late it comes
(`misfire_grace_time=None`); several that were missed in a row are reported as one (`coalesce`).

APScheduler asks for the next tick only when one has come, and sleeps until then by a monotonic clock. `look`, called
every few seconds, corrects both when the host's time is changed.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from apscheduler.executors.base import BaseExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from bridge.daemon import timetable
from bridge.model import Route, Schedule

OnTick = Callable[[str, datetime], None]
"""Called with a route's name and the instant it is due; must be quick and never fail."""


class _Inline(BaseExecutor):  # type: ignore[misc]  # APScheduler has no types
    """Runs a job in the scheduler's thread, with the instant it was due, which APScheduler's own executors leave out.

    A job only hands a tick to the dispatcher, so it needs no pool of threads.
    """

    def submit_job(self, job: Any, run_times: list[datetime]) -> None:
        """Report the latest of the instants; the job ends here, so no instance is counted."""
        job.func(job.id, run_times[-1].astimezone(UTC))

    _do_submit_job = submit_job


class Scheduler:
    """The ticks of all scheduled routes, reported from its own thread."""

    def __init__(self, on_tick: OnTick, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._on_tick = on_tick
        self._clock = clock
        self._lock = Lock()
        self._set: dict[str, tuple[Schedule, datetime]] = {}
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._jobs = BackgroundScheduler(
            timezone=UTC,
            executors={"default": _Inline()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._jobs.start()

    def follow(self, route: Route, anchor: datetime) -> None:
        """Report this route's ticks from now on; `anchor` is the first tick of an `every`. Once is enough."""
        with self._lock:
            if self._set.get(route.name) == (route.schedule, anchor):
                return
            self._set[route.name] = (route.schedule, anchor)
            when = timetable.Trigger(route.schedule, anchor)
            # APScheduler checks that the arguments fit; `_Inline` passes the instant in their place.
            given = (route.name, anchor)
            self._jobs.add_job(self._on_tick, when, given, id=route.name, name=route.name, replace_existing=True)

    def forget(self, name: str) -> None:
        """Report this route's ticks no more."""
        with self._lock:
            if self._set.pop(name, None) is not None:
                with suppress(JobLookupError):  # APScheduler removes a cron line that never fires again
                    self._jobs.remove_job(name)

    def look(self) -> bool:
        """Follow the host's clock where it was changed; True where it was set back since the last look.

        After it was set forward, late ticks are reported at once. After it was set back, next ticks are computed again.
        """
        now = self._clock()
        set_back, self._latest = now < self._latest, now
        if set_back:
            with self._lock:
                for name, (schedule, anchor) in self._set.items():
                    with suppress(JobLookupError):  # as in `forget`
                        self._jobs.modify_job(name, next_run_time=timetable.next_tick(schedule, anchor, now))
        self._jobs.wakeup()
        return set_back

    def next_ticks(self) -> Mapping[str, datetime]:
        """When each route is due next."""
        jobs = self._jobs.get_jobs()
        return {job.id: job.next_run_time.astimezone(UTC) for job in jobs if job.next_run_time is not None}

    def close(self) -> None:
        """Report nothing more."""
        self._jobs.shutdown(wait=False)
