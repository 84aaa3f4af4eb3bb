"""What happens in the daemon, as values, and the listeners to it. Runs nothing and keeps nothing.

The daemon calls every listener after each run, from the thread that ran the route. So a listener must be quick and
thread-safe, and do slow work (a webhook) in its own thread. What it raises is logged and stops nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bridge.config import Configuration, Settings
from bridge.lazy import dataclass
from bridge.ledger import Database
from bridge.model import Route
from bridge.sync import Report


@dataclass(frozen=True, slots=True)
class RouteRan:
    """One run of a route has ended, on this host.

    `due_at` is the instant its schedule (or `leadbridge trigger`) named, `started_at` when this host began; their
    difference is the scheduler's lag. `report` is None where the run crashed: then `crashed` is a sentence for the
    operator (without secrets and addresses) and `hint` the next command.
    """

    route: Route
    due_at: datetime
    started_at: datetime
    ended_at: datetime
    report: Report | None
    crashed: str = ""
    hint: str = ""

    @property
    def status(self) -> str:
        """ok, partial, blocked or failed, as a report says it; a crash is `failed`. A busy route causes no event."""
        return "failed" if self.report is None else self.report.status


@dataclass(frozen=True, slots=True)
class Reloaded:
    """A changed bridge.toml is in force from now on."""

    configuration: Configuration


@dataclass(frozen=True, slots=True)
class ReloadRefused:
    """A changed bridge.toml cannot be used; the old one stays in force. Published once for each change of the file."""

    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class LedgerAway:
    """The database does not answer; the daemon waits for it. Published once until it is back."""

    message: str
    hint: str = ""


class Surroundings(Protocol):
    """What the dashboard and every other component of a daemon may ask at any time, from any thread."""

    @property
    def settings(self) -> Settings:
        """Secrets and places; they never change while the process runs."""

    @property
    def configuration(self) -> Configuration:
        """The configuration in force now."""

    @property
    def db(self) -> Database | None:
        """The migrated database; None while the daemon waits for it at its start."""


class Daemon(Surroundings, Protocol):
    """What a component may ask the daemon at any time, from any thread."""

    @property
    def scheduled(self) -> Sequence[Route]:
        """The enabled routes: those that the daemon runs by a schedule."""

    def next_ticks(self) -> Mapping[str, datetime]:
        """When each scheduled route is due next, by its name."""

    def running(self) -> Mapping[str, datetime]:
        """Which routes run on this host right now, each with when it was due."""


class Listener:
    """Called when something happens; every method does nothing unless it is overridden.

    `open` is called before the database is there. It may raise ConfigProblem (a port in use): then the daemon does not
    start. `close` is called after the last run has ended, at the latest when the time for stopping is over. It must
    not take longer than two seconds.
    """

    def open(self, daemon: Daemon) -> None:
        """The daemon starts; nothing has run yet."""

    def route_ran(self, event: RouteRan) -> None:
        """A run has ended on this host."""

    def reloaded(self, event: Reloaded) -> None:
        """Another configuration is in force."""

    def reload_refused(self, event: ReloadRefused) -> None:
        """A changed file was refused."""

    def ledger_away(self, event: LedgerAway) -> None:
        """The database is away."""

    def ledger_back(self) -> None:
        """The database answers again."""

    def stopping(self) -> None:
        """A stop was requested; runs in progress are ending."""

    def close(self) -> None:
        """Nothing more will happen."""
