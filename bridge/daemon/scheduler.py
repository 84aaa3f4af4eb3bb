"""APScheduler behind one door: routes go in, ticks come out. Runs no route and knows no database.

The jobs live in memory, since the ledger remembers what matters. A tick is told however late it comes
(`misfire_grace_time=None`), several that were missed in a row are told as one (`coalesce`).

APScheduler asks for the next tick only when one has come, and sleeps until then by a clock that no change of the
host's time moves. `look`, called every few seconds, keeps both honest.
"""

from collections.abc import Callable, Mapping
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


class _Telling(BaseExecutor):  # type: ignore[misc]
    """Runs a job where the scheduler stands, with the instant it was due: APScheduler's own executors do not tell it.

    A job here only puts a tick on the desk, so a pool of threads would have nothing to do.
    """

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        job.func(job.id, run_times[-1].astimezone(UTC))

    def submit_job(self, job: Any, run_times: list[datetime]) -> None:
        """Tell the latest of the instants; nothing is under way afterwards, so nothing is counted."""
        self._do_submit_job(job, run_times)


class Scheduler:
    """The ticks of all scheduled routes, told from a thread of its own."""

    def __init__(self, on_tick: OnTick, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._on_tick = on_tick
        self._clock = clock
        self._lock = Lock()
        self._set: dict[str, tuple[Schedule, datetime]] = {}
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._jobs = BackgroundScheduler(
            timezone=UTC,
            executors={"default": _Telling()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._jobs.start()

    def follow(self, route: Route, anchor: datetime) -> None:
        """Tell this route's ticks from now on; `anchor` is the first tick of an `every`. Once is enough."""
        with self._lock:
            if self._set.get(route.name) == (route.schedule, anchor):
                return
            self._set[route.name] = (route.schedule, anchor)
            when = timetable.Trigger(route.schedule, anchor)
            # APScheduler wants to see arguments that fit; `_Telling` puts the instant in their place.
            given = (route.name, anchor)
            self._jobs.add_job(self._on_tick, when, given, id=route.name, name=route.name, replace_existing=True)

    def forget(self, name: str) -> None:
        """Tell this route's ticks no more."""
        with self._lock:
            if self._set.pop(name, None) is not None:
                self._drop(name)

    def _drop(self, name: str) -> None:
        try:
            self._jobs.remove_job(name)
        except JobLookupError:
            return  # a cron line that fires no more has taken itself off

    def look(self) -> bool:
        """Follow the host's clock where it was changed; True where it was set back since the last look.

        After it was set forward late ticks are told at once, after it was set back each next tick is found anew.
        """
        now = self._clock()
        set_back, self._latest = now < self._latest, now
        if set_back:
            with self._lock:
                for name, (schedule, anchor) in self._set.items():
                    self._reset(name, timetable.next_tick(schedule, anchor, now))
        self._jobs.wakeup()
        return set_back

    def _reset(self, name: str, due: datetime | None) -> None:
        try:
            self._jobs.modify_job(name, next_run_time=due)
        except JobLookupError:
            return  # as in _drop

    def next_ticks(self) -> Mapping[str, datetime]:
        """When each route is due next."""
        jobs = self._jobs.get_jobs()
        return {job.id: job.next_run_time.astimezone(UTC) for job in jobs if job.next_run_time is not None}

    def close(self) -> None:
        """Tell nothing more."""
        self._jobs.shutdown(wait=False)
