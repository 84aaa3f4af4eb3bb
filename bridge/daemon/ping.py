"""Calls the operator's dead man's switch while every enabled route succeeds. Silence is the message.

The call is made after a run, when each enabled route has succeeded within its interval, on whichever host it ran.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bridge.daemon.events import Daemon
from bridge.daemon.web.health import due_by
from bridge.daemon.webhooks import Notifier, Webhook
from bridge.ledger import Database
from bridge.ledger.views.health import Ending, successes
from bridge.ledger.views.standing import pauses
from bridge.model import Route

PAUSE_SECONDS = 30.0
"""The pause after a call: fifty routes that end together make one call."""


def all_well(routes: Sequence[Route], succeeded: Mapping[str, Ending], now: datetime) -> bool:
    """Whether every enabled route has succeeded since its last due, with a minute's slack; False for no route at all.

    A run succeeds when it meets no error; alerts and `status` report leads that failed or stay in doubt.
    """
    return bool(routes) and all(
        route.name in succeeded and succeeded[route.name].ended_at >= due_by(route.schedule, now, ticks=1)
        for route in routes
    )


class Ping(Notifier):
    """Calls the webhook after a run, then pauses."""

    def __init__(self, webhook: Webhook, *, pause: float = PAUSE_SECONDS) -> None:
        super().__init__(webhook)
        self._pause = pause

    def notify(self, daemon: Daemon, db: Database) -> None:
        """Call if every route is well."""
        paused = pauses(db)
        running = [route for route in daemon.scheduled if route.name not in paused]
        if all_well(running, successes(db), db.now()):
            self._webhook.call()
            self._closed.wait(self._pause)
