"""What every verb starts from: settings, bridge.toml, the ledger, the App. Each is opened only when a verb asks for it.

Imports of the house's heavy rooms stand inside the functions: `leadbridge --help` and `status` must answer at once.
"""

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bridge.cli.setup import elsewhere
from bridge.errors import ConfigProblem
from bridge.model import Route

if TYPE_CHECKING:
    from bridge.app import App
    from bridge.cli.terminal.output import Output
    from bridge.config import Configuration, Settings
    from bridge.ledger import Database
    from bridge.sync import Watch


@dataclass
class Session:
    """One execution of the command. `config` is what `--config` named."""

    config: Path | None = None

    @cached_property
    def settings(self) -> "Settings":
        """Environment and `.env`, with `--config` in place of BRIDGE_CONFIG."""
        from bridge.config.settings import read_settings

        return read_settings(config=self.config)

    @cached_property
    def configuration(self) -> "Configuration":
        """What bridge.toml says. Raises ConfigProblem where it cannot be used."""
        from bridge.config import load

        return load(self.settings.config_file())

    def routes(self, names: Sequence[str]) -> list[Route]:
        """The routes of these names in the order of the file, or all. Raises ConfigProblem for an unknown name."""
        known = {route.name.casefold(): route for route in self.configuration.routes}
        wanted = {
            known[named(name, [route.name for route in known.values()], "bridge.toml").casefold()].name
            for name in names
        }
        return [route for route in self.configuration.routes if not names or route.name in wanted]

    def routes_of_ledger(self, names: Sequence[str]) -> list[Route]:
        """The routes of these names, in bridge.toml or retired. Raises ConfigProblem for a name that neither knows.

        Without names: those of bridge.toml, and every retired one with deliveries that are not settled.
        """
        from bridge.model import retired_route

        configured = {route.name: route for route in self.configuration.routes}
        recorded, unsettled = self._recorded(configured)
        if not names:
            return [*configured.values(), *(retired_route(name) for name in unsettled if name not in configured)]
        known = [*configured, *(name for name in recorded if name not in configured)]
        wanted = {name if name in known else named(name, known, "bridge.toml") for name in names}
        return [configured.get(name) or retired_route(name) for name in known if name in wanted]

    def _recorded(self, configured: Collection[str]) -> tuple[list[str], list[str]]:
        """The names of the routes that the ledger knows, and those with deliveries that are not settled."""
        with self.db() as db:
            if db is None:
                return [], []
            from bridge.ledger.core.unsettled import unsettled_routes
            from bridge.ledger.views.standing import route_names

            return list(route_names(db)), list(unsettled_routes(db, configured))

    @contextmanager
    def app(self, watch: "Watch | None" = None, *, patience: float | None = None) -> Iterator["App"]:
        """The whole program, closed at the end; `patience` is for how many seconds a request is retried."""
        from bridge import logs
        from bridge.app import App, Wiring
        from bridge.sync import Watch

        settings = self.settings
        elsewhere.refuse_second(settings, self.configuration)
        elsewhere.note(settings)
        level = settings.log_level
        if level == "INFO" and sys.stderr.isatty():
            level = "WARNING"  # a person reads the table, which says what the INFO line of a run says
        logs.configure(level=level, form=settings.log_format, secrets=settings.secrets)
        wiring = Wiring() if patience is None else Wiring(patience=patience)
        with App(self.settings, self.configuration, wiring, watch or Watch()) as app:
            yield app

    @contextmanager
    def db(self) -> Iterator["Database | None"]:
        """The ledger to read from, None where nothing was ever stored; creates nothing."""
        from bridge.ledger.upkeep.migrate import open_existing

        elsewhere.note(self.settings)
        found = open_existing(self.settings.database_url)
        try:
            if found is not None and self.settings.hash_key:
                from bridge.ledger.people import secrecy

                secrecy.offer_key(found, self.settings.hash_key.reveal())
            yield found
        finally:
            if found is not None:
                found.close()

    def output(
        self, path: Path, flag: str, mark: bytes = b"", *, force: bool = False, database: bool = False
    ) -> "Output":
        """A file that the operator has this command write. Raises ConfigProblem where it must not be."""
        from bridge.cli.terminal.output import Output, protected

        made = Output(path, flag, mark, protected(self), force, database)
        made.refuse()
        return made

    @property
    def emptiness(self) -> str:
        """Why there is no ledger, after the database's name."""
        from bridge.ledger.database import exists

        if exists(self.settings.database_url):
            return "has no leadbridge tables yet"
        return "does not exist, and a command that only reads does not create it"

    @property
    def database(self) -> str:
        """The database for messages, without its password."""
        from bridge.ledger.database import shown

        return shown(self.settings.database_url)


def session_of(context: typer.Context) -> Session:
    """The session that the command line began."""
    return context.ensure_object(Session)


def named(name: str, known: Sequence[str], where: str) -> str:
    """The known route that is meant by `name`; case does not count. Raises ConfigProblem with the nearest one."""
    by_fold = {one.casefold(): one for one in known}
    if name.casefold() in by_fold:
        return by_fold[name.casefold()]
    near = get_close_matches(name.casefold()[:64], by_fold, n=1)
    listed = ", ".join(known[:20]) or "none"
    fix = f'Did you mean "{by_fold[near[0]]}"?' if near else f"The routes are: {listed}."
    raise ConfigProblem(f'{where} has no route "{name[:64]}".', hint=fix)


def recorded(db: "Database | None", names: Sequence[str]) -> list[str]:
    """The routes of the ledger, retired ones too, that are meant by `names`. Raises ConfigProblem for any other."""
    if db is None or not names:
        return []
    from bridge.ledger.views.standing import route_names

    known = list(route_names(db))
    return [named(name, known, "The ledger") for name in names]
