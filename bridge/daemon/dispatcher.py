"""Turns ticks into runs: records what is due, takes what no other host holds, runs each route in a thread.

Everything durable is in the ledger's ticks, so a host may end at any point. A tick that is due while the database is
away waits here. Decides nothing about leads, and knows no schedule.
"""

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from threading import Event, Lock, Thread

import structlog

from bridge.app import App
from bridge.daemon.catalogue import CatalogueCache
from bridge.daemon.event_bus import EventBus
from bridge.daemon.events import RouteRan
from bridge.daemon.timetable import instant
from bridge.errors import BridgeError, Unavailable
from bridge.lazy import dataclass
from bridge.ledger.hosts import ticks
from bridge.ledger.hosts.ticks import Due, Taken
from bridge.ledger.troubles import LEDGER
from bridge.model import Route
from bridge.sync import Report

SIDE_BY_SIDE = 32
"""Most routes that run at the same time in one process, beside each client's share; the vendors' limits come first."""

LOOK_SECONDS = 0.75
"""From the begin of one look for ticks of other hosts and of `leadbridge trigger` to the begin of the next.

So a tick is taken within a second as long as a look takes a quarter of one. A look asks no vendor and awaits no run.
"""

_LEAST_PAUSE = 0.05
"""After a look that took longer: a slow database is not asked without end."""

BUSY_SECONDS = 5.0
"""How long a tick waits whose route another process works on."""

AWAY_SECONDS = 5.0
"""How long the dispatcher waits when the database is away."""

AGAIN_SECONDS = 30.0
"""How long a tick waits whose run was broken off by the database: a full disk stays full for a while."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    """One run in progress."""

    route: Route
    taken: Taken
    thread: Thread


class Dispatcher:
    """Takes ticks for this host in its own thread until it is closed. `host_no` returns this host's number."""

    def __init__(self, app: App, bus: EventBus, host_no: Callable[[], int]) -> None:
        self._app = app
        self._bus = bus
        self._host_no = host_no
        self._catalogues: dict[str, CatalogueCache] = {}
        self._lock = Lock()
        self._routes: dict[int, Route] = {}
        self._due: dict[int, Due] = {}
        self._jobs: dict[int, _Job] = {}
        self._waits_logged: dict[int, int] = {}
        self._wake = Event()
        self._thread = Thread(target=self._keep_looking, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Begin to take ticks."""
        self._thread.start()

    def follow(self, routes: Mapping[int, Route]) -> None:
        """Run these routes, by number, and no others; a run in progress ends as it began."""
        with self._lock:
            self._routes = dict(routes)
        self._wake.set()

    def put(self, tick: Due) -> None:
        """Have this tick recorded; of several ticks of one route the latest counts."""
        with self._lock:
            known = self._due.get(tick.route_no)
            if known is None or known.due_at < tick.due_at:
                self._due[tick.route_no] = tick
        self._wake.set()

    def running(self) -> dict[str, datetime]:
        """The routes that run here now, each with when it was due."""
        with self._lock:
            return {job.route.name: instant(job.taken.first_due) for job in self._jobs.values()}

    def close(self, deadline: float) -> list[str]:
        """Take nothing more and wait for what runs, until `deadline` (monotonic); the routes that still run then."""
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=max(0.0, deadline - time.monotonic()))
        with self._lock:
            threads = [job.thread for job in self._jobs.values()]
        for thread in threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))
        return sorted(self.running()) + (["the dispatcher"] if self._thread.is_alive() else [])

    # ---------------------------------------------------------------------------------------------------- the look

    def _keep_looking(self) -> None:
        while not self._app.stop.is_set():
            following = time.monotonic() + LOOK_SECONDS
            try:
                self._look()
            except BridgeError as error:
                self._bus.ledger_away(error)
                following = time.monotonic() + AWAY_SECONDS
            except Exception:  # the dispatcher must go on after any error
                log.exception("the scheduler failed")
            self._wake.wait(max(_LEAST_PAUSE, following - time.monotonic()))
            self._wake.clear()

    def _look(self) -> None:
        """One round: record what is due, then take. Raises BridgeError when the database does not answer."""
        with self._lock:
            due, at_work = list(self._due.values()), set(self._jobs)
        ticks.announce(self._app.db, due)
        with self._lock:
            for tick in due:
                if self._due.get(tick.route_no) == tick:
                    del self._due[tick.route_no]
        for route_no in self._in_turn(ticks.routes_due(self._app.db, self._host_no(), at_work)):
            self._begin(route_no)
        self._bus.ledger_back()

    def _in_turn(self, due: Sequence[int]) -> list[int]:
        """The due routes that have a place now, one of each client in turn; the client with the fewest runs first.

        Every client has its share of the places, whatever the others run: no other client's long runs can take it.
        """
        with self._lock:
            known = [(self._routes[no].client, no) for no in due if no in self._routes]
            at_work = Counter(job.route.client for job in self._jobs.values())
        share = max(1, SIDE_BY_SIDE // len({*at_work, *(client for client, _ in known)} or {""}))
        free, place, waiting = SIDE_BY_SIDE - at_work.total(), Counter(at_work), list[tuple[int, int]]()
        for client, no in known:
            place[client] += 1
            waiting.append((place[client], no))
        waiting.sort(key=itemgetter(0))  # stable: of one client the oldest tick first
        return [no for turn, (nth, no) in enumerate(waiting) if turn < free or nth <= share]

    def _begin(self, route_no: int) -> None:
        with self._lock:
            route = self._routes.get(route_no)
        if route is None or self._app.stop.is_set():
            return
        taken = ticks.take(self._app.db, route_no, self._host_no())
        if taken is None:
            return
        thread = Thread(target=self._work, args=(route, taken), name=f"route {route.name}", daemon=True)
        with self._lock:
            self._jobs[route_no] = _Job(route, taken, thread)
        try:
            thread.start()
        except RuntimeError as error:  # the system has no free thread: another host, or this one, takes the tick later
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
            part = self._app.of(route.client)
            # One list of source campaigns for clients with one account.
            catalogue = self._catalogues.setdefault(part.account, CatalogueCache()).take(part.source)
            report = self._app.run(route, catalogue)
        except BridgeError as error:
            if isinstance(error, Unavailable) and error.vendor == LEDGER:
                self._bus.ledger_away(error)
                self._keep_trying(lambda: ticks.hand_back(self._app.db, taken, wait=AGAIN_SECONDS))
                return
            crashed, hint = error.message, error.hint
        except Exception as error:  # reported to the operator; the next tick tries again
            log.exception("run crashed", route=route.name)
            crashed = f"The run stopped on an unexpected error ({type(error).__name__}). Nothing is lost."
        self._record(taken, RouteRan(route, instant(taken.first_due), started, self._now(), report, crashed, hint))

    def _record(self, taken: Taken, event: RouteRan) -> None:
        """End the tick, or hand it back where the run could not be completed; then publish the event."""
        if event.status == "busy":
            if self._waits_logged.get(taken.route_no) != taken.first_due:
                self._waits_logged[taken.route_no] = taken.first_due
                log.info("run waits", route=event.route.name, why=event.report.error if event.report else "")
            self._keep_trying(lambda: ticks.hand_back(self._app.db, taken, wait=BUSY_SECONDS))
            return
        if self._was_cut_short(event):
            wait = 0.0 if self._app.stop.is_set() else AGAIN_SECONDS
            self._keep_trying(lambda: ticks.hand_back(self._app.db, taken, wait=wait))
        else:
            self._keep_trying(lambda: ticks.finish(self._app.db, taken, event.status))
        if event.crashed:
            log.error("run", route=event.route.name, status=event.status, error=event.crashed, hint=event.hint)
        self._bus.publish(lambda listener: listener.route_ran(event))

    def _was_cut_short(self, event: RouteRan) -> bool:
        """Whether this host's stop, or the absence of the database, ended the run early: then it is run again."""
        report = event.report
        broke_off = report is not None and (report.stopped or report.ledger_away)
        return broke_off or (self._app.stop.is_set() and event.status in {"failed", "partial"})

    def _keep_trying(self, write: Callable[[], object]) -> None:
        """Write to the ledger, however long it is away. After a stop the next daemon finds the open tick."""
        while True:
            try:
                write()
            except BridgeError as error:
                self._bus.ledger_away(error)
            else:
                return
            if self._app.stop.wait(AWAY_SECONDS):
                with contextlib.suppress(BridgeError):
                    write()
                return

    def _now(self) -> datetime:
        """By the ledger's clock, as other hosts' runs are; by this host's while the ledger is away."""
        try:
            return self._app.now()
        except BridgeError:
            return self._app.wiring.clock()
