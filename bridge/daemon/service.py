"""The daemon as a whole: starts its parts in order, hears signals and changed files, ends everything in time.

In the main thread only waiting happens; ticks come from the scheduler's thread, runs have threads of their own. Decides
nothing about leads.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Event, Thread

import structlog

from bridge import __version__, ledger
from bridge.app import App, Wiring
from bridge.checkup import other_targets
from bridge.config import Configuration, Settings, load
from bridge.daemon import timetable
from bridge.daemon.dispatcher import Dispatcher, due_of
from bridge.daemon.event_bus import EventBus
from bridge.daemon.events import Listener, Reloaded, ReloadRefused
from bridge.daemon.heartbeat import Heartbeat
from bridge.daemon.parts import parts
from bridge.daemon.reload import Watched
from bridge.daemon.scheduler import Scheduler
from bridge.daemon.signals import LOAD, STOP, Signals
from bridge.errors import BridgeError, ConfigProblem, Unavailable
from bridge.ledger import Database
from bridge.ledger.database import moment
from bridge.ledger.hosts import heartbeats, ticks
from bridge.model import Route

LOOK_SECONDS = 2.0
"""How often the configuration's file is looked at."""

AWAY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)
"""How long the start waits for the database, the last one again and again."""

log = structlog.get_logger(__name__)


def serve(
    settings: Settings,
    *,
    again: Callable[[], Settings] | None = None,
    wiring: Wiring | None = None,
    listeners: Sequence[Listener] | None = None,
) -> int:
    """Run until told to stop; the exit code. Raises ConfigProblem for whatever keeps it from starting.

    `again` reads the settings anew, to tell when a change of theirs needs a restart.
    """
    configuration = read(settings)
    inbox: SimpleQueue[str] = SimpleQueue()
    heard = parts(settings, configuration) if listeners is None else listeners
    with Signals(inbox), App(settings, configuration, wiring or Wiring()) as app:
        app.need_vendors()
        return Service(app, inbox, EventBus(heard), again or (lambda: settings)).run()


def read(settings: Settings) -> Configuration:
    """The configuration, if a daemon can run it. Raises ConfigProblem."""
    path = settings.config_file()
    configuration = load(path)
    if not any(timetable.is_scheduled(route.schedule) for route in configuration.routes):
        raise ConfigProblem(
            f"{path}: no route has a schedule, so the daemon would never run anything.",
            hint='Add every = "15m" or cron = "0 8 * * mon-fri" to a route; `leadbridge sync` runs routes by hand.',
        )
    return configuration


class Service:
    """One daemon in this process. What its parts may ask of it is `events.Daemon`."""

    def __init__(self, app: App, inbox: "SimpleQueue[str]", bus: EventBus, again: Callable[[], Settings]) -> None:
        self._app = app
        self._inbox = inbox
        self._ears = bus
        self._again = again
        self._file = Watched(app.settings.config_file(), lambda: read(app.settings))
        self._pulse = Heartbeat(app, bus, self._take_up_soon, self._give_way)
        self._newer: ConfigProblem | None = None
        self._desk = Dispatcher(app, bus, lambda: self._pulse.host_no)
        self._scheduler = Scheduler(self._on_tick)
        self._ledger: Database | None = None
        self._numbers: dict[str, int] = {}
        self._pending = True
        self._set_back = False
        self._over = Event()
        self._beside = [
            Thread(target=self._keep_house, name="house", daemon=True),
            Thread(target=self._look_at_targets, name="targets", daemon=True),
        ]

    @property
    def settings(self) -> Settings:
        """Secrets and places."""
        return self._app.settings

    @property
    def configuration(self) -> Configuration:
        """The configuration in force."""
        return self._app.configuration

    @property
    def db(self) -> Database | None:
        """The database, once it is there."""
        return self._ledger

    @property
    def scheduled(self) -> Sequence[Route]:
        """The routes that run by themselves."""
        return [route for route in self.configuration.routes if timetable.is_scheduled(route.schedule)]

    def next_ticks(self) -> Mapping[str, datetime]:
        """When each scheduled route is due next."""
        return self._scheduler.next_ticks()

    def running(self) -> Mapping[str, datetime]:
        """Which routes run here now, with when they were due."""
        return self._desk.running()

    # ---------------------------------------------------------------------------------------------- from start to end

    def run(self) -> int:
        """Start, serve until told to stop, end; the exit code.

        Raises ConfigProblem where another version has migrated the ledger meanwhile.
        """
        begun = time.monotonic()
        try:
            self._ears.open(self)
            if self._wait_for_ledger():
                self._start(begun)
                self._serve()
                self._tell_stopping()
        finally:
            left = self._end()
        if left:
            # Their threads cannot be ended; what they had under way is settled by the next run, as after a crash.
            log.warning("stopped", still_running=left, hint="The next run settles what was in progress.")
            _leave_now()
        log.info("stopped")
        if self._newer is not None:
            raise self._newer
        return 0

    def _wait_for_ledger(self) -> bool:
        """Open the database however long it is away; False when told to stop before it came."""
        pauses = iter(AWAY_SECONDS)
        pause = 0.0
        while self._next_word(pause) != STOP:
            try:
                db = self._app.db
                self._pulse.start()
            except Unavailable as error:
                self._ears.ledger_away(error)
                pause = next(pauses, AWAY_SECONDS[-1])
            else:
                self._ears.ledger_back()
                self._ledger = db
                return True
        return False

    def _start(self, begun: float) -> None:
        for vendor in self._app.need_vendors():
            self._app.client(vendor)
        self._take_up_again(restart=self._is_alone())
        self._desk.start()
        for thread in self._beside:
            thread.start()
        never = [route.name for route in self.configuration.routes if not timetable.is_scheduled(route.schedule)]
        log.info(
            "started",
            version=__version__,
            routes=len(self.configuration.routes),
            next_ticks=self._told_ticks(),
            seconds=round(time.monotonic() - begun, 3),
        )
        if never:
            hint = "They have neither every nor cron; `leadbridge trigger` and `leadbridge sync` run them."
            log.warning("routes without a schedule", routes=never, hint=hint)

    def _is_alone(self) -> bool:
        """Whether no daemon was here before this one: then every `every` begins anew."""
        db = self._app.db
        return not any(other.no < self._pulse.host_no for other in heartbeats.live_hosts(db))

    def _serve(self) -> None:
        while (word := self._next_word(LOOK_SECONDS)) != STOP:
            self._look_at_file(asked=word == LOAD)
            self._look_at_clock()
            if self._pending:
                self._take_up_again(restart=False)

    def _look_at_clock(self) -> None:
        """Go on by the host's clock where it was set back: what the ledger has of later hours is to come again."""
        if self._scheduler.look():
            log.warning("clock set back", hint="Every route continues by the new time.")
            self._pending = self._set_back = True

    def _next_word(self, seconds: float) -> str:
        try:
            return self._inbox.get(timeout=seconds) if seconds else self._inbox.get_nowait()
        except Empty:
            return ""

    def _tell_stopping(self) -> None:
        log.info("stopping", running=sorted(self.running()))
        self._ears.tell(lambda listener: listener.stopping())

    def _end(self) -> list[str]:
        """Finish what is under way, within the time for it; the routes that are not done by then."""
        deadline = time.monotonic() + self.configuration.daemon.stop_within.total_seconds()
        self._app.stop.set()
        self._over.set()
        self._scheduler.close()
        left = self._desk.close(deadline)
        self._pulse.close()
        self._ears.close()
        return left + self._still_beside(deadline)

    def _still_beside(self, deadline: float) -> list[str]:
        """Wait for the threads that use the App: it is closed next. Those that still run after a few seconds."""
        end = min(deadline, time.monotonic() + _BESIDE_SECONDS)
        for thread in filter(Thread.is_alive, self._beside):
            thread.join(max(0.0, end - time.monotonic()))
        return [thread.name for thread in self._beside if thread.is_alive()]

    # ------------------------------------------------------------------------------------------------- configuration

    def _look_at_file(self, *, asked: bool) -> None:
        try:
            found = self._file.load() if asked else self._file.changed()
        except ConfigProblem as problem:
            self._refuse(problem)
        else:
            if found is not None:
                self._put_in_force(found)

    def _refuse(self, problem: ConfigProblem) -> None:
        log.error("configuration refused", error=problem.message, hint=f"The old one stays in force. {problem.hint}")
        refused = ReloadRefused(problem.message, problem.hint)
        self._ears.tell(lambda listener: listener.reload_refused(refused))

    def _put_in_force(self, configuration: Configuration) -> None:
        self._tell_what_needs_a_restart(configuration)
        before = {route.name for route in self.configuration.routes}
        after = {route.name for route in configuration.routes}
        self._app.follow(configuration)
        self._take_up_again(restart=False)
        added, removed = sorted(after - before), sorted(before - after)
        log.info("reloaded", added=added, removed=removed, next_ticks=self._told_ticks())
        self._ears.tell(lambda listener: listener.reloaded(Reloaded(configuration)))

    def _tell_what_needs_a_restart(self, configuration: Configuration) -> None:
        changed = ["[http]"] if configuration.http != self.configuration.http else []
        try:
            again = self._again()
        except ConfigProblem as problem:
            log.warning("environment refused", error=problem.message, hint=problem.hint)
        else:
            changed += [".env"] if again != self.settings else []
        if changed:
            log.warning("restart needed", changed=changed, hint="They are read when the daemon starts.")

    def _take_up_again(self, *, restart: bool) -> None:
        """Follow every route of the configuration; where the database is away, what is left is done later."""
        self._pending = True
        for name in set(self._scheduler.next_ticks()) - {route.name for route in self.scheduled}:
            self._scheduler.forget(name)
        # At once, whatever the database says: nothing runs any more that the operator has taken out or changed.
        known = {self._numbers[route.name]: route for route in self.configuration.routes if route.name in self._numbers}
        self._desk.follow(known)
        try:
            self._numbers = {
                route.name: ledger.route_number(self._app.db, route.name) for route in self.configuration.routes
            }
            self._desk.follow({self._numbers[route.name]: route for route in self.configuration.routes})
            if restart or self._set_back:
                ticks.set_back(self._app.db)
            for route in self.scheduled:
                self._take_up(route, restart=restart)
        except BridgeError as error:
            self._ears.ledger_away(error)
        else:
            self._pending = self._set_back = False

    def _take_up_soon(self) -> None:
        """Another host may have begun the schedules anew meanwhile: the main thread looks at them again."""
        self._pending = True

    def _give_way(self, problem: ConfigProblem) -> None:
        self._newer = problem
        self._inbox.put(STOP)

    def _take_up(self, route: Route, *, restart: bool) -> None:
        """Follow one route's schedule, and make up for a tick that fell while no daemon was there."""
        told, number = timetable.told(route.schedule), self._numbers[route.name]
        anew = restart and route.schedule.every is not None
        taken = ticks.take_up(self._app.db, number, told, restart=anew)
        anchor, now = _instant(taken.anchor_at), _instant(taken.now)
        if not taken.fresh:
            since = _instant(max(taken.latest_due, taken.anchor_at - 1))
            late = timetable.missed(route.schedule, anchor, since, now)
        else:
            late = anchor if route.schedule.every is not None else None
        if late is not None:
            self._desk.put([due_of(number, late, late)])
        self._scheduler.follow(route, anchor)

    def _on_tick(self, name: str, due: datetime) -> None:
        number = self._numbers.get(name)
        route = next((route for route in self.configuration.routes if route.name == name), None)
        if number is not None and route is not None:
            self._desk.put([due_of(number, due, due + timetable.delay(name, due, route.schedule.jitter))])

    def _told_ticks(self) -> dict[str, str]:
        found = sorted(self.next_ticks().items(), key=lambda item: item[1])
        return {name: due.strftime("%Y-%m-%dT%H:%M:%SZ") for name, due in found}

    def _look_at_targets(self) -> None:
        """Tell at once of a key or a target that would block the first run; each run looks again by itself."""
        try:
            for route, error in other_targets(self._app, self.scheduled):
                if self._over.is_set():
                    return
                log.error("target", route=route.name, error=error.message, hint=error.hint)
        except BridgeError as error:
            log.warning("targets not checked", error=error.message)
        except Exception:  # a look at the start stops nothing
            log.exception("targets not checked")

    def _keep_house(self) -> None:
        """Once a day, for what nobody else does."""
        pause = _FIRST_HOUSEKEEPING
        while not self._over.wait(pause.total_seconds()):
            pause = timedelta(days=1)
            try:
                kept = self._app.keep_house()
                pruned = ticks.prune(self._app.db)
            except BridgeError as error:
                log.warning("housekeeping postponed", error=error.message)
            except Exception:  # it is tried again tomorrow, and stops nothing
                log.exception("housekeeping failed")
            else:
                log.info("housekeeping", **asdict(kept), ticks=pruned)


_FIRST_HOUSEKEEPING = timedelta(minutes=10)
_BESIDE_SECONDS = 5.0


def _leave_now() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)


def _instant(stored: int) -> datetime:
    return moment(stored) or datetime.fromtimestamp(0, UTC)
