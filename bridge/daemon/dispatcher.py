"""Where ticks become runs: writes down what is due, takes what no other host holds, runs each route in a thread.

Everything durable is in the ledger's ticks, so a host may end at any point. What is due but cannot be written down,
since the database is away, waits here. Decides nothing about leads, and knows no schedule.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Lock, Thread

import structlog

from bridge.app import App
from bridge.daemon import timetable
from bridge.daemon.catalogue import CatalogueCache
from bridge.daemon.event_bus import EventBus
from bridge.daemon.events import RouteRan
from bridge.errors import BridgeError, Unavailable
from bridge.ledger.database import LEDGER, moment
from bridge.ledger.hosts import ticks
from bridge.ledger.hosts.ticks import Due, Taken
from bridge.model import Route
from bridge.sync import Report

SIDE_BY_SIDE = 32
"""Most routes that run at the same time in one process; the vendors' limits are reached long before."""

LOOK_SECONDS = 1.0
"""How often the desk looks for ticks that others left or wished."""

BUSY_SECONDS = 5.0
"""How long a tick waits whose route another process works on."""

AWAY_SECONDS = 5.0
"""How long the desk waits when the database is away."""

AGAIN_SECONDS = 30.0
"""How long a tick waits whose run the database broke off: a full disk stays full for a while."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    """One run under way."""

    route: Route
    taken: Taken
    thread: Thread


class Dispatcher:
    """Takes ticks for this host, from a thread of its own, until it is closed. `host_no` names this host."""

    def __init__(self, app: App, bus: EventBus, host_no: Callable[[], int]) -> None:
        self._app = app
        self._ears = bus
        self._host_no = host_no
        self._shelf = CatalogueCache(app.source)
        self._lock = Lock()
        self._routes: dict[int, Route] = {}
        self._due: dict[int, Due] = {}
        self._jobs: dict[int, _Job] = {}
        self._waits_told: set[tuple[int, int]] = set()
        self._wake = Event()
        self._thread = Thread(target=self._keep_looking, name="desk", daemon=True)

    def start(self) -> None:
        """Begin to take ticks."""
        self._thread.start()

    def follow(self, routes: Mapping[int, Route]) -> None:
        """Run these routes, by number, and no other; a run under way ends as it began."""
        with self._lock:
            self._routes = dict(routes)
        self._wake.set()

    def put(self, due: Iterable[Due]) -> None:
        """Have these ticks written down; of several of one route the latest counts."""
        with self._lock:
            for tick in due:
                there = self._due.get(tick.route_no)
                if there is None or there.due_at < tick.due_at:
                    self._due[tick.route_no] = tick
        self._wake.set()

    def running(self) -> dict[str, datetime]:
        """The routes that run here now, each with when it was due."""
        with self._lock:
            return {job.route.name: _instant(job.taken.first_due) for job in self._jobs.values()}

    def close(self, deadline: float) -> list[str]:
        """Take nothing more and wait for what runs, until `deadline` (monotonic); the routes that still run then."""
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=max(0.0, deadline - time.monotonic()))
        for thread in self._threads():
            thread.join(timeout=max(0.0, deadline - time.monotonic()))
        return sorted(self.running()) + (["the desk"] if self._thread.is_alive() else [])

    def _threads(self) -> list[Thread]:
        with self._lock:
            return [job.thread for job in self._jobs.values()]

    # ---------------------------------------------------------------------------------------------------- the look

    def _keep_looking(self) -> None:
        while not self._app.stop.is_set():
            pause = LOOK_SECONDS
            try:
                self._look()
            except BridgeError as error:
                self._ears.ledger_away(error)
                pause = AWAY_SECONDS
            except Exception:  # the desk must outlive whatever it meets
                log.exception("the scheduler failed")
            self._wake.wait(pause)
            self._wake.clear()

    def _look(self) -> None:
        """One round: write down, then take. Raises BridgeError when the database does not let it."""
        self._write_down()
        for route_no in ticks.routes_due(self._app.db, self._host_no(), self._at_work()):
            self._begin(route_no)
        self._ears.ledger_back()

    def _at_work(self) -> set[int]:
        with self._lock:
            return set(self._jobs)

    def _write_down(self) -> None:
        with self._lock:
            due = list(self._due.values())
        ticks.announce(self._app.db, due)
        with self._lock:
            for tick in due:
                if self._due.get(tick.route_no) == tick:
                    del self._due[tick.route_no]

    def _begin(self, route_no: int) -> None:
        with self._lock:
            route = self._routes.get(route_no)
            full = len(self._jobs) >= SIDE_BY_SIDE
        if route is None or full or self._app.stop.is_set():
            return
        taken = ticks.take(self._app.db, route_no, self._host_no())
        if taken is None:
            return
        thread = Thread(target=self._work, args=(route, taken), name=f"route {route.name}", daemon=True)
        with self._lock:
            self._jobs[route_no] = _Job(route, taken, thread)
        try:
            thread.start()
        except RuntimeError as error:  # the system has no thread for us now: the tick must not stay with nobody
            with self._lock:
                del self._jobs[route_no]
            hint = "The system's limit of threads is reached."
            log.error("run postponed", route=route.name, error=str(error), hint=hint)  # noqa: TRY400 - the trace says nothing more
            ticks.hand_back(self._app.db, taken, wait=AGAIN_SECONDS)

    # ----------------------------------------------------------------------------------------------------- one run

    def _work(self, route: Route, taken: Taken) -> None:
        try:
            self._run(route, taken)
        except Exception:  # the last line of defence: one route's trouble stops no other
            log.exception("a run could not be recorded", route=route.name)
        finally:
            with self._lock:
                del self._jobs[taken.route_no]
            self._wake.set()

    def _run(self, route: Route, taken: Taken) -> None:
        started = self._now()
        crashed = hint = ""
        report: Report | None = None
        try:
            report = self._app.run(route, self._shelf.take())
        except BridgeError as error:
            if isinstance(error, Unavailable) and error.vendor == LEDGER:
                self._ears.ledger_away(error)
                self._keep_trying(lambda: ticks.hand_back(self._app.db, taken, wait=AGAIN_SECONDS))
                return
            crashed, hint = error.message, error.hint
        except Exception as error:  # told to the operator; the next tick tries again
            log.exception("run crashed", route=route.name)
            crashed = f"The run stopped on an unexpected error ({type(error).__name__}). Nothing is lost."
        self._account(taken, RouteRan(route, _instant(taken.first_due), started, self._now(), report, crashed, hint))

    def _account(self, taken: Taken, event: RouteRan) -> None:
        """End the tick, or hand it back where the run could not be whole; then tell."""
        if event.status == "busy":
            self._wait_for_others(taken, event)
            return
        if self._was_cut_short(event):
            wait = 0.0 if self._app.stop.is_set() else AGAIN_SECONDS
            self._keep_trying(lambda: ticks.hand_back(self._app.db, taken, wait=wait))
        else:
            self._keep_trying(lambda: ticks.finish(self._app.db, taken, event.status))
        if event.crashed:
            log.error("run", route=event.route.name, status=event.status, error=event.crashed, hint=event.hint)
        self._ears.tell(lambda listener: listener.route_ran(event))

    def _was_cut_short(self, event: RouteRan) -> bool:
        """Whether this host's end, or the database's absence, kept the run from its own: then it is run again."""
        report = event.report
        broke_off = report is not None and (report.stopped or report.ledger_away)
        return broke_off or (self._app.stop.is_set() and event.status in {"failed", "partial"})

    def _wait_for_others(self, taken: Taken, event: RouteRan) -> None:
        told = (taken.route_no, taken.first_due)
        if told not in self._waits_told:
            self._waits_told = {told, *(other for other in self._waits_told if other[0] != taken.route_no)}
            error = event.report.error if event.report else ""
            log.info("run waits", route=event.route.name, why=error)
        self._keep_trying(lambda: ticks.hand_back(self._app.db, taken, wait=BUSY_SECONDS))

    def _keep_trying(self, note: Callable[[], object]) -> None:
        """Note it in the ledger, however long that is away; at the end of the process whoever comes next finds it."""
        while True:
            try:
                note()
            except BridgeError as error:
                self._ears.ledger_away(error)
            else:
                return
            if self._app.stop.wait(AWAY_SECONDS):
                with contextlib.suppress(BridgeError):
                    note()
                return

    def _now(self) -> datetime:
        """By the ledger's clock, as other hosts' runs are; by this host's while the ledger is away."""
        try:
            return self._app.now()
        except BridgeError:
            return self._app.wiring.clock()


def due_of(route_no: int, due_at: datetime, not_before: datetime) -> Due:
    """A tick of the schedule, as the ledger writes it."""
    return Due(route_no, timetable.stored(due_at), timetable.stored(not_before))


def _instant(stored: int) -> datetime:
    return moment(stored) or datetime.fromtimestamp(0, UTC)
