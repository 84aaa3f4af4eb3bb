"""Asks what became of the leads, in a thread of its own. When a round is due is decided by the ledger's clock.

Every host looks; the workspace's lease lets one of them ask, and the end of its round is what the others go by.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Event

import structlog

from bridge.app import App
from bridge.errors import BridgeError
from bridge.ledger.events import posts, reading, state
from bridge.model import Route

LOOK_SECONDS = 5.0
"""How often the thread looks whether a round is due, or a webhook has posted something."""

log = structlog.get_logger(__name__)


class FeedbackRounds:
    """Rounds for the routes of the configuration in force, until `over` is set."""

    def __init__(self, app: App, over: Event) -> None:
        self._app = app
        self._over = over
        self._began: datetime | None = None
        self._tried: dict[str, datetime] = {}

    def run(self) -> None:
        """Look again and again; trouble of one look is logged, and the next one tries again."""
        while not self._over.wait(LOOK_SECONDS):
            try:
                due = self.due()
                if due:
                    self._app.feedback(due)
            except BridgeError as error:
                log.warning("feedback postponed", error=error.message, hint=error.hint)
            except Exception:  # a round that fails stops no run
                log.exception("feedback failed")

    def due(self) -> Sequence[Route]:
        """The routes whose workspace is to be asked now; it counts as asked from now on, whatever comes of it."""
        db, now = self._app.db, self._app.now()
        self._began = self._began or now
        routes = {
            number: route
            for route in self._app.configuration.routes
            if route.feedback.every is not None and (number := reading.number_of_route(db, route.name))
        }
        hurried = posts.waiting(db)
        scopes: dict[str, list[Route]] = {}
        for number, places in reading.places_in_use(db, list(routes)).items():
            for scope in {place.scopes[-1] for place in places}:
                scopes.setdefault(scope, []).append(routes[number])
        return [
            route
            for scope, some in scopes.items()
            if hurried or self._is_due(scope, min(one.feedback.every or timedelta.max for one in some), now)
            for route in some
        ]

    def _is_due(self, scope: str, every: timedelta, now: datetime) -> bool:
        ended = state.ended_at(self._app.db, scope) or self._began or now
        if now < max(ended, self._tried.get(scope, ended)) + every:
            return False
        self._tried[scope] = now
        return True
