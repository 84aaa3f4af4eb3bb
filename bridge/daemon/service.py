"""The daemon as a whole: starts its components in order, handles signals and changed files, ends everything in time.

The main thread only waits; ticks come from the scheduler's thread, and each run has its own. Decides nothing about
leads.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Event, Thread

import structlog

from bridge import __version__, ledger
from bridge.app import App, Wiring
from bridge.checkup import other_targets
from bridge.config import Configuration, Settings, load
from bridge.daemon import timetable
from bridge.daemon.alerts import Alerts
from bridge.daemon.dispatcher import Dispatcher
from bridge.daemon.event_bus import EventBus
from bridge.daemon.events import Listener, Reloaded, ReloadRefused
from bridge.daemon.feedback import FeedbackRounds
from bridge.daemon.heartbeat import Heartbeat
from bridge.daemon.ping import Ping
from bridge.daemon.reload import WatchedFile
from bridge.daemon.scheduler import Scheduler
from bridge.daemon.signals import LOAD, STOP, Signals
from bridge.daemon.web.metrics import Metrics
from bridge.daemon.web.server import Pages, Web
from bridge.daemon.webhooks import Webhook
from bridge.errors import BridgeError, ConfigProblem, Unavailable
from bridge.ledger import Database
from bridge.ledger.hosts import heartbeats, ticks
from bridge.ledger.hosts.ticks import Due
from bridge.model import Route

LOOK_SECONDS = 2.0
"""How often the configuration's file is looked at."""

AWAY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)
"""How long the start waits for the database, the last one again and again."""

_FIRST_HOUSEKEEPING = timedelta(minutes=10)
_BESIDE_SECONDS = 5.0

log = structlog.get_logger(__name__)


def serve(
    settings: Settings,
    *,
    again: Callable[[], Settings] | None = None,
    wiring: Wiring | None = None,
    listeners: Sequence[Listener] | None = None,
) -> int:
    """Run until a stop is requested; the exit code. Raises ConfigProblem for everything that prevents a start.

    `again` reads the settings again, to notice when a change needs a restart. `listeners` replace the usual ones.
    """
    configuration = read(settings)
    inbox: SimpleQueue[str] = SimpleQueue()
    bus = EventBus(_listeners(settings, configuration) if listeners is None else listeners)
    with Signals(inbox), App(settings, configuration, wiring or Wiring()) as app:
        app.blocked_clients()
        return Service(app, inbox, bus, again or (lambda: settings)).run()


def _listeners(settings: Settings, configuration: Configuration) -> list[Listener]:
    """The health pages, metrics, alerts and ping. The pages first: a port in use prevents the start."""
    pages, metrics = Pages(), Metrics()
    listeners: list[Listener] = [pages, Web(configuration.http, pages, metrics), metrics]
    if settings.alert_url:
        listeners.append(Alerts(Webhook("alert", settings.alert_url)))
    if settings.ping_url:
        listeners.append(Ping(Webhook("ping", settings.ping_url)))
    return listeners


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
    """One daemon in this process. It is the `events.Daemon` that listeners see."""

    def __init__(self, app: App, inbox: "SimpleQueue[str]", bus: EventBus, again: Callable[[], Settings]) -> None:
        self._app, self.settings = app, app.settings
        self._inbox = inbox
        self._bus = bus
        self._again = again
        self._file = WatchedFile(app.settings.config_file(), lambda: read(app.settings))
        self._heartbeat = Heartbeat(app, bus, self._follow_soon, self._give_way)
        self._newer: ConfigProblem | None = None
        self._dispatcher = Dispatcher(app, bus, lambda: self._heartbeat.host_no)
        self._scheduler = Scheduler(self._on_tick)
        self.running, self.next_ticks = self._dispatcher.running, self._scheduler.next_ticks
        self._ledger: Database | None = None
        self._numbers: dict[str, int] = {}
        self._pending = True
        self._set_back = False
        self._over = Event()
        self._beside = [
            Thread(target=self._keep_house, name="house", daemon=True),
            Thread(target=self._look_at_targets, name="targets", daemon=True),
            Thread(target=FeedbackRounds(app, self._over).run, name="feedback", daemon=True),
        ]

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
        """The routes that run by a schedule."""
        return [route for route in self.configuration.routes if timetable.is_scheduled(route.schedule)]

    # ---------------------------------------------------------------------------------------------- from start to end

    def run(self) -> int:
        """Start, serve until a stop is requested, end; the exit code.

        Raises ConfigProblem where another version has migrated the ledger meanwhile.
        """
        begun = time.monotonic()
        try:
            self._bus.open(self)
            if self._wait_for_ledger():
                self._start(begun)
                self._serve()
                log.info("stopping", running=sorted(self.running()))
                self._bus.publish(lambda listener: listener.stopping())
        finally:
            left = self._end()
        if left:
            # Their threads cannot be ended. The next run settles what they had in progress, as after a crash.
            log.warning("stopped", still_running=left, hint="The next run settles what was in progress.")
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(0)
        log.info("stopped")
        if self._newer is not None:
            raise self._newer
        return 0

    def _wait_for_ledger(self) -> bool:
        """Open the database however long it is away; False when a stop was requested before it came."""
        pauses = iter(AWAY_SECONDS)
        pause = 0.0
        while self._next_signal(pause) != STOP:
            try:
                db = self._app.db
                self._heartbeat.start()
            except Unavailable as error:
                self._bus.ledger_away(error)
                pause = next(pauses, AWAY_SECONDS[-1])
            else:
                self._bus.ledger_back()
                self._ledger = db
                return True
        return False

    def _start(self, begun: float) -> None:
        blocked = self._app.blocked_clients()
        for name, problem in blocked.items():
            log.error("client blocked", client=name, error=problem.message, hint=problem.hint)
        for part in (self._app.of(client.name) for client in self.configuration.clients if client.name not in blocked):
            for vendor in part.need_vendors():
                part.client(vendor)
        # Without an earlier daemon every `every` begins again.
        alone = not any(other.no < self._heartbeat.host_no for other in heartbeats.live_hosts(self._app.db))
        self._follow_routes(restart=alone)
        self._dispatcher.start()
        for thread in self._beside:
            thread.start()
        log.info(
            "started",
            version=__version__,
            routes=len(self.configuration.routes),
            next_ticks=self._shown_ticks(),
            seconds=round(time.monotonic() - begun, 3),
        )
        never = [route.name for route in self.configuration.routes if not timetable.is_scheduled(route.schedule)]
        if never:
            hint = "They have neither every nor cron; `leadbridge trigger` and `leadbridge sync` run them."
            log.warning("routes without a schedule", routes=never, hint=hint)

    def _serve(self) -> None:
        while (signal := self._next_signal(LOOK_SECONDS)) != STOP:
            self._look_at_file(asked=signal == LOAD)
            if self._scheduler.look():
                # What the ledger has of later hours has to come again.
                log.warning("clock set back", hint="Every route continues by the new time.")
                self._pending = self._set_back = True
            if self._pending:
                self._follow_routes(restart=False)

    def _next_signal(self, seconds: float) -> str:
        try:
            return self._inbox.get(timeout=seconds) if seconds else self._inbox.get_nowait()
        except Empty:
            return ""

    def _end(self) -> list[str]:
        """Finish what is in progress, within the time for it; the names of what still runs then."""
        deadline = time.monotonic() + self.configuration.daemon.stop_within.total_seconds()
        self._app.stop.set()
        self._over.set()
        self._scheduler.close()
        left = self._dispatcher.close(deadline)
        self._heartbeat.close()
        self._bus.close()
        # These threads use the App, which is closed next.
        end = min(deadline, time.monotonic() + _BESIDE_SECONDS)
        for thread in filter(Thread.is_alive, self._beside):
            thread.join(max(0.0, end - time.monotonic()))
        return left + [thread.name for thread in self._beside if thread.is_alive()]

    # ------------------------------------------------------------------------------------------------- configuration

    def _look_at_file(self, *, asked: bool) -> None:
        try:
            found = self._file.load() if asked else self._file.changed()
        except ConfigProblem as problem:
            refused = problem
        else:
            if found is not None:
                self._put_in_force(found)
            return
        hint = f"The old one stays in force. {refused.hint}"
        log.error("configuration refused", error=refused.message, hint=hint)
        self._bus.publish(lambda listener: listener.reload_refused(ReloadRefused(refused.message, refused.hint)))

    def _put_in_force(self, configuration: Configuration) -> None:
        self._warn_of_restart(configuration)
        before = {route.name for route in self.configuration.routes}
        after = {route.name for route in configuration.routes}
        self._app.follow(configuration)
        self._follow_routes(restart=False)
        added, removed = sorted(after - before), sorted(before - after)
        log.info("reloaded", added=added, removed=removed, next_ticks=self._shown_ticks())
        self._bus.publish(lambda listener: listener.reloaded(Reloaded(configuration)))

    def _warn_of_restart(self, configuration: Configuration) -> None:
        changed = ["[http]"] if configuration.http != self.configuration.http else []
        try:
            again = self._again()
        except ConfigProblem as problem:
            log.warning("environment refused", error=problem.message, hint=problem.hint)
        else:
            changed += [".env"] if (again, again.secrets) != (self.settings, self.settings.secrets) else []
        if changed:
            log.warning("restart needed", changed=changed, hint="They are read when the daemon starts.")

    def _follow_routes(self, *, restart: bool) -> None:
        """Follow every route of the configuration; where the database is away, the rest is done later."""
        self._pending = True
        for name in set(self._scheduler.next_ticks()) - {route.name for route in self.scheduled}:
            self._scheduler.forget(name)
        routes = self.configuration.routes
        # At once, even while the database is away: a route that was removed or changed must not run as before.
        self._dispatcher.follow({self._numbers[one.name]: one for one in routes if one.name in self._numbers})
        try:
            db = self._app.db
            self._numbers = {route.name: ledger.route_number(db, route.name, route.client) for route in routes}
            self._dispatcher.follow({self._numbers[route.name]: route for route in routes})
            if restart or self._set_back:
                ticks.set_back(db)
            for route in self.scheduled:
                self._follow(route, restart=restart)
        except BridgeError as error:
            self._bus.ledger_away(error)
        else:
            self._pending = self._set_back = False

    def _follow_soon(self) -> None:
        """Another host may have begun the schedules again: the main thread looks at them again."""
        self._pending = True

    def _give_way(self, problem: ConfigProblem) -> None:
        self._newer = problem
        self._inbox.put(STOP)

    def _follow(self, route: Route, *, restart: bool) -> None:
        """Follow one route's schedule, and make up for a tick that fell while no daemon ran."""
        again = restart and route.schedule.every is not None
        number = self._numbers[route.name]
        taken = ticks.take_up(self._app.db, number, timetable.described(route.schedule), restart=again)
        anchor = timetable.instant(taken.anchor_at)
        if not taken.fresh:
            since = timetable.instant(max(taken.latest_due, taken.anchor_at - 1))
            late = timetable.missed(route.schedule, anchor, since, timetable.instant(taken.now))
        else:
            late = anchor if route.schedule.every is not None else None
        if late is not None:
            self._put(number, late)
        self._scheduler.follow(route, anchor)

    def _on_tick(self, name: str, due: datetime) -> None:
        number = self._numbers.get(name)
        route = next((route for route in self.configuration.routes if route.name == name), None)
        if number is not None and route is not None:
            self._put(number, due, timetable.delay(name, due, route.schedule.jitter))

    def _put(self, number: int, due: datetime, delay: timedelta = timedelta()) -> None:
        self._dispatcher.put(Due(number, timetable.stored(due), timetable.stored(due + delay)))

    def _shown_ticks(self) -> dict[str, str]:
        found = sorted(self.next_ticks().items(), key=lambda item: item[1])
        return {name: due.strftime("%Y-%m-%dT%H:%M:%SZ") for name, due in found}

    def _look_at_targets(self) -> None:
        """Log at once a key or a target that would block the first run; each run looks again on its own."""
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
        """Once a day."""
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
