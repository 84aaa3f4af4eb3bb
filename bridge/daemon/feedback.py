"""Asks what became of the leads, in a thread of its own. When a round is due is decided by the ledger's clock.

Every host looks; the workspace's lease lets one of them ask, and the end of its round is what the others go by.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain
from threading import Event, Thread

import structlog

from bridge.app import App
from bridge.config import Configuration
from bridge.errors import BridgeError
from bridge.ledger.events import posts, reading, state
from bridge.model import Route

LOOK_SECONDS = 5.0
"""How often the thread looks whether a round is due, or a webhook has posted something."""

AFTER_FAILURE = timedelta(minutes=1)
"""For so long the posts of a client's webhooks wait after a round that failed."""

log = structlog.get_logger(__name__)


class FeedbackRounds:
    """Rounds for the routes of the configuration in force, until `over` is set."""

    def __init__(self, app: App, over: Event) -> None:
        self._app = app
        self._over = over
        self._began: datetime | None = None
        self._tried: dict[str, datetime] = {}
        self._failed: dict[str, datetime] = {}
        self._asking: dict[str, Thread] = {}
        self._used: tuple[datetime, Configuration, dict[str, list[Route]]] | None = None

    def run(self) -> None:
        """Look again and again; trouble of one look is logged, and the next one tries again."""
        while not self._over.wait(LOOK_SECONDS):
            try:
                self.look()
            except BridgeError as error:
                log.warning("feedback postponed", error=error.message, hint=error.hint)
            except Exception:  # a round that fails stops no run
                log.exception("feedback failed")
        self.run_out()

    def run_out(self) -> None:
        """Wait for every client that is being asked: its thread uses the App, which is closed next."""
        for thread in self._asking.values():
            thread.join()

    def look(self) -> None:
        """What is due now: whole rounds, then what webhooks posted meanwhile."""
        if due := self.due():
            self._asked(due, posts_only=False)
        if hurried := self.hurried():
            self._asked(hurried, posts_only=True)

    def _asked(self, routes: Sequence[Route], *, posts_only: bool) -> None:
        """Ask for each client in a thread of its own: a vendor that does not answer holds up no other client.

        The next look does not wait for a client that takes longer, and leaves it alone until it is done.
        """
        if len(self._app.configuration.clients) == 1:
            self._ask(routes, posts_only=posts_only)
            return
        end = time.monotonic() + LOOK_SECONDS
        for client in dict.fromkeys(route.client for route in routes):
            if (busy := self._asking.get(client)) is None or not busy.is_alive():
                some = [route for route in routes if route.client == client]
                self._asking[client] = Thread(target=self._try_to_ask, args=(some, posts_only), daemon=True)
                self._asking[client].start()
        for thread in self._asking.values():
            thread.join(max(0.0, end - time.monotonic()))

    def _try_to_ask(self, routes: Sequence[Route], posts_only: bool) -> None:  # noqa: FBT001 - Thread passes it on
        try:
            self._ask(routes, posts_only=posts_only)
        except BridgeError as error:
            log.warning("feedback postponed", client=routes[0].client, error=error.message, hint=error.hint)
        except Exception:  # a round that fails stops no other
            log.exception("feedback failed", client=routes[0].client)

    def _ask(self, routes: Sequence[Route], *, posts_only: bool) -> None:
        now = self._app.now()
        # Until it is known that it went well: an error that ends the look counts as one of all these clients.
        self._failed.update({route.client: now for route in routes})
        clients = {route.name: route.client for route in routes}
        heard = self._app.feedback(routes, posts_only=posts_only)
        for client in set(clients.values()) - {clients[one.route] for one in heard if one.status in _FAILED}:
            self._failed.pop(client, None)

    def due(self) -> Sequence[Route]:
        """The routes whose workspace is to be asked now; it counts as asked from now on, whatever comes of it."""
        now = self._app.now()
        self._began = self._began or now
        return [
            route
            for scope, some in self._workspaces().items()
            if (every := [one.feedback.every for one in some if one.feedback.every])
            and self._is_due(scope, min(every), now)
            for route in some
        ]

    def hurried(self) -> Sequence[Route]:
        """The routes of clients whose webhooks have posted something that can be looked at."""
        waiting, now = {client for client, _ in posts.waiting(self._app.db)}, self._app.now()
        ready = {one for one in waiting if one not in self._failed or now - self._failed[one] >= AFTER_FAILURE}
        routes = chain.from_iterable(self._workspaces().values())
        return list({route.name: route for route in routes if route.client in ready}.values())

    def _workspaces(self) -> dict[str, list[Route]]:
        """The routes by the workspaces that they delivered to. It costs a look at all deliveries: once a minute."""
        db, now, configuration = self._app.db, self._app.now(), self._app.configuration
        if self._used and self._used[1] is configuration and now - self._used[0] < timedelta(minutes=1):
            return self._used[2]
        routes = {
            number: route
            for route in (*configuration.routes, *self._app.retired())
            if route.feedback.every is not None and (number := reading.number_of_route(db, route.name))
        }
        scopes: dict[str, list[Route]] = {}
        for number, places in reading.places_in_use(db, list(routes)).items():
            for scope in {place.scopes[-1] for place in places}:
                scopes.setdefault(scope, []).append(routes[number])
        self._used = now, configuration, scopes
        return scopes

    def _is_due(self, scope: str, every: timedelta, now: datetime) -> bool:
        ended = state.ended_at(self._app.db, scope) or self._began or now
        if now < max(ended, self._tried.get(scope, ended)) + every:
            return False
        self._tried[scope] = now
        return True


_FAILED = ("partial", "blocked", "failed", "busy")
