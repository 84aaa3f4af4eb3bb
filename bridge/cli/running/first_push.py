"""Asks before a route's first push, by the rule of `consent`. Decides nothing else about a run."""

from collections.abc import Iterator
from contextlib import contextmanager

from bridge.cli.terminal import consent, show
from bridge.destinations.base import Standing
from bridge.errors import Denied
from bridge.model import Route
from bridge.reports import words
from bridge.sync.run import Watch


class FirstPush(Watch):
    """Asks before a route's first push, unless `yes`; blocks the route where no person can be asked."""

    def __init__(self, *, yes: bool, limit: int | None = None) -> None:
        self.yes = yes
        self.limit = limit

    @property
    def asks(self) -> bool:
        """Whether the first push needs an answer: nothing may go before it."""
        return not self.yes

    def confirm(self, route: Route, standing: Standing, leads: int) -> bool:
        """Whether the first push may go ahead. Raises Denied where no person can be asked."""
        if self.yes:
            return True
        console = consent.terminal()
        if console is None:
            name = words.typed(route.name)
            raise Denied(
                f'The first push of route "{route.name}" needs confirmation, and {consent.NOT_ASKED}. '
                "Nothing was sent.",
                hint=f"Check with `leadbridge preview {name}`, then run once: leadbridge sync {name} --yes",
            )
        going = leads if self.limit is None else min(leads, self.limit)
        with self.aside():
            show.say(
                console,
                f'First push of route "{route.name}": up to {words.leads(going)} to the {standing.place.kind} '
                f'"{standing.title}" ({standing.status}).',
                style="bold",
            )
            show.say(console, "Duplicates, suppressed people and too many of one company are left out as it sends.")
            if standing.sets_off:
                show.say(console, standing.sets_off, style="bold")
            return consent.ask(console, "Go on?")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What else is drawn on the terminal steps aside for the question."""
        yield
