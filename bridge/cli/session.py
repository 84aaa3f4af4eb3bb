"""What every verb starts from: settings, bridge.toml, the ledger, the App. Each is opened only when a verb asks for it.

The App and the vendors' clients are imported inside the functions: `status` must answer without them.
"""

import fnmatch
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bridge.errors import ConfigProblem

if TYPE_CHECKING:
    from bridge.app import App
    from bridge.cli.terminal.output import Output
    from bridge.cli.terminal.write_csv import Sheet
    from bridge.config import Configuration, Settings
    from bridge.config.outline import Outline
    from bridge.ledger import Database
    from bridge.model import Client, Route
    from bridge.sync import Watch

_SIDES = ("", "-wal", "-shm", "-journal")

NOTHING_STORED = "Nothing is stored yet. Run `leadbridge sync` first."


@dataclass
class Session:
    """One execution of the command. `config` and `client` are what the options named; "" is every client."""

    config: Path | None = None
    client: str = ""
    _kept: Mapping[str, Any] = field(default_factory=dict, init=False)

    @cached_property
    def settings(self) -> "Settings":
        """Environment and `.env`, with `--config` in place of BRIDGE_CONFIG."""
        return self.settings_now()

    def settings_now(self) -> "Settings":
        """The same, read again."""
        from bridge.config.settings import read_settings

        return read_settings(config=self.config)

    @cached_property
    def configuration(self) -> "Configuration":
        """What bridge.toml says. Raises ConfigProblem where it cannot be used."""
        from bridge.config import load

        found = load(self.settings.config_file())
        self._refuse_unknown_client(found.clients)
        return found

    @cached_property
    def outline(self) -> "Outline":
        """The routes and clients of bridge.toml, as the ledger that was opened remembers them; else as they are read.

        Raises ConfigProblem where it cannot be used.
        """
        from bridge.config.outline import recalled

        whole = "configuration" in vars(self) or not self._kept
        found = None if whole else recalled(self._kept, self.settings.config_file())
        if found is None:
            return self.configuration.outline
        self._refuse_unknown_client(found.clients)
        return found

    def _refuse_unknown_client(self, clients: "Sequence[Client]") -> None:
        known = [one.name for one in clients]
        if self.client and self.client not in known:
            from bridge.config.vocabulary import nearest

            near = nearest(self.client, known)
            hint = f'Did you mean "{near}"?' if near else f"The clients are: {', '.join(known)}."
            raise ConfigProblem(f'bridge.toml has no client "{self.client[:64]}".', hint=hint)

    def routes(self, names: Sequence[str] | None) -> "list[Route]":
        """The routes of these names in the order of the file, or all. Raises ConfigProblem for an unknown name."""
        routes = [route for route in self.outline.routes if self.client in {"", route.client}]
        wanted = named(names, [route.name for route in routes], "bridge.toml")
        return [route for route in routes if not names or route.name in wanted]

    def route(self, name: str) -> "Route":
        """The one route of this name. Raises ConfigProblem also where `*` or `?` means several."""
        found = self.routes([name])
        if len(found) > 1:
            listed = ", ".join(route.name for route in found[:20])
            raise ConfigProblem(
                f'"{name[:64]}" is several routes, and this command takes one.', hint=f"Name it: {listed}."
            )
        return found[0]

    def routes_of_ledger(self, names: Sequence[str] | None) -> "list[Route]":
        """The routes of these names, in bridge.toml or retired. Raises ConfigProblem for a name that neither knows.

        Without names: those of bridge.toml, and every retired one with deliveries that are not settled.
        """
        from bridge.model import retired_route

        configured = {route.name: route for route in self.routes(None)}
        clients, unsettled = self._recorded({route.name for route in self.outline.routes})
        retired = {
            name: retired_route(name, client)
            for name, client in clients.items()
            if name not in configured and self.client in {"", client}
        }
        known = configured | retired
        if not names:
            return [*configured.values(), *(route for name, route in retired.items() if name in unsettled)]
        wanted = named(names, list(known), "bridge.toml")
        return [route for name, route in known.items() if name in wanted]

    def _recorded(self, configured: Collection[str]) -> tuple[Mapping[str, str], Collection[str]]:
        """The routes that the ledger knows with their clients, and those with deliveries that are not settled."""
        from bridge.ledger.core.unsettled import unsettled_routes
        from bridge.ledger.views.standing import route_clients

        with self.db() as db:
            return ({}, ()) if db is None else (route_clients(db), unsettled_routes(db, configured))

    def recorded(self, db: "Database | None", names: Sequence[str] | None) -> list[str]:
        """The routes of the ledger, retired ones too, that are meant by `names`; of `--client` all, without names.

        Raises ConfigProblem for any other name. Empty: every route.
        """
        from bridge.ledger.views.standing import route_clients

        if db is None or not (names or self.client):
            return []
        known = [name for name, client in route_clients(db).items() if self.client in {"", client}]
        # No route has the empty name: a client without routes is not "every route".
        return named(names, known, "The ledger") if names else known or [""]

    @contextmanager
    def app(self, watch: "Watch | None" = None, *, patience: float | None = None) -> Iterator["App"]:
        """The whole program, closed at the end; `patience` is for how many seconds a request is retried."""
        from bridge import logs
        from bridge.app import App, Wiring
        from bridge.cli import other_ledgers
        from bridge.sync import Watch

        settings = self.settings
        other_ledgers.refuse_second(settings, self.configuration)
        other_ledgers.note(settings)
        if patience is None:  # else they are findings of the check
            _note_misspelled(settings)
        # On a terminal a person reads the table, which says what the line of a run says.
        level, shown = settings.log_level, ("run",) if sys.stderr.isatty() else ()
        if level == "INFO" and shown:
            level = "WARNING"
        logs.configure(level=level, form=settings.log_format, secrets=settings.secrets, shown=shown)
        wiring = Wiring() if patience is None else Wiring(patience=patience)
        with App(settings, self.configuration, wiring, watch or Watch()) as app:
            yield app

    @contextmanager
    def app_of_client(self, client: str = "") -> Iterator["App"]:
        """The part of `client`, of `--client` or of the only client. Raises ConfigProblem where none of them is known.

        For verbs that use the keys of one client, whatever the routes are.
        """
        names = [one.name for one in self.configuration.clients]
        wanted = client or self.client or names[0]
        if not (client or self.client) and len(names) > 1:
            raise ConfigProblem(
                "There are several clients, and this command uses the keys of one.",
                hint=f"Name it with --client: {', '.join(names)}.",
            )
        with self.app() as app:
            yield app.of(wanted)

    @contextmanager
    def db(self) -> Iterator["Database | None"]:
        """The ledger to read from, None where nothing was ever stored; creates nothing."""
        from bridge.cli import other_ledgers
        from bridge.config.outline import KEPT
        from bridge.ledger.marks import Memory
        from bridge.ledger.upkeep.opening import open_existing

        other_ledgers.note(self.settings)
        _note_misspelled(self.settings)
        found = open_existing(self.settings.database_url)
        if found is None:
            yield None
            return
        try:
            owner, name = KEPT
            self._kept = Memory(found, owner).recall(name)
            if self.settings.hash_key:
                from bridge.ledger.people import looking

                looking.offer_key(found, self.settings.hash_key.reveal())
            yield found
        finally:
            found.close()

    @property
    def is_empty(self) -> bool:
        """Whether there is no ledger yet; looking makes none."""
        with self.db() as db:
            return db is None

    def output(
        self, path: Path, flag: str, mark: bytes = b"", *, force: bool = False, database: bool = False
    ) -> "Output":
        """A file that the operator has this command write. Raises ConfigProblem where it must not be."""
        from bridge.cli.terminal.output import Output

        made = Output(path, flag, mark, self._protected(), force, database)
        made.refuse()
        return made

    def sheet(
        self, name: str | Path | None, flag: str, heads: Sequence[str], *, force: bool, as_json: bool = False
    ) -> "Sheet | None":
        """A CSV file of this name, stdout for `-`, None where none was asked for. Raises ConfigProblem as `output`."""
        from bridge.cli.terminal.write_csv import Sheet, mark

        if name is None:
            return None
        if as_json:
            raise ConfigProblem("--csv and --json cannot be combined.", hint="Use only one of them.")
        return Sheet(heads, None if name == "-" else self.output(Path(name), flag, mark(heads), force=force))

    def _protected(self) -> tuple[Path, ...]:
        """The files that leadbridge lives on, as far as they can be known; none of them is made."""
        settings = self.settings
        names = [settings.folder / ".env", *settings.secret_files]
        names += [] if settings.config is None else [settings.config]
        with suppress(ConfigProblem):
            if self.configuration.overrides:
                names.append(settings.config_file().parent / self.configuration.overrides)
        if settings.database_url.startswith("sqlite"):
            db = settings.database_url.partition("///")[2].partition("?")[0]
            names += [Path(f"{db}{side}") for side in _SIDES if db]
        return tuple(names)

    @property
    def emptiness(self) -> str:
        """The database for messages, without its password, and why it holds no ledger."""
        from bridge.ledger.address import exists

        if exists(self.settings.database_url):
            return f"{self.database} has no leadbridge tables yet"
        return f"{self.database} does not exist, and a command that only reads does not create it"

    @property
    def database(self) -> str:
        """The database for messages, without its password."""
        from bridge.ledger.address import shown

        return shown(self.settings.database_url)


def _note_misspelled(settings: "Settings") -> None:
    from bridge.cli.terminal import show

    for said in settings.misspelled:
        show.say(show.err(), f"! {said}", style="yellow")


def session_of(context: typer.Context) -> Session:
    """The session that the command line began."""
    return context.ensure_object(Session)


def operator_name() -> str:
    """Who types: the user and the host, for the records of the ledger."""
    import getpass
    import socket

    name = "unknown"
    with suppress(OSError, KeyError):  # a container's user may have no name
        name = getpass.getuser()
    return f"{name}@{socket.gethostname()}"


def named(names: Sequence[str] | None, known: Sequence[str], where: str) -> list[str]:
    """The known routes that are meant; case does not count. Raises ConfigProblem with the nearest one.

    A name may be written without its client where only one client has it, and with `*` and `?`: `acme/*`.
    """
    return [found for name in names or () for found in _meant(name, known, where)]


def _meant(name: str, known: Sequence[str], where: str) -> list[str]:
    by_fold = {one.casefold(): one for one in known}
    wanted = name.casefold()
    if wanted in by_fold:
        return [by_fold[wanted]]
    alike = [one for fold, one in by_fold.items() if wanted and fold.partition("/")[2] == wanted]
    globbed = fnmatch.filter(by_fold, wanted) if any(sign in wanted for sign in "*?") else []
    if len(alike) == 1 or globbed:
        return alike or [by_fold[fold] for fold in globbed]
    from difflib import get_close_matches

    near = get_close_matches(wanted[:64], by_fold, n=1)
    listed = ", ".join(alike or known[:20]) or "none"
    fix = f'Did you mean "{by_fold[near[0]]}"?' if near and not alike else f"The routes are: {listed}."
    problem = f'"{name[:64]}" is a route of several clients' if alike else f'{where} has no route "{name[:64]}"'
    raise ConfigProblem(f"{problem}.", hint=fix)
