"""`leadbridge run`: the daemon, until it is told to stop. What it does is `bridge.daemon`."""

from typing import TYPE_CHECKING

import typer

from bridge.cli.session import Session, session_of
from bridge.cli.setup import elsewhere

if TYPE_CHECKING:
    from bridge.config import Settings


def run(context: typer.Context) -> None:
    """Run the routes by their schedules until stopped.

    Routes with the key `every` run at once, then by their schedule. A changed bridge.toml is taken up as it runs.
    Ctrl-C or SIGTERM finishes the work in progress and ends with 0, a second one ends at once; SIGHUP reloads. Health:
    `/readyz`, `/metrics` and `/status.json` on [http] host and port.

    Example: `leadbridge run`
    """
    from bridge import logs
    from bridge.daemon.service import serve

    session = session_of(context)
    settings = session.settings
    logs.configure(level=settings.log_level, form=settings.log_format, secrets=settings.secrets)
    logs.hear_threads()
    elsewhere.refuse_second(settings, session.configuration)
    elsewhere.note(settings)
    raise typer.Exit(serve(settings, again=lambda: _again(session)))


def _again(session: Session) -> "Settings":
    """The settings as they are now, with what the command line put in their place."""
    from bridge.config.settings import read_settings

    return read_settings(config=session.config)
